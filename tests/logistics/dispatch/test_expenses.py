"""What vehicles cost the food bank decides who drives. A kilometre on the great circle is 1.3 km of road."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest

from logistics.allocation.allocate import Allocation, Assignment
from logistics.allocation.facts import Day, Van, Weights
from logistics.dispatch.planner.check import check_plan
from logistics.dispatch.planner.document import PlanDocument, routes_of, summary_of
from logistics.dispatch.planner.expenses import in_yen, times_of
from logistics.dispatch.planner.loads import build_problem, loads_of
from logistics.dispatch.planner.outcome import cost_of
from logistics.solver.result import Result
from logistics.solver.search import solve
from logistics.solver.verify import verify
from tests.factories.days import day, line, place, shelf, travel, van


def facts(north_km: float, *vans: Van, km_yen: int = 50) -> Day:
    """One partner and what it ordered."""
    found = day(places={"P1": north_km}, goods=[shelf("RICE", 20)], lines=[line("O1/rice", "P1", 5)], vans=list(vans))
    return replace(found, weights=Weights(km_yen=km_yen))


def planned(of: Day) -> tuple[Result, PlanDocument]:
    loads = tuple(loads_of(of, Allocation([Assignment("RICE", "O1/rice", 5)])))
    problem = build_problem(of, loads, travel(of))
    result = solve(problem, work=50, seed=1, processes=1)
    assert verify(problem, result) == []
    routes = routes_of(of, loads, problem, result)
    return result, PlanDocument(of, None, 1, routes, (), summary_of(of, routes), cost=cost_of(of, routes))


@pytest.mark.parametrize("first", [True, False])
def test_the_cheaper_of_two_vans_takes_the_work(first: bool):
    own, rented = van("OWN", yen_per_km=15), van("RENTED", yen_per_km=40)
    _, document = planned(facts(5, *((own, rented) if first else (rented, own))))
    assert [route.vehicle for route in document.routes] == ["OWN"]


@pytest.mark.parametrize(("north_km", "takes"), [(5, "BY_KM"), (20, "BY_DAY")])
def test_by_the_kilometre_or_by_the_day(north_km: float, takes: str):
    """5 km away: 13 km of road there and back, 13 × 40 = 520 yen, less than 1,000 a day. 20 km away: 52 × 40 = 2,080, more."""
    _, document = planned(facts(north_km, van("BY_DAY", yen_per_day=1_000), van("BY_KM", yen_per_km=40)))
    assert [route.vehicle for route in document.routes] == [takes]


def test_what_the_yen_weigh_stands_in_the_cost_to_the_metre():
    """30 yen a kilometre at 50 yen for the weight of one: 0.6 km a kilometre; 700 yen a day: 14 km. As whole numbers, five times all of it:
    8 for a metre, 70,000 + 25,000 for the day with the vehicle's own 5 km, 5 for a second."""
    of = facts(5, van(yen_per_km=30, yen_per_day=700))
    result, document = planned(of)
    [route] = document.routes
    lasts = route.return_s - route.depart_s
    assert result.cost == 95_000 + 8 * route.distance_m + 5 * lasts
    assert document.cost == 5_000 + route.distance_m + lasts + (700 + -(-30 * route.distance_m // 1000)) * 20
    assert abs(document.cost - result.cost / 5) < 20  # a yen is 20 m; what is stated is whole yen


@pytest.mark.parametrize(("km_yen", "takes"), [(50, "RENTED"), (10, "FAR")])
def test_the_worth_of_money_decides_between_yen_and_the_way(km_yen: int, takes: str):
    """FAR comes from 10 km south of the depot and goes back there: 26 km of road more, 3,900 s of a driver's day, 29.9 km altogether. RENTED
    costs 1,000 yen: 20 km at 50 yen, 100 km at 10."""
    of = facts(5, van("RENTED", yen_per_day=1_000), van("FAR", begins_at="S1", ends_at="S1"), km_yen=km_yen)
    of = replace(of, places=of.places | {"S1": place("S1", -10)})
    assert [route.vehicle for route in planned(of)[1].routes] == [takes]


def test_a_day_without_costs_is_the_problem_that_it_was():
    of = facts(5, van(), van("VAN2"))
    loads = loads_of(of, Allocation([Assignment("RICE", "O1/rice", 5)]))
    problem = build_problem(of, loads, travel(of))
    assert in_yen(problem, of) is problem
    assert {(v.fixed_cost, v.cost_per_m, v.cost_per_s) for v in problem.vehicles} == {(5_000, 1, 1)}
    assert all("yen" not in route for route in planned(of)[1].to_json()["routes"])


def test_food_is_worth_as_much_beside_yen_as_without():
    """100 yen a kilometre where 150 weigh as much as one: a metre costs 1 2/3, so all is three times what it was: 5 for a metre, three
    times 5 kg × 40 km and 200 km for the order."""
    of = facts(5, van(yen_per_km=100), km_yen=150)
    loads = loads_of(of, Allocation([Assignment("RICE", "O1/rice", 5)]))
    problem = build_problem(of, loads, travel(of))
    [request] = problem.requests
    assert (problem.vehicles[0].cost_per_m, request.penalty) == (3 + 2, 3 * (5_000 * 40 + 200_000))
    assert problem.mandatory_penalty == 3 * 10**9
    assert (times_of(of), times_of(facts(5, van()))) == (3, 1)


def test_the_plan_states_the_yen_and_the_check_counts_them_again():
    of = facts(5, van(yen_per_km=30, yen_per_day=700))
    plan = planned(of)[1].to_json()
    [route] = plan["routes"]
    assert 13_000 <= route["distance_m"] <= 13_002  # 2 × 5 km × 1.3
    assert route["yen"] == 700 + 391  # 13.0 km × 30 = 390, and the metre over it
    assert check_plan(of, plan) == []
    for wrong in (1_090, 0):
        other = copy.deepcopy(plan)
        other["routes"][0]["yen"] = wrong
        assert [fault.code for fault in check_plan(of, other)] == ["yen"]
    del route["yen"]
    assert [fault.code for fault in check_plan(of, plan)] == ["yen"]
