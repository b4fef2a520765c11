"""What would be if …: the day planned again around its plan, without any row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from logistics.allocation.facts import Day, HandLock, Weights, order_target
from logistics.dispatch.planner.changes import Change, Elsewhere, OneMore, OrderHours
from logistics.dispatch.planner.check import check_plan
from logistics.dispatch.planner.compare import route_changes, served, side_by_side, totals
from logistics.dispatch.planner.document import PlanDocument, summary_of
from logistics.dispatch.planner.effort import Search
from logistics.dispatch.planner.left_out import Limits, left_out
from logistics.dispatch.planner.mishaps import CalledOff, MoreWanted, OutBecause, VehicleOut
from logistics.dispatch.planner.optimise import optimise
from logistics.dispatch.planner.read_back import as_stored
from logistics.dispatch.planner.what_if import planned_again
from tests.factories.days import DEPOT, clock, day, line, offer, place, roads, shelf, travel, van, visit

DEPOTS = frozenset({DEPOT})


def planned(facts: Day) -> PlanDocument:
    outcome = optimise(facts, travel(facts), seconds=None, work=100)
    left = left_out(facts, outcome, roads(facts), limits=Limits(0.0, None, 1), category_names={})
    return PlanDocument(facts, None, 1, outcome.routes, left, summary_of(facts, outcome.routes), cost=outcome.cost)


def if_only(plan: PlanDocument, *changes: Change) -> PlanDocument:
    facts = plan.day
    for change in changes:
        facts = change.apply(facts)
    found = planned_again(facts, as_stored(plan), roads(facts), search=Search(None, 60, 1), names={})
    assert check_plan(facts, found.to_json()) == []
    return found


def brings(plan: PlanDocument) -> dict[str, int]:
    return {ref: grams for (_, ref), grams in served(plan.to_json(), DEPOTS).items()}


def on(plan: PlanDocument) -> dict[str, str]:
    """Which vehicle brings each order."""
    return {
        u["order_ref"]: r["vehicle"]
        for r in plan.to_json()["routes"]
        for s in r["stops"]
        for u in s["drop_off"]
        if "order_ref" in u
    }


def two_vans() -> Day:
    """Two partners in the north, two in the south, one shop; a van for each side."""
    places = {"P1": 5, "P2": 6, "P3": -5, "P4": -6, "D1": 4}
    lines = [line(f"O{n}/rice", f"P{n}", 5) for n in (1, 2, 3, 4)]
    return day(
        places=places,
        goods=[shelf("A", 30), offer("B", "D1", 4, category="snack")],
        lines=lines,
        vans=[van("VAN1", shift="08:30-13:00"), van("VAN2", shift="08:30-13:00")],
    )


def test_without_a_change_the_plan_stays_as_it_is():
    plan = planned(two_vans())
    again = if_only(plan)
    assert route_changes(plan.to_json(), again.to_json()) == []
    assert totals(again.to_json(), DEPOTS) == totals(plan.to_json(), DEPOTS)


def test_one_more_order_changes_what_it_has_to_and_no_more():
    plan = planned(two_vans())
    more = if_only(plan, MoreWanted("O3/rice", 3_000))
    assert brings(more) == {**brings(plan), "O3/rice": 8_000}
    assert on(more) == on(plan)
    changed = route_changes(plan.to_json(), more.to_json())
    assert [c.vehicle for c in changed] == [on(plan)["O3"]]
    assert changed[0].more == changed[0].less == ()


def test_a_vehicle_that_breaks_down_leaves_its_work_to_the_others():
    plan = planned(two_vans())
    out = on(plan)["O1"]
    left = if_only(plan, VehicleOut(out, OutBecause.BROKEN))
    assert {r.vehicle for r in left.routes} == {"VAN1", "VAN2"} - {out}
    # 24 km of road to and fro (5 + 1 north, 6 + 6 south …) take less than two hours of the 3:30 until noon: everybody is served
    assert brings(left) == brings(plan)


def test_with_no_vehicle_left_nothing_is_served():
    plan = planned(two_vans())
    nobody = if_only(plan, *(VehicleOut(code, OutBecause.BROKEN) for code in ("VAN1", "VAN2")))
    assert (nobody.routes, brings(nobody)) == ((), {})
    assert {left.code for left in nobody.unserved} == {"no_vehicle"}


def test_a_window_that_was_too_short_is_served_when_it_is_longer_and_not_before():
    # 5 km north are 16:15 from 8:30 on; the window closes at 8:40
    facts = day(places={"P1": 5}, goods=[shelf("A", 9)], lines=[line("O1/rice", "P1", 5, window="08:30-08:40")], vans=[van()])
    plan = planned(facts)
    assert brings(plan) == {}
    assert brings(if_only(plan, OrderHours("O1", later_s=300))) == {}
    assert brings(if_only(plan, OrderHours("O1", later_s=600))) == {"O1/rice": 5_000}


def test_several_changes_together():
    # VAN1 alone; without it only the idle one can serve, and the order is taken 1 km away instead of 40
    facts = day(
        places={"P1": 40}, goods=[shelf("A", 9)], lines=[line("O1/rice", "P1", 5)], vans=[van("VAN1", shift="10:30-12:30")]
    )
    plan = planned(facts)
    assert brings(plan) == {}
    spare = van("VAN2")
    changes = [
        VehicleOut("VAN1", OutBecause.NO_DRIVER),
        OneMore(spare, clock("10:00"), clock("12:00"), idle=True),
        Elsewhere("O1", place("P9", 1)),
    ]
    assert brings(if_only(plan, *changes)) == {"O1/rice": 5_000}
    assert brings(if_only(plan, *changes[:2])) == {}


def test_what_is_called_off_is_not_driven_to_and_its_food_goes_to_who_lacks_it():
    facts = day(
        places={"P1": 5, "P2": 6, "M1": 3, "D1": 2},
        goods=[shelf("A", 8), shelf("C", 20, category="snack"), offer("B", "D1", 5, category="snack")],
        lines=[line("O1/rice", "P1", 5), line("O2/rice", "P2", 5)],
        sites=[visit("M1", 2, "13:00-14:00", kinds=1)],
    )
    plan = planned(facts)
    assert {"M1", "D1/B"} <= brings(plan).keys()
    off = if_only(plan, CalledOff("O1"), CalledOff("shop/D1"), CalledOff("visit/M1"))
    assert brings(off) == {"O2/rice": 5_000}
    assert {s.site for r in off.routes for s in r.stops} <= {DEPOT, "P2"}


def test_both_sides_in_figures():
    plan = planned(two_vans())
    out = on(plan)["O1"]
    without = if_only(plan, VehicleOut(out, OutBecause.BROKEN), CalledOff("O4"))
    answer = side_by_side(plan.to_json(), if_only(plan).to_json(), without.to_json(), depots=DEPOTS)
    assert answer["totals"]["present"]["orders_g"] == 20_000
    assert answer["totals"]["changed"]["orders_g"] == 15_000
    assert answer["totals"]["present"]["collected_g"] == 4_000
    assert answer["totals"]["changed"]["vehicles"] == 1
    assert answer["served"] == [{"kind": "order_line", "ref": "O4/rice", "was_g": 5_000, "now_g": 0, "anyway": False}]
    by_vehicle = {row["vehicle"]: row for row in answer["routes"]}
    assert by_vehicle[out]["now"] == (0, 0, 0)
    assert "P1" in by_vehicle[out]["less"]
    other = next(code for code in by_vehicle if code != out)
    assert "P1" in by_vehicle[other]["more"]
    depart, back = (next(getattr(r, name) for r in without.routes) for name in ("depart_s", "return_s"))
    assert answer["totals"]["changed"]["on_duty_s"] == back - depart


def test_the_same_question_has_the_same_answer():
    plan = planned(two_vans())
    change = VehicleOut("VAN1", OutBecause.BROKEN)
    assert if_only(plan, change).to_json() == if_only(plan, change).to_json()


def test_a_plan_that_no_longer_holds_is_taken_as_far_as_it_does():
    """The shelf has half of what it had: what the plan gives away is less, and the day is planned all the same."""
    plan = planned(two_vans())
    less = replace(plan.day, goods=(replace(plan.day.goods[0], quantity=12), plan.day.goods[1]))
    found = planned_again(less, as_stored(plan), roads(less), search=Search(None, 60, 1), names={})
    assert check_plan(less, found.to_json()) == []
    assert sum(brings(found)[f"O{n}/rice"] for n in (1, 2, 3, 4) if f"O{n}/rice" in brings(found)) == 12_000


@pytest.mark.parametrize("yen", [0, 1])
@pytest.mark.parametrize(("move_m", "vehicles"), [(3_000, 1), (30_000, 2)])
def test_a_change_weighs_the_same_where_vehicles_cost_money(yen: int, move_m: int, vehicles: int):
    """Two partners 5 km and 5.1 km away, each settled for a vehicle of its own: one for both saves 13 km, 1,950 s and a vehicle (5 km),
    19,950 in all. With a yen a kilometre, of which 10,000 weigh as much as one, every cost counts ten thousandfold."""
    facts = day(
        places={"P1": 5, "P2": 5.1},
        goods=[shelf("RICE", 20)],
        lines=[line("O1/rice", "P1", 10), line("O2/rice", "P2", 10)],
        vans=[van("VAN1", yen_per_km=yen), van("VAN2", yen_per_km=yen)],
        weights=Weights(move=move_m, km_yen=10_000),
    )
    plan = planned(replace(facts, locks=tuple(HandLock(order_target(f"O{n}"), f"VAN{n}") for n in (1, 2))))
    assert len(plan.routes) == 2
    found = planned_again(facts, as_stored(plan), roads(facts), search=Search(None, 200, 1), names={})
    assert len(found.routes) == vehicles
