"""Fetching and loading by scan: what is refused, in which order things stand, and that a repeat does nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from foodbank.catalog.models import Zone
from foodbank.core.dates import DateMark, today
from foodbank.core.device import uuid7
from foodbank.inventory.models import Balance, Lot, Movement, Reason, RefusedScan
from foodbank.inventory.selectors.audit import ledger_differences
from foodbank.inventory.services.holds import hold_lot
from foodbank.inventory.services.reservations import reserve
from logistics.dispatch.models import ShipmentProgress
from logistics.warehouse.selectors.routes import route_loads
from tests.factories import ItemFactory, PartnerFactory, PlaceFactory, SiteFactory, stocked
from tests.factories.driving import Drive
from tests.logistics.warehouse.conftest import Depot

Sender = Callable[..., Any]


def load_at(depot: Depot) -> str:
    return reverse("warehouse:load", args=[depot.drive.code])


def pick_at(depot: Depot) -> str:
    return reverse("warehouse:pick", args=[depot.drive.code])


def test_a_scan_loads_what_was_planned_and_says_where_it_goes(depot: Depot, send: Sender) -> None:
    number = uuid7()
    answer = send(load_at(depot), key=str(number), code=f"http://testserver/q/{depot.lot.code}")
    assert answer.status_code == 200
    said = answer.json()
    assert (said["tell"], said["go"]) == ("ok", "")
    assert "見本の牛乳 6 点を積みました" in said["text"]
    assert "全部積みました" in said["html"]
    [movement] = Movement.objects.filter(reason=Reason.LOAD)
    assert (movement.client_id, movement.quantity, movement.actor) == (number, 6, depot.worker)
    assert (depot.units("C-01"), depot.units(f"{depot.drive.code}/chilled")) == (4, 6)


def test_what_was_loaded_does_not_push_a_slip_of_the_morning_off_the_list(depot: Depot, client: Client, send: Sender) -> None:
    PlaceFactory.create(site=depot.site, code="C-02", zone=depot.shelf.zone)
    form = {"source": Balance.objects.get(place=depot.shelf).pk, "quantity": 4, "code": "C-02"}
    assert send(reverse("warehouse:move", args=[depot.lot.code]), **form).json()["tell"] == "ok"
    assert send(load_at(depot), code=depot.lot.code).json()["tell"] == "ok"
    [row] = client.get(reverse("warehouse:mine")).context["rows"]
    assert row.movement.reason != Reason.LOAD


def test_the_same_request_again_gives_the_first_answer_and_another_one_with_its_number_is_refused(
    depot: Depot, send: Sender
) -> None:
    number = str(uuid7())
    first = send(load_at(depot), key=number, code=depot.lot.code)
    again = send(load_at(depot), key=number, code=depot.lot.code)
    assert (again.status_code, again.content, again["Idempotency-Replayed"]) == (200, first.content, "true")
    assert send(load_at(depot), key=number, code="L0000000").status_code == 422
    assert Movement.objects.filter(reason=Reason.LOAD).count() == 1


def test_a_plain_form_without_a_script_works_too(depot: Depot, client: Client) -> None:
    client.force_login(depot.worker)
    form = {"code": depot.lot.code.lower(), "client_id": str(uuid7())}
    answer = client.post(load_at(depot), form)
    assert (answer.status_code, answer["Location"]) == (302, load_at(depot))
    assert "6 点を積みました" in client.get(load_at(depot)).content.decode()
    refused = client.post(load_at(depot), {"code": depot.lot.code, "client_id": str(uuid7())})
    assert (refused.status_code, refused["Location"]) == (302, load_at(depot))
    assert "もう全部積んであります" in client.get(load_at(depot)).content.decode()
    assert RefusedScan.objects.get().code == "warehouse.already_loaded"
    assert client.post(load_at(depot), {"code": depot.lot.code}).status_code == 400  # without a number


def _held(depot: Depot) -> str:
    hold_lot(lot=depot.lot, reason="回収の連絡", actor=depot.worker)
    return depot.lot.code


def _expired(mark: DateMark) -> Callable[[Depot], str]:
    def make(depot: Depot) -> str:
        Lot.objects.filter(pk=depot.lot.pk).update(last_day=today() - dt.timedelta(days=1), date_mark=mark)
        return depot.lot.code

    return make


def _other_vehicle(depot: Depot) -> str:
    second = Drive.beside(depot.drive)
    lot, place = stocked(3, place=depot.shelf)
    shipment = second.shelf(3, second.stop(depot.site), second.stop(PartnerFactory.create().site), lot=lot, place=place)
    kept = reserve(lot=lot, place=place, quantity=3, purpose="other", ref="見本", actor=depot.worker)
    ShipmentProgress.objects.create(shipment=shipment, lot=lot, reservation=kept)
    return lot.code


def _other_lot(depot: Depot) -> str:
    return stocked(6, place=depot.shelf, item=depot.lot.item)[0].code


def _other_goods(depot: Depot) -> str:
    return stocked(6, place=depot.shelf)[0].code


def _elsewhere(depot: Depot) -> str:
    return stocked(6)[0].code


def _called_off(depot: Depot) -> str:
    ShipmentProgress.objects.update(called_off=True)
    return depot.lot.code


@pytest.mark.parametrize(
    ("code_of", "refusal", "status"),
    [
        (_held, "inventory.held", 409),
        (_expired(DateMark.USE_BY), "inventory.expired_use_by", 409),
        (_expired(DateMark.BEST_BEFORE), "inventory.past_best_before", 409),
        (_other_vehicle, "warehouse.other_vehicle", 409),
        (_other_lot, "warehouse.take_planned_lot", 409),
        (_other_goods, "warehouse.not_for_route", 409),
        (_called_off, "dispatch.called_off", 409),
        (_elsewhere, "warehouse.elsewhere", 404),
        (lambda depot: depot.lot.item.gtin, "warehouse.not_received", 404),
        (lambda depot: "P0000001", "warehouse.unknown_code", 404),
        (lambda depot: "かご", "warehouse.unknown_code", 404),
    ],
)
def test_what_is_refused_says_so_in_both_languages_and_is_kept(
    depot: Depot, send: Sender, code_of: Callable[[Depot], str], refusal: str, status: int
) -> None:
    code = code_of(depot)
    before = Movement.objects.count()
    answer = send(load_at(depot), code=code)
    assert (answer.status_code, answer.json()["code"]) == (status, refusal)
    assert answer.json()["title_ja"].endswith("。")
    assert answer.json()["title_en"].endswith((".", ". "))
    [kept] = RefusedScan.objects.all()
    assert (kept.mode, kept.text, kept.code, kept.actor, kept.site) == ("load", code, refusal, depot.worker, depot.site)
    assert Movement.objects.count() == before
    assert ledger_differences() == []


def test_a_refusal_repeated_by_the_network_is_kept_once(depot: Depot, send: Sender) -> None:
    number = str(uuid7())
    for _ in range(3):
        assert send(load_at(depot), key=number, code="L0000000").status_code == 404
    assert RefusedScan.objects.count() == 1


def test_fetching_by_scan_with_a_reason_for_another_lot(depot: Depot, send: Sender) -> None:
    later = stocked(6, place=depot.shelf, item=depot.lot.item, last_day=today() + dt.timedelta(days=20))[0]
    assert send(pick_at(depot), code=later.code).json()["code"] == "warehouse.out_of_turn"
    answer = send(pick_at(depot), code=later.code, reason="箱がつぶれている")
    assert "6 点を取り出しました" in answer.json()["text"]
    assert depot.units("W01/out-chilled", later) == 6
    assert send(pick_at(depot), code=later.code).json()["code"] == "warehouse.already_picked"
    back = reverse("warehouse:put_back", args=[depot.drive.code, depot.shipment.pk])
    assert send(back, place="C-01").json()["tell"] == "ok"
    assert depot.units("C-01", later) == 6


def test_the_last_load_is_taken_back_once(depot: Depot, client: Client, send: Sender) -> None:
    send(load_at(depot), code=depot.lot.code)
    batch = client.get(load_at(depot)).context["undo"]
    undo = reverse("warehouse:unload", args=[depot.drive.code])
    assert send(undo, batch=str(batch)).json()["tell"] == "ok"
    assert (depot.units("C-01"), depot.units(f"{depot.drive.code}/chilled")) == (10, 0)
    assert send(undo, batch=str(batch)).json()["code"] == "dispatch.not_the_last"
    assert ledger_differences() == []


def test_what_is_dropped_last_goes_in_first_and_the_cold_before_the_rest(depot: Depot) -> None:
    drive = Drive(depot=SiteFactory.create())
    start = drive.stop(drive.depot)
    stops = [drive.stop(PartnerFactory.create().site) for _ in range(2)]
    cold, dry = ({"item": ItemFactory.create(zone=zone), "zone": zone} for zone in (Zone.CHILLED, Zone.AMBIENT))
    wanted = [(dry, 0), (cold, 0), (dry, 1), (cold, 1)]
    for fields, stop in wanted:
        drive.shelf(1, start, stops[stop], lot_fields=dict(fields))
    drive.published()
    [route] = route_loads(drive.depot)
    order = [(one.shipment.zone, one.shipment.drop_stop.sequence) for one in route.in_loading_order]
    assert order == [("chilled", 3), ("chilled", 2), ("ambient", 3), ("ambient", 2)]


@pytest.mark.parametrize("shipments", [2, 12])
def test_pages_of_a_route_ask_no_more_for_more_goods(
    depot: Depot, client: Client, shipments: int, django_assert_max_num_queries: Any
) -> None:
    drive = Drive(depot=SiteFactory.create(code="A00"))
    start, stop = drive.stop(drive.depot), drive.stop(PartnerFactory.create().site)
    for _ in range(shipments):
        drive.shelf(1, start, stop)
    drive.published()
    client.force_login(drive.actor)
    client.get(reverse("warehouse:home"))
    for name, most in (("routes", 6), ("home", 12)):
        with django_assert_max_num_queries(most):
            assert client.get(reverse(f"warehouse:{name}")).status_code == 200
    for name in ("load", "pick"):
        with django_assert_max_num_queries(8):
            assert client.get(reverse(f"warehouse:{name}", args=[drive.code])).status_code == 200
