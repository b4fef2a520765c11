"""Planning again while vehicles are on the road: what has begun stays, the rest is planned again, and nothing is there twice."""

from __future__ import annotations

import copy
import datetime as dt
import json
import random
from dataclasses import replace

import pytest
from django.db.models import Count, F, Sum
from django.utils import timezone

from foodbank.accounts.services.system import system_user
from foodbank.core.dates import seconds_on
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
    return publish(plan=make_plan(day=DAY, actor=system_user(), work=WORK, few_changes=True), actor=system_user())


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


def with_orders(plan: Plan) -> list[Route]:
    """Those of them that bring something from the shelf to a partner."""
    served = Shipment.objects.filter(plan=plan, lot__isnull=False, order_line__isnull=False, pick_stop__sequence=1)
    chosen = set(served.values_list("pick_stop__route", flat=True))
    return [route for route in from_shelf(plan) if route.pk in chosen]


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
    return make_plan(day=DAY, actor=system_user(), work=WORK, seed=2, few_changes=True, **more)


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


def fixed_of(route: Route) -> list[dict]:
    """The stops of a begun route that stay as they are."""
    return next(kept for kept in under_way(DAY).kept if kept.vehicle == route.vehicle.code).route["stops"]


def test_the_beginning_of_a_route_is_in_the_new_draft_byte_for_byte(live: Plan):
    begun, *others = from_shelf(live)
    assert others
    start(begun, part=0.4)
    draft = replan()
    before, after = document_of(live, begun), document_of(draft, begun)
    number = len(fixed_of(begun))
    assert number == 1  # it stands at the depot, being loaded
    assert json.dumps(after["stops"][:number]) == json.dumps(before["stops"][:number])
    assert (after["depart"], after["stops"][0]["pick_up"]) == (before["depart"], before["stops"][0]["pick_up"])
    units = [u["unit"] for r in draft.document["routes"] for s in r["stops"] for u in s["pick_up"]]
    assert len(units) == len(set(units))
    live.refresh_from_db()
    assert live.status == PlanStatus.STARTED


def test_what_it_has_aboard_stays_on_its_vehicle(live: Plan):
    begun, *_ = from_shelf(live)
    start(begun)
    aboard = {u["unit"] for u in document_of(live, begun)["stops"][0]["pick_up"]}
    after = document_of(replan(), begun)
    assert aboard
    assert {u["unit"] for s in after["stops"] for u in s["drop_off"]} >= aboard


def test_publishing_it_keeps_the_rows_of_what_stays(live: Plan):
    """Stops keep the code on the printed sheet and what partners know of them; what was loaded stays loaded."""
    begun, *_ = with_orders(live)
    start(begun, part=0.4)
    codes = {(site, code) for _, code, site, _, _ in rows_of(begun)[0]}
    loaded = {(unit, n) for _, unit, _, n in rows_of(begun)[1] if n}
    public = set(Delivery.objects.filter(stop__route=begun).values_list("public_id", "order__ref", "stop__site"))
    assert public
    draft = publish(plan=replan(), actor=system_user())
    begun.refresh_from_db()
    live.refresh_from_db()
    assert (begun.plan, draft.status, live.status) == (draft, PlanStatus.STARTED, PlanStatus.REPLACED)
    now = {(site, code) for _, code, site, _, _ in rows_of(begun)[0]}
    sites = {site for site, _ in now}
    assert {pair for pair in codes if pair[0] in sites} == now & codes
    assert loaded <= {(unit, n) for _, unit, _, n in rows_of(begun)[1]}
    assert set(Shipment.objects.filter(pick_stop__route=begun).values_list("plan", flat=True)) == {draft.pk}
    open_ones = Delivery.objects.exclude(state=DeliveryState.WITHDRAWN)
    assert set(open_ones.values_list("plan", flat=True)) == {draft.pk}
    still = set(open_ones.filter(stop__route=begun).values_list("public_id", "order__ref", "stop__site"))
    assert {row for row in public if row[1:] in {one[1:] for one in still}} <= still
    assert not Route.objects.filter(plan=draft).values("vehicle").annotate(n=Count("pk")).filter(n__gt=1)
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
    begun, *_ = with_orders(live)
    start(begun)
    facts = day_facts(DAY)
    (kept,) = facts.kept
    brought = Shipment.objects.filter(pick_stop__route=begun, pick_stop__sequence=1, order_line__isnull=False).aggregate(
        g=Sum("grams")
    )["g"]
    aboard = sum(unit.goods.grams for unit in kept.aboard if unit.demand and not unit.demand.startswith(("visit/", "pickup/")))
    assert (aboard, kept.brings) == (brought, {})
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
    codes: dict[int, tuple] = {}
    for turn in (1, 2):
        plan = Plan.objects.get(day=DAY, status__in=(PlanStatus.PUBLISHED, PlanStatus.STARTED))
        for route in from_shelf(plan):
            if route.pk not in codes and dice.random() < 0.5:
                start(route, part=dice.choice((0.2, 0.6, 1.0)), seed=seed)
                if dice.random() < 0.5:
                    RouteProgress.objects.create(route=route, driver=system_user(), departed_at=timezone.now())
                codes[route.pk] = rows_of(route)[0][0]
        draft = make_plan(day=DAY, actor=system_user(), work=4, seed=10 * seed + turn, few_changes=True)
        publish(plan=draft, actor=system_user())
        assert {pk: rows_of(Route.objects.get(pk=pk))[0][0] for pk in codes} == codes
        promised_once()


def test_the_same_day_under_way_seed_and_work_give_the_same_plan(live: Plan):
    begun, *_ = from_shelf(live)
    start(begun, part=0.5)
    assert replan().document == replan().document


def test_a_stop_that_failed_is_tried_again_with_what_is_aboard(live: Plan):
    begun, *_ = with_orders(live)
    start(begun)
    delivery = Delivery.objects.filter(stop__route=begun, stop__drop_offs__lot__isnull=False).select_related("stop").first()
    units = set(delivery.stop.drop_offs.values_list("unit", flat=True))
    StopProgress.objects.create(stop=delivery.stop, state=StopState.FAILED, fail_reason="closed", actor=system_user())
    kept = under_way(DAY).kept[0]
    assert kept.route["stops"][-1]["site"] == delivery.stop.site.code
    assert kept.route["stops"][-1]["drop_off"] == []  # nobody got anything
    aboard = {unit.unit for unit in kept.aboard}
    loaded = set(delivery.stop.drop_offs.filter(progress__loaded__gt=0).values_list("unit", flat=True))
    assert loaded
    assert units & aboard >= loaded
    draft = replan()
    again = document_of(draft, begun)["stops"][len(kept.route["stops"]) :]
    assert loaded <= {u["unit"] for s in again for u in s["drop_off"]}
    publish(plan=draft, actor=system_user())


def test_a_unit_that_was_called_off_leaves_the_beginning(live: Plan):
    begun = from_shelf(live)[0]
    load(shipment=begun.stops.get(sequence=1).pick_ups.order_by("pk")[0], actor=system_user())
    off = begun.stops.get(sequence=1).pick_ups.order_by("-pk")[0]
    ShipmentProgress.objects.filter(shipment=off).update(called_off=True)
    (kept,) = under_way(DAY).kept
    assert off.unit not in {u["unit"] for u in kept.route["stops"][0]["pick_up"]}
    draft = replan()
    assert check_plan(day_facts(DAY), draft.document) == []
    publish(plan=draft, actor=system_user())


def test_what_was_called_off_after_the_draft_stops_its_publishing(live: Plan):
    begun, *_ = from_shelf(live)
    loaded = start(begun, part=0.3)
    draft = replan()
    there = begun.stops.get(sequence=1).pick_ups
    other = there.exclude(pk__in=[s.pk for s in loaded]).first()
    ShipmentProgress.objects.filter(shipment=other).update(called_off=True)
    with pytest.raises(Refusal) as refused:
        publish(plan=draft, actor=system_user())
    assert refused.value.code == "dispatch.began_since"


def test_a_vehicle_that_was_called_off_is_not_planned(live: Plan):
    route = from_shelf(live)[0]
    CallOff.objects.create(day=DAY, kind=CallOffKind.VEHICLE, vehicle=route.vehicle, reason="故障", actor=system_user())
    assert route.vehicle.code not in {van.code for van in day_facts(DAY).vans}


def test_nothing_leaves_in_the_past(live: Plan, monkeypatch: pytest.MonkeyPatch):
    """At 10:02 whoever has not left can leave at 10:20 at the earliest: twenty minutes to get ready, in whole five minutes. Who is to leave
    before that anyway is ready when planned."""
    noon = timezone.make_aware(dt.datetime.combine(DAY, dt.time(10, 2)))
    monkeypatch.setattr("django.utils.timezone.now", lambda: noon)
    assert min(van.shift[0] for van in day_facts(DAY).vans) < 10 * 3600  # nothing has begun: the plan is as it always was
    begun = from_shelf(live)[0]
    start(begun)
    others = [van for van in day_facts(DAY).vans if van.code != begun.vehicle.code]
    assert others
    planned = {r.vehicle.code: seconds_on(DAY, r.depart) for r in Route.objects.filter(plan=live).select_related("vehicle")}
    ready, soon = 10 * 3600 + 20 * 60, 10 * 3600 + 2 * 60
    assert all(van.shift[0] >= (planned[van.code] if soon <= planned.get(van.code, 0) < ready else ready) for van in others)
    (loading,) = (van for van in day_facts(DAY).vans if van.code == begun.vehicle.code)
    leaves = timezone.localtime(begun.depart)
    assert loading.shift[0] == max(
        10 * 3600 + 2 * 60, leaves.hour * 3600 + leaves.minute * 60 + leaves.second
    )  # it is being loaded
    draft = replan()
    new = Route.objects.filter(plan=draft).exclude(vehicle=begun.vehicle)
    assert all(timezone.localtime(route.depart).time() >= dt.time(10, 2) for route in new)


def _hours(route: dict) -> float:
    begin, end = (dt.datetime.fromisoformat(route[name]) for name in ("depart", "return"))
    return (end - begin).total_seconds() / 3600


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

    def test_a_kept_route_with_a_unit_less(self, case):
        facts, document, code = case
        next(r for r in document["routes"] if r["vehicle"] == code)["stops"][0]["pick_up"].pop()
        assert "kept_route_changed" in self.codes(facts, document)

    def test_a_kept_route_that_began_earlier(self, case):
        facts, document, code = case
        next(r for r in document["routes"] if r["vehicle"] == code)["depart"] = f"{DAY}T05:00:00+09:00"
        assert "kept_route_changed" in self.codes(facts, document)

    def test_goods_that_are_aboard_and_go_nowhere(self, case):
        facts, document, code = case
        stops = next(r for r in document["routes"] if r["vehicle"] == code)["stops"]
        next(s for s in stops[1:] if s["drop_off"])["drop_off"].pop()
        assert "never_dropped" in self.codes(facts, document)

    def test_a_vehicle_that_goes_on_before_it_is_free(self, case):
        facts, document, code = case
        late = replace(facts, vans=tuple(replace(v, shift=(v.shift[0] + 7200, v.shift[1])) for v in facts.vans))
        assert f"travel_time: {code}" in " ".join(map(str, check_plan(late, document)))

    def test_more_aboard_than_the_vehicle_holds(self, case):
        facts, document, code = case
        small = replace(facts, vans=tuple(replace(v, capacity_g=(0, 0, 0)) if v.code == code else v for v in facts.vans))
        assert "capacity" in self.codes(small, document)

    def test_a_break_that_was_not_had(self, case):
        facts, document, code = case
        route = next(r for r in document["routes"] if r["vehicle"] == code)
        tired = replace(facts, vans=tuple(replace(v, break_s=2700) for v in facts.vans))
        route["breaks"] = []
        codes = self.codes(tired, document)
        assert ("break_missing" in codes) == (_hours(route) > 4)

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
