"""Two people at one shipment at the same moment."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Iterable
from typing import Any

import pytest
from django.db import models
from django.utils import timezone

from foodbank.accounts.models import Role
from foodbank.core.errors import Refusal
from foodbank.inventory.models import Balance, Movement, PlaceKind
from foodbank.inventory.selectors.audit import ledger_differences
from logistics.dispatch.models import Delivery, DeliveryReceipt, Plan, ShipmentProgress, StopProgress, StopState
from logistics.dispatch.selectors import drivers_word
from logistics.dispatch.services.deliveries import confirm_receipt
from logistics.dispatch.services.handover import (
    arrive,
    base,
    deliver,
    drop,
    finish_stop,
    late,
    load,
    say_late,
    take_back,
    undo,
)
from logistics.dispatch.services.handover.undo import last_batch
from logistics.fleet.models import Shift
from logistics.fleet.services import vehicles
from tests.factories import UserFactory
from tests.factories.driving import Drive, an_order
from tests.races.parallel import at_once, faults

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def a_drive(units: int = 8) -> Drive:
    """So many units of forty on the shelf go to a partner; twenty more of the same lot ride along for another order."""
    drive = Drive()
    one, other = an_order(), an_order()
    depot = drive.stop(drive.depot)
    first, second = drive.stop(one.order.partner.site), drive.stop(other.order.partner.site)
    shipment = drive.shelf(units, depot, first, stock=40, order_line=one)
    drive.shelf(20, depot, second, lot=shipment.lot, place=shipment.place, order_line=other)
    return drive.published()


def unlocked(queryset: models.QuerySet[Any], keys: Iterable[object]) -> dict[object, Any]:
    """``lock_rows`` without its lock."""
    return {row.pk: row for row in queryset.filter(pk__in=set(keys)).order_by("pk")}


def aboard() -> int:
    return sum(row.quantity for row in Balance.objects.filter(place__kind=PlaceKind.VEHICLE))


def test_many_thumbs_hand_over_what_is_there_and_no_more() -> None:
    drive = a_drive()
    for shipment in drive.shipments:
        load(shipment=shipment, actor=drive.actor)
    arrive(stop=drive.stops[1], actor=drive.actor)
    results = at_once([lambda: drop(shipment=drive.shipments[0], quantity=3, actor=drive.actor) for _ in range(6)])
    assert faults(results, Refusal) == []
    assert sum(isinstance(one, Movement) for one in results) == 2  # 3 + 3 of 8; a third three would be nine
    assert ShipmentProgress.objects.get(shipment=drive.shipments[0]).dropped == 6
    assert aboard() == 28 - 6
    assert ledger_differences() == []


def test_without_the_plan_s_lock_they_hand_over_what_belongs_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the ledger still balances, since the lot is aboard, but more leaves than the shipment has."""
    monkeypatch.setattr(base, "lock_rows", unlocked)
    drive = a_drive()
    for shipment in drive.shipments:
        load(shipment=shipment, actor=drive.actor)
    arrive(stop=drive.stops[1], actor=drive.actor)
    at_once([lambda: drop(shipment=drive.shipments[0], quantity=3, actor=drive.actor) for _ in range(6)])
    handed = sum(row.quantity for row in Movement.objects.filter(reason="hand_over"))
    assert handed > 8 or handed != ShipmentProgress.objects.get(shipment=drive.shipments[0]).dropped


def test_one_tap_that_arrives_many_times_is_one_movement() -> None:
    drive, number = a_drive(), uuid.uuid4()
    results = at_once([lambda: load(shipment=drive.shipments[0], client_id=number, actor=drive.actor) for _ in range(5)])
    assert len({one.pk for one in results}) == 1
    assert aboard() == 8


def test_loading_and_taking_back_at_once_leave_the_books_whole() -> None:
    drive = a_drive()
    load(shipment=drive.shipments[0], actor=drive.actor)
    batch = last_batch(drive.route)[0].batch
    results = at_once(
        [lambda: take_back(route=drive.route, batch=batch, actor=drive.actor) for _ in range(3)]
        + [lambda: load(shipment=drive.shipments[1], quantity=5, actor=drive.actor)] * 2
    )
    assert faults(results, Refusal) == []
    progress = {row.shipment_id: row.aboard for row in ShipmentProgress.objects.all()}
    assert aboard() == sum(progress.values())
    assert progress[drive.shipments[1].pk] == 10
    assert Movement.objects.filter(corrects__isnull=False).count() <= 1
    assert ledger_differences() == []


def test_a_receipt_is_never_of_something_taken_back() -> None:
    """A partner confirms while the driver takes the handing over back: one of the two, whoever is first."""
    drive = a_drive()
    load(shipment=drive.shipments[0], actor=drive.actor)
    deliver(stop=drive.stops[1], actor=drive.actor)
    delivery = Delivery.objects.get(stop=drive.stops[1])
    batch = last_batch(drive.route)[0].batch
    results = at_once(
        [
            lambda: take_back(route=drive.route, batch=batch, actor=drive.actor),
            lambda: confirm_receipt(delivery=delivery, actor=drive.actor),
        ]
    )
    assert faults(results, Refusal) == []
    assert sum(isinstance(one, Refusal) for one in results) == 1  # the second of them, whoever it is
    delivery.refresh_from_db()
    assert (delivery.state, DeliveryReceipt.objects.count()) in {("delivered", 1), ("on_the_way", 0)}


def test_without_the_delivery_s_lock_both_go_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the partner confirms after the driver has looked for a receipt and before the stop is open again."""
    drive = a_drive()
    load(shipment=drive.shipments[0], actor=drive.actor)
    deliver(stop=drive.stops[1], actor=drive.actor)
    delivery = Delivery.objects.get(stop=drive.stops[1])
    looked, confirmed = threading.Event(), threading.Event()

    def slowly(steps: object, rows: object) -> None:
        looked.set()
        assert confirmed.wait(20)

    def partner() -> object:
        assert looked.wait(20)
        try:
            return confirm_receipt(delivery=delivery, actor=drive.actor)
        finally:
            confirmed.set()

    monkeypatch.setattr(undo, "lock_rows", unlocked)
    monkeypatch.setattr(undo, "_lock_goods", slowly)
    batch = last_batch(drive.route)[0].batch
    results = at_once([lambda: take_back(route=drive.route, batch=batch, actor=drive.actor), partner])
    assert not any(isinstance(one, Exception) for one in results)
    delivery.refresh_from_db()
    assert (delivery.state, DeliveryReceipt.objects.count()) == ("on_the_way", 1)


def a_late_drive() -> Drive:
    drive = a_drive()
    for shipment in drive.shipments:
        load(shipment=shipment, actor=drive.actor)
    finish_stop(stop=drive.stops[0], actor=drive.actor)
    return drive


def an_hour_late(drive: Drive) -> dt.datetime:
    return max(drive.stops[1].start, timezone.now()) + dt.timedelta(hours=1)


@pytest.fixture
def any_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests may run in the evening, long after the stops of their day."""
    monkeypatch.setattr(drivers_word, "LATEST", dt.timedelta(days=1))


def test_who_is_there_is_not_late_whoever_comes_first(any_hour: None) -> None:
    """The driver says to be late while a coordinator records the arrival."""
    drive = a_late_drive()
    stop = drive.stops[1]
    results = at_once(
        [
            lambda: say_late(stop=stop, expected_at=an_hour_late(drive), actor=drive.actor),
            lambda: arrive(stop=stop, actor=drive.actor),
        ]
    )
    assert faults(results, Refusal) == []
    assert [one.code for one in results if isinstance(one, Refusal)] in ([], ["dispatch.arrived"])
    progress = StopProgress.objects.get(stop=stop)
    assert (progress.state, progress.expected_at) == (StopState.ARRIVED, None)


def test_without_the_plan_s_lock_who_is_there_is_late_as_well(monkeypatch: pytest.MonkeyPatch, any_hour: None) -> None:
    """The control: the vehicle arrives after the driver's time was looked at and before it is written."""
    drive = a_late_drive()
    stop = drive.stops[1]
    say_late(stop=stop, expected_at=an_hour_late(drive), actor=drive.actor)
    looked, there = threading.Event(), threading.Event()

    def slowly(word: object, expected_at: object) -> None:
        looked.set()
        assert there.wait(20)

    def arriving() -> object:
        assert looked.wait(20)
        try:
            return arrive(stop=stop, actor=drive.actor)
        finally:
            there.set()

    monkeypatch.setattr(base, "lock_rows", unlocked)
    monkeypatch.setattr(late, "_refuse_time", slowly)
    results = at_once([lambda: say_late(stop=stop, expected_at=an_hour_late(drive), actor=drive.actor), arriving])
    assert not any(isinstance(one, Exception) for one in results)
    progress = StopProgress.objects.get(stop=stop)
    assert (progress.state, progress.arrived_at) == (StopState.PLANNED, None)  # the arrival is lost


def test_one_of_those_who_tap_at_once_gets_the_vehicle() -> None:
    drive = a_drive()
    people = [UserFactory.create(roles=[Role.DRIVER], roles__at=drive.depot) for _ in range(5)]
    results = at_once([lambda who=who: vehicles.take_shift(shift=drive.shift, driver=who) for who in people])
    assert faults(results, Refusal) == []
    assert [one.code for one in results if isinstance(one, Refusal)] == ["shift.taken"] * 4
    [winner] = [one.driver for one in results if isinstance(one, Shift)]
    assert Shift.objects.get().driver == winner


def test_publishing_and_loading_at_once_never_load_a_replaced_plan() -> None:
    """Whichever comes first: a plan that was replaced has nothing aboard, and one that is loaded is not replaced by a draft that
    knows nothing of it."""
    from logistics.dispatch.services.publishing import publish  # noqa: PLC0415

    drive = a_drive()
    second = Drive(actor=drive.actor, depot=drive.depot, vehicle=drive.vehicle)
    results = at_once(
        [
            lambda: load(shipment=drive.shipments[0], actor=drive.actor),
            lambda: publish(plan=second.plan, actor=drive.actor),
        ]
    )
    assert faults(results, Refusal) == []
    assert sum(isinstance(one, Refusal) for one in results) == 1
    replaced = Plan.objects.get(pk=drive.plan.pk).status == "replaced"
    assert aboard() == (0 if replaced else 8)
