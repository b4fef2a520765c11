"""Planning again while vehicles are on the road: what has begun stays, the rest is planned anew, and nothing is there twice."""

from __future__ import annotations

import copy
import datetime as dt
import random
from dataclasses import replace

import pytest
from django.db.models import F, Sum
from django.utils import timezone

from foodbank.accounts.services.system import system_user
from foodbank.core.errors import Refusal
from foodbank.inventory.models import Balance, Reservation, ReservationState
from foodbank.inventory.selectors.audit import ledger_differences
from logistics.dispatch.models import (
    CallOff,
    CallOffKind,
    Delivery,
    DeliveryState,
    Plan,
    PlanStatus,
    Route,
    RouteProgress,
    Shipment,
    ShipmentProgress,
    Stop,
    StopProgress,
    StopState,
)
from logistics.dispatch.planner.check import check_plan
from logistics.dispatch.selectors.facts import day_facts
from logistics.dispatch.selectors.under_way import under_way
from logistics.dispatch.services.handover import load
from logistics.dispatch.services.planning import make_plan
from logistics.dispatch.services.publishing import publish
from tests.logistics.dispatch.conftest import DAY, WORK

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(example_day: dt.date) -> Plan:
    return publish(plan=make_plan(day=DAY, actor=system_user(), work=WORK), actor=system_user())


def start(route: Route, *, part: float = 1.0, seed: int = 1) -> list[Shipment]:
    """Load the route's shelf goods, or a random part of them."""
    goods = list(Shipment.objects.filter(pick_stop__route=route, lot__isnull=False, progress__loaded=0).order_by("pk"))
    chosen = random.Random(seed).sample(goods, max(1, round(part * len(goods))))
    for shipment in chosen:
        load(shipment=shipment, actor=system_user())
    return chosen


def from_shelf(plan: Plan) -> list[Route]:
    """Routes that load at the depot, those that bring orders first."""
    bring_orders = set(Delivery.objects.filter(stop__route__plan=plan).values_list("stop__route", flat=True))
    loading = Route.objects.filter(plan=plan, stops__pick_ups__lot__isnull=False).distinct().select_related("vehicle")
    return sorted(loading, key=lambda route: (route.pk not in bring_orders, route.vehicle.code))


def document_of(plan: Plan, route: Route) -> dict:
    return next(r for r in plan.document["routes"] if r["vehicle"] == route.vehicle.code)


def rows_of(route: Route) -> tuple[list, list, list]:
    """Stops, shipments and deliveries, as those who drive and those who wait know them."""
    return (
        list(Stop.objects.filter(route=route).values_list("pk", "code", "site", "sequence", "start")),
        list(Shipment.objects.filter(pick_stop__route=route).values_list("pk", "unit", "quantity", "progress__loaded")),
        list(Delivery.objects.filter(stop__route=route).values_list("public_id", "state", "eta")),
    )


def replan(**more: object) -> Plan:
    return make_plan(day=DAY, actor=system_user(), work=WORK, seed=2, **more)


def promised_once() -> None:
    """Every unit of the live plan's shelf goods is either reserved or was loaded, and nothing else is reserved."""
    plan = Plan.objects.get(day=DAY, status__in=(PlanStatus.PUBLISHED, PlanStatus.STARTED))
    open_units = (
        ShipmentProgress.objects.filter(shipment__plan=plan, shipment__lot__isnull=False, called_off=False).aggregate(
            n=Sum(F("shipment__quantity") - F("loaded"))
        )["n"]
        or 0
    )
    held = Reservation.objects.filter(state=ReservationState.HELD).aggregate(n=Sum("quantity"))["n"] or 0
    assert held == open_units == sum(b.reserved for b in Balance.objects.inside())
    assert ledger_differences() == []


def test_what_has_begun_is_in_the_new_draft_as_it_was_and_its_vehicle_gets_nothing_else(live: Plan):
    begun, *others = from_shelf(live)
    assert others
    start(begun, part=0.4)
    draft = replan()
    assert document_of(draft, begun) == document_of(live, begun)
    assert not Route.objects.filter(plan=draft, vehicle=begun.vehicle).exists()
    units = [u["unit"] for r in draft.document["routes"] for s in r["stops"] for u in s["pick_up"]]
    assert len(units) == len(set(units))
    live.refresh_from_db()
    assert live.status == PlanStatus.STARTED


def test_publishing_it_moves_the_begun_routes_with_everything_that_hangs_on_them(live: Plan):
    begun, *_ = from_shelf(live)
    start(begun, part=0.4)
    before = rows_of(begun)
    assert before[2]
    draft = publish(plan=replan(), actor=system_user())
    begun.refresh_from_db()
    live.refresh_from_db()
    assert (begun.plan, draft.status, live.status) == (draft, PlanStatus.STARTED, PlanStatus.REPLACED)
    assert rows_of(begun) == before
    assert set(Shipment.objects.filter(pick_stop__route=begun).values_list("plan", flat=True)) == {draft.pk}
    assert set(Delivery.objects.filter(stop__route=begun).values_list("plan", flat=True)) == {draft.pk}
    left_behind = Delivery.objects.filter(plan=live).values_list("state", flat=True)
    assert set(left_behind) <= {DeliveryState.WITHDRAWN}
    promised_once()
    start(begun)  # the driver goes on loading with what is in hand
    promised_once()


def test_every_order_that_was_coming_is_still_coming_once(live: Plan):
    """On the example day everything that one plan delivers another can too; a partner sees one delivery per stop, never two."""
    begun, *_ = from_shelf(live)
    start(begun)
    draft = publish(plan=replan(), actor=system_user())
    open_ones = Delivery.objects.exclude(state=DeliveryState.WITHDRAWN)
    assert set(open_ones.values_list("plan", flat=True)) == {draft.pk}
    pairs = list(open_ones.values_list("stop", "order"))
    assert len(pairs) == len(set(pairs)) > 0
    asked = {line["ref"]: line for line in draft.document["unserved"]}
    coming = set(open_ones.values_list("order__ref", flat=True))
    for order in {d.order.ref for d in Delivery.objects.filter(plan=live).select_related("order")}:
        assert order in coming or any(ref.startswith(order) for ref in asked)


def test_what_the_begun_route_brings_is_not_planned_again(live: Plan):
    """Everything on its vehicle counts as served: the sum per order line stays within the ask and one unit."""
    begun, *_ = from_shelf(live)
    start(begun)
    facts = day_facts(DAY)
    (kept,) = facts.kept
    brought = Shipment.objects.filter(pick_stop__route=begun, order_line__isnull=False).aggregate(g=Sum("grams"))["g"]
    assert sum(g for key, g in kept.brings.items() if "/" in key and not key.startswith(("visit/", "pickup/"))) == brought
    assert check_plan(facts, replan().document) == []


def test_goods_aboard_and_reserved_for_the_road_are_not_there_for_others(live: Plan):
    begun, *_ = from_shelf(live)
    chosen = start(begun, part=0.5)
    facts = day_facts(DAY)
    there = {(g.lot_id, g.place_id): g.quantity for g in facts.goods if g.on_shelf}
    for shipment in Shipment.objects.filter(pick_stop__route=begun, lot__isnull=False).select_related("progress"):
        balance = Balance.objects.get(lot=shipment.lot, place=shipment.place)
        kept = sum(
            p.shipment.quantity - p.loaded
            for p in ShipmentProgress.objects.filter(
                shipment__pick_stop__route=begun, shipment__lot=shipment.lot, shipment__place=shipment.place
            ).select_related("shipment")
        )
        assert there.get((shipment.lot_id, shipment.place_id), 0) == balance.quantity - kept
    assert chosen


@pytest.mark.parametrize("seed", range(4))
def test_whatever_has_begun_planning_again_and_again_keeps_the_books(live: Plan, seed: int):
    """Random starts, two rounds of planning: the plan is accepted by the check, begun stops keep their codes, the ledger agrees."""
    dice = random.Random(seed)
    codes: dict[int, list] = {}
    for turn in (1, 2):
        plan = Plan.objects.get(day=DAY, status__in=(PlanStatus.PUBLISHED, PlanStatus.STARTED))
        for route in from_shelf(plan):
            if route.pk not in codes and dice.random() < 0.5:
                start(route, part=dice.choice((0.2, 0.6, 1.0)), seed=seed)
                if dice.random() < 0.5:
                    RouteProgress.objects.create(route=route, driver=system_user(), departed_at=timezone.now())
                codes[route.pk] = rows_of(route)[0]
        publish(plan=make_plan(day=DAY, actor=system_user(), work=4, seed=10 * seed + turn), actor=system_user())
        assert {pk: rows_of(Route.objects.get(pk=pk))[0] for pk in codes} == codes
        promised_once()


def test_the_same_day_under_way_seed_and_work_give_the_same_plan(live: Plan):
    begun, *_ = from_shelf(live)
    start(begun, part=0.5)
    assert replan().document == replan().document


def test_a_stop_that_failed_is_wanted_again(live: Plan):
    begun, *_ = from_shelf(live)
    start(begun)
    delivery = Delivery.objects.filter(stop__route=begun).select_related("stop").first()
    whole = under_way(DAY).kept[0].brings
    StopProgress.objects.create(stop=delivery.stop, state=StopState.FAILED, fail_reason="closed", actor=system_user())
    left = under_way(DAY).kept[0].brings
    lost = {s.order_line.ref for s in delivery.stop.drop_offs.filter(order_line__isnull=False)}
    assert lost
    assert {key for key in whole if whole[key] != left.get(key)} == lost


def test_a_unit_that_was_called_off_leaves_the_document_and_its_stop_with_it(live: Plan):
    stop = Stop.objects.filter(route__plan=live, deliveries__isnull=False, pick_ups__isnull=True).order_by("pk")[0]
    begun = stop.route
    other = Shipment.objects.filter(pick_stop__route=begun, lot__isnull=False).exclude(drop_stop=stop).order_by("pk")[0]
    load(shipment=other, actor=system_user())
    ShipmentProgress.objects.filter(shipment__drop_stop=stop).update(called_off=True)
    kept = under_way(DAY).kept[0]
    gone = set(stop.drop_offs.values_list("unit", flat=True))
    units = {u["unit"] for s in kept.route["stops"] for u in (*s["pick_up"], *s["drop_off"])}
    assert not units & gone
    assert stop.site.code not in {s["site"] for s in kept.route["stops"]}
    draft = replan()
    assert check_plan(day_facts(DAY), draft.document) == []
    publish(plan=draft, actor=system_user())


def test_what_was_called_off_after_the_draft_stops_its_publishing(live: Plan):
    begun, *_ = from_shelf(live)
    loaded = start(begun, part=0.3)
    draft = replan()
    other = Shipment.objects.filter(pick_stop__route=begun).exclude(pk__in=[s.pk for s in loaded]).first()
    ShipmentProgress.objects.filter(shipment=other).update(called_off=True)
    with pytest.raises(Refusal) as refused:
        publish(plan=draft, actor=system_user())
    assert refused.value.code == "dispatch.began_since"


def test_a_vehicle_that_was_called_off_is_not_planned(live: Plan):
    route = from_shelf(live)[0]
    CallOff.objects.create(day=DAY, kind=CallOffKind.VEHICLE, vehicle=route.vehicle, reason="故障", actor=system_user())
    assert route.vehicle.code not in {van.code for van in day_facts(DAY).vans}


def test_nothing_leaves_in_the_past(live: Plan, monkeypatch: pytest.MonkeyPatch):
    """At 10:02 whoever has not left can leave at 10:20 at the earliest: twenty minutes to get ready, in whole five minutes."""
    noon = timezone.make_aware(dt.datetime.combine(DAY, dt.time(10, 2)))
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon)
    assert min(van.shift[0] for van in day_facts(DAY).vans) < 10 * 3600  # nothing has begun: the plan is as it always was
    start(from_shelf(live)[0])
    assert {max(van.shift[0], 10 * 3600 + 20 * 60) for van in day_facts(DAY).vans} == {
        van.shift[0] for van in day_facts(DAY).vans
    }
    draft = replan()
    new = Route.objects.filter(plan=draft)
    assert all(timezone.localtime(route.depart).time() >= dt.time(10, 20) for route in new)


class TestTheCheckOfKeptRoutes:
    """Each rule broken once."""

    @pytest.fixture
    def case(self, live: Plan) -> tuple:
        begun, *_ = from_shelf(live)
        start(begun)
        return day_facts(DAY), copy.deepcopy(replan().document), begun.vehicle.code

    def codes(self, facts, document) -> set[str]:
        return {fault.code for fault in check_plan(facts, document)}

    def test_a_kept_route_that_is_missing(self, case):
        facts, document, code = case
        document["routes"] = [r for r in document["routes"] if r["vehicle"] != code]
        assert "kept_route_missing" in self.codes(facts, document)

    def test_a_kept_route_with_a_stop_less(self, case):
        facts, document, code = case
        next(r for r in document["routes"] if r["vehicle"] == code)["stops"].pop()
        assert "kept_route_changed" in self.codes(facts, document)

    def test_a_second_route_for_a_vehicle_on_the_road(self, case):
        facts, document, code = case
        document["routes"].append(copy.deepcopy(next(r for r in document["routes"] if r["vehicle"] == code)))
        assert "vehicle_twice" in self.codes(facts, document)

    def test_what_the_road_brings_counts(self, case):
        facts, document, _ = case
        document["summary"]["delivered_g"] -= 1
        assert "summary" in self.codes(facts, document)

    def test_a_second_car_at_a_visit_where_one_stands(self, live: Plan):
        begun = next(r for r in from_shelf(live) if not r.stops.filter(visit__isnull=False).exists())
        start(begun)
        facts, document = day_facts(DAY), replan().document
        stood = {stop["site"] for route in document["routes"] for stop in route["stops"] if "visit" in stop}
        visit = next(site for site in facts.sites if site.kind == "visit" and site.site in stood)
        (kept,) = facts.kept
        assert visit.key not in kept.visits
        both = replace(facts, kept=(replace(kept, visits=frozenset({visit.key})),))
        assert "visit_twice" in self.codes(both, document)
