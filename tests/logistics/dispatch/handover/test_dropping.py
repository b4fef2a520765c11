"""Goods leave the vehicle, all or in part, to those whose they are."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from foodbank.core.dates import DateMark, today
from foodbank.core.errors import Refusal
from foodbank.inventory.models import Movement, Reason
from foodbank.inventory.selectors.audit import ledger_differences
from foodbank.inventory.services.holds import hold_lot
from foodbank.partners.models import OrderStatus
from foodbank.sites.models import Agreement
from logistics.dispatch.models import Delivery, DeliveryState, ShipmentProgress
from logistics.dispatch.selectors.deliveries import deliveries_of, what_comes
from logistics.dispatch.services.deliveries import ReceiptLineData, confirm_receipt
from logistics.dispatch.services.handover import collect, drop, drop_all, finish_stop, load
from tests.factories import allergen
from tests.logistics.dispatch.handover.conftest import FullDay, aboard_by_ledger, aboard_by_progress, stands_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def aboard(full: FullDay) -> FullDay:
    """Everything is on the vehicle: 6 + 5 + 8 from the shelf and 15 from the shop are 34 units."""
    for shipment in (full.u01, full.u02, full.u03):
        load(shipment=shipment, actor=full.drive.actor)
    collect(stop=full.drive.stops[1], offer=full.offer, quantity=15, actor=full.drive.actor)
    assert aboard_by_ledger(full.drive) == 34
    return full


def test_a_partner_gets_everything_that_is_aboard_for_it(aboard: FullDay) -> None:
    drive = aboard.drive
    movements = drop_all(stop=drive.stops[2], actor=drive.actor)
    site = aboard.u01.order_line.order.partner.site
    assert [(one.quantity, one.reason, one.target.code) for one in movements] == [
        (6, Reason.HAND_OVER, f"RECIPIENT/{site.code}"),  # from the shelf
        (6, Reason.HAND_OVER, f"RECIPIENT/{site.code}"),  # straight from the shop
    ]
    assert aboard_by_ledger(drive) == aboard_by_progress(drive) == 34 - 12
    assert ledger_differences() == []


def test_a_part_is_handed_over_and_the_rest_stays_aboard(aboard: FullDay) -> None:
    drive = aboard.drive
    drop(shipment=aboard.u01, quantity=4, actor=drive.actor)
    assert ShipmentProgress.objects.get(shipment=aboard.u01).aboard == 2
    assert aboard_by_ledger(drive) == 34 - 4


def test_the_goods_of_a_pickup_day_go_into_the_venue_s_store(aboard: FullDay) -> None:
    movement = drop(shipment=aboard.u02, actor=aboard.drive.actor)
    venue = aboard.u02.pickup_day.site
    assert (movement.reason, movement.target.code, movement.target.site) == (Reason.UNLOAD, f"{venue.code}/chilled", venue)
    assert stands_at(f"{venue.code}/chilled") == 5


def test_the_shelf_s_share_goes_into_the_depot_s_store(aboard: FullDay) -> None:
    drop(shipment=aboard.u06, actor=aboard.drive.actor)
    assert stands_at(f"{aboard.drive.depot.code}/in-chilled") == 5


def test_more_than_was_planned_is_only_handed_over_when_somebody_says_so(full: FullDay) -> None:
    drive = full.drive
    collect(stop=drive.stops[1], offer=full.offer, quantity=20, actor=drive.actor)  # 6, 4 and 10 for the shelf
    assert drop(shipment=full.u06, actor=drive.actor).quantity == 5
    assert drop(shipment=full.u06, quantity=5, actor=drive.actor).quantity == 5


def test_the_partner_sees_what_came_and_confirms_it(aboard: FullDay) -> None:
    drive = aboard.drive
    partner = aboard.u01.order_line.order.partner
    drop_all(stop=drive.stops[2], actor=drive.actor)
    [delivery] = deliveries_of(partner.pk)
    assert delivery.state == DeliveryState.ON_THE_WAY  # until the driver is done there
    with pytest.raises(Refusal) as refused:
        confirm_receipt(delivery=delivery, actor=drive.actor)
    assert refused.value.code == "delivery.not_delivered"

    finish_stop(stop=drive.stops[2], actor=drive.actor)
    [delivery] = deliveries_of(partner.pk)
    assert delivery.state == DeliveryState.DELIVERED
    assert delivery.delivered_at == drive.stops[2].progress.closed_at
    assert [(one.units, one.grams) for one in what_comes(delivery)] == [(6, 6000), (6, 6000)]
    delivery.order.refresh_from_db()
    assert delivery.order.status == OrderStatus.DELIVERED

    receipt = confirm_receipt(
        delivery=delivery,
        actor=drive.actor,
        lines=[ReceiptLineData(aboard.u01, missing=1, damaged=2), ReceiptLineData(aboard.u04)],
    )
    assert [(line.shipment, line.missing, line.damaged) for line in receipt.lines.all()] == [(aboard.u01, 1, 2)]
    with pytest.raises(Refusal) as refused:
        confirm_receipt(delivery=delivery, actor=drive.actor)
    assert refused.value.code == "delivery.confirmed"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda day: [ReceiptLineData(day.u01, missing=5, damaged=2)],  # 7 of 6
        lambda day: [ReceiptLineData(day.u01, missing=-1)],
        lambda day: [ReceiptLineData(day.u05, missing=1)],  # the other partner's
        lambda day: [ReceiptLineData(day.u01, missing=1), ReceiptLineData(day.u01, damaged=1)],
    ],
    ids=["more than came", "less than nothing", "another's", "twice"],
)
def test_a_receipt_that_cannot_be(aboard: FullDay, wrong: object) -> None:
    drop_all(stop=aboard.drive.stops[2], actor=aboard.drive.actor)
    finish_stop(stop=aboard.drive.stops[2], actor=aboard.drive.actor)
    delivery = Delivery.objects.get(stop=aboard.drive.stops[2])
    with pytest.raises(Refusal) as refused:
        confirm_receipt(delivery=delivery, actor=aboard.drive.actor, lines=wrong(aboard))
    assert refused.value.code == "delivery.receipt_refused"


def _no_agreement(day: FullDay) -> None:
    Agreement.objects.filter(site=day.drive.stops[2].site).delete()


def _held(day: FullDay) -> None:
    hold_lot(lot=day.u01.lot, reason="破損", actor=day.drive.actor)


def _past_use_by(day: FullDay) -> None:
    day.u01.lot.date_mark, day.u01.lot.last_day = DateMark.USE_BY, today() - dt.timedelta(days=1)
    day.u01.lot.save()


def _past_best_before(day: FullDay) -> None:
    day.u01.lot.last_day = today() - dt.timedelta(days=1)
    day.u01.lot.save()


def _contains_milk(day: FullDay) -> None:
    day.u01.order_line.order.excluded_allergens.add(allergen("乳"))
    day.u01.lot.contains.create(allergen=allergen("乳"))


def _says_nothing_about_milk(day: FullDay) -> None:
    day.u01.order_line.order.excluded_allergens.add(allergen("乳"))
    day.u01.lot.allergens_stated = False
    day.u01.lot.save()


def _over(day: FullDay) -> None:
    finish_stop(stop=day.drive.stops[2], rest_stays=True, actor=day.drive.actor)


def _handed_over(day: FullDay) -> None:
    drop_all(stop=day.drive.stops[2], actor=day.drive.actor)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_no_agreement, "site.no_agreement"),
        (_held, "inventory.held"),
        (_past_use_by, "inventory.expired_use_by"),
        (_past_best_before, "inventory.past_best_before"),
        (_contains_milk, "dispatch.allergens_unsafe"),
        (_says_nothing_about_milk, "dispatch.allergens_unsafe"),
        (_over, "dispatch.stop_closed"),
        (_handed_over, "dispatch.nothing_aboard"),
    ],
)
@pytest.mark.parametrize("how", [lambda day: drop(shipment=day.u01, actor=day.drive.actor),
                                 lambda day: drop_all(stop=day.drive.stops[2], actor=day.drive.actor)], ids=["one", "all"])  # fmt: skip
def test_what_must_not_be_handed_over(aboard: FullDay, how: object, spoil: object, code: str) -> None:
    spoil(aboard)
    before = Movement.objects.count()
    with pytest.raises(Refusal) as refused:
        how(aboard)
    assert refused.value.code == code
    assert Movement.objects.count() == before


def test_an_unlabelled_mixed_box_is_not_given_to_households(aboard: FullDay) -> None:
    aboard.u03.lot.mixed_box = True
    aboard.u03.lot.save()
    with pytest.raises(Refusal) as refused:
        drop(shipment=aboard.u03, actor=aboard.drive.actor)
    assert refused.value.code == "dispatch.mixed_box"


@pytest.mark.parametrize(("quantity", "code"), [(7, "dispatch.more_than_aboard"), (0, "inventory.quantity")])
def test_a_quantity_that_cannot_be(aboard: FullDay, quantity: int, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        drop(shipment=aboard.u01, quantity=quantity, actor=aboard.drive.actor)
    assert refused.value.code == code


def test_repeated_requests_hand_over_once(aboard: FullDay) -> None:
    drive, one, all_of_it = aboard.drive, uuid.uuid4(), uuid.uuid4()
    first = drop(shipment=aboard.u01, quantity=2, client_id=one, actor=drive.actor)
    assert drop(shipment=aboard.u01, quantity=2, client_id=one, actor=drive.actor) == first
    rest = drop_all(stop=drive.stops[2], client_id=all_of_it, actor=drive.actor)
    assert drop_all(stop=drive.stops[2], client_id=all_of_it, actor=drive.actor) == rest
    assert [row.quantity for row in rest] == [4, 6]
    assert aboard_by_ledger(drive) == 34 - 12
