"""Fifty phones at one shelf, over HTTP on PostgreSQL (R1, R2, R4)."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from foodbank.accounts.models import Role, User
from foodbank.core.device import uuid7
from foodbank.inventory.models import Balance, Movement
from foodbank.inventory.selectors.audit import ledger_differences
from foodbank.sites.models import SiteKind
from tests.factories import PartnerFactory, PlaceFactory, SiteFactory, UserFactory, stocked
from tests.factories.driving import Drive, an_order
from tests.races.parallel import at_once, faults
from tests.services import http

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
TOKEN = "x" * 32


def phone(user: User, address: str) -> Callable[..., httpx.Response]:
    """Posts as our own pages' script does."""
    client = Client()
    client.force_login(user)
    cookies = {
        settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value,
        settings.CSRF_COOKIE_NAME: TOKEN,
    }

    def post(path: str, *, key: uuid.UUID | None = None, **data: Any) -> httpx.Response:
        headers = {"Idempotency-Key": str(key or uuid7()), "X-CSRFToken": TOKEN, "Accept": "application/json"}
        return httpx.post(address + path, data=data, headers=headers, cookies=cookies, timeout=60)

    return post


@pytest.fixture
def fifty() -> Callable[[str], tuple[list[httpx.Response], Any, Any]]:
    """Fifty requests for one carton each of thirty, from the shelf to the table at the door."""

    def run(address: str) -> tuple[list[httpx.Response], Any, Any]:
        site = SiteFactory.create(kind=SiteKind.DEPOT)
        table = PlaceFactory.create(site=site, code="T-01")
        lot, shelf = stocked(31, place=PlaceFactory.create(site=site))
        source = Balance.objects.get(lot=lot, place=shelf).pk
        post = phone(UserFactory.create(is_staff=False, roles=[Role.WAREHOUSE], roles__at=site), address)
        path = reverse("warehouse:move", args=[lot.code])
        assert post(path, source=source, quantity=1, code="T-01").status_code == 200  # both balances are there
        results = at_once([lambda: post(path, source=source, quantity=1, code="T-01")] * 50)
        assert faults(results, httpx.HTTPStatusError) == []
        return results, Balance.objects.get(lot=lot, place=shelf), Balance.objects.get(lot=lot, place=table)

    return run


def test_fifty_picks_of_thirty_take_thirty(http_server: str, fifty: Any) -> None:
    results, shelf, table = fifty(http_server)
    assert Counter(one.status_code for one in results) == {200: 30, 409: 20}
    assert {one.json()["code"] for one in results if one.status_code == 409} == {"inventory.not_enough_stock"}
    assert (shelf.quantity, table.quantity, table.grams) == (0, 31, 31_000)  # 1 before, 30 of the fifty; no gram lost
    assert ledger_differences() == []


def test_without_the_lock_the_same_fifty_oversell(transactional_db: None, tmp_path: Path, fifty: Any) -> None:
    """The control: if this ended like the test above, that test would be worth nothing."""
    with http.running(tmp_path, workers=1, threads=8, app="tests.races.unlocked:application", TOGETHER="8") as address:
        results, shelf, _table = fifty(address)
    taken = sum(one.status_code == 200 for one in results)
    assert taken > 30
    assert shelf.quantity != 30 - taken
    assert ledger_differences() != []


def test_one_label_scanned_by_twenty_phones_is_loaded_once(http_server: str) -> None:
    site = SiteFactory.create(kind=SiteKind.DEPOT)
    drive = Drive(depot=site)
    partner = PartnerFactory.create()
    lot, shelf = stocked(30, place=PlaceFactory.create(site=site))
    drive.shelf(30, drive.stop(site), drive.stop(partner.site), lot=lot, place=shelf, order_line=an_order(partner))
    drive.published()
    post = phone(UserFactory.create(is_staff=False, roles=[Role.WAREHOUSE], roles__at=site), http_server)
    path = reverse("warehouse:load", args=[drive.code])
    results = at_once([lambda: post(path, code=lot.code)] * 20)
    assert Counter(one.status_code for one in results) == {200: 1, 409: 19}
    assert Movement.objects.filter(reason="load").count() == 1
    assert ledger_differences() == []


def test_one_request_sent_by_ten_wires_is_one_row(http_server: str) -> None:
    """A double tap and every retry carry the same number: one does it, the others hear its answer or that it is under way."""
    site = SiteFactory.create(kind=SiteKind.DEPOT)
    PlaceFactory.create(site=site, code="T-01")
    lot, shelf = stocked(30, place=PlaceFactory.create(site=site))
    source, number = Balance.objects.get(lot=lot, place=shelf).pk, uuid7()
    post = phone(UserFactory.create(is_staff=False, roles=[Role.WAREHOUSE], roles__at=site), http_server)
    path = reverse("warehouse:move", args=[lot.code])
    results = at_once([lambda: post(path, key=number, source=source, quantity=7, code="T-01")] * 10)
    assert {one.status_code for one in results} <= {200, 409}
    assert {one.json()["code"] for one in results if one.status_code == 409} <= {"idempotency.in_flight"}
    assert post(path, key=number, source=source, quantity=7, code="T-01").headers["Idempotency-Replayed"] == "true"
    [row] = Movement.objects.filter(reason="move")
    assert (row.quantity, row.client_id) == (7, number)
