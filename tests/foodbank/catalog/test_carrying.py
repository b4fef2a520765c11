"""Goods that do not ride together and longest rides: a table with dates that the coordinator edits."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from foodbank.catalog.models import KeptApart, RideLimit
from foodbank.catalog.services.carrying import end_carrying_rule, keep_apart, limit_ride
from foodbank.core.dates import today
from foodbank.core.errors import FieldsRefused
from tests.factories import UserFactory, category

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 12, 5)


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(UserFactory.create())
    return client


def pair(first: str = "non_food", second: str = "bread", **changes: object) -> dict[str, object]:
    return {
        "apart-first": category(first).pk, "apart-second": category(second).pk, "apart-effective_from": DAY.isoformat()
    } | changes  # fmt: skip


def test_a_pair_is_entered_in_either_order_once(staff: Client):
    assert staff.post(reverse("catalog:apart_new"), pair()).status_code == 302
    rule = KeptApart.objects.get()
    assert {rule.first.code, rule.second.code} == {"bread", "non_food"}
    again = staff.post(reverse("catalog:apart_new"), pair("bread", "non_food"))
    assert again.status_code == 422
    assert list(again.context["form"].errors) == ["second"]
    assert "パン" in staff.get(reverse("catalog:carrying")).content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"apart-second": ""}, "second"),
        ({"apart-effective_from": "soon"}, "effective_from"),
        ({"apart-effective_until": "2026-12-04"}, "effective_until"),
    ],
)
def test_what_is_wrong_with_a_pair_stands_at_its_field(staff: Client, changes: dict[str, object], field: str):
    answer = staff.post(reverse("catalog:apart_new"), pair(**changes))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])


def test_nothing_is_kept_apart_from_itself(staff: Client):
    assert list(staff.post(reverse("catalog:apart_new"), pair("bread", "bread")).context["form"].errors) == ["second"]


def ride(**changes: object) -> dict[str, object]:
    return {
        "ride-category": category("meal").pk, "ride-zone": "", "ride-minutes": "90", "ride-effective_from": DAY.isoformat()
    } | changes  # fmt: skip


def test_a_longest_ride_is_entered_and_shown(staff: Client):
    assert staff.post(reverse("catalog:ride_new"), ride()).status_code == 302
    rule = RideLimit.objects.get()
    assert (str(rule.category), rule.zone, rule.minutes) == ("おかず・調理品", "", 90)
    assert "90分まで" in staff.get(reverse("catalog:carrying")).content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"ride-category": ""}, "category"), ({"ride-minutes": "0"}, "minutes"), ({"ride-minutes": "1441"}, "minutes")],
)
def test_what_is_wrong_with_a_ride_stands_at_its_field(staff: Client, changes: dict[str, object], field: str):
    answer = staff.post(reverse("catalog:ride_new"), ride(**changes))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])


def test_the_same_goods_have_one_limit_at_a_time():
    actor = UserFactory.create()
    limit_ride(minutes=90, category=category("meal"), effective_from=DAY, effective_until=DAY, actor=actor)
    with pytest.raises(FieldsRefused):
        limit_ride(minutes=60, category=category("meal"), effective_from=DAY, actor=actor)
    limit_ride(minutes=60, category=category("meal"), effective_from=DAY + dt.timedelta(days=1), actor=actor)
    limit_ride(minutes=60, category=category("meal"), zone="chilled", effective_from=DAY, actor=actor)
    assert RideLimit.objects.in_force(DAY).count() == 2
    assert RideLimit.objects.in_force(DAY - dt.timedelta(days=1)).count() == 0


def test_a_rule_that_is_ended_holds_for_the_days_that_are_over(staff: Client):
    yesterday = today() - dt.timedelta(days=1)
    rule = keep_apart(first=category("bread"), second=category("drink"), effective_from=yesterday, actor=UserFactory.create())
    assert staff.post(reverse("catalog:apart_end", args=[rule.pk])).status_code == 302
    assert KeptApart.objects.in_force(yesterday).count() == 1
    assert KeptApart.objects.in_force(today()).count() == 0
    assert "パン" not in staff.get(reverse("catalog:carrying")).content.decode().split("<form")[0]


def test_a_rule_that_never_held_is_gone(staff: Client):
    rule = limit_ride(minutes=30, zone="ambient", effective_from=today(), actor=UserFactory.create())
    staff.post(reverse("catalog:ride_end", args=[rule.pk]))
    assert not RideLimit.objects.exists()


def test_a_rule_that_ended_before_stays_as_it_is():
    long_ago = DAY - dt.timedelta(days=900)
    rule = limit_ride(minutes=30, zone="ambient", effective_from=long_ago, effective_until=long_ago, actor=UserFactory.create())
    end_carrying_rule(rule=rule, actor=UserFactory.create())
    rule.refresh_from_db()
    assert rule.effective_until == long_ago


@pytest.mark.parametrize(
    "row",
    [
        lambda: KeptApart(first=category("drink"), second=category("bread"), effective_from=DAY),  # the other way round
        lambda: RideLimit(minutes=5, effective_from=DAY),
        lambda: RideLimit(minutes=0, zone="ambient", effective_from=DAY),
        lambda: RideLimit(minutes=5, zone="ambient", effective_from=DAY, effective_until=DAY - dt.timedelta(days=1)),
    ],
)
def test_the_database_has_the_last_word(row):
    with pytest.raises(IntegrityError), transaction.atomic():
        row().save()
