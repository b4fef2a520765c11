"""Prices of pairs by the routes there are. A kilometre north is 1.3 km of road: 1,300 m and 195 s, which cost 1,495."""

from dataclasses import replace

import numpy as np

from logistics.allocation.allocate import Allocation, Assignment
from logistics.dispatch.planner.detours import FITTED_NOWHERE, ON_THE_WAY, Detours
from logistics.dispatch.planner.loads import build_problem, loads_of
from logistics.solver.search import solve
from tests.factories.days import day, line, offer, shelf, travel, van

STOP_S = 300
PER_KM = 1_300 + 195


def detours(failed=frozenset()):
    """One van drives W01 – D1 (3 km, from 09:00) – P1 (5 km, 10:00–12:00) – W01; D2 lies 7 km north, D3 beside D1."""
    facts = day(
        places={"D1": 3, "D2": 7, "D3": 3, "P1": 5, "P2": 9},
        goods=[
            offer("A/1", "D1", 8),
            offer("A/2", "D2", 8, window="08:00-18:00"),
            offer("A/3", "D3", 8, window="17:00-18:00"),
            shelf("B", 9, category="bread"),
        ],
        lines=[line("O1/rice", "P1", 5), line("O2/rice", "P2", 5, window="08:00-18:00")],
        vans=[van()],
    )
    table = travel(facts)
    allocation = Allocation([Assignment("A/1", "O1/rice", 5)])
    loads = tuple(load for load in loads_of(facts, allocation) if load.drop == "P1")
    problem = build_problem(facts, loads, table)
    result = solve(problem, seconds=None, work=50)
    assert [problem.sites[s.site].code for s in result.routes[0].stops] == ["D1", "P1"]
    goods = facts.goods_by_key()
    demands = {d.key: d for d in facts.demands}
    judge = Detours(facts, table, problem, result, failed=failed)
    return lambda g, d: judge.price(goods[g], demands[d])


def test_a_pair_on_one_route_in_that_order_is_nearly_free():
    assert detours()("A/1", "O1/rice") == ON_THE_WAY


def test_a_shop_beyond_costs_the_way_there_and_back_and_a_stop_and_what_follows_waits():
    # D1 – D2 – P1 instead of D1 – P1: 4 km north and 2 km back instead of 2 km north, 4 km more and a stop. By then P1, begun at
    # 10:00 or when the van comes, waits for no longer than the 4 km and the stop take.
    price = detours()("A/2", "O1/rice")
    way = 4 * PER_KM + STOP_S
    assert way - 10 <= price <= way + 4 * 195 + STOP_S + 10


def test_a_partner_nobody_visits_is_reached_after_the_shop():
    # After P1 (5 km) by P2 (9 km) home: 8 km more and a stop; the return waits that long: 8 × 195 s + 300 s once more.
    price = detours()("A/1", "O2/rice")
    assert abs(price - (8 * PER_KM + STOP_S + 8 * 195 + STOP_S)) <= 10


def test_a_shop_that_opens_too_late_is_dear():
    assert detours()("A/3", "O1/rice") > 5 * 3_600


def test_what_fitted_nowhere_is_very_dear():
    assert detours(frozenset({("A/1", "O1/rice")}))("A/1", "O1/rice") == FITTED_NOWHERE


def test_without_routes_every_pair_is_dear():
    facts = day(places={"D1": 3, "P1": 5}, goods=[offer("A", "D1", 8)], lines=[line("O1/rice", "P1", 5)], vans=[van()])
    table = travel(facts)
    problem = replace(build_problem(facts, (), table), requests=())
    result = solve(problem, seconds=None, work=1)
    judge = Detours(facts, table, problem, result)
    assert judge.price(facts.goods[0], facts.lines[0]) == FITTED_NOWHERE
    assert isinstance(table.seconds, np.ndarray)
