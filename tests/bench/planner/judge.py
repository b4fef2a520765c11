"""One judge for all: the order of tasks per vehicle is timed exactly, what breaks a rule is taken out, the rest is verified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from logistics.solver.model import Arrays, arrays
from logistics.solver.problem import Problem
from logistics.solver.result import Result, Route
from logistics.solver.schedule import carries, cost_of, schedule, stops_from_tasks
from logistics.solver.verify import verify

Sequences = Mapping[int, Sequence[int]]
"""Per vehicle the tasks in order: ``2 r`` is the pickup of request ``r``, ``2 r + 1`` its delivery."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer is worth. ``repaired`` counts requests that had to be taken out because their route broke a rule."""

    cost: int
    vehicles: int
    metres: int
    dropped: int
    repaired: int


def judge(problem: Problem, answer: Sequences) -> Verdict:
    """The verdict; raises :class:`RuntimeError` when the verifier finds a fault in what the judge let pass."""
    a = arrays(problem)
    routes, repaired = [], 0
    for vehicle, tasks in sorted(answer.items()):
        route, taken_out = _mended(problem, a, vehicle, list(tasks))
        repaired += taken_out
        if route is not None:
            routes.append(route)
    result = _result(problem, routes)
    faults = verify(problem, result)
    if faults:
        raise RuntimeError("; ".join(str(f) for f in faults[:5]))
    return Verdict(result.cost, len(routes), sum(r.distance_m for r in routes), len(result.unserved), repaired)


def of_result(problem: Problem, result: Result) -> Verdict:
    """The verdict on an answer that already has its times."""
    faults = verify(problem, result)
    if faults:
        raise RuntimeError("; ".join(str(f) for f in faults[:5]))
    metres = sum(r.distance_m for r in result.routes)
    return Verdict(result.cost, len(result.routes), metres, len(result.unserved), 0)


def _mended(problem: Problem, a: Arrays, vehicle: int, tasks: list[int]) -> tuple[Route | None, int]:
    """The route, less as few of its cheapest requests as it takes to keep the rules."""
    taken_out = 0
    while tasks:
        route = _timed(a, vehicle, tasks)
        if route is not None:
            return route, taken_out
        tasks = _less_one(problem, a, vehicle, tasks)
        taken_out += 1
    return None, taken_out


def _less_one(problem: Problem, a: Arrays, vehicle: int, tasks: list[int]) -> list[int]:
    """Without the cheapest request whose absence mends the route, or else without the cheapest."""

    def penalty(q: int) -> tuple[int, int]:
        return problem.requests[q].penalty or problem.mandatory_penalty, q

    order = sorted({t >> 1 for t in tasks}, key=penalty)
    for q in order:
        rest = [t for t in tasks if t >> 1 != q]
        if not rest or _timed(a, vehicle, rest) is not None:
            return rest
    return [t for t in tasks if t >> 1 != order[0]]


def _timed(a: Arrays, vehicle: int, tasks: list[int]) -> Route | None:
    stops = stops_from_tasks(a, vehicle, tasks)
    return schedule(a, vehicle, stops) if carries(a, vehicle, stops) else None


def _result(problem: Problem, routes: list[Route]) -> Result:
    served = {q for route in routes for stop in route.stops for q in stop.deliveries}
    unserved = tuple(q for q in range(len(problem.requests)) if q not in served)
    return Result(tuple(routes), unserved, cost_of(problem, routes, unserved), 0, "done")
