"""A shop, a vehicle, a driver or the whole day falls out: what changes, who is told, and how it is taken back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db.models import F, Sum

from foodbank.accounts.models import User
from foodbank.accounts.services.system import system_user
from foodbank.catalog.models import Item
from foodbank.core.dates import DateMark
from foodbank.core.errors import FieldsRefused, Refusal
from foodbank.core.models import OutboxMessage
from foodbank.donations.models import Offer, OfferStatus
from foodbank.inventory.models import Balance, PlaceKind, Reservation, ReservationState
from foodbank.inventory.selectors.audit import ledger_differences
from foodbank.pantry.models import PickupCallOff
from foodbank.partners.models import Order
from foodbank.sites.models import Site
from logistics.dispatch.models import (
    CallOff,
    CallOffKind,
    Delivery,
    DeliveryState,
    Plan,
    PlanStatus,
    Route,
    Shipment,
    ShipmentProgress,
    StopProgress,
    StopState,
)
from logistics.dispatch.planner.check import check_plan
from logistics.dispatch.selectors.call_offs import Target, effects_of
from logistics.dispatch.selectors.facts import day_facts
from logistics.dispatch.services.call_off import call_off, undo
from logistics.dispatch.services.handover import load
from logistics.dispatch.services.planning import make_plan
from logistics.dispatch.services.publishing import publish
from logistics.fleet.models import Shift, Vehicle
from tests.factories import UserFactory
from tests.logistics.dispatch.conftest import DAY, WORK, plan_of_the_example

pytestmark = pytest.mark.django_db
REASON = "大雨のため。"


@pytest.fixture
def live(db: None) -> Plan:
    return plan_of_the_example()


def off(target: Target, *, reason: str = REASON, **more: Any) -> CallOff:
    seen = more.pop("seen", None) or effects_of(DAY, target).seen()
    return call_off(day=DAY, target=target, reason=reason, actor=system_user(), seen=seen, **more)


def a_shop(plan: Plan) -> Target:
    """One from which something goes straight to a partner."""
    direct = Shipment.objects.filter(plan=plan, offer__isnull=False, order_line__isnull=False).order_by("pk").first()
    assert direct is not None
    return Target(kind=CallOffKind.SHOP, site=direct.pick_stop.site)


def a_vehicle(plan: Plan) -> Target:
    """One that loads at the depot and drives to partners."""
    loading = Route.objects.filter(plan=plan, stops__pick_ups__lot__isnull=False)
    route = loading.filter(stops__deliveries__isnull=False).distinct().order_by("pk")
    return Target(kind=CallOffKind.VEHICLE, vehicle=route[0].vehicle)


WHOLE_DAY = Target(kind=CallOffKind.DAY)


def told(kind: str, template: str) -> set[int]:
    rows = OutboxMessage.objects.filter(payload__to__kind=kind, payload__template=template)
    return {row.payload["to"]["pk"] for row in rows}


def books_agree() -> None:
    assert ledger_differences() == []
    held = Reservation.objects.filter(state=ReservationState.HELD).aggregate(n=Sum("quantity"))["n"] or 0
    assert held == sum(balance.reserved for balance in Balance.objects.inside())


class TestAShop:
    def test_its_offers_are_cancelled_its_goods_do_not_travel_and_everyone_concerned_is_told(self, live: Plan):
        target = a_shop(live)
        driver = UserFactory.create(roles=[])
        shipments = list(Shipment.objects.filter(plan=live, offer__donor__site=target.site))
        vehicles = {s.pick_stop.route.vehicle_id for s in shipments}
        Shift.objects.filter(day=DAY, vehicle__in=vehicles).update(driver=driver)
        row = off(target)
        assert set(Offer.objects.filter(donor__site=target.site, day=DAY).values_list("status", flat=True)) == {
            OfferStatus.CANCELLED
        }
        assert all(p.called_off for p in ShipmentProgress.objects.filter(shipment__in=shipments))
        others = ShipmentProgress.objects.filter(shipment__plan=live).exclude(shipment__in=shipments)
        assert not others.filter(called_off=True).exists()
        partners = {s.order_line.order.partner_id for s in shipments if s.order_line}
        assert partners
        assert told("partner", "call_off_shop_partner") == partners
        assert told("donor", "call_off_shop_donor") == {target.site.donor.pk}
        assert told("user", "call_off_shop_driver") == {driver.pk}
        assert set(row.offers.values_list("donor__site", flat=True)) == {target.site.pk}
        assert StopProgress.objects.get(stop=shipments[0].pick_stop).state == StopState.FAILED

    def test_goods_that_keep_go_to_another_day_and_the_rest_is_cancelled(self, live: Plan):
        target = a_shop(live)
        offers = list(Offer.objects.filter(donor__site=target.site, day=DAY))
        later = DAY + dt.timedelta(days=2)
        keeps, does_not = offers[0], offers[-1]
        assert keeps != does_not
        Offer.objects.filter(pk=keeps.pk).update(last_day=later)
        Offer.objects.filter(pk=does_not.pk).update(last_day=later - dt.timedelta(days=1))
        Item.objects.filter(pk=does_not.item_id).update(date_mark=DateMark.USE_BY)  # not the food bank's own estimate
        off(target, move_to=later)
        keeps.refresh_from_db()
        does_not.refresh_from_db()
        assert (keeps.day, keeps.status) == (later, OfferStatus.OPEN)
        assert (does_not.day, does_not.status) == (DAY, OfferStatus.CANCELLED)

    def test_a_delivery_that_loses_everything_is_withdrawn_and_others_stay(self, live: Plan):
        target = a_shop(live)
        before = {d.pk: d for d in Delivery.objects.filter(plan=live)}
        off(target)
        for delivery in Delivery.objects.filter(pk__in=before):
            units = Shipment.objects.filter(drop_stop=delivery.stop, order_line__order=delivery.order)
            coming = units.filter(progress__called_off=False).exists()
            assert delivery.state == (DeliveryState.SCHEDULED if coming else DeliveryState.WITHDRAWN)

    def test_what_was_collected_already_goes_on(self, live: Plan):
        target = a_shop(live)
        one = Shipment.objects.filter(plan=live, offer__donor__site=target.site).first()
        lot = Shipment.objects.filter(plan=live, lot__isnull=False).first().lot
        ShipmentProgress.objects.filter(shipment=one).update(loaded=1, lot=lot)
        assert one.pk not in {s.pk for s in effects_of(DAY, target).shipments}

    def test_the_next_plan_does_without_it(self, live: Plan):
        target = a_shop(live)
        off(target)
        draft = make_plan(day=DAY, actor=system_user(), work=WORK, seed=2)
        assert target.site.code not in {s["site"] for r in draft.document["routes"] for s in r["stops"]}

    def test_taken_back_its_offers_are_there_again(self, live: Plan):
        target = a_shop(live)
        before = list(Offer.objects.filter(donor__site=target.site).order_by("pk").values_list("pk", "day", "status"))
        row = off(target, move_to=DAY + dt.timedelta(days=1))
        undo(call_off=row, actor=system_user())
        assert list(Offer.objects.filter(donor__site=target.site).order_by("pk").values_list("pk", "day", "status")) == before
        assert told("donor", "call_off_undone_donor") == {target.site.donor.pk}
        with pytest.raises(Refusal) as refused:
            undo(call_off=row, actor=system_user())
        assert refused.value.code == "call_off.undone"


class TestAVehicle:
    def test_before_it_left_its_food_is_free_again_and_others_can_take_its_round(self, live: Plan):
        target = a_vehicle(live)
        mine = Shipment.objects.filter(plan=live, pick_stop__route__vehicle=target.vehicle)
        kept = sum(s.quantity for s in mine.filter(lot__isnull=False))
        before = sum(b.reserved for b in Balance.objects.inside())
        assert kept
        row = off(target)
        assert sum(b.reserved for b in Balance.objects.inside()) == before - kept
        books_agree()
        deliveries = Delivery.objects.filter(stop__route__vehicle=target.vehicle, plan=live)
        assert set(deliveries.values_list("state", flat=True)) == {DeliveryState.WITHDRAWN}
        assert told("partner", "call_off_vehicle_partner") == {d.order.partner_id for d in deliveries}
        draft = publish(plan=make_plan(day=DAY, actor=system_user(), work=WORK, seed=2), actor=system_user())
        assert not Route.objects.filter(plan=draft, vehicle=target.vehicle).exists()
        assert draft.status == PlanStatus.PUBLISHED
        undo(call_off=row, actor=system_user())
        assert target.vehicle.code in {van.code for van in day_facts(DAY).vans}

    def test_on_the_road_what_is_aboard_stays_aboard_and_the_rest_of_the_day_is_planned(self, live: Plan):
        target = a_vehicle(live)
        goods = Shipment.objects.filter(plan=live, pick_stop__route__vehicle=target.vehicle, lot__isnull=False)
        aboard = list(goods[:3])
        for shipment in aboard:
            load(shipment=shipment, actor=system_user())
        effects = effects_of(DAY, target)
        assert {s.pk for s in effects.aboard} == {s.pk for s in aboard}
        off(target)
        books_agree()
        on_wheels = Balance.objects.filter(place__kind=PlaceKind.VEHICLE).aggregate(n=Sum("quantity"))["n"]
        assert on_wheels == sum(s.quantity for s in aboard)
        depot_stops = StopProgress.objects.filter(stop__route__vehicle=target.vehicle, stop__site__kind="depot")
        assert not depot_stops.filter(state=StopState.FAILED).exists()  # it still has to bring the goods in
        draft = make_plan(day=DAY, actor=system_user(), work=WORK, seed=2)
        assert check_plan(day_facts(DAY), draft.document) == []
        assert target.vehicle.code not in {r["vehicle"] for r in draft.document["routes"]}
        publish(plan=draft, actor=system_user())
        live.refresh_from_db()
        assert live.status == PlanStatus.REPLACED
        assert ShipmentProgress.objects.filter(shipment__plan=draft, called_off=True, loaded__gt=F("dropped")).count() == len(
            aboard
        )
        books_agree()

    def test_calling_it_off_twice_is_refused(self, live: Plan):
        target = a_vehicle(live)
        off(target)
        with pytest.raises(Refusal) as refused:
            off(target)
        assert refused.value.code == "call_off.already"

    def test_a_vehicle_that_stays_in_anyway(self, live: Plan):
        idle = Vehicle.objects.create(code="IDLE", name="見本", kind="van", depot=Site.objects.get(code="W01"), ambient_g=1000)
        with pytest.raises(Refusal) as refused:
            off(Target(kind=CallOffKind.VEHICLE, vehicle=idle))
        assert refused.value.code == "call_off.nothing"


class TestADriver:
    @pytest.fixture
    def shift(self, live: Plan) -> Shift:
        shift = Shift.objects.filter(day=DAY).select_related("vehicle").order_by("pk").first()
        shift.driver = UserFactory.create(roles=[])
        shift.save()
        return shift

    def test_the_vehicle_has_nobody_and_gets_them_back(self, shift: Shift):
        driver = shift.driver
        row = off(Target(kind=CallOffKind.DRIVER, driver=driver, vehicle=shift.vehicle))
        shift.refresh_from_db()
        assert shift.driver is None
        assert told("user", "call_off_driver") == {driver.pk}
        undo(call_off=row, actor=system_user())
        shift.refresh_from_db()
        assert shift.driver == driver

    def test_whoever_took_over_keeps_the_vehicle(self, shift: Shift):
        row = off(Target(kind=CallOffKind.DRIVER, driver=shift.driver, vehicle=shift.vehicle))
        other: User = UserFactory.create(roles=[])
        Shift.objects.filter(pk=shift.pk).update(driver=other)
        undo(call_off=row, actor=system_user())
        shift.refresh_from_db()
        assert shift.driver == other


class TestTheWholeDay:
    def test_nothing_drives_nothing_is_reserved_and_everybody_is_told(self, live: Plan):
        driver = UserFactory.create(roles=[])
        Shift.objects.filter(day=DAY).update(driver=driver)
        donors = set(Offer.objects.open_on(DAY).values_list("donor", flat=True))
        partners = set(Order.objects.open_on(DAY).values_list("partner", flat=True))
        assert len(donors) > 1
        assert len(partners) > 1
        off(WHOLE_DAY)
        live.refresh_from_db()
        assert live.status == PlanStatus.REPLACED
        assert sum(b.reserved for b in Balance.objects.inside()) == 0
        assert told("donor", "call_off_day_donor") == donors
        assert told("partner", "call_off_day_partner") == partners
        assert told("user", "call_off_day_driver") == {driver.pk}
        assert set(Delivery.objects.filter(plan=live).values_list("state", flat=True)) == {DeliveryState.WITHDRAWN}
        assert not Offer.objects.open_on(DAY).exists()
        assert PickupCallOff.objects.filter(pickup_day__day=DAY).exists()
        books_agree()

    def test_it_cannot_be_planned_or_published_until_it_is_taken_back(self, live: Plan):
        draft = make_plan(day=DAY, actor=system_user(), work=WORK, seed=2)
        row = off(WHOLE_DAY)
        for act in (
            lambda: make_plan(day=DAY, actor=system_user(), work=WORK),
            lambda: publish(plan=draft, actor=system_user()),
        ):
            with pytest.raises(Refusal) as refused:
                act()
            assert refused.value.code == "dispatch.day_called_off"
        undo(call_off=row, actor=system_user())
        assert Offer.objects.open_on(DAY).count() == row.offers.count() > 0
        assert told("partner", "call_off_undone_partner") == set(Order.objects.open_on(DAY).values_list("partner", flat=True))
        publish(plan=make_plan(day=DAY, actor=system_user(), work=WORK, seed=3), actor=system_user())

    def test_with_a_vehicle_on_the_road_the_plan_stands_so_that_it_can_bring_everything_in(self, live: Plan):
        aboard = Shipment.objects.filter(plan=live, lot__isnull=False).first()
        load(shipment=aboard, actor=system_user())
        off(WHOLE_DAY)
        live.refresh_from_db()
        assert live.status == PlanStatus.STARTED
        assert sum(b.reserved for b in Balance.objects.inside()) == 0
        books_agree()

    def test_a_second_time_is_refused_and_so_is_everything_smaller(self, live: Plan):
        shop, vehicle = a_shop(live), a_vehicle(live)
        off(WHOLE_DAY)
        for target in (WHOLE_DAY, shop, vehicle):
            with pytest.raises(Refusal) as refused:
                off(target)
            assert refused.value.code == "call_off.already"


def test_what_changed_while_it_was_looked_at_has_to_be_looked_at_again(live: Plan):
    target = a_shop(live)
    seen = effects_of(DAY, target).seen()
    one = Offer.objects.filter(donor__site=target.site, day=DAY).first()
    Offer.objects.filter(pk=one.pk).update(status=OfferStatus.REFUSED)
    with pytest.raises(Refusal) as refused:
        off(target, seen=seen)
    assert refused.value.code == "call_off.changed"
    assert not CallOff.objects.exists()
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize(
    ("more", "field"), [({"reason": " "}, "reason"), ({"reason": "あ" * 201}, "reason"), ({"move_to": DAY}, "move_to")]
)
def test_what_is_entered_is_checked_by_field(live: Plan, more: dict[str, Any], field: str):
    with pytest.raises(FieldsRefused) as refused:
        off(a_shop(live), **more)
    assert list(refused.value.fields) == [field]
    assert not CallOff.objects.exists()


def test_no_message_holds_an_address_or_a_name_of_a_person(live: Plan):
    driver = UserFactory.create(roles=[], last_name="かなりあ", email="canary@example.jp")
    Shift.objects.filter(day=DAY).update(driver=driver)
    off(WHOLE_DAY)
    for row in OutboxMessage.objects.all():
        assert "canary" not in str(row.payload)
        assert "かなりあ" not in str(row.payload)
