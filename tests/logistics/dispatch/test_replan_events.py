"""During the day: food comes in, an order is cancelled, a vehicle is late, breaks down, or comes back early. What has begun stays, few things
change, and those for whom something changes are told once."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from foodbank.accounts.models import Role
from foodbank.accounts.services.system import system_user
from foodbank.core.dates import seconds_on
from foodbank.core.errors import Refusal
from foodbank.core.models import OutboxMessage
from foodbank.inventory.selectors.audit import ledger_differences
from foodbank.partners.models import Order, OrderStatus
from foodbank.sites.models import SiteKind
from logistics.dispatch.models import CallOffKind, Plan, PlanStatus, Route, RouteNews, Shipment, Stop, StopState
from logistics.dispatch.planner import rearrange
from logistics.dispatch.planner.check import check_plan
from logistics.dispatch.planner.difference import difference
from logistics.dispatch.planner.edit import ANYWHERE, Move, Swap, TakeOut
from logistics.dispatch.planner.mishaps import OutBecause, VehicleOut
from logistics.dispatch.selectors.call_offs import Target, effects_of
from logistics.dispatch.selectors.facts import day_facts
from logistics.dispatch.selectors.hand_page import StopItem, hand_page
from logistics.dispatch.selectors.late import late_vehicles
from logistics.dispatch.selectors.under_way import under_way
from logistics.dispatch.services import handover
from logistics.dispatch.services.by_hand import accept, edit_plan, open_plan
from logistics.dispatch.services.call_off import call_off
from logistics.dispatch.services.planning import make_plan, plan_document
from logistics.dispatch.services.publishing import publish
from logistics.dispatch.services.replanning import replan
from logistics.fleet.models import Shift
from tests.factories.accounts import UserFactory
from tests.factories.under_way import Clock, drive_until, new_food, work_at
from tests.logistics.dispatch.conftest import DAY
from tests.shared_data import EXAMPLE

pytestmark = pytest.mark.sqlite
WORK = 4


@pytest.fixture(scope="module")
def driven(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[int, dt.datetime]]:
    """The example day with a quick plan of which a quarter of the stops are done; every test begins with these rows. The plan's key, and
    what time it is."""
    with django_db_blocker.unblock():
        whole = transaction.atomic()
        whole.__enter__()
        call_command("import_day", str(EXAMPLE / "day"), date=DAY.isoformat())
        plan = publish(plan=make_plan(day=DAY, actor=system_user(), work=10 * WORK, few_changes=True), actor=system_user())
        leaves = sorted(Stop.objects.values_list("leave", flat=True))
        moment = leaves[len(leaves) // 4]
        with pytest.MonkeyPatch.context() as patch:
            drive_until(Clock(patch), moment)
    yield plan.pk, moment
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        whole.__exit__(None, None, None)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def noon(driven: tuple[int, dt.datetime], db: None, clock: Clock) -> Plan:
    pk, moment = driven
    clock(moment)
    assert any(kept.aboard for kept in under_way(DAY).kept)
    return Plan.objects.get(pk=pk)


def again(work: int = WORK) -> Plan:
    return replan(day=DAY, actor=system_user(), work=work, seed=3)


def untouched(before: Plan, after: Plan) -> None:
    """The beginnings are there byte for byte, and the independent check finds nothing."""
    old = {route["vehicle"]: route for route in before.document["routes"]}
    new = {route["vehicle"]: route for route in after.document["routes"]}
    for kept in under_way(DAY).kept:
        if kept.open:
            number = len(kept.route["stops"])
            assert json.dumps(new[kept.vehicle]["stops"][:number]) == json.dumps(kept.route["stops"])
            assert new[kept.vehicle]["stops"][0]["start"] == old[kept.vehicle]["stops"][0]["start"]
    assert check_plan(day_facts(DAY), after.document) == []


def changed(before: Plan, after: Plan) -> set[str]:
    """Orders that come with other vehicles, or more than a quarter of an hour earlier or later."""
    found = [r for r in difference(before.document, after.document).receivers if r.kind == "order" and r.was and r.now]
    later = {r.ref for r in found if abs((r.now.start - r.was.start).total_seconds()) > rearrange.OTHER_TIME_S}
    return later | {r.ref for r in found if r.now.vehicles != r.was.vehicles}


def open_orders() -> list[Order]:
    """Orders of which nothing is handed over yet, by number."""
    road = under_way(DAY)
    coming = {one.demand for one in road.standing} | {unit.demand for kept in road.kept for unit in kept.aboard}
    there = {key for kept in road.kept for key in kept.brings}
    rows = Order.objects.filter(status=OrderStatus.PLACED).order_by("ref")
    return [o for o in rows if any(k and k.startswith(o.ref) for k in coming) and not any(k.startswith(o.ref) for k in there)]


def loads_at(stop: StopItem) -> tuple[str, ...]:
    return tuple(load for part in stop.parts for load in part.loads)


def test_new_food_is_fetched(noon: Plan):
    fresh = new_food(DAY)
    draft = again()
    untouched(noon, draft)
    assert sum(s.quantity for s in Shipment.objects.filter(plan=draft, offer=fresh)) == 7
    publish(plan=draft, actor=system_user())
    assert ledger_differences() == []


def test_a_cancelled_order_is_not_driven_to(noon: Plan):
    orders = open_orders()
    assert orders
    order = orders[0]
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.CANCELLED)
    draft = again()
    untouched(noon, draft)
    dropped = {u.get("order_ref") for r in draft.document["routes"] for s in r["stops"] for u in s["drop_off"]}
    assert order.ref not in dropped
    publish(plan=draft, actor=system_user())


def test_what_was_aboard_for_a_cancelled_order_comes_back_to_the_depot(noon: Plan):
    units = [
        unit
        for kept in under_way(DAY).kept
        for unit in kept.aboard
        if unit.demand and "/" in unit.demand and unit.demand[0] == "O"
    ]
    assert units
    ref = units[0].demand.split("/")[0]
    Order.objects.filter(ref=ref).update(status=OrderStatus.CANCELLED)
    draft = publish(plan=again(), actor=system_user())
    row = Shipment.objects.select_related("drop_stop__site").get(plan=draft, unit=units[0].unit)
    assert (row.drop_stop.site.kind, row.order_line) == (SiteKind.DEPOT, None)
    assert row.drop_stop.route.vehicle.code == units[0].vehicle


def test_a_late_vehicle_is_seen_and_its_rest_is_planned_from_when_it_is_free(noon: Plan, clock: Clock):
    """Nobody has said anything for three hours."""
    clock(timezone.now() + dt.timedelta(hours=3))
    found = late_vehicles(noon)
    assert found
    assert max(one.minutes for one in found) >= 150
    vans = {van.code: van for van in day_facts(DAY).vans}
    draft = again()
    untouched(noon, draft)
    for kept in under_way(DAY).kept:
        rest = next(r for r in draft.document["routes"] if r["vehicle"] == kept.vehicle)["stops"][len(kept.route["stops"]) :]
        for stop in rest:
            assert seconds_on(DAY, dt.datetime.fromisoformat(stop["arrive"])) >= vans[kept.vehicle].shift[0]
    publish(plan=draft, actor=system_user())


def test_a_broken_vehicle_keeps_what_it_has_and_others_take_the_rest(noon: Plan):
    begun = next(one for one in under_way(DAY).begun if len(one.rows) > len(one.fixed) + 1)
    target = Target(kind=CallOffKind.VEHICLE, vehicle=begun.route.vehicle)
    call_off(day=DAY, target=target, reason="見本の故障", actor=system_user(), seen=effects_of(DAY, target).seen())
    draft = again()
    untouched(noon, draft)
    assert begun.route.vehicle.code not in {van.code for van in day_facts(DAY).vans}
    publish(plan=draft, actor=system_user())
    assert ledger_differences() == []


def test_if_a_vehicle_on_the_road_broke_down(noon: Plan):
    """The question alone: nothing of the day is written."""
    code = next(kept.vehicle for kept in under_way(DAY).kept if kept.aboard)
    facts = VehicleOut(code, OutBecause.BROKEN).apply(day_facts(DAY))
    document = plan_document(facts, seconds=None, work=WORK, seed=1, few_changes=True).to_json()
    assert check_plan(facts, document) == []
    route = next(route for route in document["routes"] if route["vehicle"] == code)
    assert len(route["stops"]) < len(next(r for r in noon.document["routes"] if r["vehicle"] == code)["stops"])


def test_a_vehicle_that_came_back_goes_out_again(noon: Plan, clock: Clock):
    """One vehicle has driven all of its round; then food comes in, and every other vehicle is out of order."""
    route = next(one.route for one in under_way(DAY).begun if not any(stop.visit_id for stop in one.rows))
    for stop in route.stops.exclude(progress__state=StopState.DONE).select_related("site").order_by("sequence"):
        clock(stop.leave)
        work_at(stop)
    clock(route.back)
    handover.finish_route(route=route, actor=system_user())
    (kept,) = (one for one in under_way(DAY).kept if one.vehicle == route.vehicle.code)
    van = next(van for van in day_facts(DAY).vans if van.code == route.vehicle.code)
    assert kept.back_s is not None
    assert van.start == van.depot
    assert van.shift[0] >= kept.back_s
    new_food(DAY)
    for other in day_facts(DAY).vans:
        if other.code != van.code:
            target = Target(kind=CallOffKind.VEHICLE, vehicle=Shift.objects.get(day=DAY, vehicle__code=other.code).vehicle)
            call_off(day=DAY, target=target, reason="見本", actor=system_user(), seen=effects_of(DAY, target).seen())
    draft = again()
    whole = next(r for r in draft.document["routes"] if r["vehicle"] == van.code)
    assert len(whole["stops"]) > len(kept.route["stops"])
    assert check_plan(day_facts(DAY), draft.document) == []
    publish(plan=draft, actor=system_user())
    route.refresh_from_db()
    assert route.plan == draft
    assert route.progress.back_at is None


def test_the_break_that_was_had_is_not_had_again(noon: Plan):
    for one in under_way(DAY).begun:
        van = next(van for van in day_facts(DAY).vans if van.code == one.route.vehicle.code)
        assert (van.break_s == 0) == bool(one.kept().route["breaks"]) or not Shift.objects.get(
            vehicle=one.route.vehicle
        ).break_minutes


def test_nothing_new_changes_nothing_for_those_who_wait(noon: Plan):
    draft = again()
    untouched(noon, draft)
    assert changed(noon, draft) == set()


def test_the_same_again(noon: Plan):
    assert again().document == again().document


def test_before_any_plan_counts_there_is_nothing_to_go_on_from(noon: Plan):
    Plan.objects.update(status=PlanStatus.DRAFT)
    with pytest.raises(Refusal) as refused:
        again()
    assert refused.value.code == "dispatch.no_plan"


class TestByHand:
    """The rest of a route that has begun is moved by hand like any other; what is aboard stays on its vehicle."""

    def test_it_lies_on_the_table_as_the_plan_has_it(self, noon: Plan):
        state = open_plan(plan=noon)
        assert (state.judged.holds, state.kept.base.gone) == (True, ())
        begun = {kept.vehicle: len(kept.route["stops"]) for kept in under_way(DAY).kept}
        routes = {route["vehicle"]: route for route in noon.document["routes"]}
        for lane in hand_page(state).lanes:
            stops = routes.get(lane.code, {"stops": []})["stops"][begun.get(lane.code, 0) :]
            assert [stop.code for stop in lane.driven] == [stop["site"] for stop in stops if stop["site"] != lane.depot.code]
        draft = accept(plan=noon, version=0, actor=system_user())
        untouched(noon, draft)
        assert difference(noon.document, draft.document).nothing
        assert publish(plan=draft, actor=system_user()).status == PlanStatus.STARTED

    def test_what_is_aboard_stays_on_its_vehicle(self, noon: Plan):
        state = open_plan(plan=noon)
        code, stop = next(
            (lane.code, stop)
            for lane in hand_page(state).lanes
            for stop in lane.driven
            if any(load.vehicle and f"drop:{load.ref}" in stop.tasks for load in state.kept.base.loads)
        )
        other = next(van.code for van in state.kept.base.day.vans if van.code != code)
        for edit in (Move(stop.tasks, other, ANYWHERE), TakeOut(loads_at(stop)), Swap(code, other)):
            with pytest.raises(Refusal) as refused:
                edit_plan(plan=noon, edit=edit, version=0, actor=system_user())
            assert (refused.value.code, code in refused.value.text.ja) == ("dispatch.hand_aboard", True)

    def test_a_shop_ahead_is_taken_out(self, noon: Plan):
        """Its goods go nowhere; what was aboard, and everybody else, stays as it was."""
        state = open_plan(plan=noon)
        lane, stop = next(
            (lane, stop)
            for lane in hand_page(state).lanes
            for stop in lane.driven
            if lane.code in {kept.vehicle for kept in under_way(DAY).kept} and stop.pick_up_g and not stop.drop_off_g
        )
        after = edit_plan(plan=noon, edit=TakeOut(loads_at(stop)), version=0, actor=system_user())
        draft = accept(plan=noon, version=after.version, actor=system_user())
        untouched(noon, draft)
        route = next(route for route in draft.document["routes"] if route["vehicle"] == lane.code)
        assert stop.code not in [one["site"] for one in route["stops"]]
        publish(plan=draft, actor=system_user())
        assert ledger_differences() == []

    def test_who_cannot_be_reached_in_time_any_more_is_named_and_the_goods_come_home(self, noon: Plan, clock: Clock):
        clock(timezone.now() + dt.timedelta(hours=3))
        state = open_plan(plan=noon)
        aboard = {unit.unit: unit for kept in under_way(DAY).kept for unit in kept.aboard}
        late = {one.ref for one in state.kept.base.gone if one.code == "does_not_fit"}
        assert late
        draft = accept(plan=noon, version=0, actor=system_user())
        untouched(noon, draft)
        dropped = {u["unit"] for r in draft.document["routes"] for s in r["stops"] for u in s["drop_off"]}
        assert aboard.keys() <= dropped
        assert {u.ref for u in draft.unserved.filter(reason="no_time_left")} & late


class TestWhoIsTold:
    @pytest.fixture
    def other(self, noon: Plan) -> tuple[Plan, Plan]:
        """The live plan, and a draft in which one open order is cancelled and another partner's time is earlier or later."""
        orders = open_orders()
        Order.objects.filter(pk=orders[0].pk).update(status=OrderStatus.CANCELLED)
        return noon, again()

    def test_drivers_and_partners_hear_of_it_once_and_drivers_say_that_they_have_seen_it(self, other: tuple[Plan, Plan]):
        before, draft = other
        driver = UserFactory.create(roles=[Role.DRIVER])
        Shift.objects.filter(day=DAY).update(driver=driver)
        OutboxMessage.objects.all().delete()
        publish(plan=draft, actor=system_user())
        found = difference(before.document, draft.document)
        letters = list(OutboxMessage.objects.filter(topic="message"))
        told = [m.payload for m in letters if m.payload["template"] == "plan_changed_driver"]
        assert len(told) == 1  # one driver, whatever number of vehicles
        assert told[0]["params"]["n"] == sum(
            len(found.vehicles[r.vehicle.code]) for r in Route.objects.filter(plan=draft) if r.vehicle.code in found.vehicles
        )
        moved = {r.ref for r in found.receivers if r.kind == "order" and r.was and (r.now is None or r.other_time)}
        expected = set(Order.objects.open_on(DAY).filter(ref__in=moved).values_list("partner", flat=True))
        assert {m.payload["to"]["pk"] for m in letters if m.payload["template"] == "plan_changed_partner"} == expected
        news = RouteNews.objects.filter(seen_at=None).first()
        client = Client()
        client.force_login(UserFactory.create(roles=[Role.COORDINATOR]))
        page = client.get(reverse("driving:route", args=[news.route_id])).content.decode()
        assert "ルートが変わりました" in page
        client.post(reverse("driving:seen", args=[news.route_id]), {"client_id": str(uuid.uuid4())})
        news.refresh_from_db()
        assert news.seen_at is not None
        assert "ルートが変わりました" not in client.get(reverse("driving:route", args=[news.route_id])).content.decode()

    def test_the_coordinator_sees_what_changes_before_anybody_is_told(self, other: tuple[Plan, Plan]):
        before, draft = other
        OutboxMessage.objects.all().delete()
        client = Client()
        client.force_login(UserFactory.create(roles=[Role.COORDINATOR]))
        page = client.get(reverse("dispatch:changes", args=[draft.pk])).content.decode()
        found = difference(before.document, draft.document)
        assert all(code in page for code in found.vehicles)
        assert "この計画に差し替える" in page
        assert not OutboxMessage.objects.exists()
