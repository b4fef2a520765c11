"""The problem as flat arrays, the form the compiled search works on.

Request ``r`` has the tasks ``2 r`` (pickup) and ``2 r + 1`` (delivery). Absent limits are ``+-BIG``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from logistics.solver.problem import ZONES, Problem, Request, Site, Task, Vehicle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Windows = tuple[tuple[int, int], ...]

BIG = 1 << 50
NEIGHBOURS = 300


T_SITE, T_EARLY, T_LATE, T_HANDLING, T_DONE, T_HOLD, T_FIRST = range(7)
"""Columns of ``Arrays.task``. ``T_EARLY``/``T_LATE`` span all windows; ``T_FIRST`` is the first window's index."""

Q_PENALTY, Q_MANDATORY, Q_VISIT, Q_RIDE, Q_STAYS, Q_MOVE, Q_EXTRA, Q_LEAD, Q_ABOARD, Q_EXACT = range(10)
"""Columns of ``Arrays.request``. ``Q_LEAD`` is the request that it is an option of, itself if of none; ``Q_ABOARD`` is 1 for a load that is
on board from the start, ``Q_EXACT`` for one whose route needs the exact timetable: several windows for a task, a longest ride, a late
window at the end site."""

V_START, V_END, V_FROM, V_UNTIL, V_BREAK, V_BREAK_AFTER, V_FIXED, V_PER_M, V_PER_S, V_STOPS, V_CLASS = range(11)
V_BEGUN, V_FAIR, V_OVER = range(11, 14)
"""Columns of ``Arrays.vehicle``; ``V_CLASS`` is equal for vehicles that may stand in for one another."""

WORD_BITS = 62
"""Names of goods in one word of a mask."""


class Arrays(NamedTuple):
    """Constant data of one problem. Few wide tables: numba's compile time grows with the number of arrays passed around."""

    n_requests: int
    n_vehicles: int
    zones: int
    """How many load dimensions are in use (unused ones are left out)."""
    kinds: int
    """How many different ``V_CLASS`` there are."""
    travel_s: Ints
    travel_m: Ints
    metres_to: Ints
    """``travel_m`` the other way round: a row for all ways to one site lies together in memory."""
    setup: Ints
    task: Ints
    """One row per task and one more, which closes ``T_FIRST``."""
    window: Ints
    """(earliest, latest) of all tasks' windows in order."""
    request: Ints
    q_load: Ints
    words: int
    """How many words the masks of goods have: 0 where nothing is kept apart."""
    q_goods: Ints
    """Per request two masks: what is in it, and what must not be on board with it."""
    q_companion_first: Ints
    q_companions: Ints
    q_allowed: NDArray[np.uint8]
    vehicle: Ints
    v_capacity: Ints
    option_first: Ints
    options: Ints
    """Per request its options and itself; nothing for one without options and for the options."""
    take_first: Ints
    takes: Ints
    """Per request what it takes of the stocks: (stock, units)."""
    stock: Ints
    """Per stock its units and where in ``users`` its users begin; one row more, which closes that."""
    users: Ints
    """Who takes of the stocks: (request, units)."""
    near_first: Ints
    near: Ints
    """Tasks away from the depots, nearest first, per task (``near_first`` is the offset; empty for tasks at a depot)."""


def _task_table(tasks: list[Task]) -> tuple[Ints, Ints]:
    rows: list[tuple[int, ...]] = []
    windows: list[tuple[int, int]] = []
    for task in tasks:
        done = BIG if task.latest_done_s is None else task.latest_done_s
        hold = -BIG if task.hold_until_s is None else task.hold_until_s
        early, late = (task.windows[0][0], task.windows[-1][1]) if task.windows else (0, -1)
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
    located = np.flatnonzero(~np.isin(t_site, sorted(depots)))
    first = np.zeros(len(t_site) + 1, dtype=np.int64)
    if not len(located):
        return first, _ints([])
    sites, row = np.unique(t_site[located], return_inverse=True)
    both = (problem.travel_m + problem.travel_m.T)[np.ix_(sites, t_site[located])]
    order = np.argsort(both, axis=1, kind="stable")[row, : NEIGHBOURS + 1]  # once a site, for all its tasks
    itself = np.arange(len(located))[:, None]
    others = order != itself
    others[others.all(axis=1), -1] = False
    order = np.hstack([itself, order[others].reshape(len(located), -1)])
    first[located + 1] = order.shape[1]
    return np.cumsum(first), _ints(located[order].ravel())


def gets_to(vehicle: Vehicle, site: Site) -> bool:
    """Whether height, weight and permits let the vehicle get to the site."""
    low = site.max_height_cm is not None and (vehicle.height_cm is None or vehicle.height_cm > site.max_height_cm)
    weak = site.max_weight_kg is not None and (vehicle.weight_kg is None or vehicle.weight_kg > site.max_weight_kg)
    return not low and not weak and site.permits <= vehicle.permits


def delivery_windows(problem: Problem) -> list[Windows]:
    """Per request the windows of its delivery that its latest safe arrival and the locks leave; empty: it cannot be served."""
    result = [_clipped(r.delivery.windows, -BIG, BIG if r.deliver_by_s is None else r.deliver_by_s) for r in problem.requests]
    for lock in problem.locks:
        if lock.start is not None:
            result[lock.request] = _clipped(result[lock.request], *lock.start)
    return result


def _clipped(windows: Windows, early: int, late: int) -> Windows:
    return tuple((max(a, early), min(b, late)) for a, b in windows if a <= late and b >= early)


def _allowed(problem: Problem, windows: list[Windows]) -> NDArray[np.uint8]:
    loads = _ints([r.load_g for r in problem.requests]).reshape(-1, len(ZONES))
    capacity = _ints([v.capacity_g for v in problem.vehicles]).reshape(-1, len(ZONES))
    allowed = (loads[:, None, :] <= capacity[None, :, :]).all(axis=2)
    reach = np.ones((len(problem.sites), len(problem.vehicles)), dtype=bool)
    for index, site in enumerate(problem.sites):
        if site.permits or site.max_height_cm is not None or site.max_weight_kg is not None:
            reach[index] = [gets_to(v, site) for v in problem.vehicles]
    for index, request in enumerate(problem.requests):
        if request.vehicles is not None:
            for v in range(len(problem.vehicles)):
                if v not in request.vehicles:
                    allowed[index, v] = False
        allowed[index] &= reach[request.pickup.site] & reach[request.delivery.site]
        if not windows[index] or any(pair <= request.goods for pair in problem.apart):
            allowed[index] = False
    for lock in problem.locks:
        if lock.vehicle is not None:
            allowed[lock.request] &= np.arange(len(problem.vehicles)) == lock.vehicle
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
            (v.fixed_cost, v.cost_per_m, v.cost_per_s, v.max_stops, v.begun_s, v.fair_s, v.cost_per_s_over_fair),
            tuple(q for q, r in enumerate(problem.requests) if r.stays_with == index and r.move_cost),
            allowed[:, index].tobytes(),
        )
        result.append(seen.setdefault(key, len(seen)))
    return result


def _needs_exact(problem: Problem, r: Request, delivery: Windows) -> bool:
    if r.longest_ride_s is not None or len(r.pickup.windows) > 1 or len(delivery) > 1:
        return True
    early = delivery[0][0] if delivery else -BIG
    return any(v.end_site == r.delivery.site and early > v.shift_start_s for v in problem.vehicles)


def _goods(problem: Problem) -> Ints:
    """The two masks of every request, in words of ``WORD_BITS`` bits; no words where nothing is kept apart."""
    names = sorted({name for pair in problem.apart for name in pair})
    bit = {name: (place // WORD_BITS, 1 << place % WORD_BITS) for place, name in enumerate(names)}
    masks = np.zeros((len(problem.requests), 2, -(-len(names) // WORD_BITS)), dtype=np.int64)
    for q, request in enumerate(problem.requests):
        for name in request.goods & bit.keys():
            masks[q, 0, bit[name][0]] |= bit[name][1]
            for other in {other for pair in problem.apart if name in pair for other in pair - {name}}:
                masks[q, 1, bit[other][0]] |= bit[other][1]
    return masks


def _aboard(problem: Problem) -> list[bool]:
    """Which requests are on board from the start: picked up where their only vehicle starts, a site that is no other's start and
    nobody's end."""
    starts = Counter(v.start_site for v in problem.vehicles)
    ends = {v.end_site for v in problem.vehicles}
    result = []
    for r in problem.requests:
        own = len(r.vehicles or ()) == 1 and starts[r.pickup.site] == 1 and r.pickup.site not in ends
        result.append(own and all(problem.vehicles[v].start_site == r.pickup.site for v in r.vehicles or ()))
    return result


def arrays(problem: Problem) -> Arrays:
    """The flat form of ``problem``."""
    requests, vehicles = problem.requests, problem.vehicles
    windows = delivery_windows(problem)
    task, window = _task_table(
        [t for r, left in zip(requests, windows, strict=True) for t in (r.pickup, replace(r.delivery, windows=left))]
    )
    loads = _ints([r.load_g for r in requests]).reshape(-1, len(ZONES))
    used = [z for z in range(len(ZONES)) if len(requests) and loads[:, z].any()] or [0]
    companions: list[list[int]] = [[] for _ in requests]
    for index, r in enumerate(requests):
        if r.with_visit is not None:
            companions[r.with_visit].append(index)
    companion_first, companion_list = _csr(companions)
    near_first, near = _neighbours(problem, task[:-1, T_SITE])
    allowed = _allowed(problem, windows)
    classes = _classes(problem, allowed)
    goods = _goods(problem)
    rows = [
        (*_request_row(problem, index, r), int(b), int(_needs_exact(problem, r, left)))
        for index, (r, b, left) in enumerate(zip(requests, _aboard(problem), windows, strict=True))
    ]
    travel_s = _ints(problem.travel_s).reshape(len(problem.sites), len(problem.sites))
    travel_m = _ints(problem.travel_m).reshape(len(problem.sites), len(problem.sites))
    if np.array_equal(travel_s, travel_m):
        travel_m = travel_s  # one matrix in the processor's cache instead of two
    metres_to = np.ascontiguousarray(travel_m.T)
    if np.array_equal(metres_to, travel_m):
        metres_to = travel_m
    capacity = _ints([v.capacity_g for v in vehicles]).reshape(-1, len(ZONES))
    return Arrays(
        n_requests=len(requests),
        n_vehicles=len(vehicles),
        zones=len(used),
        kinds=len(set(classes)),
        travel_s=travel_s,
        travel_m=travel_m,
        metres_to=metres_to,
        setup=_ints([s.setup_s for s in problem.sites]),
        task=task,
        window=window,
        request=_ints(rows).reshape(-1, 10),
        q_load=np.ascontiguousarray(loads[:, used]),
        words=goods.shape[2],
        q_goods=goods,
        q_companion_first=companion_first,
        q_companions=companion_list,
        q_allowed=allowed,
        vehicle=_ints([_vehicle_row(v, c) for v, c in zip(vehicles, classes, strict=True)]).reshape(-1, 14),
        v_capacity=np.ascontiguousarray(capacity[:, used]),
        **_choices(problem),
        near_first=near_first,
        near=near,
    )


def _choices(problem: Problem) -> dict[str, Ints]:
    """The tables of options and stocks."""
    options: list[list[int]] = [[] for _ in problem.requests]
    users: list[list[tuple[int, int]]] = [[] for _ in problem.stocks]
    takes: list[list[tuple[int, int]]] = []
    for index, r in enumerate(problem.requests):
        if r.instead_of is not None:
            options[r.instead_of] = [*(options[r.instead_of] or [r.instead_of]), index]
        takes.append([pair for pair in r.takes if pair[1]])
        for stock, units in takes[-1]:
            users[stock].append((index, units))
    option_first, listed = _csr(options)
    take_first = np.concatenate([[0], np.cumsum([len(x) for x in takes])]).astype(np.int64)
    user_first = np.concatenate([[0], np.cumsum([len(x) for x in users])])
    return {
        "option_first": option_first,
        "options": listed,
        "take_first": take_first,
        "takes": _ints([pair for x in takes for pair in x]).reshape(-1, 2),
        "stock": _ints(list(zip((*problem.stocks, 0), user_first.tolist(), strict=True))).reshape(-1, 2),
        "users": _ints([pair for x in users for pair in x]).reshape(-1, 2),
    }


def _request_row(problem: Problem, index: int, r: Request) -> tuple[int, ...]:
    lead = r if r.instead_of is None else problem.requests[r.instead_of]
    return (
        problem.mandatory_penalty if lead.penalty is None else lead.penalty,
        int(lead.penalty is None),
        -1 if r.with_visit is None else r.with_visit,
        BIG if r.longest_ride_s is None else r.longest_ride_s,
        -1 if r.stays_with is None else r.stays_with,
        0 if r.stays_with is None else r.move_cost,
        r.extra_cost,
        index if r.instead_of is None else r.instead_of,
    )


def _vehicle_row(v: Vehicle, kind: int) -> tuple[int, ...]:
    stops = BIG if v.max_stops is None else v.max_stops
    shift = (v.start_site, v.end_site, v.shift_start_s, v.shift_end_s, v.break_s, v.break_after_s)
    begun, fair = BIG if v.begun_s is None else v.begun_s, BIG if v.fair_s is None else v.fair_s
    return (*shift, v.fixed_cost, v.cost_per_m, v.cost_per_s, stops, kind, begun, fair, v.cost_per_s_over_fair)
