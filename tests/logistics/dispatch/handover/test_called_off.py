"""A vehicle is called off while it is on the road: what was done stands, what is taken back does not start travelling again."""

from __future__ import annotations

import pytest

from foodbank.inventory.models import Balance, Reservation, ReservationState
from foodbank.inventory.selectors.audit import ledger_differences
from logistics.dispatch.models import CallOffKind, Delivery, DeliveryState, FailReason, ShipmentProgress, StopProgress, StopState
from logistics.dispatch.selectors.call_offs import Target, effects_of
from logistics.dispatch.services import handover
from logistics.dispatch.services.call_off import call_off
from logistics.dispatch.services.deliveries import ReceiptLineData, confirm_receipt
from tests.logistics.dispatch.handover.conftest import FullDay, aboard_by_ledger

pytestmark = pytest.mark.django_db


def vehicle_off(full: FullDay) -> None:
    target = Target(kind=CallOffKind.VEHICLE, vehicle=full.drive.vehicle)
    seen = effects_of(full.drive.day, target).seen()
    call_off(day=full.drive.day, target=target, reason="見本の故障", actor=full.drive.actor, seen=seen)


def undo(full: FullDay) -> None:
    batch = handover.last_batch(full.drive.route)[0].batch
    handover.take_back(route=full.drive.route, batch=batch, actor=full.drive.actor)


def test_a_partner_who_got_a_part_before_is_delivered_and_can_confirm_it(full: FullDay) -> None:
    handover.load(shipment=full.u01, actor=full.drive.actor)
    handover.drop(shipment=full.u01, quantity=4, actor=full.drive.actor)
    vehicle_off(full)
    delivery = Delivery.objects.get(order=full.u01.order_line.order)
    assert (delivery.state, delivery.delivered_at is not None) == (DeliveryState.DELIVERED, True)
    assert StopProgress.objects.get(stop=full.u01.drop_stop).state == StopState.DONE
    assert StopProgress.objects.get(stop=full.u05.drop_stop).state == StopState.FAILED
    assert Delivery.objects.get(order=full.u05.order_line.order).state == DeliveryState.WITHDRAWN
    assert aboard_by_ledger(full.drive) == 6 - 4
    lines = [ReceiptLineData(shipment=full.u01, damaged=1)]
    assert confirm_receipt(delivery=delivery, lines=lines, actor=full.drive.actor).lines.get().damaged == 1


def test_goods_taken_off_a_vehicle_that_was_called_off_are_free(full: FullDay) -> None:
    handover.load(shipment=full.u01, actor=full.drive.actor)
    vehicle_off(full)
    undo(full)
    assert aboard_by_ledger(full.drive) == 0
    assert not Reservation.objects.filter(state=ReservationState.HELD).exists()
    assert sum(row.reserved for row in Balance.objects.all()) == 0
    assert ledger_differences() == []


def test_what_was_left_out_does_not_travel_because_the_leaving_out_is_taken_back(full: FullDay) -> None:
    handover.fail_stop(stop=full.drive.stops[0], reason=FailReason.VEHICLE, actor=full.drive.actor)
    assert ShipmentProgress.objects.get(shipment=full.u01).called_off
    vehicle_off(full)
    undo(full)
    assert ShipmentProgress.objects.get(shipment=full.u01).called_off
    assert not Reservation.objects.filter(state=ReservationState.HELD).exists()
