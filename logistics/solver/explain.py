"""Why a request is left out, and whether a change of the problem would serve it: both are found by solving again.

A trial (:func:`serves`) starts from the routes of a result and has to bring what is wanted on board beside everything that was served.
A reason (:func:`why`) is proven by lifting one constraint at a time: the one without which the request can be served is the reason. A
ladder (:func:`smallest`) gives the smallest step that works; the step below it has failed with ``MORE`` times the work.

What is guaranteed: the offered step was served in a trial, everything else with it, at a lower cost than leaving it out. That the step
below does not work is as certain as a search of that length can be; it is a proof only where the request is out of reach by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from logistics.solver.model import arrays
from logistics.solver.problem import Problem, Request, Site, Task
from logistics.solver.result import Result, Route
from logistics.solver.schedule import cost_of, schedule, stops_from_route
from logistics.solver.search import Leg, Limit, Worker

TRIAL_ROUNDS = 200
MORE = 3
"""How many times the work of the trial that worked is spent on the step below it."""
STEP_ROUNDS = 25
DAY_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Served:
    """A trial's answer. ``worth``: it costs less than leaving the wanted requests out, so the planner would choose it; ``metres`` and
    ``seconds`` are what it drives and takes more."""

    routes: tuple[Route, ...]
    worth: bool
    metres: int
    seconds: int


def serves(problem: Problem, result: Result, wanted: Iterable[int], *, work: int = TRIAL_ROUNDS, seed: int = 1) -> Served | None:
    """A plan with ``wanted`` and everything that ``result`` serves on board, found within ``work`` rounds; None otherwise.

    ``result`` may be one of another problem with the same requests and at least its vehicles, in the same order.
    """
    goal = frozenset(wanted)
    on_board = {q for route in result.routes for stop in route.stops for q in stop.deliveries}
    routes = _with_all(problem, result.routes, sorted(on_board | goal), work=work, seed=seed)
    if routes is None:
        return None
    before = _cost(problem, result.routes, on_board)
    cost = _cost(problem, routes, on_board | goal)
    if cost >= before:
        # found in a hurry: the same requests may be had for less
        cheaper = _settled(problem, routes, work=work, seed=seed)
        if on_board | goal <= {q for route in cheaper for stop in route.stops for q in stop.deliveries}:
            routes, cost = cheaper, _cost(problem, cheaper, on_board | goal)
    return Served(
        tuple(routes),
        cost < before,
        sum(r.distance_m for r in routes) - sum(r.distance_m for r in result.routes),
        sum(r.return_s - r.depart_s for r in routes) - sum(r.return_s - r.depart_s for r in result.routes),
    )


def why(problem: Problem, result: Result, wanted: Iterable[int], *, work: int = TRIAL_ROUNDS, seed: int = 1) -> str:
    """The code of the constraint that keeps ``wanted`` (unserved requests that belong together) out.

    ``visit_unserved``; ``search_limit`` (it can be served as it is, a longer search would); ``not_worth_it`` (it can, but costs more
    than leaving it out); what holds even if there were nothing else to do: ``no_vehicle_allowed``, ``locked``, ``too_high``,
    ``too_heavy_for_road``, ``no_permit``, ``zone_not_carried``, ``too_heavy``, ``deliver_by``, ``longest_ride``, ``apart``,
    ``stop_limit``, ``window_unreachable``; and beside the other work: ``locked``, ``apart``, ``deliver_by``, ``longest_ride``,
    ``stop_limit``, ``no_room_left``, ``no_time_left``.
    """
    goal = frozenset(wanted)
    unserved = set(result.unserved) - goal
    if any(problem.requests[q].with_visit in unserved for q in goal):
        return "visit_unserved"
    as_it_is = serves(problem, result, goal, work=work, seed=seed)
    if as_it_is is not None:
        return "search_limit" if as_it_is.worth else "not_worth_it"
    own = _alone(problem, result, goal)
    alone = restricted(problem, own)
    here = frozenset(i for i, q in enumerate(own) if q in goal)
    everything = range(len(own))

    def possible(changed: Problem) -> bool:
        return _with_all(changed, (), everything, work=work, seed=seed) is not None

    if not possible(alone):
        return _narrowest(alone, here, LIFTS, possible) or "no_time_left"

    def beside_the_rest(changed: Problem) -> bool:
        return serves(changed, result, goal, work=work, seed=seed) is not None

    return next((code for code, lifted in _lifted(problem, goal, BESIDE) if beside_the_rest(lifted)), "no_time_left")


def smallest(steps: int, works: Callable[[int, int], bool], *, work: int = TRIAL_ROUNDS) -> int | None:
    """The least step of ``1..steps`` for which ``works(step, rounds)`` holds, larger steps being easier; None when the largest fails.

    The step below the answer has failed with ``MORE`` times ``work``; where it then works after all, it is taken and so on down.
    """
    if steps < 1 or not works(steps, work):
        return None
    high = _halved(0, steps, lambda step: works(step, work))
    while high > 1 and works(high - 1, MORE * work):
        high = _halved(0, high - 1, lambda step: works(step, MORE * work))
    return high


def _halved(low: int, high: int, works: Callable[[int], bool]) -> int:
    while high - low > 1:
        middle = (low + high) // 2
        if works(middle):
            high = middle
        else:
            low = middle
    return high


def restricted(problem: Problem, keep: Sequence[int]) -> Problem:
    """The problem with the requests of ``keep`` alone, in that order."""
    place = {q: i for i, q in enumerate(keep)}
    requests = []
    for q in keep:
        r = problem.requests[q]
        requests.append(r if r.with_visit is None else replace(r, with_visit=place.get(r.with_visit)))
    locks = tuple(replace(lock, request=place[lock.request]) for lock in problem.locks if lock.request in place)
    return replace(problem, requests=tuple(requests), locks=locks)


def _with_all(problem: Problem, start: Iterable[Route], keep: Sequence[int], *, work: int, seed: int) -> list[Route] | None:
    """Routes with every request of ``keep``, whatever they cost."""
    if not problem.vehicles:
        return None
    small = restricted(problem, keep)
    place = {q: i for i, q in enumerate(keep)}
    # all loads are worth the same here: none may be given up for another one
    requests = tuple(replace(r, penalty=None) for r in small.requests)
    cheap = tuple(replace(v, fixed_cost=0) for v in small.vehicles)
    top = int(small.travel_m.max()) * (2 * len(requests) + 2) * max(v.cost_per_m for v in cheap) + 1
    top += max(v.cost_per_s * max(v.shift_end_s - v.shift_start_s, 0) for v in cheap)
    worker = Worker(arrays(replace(small, requests=requests, vehicles=cheap, mandatory_penalty=top)), seed)
    routes = [_renumbered(route, place) for route in start]
    worker.load({route.vehicle: stops_from_route(route, small) for route in routes if route.stops})
    worker.construct()
    limit = Limit(None, work, None)
    heat = float(np.median(problem.travel_m)) + 1.0
    done = 0
    while worker.missing and done < work:
        step = min(STEP_ROUNDS, work - done)
        worker.run(limit, Leg(0.0, step, heat, heat * 0.1, 0))
        done += step
    if worker.missing:
        return None
    back = dict(enumerate(keep))
    return [_renumbered(route, back) for route in _routes(worker)]


def _settled(problem: Problem, routes: Sequence[Route], *, work: int, seed: int) -> list[Route]:
    """The routes after ``work`` rounds of search at the problem's own costs."""
    worker = Worker(arrays(problem), seed)
    worker.load({route.vehicle: stops_from_route(route, problem) for route in routes})
    heat = float(np.median(problem.travel_m)) + 1.0
    worker.run(Limit(None, work, None), Leg(0.0, work, heat, heat * 0.1, 0))
    return _routes(worker)


def _routes(worker: Worker) -> list[Route]:
    found = [schedule(worker.a, vehicle, stops) for vehicle, stops in sorted(worker.plan().items())]
    return [route for route in found if route is not None]


def _renumbered(route: Route, place: Mapping[int, int]) -> Route:
    """The route with requests under other numbers; those that have none are left out."""
    stops = [
        replace(
            s,
            pickups=tuple(place[q] for q in s.pickups if q in place),
            deliveries=tuple(place[q] for q in s.deliveries if q in place),
        )
        for s in route.stops
    ]
    return replace(route, stops=tuple(s for s in stops if s.pickups or s.deliveries))


def _cost(problem: Problem, routes: Sequence[Route], on_board: Iterable[int]) -> int:
    left = frozenset(range(len(problem.requests))).difference(on_board)
    return cost_of(problem, routes, sorted(left))


def _alone(problem: Problem, result: Result, goal: frozenset[int]) -> list[int]:
    """``goal`` with the visits that it belongs to and what these have on board."""
    visits = {problem.requests[q].with_visit for q in goal} - {None}
    left = set(result.unserved) - goal
    mates = {q for q, r in enumerate(problem.requests) if q not in left and (q in visits or r.with_visit in visits)}
    return sorted(goal | mates)


Lift = Callable[[Problem, frozenset[int]], Problem]
"""The problem without one kind of constraint for the requests given; the very same object where there is none of it."""


def _each(problem: Problem, goal: frozenset[int], change: Callable[[Request], Request]) -> Problem:
    requests = tuple(change(r) if q in goal else r for q, r in enumerate(problem.requests))
    return problem if requests == problem.requests else replace(problem, requests=requests)


def _sites(problem: Problem, goal: frozenset[int], change: Callable[[Site], Site]) -> Problem:
    touched = {t.site for q in goal for t in (problem.requests[q].pickup, problem.requests[q].delivery)}
    sites = tuple(change(s) if i in touched else s for i, s in enumerate(problem.sites))
    return problem if sites == problem.sites else replace(problem, sites=sites)


def _without_locks(problem: Problem, goal: frozenset[int]) -> Problem:
    locks = tuple(lock for lock in problem.locks if lock.request not in goal)
    return problem if len(locks) == len(problem.locks) else replace(problem, locks=locks)


def _any_vehicle(problem: Problem, goal: frozenset[int]) -> Problem:
    return _each(problem, goal, lambda r: replace(r, vehicles=None))


def _any_height(problem: Problem, goal: frozenset[int]) -> Problem:
    return _sites(problem, goal, lambda s: replace(s, max_height_cm=None))


def _any_weight(problem: Problem, goal: frozenset[int]) -> Problem:
    return _sites(problem, goal, lambda s: replace(s, max_weight_kg=None))


def _no_permits(problem: Problem, goal: frozenset[int]) -> Problem:
    return _sites(problem, goal, lambda s: replace(s, permits=frozenset()))


def _every_zone(problem: Problem, goal: frozenset[int]) -> Problem:
    """Each vehicle carries the zones that none of those allowed carries now, as much as any vehicle does of anything."""
    allowed = [v for i, v in enumerate(problem.vehicles) if all(_may(problem.requests[q], i) for q in goal)]
    needed = [any(problem.requests[q].load_g[zone] for q in goal) for zone in range(3)]
    if all(not need or any(v.capacity_g[zone] for v in allowed) for zone, need in enumerate(needed)):
        return problem
    most = max((max(v.capacity_g) for v in problem.vehicles), default=0)
    return _more_room(problem, goal, lambda have, needed: have or (most if needed else 0))


def _may(request: Request, vehicle: int) -> bool:
    return request.vehicles is None or vehicle in request.vehicles


def _enough_room(problem: Problem, goal: frozenset[int]) -> Problem:
    """The vehicles that carry a zone at all have room for the load and what it goes with."""
    return _more_room(problem, goal, lambda have, needed: max(have, needed) if have else 0)


def _room_beside(problem: Problem, goal: frozenset[int]) -> Problem:
    """As much more room as the load takes, so that it fits beside everything else."""
    return _more_room(problem, goal, lambda have, needed: have + needed if have else 0)


def _more_room(problem: Problem, goal: frozenset[int], room: Callable[[int, int], int]) -> Problem:
    visits = {problem.requests[q].with_visit for q in goal} - {None}
    mates = [r for q, r in enumerate(problem.requests) if q in goal or q in visits or r.with_visit in visits]
    needed = [sum(r.load_g[zone] for r in mates) for zone in range(3)]
    vehicles = []
    for v in problem.vehicles:
        ambient, chilled, frozen = (room(have, need) for have, need in zip(v.capacity_g, needed, strict=True))
        vehicles.append(replace(v, capacity_g=(ambient, chilled, frozen)))
    return problem if tuple(vehicles) == problem.vehicles else replace(problem, vehicles=tuple(vehicles))


def _any_arrival(problem: Problem, goal: frozenset[int]) -> Problem:
    return _each(problem, goal, lambda r: replace(r, deliver_by_s=None))


def _any_ride(problem: Problem, goal: frozenset[int]) -> Problem:
    return _each(problem, goal, lambda r: replace(r, longest_ride_s=None))


def _together(problem: Problem, goal: frozenset[int]) -> Problem:
    own = {name for q in goal for name in problem.requests[q].goods}
    apart = frozenset(pair for pair in problem.apart if not pair & own)
    return problem if apart == problem.apart else replace(problem, apart=apart)


def _any_number_of_stops(problem: Problem, goal: frozenset[int]) -> Problem:
    vehicles = tuple(replace(v, max_stops=None) for v in problem.vehicles)
    return problem if vehicles == problem.vehicles else replace(problem, vehicles=vehicles)


def _any_time(problem: Problem, goal: frozenset[int]) -> Problem:
    """The goal's windows and the shifts of those who may drive it last for days: time itself is no limit."""

    def wide(task: Task) -> Task:
        done = None if task.latest_done_s is None else task.latest_done_s + DAY_S
        return replace(task, windows=((-DAY_S, 2 * DAY_S),), latest_done_s=done)

    vehicles = tuple(
        replace(
            v,
            shift_start_s=v.shift_start_s - DAY_S,
            shift_end_s=v.shift_end_s + DAY_S,
            begun_s=None,
            break_after_s=3 * DAY_S,
        )
        for v in problem.vehicles
    )
    widened = _each(problem, goal, lambda r: replace(r, pickup=wide(r.pickup), delivery=wide(r.delivery)))
    return replace(widened, vehicles=vehicles)


LIFTS: tuple[tuple[str, Lift], ...] = (
    ("no_vehicle_allowed", _any_vehicle),
    ("locked", _without_locks),
    ("too_high", _any_height),
    ("too_heavy_for_road", _any_weight),
    ("no_permit", _no_permits),
    ("zone_not_carried", _every_zone),
    ("too_heavy", _enough_room),
    ("deliver_by", _any_arrival),
    ("longest_ride", _any_ride),
    ("apart", _together),
    ("stop_limit", _any_number_of_stops),
    ("window_unreachable", _any_time),
)
"""What may keep a request out even if there is nothing else to do."""

BESIDE: tuple[tuple[str, Lift], ...] = (
    ("locked", _without_locks),
    ("apart", _together),
    ("deliver_by", _any_arrival),
    ("longest_ride", _any_ride),
    ("stop_limit", _any_number_of_stops),
    ("no_room_left", _room_beside),
)
"""What may keep a request out beside the other work; where none of them does, it is time."""


def _lifted(problem: Problem, goal: frozenset[int], lifts: Iterable[tuple[str, Lift]]) -> Iterator[tuple[str, Problem]]:
    for code, lift in lifts:
        changed = lift(problem, goal)
        if changed is not problem:
            yield code, changed


def _narrowest(
    problem: Problem, goal: frozenset[int], lifts: Sequence[tuple[str, Lift]], possible: Callable[[Problem], bool]
) -> str | None:
    """The constraint whose lifting alone is enough; where several must go together, the first without whose lifting nothing helps."""
    for code, changed in _lifted(problem, goal, lifts):
        if possible(changed):
            return code
    for skipped, lift in lifts:
        if lift(problem, goal) is problem:
            continue
        changed = problem
        for code, other in lifts:
            if code != skipped:
                changed = other(changed, goal)
        if not possible(changed):
            return skipped
    return None


__all__ = ["BESIDE", "LIFTS", "MORE", "TRIAL_ROUNDS", "Served", "restricted", "serves", "smallest", "why"]
