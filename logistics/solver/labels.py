"""The state of the search and the cached labels that let a candidate be checked in constant time.

A route is its tasks in order (``seq``) cut into stops (``cut``): stop 0 is loading at the start site, stop ``n + 1`` unloading
at the end site, both may be empty; the ``n`` stops between cost time. Inside a stop unloading comes before loading.

A *label* (T, K, B) describes a route driven up to leaving a stop: leaving after a departure ``x <= B`` happens at
``max(T, x + K)``. So ``T`` is the earliest leave, ``K`` the time that is not waiting and ``B`` the latest departure. There are
two per stop: without (0) and with (1) the break taken. Backwards, an arrival ``a <= L`` at a stop leads to the return at
``max(R, a + K)``; again without (0) and with (1) a break still to come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from logistics.solver.compiled import compiled, inlined
from logistics.solver.model import (
    BIG,
    Q_ABOARD,
    Q_EXACT,
    Q_EXTRA,
    Q_MOVE,
    Q_STAYS,
    T_DONE,
    T_EARLY,
    T_HANDLING,
    T_HOLD,
    T_LATE,
    T_SITE,
    V_BREAK,
    V_BREAK_AFTER,
    V_END,
    V_FIXED,
    V_FROM,
    V_PER_M,
    V_START,
    V_STOPS,
    V_UNTIL,
    Arrays,
)
from logistics.solver.timing import day_length, price_of_time, timetable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


SITE, LEG, FT0, LATE, EARLY, DONE, SERVICE, HOLD, FK0, FB0, FT1, FK1, FB1, BR0, BL0, BR1, BL1, BK = range(18)
"""Columns of ``State.stop``: the stop itself (``LEG``: metres to the next one), the forward labels 0 and 1, the backward ones; first what
every candidate place looks at."""

LENGTH, STOPS, COUNTED, EXACT, METRES, MOVED, TIMED, R_COST, VERSION = range(9)
"""Columns of ``State.route``: tasks, timed stops, stops away from the depots, requests that need the exact timetable, metres, then costs:
of requests that moved here from another vehicle, of time, of the whole route; and a number that no other state of any route has."""

R_ROUTE, R_PICK, R_DROP = range(3)
"""Columns of ``State.where``: a request's route (-1: none) and the stops of its tasks."""


class State(NamedTuple):
    """One solution. Arrays run over vehicles (route = vehicle), then over stops or tasks."""

    seq: NDArray[np.int32]
    cut: NDArray[np.int32]
    stop: Ints
    load: Ints
    """What is on board after each stop."""
    board: Ints
    """Masks of the goods on board after each stop, as in ``Arrays.q_goods``."""
    route: Ints
    where: Ints
    scratch: NDArray[np.int32]
    scratch_cut: NDArray[np.int32]
    clock: Ints
    """Scratch of the exact timetable: rows of per-stop times."""
    added: Ints
    """For each route and site what ``nearby`` knows."""
    onward: Ints
    """Scratch: least metres for a delivery after each stop or later."""
    version: Ints
    """The last number given to a route's state."""


def new_state(a: Arrays) -> State:
    """An empty solution with room for every request on one route."""
    v, tasks = a.n_vehicles, 2 * a.n_requests + 2
    stops = tasks + 2
    where = np.zeros((a.n_requests, 3), dtype=np.int64)
    where[:, R_ROUTE] = -1
    state = State(
        seq=np.zeros((v, tasks), dtype=np.int32),
        cut=np.zeros((v, stops + 1), dtype=np.int32),
        stop=np.zeros((v, stops, 18), dtype=np.int64),
        load=np.zeros((v, stops, a.zones), dtype=np.int64),
        board=np.zeros((v, stops, a.words), dtype=np.int64),
        route=np.zeros((v, 9), dtype=np.int64),
        where=where,
        scratch=np.zeros(tasks, dtype=np.int32),
        scratch_cut=np.zeros(stops + 1, dtype=np.int32),
        clock=np.zeros((8, stops), dtype=np.int64),
        added=np.zeros((v, len(a.travel_m), 2), dtype=np.int64),
        onward=np.zeros(stops + 1, dtype=np.int64),
        version=np.zeros(1, dtype=np.int64),
    )
    for route in range(v):
        refresh(a, state, route)
    return state


@inlined
def push(t: int, k: int, b: int, travel: int, early: int, late: int, service: int, hold: int) -> tuple[bool, int, int, int]:
    """The label after driving ``travel`` and doing a stop; False when it opens too late for that."""
    arrive = t + travel
    if arrive > late:
        return False, BIG, 0, 0
    leave = max(max(arrive, early) + service, hold)
    return True, leave, k + travel + service, min(b, late - k - travel)


@inlined
def better(t: int, k: int, b: int, u: int, h: int, c: int) -> bool:
    """Whether label (t, k, b) is to be preferred to (u, h, c): earlier, then shorter."""
    if t != u:
        return t < u
    return min(b, t - k) > min(c, u - h)


@compiled
def refresh(a: Arrays, s: State, r: int) -> bool:
    """Rebuild everything cached about route ``r``; False when the route is not feasible."""
    n = s.route[r, STOPS]
    s.version[0] += 1
    s.route[r, VERSION] = s.version[0]
    if not _stops(a, s, r, n):
        s.stop[r, n + 1, BL0] = -BIG
        return s.route[r, LENGTH] == 0
    return retime(a, s, r, n)


@inlined
def retime(a: Arrays, s: State, r: int, n: int) -> bool:
    """Labels and costs of route ``r``, whose ``n`` stops are right; False when it is not feasible."""
    if not _forward(a, s, r, n):
        s.stop[r, n + 1, BL0] = -BIG
        return s.route[r, LENGTH] == 0
    _backward(a, s, r, n)
    return _totals(a, s, r, n)


@inlined
def _stops(a: Arrays, s: State, r: int, n: int) -> bool:
    feasible = True
    for z in range(a.zones):
        s.load[r, 0, z] = 0
    s.route[r, COUNTED], s.route[r, EXACT], s.route[r, MOVED] = 0, 0, 0
    for i in range(n + 2):
        if i == 0:
            site, early, late = a.vehicle[r, V_START], a.vehicle[r, V_FROM], a.vehicle[r, V_UNTIL]
        elif i == n + 1:
            site, early, late = a.vehicle[r, V_END], -BIG, a.vehicle[r, V_UNTIL]
        else:
            site, early, late = a.task[s.seq[r, s.cut[r, i]], T_SITE], -BIG, BIG
            if site not in (a.vehicle[r, V_START], a.vehicle[r, V_END]):
                s.route[r, COUNTED] += 1
        done, hold, service = BIG, -BIG, 0
        if 0 < i <= n:
            service = a.setup[site]
        if i > 0:
            for z in range(a.zones):
                s.load[r, i, z] = s.load[r, i - 1, z]
        for p in range(s.cut[r, i], s.cut[r, i + 1]):
            t = s.seq[r, p]
            early = max(early, a.task[t, T_EARLY])
            late = min(late, a.task[t, T_LATE])
            done = min(done, a.task[t, T_DONE])
            q = t >> 1
            if t & 1:
                s.where[q, R_DROP] = i
            else:
                s.where[q, R_PICK] = i
                s.where[q, R_ROUTE] = r
                s.route[r, EXACT] += a.request[q, Q_EXACT]
                s.route[r, MOVED] += a.request[q, Q_EXTRA]
                if a.request[q, Q_STAYS] != r:
                    s.route[r, MOVED] += a.request[q, Q_MOVE]
                feasible = feasible and (i == 0 or not a.request[q, Q_ABOARD])
            if 0 < i <= n:
                service += a.task[t, T_HANDLING]
                hold = max(hold, a.task[t, T_HOLD])
            for z in range(a.zones):
                if t & 1:
                    s.load[r, i, z] -= a.q_load[q, z]
                else:
                    s.load[r, i, z] += a.q_load[q, z]
        for z in range(a.zones):
            feasible = feasible and 0 <= s.load[r, i, z] <= a.v_capacity[r, z]
        s.stop[r, i, SITE] = site
        s.stop[r, i, EARLY] = early
        s.stop[r, i, LATE] = late
        s.stop[r, i, DONE] = done
        s.stop[r, i, SERVICE] = service
        s.stop[r, i, HOLD] = hold
        feasible = feasible and early <= min(late, done - service)
    if a.words > 0 and not kept_apart(a, s, r, n):
        return False
    return feasible and s.route[r, COUNTED] <= a.vehicle[r, V_STOPS]


@compiled
def kept_apart(a: Arrays, s: State, r: int, n: int) -> bool:
    """Fill ``board``; False when goods that must not meet are on board together. Deliveries of a stop come before its pickups, so
    nothing meets at a stop that is not together after it or after the one before."""
    for i in range(n + 2):
        for x in range(a.words):
            s.board[r, i, x] = 0
    apart = True
    for p in range(s.cut[r, n + 2]):
        q = s.seq[r, p] >> 1
        if not s.seq[r, p] & 1:
            continue
        for x in range(a.words):
            if a.q_goods[q, 0, x] == 0:
                continue
            for i in range(s.where[q, R_PICK], s.where[q, R_DROP]):
                apart = apart and not s.board[r, i, x] & a.q_goods[q, 1, x]
                s.board[r, i, x] |= a.q_goods[q, 0, x]
    return apart


@inlined
def _forward(a: Arrays, s: State, r: int, n: int) -> bool:
    pause = a.vehicle[r, V_BREAK]
    s.stop[r, 0, FT0], s.stop[r, 0, FK0], s.stop[r, 0, FB0] = (
        s.stop[r, 0, EARLY],
        0,
        min(s.stop[r, 0, LATE], s.stop[r, 0, DONE]),
    )
    s.stop[r, 0, FT1], s.stop[r, 0, FK1], s.stop[r, 0, FB1] = BIG, 0, 0
    metres = 0
    for i in range(1, n + 2):
        travel = a.travel_s[s.stop[r, i - 1, SITE], s.stop[r, i, SITE]]
        s.stop[r, i - 1, LEG] = a.travel_m[s.stop[r, i - 1, SITE], s.stop[r, i, SITE]]
        metres += s.stop[r, i - 1, LEG]
        early, service, hold = s.stop[r, i, EARLY], s.stop[r, i, SERVICE], s.stop[r, i, HOLD]
        late = min(s.stop[r, i, LATE], s.stop[r, i, DONE] - service)
        ok, t, k, b = push(
            s.stop[r, i - 1, FT0], s.stop[r, i - 1, FK0], s.stop[r, i - 1, FB0], travel, early, late, service, hold
        )
        if not ok:
            return False
        s.stop[r, i, FT0], s.stop[r, i, FK0], s.stop[r, i, FB0] = t, k, b
        ok1, t, k, b = push(
            s.stop[r, i - 1, FT1], s.stop[r, i - 1, FK1], s.stop[r, i - 1, FB1], travel, early, late, service, hold
        )
        if pause > 0 and i <= n:
            ok2, u, h, c = push(
                s.stop[r, i - 1, FT0],
                s.stop[r, i - 1, FK0],
                s.stop[r, i - 1, FB0],
                travel + pause,
                early,
                late,
                service,
                hold,
            )
            if ok2 and (not ok1 or better(u, h, c, t, k, b)):
                t, k, b = u, h, c
        s.stop[r, i, FT1], s.stop[r, i, FK1], s.stop[r, i, FB1] = t, k, b
    s.route[r, METRES] = metres
    return True


@inlined
def _backward(a: Arrays, s: State, r: int, n: int) -> None:
    pause = a.vehicle[r, V_BREAK]
    e = n + 1
    s.stop[r, e, BR0], s.stop[r, e, BL0], s.stop[r, e, BK] = (
        s.stop[r, e, EARLY],
        min(s.stop[r, e, LATE], s.stop[r, e, DONE]),
        0,
    )
    s.stop[r, e, BR1], s.stop[r, e, BL1] = BIG, -BIG
    for i in range(n, 0, -1):
        travel = a.travel_s[s.stop[r, i, SITE], s.stop[r, i + 1, SITE]]
        service = s.stop[r, i, SERVICE]
        late = min(s.stop[r, i, LATE], s.stop[r, i, DONE] - service)
        base = max(s.stop[r, i, EARLY] + service, s.stop[r, i, HOLD]) + travel
        tail = travel + service
        s.stop[r, i, BK] = tail + s.stop[r, i + 1, BK]
        s.stop[r, i, BR0] = max(s.stop[r, i + 1, BR0], base + s.stop[r, i + 1, BK])
        s.stop[r, i, BL0] = min(late, s.stop[r, i + 1, BL0] - tail) if base <= s.stop[r, i + 1, BL0] else -BIG
        s.stop[r, i, BR1], s.stop[r, i, BL1] = BIG, -BIG
        if pause > 0:
            if base <= s.stop[r, i + 1, BL1]:
                s.stop[r, i, BL1] = min(late, s.stop[r, i + 1, BL1] - tail)
                s.stop[r, i, BR1] = max(s.stop[r, i + 1, BR1], base + s.stop[r, i + 1, BK])
            if s.stop[r, i, BL0] > -BIG:
                s.stop[r, i, BL1] = max(s.stop[r, i, BL1], s.stop[r, i, BL0] - pause)
                s.stop[r, i, BR1] = min(s.stop[r, i, BR1], s.stop[r, i, BR0])
    s.stop[r, 0, BL1] = -BIG


@inlined
def _totals(a: Arrays, s: State, r: int, n: int) -> bool:
    e = n + 1
    if s.route[r, LENGTH] == 0:
        s.route[r, TIMED], s.route[r, R_COST], s.route[r, METRES] = 0, 0, 0
        return True
    back = s.stop[r, e, FT0]
    depart = min(s.stop[r, e, FB0], back - s.stop[r, e, FK0])
    if s.route[r, EXACT]:
        ok, depart, back, _pause = timetable(a, r, n, s.cut[r], s.seq[r], s.clock)
        if not ok:
            return False
    elif a.vehicle[r, V_BREAK] > 0 and day_length(a, r, depart, back) > a.vehicle[r, V_BREAK_AFTER]:
        if s.stop[r, e, FT1] >= BIG:
            return False
        back = s.stop[r, e, FT1]
        depart = min(s.stop[r, e, FB1], back - s.stop[r, e, FK1])
    s.route[r, TIMED] = price_of_time(a, r, depart, back)
    metres = s.route[r, METRES] * a.vehicle[r, V_PER_M]
    s.route[r, R_COST] = a.vehicle[r, V_FIXED] + metres + s.route[r, TIMED] + s.route[r, MOVED]
    return True
