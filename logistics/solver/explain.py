"""Why a request is left out, and the smallest change that would serve it, found by solving again.

A change counts when the request is then served and everything served before still is. Steps are tried on a fixed ladder; of
each kind the smallest step that works is offered, and the step below it was seen to fail.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from logistics.solver.model import arrays
from logistics.solver.problem import Problem, Request, Task, Vehicle
from logistics.solver.result import Result, Route
from logistics.solver.schedule import schedule, stops_from_route
from logistics.solver.search import Leg, Limit, Worker

WINDOW_STEP_S, WINDOW_STEPS = 300, 24
SHIFT_STEP_S, SHIFT_STEPS = 900, 12
LOAD_STEPS = 10
TRIAL_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Fix:
    """A change: ``kind`` (later_window, earlier_window, longer_shift, smaller_load, more_vehicle), what it is about (a request's ref or a
    vehicle's code), how much and in which unit (``s`` or ``g``). ``hours`` are the (from, until) seconds one more vehicle works."""

    kind: str
    subject: str
    amount: int
    unit: str
    hours: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Codes: zone_not_carried, too_heavy, no_vehicle_allowed, visit_unserved, window_unreachable, no_time_left, search_limit (a longer
    search would serve it as it is)."""

    code: str
    fix: Fix | None


class _Budget:
    def __init__(self, seconds: float | None, rounds: int) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds
        self.rounds = rounds

    def spent(self) -> bool:
        return self._end is not None and time.monotonic() >= self._end


def explain(problem: Problem, result: Result, request: int, *, work: int = TRIAL_ROUNDS, seed: int = 1) -> Reason:
    """The reason for one unserved request and its smallest fix; ``work`` is the number of search rounds of each trial."""
    return _explain(problem, result, request, _Budget(None, work), seed)


def explain_all(
    problem: Problem, result: Result, *, seconds: float | None = None, work: int = TRIAL_ROUNDS, seed: int = 1
) -> dict[int, Reason]:
    """Reasons of all unserved requests. After ``seconds`` no more fixes are looked for, the reasons are still given."""
    budget = _Budget(seconds, work)
    return {q: _explain(problem, result, q, budget, seed) for q in result.unserved}


def relax(problem: Problem, request: int, fix: Fix) -> Problem:
    """The problem with ``fix`` applied."""
    requests, vehicles = list(problem.requests), list(problem.vehicles)
    r = requests[request]
    if fix.kind in ("later_window", "earlier_window"):
        requests[request] = _wider(r, fix.kind, fix.amount, depots=_depots(problem))
    elif fix.kind == "longer_shift":
        vehicles = [replace(v, shift_end_s=v.shift_end_s + fix.amount) if v.code == fix.subject else v for v in vehicles]
    elif fix.kind == "smaller_load":
        requests[request] = _lighter(r, fix.amount)
    else:
        model = next(v for v in vehicles if v.code == fix.subject)
        begin, end = fix.hours or (model.shift_start_s, model.shift_end_s)
        index = vehicles.index(model)
        vehicles.append(replace(model, code=f"{model.code}+", shift_start_s=begin, shift_end_s=end))
        for q, other in enumerate(requests):
            if other.vehicles is not None and index in other.vehicles:
                requests[q] = replace(other, vehicles=other.vehicles | {len(vehicles) - 1})
    return replace(problem, requests=tuple(requests), vehicles=tuple(vehicles))


def serves(problem: Problem, result: Result, request: int, *, work: int, seed: int) -> Worker | None:
    """The search's state once it has ``request`` and everything ``result`` serves on board, within ``work`` rounds; None otherwise."""
    left_out = set(result.unserved) - {request}
    requests = tuple(
        replace(r, vehicles=frozenset(), with_visit=None) if q in left_out else replace(r, penalty=None)
        for q, r in enumerate(problem.requests)
    )
    # served loads are all worth the same here: none may be given up for the new one
    cheap = tuple(replace(v, fixed_cost=0) for v in problem.vehicles)
    top = int(problem.travel_m.max()) * (2 * len(requests) + 2) * max(v.cost_per_m for v in cheap) + 1
    top += max(v.cost_per_s * max(v.shift_end_s - v.shift_start_s, 0) for v in cheap)
    a = arrays(replace(problem, requests=requests, vehicles=cheap, mandatory_penalty=top))
    worker = Worker(a, seed)
    worker.load({route.vehicle: stops_from_route(route, problem) for route in result.routes})
    worker.construct()
    limit = Limit(None, work, None)
    step = 25
    for done in range(0, work + 1, step):
        if worker.missing <= len(left_out):
            return worker
        if done < work:
            heat = float(np.median(problem.travel_m)) + 1.0
            worker.run(limit, Leg(0.0, min(step, work - done), heat, heat * 0.1, 0))
    return None


def _explain(problem: Problem, result: Result, request: int, budget: _Budget, seed: int) -> Reason:
    code = _impossible(problem, result, request)
    if code in ("zone_not_carried", "no_vehicle_allowed", "visit_unserved"):
        return Reason(code, None)

    def works(changed: Problem) -> bool:
        return serves(changed, result, request, work=budget.rounds, seed=seed) is not None

    if code is None:
        full = _car_full(problem, result, request)
        if full is None and not _alone(problem, result, request, seed):
            code = "window_unreachable"
        elif full == "too_heavy":
            code = full
        elif not budget.spent() and works(problem):
            return Reason("search_limit", None)
        else:
            code = "no_time_left"
    for ladder in _ladders(problem, request, code):
        if budget.spent():
            break
        fix = _smallest(ladder, lambda f: works(relax(problem, request, f)), budget)
        if fix is not None:
            return Reason(code, fix)
    if code != "too_heavy" and not budget.spent():
        return Reason(code, _more_vehicle(problem, result, request, budget, seed))
    return Reason(code, None)


def _alone(problem: Problem, result: Result, request: int, seed: int) -> bool:
    """Whether the request could be served if there were nothing else but the visit that it belongs to."""
    if problem.requests[request].with_visit is None:
        problem, request = replace(problem, requests=(problem.requests[request],)), 0
        result = replace(result, routes=(), unserved=(0,))
    else:
        result = replace(result, routes=_visit_only(problem, result, request), unserved=_others(problem, result, request))
    # On the vehicle that stands there now, else on whichever is found.
    tries = (result, replace(result, routes=())) if result.routes else (result,)
    return any(serves(problem, one, request, work=0, seed=seed) is not None for one in tries)


def _impossible(problem: Problem, result: Result, request: int) -> str | None:
    """A reason that no timetable can change."""
    r = problem.requests[request]
    allowed = [v for i, v in enumerate(problem.vehicles) if r.vehicles is None or i in r.vehicles]
    if not allowed:
        return "no_vehicle_allowed"
    if r.with_visit is not None and r.with_visit in result.unserved:
        return "visit_unserved"
    carried = [v for v in allowed if all(c > 0 for c, g in zip(v.capacity_g, r.load_g, strict=True) if g)]
    if not carried:
        return "zone_not_carried"
    if not any(all(g <= c for c, g in zip(v.capacity_g, r.load_g, strict=True)) for v in carried):
        return "too_heavy"
    return None


def _car_full(problem: Problem, result: Result, request: int) -> str | None:
    """For a load of a visit that the vehicle standing there has no room for: ``too_heavy`` when no allowed one has, else
    ``no_time_left``, as a larger one is busy elsewhere. None: there is room, or no such visit."""
    r = problem.requests[request]
    for route in _visit_only(problem, result, request):
        stop = next(s for s in route.stops if r.with_visit in s.deliveries)
        loads = [problem.requests[q].load_g for q in (*stop.deliveries, request)]
        together = [sum(zone) for zone in zip(*loads, strict=True)]
        room = [
            i
            for i, v in enumerate(problem.vehicles)
            if (r.vehicles is None or i in r.vehicles) and all(g <= c for g, c in zip(together, v.capacity_g, strict=True))
        ]
        return None if route.vehicle in room else "no_time_left" if room else "too_heavy"
    return None


def _visit_only(problem: Problem, result: Result, request: int) -> tuple[Route, ...]:
    """The route of the request's visit, if it has one, with that visit and its loads alone."""
    visit = problem.requests[request].with_visit
    for route in result.routes:
        if visit is not None and any(visit in s.deliveries for s in route.stops):
            own = frozenset(q for q, r in enumerate(problem.requests) if visit in (q, r.with_visit))
            stops = [
                replace(s, pickups=tuple(q for q in s.pickups if q in own), deliveries=tuple(q for q in s.deliveries if q in own))
                for s in route.stops
            ]
            return (replace(route, stops=tuple(s for s in stops if s.pickups or s.deliveries)),)
    return ()


def _others(problem: Problem, result: Result, request: int) -> tuple[int, ...]:
    kept = {q for r in _visit_only(problem, result, request) for s in r.stops for q in s.deliveries}
    return tuple(q for q in range(len(problem.requests)) if q not in kept)


def _depots(problem: Problem) -> frozenset[int]:
    return frozenset(s for v in problem.vehicles for s in (v.start_site, v.end_site))


def _wider(r: Request, kind: str, amount: int, depots: frozenset[int]) -> Request:
    """The windows away from the depots open earlier or close later."""

    def widen(task: Task) -> Task:
        if task.site in depots or task.hold_until_s is not None:
            return task
        windows = list(task.windows)
        if kind == "later_window":
            windows[-1] = (windows[-1][0], windows[-1][1] + amount)
        else:
            windows[0] = (windows[0][0] - amount, windows[0][1])
        return replace(task, windows=tuple(windows))

    return replace(r, pickup=widen(r.pickup), delivery=widen(r.delivery))


def _lighter(r: Request, amount: int) -> Request:
    """The request with ``amount`` grams less in all, taken from its zones in proportion, rounded down to grams."""
    total = sum(r.load_g)
    left = [g * (total - amount) // total for g in r.load_g]
    return replace(r, load_g=(left[0], left[1], left[2]))


Ladder = tuple[int, Callable[[int], Fix]]


def _ladders(problem: Problem, request: int, code: str) -> Iterator[Ladder]:
    """(number of steps, step -> fix), each from the smallest change upwards."""
    r = problem.requests[request]
    total = sum(r.load_g)
    if code != "too_heavy":
        for kind in ("later_window", "earlier_window"):
            yield WINDOW_STEPS, lambda k, kind=kind: Fix(kind, r.ref, k * WINDOW_STEP_S, "s")  # type: ignore[misc]
        for v in _kinds(problem, r):
            yield SHIFT_STEPS, lambda k, v=v: Fix("longer_shift", v.code, k * SHIFT_STEP_S, "s")  # type: ignore[misc]
    if total > 0:
        yield LOAD_STEPS - 1, lambda k: Fix("smaller_load", r.ref, total * k // LOAD_STEPS, "g")


def _kinds(problem: Problem, r: Request) -> list[Vehicle]:
    """One vehicle of each kind that could carry the request."""
    seen: set[object] = set()
    found = []
    for i, v in enumerate(problem.vehicles):
        key = (v.capacity_g, v.shift_start_s, v.shift_end_s, v.start_site, v.end_site)
        fits = all(g <= c for g, c in zip(r.load_g, v.capacity_g, strict=True))
        if fits and key not in seen and (r.vehicles is None or i in r.vehicles):
            seen.add(key)
            found.append(v)
    return found


def _smallest(ladder: Ladder, works: Callable[[Fix], bool], budget: _Budget) -> Fix | None:
    """The smallest step that works, by halving; the step below it has been tried and failed."""
    steps, fix = ladder
    if not works(fix(steps)):
        return None
    low, high = 0, steps
    while high - low > 1:
        if budget.spent():
            return None
        middle = (low + high) // 2
        if works(fix(middle)):
            high = middle
        else:
            low = middle
    return fix(high)


def _more_vehicle(problem: Problem, result: Result, request: int, budget: _Budget, seed: int) -> Fix | None:
    """One more vehicle of some kind, for the full hours its route needs."""
    for v in _kinds(problem, problem.requests[request]):
        if budget.spent():
            return None
        fix = Fix("more_vehicle", v.code, 1, "vehicle", (v.shift_start_s, v.shift_end_s))
        worker = serves(relax(problem, request, fix), result, request, work=budget.rounds, seed=seed)
        if worker is None:
            continue
        shorter = _hours_needed(problem, worker, v)
        if shorter is not None:
            tight = replace(fix, hours=shorter)
            if serves(relax(problem, request, tight), result, request, work=budget.rounds, seed=seed) is not None:
                return tight
        return fix
    return None


def _hours_needed(problem: Problem, worker: Worker, v: Vehicle) -> tuple[int, int] | None:
    extra = len(problem.vehicles)
    plan = worker.plan()
    route = schedule(worker.a, extra, plan[extra]) if extra in plan else None
    if route is None:
        return None
    begin = max(v.shift_start_s, route.depart_s // 3600 * 3600)
    end = min(v.shift_end_s, -(-route.return_s // 3600) * 3600)
    return begin, end


__all__ = ["Fix", "Reason", "explain", "explain_all", "relax", "serves"]
