"""From the shelf onto the vehicle."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from foodbank.catalog.models import Zone
from foodbank.core.dates import DateMark, today
from foodbank.core.errors import Refusal
from foodbank.inventory.models import Balance, Movement, Reason, Reservation, ReservationState
from foodbank.inventory.selectors.audit import ledger_differences
from foodbank.inventory.services.holds import hold_lot
from logistics.dispatch.models import Delivery, DeliveryState, PlanStatus, Shipment, ShipmentProgress
from logistics.dispatch.services.handover import drop, last_batch, load, take_back
from logistics.dispatch.services.publishing import publish
from logistics.warehouse.services.picking import pick
from tests.factories import ItemFactory, PlaceFactory, stocked
from tests.factories.driving import Drive, an_order, vehicle_place

pytestmark = pytest.mark.django_db


@pytest.fixture
def drive() -> Drive:
    """Six of ten cartons (1 kg, chilled) go from the depot to a partner."""
    made = Drive()
    line = an_order()
    depot, partner = made.stop(made.depot), made.stop(line.order.partner.site)
    made.shelf(6, depot, partner, stock=10, order_line=line)
    return made.published()


def units(place: object, shipment: Shipment) -> int:
    return sum(row.quantity for row in Balance.objects.filter(place=place, lot=shipment.lot))


def test_publishing_prepares_what_is_driven(drive: Drive) -> None:
    [shipment] = drive.shipments
    progress = ShipmentProgress.objects.get(shipment=shipment)
    assert (progress.loaded, progress.lot) == (0, shipment.lot)
    assert progress.reservation is not None and progress.reservation.quantity == 6
    delivery = Delivery.objects.get()
    assert (delivery.stop, delivery.eta, delivery.state) == (drive.stops[1], drive.stops[1].start, DeliveryState.SCHEDULED)


def test_loading_takes_the_reserved_goods_and_starts_the_plan(drive: Drive) -> None:
    [shipment] = drive.shipments
    movement = load(shipment=shipment, actor=drive.actor)
    assert (movement.quantity, movement.grams, movement.reason) == (6, 6000, Reason.LOAD)
    assert (units(shipment.place, shipment), units(vehicle_place(drive), shipment)) == (4, 6)  # 10 - 6 stay
    assert Reservation.objects.get().state == ReservationState.POSTED
    drive.plan.refresh_from_db()
    assert drive.plan.status == PlanStatus.STARTED
    assert ledger_differences() == []


def test_loading_in_two_goes(drive: Drive) -> None:
    [shipment] = drive.shipments
    load(shipment=shipment, quantity=2, actor=drive.actor)
    load(shipment=shipment, quantity=4, actor=drive.actor)
    assert units(vehicle_place(drive), shipment) == 6
    assert ShipmentProgress.objects.get().loaded == 6
    with pytest.raises(Refusal) as refused:
        load(shipment=shipment, actor=drive.actor)
    assert refused.value.code == "dispatch.already_loaded"


def test_a_repeated_request_loads_once_and_another_with_its_number_is_refused(drive: Drive) -> None:
    [shipment] = drive.shipments
    number = uuid.uuid4()
    first = load(shipment=shipment, quantity=2, client_id=number, actor=drive.actor)
    assert load(shipment=shipment, quantity=2, client_id=number, actor=drive.actor) == first
    assert units(vehicle_place(drive), shipment) == 2
    with pytest.raises(Refusal) as refused:
        load(shipment=shipment, quantity=3, client_id=number, actor=drive.actor)
    assert (refused.value.code, refused.value.status) == ("inventory.client_id_reused", 422)


def _not_published(drive: Drive) -> None:
    drive.plan.status = PlanStatus.DRAFT
    drive.plan.save()


def _replaced(drive: Drive) -> None:
    drive.plan.status = PlanStatus.REPLACED
    drive.plan.save()


def _called_off(drive: Drive) -> None:
    ShipmentProgress.objects.update(called_off=True)


def _held(drive: Drive) -> None:
    hold_lot(lot=drive.shipments[0].lot, reason="破損", actor=drive.actor)


def _past_use_by(drive: Drive) -> None:
    lot = drive.shipments[0].lot
    lot.date_mark, lot.last_day = DateMark.USE_BY, today() - dt.timedelta(days=1)
    lot.save()


def _no_cold_vehicle(drive: Drive) -> None:
    drive.vehicle.chilled_g = 0
    drive.vehicle.save()


def _not_reserved(drive: Drive) -> None:
    ShipmentProgress.objects.update(reservation=None)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_not_published, "dispatch.not_published"),
        (_replaced, "dispatch.replaced"),
        (_called_off, "dispatch.called_off"),
        (_held, "inventory.held"),
        (_past_use_by, "inventory.expired_use_by"),
        (_no_cold_vehicle, "dispatch.vehicle_without_zone"),
        (_not_reserved, "dispatch.not_reserved"),
    ],
)
def test_what_must_not_be_loaded(drive: Drive, spoil: object, code: str) -> None:
    spoil(drive)
    before = Movement.objects.count()
    with pytest.raises(Refusal) as refused:
        load(shipment=drive.shipments[0], actor=drive.actor)
    assert refused.value.code == code
    assert Movement.objects.count() == before
    assert ShipmentProgress.objects.get().loaded == 0


@pytest.mark.parametrize(("quantity", "code"), [(7, "dispatch.more_than_planned"), (0, "inventory.quantity")])
def test_a_quantity_that_is_not_planned(drive: Drive, quantity: int, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        load(shipment=drive.shipments[0], quantity=quantity, actor=drive.actor)
    assert refused.value.code == code


def test_goods_from_the_cold_room_ride_cold_whatever_they_need() -> None:
    drive = Drive()
    line = an_order()
    depot, partner = drive.stop(drive.depot), drive.stop(line.order.partner.site)
    rice = ItemFactory.create(zone=Zone.AMBIENT)
    shipment = drive.shelf(3, depot, partner, order_line=line, lot_fields={"item": rice})
    assert (shipment.zone, shipment.place.zone) == (Zone.AMBIENT, Zone.CHILLED)
    drive.published()
    assert load(shipment=shipment, actor=drive.actor).target.zone == Zone.CHILLED


def test_a_new_plan_withdraws_the_deliveries_of_the_old_one(drive: Drive) -> None:
    old = Delivery.objects.get()
    second = Drive(actor=drive.actor, depot=drive.depot, vehicle=drive.vehicle)
    line = old.order.lines.get()
    depot, partner = second.stop(second.depot), second.stop(line.order.partner.site)
    second.shelf(6, depot, partner, lot=drive.shipments[0].lot, place=drive.shipments[0].place, order_line=line)
    publish(plan=second.plan, actor=drive.actor)
    old.refresh_from_db()
    assert old.state == DeliveryState.WITHDRAWN
    assert Delivery.objects.exclude(pk=old.pk).get().state == DeliveryState.SCHEDULED
    with pytest.raises(Refusal) as refused:
        load(shipment=drive.shipments[0], actor=drive.actor)
    assert refused.value.code == "dispatch.replaced"


def test_what_was_fetched_instead_is_what_rides_and_comes_back_to_where_it_stood() -> None:
    """Another lot of the same item, from a colder room: it rides cold, is handed over as what it is, and an undo keeps it again."""
    drive = Drive()
    line = an_order()
    depot, partner = drive.stop(drive.depot), drive.stop(line.order.partner.site)
    rice = ItemFactory.create(zone=Zone.AMBIENT)
    shelf = PlaceFactory.create(zone=Zone.AMBIENT, site=drive.depot)
    shipment = drive.shelf(3, depot, partner, order_line=line, place=shelf, lot_fields={"item": rice, "zone": Zone.AMBIENT})
    cold = PlaceFactory.create(zone=Zone.CHILLED, site=drive.depot)
    other, _ = stocked(3, place=cold, item=rice, last_day=today())
    drive.published()
    pick(shipment=shipment, site=drive.depot, lot=other, place=cold, actor=drive.actor)
    loaded = load(shipment=shipment, actor=drive.actor)
    assert (loaded.lot, loaded.target.zone) == (other, Zone.CHILLED)
    take_back(route=drive.route, batch=last_batch(drive.route)[0].batch, actor=drive.actor)
    assert Reservation.objects.get(state=ReservationState.HELD).place == loaded.source
    load(shipment=shipment, actor=drive.actor)
    assert drop(shipment=shipment, actor=drive.actor).lot == other
    assert ledger_differences() == []
