"""From the shelf to the door: what is promised stays promised, and the first to expire goes first (D20)."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from foodbank.core.dates import today
from foodbank.core.errors import Refusal
from foodbank.inventory.models import Balance, Movement, Reservation
from foodbank.inventory.selectors.audit import ledger_differences
from foodbank.inventory.services.holds import hold_lot
from foodbank.inventory.services.picking import move_reserved
from logistics.dispatch.models import ShipmentProgress
from logistics.dispatch.services.handover import load
from logistics.dispatch.services.handover.undo import last_batch, take_back
from logistics.warehouse.services.picking import pick, put_back
from tests.factories import stocked
from tests.logistics.warehouse.conftest import Depot


def reserved(code: str) -> int:
    return sum(Balance.objects.filter(place__code=code).values_list("reserved", flat=True))


def test_what_is_fetched_stands_at_the_door_and_stays_reserved(depot: Depot) -> None:
    movement = pick(shipment=depot.shipment, site=depot.site, actor=depot.worker)
    assert (movement.quantity, movement.grams, movement.reason) == (6, 6000, "move")
    assert (depot.units("C-01"), depot.units("W01/out-chilled")) == (4, 6)  # 10 − 6
    assert (reserved("C-01"), reserved("W01/out-chilled")) == (0, 6)
    assert Reservation.objects.get().place.code == "W01/out-chilled"
    load(shipment=depot.shipment, actor=depot.worker)
    assert (depot.units("W01/out-chilled"), depot.units(f"{depot.drive.code}/chilled")) == (0, 6)
    assert ledger_differences() == []


def test_a_later_lot_needs_a_reason_and_then_travels_instead(depot: Depot) -> None:
    later, place = stocked(8, place=depot.shelf, item=depot.lot.item, last_day=today() + dt.timedelta(days=9))
    with pytest.raises(Refusal) as refused:
        pick(shipment=depot.shipment, site=depot.site, lot=later, place=place, actor=depot.worker)
    assert refused.value.code == "warehouse.out_of_turn"
    assert (refused.value.params["first"], refused.value.params["taken"]) == (depot.lot.code, later.code)
    pick(shipment=depot.shipment, site=depot.site, lot=later, place=place, reason="箱がつぶれている", actor=depot.worker)
    assert Movement.objects.latest("pk").note == "箱がつぶれている"
    assert ShipmentProgress.objects.get(shipment=depot.shipment).lot == later
    assert Balance.objects.get(place=depot.shelf, lot=depot.lot).reserved == 0  # the first one is free again
    load(shipment=depot.shipment, actor=depot.worker)
    assert (depot.units(f"{depot.drive.code}/chilled", later), depot.units("C-01", later), depot.units("C-01")) == (6, 2, 10)
    assert ledger_differences() == []


@pytest.mark.parametrize("days", [1, 5])
def test_an_earlier_or_equal_lot_needs_none(depot: Depot, days: int) -> None:
    other, place = stocked(6, place=depot.shelf, item=depot.lot.item, last_day=today() + dt.timedelta(days=days))
    pick(shipment=depot.shipment, site=depot.site, lot=other, place=place, actor=depot.worker)
    assert depot.units("W01/out-chilled", other) == 6


def test_what_cannot_leave_is_no_reason_to_ask(depot: Depot) -> None:
    later, place = stocked(6, place=depot.shelf, item=depot.lot.item, last_day=today() + dt.timedelta(days=9))
    hold_lot(lot=depot.lot, reason="回収の連絡", actor=depot.worker)
    pick(shipment=depot.shipment, site=depot.site, lot=later, place=place, actor=depot.worker)
    assert depot.units("W01/out-chilled", later) == 6


def test_held_goods_are_not_carried_to_the_door(depot: Depot) -> None:
    hold_lot(lot=depot.lot, reason="回収の連絡", actor=depot.worker)
    with pytest.raises(Refusal) as refused:
        pick(shipment=depot.shipment, site=depot.site, actor=depot.worker)
    assert refused.value.code == "inventory.held"


def test_another_product_or_too_little_is_refused_and_nothing_changes(depot: Depot) -> None:
    other, place = stocked(6, place=depot.shelf, last_day=today())
    few, _ = stocked(5, place=depot.shelf, item=depot.lot.item, last_day=today())
    for lot, code in ((other, "inventory.other_item"), (few, "inventory.not_enough_stock")):
        with pytest.raises(Refusal) as refused:
            pick(shipment=depot.shipment, site=depot.site, lot=lot, place=place, actor=depot.worker)
        assert refused.value.code == code
    assert (depot.units("C-01"), reserved("C-01")) == (10, 6)
    assert ledger_differences() == []


def test_the_same_press_twice_fetches_once(depot: Depot) -> None:
    number = uuid.uuid4()
    first = pick(shipment=depot.shipment, site=depot.site, client_id=number, actor=depot.worker)
    again = pick(shipment=depot.shipment, site=depot.site, client_id=number, actor=depot.worker)
    assert first == again
    assert depot.units("W01/out-chilled") == 6


def test_two_people_fetch_one_shipment_once(depot: Depot) -> None:
    stale = Reservation.objects.select_related("lot", "place").get()
    pick(shipment=depot.shipment, site=depot.site, actor=depot.worker)
    with pytest.raises(Refusal) as refused:
        move_reserved(reservation=stale, target=Reservation.objects.get().place, actor=depot.worker)
    assert refused.value.code == "inventory.reservation_moved"


def test_what_was_fetched_by_mistake_goes_back_and_is_still_kept(depot: Depot) -> None:
    pick(shipment=depot.shipment, site=depot.site, actor=depot.worker)
    put_back(shipment=depot.shipment, target=depot.shelf, actor=depot.worker)
    assert (depot.units("C-01"), reserved("C-01"), depot.units("W01/out-chilled")) == (10, 6, 0)
    assert ledger_differences() == []


def test_loaded_by_mistake_it_stands_at_the_door_again(depot: Depot) -> None:
    later, place = stocked(8, place=depot.shelf, item=depot.lot.item, last_day=today() + dt.timedelta(days=9))
    pick(shipment=depot.shipment, site=depot.site, lot=later, place=place, reason="奥にある", actor=depot.worker)
    load(shipment=depot.shipment, actor=depot.worker)
    steps = last_batch(depot.drive.route)
    take_back(route=depot.drive.route, batch=steps[-1].batch, actor=depot.worker)
    assert (depot.units("W01/out-chilled", later), reserved("W01/out-chilled")) == (6, 6)
    load(shipment=depot.shipment, actor=depot.worker)
    assert depot.units(f"{depot.drive.code}/chilled", later) == 6
    assert ledger_differences() == []


def test_once_loaded_there_is_nothing_to_fetch_or_put_back(depot: Depot) -> None:
    load(shipment=depot.shipment, actor=depot.worker)
    for act in (
        lambda: pick(shipment=depot.shipment, site=depot.site, actor=depot.worker),
        lambda: put_back(shipment=depot.shipment, target=depot.shelf, actor=depot.worker),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "warehouse.not_kept"
