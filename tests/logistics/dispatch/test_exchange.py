"""Who gets what from where may change inside the routing search; what comes out keeps every promise and every stock."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from logistics.allocation.allocate import Allocation, Assignment, settle
from logistics.allocation.book import Book
from logistics.allocation.facts import Day, HandLock, order_target
from logistics.allocation.reach import Reach
from logistics.dispatch.planner.document import routes_of
from logistics.dispatch.planner.exchange import MOST_APART_G, MOST_OPTIONS, Exchange, exchange, routes_for, taken_over
from logistics.dispatch.planner.loads import build_problem, loads_of
from logistics.dispatch.planner.outcome import Outcome, cost_of
from logistics.solver.result import Result
from logistics.solver.search import solve
from logistics.solver.verify import verify
from tests.factories.days import day, line, offer, shelf, travel, travel_s, van
from tests.logistics.dispatch.test_optimise import scattered


def reach_of(facts: Day) -> Reach:
    return Reach(facts, travel_s(facts))


def outcome_of(facts: Day, *given: Assignment) -> Outcome:
    """What ``given`` is worth, routed."""
    book = Book(reach_of(facts))
    for a in given:
        book.give(a.goods, a.demand, a.units)
    allocation = settle(book)
    loads = tuple(loads_of(facts, allocation))
    problem = build_problem(facts, loads, travel(facts))
    result = solve(problem, seconds=None, work=100, processes=1)
    routes = routes_of(facts, loads, problem, result)
    return Outcome(allocation, loads, problem, result, routes, cost_of(facts, routes))


def changed_of(facts: Day, current: Outcome) -> Exchange:
    reach = reach_of(facts)
    return exchange(facts, travel(facts), reach, current, reach.pair_cost)


def searched(facts: Day, current: Outcome, work: int = 200) -> tuple[Exchange, Result, Allocation]:
    """The proposal, verified, and the allocation that it stands for."""
    changed = changed_of(facts, current)
    result = solve(changed.problem, seconds=None, work=work, processes=1, start=changed.start, hot=4.0)
    assert verify(changed.problem, result) == []
    return changed, result, taken_over(facts, reach_of(facts), current.allocation, changed, result)


def given(allocation: Allocation) -> dict[tuple[str, str], int]:
    return {(a.goods, a.demand): a.units for a in allocation.assignments}


def on_the_way(**changes) -> Day:
    """A partner 6 km north; one shop 3 km north, on the way, another 6 km south. Both must be called at."""
    return day(
        places={"P1": 6, "NEAR": 3, "FAR": -6},
        goods=[offer("RICE/near", "NEAR", 6, window="09:00-10:00"), offer("RICE/far", "FAR", 6, window="09:00-10:00")],
        lines=[line("O1/rice", "P1", 6, window="10:30-12:00", **changes)],
        vans=[van(), van("VAN2")],
    )


FROM_FAR = Assignment("RICE/far", "O1/rice", 6)


def test_an_order_is_supplied_by_the_shop_on_the_way():
    """The way: from the far shop to the partner one vehicle drives past the depot."""
    facts = on_the_way()
    _, _, allocation = searched(facts, outcome_of(facts, FROM_FAR))
    assert given(allocation) == {("RICE/near", "O1/rice"): 6}


def test_what_the_order_may_not_have_is_no_option():
    facts = on_the_way(excluded=frozenset({"wheat"}))
    facts = replace(facts, goods=(replace(facts.goods[0], allergens=frozenset({"wheat"})), facts.goods[1]))
    changed, _, allocation = searched(facts, outcome_of(facts, FROM_FAR))
    assert [request for request in changed.problem.requests if request.instead_of is not None] == []
    assert given(allocation) == {("RICE/far", "O1/rice"): 6}


@pytest.mark.parametrize(
    ("unit_g", "units", "cost"), [(1000, 6, 0), (1600, 4, 400 * 40 // 3), (1400, 4, 400 * 40), (2200, 3, None)]
)
def test_an_option_has_about_as_many_grams(unit_g: int, units: int, cost: int | None):
    """6 kg: six kilograms; 6.4 kg, the 400 g above at a third of what 400 g below cost; 5.6 kg; but not 6.6 kg."""
    facts = on_the_way()
    facts = replace(facts, goods=(replace(facts.goods[0], unit_g=unit_g), facts.goods[1]))
    assert MOST_APART_G == 400
    changed = changed_of(facts, outcome_of(facts, FROM_FAR))
    found = [
        (changed.loads[i].pieces[0].units, r.extra_cost)
        for i, r in enumerate(changed.problem.requests)
        if r.instead_of is not None
    ]
    assert found == ([] if cost is None else [(units, cost)])


def test_what_an_order_lacks_may_come_from_anywhere_and_no_more_than_its_share():
    """5 kg are missing. Two orders of 6 kg each want of 8 kg: the fair share of each is 4 kg (R13)."""
    facts = day(places={"P1": 2}, goods=[shelf("RICE", 9)], lines=[line("O1/rice", "P1", 6)], vans=[van()])
    _, _, allocation = searched(facts, outcome_of(facts, Assignment("RICE", "O1/rice", 1)))
    assert given(allocation) == {("RICE", "O1/rice"): 6}

    scarce = day(
        places={"P1": 2, "P2": 3},
        goods=[shelf("RICE", 8)],
        lines=[line("O1/rice", "P1", 6), line("O2/rice", "P2", 6)],
        vans=[van()],
    )
    changed = changed_of(scarce, outcome_of(scarce))
    rests = {changed.loads[q].pieces[0].demand: changed.loads[q].pieces[0].units for q in changed.rests}
    assert rests == {"O1/rice": 4, "O2/rice": 4}


def test_a_lock_on_an_order_binds_its_options_too():
    facts = replace(on_the_way(), locks=(HandLock(order_target("O1"), "VAN2"),))
    changed = changed_of(facts, outcome_of(facts, FROM_FAR))
    bound = {lock.request for lock in changed.problem.locks if lock.vehicle == 1}
    assert {q for q, load in enumerate(changed.loads) if load.drop == "P1"} <= bound


def test_what_finds_no_place_stays_promised():
    """A search that was stopped at once serves nothing, and nothing is forgotten."""
    facts = on_the_way()
    current = outcome_of(facts, FROM_FAR)
    changed = changed_of(facts, current)
    nothing = Result((), tuple(q for q, r in enumerate(changed.problem.requests) if r.instead_of is None), 0, 0, "work")
    assert given(taken_over(facts, reach_of(facts), current.allocation, changed, nothing)) == given(current.allocation)


@pytest.mark.parametrize("seed", range(8))
def test_stocks_hold_and_nobody_gets_less(seed: int):
    facts = scattered(seed)
    dice = random.Random(seed)
    reach = reach_of(facts)
    pairs = [(g.key, d.key) for g in facts.goods for d in facts.lines if reach.can(g, d)]
    first: list[Assignment] = []
    left = {g.key: g.quantity for g in facts.goods}
    asked = {d.key: 6 for d in facts.lines}
    for goods, demand in dice.sample(pairs, len(pairs)):
        units = min(left[goods], asked[demand], dice.randint(1, 4))
        if units:
            first.append(Assignment(goods, demand, units))
            left[goods] -= units
            asked[demand] -= units
    current = outcome_of(facts, *first)
    changed, result, allocation = searched(facts, current)
    assert all(sum(1 for r in changed.problem.requests if r.instead_of == q) <= MOST_OPTIONS for q in range(len(changed.loads)))
    used = Counter[str]()
    for a in allocation.assignments:
        used[a.goods] += a.units
    assert all(used[g.key] <= g.quantity for g in facts.goods)
    assert sum(allocation.missing.values()) <= sum(current.allocation.missing.values())
    loads = loads_of(facts, allocation)
    start = routes_for(changed, result, loads)
    up = [i for route in start for stop in route.stops for i in stop.pickups]
    down = [i for route in start for stop in route.stops for i in stop.deliveries]
    assert sorted(up) == sorted(down) == sorted(set(up))
    called = {changed.names[q] for route in result.routes for stop in route.stops for q in stop.deliveries}
    assert {loads[i].ref for i in up} == called & {load.ref for load in loads}


def test_what_is_served_comes_before_what_is_only_promised():
    """Six units of rice: O1 is served by them as an option, O2 had them and is left out. O1 keeps them."""
    facts = day(
        places={"P1": 6, "P2": 5, "D1": 3},
        goods=[shelf("RICE", 6), offer("RICE/1", "D1", 6, window="09:00-10:00")],
        lines=[line("O1/rice", "P1", 6, window="10:30-12:00"), line("O2/rice", "P2", 6, window="10:30-12:00")],
        vans=[van()],
    )
    first = (Assignment("RICE/1", "O1/rice", 6), Assignment("RICE", "O2/rice", 6))
    current = outcome_of(facts, *first)
    changed = changed_of(facts, current)
    pairs = [(load.pieces[0].goods, load.pieces[0].demand) if load.pieces else None for load in changed.loads]
    served, left = pairs.index(("RICE", "O1/rice")), pairs.index(("RICE", "O2/rice"))
    assert served > left
    stop = replace(current.result.routes[0].stops[-1], pickups=(served,), deliveries=(served,))
    result = Result((replace(current.result.routes[0], stops=(stop,)),), (left,), 0, 0, "work")
    allocation = taken_over(facts, reach_of(facts), current.allocation, changed, result)
    assert given(allocation) == {("RICE", "O1/rice"): 6, ("RICE/1", "O2/rice"): 6}


def test_a_load_is_found_again_when_its_lot_has_changed():
    """The option is the lot that expires later: the book exchanges it for the earlier one, and the stop stays."""
    facts = on_the_way()
    facts = replace(facts, goods=(*facts.goods, shelf("RICE/b", 6, days=9, gtin="RICE"), shelf("RICE/a", 6, days=5, gtin="RICE")))
    current = outcome_of(facts, Assignment("RICE/b", "O1/rice", 6))
    changed = changed_of(facts, current)
    result = solve(changed.problem, seconds=None, work=60, processes=1, start=changed.start)
    reach = reach_of(facts)
    allocation = taken_over(facts, reach, current.allocation, changed, result)
    loads = loads_of(facts, allocation)
    found = [loads[i].ref for route in routes_for(changed, result, loads) for stop in route.stops for i in stop.deliveries]
    assert sorted(found) == sorted(load.ref for load in loads)
    # one lot of an item on the shelf is enough of a choice
    assert len({load.pieces[0].goods for load in changed.loads if load.drop == "P1" and load.pick == "W01"}) == 2


def test_where_food_is_scarce_nobody_keeps_more_than_the_fair_share():
    """8.4 kg for two orders of 6 kg: six bags of 700 g each. A proposal of seven and five is put right."""
    facts = day(
        places={"P1": 2, "P2": 3},
        goods=[shelf("RICE", 12, 700)],
        lines=[line("O1/rice", "P1", 6), line("O2/rice", "P2", 6)],
        vans=[van()],
    )
    assert reach_of(facts).shares == {"O1/rice": 4_200, "O2/rice": 4_200}
    current = outcome_of(facts, Assignment("RICE", "O1/rice", 7), Assignment("RICE", "O2/rice", 5))
    changed = changed_of(facts, current)
    result = solve(changed.problem, seconds=None, work=20, processes=1, start=changed.start)
    allocation = taken_over(facts, reach_of(facts), current.allocation, changed, result)
    assert given(allocation) == {("RICE", "O1/rice"): 6, ("RICE", "O2/rice"): 6}
