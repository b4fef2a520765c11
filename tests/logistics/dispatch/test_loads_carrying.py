"""What the planner's problem makes of access, permits, goods kept apart, rides and safe times."""

from __future__ import annotations

from dataclasses import replace

from logistics.allocation.allocate import Allocation, Assignment
from logistics.allocation.facts import Day, RideRule, VanPermit
from logistics.dispatch.planner.loads import Load, build_problem, loads_of
from tests.factories.days import clock, day, line, offer, shelf, travel, van, visit


def allocation(*assignments: Assignment) -> Allocation:
    return Allocation(assignments=list(assignments), missing={}, reasons={})


def pieces(loads: list[Load]) -> dict[str, set[str]]:
    return {load.ref: {p.goods for p in load.pieces} for load in loads}


def shop_and_partner(**changes: object) -> tuple[Day, list[Load]]:
    facts = day(
        places={"D1": 2, "P1": 4},
        goods=[
            shelf("RICE", 20),
            shelf("BREAD", 20, category="bread"),
            shelf("SOAP", 5, category="non_food", is_food=False, days=None),
            shelf("MEAL", 5, category="meal", safe_until_s=clock("12:30")),
            offer("MEAL/1", "D1", 5, category="meal", safe_until_s=clock("11:30")),
        ],
        lines=[line(f"O1/{what}", "P1", 5) for what in ("rice", "bread", "non_food", "meal")],
        **changes,
    )
    chosen = [("RICE", "rice"), ("BREAD", "bread"), ("SOAP", "non_food"), ("MEAL", "meal")]
    return facts, loads_of(facts, allocation(*(Assignment(goods, f"O1/{what}", 2) for goods, what in chosen)))


def test_goods_without_such_rules_ride_as_one_load():
    facts, loads = shop_and_partner()
    calm = replace(facts, goods=tuple(replace(g, safe_until_s=None) for g in facts.goods))
    assert pieces(
        loads_of(calm, allocation(*(Assignment(g, f"O1/{c}", 2) for g, c in (("RICE", "rice"), ("MEAL", "meal")))))
    ) == {
        "O1<W01": {"RICE", "MEAL"},
        "W01<D1@32400-43200": {"MEAL/1"},
    }
    assert {frozenset(p) for p in pieces(loads).values()} == {
        frozenset({"RICE", "BREAD", "SOAP"}), frozenset({"MEAL"}), frozenset({"MEAL/1"}),
    }  # fmt: skip


def test_what_is_kept_apart_is_a_load_of_its_own_and_named():
    apart = frozenset({frozenset({"bread", "non_food"})})
    facts, loads = shop_and_partner(apart=apart)
    problem = build_problem(facts, loads, travel(facts))
    assert problem.apart == apart
    assert all(not pair <= request.goods for request in problem.requests for pair in apart)
    assert {tuple(sorted(r.goods)) for r in problem.requests} == {("rice",), ("bread",), ("non_food",), ("meal",)}


def test_only_what_is_pressed_for_time_is_bound_by_it():
    facts, loads = shop_and_partner(ride_limits=(RideRule("meal", None, 5_400),))
    problem = build_problem(facts, loads, travel(facts))
    bound = {r.ref: (r.longest_ride_s, r.deliver_by_s) for r in problem.requests if r.longest_ride_s or r.deliver_by_s}
    assert sorted(bound.values()) == [(5_400, clock("11:30")), (5_400, clock("12:30"))]
    rest = [r for r in problem.requests if r.longest_ride_s is None]
    assert [r.deliver_by_s for r in rest] == [None]


def test_the_food_of_a_visit_that_is_kept_apart_still_belongs_to_it():
    apart = frozenset({frozenset({"protein", "meal"})})
    facts = day(
        places={"M1": 3},
        goods=[shelf("RICE", 9), shelf("MEAT", 9, category="protein"), shelf("MEAL", 9, category="meal")],
        sites=[visit("M1", 5, "11:00-13:00")],
        apart=apart,
    )
    loads = loads_of(facts, allocation(*(Assignment(g, "visit/M1", 2) for g in ("RICE", "MEAT", "MEAL"))))
    problem = build_problem(facts, loads, travel(facts))
    anchor = next(i for i, load in enumerate(loads) if load.ref == "visit/M1")
    assert [p.goods for p in loads[anchor].pieces] == ["RICE"]
    assert {r.with_visit for i, r in enumerate(problem.requests) if i != anchor} == {anchor}
    assert len(loads) == 3


def test_limits_and_sizes_reach_the_problem():
    facts = day(places={"P1": 4}, goods=[shelf("RICE", 20)], vans=[van(height_cm=198, weight_kg=3_490), van("VAN2")])
    facts.places["P1"] = replace(facts.places["P1"], max_height_cm=230, max_weight_kg=2_000)
    problem = build_problem(facts, (), travel(facts))
    limits = {site.code: (site.max_height_cm, site.max_weight_kg) for site in problem.sites}
    assert limits == {"W01": (None, None), "P1": (230, 2_000)}
    assert [(v.height_cm, v.weight_kg) for v in problem.vehicles] == [(198, 3_490), (None, None)]


def test_a_stand_asks_for_the_permit_that_only_some_cars_have():
    permit = VanPermit("80L", frozenset({"高松市"}))
    facts = day(
        places={"M1": 3, "M2": 4, "M3": 5},
        sites=[visit("M1", 5, "11:00-12:00"), visit("M2", 5, "13:00-14:00"), visit("M3", 5, "15:00-16:00")],
        vans=[van("CAR1", kind="kitchen_car", permits=(permit,)), van("CAR2", kind="kitchen_car")],
    )
    facts.places["M1"] = replace(facts.places["M1"], area="高松市")
    facts.places["M2"] = replace(facts.places["M2"], area="高松市", permit_class="200L")
    problem = build_problem(facts, (), travel(facts))
    needed = {site.code: site.permits for site in problem.sites}
    assert needed["M3"] == frozenset()
    assert needed["M1"] <= problem.vehicles[0].permits
    assert not needed["M2"] <= problem.vehicles[0].permits
    assert problem.vehicles[1].permits == frozenset()
