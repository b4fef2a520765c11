"""Whatever drivers and warehouse do in whatever order: the ledger, the plan's progress and what partners see agree."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from foodbank.core.errors import Refusal
from foodbank.donations.models import OfferStatus
from foodbank.inventory.models import Balance, PlaceKind
from foodbank.inventory.selectors.audit import ledger_differences
from logistics.dispatch.models import CallOffKind, Delivery, DeliveryState, FailReason, ShipmentProgress, StopProgress, StopState
from logistics.dispatch.selectors.call_offs import Target, effects_of
from logistics.dispatch.services import handover
from logistics.dispatch.services.call_off import call_off
from tests.factories.driving import Drive, a_venue_day, a_visit, an_offer, an_order
from tests.logistics.dispatch.handover.conftest import FullDay, aboard_by_ledger, aboard_by_progress

pytestmark = pytest.mark.django_db

SHIPMENTS = st.integers(0, 5)
STOPS = st.integers(0, 6)
UNITS = st.integers(1, 9)
ACTIONS = st.one_of(
    st.tuples(st.just("load"), SHIPMENTS, UNITS),
    st.tuples(st.just("load_all"), st.just(0), UNITS),
    st.tuples(st.just("collect"), st.just(1), st.integers(0, 20)),
    st.tuples(st.just("drop"), SHIPMENTS, UNITS),
    st.tuples(st.just("deliver"), STOPS, UNITS),
    st.tuples(st.just("finish"), STOPS, st.integers(0, 1)),
    st.tuples(st.just("fail"), STOPS, UNITS),
    st.tuples(st.just("arrive"), STOPS, UNITS),
    st.tuples(st.just("late"), STOPS, UNITS),
    st.tuples(st.just("on_time"), STOPS, UNITS),
    st.tuples(st.just("undo"), st.just(0), UNITS),
    st.tuples(st.just("back"), st.just(0), UNITS),
    st.tuples(st.just("vehicle_off"), st.just(0), UNITS),
)


def a_day() -> FullDay:
    drive = Drive()
    offer = an_offer(15)
    first, second, venue, visit = an_order(), an_order(), a_venue_day(), a_visit()
    sites = [drive.depot, offer.donor.site, first.order.partner.site, second.order.partner.site, venue.site]
    depot, shop, one, two, hall = (drive.stop(site) for site in sites)
    stand, home = drive.stop(visit.site, visit=visit), drive.stop(drive.depot)
    drive.shelf(6, depot, one, stock=10, order_line=first)
    drive.shelf(5, depot, hall, pickup_day=venue)
    drive.shelf(8, depot, stand, visit=visit)
    drive.shop(6, shop, one, offer=offer, order_line=first)
    drive.shop(4, shop, two, offer=offer, order_line=second)
    drive.shop(5, shop, home, offer=offer)
    return FullDay(drive.published(), offer)


def act(day: FullDay, what: str, which: int, units: int) -> None:
    drive, actor = day.drive, day.drive.actor
    stop, shipment = drive.stops[which], drive.shipments[min(which, 5)]
    last = handover.last_batch(drive.route)
    presses: dict[str, Callable[[], object]] = {
        "load": lambda: handover.load(shipment=shipment, quantity=units, actor=actor),
        "load_all": lambda: handover.load_all(stop=stop, actor=actor),
        "collect": lambda: handover.collect(stop=stop, offer=day.offer, quantity=units, actor=actor),
        "drop": lambda: handover.drop(shipment=shipment, quantity=units, actor=actor),
        "deliver": lambda: handover.deliver(stop=stop, actor=actor),
        "finish": lambda: handover.finish_stop(stop=stop, rest_stays=bool(units), households=units, actor=actor),
        "fail": lambda: handover.fail_stop(stop=stop, reason=FailReason.ABSENT, actor=actor),
        "arrive": lambda: handover.arrive(stop=stop, actor=actor),
        "late": lambda: handover.say_late(stop=stop, expected_at=stop.start + dt.timedelta(minutes=20 * units), actor=actor),
        "on_time": lambda: handover.say_on_time(stop=stop, actor=actor),
        "undo": lambda: handover.take_back(route=drive.route, batch=last[0].batch, actor=actor) if last else None,
        "back": lambda: handover.finish_route(route=drive.route, actor=actor),
        "vehicle_off": lambda: vehicle_off(day),
    }
    presses[what]()


def vehicle_off(day: FullDay) -> None:
    target = Target(kind=CallOffKind.VEHICLE, vehicle=day.drive.vehicle)
    seen = effects_of(day.drive.day, target).seen()
    call_off(day=day.drive.day, target=target, reason="見本の故障", actor=day.drive.actor, seen=seen)


def check(day: FullDay, on_shelf: int) -> None:
    drive = day.drive
    assert ledger_differences() == []
    assert aboard_by_ledger(drive) == aboard_by_progress(drive)
    inside = sum(row.quantity for row in Balance.objects.inside())
    given_out = sum(row.quantity for row in Balance.objects.filter(place__kind=PlaceKind.RECIPIENT))
    came = -sum(row.quantity for row in Balance.objects.filter(place__kind=PlaceKind.SUPPLY))
    assert inside + given_out == came  # no gram lost
    rows = {row.shipment_id: row for row in ShipmentProgress.objects.select_related("reservation")}
    handed = sum(rows[one.pk].dropped for one in (day.u01, day.u03, day.u04, day.u05))
    assert handed == given_out
    assert not any(row.reservation and row.called_off and row.reservation.state == "held" for row in rows.values())
    reserved = sum(row.reserved for row in Balance.objects.all())
    held = sum(row.reservation.quantity for row in rows.values() if row.reservation and row.reservation.state == "held")
    assert reserved == held
    for shipment in (day.u01, day.u02, day.u03):
        row = rows[shipment.pk]
        assert row.loaded + (row.reservation.quantity if row.reservation.state == "held" else 0) <= shipment.quantity
    day.offer.refresh_from_db()
    collected = sum(rows[one.pk].loaded for one in (day.u04, day.u05, day.u06))
    assert (collected > 0) == (day.offer.status == OfferStatus.COLLECTED)
    assert came == on_shelf + collected
    assert not StopProgress.objects.filter(expected_at__isnull=False, arrived_at__isnull=False).exists()
    _check_deliveries(day, rows)


def _check_deliveries(day: FullDay, rows: dict[int, ShipmentProgress]) -> None:
    closed = {one.stop_id for one in StopProgress.objects.filter(state__in=(StopState.DONE, StopState.FAILED))}
    for delivery in Delivery.objects.all():
        mine = [one for one in day.drive.shipments if one.drop_stop_id == delivery.stop_id and one.order_line_id is not None]
        handed = any(rows[one.pk].dropped for one in mine)
        if delivery.state == DeliveryState.WITHDRAWN:
            assert not handed  # what somebody got is theirs to confirm
            continue
        done = {True: DeliveryState.DELIVERED, False: DeliveryState.FAILED}[handed]
        assert (delivery.state == done) == (delivery.stop_id in closed)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.lists(ACTIONS, min_size=1, max_size=18))
def test_whatever_is_done_the_books_agree(actions: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        day = a_day()
        on_shelf = 10 + 5 + 8
        for action in actions:
            with contextlib.suppress(Refusal):
                act(day, *action)
            check(day, on_shelf)
        transaction.set_rollback(True)
