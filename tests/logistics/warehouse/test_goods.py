"""One lot in the hand: put away, thrown away, counted, corrected, looked up, labelled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse

from foodbank.accounts.models import Role
from foodbank.catalog.models import Zone
from foodbank.core.dates import today
from foodbank.core.device import uuid7
from foodbank.inventory.models import Balance, Lot, Movement, Place, RefusedScan
from foodbank.inventory.selectors.audit import ledger_differences
from foodbank.labels.codes import CodeKind, make_code
from foodbank.sites.models import SiteKind
from logistics.warehouse.selectors.reading import place_code
from tests.factories import PlaceFactory, RoleGrantFactory, SiteFactory, UserFactory, stocked
from tests.logistics.warehouse.conftest import Depot

Sender = Callable[..., Any]


@pytest.fixture
def phone(depot: Depot, client: Client) -> Client:
    client.force_login(depot.worker)
    return client


def at(name: str, depot: Depot, lot: Lot | None = None) -> str:
    return reverse(f"warehouse:{name}", args=[(lot or depot.lot).code])


def balance(depot: Depot) -> int:
    return Balance.objects.get(lot=depot.lot, place=depot.shelf).pk


@pytest.mark.parametrize("typed", ["c-02", "Ｃ－０２", "code", "address"])
def test_the_shelf_is_read_or_typed(depot: Depot, send: Sender, typed: str) -> None:
    there = PlaceFactory.create(site=depot.site, code="C-02")
    text = {"code": place_code(there).lower(), "address": f"https://example.jp/q/{place_code(there)}"}.get(typed, typed)
    answer = send(at("move", depot), source=balance(depot), quantity=4, code=text.replace("－", "-"))
    assert (answer.status_code, answer.json()["go"]) == (200, reverse("warehouse:move_scan"))
    assert (depot.units("C-01"), depot.units("C-02")) == (6, 4)


def _warm(depot: Depot) -> Place:
    return PlaceFactory.create(site=depot.site, zone=Zone.AMBIENT)


def _closed(depot: Depot) -> Place:
    return PlaceFactory.create(site=depot.site, active=False)


@pytest.mark.parametrize(
    ("place_of", "quantity", "refusal"),
    [
        (_warm, 1, "inventory.warmer_zone"),
        (_closed, 1, "warehouse.place_elsewhere"),
        (lambda depot: PlaceFactory.create(site=SiteFactory.create()), 1, "warehouse.place_elsewhere"),
        (lambda depot: depot.shelf, 1, "warehouse.same_place"),
        (lambda depot: PlaceFactory.create(site=depot.site), 5, "inventory.reserved"),  # 10 there, 6 promised
        (lambda depot: PlaceFactory.create(site=depot.site), 11, "inventory.not_enough_stock"),
    ],
)
def test_where_it_must_not_go(
    depot: Depot, send: Sender, place_of: Callable[[Depot], Place], quantity: int, refusal: str
) -> None:
    answer = send(at("move", depot), source=balance(depot), quantity=quantity, code=place_code(place_of(depot)))
    assert (answer.json()["code"], RefusedScan.objects.get().code) == (refusal, refusal)
    assert (depot.units("C-01"), Movement.objects.filter(reason="move").count()) == (10, 0)


def test_a_lot_is_not_a_shelf_and_a_shelf_is_not_a_lot(depot: Depot, phone: Client, send: Sender) -> None:
    assert (
        send(at("move", depot), source=balance(depot), quantity=1, code=depot.lot.code).json()["code"] == "warehouse.not_a_place"
    )
    answer = phone.get(reverse("warehouse:move_scan"), {"code": place_code(depot.shelf)})
    assert (answer.status_code, RefusedScan.objects.first().code) == (404, "warehouse.not_a_lot")
    assert phone.get(reverse("warehouse:move_scan"), {"code": depot.lot.code})["Location"] == at("move", depot)


def test_discarding_says_why(depot: Depot, send: Sender) -> None:
    form = {"source": balance(depot), "quantity": 2}
    assert send(at("discard", depot), **form, reason="discard_other").json()["code"] == "inventory.note_missing"
    assert send(at("discard", depot), **form).status_code == 422
    assert send(at("discard", depot), **form, reason="discard_damaged").json()["tell"] == "ok"
    assert (depot.units("C-01"), depot.units("DISCARD")) == (8, 2)


def test_a_count_wins_over_the_books_and_says_what_it_took(depot: Depot, send: Sender) -> None:
    answer = send(at("count", depot), source=balance(depot), counted=4)
    assert "帳簿 10 点、数えて 4 点" in answer.json()["text"]
    assert "引当は減らしました" in answer.json()["text"]  # 6 were promised
    assert depot.units("C-01") == 4
    assert ledger_differences() == []


def test_a_slip_is_corrected_by_whoever_made_it_and_by_nobody_else(depot: Depot, phone: Client, send: Sender) -> None:
    PlaceFactory.create(site=depot.site, code="C-02")
    send(at("move", depot), source=balance(depot), quantity=4, code="C-02")
    row = Movement.objects.latest("pk")
    [mine] = phone.get(reverse("warehouse:mine")).context["rows"]
    assert (mine.movement, mine.stands_at) == (row, 4)
    fix = reverse("warehouse:correct", args=[row.pk])
    assert send(fix, quantity=4, note="x").json()["code"] == "inventory.nothing_to_correct"
    assert send(fix, quantity=3, note="数え間違い").json()["tell"] == "ok"
    assert (depot.units("C-01"), depot.units("C-02")) == (7, 3)
    assert phone.get(reverse("warehouse:mine")).context["rows"][0].stands_at == 3
    colleague = UserFactory.create(is_staff=False, roles=[Role.WAREHOUSE], roles__at=depot.site)
    phone.force_login(colleague)
    assert phone.get(fix).status_code == 404


def test_looking_up_a_lot_a_shelf_a_product(depot: Depot, phone: Client) -> None:
    find = reverse("warehouse:find")
    assert phone.get(find, {"code": depot.lot.code})["Location"] == at("lot", depot)
    assert phone.get(find, {"code": "c-01"})["Location"] == reverse("warehouse:place", args=[place_code(depot.shelf)])
    sooner, _ = stocked(1, place=depot.shelf, item=depot.lot.item, last_day=today())
    page = phone.get(find, {"code": depot.lot.item.gtin})
    assert [row.lot for row in page.context["rows"]] == [sooner, depot.lot]  # first expiring first
    for unknown in ("S0000000", "hello", make_code(5, kind=CodeKind.STOP)):
        assert phone.get(find, {"code": unknown}).status_code == 404


def test_another_depots_goods_are_not_found(depot: Depot, phone: Client) -> None:
    lot, place = stocked(3, place=PlaceFactory.create(site=SiteFactory.create(kind=SiteKind.DEPOT)))
    for name in ("lot", "lot_label", "move", "discard", "count"):
        assert phone.get(at(name, depot, lot)).status_code == 404, name
    assert phone.get(reverse("warehouse:place", args=[place_code(place)])).status_code == 404
    assert phone.get(reverse("warehouse:home"), {"site": place.site.code}).status_code == 404
    page = phone.get(reverse("warehouse:find"), {"code": lot.code})
    assert (page.status_code, lot.item.name in page.content.decode()) == (404, False)


def test_somebody_of_two_depots_chooses(depot: Depot, client: Client) -> None:
    other = SiteFactory.create(code="W02", kind=SiteKind.DEPOT)
    RoleGrantFactory.create(user=depot.worker, role=Role.WAREHOUSE, site=other)
    client.force_login(depot.worker)
    assert client.get(reverse("warehouse:home")).context["site"] == depot.site
    client.get(reverse("warehouse:home"), {"site": "W02"})
    assert client.get(reverse("warehouse:find")).context["site"] == other


def test_home_counts_what_waits(depot: Depot, phone: Client) -> None:
    stocked(1, place=depot.shelf, last_day=today())
    stocked(1, place=depot.shelf, last_day=today() - dt.timedelta(days=1))
    home = phone.get(reverse("warehouse:home")).context["home"]
    assert (home.to_receive, home.to_put_away, home.to_load, home.expiring, home.past) == (0, 0, 1, 1, 1)
    assert len(phone.get(reverse("warehouse:expiring")).context["rows"]) == 2


def test_labels_of_a_lot_of_today_and_of_the_shelves(depot: Depot, phone: Client) -> None:
    pages = {
        at("lot_label", depot) + "?copies=3": 3,
        at("lot_label", depot) + "?copies=3&layout=a4-24&skip=23": 2,  # one on the first sheet, two on the next
        at("lot_label", depot) + "?copies=99999&layout=a4-24": 10,  # 240 at most: ten sheets
        reverse("warehouse:todays_labels"): 1,
        reverse("warehouse:place_labels"): 1,
    }
    for address, count in pages.items():
        answer = phone.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf"), address
        assert len(pypdfium2.PdfDocument(answer.content)) == count, address


def test_nothing_to_print_is_said(depot: Depot, client: Client) -> None:
    empty = SiteFactory.create(code="W09", kind=SiteKind.DEPOT)
    client.force_login(UserFactory.create(is_staff=False, roles=[Role.WAREHOUSE], roles__at=empty))
    for name, onward in (("todays_labels", "home"), ("place_labels", "place_list")):
        assert client.get(reverse(f"warehouse:{name}"))["Location"] == reverse(f"warehouse:{onward}")


def test_without_a_place_to_work_there_is_no_page(client: Client, db: None) -> None:
    client.force_login(
        UserFactory.create(is_staff=False, roles=[Role.WAREHOUSE], roles__at=SiteFactory.create(kind=SiteKind.DONOR))
    )
    assert client.get(reverse("warehouse:home")).status_code == 404


def test_before_there_is_any_place_a_coordinator_learns_what_to_do_first(client: Client, db: None) -> None:
    client.force_login(UserFactory.create())
    answer = client.get(reverse("warehouse:home"))
    assert answer.status_code == 200
    assert reverse("dayfiles:upload") in answer.content.decode()
    assert client.post(reverse("warehouse:move_scan"), {"client_id": str(uuid7())}).status_code == 200
    SiteFactory.create(code="W01", kind=SiteKind.DEPOT)
    assert reverse("dayfiles:upload") not in client.get(reverse("warehouse:home")).content.decode().partition("<main")[2]


def test_a_number_used_for_something_else_is_refused(depot: Depot, send: Sender) -> None:
    PlaceFactory.create(site=depot.site, code="C-02")
    number = str(uuid7())
    assert send(at("move", depot), key=number, source=balance(depot), quantity=1, code="C-02").status_code == 200
    again = send(at("move", depot), key=number, source=balance(depot), quantity=2, code="C-02")
    assert (again.status_code, again.json()["code"]) == (422, "idempotency.other_body")
    assert depot.units("C-02") == 1
