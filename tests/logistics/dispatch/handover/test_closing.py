"""Stops end, done or not; the route comes back; and the last thing done can be taken back."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from foodbank.core.errors import Refusal
from foodbank.donations.models import OfferStatus, RefusalReason, RefusedGoods
from foodbank.donations.services.intake import NotTaken
from foodbank.inventory.models import Balance, Movement, ReservationState
from foodbank.inventory.selectors.audit import ledger_differences
from foodbank.inventory.services.holds import hold_lot
from foodbank.partners.models import OrderStatus
from logistics.dispatch.models import (
    Delivery,
    DeliveryState,
    FailReason,
    RouteProgress,
    ShipmentProgress,
    StopProgress,
    StopState,
)
from logistics.dispatch.services.deliveries import confirm_receipt
from logistics.dispatch.services.handover import (
    arrive,
    collect,
    drop,
    drop_all,
    fail_stop,
    finish_route,
    finish_stop,
    last_batch,
    load,
    take_back,
)
from tests.logistics.dispatch.handover.conftest import FullDay, aboard_by_ledger, aboard_by_progress, stands_at

pytestmark = pytest.mark.django_db


def load_all(day: FullDay) -> None:
    for shipment in (day.u01, day.u02, day.u03):
        load(shipment=shipment, actor=day.drive.actor)


def undo(day: FullDay) -> None:
    take_back(route=day.drive.route, batch=last_batch(day.drive.route)[0].batch, actor=day.drive.actor)


def test_a_whole_day(full: FullDay) -> None:
    drive = full.drive
    depot, shop, first, second, venue, visit, home = drive.stops
    load_all(full)
    finish_stop(stop=depot, actor=drive.actor)
    collect(stop=shop, offer=full.offer, quantity=12, actor=drive.actor)  # 6, 4, and 2 for the shelf
    finish_stop(stop=shop, actor=drive.actor)
    drop_all(stop=first, actor=drive.actor)
    finish_stop(stop=first, actor=drive.actor)
    fail_stop(stop=second, reason=FailReason.CLOSED, actor=drive.actor)  # its 4 stay aboard
    drop_all(stop=venue, actor=drive.actor)
    finish_stop(stop=venue, actor=drive.actor)
    drop(shipment=full.u03, quantity=5, actor=drive.actor)  # of 8; 3 are left
    finish_stop(stop=visit, households=2, actor=drive.actor)
    drop_all(stop=home, actor=drive.actor)
    finish_stop(stop=home, actor=drive.actor)
    assert aboard_by_ledger(drive) == aboard_by_progress(drive) == 4 + 3
    finish_route(route=drive.route, actor=drive.actor)

    assert aboard_by_ledger(drive) == aboard_by_progress(drive) == 0
    assert stands_at(f"{drive.depot.code}/in-chilled") == 2 + 4 + 3
    assert stands_at(f"RECIPIENT/{first.site.code}") == 6 + 6
    assert stands_at(f"RECIPIENT/{visit.site.code}") == 5
    assert stands_at(f"{venue.site.code}/chilled") == 5
    assert StopProgress.objects.get(stop=visit).households == 2
    assert [one.state for one in Delivery.objects.order_by("pk")] == [DeliveryState.DELIVERED, DeliveryState.FAILED]
    assert [full.u01.order_line.order.status, full.u05.order_line.order.status] == [OrderStatus.PLACED] * 2  # as read before
    full.u01.order_line.order.refresh_from_db()
    full.u05.order_line.order.refresh_from_db()
    assert full.u01.order_line.order.status == OrderStatus.DELIVERED
    assert full.u05.order_line.order.status == OrderStatus.PLACED  # nothing came
    assert sum(row.reserved for row in Balance.objects.all()) == 0
    assert RouteProgress.objects.get().back_at is not None
    assert ledger_differences() == []


def test_a_stop_is_not_over_while_something_was_forgotten(full: FullDay) -> None:
    drive = full.drive
    load_all(full)
    with pytest.raises(Refusal) as refused:
        finish_stop(stop=drive.stops[2], actor=drive.actor)
    assert refused.value.code == "dispatch.not_done"
    assert refused.value.params == {"pick_up": [], "drop_off": ["u01"]}
    with pytest.raises(Refusal) as refused:
        finish_stop(stop=drive.stops[1], actor=drive.actor)
    assert refused.value.params == {"pick_up": ["u04", "u05", "u06"], "drop_off": []}


def test_what_is_not_loaded_stays_on_the_shelf_and_is_free_again(full: FullDay) -> None:
    drive = full.drive
    load(shipment=full.u01, quantity=4, actor=drive.actor)
    finish_stop(stop=drive.stops[0], rest_stays=True, actor=drive.actor)
    assert sum(row.reserved for row in Balance.objects.all()) == 0
    rows = {row.shipment_id: row for row in ShipmentProgress.objects.all()}
    assert [rows[one.pk].called_off for one in (full.u01, full.u02, full.u03)] == [False, True, True]
    with pytest.raises(Refusal) as refused:
        load(shipment=full.u01, actor=drive.actor)
    assert refused.value.code == "inventory.reservation_closed"
    undo(full)
    load(shipment=full.u01, quantity=2, actor=drive.actor)
    load(shipment=full.u02, actor=drive.actor)
    assert aboard_by_ledger(drive) == aboard_by_progress(drive) == 6 + 5


def test_a_failed_shop_stop_calls_its_goods_off_and_leaves_the_offer_to_others(full: FullDay) -> None:
    drive = full.drive
    fail_stop(stop=drive.stops[1], reason=FailReason.OTHER, note="シャッターが下りていた", actor=drive.actor)
    assert all(ShipmentProgress.objects.get(shipment=one).called_off for one in (full.u04, full.u05, full.u06))
    full.offer.refresh_from_db()
    assert full.offer.status == OfferStatus.OPEN


@pytest.mark.parametrize(
    ("reason", "note", "code"),
    [
        (FailReason.OTHER, " ", "dispatch.note_missing"),
        (FailReason.ABSENT, "あ" * 301, "dispatch.note_too_long"),
    ],
)
def test_a_failure_says_why(full: FullDay, reason: FailReason, note: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        fail_stop(stop=full.drive.stops[2], reason=reason, note=note, actor=full.drive.actor)
    assert refused.value.code == code
    assert not StopProgress.objects.exists()


def test_a_stop_where_goods_moved_is_not_failed(full: FullDay) -> None:
    collect(stop=full.drive.stops[1], offer=full.offer, quantity=1, actor=full.drive.actor)
    with pytest.raises(Refusal) as refused:
        fail_stop(stop=full.drive.stops[1], reason=FailReason.CLOSED, actor=full.drive.actor)
    assert refused.value.code == "dispatch.work_done_here"


@pytest.mark.parametrize("households", [None, -1, 10**9])
def test_a_visit_says_how_many_came(full: FullDay, households: int | None) -> None:
    with pytest.raises(Refusal) as refused:
        finish_stop(stop=full.drive.stops[5], households=households, actor=full.drive.actor)
    assert refused.value.code == "dispatch.households"


def test_the_route_is_not_back_while_stops_are_open_and_not_twice(full: FullDay) -> None:
    drive = full.drive
    with pytest.raises(Refusal) as refused:
        finish_route(route=drive.route, actor=drive.actor)
    assert refused.value.code == "dispatch.stops_open"
    for stop in drive.stops:
        fail_stop(stop=stop, reason=FailReason.VEHICLE, actor=drive.actor)
    finish_route(route=drive.route, actor=drive.actor)
    with pytest.raises(Refusal) as refused:
        finish_route(route=drive.route, actor=drive.actor)
    assert refused.value.code == "dispatch.route_back"
    undo(full)
    assert RouteProgress.objects.get().back_at is None


def test_a_late_stop_moves_the_times_that_partners_see(full: FullDay) -> None:
    """The shop is left forty minutes after the plan said: both partners are to be reached forty minutes later."""
    drive = full.drive
    collect(stop=drive.stops[1], offer=full.offer, quantity=15, actor=drive.actor)
    finish_stop(stop=drive.stops[1], actor=drive.actor)
    late = drive.stops[1].leave + dt.timedelta(minutes=40)
    StopProgress.objects.filter(stop=drive.stops[1]).update(arrived_at=late, closed_at=late)
    arrive(stop=drive.stops[6], actor=drive.actor)  # anything that is said about the route brings the times up to date
    assert [one.eta - one.stop.start for one in Delivery.objects.all()] == [dt.timedelta(minutes=40)] * 2


def test_taking_back_step_by_step_leads_to_where_it_began(full: FullDay) -> None:
    drive = full.drive
    before = {(row.place_id, row.lot_id): (row.quantity, row.reserved) for row in Balance.objects.all()}
    load_all(full)
    damaged = RefusalReason.objects.get(code="damaged_seal")
    collect(stop=drive.stops[1], offer=full.offer, quantity=9, not_taken=[NotTaken(2, damaged)], actor=drive.actor)
    finish_stop(stop=drive.stops[1], actor=drive.actor)
    drop_all(stop=drive.stops[2], actor=drive.actor)
    finish_stop(stop=drive.stops[2], actor=drive.actor)
    rows = Movement.objects.count()
    while last_batch(drive.route):
        undo(full)
    after = {
        (row.place_id, row.lot_id): (row.quantity, row.reserved) for row in Balance.objects.all() if row.quantity or row.reserved
    }
    assert after == before
    assert Movement.objects.count() == rows + 3 + 1 + 2  # loads, collection and hand-overs, each with its correcting row
    full.offer.refresh_from_db()
    assert (full.offer.status, full.offer.lot) == (OfferStatus.OPEN, None)
    assert not RefusedGoods.objects.exists()
    assert not ShipmentProgress.objects.filter(loaded__gt=0).exists()
    assert set(StopProgress.objects.values_list("state", flat=True)) == {StopState.ARRIVED}
    full.u01.order_line.order.refresh_from_db()
    assert full.u01.order_line.order.status == OrderStatus.PLACED
    assert ledger_differences() == []
    load_all(full)  # and the day can be driven again
    assert aboard_by_ledger(drive) == 19


def test_only_the_last_thing_is_taken_back(full: FullDay) -> None:
    load(shipment=full.u01, actor=full.drive.actor)
    first = last_batch(full.drive.route)[0].batch
    load(shipment=full.u02, actor=full.drive.actor)
    for batch in (first, uuid.uuid4()):
        with pytest.raises(Refusal) as refused:
            take_back(route=full.drive.route, batch=batch, actor=full.drive.actor)
        assert refused.value.code == "dispatch.not_the_last"


def test_what_the_partner_has_confirmed_stands(full: FullDay) -> None:
    drive = full.drive
    load_all(full)
    drop_all(stop=drive.stops[2], actor=drive.actor)
    finish_stop(stop=drive.stops[2], actor=drive.actor)
    confirm_receipt(delivery=Delivery.objects.get(stop=drive.stops[2]), actor=drive.actor)
    with pytest.raises(Refusal) as refused:
        undo(full)
    assert refused.value.code == "dispatch.receipt_given"


def test_goods_held_meanwhile_come_back_to_the_shelf_and_stay_there(full: FullDay) -> None:
    drive = full.drive
    load(shipment=full.u01, actor=drive.actor)
    hold_lot(lot=full.u01.lot, reason="回収", actor=drive.actor)
    undo(full)
    assert aboard_by_ledger(drive) == 0
    progress = ShipmentProgress.objects.get(shipment=full.u01)
    assert (progress.loaded, progress.reservation.state) == (0, ReservationState.POSTED)
    with pytest.raises(Refusal) as refused:
        load(shipment=full.u01, actor=drive.actor)
    assert refused.value.code == "inventory.reservation_closed"


def test_the_clock_of_the_server_counts(full: FullDay) -> None:
    before = timezone.now()
    progress = arrive(stop=full.drive.stops[1], actor=full.drive.actor)
    assert progress.arrived_at is not None
    assert before <= progress.arrived_at <= timezone.now()
    again = arrive(stop=full.drive.stops[1], actor=full.drive.actor)
    assert again.arrived_at == progress.arrived_at
