"""The desk's page of a lot: holding it, and two people for what is past its 賞味期限 (D6)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from foodbank.core.dates import DateMark, today
from foodbank.inventory.models import Lot, Release, ReleaseRequest, StockRules
from tests.factories import ItemFactory, UserFactory, stocked

pytestmark = pytest.mark.django_db
GROUNDS = "メーカーの保存試験の結果で、30日後まで品質が保たれる。"


@pytest.fixture
def lot() -> Lot:
    return stocked(3, last_day=today() - dt.timedelta(days=1))[0]


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory.create())
    return client


def send(client: Client, name: str, lot: Lot, *more: int, **data: str):
    return client.post(reverse(f"inventory:{name}", args=[lot.code, *more]), data)


def test_held_and_let_go_with_a_reason(desk: Client, lot: Lot):
    assert send(desk, "lot_hold", lot).status_code == 422
    assert send(desk, "lot_hold", lot, reason="回収の連絡").status_code == 302
    page = desk.get(reverse("inventory:lot_rules", args=[lot.code])).content.decode()
    assert "保留を解く" in page
    assert "回収の連絡" in page
    send(desk, "lot_unhold", lot, reason="対象外と確かめた")
    lot.refresh_from_db()
    assert lot.status == "good"
    assert "対象外と確かめた" in desk.get(reverse("inventory:lot_rules", args=[lot.code])).content.decode()


def test_two_people_release_it(desk: Client, lot: Lot):
    until = today() + dt.timedelta(days=10)
    assert send(desk, "release_request", lot, until=until.isoformat(), grounds="短い").status_code == 422
    send(desk, "release_request", lot, until=until.isoformat(), grounds=GROUNDS)
    [asked] = ReleaseRequest.objects.all()
    send(desk, "release_grant", lot, asked.pk)
    assert not Release.objects.exists()  # by oneself: no
    desk.force_login(UserFactory.create())
    send(desk, "release_grant", lot, asked.pk)
    assert Release.objects.get().until == until


def test_a_request_of_another_lot_is_not_found(desk: Client, lot: Lot):
    send(desk, "release_request", lot, until=(today() + dt.timedelta(days=5)).isoformat(), grounds=GROUNDS)
    other = stocked(1)[0]
    assert send(desk, "release_grant", other, ReleaseRequest.objects.get().pk).status_code == 404


def test_a_use_by_date_has_no_release(desk: Client, lot: Lot):
    fresh = stocked(1, item=ItemFactory.create(date_mark=DateMark.USE_BY), last_day=today() - dt.timedelta(days=1))[0]
    assert "許可を申請する" not in desk.get(reverse("inventory:lot_rules", args=[fresh.code])).content.decode()
    until = (today() + dt.timedelta(days=5)).isoformat()
    assert send(desk, "release_request", fresh, until=until, grounds=GROUNDS).status_code == 422
    StockRules.objects.create(releases_on=False)
    assert "許可を申請する" not in desk.get(reverse("inventory:lot_rules", args=[lot.code])).content.decode()
    assert not ReleaseRequest.objects.exists()
