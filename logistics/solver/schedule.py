"""From stops in order to a route with exact times, and back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from logistics.solver.compiled import plain, ready
from logistics.solver.model import (
    Q_ABOARD,
    Q_PENALTY,
    Q_VISIT,
    T_DONE,
    T_EARLY,
    T_HANDLING,
    T_SITE,
    V_BREAK,
    V_END,
    V_START,
    V_STOPS,
    Arrays,
)
from logistics.solver.problem import Problem
from logistics.solver.result import Route, Stop
from logistics.solver.timing import ARRIVE, LEAVE, START, common_start, timetable

Stops = list[list[int]]
"""A route's tasks (``2 r`` pickup, ``2 r + 1`` delivery of request ``r``) per stop: first loading at the start site, last unloading at the
end site, both possibly empty; in every stop deliveries before pickups."""


def stops_from_tasks(a: Arrays, vehicle: int, tasks: Sequence[int]) -> Stops:
    """Cut a task sequence into stops: neighbours at one site join while their windows have a common start."""
    start, end = int(a.vehicle[vehicle, V_START]), int(a.vehicle[vehicle, V_END])
    head = 0
    while head < len(tasks) and a.task[tasks[head], T_SITE] == start:
        head += 1
    tail = len(tasks)
    while tail > head and a.task[tasks[tail - 1], T_SITE] == end:
        tail -= 1
    stops: Stops = [list(tasks[:head])]
    for t in tasks[head:tail]:
        if len(stops) > 1 and a.task[stops[-1][0], T_SITE] == a.task[t, T_SITE] and joinable(a, [*stops[-1], t]):
            stops[-1].append(t)
        else:
            stops.append([t])
    return [*([_unload_first(s) for s in stops]), list(tasks[tail:])]


def joinable(a: Arrays, tasks: Sequence[int]) -> bool:
    """Whether tasks at one site have a common start."""
    seq = np.array(tasks, dtype=np.int32)
    service = int(a.setup[a.task[tasks[0], T_SITE]]) + int(sum(a.task[t, T_HANDLING] for t in tasks))
    cap = int(min(a.task[t, T_DONE] for t in tasks)) - service
    find = common_start if ready() else plain(common_start)
    start, late = find(a, seq, 0, len(seq), int(max(a.task[t, T_EARLY] for t in tasks)), cap)
    return bool(start <= late and start <= cap)


def _unload_first(tasks: list[int]) -> list[int]:
    return [t for t in tasks if t & 1] + [t for t in tasks if not t & 1]


def stops_from_route(route: Route, problem: Problem) -> Stops:
    """The stops of a finished route."""
    vehicle = problem.vehicles[route.vehicle]
    parts = [[2 * q + 1 for q in s.deliveries] + [2 * q for q in s.pickups] for s in route.stops]
    first, last = 0, len(parts)
    stops: Stops = [[]]
    if parts and route.stops[0].site == vehicle.start_site and route.stops[0].leave_s == route.depart_s:
        stops = [parts[0]]
        first = 1
    end: list[int] = []
    if last > first and route.stops[-1].site == vehicle.end_site and route.stops[-1].arrive_s == route.return_s:
        last -= 1
        end = parts[last]
    return [*stops, *parts[first:last], end]


def schedule(a: Arrays, vehicle: int, stops: Stops) -> Route | None:
    """The route with exact times, or None when no timetable keeps windows, shift, break and rides.

    The return is as early as possible, the departure as late as that allows (at once for a vehicle whose day has begun), every start
    then as early as possible. Loads and pairing
    are not looked at (see :func:`carries`).
    """
    inner = [s for s in stops[1:-1] if s]
    groups = [stops[0], *inner, stops[-1]]
    seq = np.array([t for g in groups for t in g], dtype=np.int32)
    cut = np.zeros(len(groups) + 1, dtype=np.int32)
    cut[1:] = np.cumsum([len(g) for g in groups])
    clock = np.zeros((8, len(groups)), dtype=np.int64)
    n = len(inner)
    drive = timetable if ready() else plain(timetable)
    ok, depart, back, pause_at = drive(a, vehicle, n, cut, seq, clock)
    if not ok:
        return None
    sites = [
        int(a.vehicle[vehicle, V_START]),
        *(int(a.task[g[0], T_SITE]) for g in inner),
        int(a.vehicle[vehicle, V_END]),
    ]
    legs = list(pairwise(sites))
    result = []
    for i, tasks in enumerate(groups):
        if not tasks:
            continue
        arrive, start, leave = (int(clock[row, i]) for row in (ARRIVE, START, LEAVE))
        pickups = tuple(t >> 1 for t in tasks if not t & 1)
        deliveries = tuple(t >> 1 for t in tasks if t & 1)
        result.append(Stop(sites[i], arrive, start, leave, pickups, deliveries))
    breaks: tuple[tuple[int, int], ...] = ()
    if pause_at:
        begin = int(clock[ARRIVE, pause_at])
        breaks = ((begin, begin + int(a.vehicle[vehicle, V_BREAK])),)
    return Route(
        vehicle=vehicle,
        depart_s=int(depart),
        return_s=int(back),
        distance_m=int(sum(a.travel_m[x, y] for x, y in legs)),
        drive_s=int(sum(a.travel_s[x, y] for x, y in legs)),
        stops=tuple(result),
        breaks=breaks,
    )


def carries(a: Arrays, vehicle: int, stops: Stops) -> bool:
    """Whether pairs are whole and in order and allowed on the vehicle, visits have their loads in their stop, capacity and stop limits
    hold, and goods that must not meet are kept apart."""
    where: dict[int, int] = {}
    for i, tasks in enumerate(stops):
        for t in _unload_first(tasks):
            if t in where or (t & 1 and t - 1 not in where):
                return False
            where[t] = i
    if not where:
        return True
    done, at = np.array([*where]), np.array([*where.values()])
    requests, unloads = done >> 1, (done & 1).astype(bool)
    load = np.cumsum(np.where(unloads[:, None], -a.q_load[requests], a.q_load[requests]), axis=0)
    late_aboard = a.request[requests, Q_ABOARD].astype(bool) & ~unloads & (at > 0)
    if not a.q_allowed[requests, vehicle].all() or (load > a.v_capacity[vehicle]).any() or late_aboard.any():
        return False
    visits = a.request[requests, Q_VISIT].tolist()
    for (t, i), visit in zip(where.items(), visits, strict=True):
        if t ^ 1 not in where or (t & 1 and visit >= 0 and where.get(2 * visit + 1) != i):
            return False
    ends = (a.vehicle[vehicle, V_START], a.vehicle[vehicle, V_END])
    counted = sum(1 for tasks in stops[1:-1] if tasks and a.task[tasks[0], T_SITE] not in ends)
    return counted <= int(a.vehicle[vehicle, V_STOPS]) and (not a.words or _ride_together(a, [*where]))


def _ride_together(a: Arrays, tasks: Sequence[int]) -> bool:
    """Whether nothing is on board with what it must be kept apart from."""
    on_board: list[int] = []
    for t in tasks:
        if t & 1:
            on_board.remove(t >> 1)
        elif any((a.q_goods[q, 0] & a.q_goods[t >> 1, 1]).any() for q in on_board):
            return False
        else:
            on_board.append(t >> 1)
    return True


def route_cost(problem: Problem, route: Route) -> int:
    """One route's part of the objective."""
    v = problem.vehicles[route.vehicle]
    begun = route.depart_s if v.begun_s is None else min(v.begun_s, route.depart_s)
    over = 0 if v.fair_s is None else max(route.return_s - begun - v.fair_s, 0)
    extra = sum(
        r.extra_cost + (0 if r.stays_with in (None, route.vehicle) else r.move_cost)
        for r in (problem.requests[q] for stop in route.stops for q in stop.deliveries)
    )
    paid = (route.return_s - route.depart_s) * v.cost_per_s + over * v.cost_per_s_over_fair
    return v.fixed_cost + route.distance_m * v.cost_per_m + paid + extra


def largest_part(a: Arrays, vehicle: int, tasks: Sequence[int]) -> list[int]:
    """The requests of a proposed task sequence that fit together, in its order: all of them, or else dearest first."""
    whole = {t >> 1 for t in tasks if t & 1} & {t >> 1 for t in tasks if not t & 1}
    kept = [t for t in tasks if t >> 1 in whole]
    if holds(a, vehicle, kept) is not None:
        return kept
    chosen: set[int] = set()
    # a visit comes before the loads meant for it
    for q in sorted(whole, key=lambda q: (int(a.request[q, Q_VISIT]) >= 0, -int(a.request[q, Q_PENALTY]), q)):
        if holds(a, vehicle, [t for t in kept if t >> 1 in chosen or t >> 1 == q]) is not None:
            chosen.add(q)
    return [t for t in kept if t >> 1 in chosen]


def holds(a: Arrays, vehicle: int, tasks: Sequence[int]) -> Route | None:
    """The route that does ``tasks`` in this order, or None when some rule forbids it."""
    stops = stops_from_tasks(a, vehicle, tasks)
    return schedule(a, vehicle, stops) if carries(a, vehicle, stops) else None


def cost_of(problem: Problem, routes: Sequence[Route], unserved: Sequence[int]) -> int:
    """The objective: fixed costs, metres, paid time, what drivers' days are longer than their fair share, requests that moved to
    another vehicle, and the penalties of what is left out."""
    total = sum(route_cost(problem, route) for route in routes)
    for q in unserved:
        penalty = problem.requests[q].penalty
        total += problem.mandatory_penalty if penalty is None else penalty
    return total
