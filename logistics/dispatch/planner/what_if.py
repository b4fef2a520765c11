"""What would be if the day were different: the day is planned again from the plan that there is, with as few changes as that allows.

Nothing is stored. Routes start from those of the plan; food that nobody has goes to who lacks it; taking something to another vehicle
costs a little, so that what differs in the answer comes of what differs in the day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from foodbank.core.errors import Text
from logistics.allocation.allocate import Allocation, again, without
from logistics.allocation.facts import Day
from logistics.allocation.reach import Reach
from logistics.dispatch.planner.document import PlanDocument, routes_of, summary_of
from logistics.dispatch.planner.effort import Search
from logistics.dispatch.planner.expenses import times_of
from logistics.dispatch.planner.kept import under_way
from logistics.dispatch.planner.left_out import Limits, left_out
from logistics.dispatch.planner.loads import Travel, build_problem, loads_of
from logistics.dispatch.planner.outcome import Outcome, carried_over, cost_of
from logistics.dispatch.planner.read_back import ReadBack, StoredPlan, read_back
from logistics.dispatch.planner.travel import Roads
from logistics.solver.problem import Problem
from logistics.solver.result import Result, Route
from logistics.solver.search import solve

SHARING_S, SHARING_WORK = 1.0, 0.2  # for the food that nobody has: seconds, or CP-SAT's deterministic time
SECOND_TURN = 0.4  # of the time: for what the first turn has shown to be impossible
NOT_EXPLAINED = Limits(seconds=0.0, work=None, seed=1)


def planned_again(day: Day, stored: StoredPlan, roads: Roads, *, search: Search, names: Mapping[str, Text]) -> PlanDocument:
    """The plan ``stored`` on ``day``, which may differ from the one that it was made for; not yet checked. Why something is left out is
    not looked into."""
    before = outcome_of(day, stored, roads(day.places))
    outcome = _rerouted(before, roads(day.places), search)
    left = left_out(before.day, outcome, roads, limits=NOT_EXPLAINED, category_names=names)
    summary = summary_of(day, outcome.routes)
    unserved = (*under_way(day), *left)
    return PlanDocument(day, search.seconds, search.seed, outcome.routes, unserved, summary, cost=outcome.cost)


@dataclass(frozen=True)
class Before:
    """A stored plan as it holds on a day: the day that is still to plan, and the plan as one turn of the optimisation."""

    day: Day
    outcome: Outcome


def outcome_of(day: Day, stored: StoredPlan, travel: Travel) -> Before:
    """``stored`` as far as it holds on ``day``."""
    found: ReadBack = read_back(day, stored, travel)
    routes = routes_of(found.day, found.loads, found.problem, found.result)
    cost = cost_of(found.day, routes)
    return Before(found.day, Outcome(found.allocation, found.loads, found.problem, found.result, routes, cost))


def _rerouted(before: Before, travel: Travel, search: Search) -> Outcome:
    day, start = before.day, before.outcome
    reach = Reach(day, travel.between())
    sharing = {"seconds": SHARING_S} if search.work is None else {"work": SHARING_WORK}
    lacking = frozenset(start.allocation.missing)
    allocation = again(reach, start.allocation, lacking, seed=search.seed, **sharing)  # type: ignore[arg-type]
    first = _turn(day, travel, allocation, start, search.part(1 - SECOND_TURN))
    goods = day.goods_by_key()
    pieces = (p for i in first.result.unserved for p in first.loads[i].pieces)
    failed = {(p.goods, p.demand) for p in pieces if p.demand is not None and not goods[p.goods].on_shelf}
    if failed:
        allocation = without(reach, first.allocation, failed)
    second = _turn(day, travel, allocation, first, search.part(SECOND_TURN))
    return min(first, second, key=lambda outcome: outcome.cost)


def _turn(day: Day, travel: Travel, allocation: Allocation, before: Outcome, search: Search) -> Outcome:
    loads = tuple(loads_of(day, allocation))
    start = carried_over(before.loads, before.result, loads)
    problem = _few_changes(build_problem(day, loads, travel), start, times_of(day) * day.weights.move)
    result: Result = solve(
        problem, seconds=search.seconds, work=search.work, seed=search.seed, start=start, should_stop=search.should_stop
    )
    routes = routes_of(day, loads, problem, result)
    return Outcome(allocation, loads, problem, result, routes, cost_of(day, routes))


def _few_changes(problem: Problem, routes: list[Route], move: int) -> Problem:
    """The problem with a price on bringing with another vehicle what is on a route already."""
    on = {q: route.vehicle for route in routes for stop in route.stops for q in stop.deliveries}
    requests = tuple(
        replace(request, stays_with=on[q], move_cost=move) if q in on else request for q, request in enumerate(problem.requests)
    )
    return replace(problem, requests=requests)
