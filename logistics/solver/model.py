"""The problem as flat arrays, the form the compiled search works on.

Request ``r`` has the tasks ``2 r`` (pickup) and ``2 r + 1`` (delivery). Absent limits are ``+-BIG``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from logistics.solver.problem import ZONES, Problem, Request, Task, Vehicle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

BIG = 1 << 50
NEIGHBOURS = 300


T_SITE, T_EARLY, T_LATE, T_HANDLING, T_DONE, T_HOLD, T_FIRST = range(7)
"""Columns of ``Arrays.task``. ``T_EARLY``/``T_LATE`` span all windows; ``T_FIRST`` is the first window's index."""

Q_PENALTY, Q_MANDATORY, Q_VISIT, Q_RIDE = range(4)
"""Columns of ``Arrays.request``."""

V_START, V_END, V_FROM, V_UNTIL, V_BREAK, V_BREAK_AFTER, V_FIXED, V_PER_M, V_PER_S, V_STOPS, V_CLASS = range(11)
"""Columns of ``Arrays.vehicle``; ``V_CLASS`` is equal for vehicles that may stand in for one another."""


class Arrays(NamedTuple):
    """Constant data of one problem. Few wide tables: numba's compile time grows with the number of arrays passed around."""

    n_requests: int
    n_vehicles: int
    zones: int
    """How many load dimensions are in use (unused ones are left out)."""
    exact: int
    """1 when a candidate needs the exact timetable: several windows per task, longest rides, late windows at the end site."""
    travel_s: Ints
    travel_m: Ints
    setup: Ints
    task: Ints
    """One row per task and one more, which closes ``T_FIRST``."""
    window: Ints
    """(earliest, latest) of all tasks' windows in order."""
    request: Ints
    q_load: Ints
    q_companion_first: Ints
    q_companions: Ints
    q_allowed: NDArray[np.uint8]
    vehicle: Ints
    v_capacity: Ints
    near_first: Ints
    near: Ints
    """Tasks away from the depots, nearest first, per task (``near_first`` is the offset; empty for tasks at a depot)."""


def _task_table(tasks: list[Task]) -> tuple[Ints, Ints]:
    rows: list[tuple[int, ...]] = []
    windows: list[tuple[int, int]] = []
    for task in tasks:
        done = BIG if task.latest_done_s is None else task.latest_done_s
        hold = -BIG if task.hold_until_s is None else task.hold_until_s
        early, late = task.windows[0][0], task.windows[-1][1]
        rows.append((task.site, early, late, task.handling_s, done, hold, len(windows)))
        windows += task.windows
    rows.append((0, 0, 0, 0, 0, 0, len(windows)))
    return _ints(rows), _ints(windows).reshape(-1, 2)


def _ints(values: object) -> Ints:
    return np.ascontiguousarray(np.array(values, dtype=np.int64))


def _csr(lists: list[list[int]]) -> tuple[Ints, Ints]:
    first = np.zeros(len(lists) + 1, dtype=np.int64)
    first[1:] = np.cumsum([len(x) for x in lists])
    return first, _ints([x for part in lists for x in part])


def _neighbours(problem: Problem, t_site: Ints) -> tuple[Ints, Ints]:
    """Per task away from the depots the nearest such tasks of any request, itself first."""
    depots = {v.start_site for v in problem.vehicles} | {v.end_site for v in problem.vehicles}
    located = np.array([t for t in range(len(t_site)) if int(t_site[t]) not in depots], dtype=np.int64)
    lists: list[list[int]] = [[] for _ in range(len(t_site))]
    if len(located):
        both = problem.travel_m + problem.travel_m.T
        sites = t_site[located]
        for t in located:
            order = np.argsort(both[t_site[t], sites], kind="stable")
            lists[int(t)] = [int(t), *[int(x) for x in located[order[: NEIGHBOURS + 1]] if x != t][:NEIGHBOURS]]
    return _csr(lists)


def _allowed(problem: Problem) -> NDArray[np.uint8]:
    loads = _ints([r.load_g for r in problem.requests]).reshape(-1, len(ZONES))
    capacity = _ints([v.capacity_g for v in problem.vehicles]).reshape(-1, len(ZONES))
    allowed = (loads[:, None, :] <= capacity[None, :, :]).all(axis=2)
    for index, request in enumerate(problem.requests):
        if request.vehicles is not None:
            for v in range(len(problem.vehicles)):
                if v not in request.vehicles:
                    allowed[index, v] = False
    for index, request in enumerate(problem.requests):
        if request.with_visit is not None:
            allowed[index] &= allowed[request.with_visit]
    return np.ascontiguousarray(allowed.astype(np.uint8))


def _classes(problem: Problem, allowed: NDArray[np.uint8]) -> list[int]:
    """Equal numbers for vehicles that may stand in for one another."""
    seen: dict[object, int] = {}
    result = []
    for index, v in enumerate(problem.vehicles):
        key = (
            (v.start_site, v.end_site, v.shift_start_s, v.shift_end_s, v.capacity_g, v.break_s, v.break_after_s),
            (v.fixed_cost, v.cost_per_m, v.cost_per_s, v.max_stops),
            allowed[:, index].tobytes(),
        )
        result.append(seen.setdefault(key, len(seen)))
    return result


def _needs_exact(problem: Problem) -> bool:
    for r in problem.requests:
        if r.longest_ride_s is not None or len(r.pickup.windows) > 1 or len(r.delivery.windows) > 1:
            return True
        for v in problem.vehicles:
            if v.end_site == r.delivery.site and r.delivery.windows[0][0] > v.shift_start_s:
                return True
    return False


def arrays(problem: Problem) -> Arrays:
    """The flat form of ``problem``."""
    requests, vehicles = problem.requests, problem.vehicles
    task, window = _task_table([t for r in requests for t in (r.pickup, r.delivery)])
    loads = _ints([r.load_g for r in requests]).reshape(-1, len(ZONES))
    used = [z for z in range(len(ZONES)) if len(requests) and loads[:, z].any()] or [0]
    companions: list[list[int]] = [[] for _ in requests]
    for index, r in enumerate(requests):
        if r.with_visit is not None:
            companions[r.with_visit].append(index)
    companion_first, companion_list = _csr(companions)
    near_first, near = _neighbours(problem, task[:-1, T_SITE])
    allowed = _allowed(problem)
    travel_s = _ints(problem.travel_s).reshape(len(problem.sites), len(problem.sites))
    travel_m = _ints(problem.travel_m).reshape(len(problem.sites), len(problem.sites))
    if np.array_equal(travel_s, travel_m):
        travel_m = travel_s  # one matrix in the processor's cache instead of two
    capacity = _ints([v.capacity_g for v in vehicles]).reshape(-1, len(ZONES))
    return Arrays(
        n_requests=len(requests),
        n_vehicles=len(vehicles),
        zones=len(used),
        exact=int(_needs_exact(problem)),
        travel_s=travel_s,
        travel_m=travel_m,
        setup=_ints([s.setup_s for s in problem.sites]),
        task=task,
        window=window,
        request=_ints([_request_row(problem, r) for r in requests]).reshape(-1, 4),
        q_load=np.ascontiguousarray(loads[:, used]),
        q_companion_first=companion_first,
        q_companions=companion_list,
        q_allowed=allowed,
        vehicle=_ints([_vehicle_row(v, c) for v, c in zip(vehicles, _classes(problem, allowed), strict=True)]).reshape(-1, 11),
        v_capacity=np.ascontiguousarray(capacity[:, used]),
        near_first=near_first,
        near=near,
    )


def _request_row(problem: Problem, r: Request) -> tuple[int, ...]:
    return (
        problem.mandatory_penalty if r.penalty is None else r.penalty,
        int(r.penalty is None),
        -1 if r.with_visit is None else r.with_visit,
        BIG if r.longest_ride_s is None else r.longest_ride_s,
    )


def _vehicle_row(v: Vehicle, kind: int) -> tuple[int, ...]:
    stops = BIG if v.max_stops is None else v.max_stops
    shift = (v.start_site, v.end_site, v.shift_start_s, v.shift_end_s, v.break_s, v.break_after_s)
    return (*shift, v.fixed_cost, v.cost_per_m, v.cost_per_s, stops, kind)
