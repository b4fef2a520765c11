"""One answer of the planner: what was allocated, how it is routed, and what that is worth."""

from __future__ import annotations

from dataclasses import dataclass, replace

from logistics.allocation.allocate import Allocation
from logistics.allocation.facts import Day
from logistics.dispatch.planner.document import PlannedRoute, tally
from logistics.dispatch.planner.loads import Load
from logistics.solver.problem import Problem
from logistics.solver.result import Result, Route, Stop


@dataclass(frozen=True)
class Outcome:
    """One turn: what was allocated, the routing problem with its loads and result, and the routes with goods. ``stopped``: somebody
    asked to end, be it in a later turn than this one."""

    allocation: Allocation
    loads: tuple[Load, ...]
    problem: Problem
    result: Result
    routes: tuple[PlannedRoute, ...]
    cost: int
    stopped: bool = False


def cost_of(day: Day, routes: tuple[PlannedRoute, ...]) -> int:
    """What a plan is worth, in cost units: missing food for visits, orders and shops first, then vehicles, metres and hours."""
    moved, weights = tally(routes), day.weights
    out = day.on_the_road()
    cost = sum((0 if route.vehicle in out else weights.vehicle) + driving_cost(day, route) for route in routes)
    for demand in day.demands:
        missing = max(0, demand.asked_g - moved.delivered.get(demand.key, 0))
        cost += missing * weights.missing_g(demand)
    for g in day.goods:
        if not g.on_shelf:
            behind = g.grams - moved.collected.get(g.key, 0)
            cost += behind * weights.offer_g(g, day.date) + (weights.offer_left if behind == g.grams else 0)
    return cost


def driving_cost(day: Day, route: PlannedRoute) -> int:
    """Metres, hours and yen of one route."""
    lasts_s = route.return_s - route.depart_s
    cost = route.distance_m + lasts_s * day.weights.per_s
    for van in (v for v in day.vans if v.code == route.vehicle):
        paid = van.yen_per_day if van.code in day.on_the_road() else 0
        cost += (van.yen(route.distance_m) - paid) * 1000 // day.weights.km_yen
        if van.fair_s is not None:
            cost += max(0, lasts_s - van.fair_s) * van.cost_per_s_over_fair
    return cost


def carried_over(old_loads: tuple[Load, ...], result: Result, loads: tuple[Load, ...]) -> list[Route]:
    """Routes in terms of another round's loads; what that round does not move is left out."""
    index_of = {load.ref: i for i, load in enumerate(loads)}

    def translated(old: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(index_of[old_loads[i].ref] for i in old if old_loads[i].ref in index_of)

    routes = []
    for route in result.routes:
        stops = [replace(s, pickups=translated(s.pickups), deliveries=translated(s.deliveries)) for s in route.stops]
        kept: tuple[Stop, ...] = tuple(s for s in stops if s.pickups or s.deliveries)
        if kept:
            routes.append(replace(route, stops=kept))
    return routes
