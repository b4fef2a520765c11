"""At a shop: as planned, less, more, nothing, and what is refused."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from foodbank.catalog.models import Zone
from foodbank.core.dates import DateMark, DatePrecision, today
from foodbank.core.errors import Refusal
from foodbank.donations.models import Offer, OfferStatus, RefusalReason, RefusedGoods
from foodbank.donations.services.intake import NotTaken
from foodbank.inventory.models import Movement, Reason
from foodbank.inventory.selectors.audit import ledger_differences
from foodbank.sites.models import Agreement
from logistics.dispatch.models import DeliveryState, ShipmentProgress, StopState
from logistics.dispatch.selectors.deliveries import deliveries_of, what_comes
from logistics.dispatch.services.handover import AsFound, arrive, collect, finish_stop
from tests.factories.driving import Drive, an_offer, an_order
from tests.logistics.dispatch.handover.conftest import FullDay, aboard_by_ledger, aboard_by_progress

pytestmark = pytest.mark.django_db


def loaded(full: FullDay) -> list[int]:
    return [ShipmentProgress.objects.get(shipment=one).loaded for one in (full.u04, full.u05, full.u06)]


@pytest.mark.parametrize(
    ("given", "shares"),
    [(15, [6, 4, 5]), (12, [6, 4, 2]), (9, [6, 3, 0]), (4, [4, 0, 0]), (20, [6, 4, 10])],  # 20 - 6 - 4 = 10 for the shelf
)
def test_what_comes_is_shared_out_among_those_who_wait(full: FullDay, given: int, shares: list[int]) -> None:
    drive = full.drive
    movement = collect(stop=drive.stops[1], offer=full.offer, quantity=given, actor=drive.actor)
    assert movement is not None
    assert (movement.quantity, movement.grams, movement.reason) == (given, given * 1000, Reason.COLLECT)
    assert movement.source.code == f"SUPPLY/{full.offer.donor.site.code}"
    assert loaded(full) == shares
    assert aboard_by_ledger(drive) == aboard_by_progress(drive) == given
    full.offer.refresh_from_db()
    assert (full.offer.status, full.offer.lot) == (OfferStatus.COLLECTED, movement.lot)
    called_off = [ShipmentProgress.objects.get(shipment=one).called_off for one in (full.u04, full.u05, full.u06)]
    assert called_off == [share == 0 for share in shares]
    assert ledger_differences() == []


def test_the_shop_gives_nothing(full: FullDay) -> None:
    drive = full.drive
    assert collect(stop=drive.stops[1], offer=full.offer, quantity=0, actor=drive.actor) is None
    full.offer.refresh_from_db()
    assert full.offer.status == OfferStatus.CANCELLED
    assert loaded(full) == [0, 0, 0]
    finish_stop(stop=drive.stops[1], actor=drive.actor)
    [delivery] = deliveries_of(full.u05.order_line.order.partner_id)
    assert [(one.planned, one.units) for one in what_comes(delivery)] == [(4, 0)]


def test_what_is_refused_never_comes_aboard_and_keeps_its_reason(full: FullDay) -> None:
    drive = full.drive
    damaged = RefusalReason.objects.get(code="damaged_seal")
    movement = collect(stop=drive.stops[1], offer=full.offer, quantity=12, not_taken=[NotTaken(3, damaged)], actor=drive.actor)
    refused = RefusedGoods.objects.get()
    assert (refused.quantity, refused.reason, refused.offer) == (3, damaged, full.offer)
    assert movement is not None and movement.quantity == aboard_by_ledger(drive) == 12


def test_everything_is_refused(full: FullDay) -> None:
    drive = full.drive
    opened = RefusalReason.objects.get(code="opened")
    collect(stop=drive.stops[1], offer=full.offer, quantity=0, not_taken=[NotTaken(15, opened)], actor=drive.actor)
    full.offer.refresh_from_db()
    assert (full.offer.status, full.offer.refusal_reason) == (OfferStatus.REFUSED, opened.name)


def test_the_lot_is_as_the_label_says(full: FullDay) -> None:
    drive = full.drive
    printed = today() + dt.timedelta(days=2)
    found = AsFound(last_day=printed, date_precision=DatePrecision.DAY)
    movement = collect(stop=drive.stops[1], offer=full.offer, quantity=15, found=found, actor=drive.actor)
    assert movement is not None
    assert (movement.lot.last_day, movement.lot.donor_site) == (printed, full.offer.donor.site)
    assert {row.lot for row in ShipmentProgress.objects.filter(shipment__offer=full.offer)} == {movement.lot}


def _too_many(full: FullDay) -> dict[str, object]:
    return {"quantity": 10_000_000}


def _less_than_nothing(full: FullDay) -> dict[str, object]:
    return {"quantity": -1}


def _elsewhere(full: FullDay) -> dict[str, object]:
    return {"stop": full.drive.stops[2]}


def _twice(full: FullDay) -> dict[str, object]:
    collect(stop=full.drive.stops[1], offer=full.offer, quantity=1, actor=full.drive.actor)
    return {}


def _called_off(full: FullDay) -> dict[str, object]:
    ShipmentProgress.objects.filter(shipment__offer=full.offer).update(called_off=True)
    return {}


def _too_cold_for_us(full: FullDay) -> dict[str, object]:
    return {"found": AsFound(zone=Zone.FROZEN)}


def _date_past(full: FullDay) -> dict[str, object]:
    return {"found": AsFound(last_day=today() - dt.timedelta(days=1))}


def _no_agreement(full: FullDay) -> dict[str, object]:
    Agreement.objects.filter(site=full.offer.donor.site).delete()
    return {}


def _stop_over(full: FullDay) -> dict[str, object]:
    finish_stop(stop=full.drive.stops[1], rest_stays=True, actor=full.drive.actor)
    return {}


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_too_many, "inventory.quantity"),
        (_less_than_nothing, "inventory.quantity"),
        (_elsewhere, "dispatch.not_at_this_stop"),
        (_twice, "dispatch.collected_before"),
        (_called_off, "dispatch.called_off"),
        (_too_cold_for_us, "dispatch.vehicle_without_zone"),
        (_date_past, "donation.date_past"),
        (_no_agreement, "site.no_agreement"),
        (_stop_over, "dispatch.stop_closed"),
    ],
)
def test_what_must_not_be_collected(full: FullDay, spoil: object, code: str) -> None:
    drive = full.drive
    changes = spoil(full)
    before = Movement.objects.count()
    with pytest.raises(Refusal) as refused:
        collect(**{"stop": drive.stops[1], "offer": full.offer, "quantity": 15, "actor": drive.actor, **changes})
    assert refused.value.code == code
    assert Movement.objects.count() == before


def test_a_repeated_request_collects_once(full: FullDay) -> None:
    drive, number = full.drive, uuid.uuid4()
    stop = drive.stops[1]
    first = collect(stop=stop, offer=full.offer, quantity=12, client_id=number, actor=drive.actor)
    assert collect(stop=stop, offer=full.offer, quantity=12, client_id=number, actor=drive.actor) == first
    assert aboard_by_ledger(drive) == 12
    with pytest.raises(Refusal) as refused:
        collect(stop=stop, offer=full.offer, quantity=11, client_id=number, actor=drive.actor)
    assert refused.value.code == "inventory.client_id_reused"


def test_goods_go_aboard_at_a_stop_where_nobody_said_that_they_had_arrived(full: FullDay) -> None:
    drive = full.drive
    collect(stop=drive.stops[1], offer=full.offer, quantity=15, actor=drive.actor)
    drive.stops[1].refresh_from_db()
    assert drive.stops[1].progress.state == StopState.ARRIVED
    assert drive.route.progress.departed_at is not None


@pytest.fixture
def shared() -> tuple[Drive, Drive, Offer]:
    """Of ten units at one shop, six are planned on the first vehicle and four on the second."""
    one = Drive()
    two = Drive.beside(one)
    offer = an_offer(10)
    for drive, units in ((one, 6), (two, 4)):
        line = an_order()
        shop, partner = drive.stop(offer.donor.site), drive.stop(line.order.partner.site)
        drive.shop(units, shop, partner, offer=offer, order_line=line)
    one.published()
    return one, two, offer


def test_one_offer_for_two_vehicles_stays_open_until_the_second_has_been_there(shared: tuple[Drive, Drive, Offer]) -> None:
    one, two, offer = shared
    collect(stop=one.stops[0], offer=offer, quantity=6, actor=one.actor)
    offer.refresh_from_db()
    assert offer.status == OfferStatus.OPEN
    assert aboard_by_ledger(two) == 0

    collect(stop=two.stops[0], offer=offer, quantity=3, actor=one.actor)
    offer.refresh_from_db()
    assert offer.status == OfferStatus.COLLECTED
    assert (aboard_by_ledger(one), aboard_by_ledger(two)) == (6, 3)
    lots = {row.lot_id for row in ShipmentProgress.objects.filter(shipment__offer=offer)}
    assert len(lots) == 2  # each vehicle's goods are a lot of their own
    assert ledger_differences() == []


def test_the_second_vehicle_finds_nothing_left(shared: tuple[Drive, Drive, Offer]) -> None:
    one, two, offer = shared
    collect(stop=one.stops[0], offer=offer, quantity=6, actor=one.actor)
    collect(stop=two.stops[0], offer=offer, quantity=0, actor=one.actor)
    offer.refresh_from_db()
    assert offer.status == OfferStatus.COLLECTED  # what the first vehicle took is what came of it


def test_arriving_tells_partners_that_the_vehicle_is_on_its_way(full: FullDay) -> None:
    arrive(stop=full.drive.stops[1], actor=full.drive.actor)
    states = {one.state for pk in (full.u04, full.u05) for one in deliveries_of(pk.order_line.order.partner_id)}
    assert states == {DeliveryState.ON_THE_WAY}


def test_use_by_goods_of_today_may_still_come(full: FullDay) -> None:
    item = full.offer.item
    item.date_mark = DateMark.USE_BY
    item.save()
    found = AsFound(last_day=today())
    assert collect(stop=full.drive.stops[1], offer=full.offer, quantity=15, found=found, actor=full.drive.actor) is not None
