"""Routes as tasks per stop: whether they hold, as far as they do, and with exact times."""

from __future__ import annotations

from logistics.solver.model import Q_ABOARD, Q_VISIT, Arrays
from logistics.solver.problem import Problem
from logistics.solver.result import Result
from logistics.solver.schedule import Stops, carries, cost_of, schedule

Routes = dict[int, Stops]
"""Tasks per stop by vehicle (index), as :mod:`logistics.solver.schedule` knows them."""


def timed(problem: Problem, a: Arrays, plan: Routes) -> Result:
    """``plan`` with exact times; ``a`` is the flat form of ``problem``, and each of the routes has to hold."""
    routes = tuple(r for v in sorted(plan) if (r := schedule(a, v, plan[v])) is not None)
    served = {q for route in routes for stop in route.stops for q in stop.deliveries}
    unserved = tuple(q for q in range(len(problem.requests)) if q not in served)
    return Result(routes, unserved, cost_of(problem, routes, unserved), 0, "done")


def holding(a: Arrays, plan: Routes) -> tuple[Routes, list[tuple[int, int]]]:
    """The routes as far as they hold, and (vehicle, request) of what had to go for that: what comes later on the
    route goes first, what is aboard already last."""
    found: Routes = {}
    unfit: list[tuple[int, int]] = []
    for vehicle, stops in plan.items():
        if _holds(a, vehicle, stops):
            found[vehicle] = stops
            continue
        kept: set[int] = set()
        order = sorted(
            {t >> 1 for s in stops for t in s if t & 1},
            key=lambda q: (not a.request[q, Q_ABOARD], _companion(a, q), _position(stops, 2 * q + 1)),
        )
        for request in order:
            if _holds(a, vehicle, only(stops, kept | {request})):
                kept.add(request)
            else:
                unfit.append((vehicle, request))
        if kept:
            found[vehicle] = only(stops, kept)
    return found, unfit


def only(stops: Stops, requests: set[int]) -> Stops:
    """The route with nothing but ``requests``; stops without work go."""
    first, *inner, last = ([t for t in s if t >> 1 in requests] for s in stops)
    return [first, *(s for s in inner if s), last]


def _holds(a: Arrays, vehicle: int, stops: Stops) -> bool:
    return carries(a, vehicle, stops) and schedule(a, vehicle, stops) is not None


def _companion(a: Arrays, request: int) -> bool:
    """Food for a visit is looked at after the visit itself."""
    return bool(a.request[request, Q_VISIT] >= 0)


def _position(stops: Stops, task: int) -> int:
    return next(i for i, s in enumerate(stops) if task in s)
