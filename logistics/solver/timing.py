"""The exact timetable of one route, all rules included.

Works on a route as ``seq`` (tasks in order) and ``cut`` (where each stop begins), see :mod:`logistics.solver.labels`. Every time is the
least solution of the route's difference constraints: where a later event forbids an early start (longest ride, a window at
the end site), the start's lower bound is raised and the route driven again until nothing moves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from logistics.solver.compiled import compiled, inlined
from logistics.solver.model import (
    BIG,
    Q_RIDE,
    T_DONE,
    T_FIRST,
    T_HANDLING,
    T_HOLD,
    T_SITE,
    V_BEGUN,
    V_BREAK,
    V_BREAK_AFTER,
    V_END,
    V_FAIR,
    V_FROM,
    V_OVER,
    V_PER_S,
    V_START,
    V_UNTIL,
    Arrays,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Tasks = NDArray[np.int32]

ARRIVE, START, LEAVE, FLOOR, SERVICE, CAP, LATE, KEPT = range(8)
"""Rows of the scratch table ``c``: times per stop, lower bound of the start, duration, latest start by ``latest_done_s``, end of
the windows in use, and the best start times so far."""


@inlined
def day_length(a: Arrays, v: int, depart: int, back: int) -> int:
    """Seconds from the departure, or from when the driver's day began if that was earlier, to the return."""
    return back - min(depart, a.vehicle[v, V_BEGUN])


@inlined
def price_of_time(a: Arrays, v: int, depart: int, back: int) -> int:
    """Cost of the paid time, and of what the driver's day is longer than his fair share. Who is on the road already is paid from when he is
    free."""
    since = a.vehicle[v, V_FROM] if a.vehicle[v, V_BEGUN] < BIG else depart
    over = max(day_length(a, v, depart, back) - a.vehicle[v, V_FAIR], 0)
    return (back - since) * a.vehicle[v, V_PER_S] + over * a.vehicle[v, V_OVER]


@compiled
def common_start(a: Arrays, seq: Tasks, first: int, last: int, at: int, cap: int) -> tuple[int, int]:
    """Earliest ``start >= at`` inside a window of every task in ``seq[first:last]`` and not after ``cap``, and how late the start may
    become without leaving these windows; ``(BIG, BIG)`` when there is none."""
    start = at
    while True:
        moved = False
        late = cap
        for p in range(first, last):
            t = seq[p]
            found = False
            for w in range(a.task[t, T_FIRST], a.task[t + 1, T_FIRST]):
                if a.window[w, 1] >= start:
                    if a.window[w, 0] > start:
                        start = a.window[w, 0]
                        moved = True
                    late = min(late, a.window[w, 1])
                    found = True
                    break
            if not found:
                return BIG, BIG
        if start > cap:
            return BIG, BIG
        if not moved:
            return start, late


@compiled
def _prepare(a: Arrays, v: int, n: int, cut: Tasks, seq: Tasks, c: Ints) -> None:
    for i in range(n + 2):
        service, done = 0, BIG
        for p in range(cut[i], cut[i + 1]):
            t = seq[p]
            if p == cut[i] and 0 < i <= n:
                service = a.setup[a.task[t, T_SITE]]
            if 0 < i <= n:
                service += a.task[t, T_HANDLING]
            done = min(done, a.task[t, T_DONE])
        c[SERVICE, i] = service
        c[CAP, i] = done - service
        c[FLOOR, i] = -BIG
    c[CAP, 0] = min(c[CAP, 0], a.vehicle[v, V_UNTIL])
    c[CAP, n + 1] = min(c[CAP, n + 1], a.vehicle[v, V_UNTIL])
    c[FLOOR, 0] = a.vehicle[v, V_FROM]


@compiled
def _drive(a: Arrays, v: int, n: int, cut: Tasks, seq: Tasks, c: Ints, pause_at: int) -> bool:
    """Earliest times for the floors in ``c``; False when some window is missed."""
    start, late = common_start(a, seq, cut[0], cut[1], c[FLOOR, 0], c[CAP, 0])
    if start >= BIG:
        return False
    c[ARRIVE, 0] = c[START, 0] = c[LEAVE, 0] = start
    c[LATE, 0] = late
    site = a.vehicle[v, V_START]
    for i in range(1, n + 2):
        here = a.vehicle[v, V_END] if i == n + 1 else a.task[seq[cut[i]], T_SITE]
        arrive = c[LEAVE, i - 1] + a.travel_s[site, here]
        ready = arrive + a.vehicle[v, V_BREAK] if i == pause_at else arrive
        start, late = common_start(a, seq, cut[i], cut[i + 1], max(ready, c[FLOOR, i]), c[CAP, i])
        if start >= BIG:
            return False
        leave = start
        if i <= n:
            leave = start + c[SERVICE, i]
            for p in range(cut[i], cut[i + 1]):
                leave = max(leave, a.task[seq[p], T_HOLD])
        c[ARRIVE, i], c[START, i], c[LEAVE, i], c[LATE, i] = arrive, start, leave, late
        site = here
    return True


@compiled
def _raise(a: Arrays, n: int, cut: Tasks, seq: Tasks, c: Ints) -> int:
    """Raise the floors that longest rides and a wait at the end site ask for: 0 nothing to raise, 1 raised, 2 impossible."""
    result = 0
    if c[ARRIVE, n + 1] < c[START, n + 1]:
        missing = c[START, n + 1] - c[ARRIVE, n + 1]
        if n > 0:
            c[FLOOR, n] = max(c[START, n], c[START, n + 1] - c[ARRIVE, n + 1] + c[LEAVE, n] - c[SERVICE, n])
        else:
            c[FLOOR, 0] = c[START, 0] + missing
        result = 1
    for j in range(1, n + 2):
        for p in range(cut[j], cut[j + 1]):
            t = seq[p]
            ride = a.request[t >> 1, Q_RIDE]
            if (t & 1) == 0 or ride >= BIG:
                continue
            for i in range(j):
                for o in range(cut[i], cut[i + 1]):
                    if seq[o] == t - 1 and c[START, j] - c[LEAVE, i] > ride:
                        floor = c[START, j] - ride - (c[SERVICE, i] if i > 0 else 0)
                        if floor > c[FLOOR, i]:
                            c[FLOOR, i] = floor
                            result = max(result, 1)
    return result


@compiled
def _settle(a: Arrays, v: int, n: int, cut: Tasks, seq: Tasks, c: Ints, pause_at: int) -> bool:
    """Earliest times that keep everything, for one place of the break (0: none)."""
    _prepare(a, v, n, cut, seq, c)
    for _ in range(200):
        if not _drive(a, v, n, cut, seq, c, pause_at):
            return False
        if _raise(a, n, cut, seq, c) == 0:
            return True
    return False


@compiled
def _latest_departure(a: Arrays, v: int, n: int, c: Ints, pause_at: int) -> int:
    """The latest departure that does not delay the return of the times in ``c``."""
    room = c[LATE, n + 1] - c[START, n + 1]
    slack = 0
    for i in range(n + 1, -1, -1):
        if i == n + 1:
            slack = 0
        elif i == 0:
            slack = min(slack, c[LATE, 0] - c[START, 0])
        else:
            held = c[LEAVE, i] - (c[START, i] + c[SERVICE, i])
            slack = min(held + slack, c[LATE, i] - c[START, i])
        if i > 0:
            pause = a.vehicle[v, V_BREAK] if i == pause_at else 0
            slack += c[START, i] - c[ARRIVE, i] - pause
    return c[START, 0] + (slack if room >= 0 else 0)


@compiled
def _attempt(a: Arrays, v: int, n: int, cut: Tasks, seq: Tasks, c: Ints, pause_at: int) -> bool:
    """Times in ``c`` with the earliest return and, for that, the latest departure; who is on the road already goes on at once."""
    if not _settle(a, v, n, cut, seq, c, pause_at):
        return False
    if a.vehicle[v, V_BEGUN] < BIG:
        return True
    depart = _latest_departure(a, v, n, c, pause_at)
    if depart > c[START, 0]:
        c[FLOOR, 0] = depart
        for _ in range(200):
            if not _drive(a, v, n, cut, seq, c, pause_at):
                return False
            if _raise(a, n, cut, seq, c) == 0:
                return True
        return False
    return True


@compiled
def timetable(a: Arrays, v: int, n: int, cut: Tasks, seq: Tasks, c: Ints) -> tuple[bool, int, int, int]:
    """(feasible, departure, return, stop of the break or 0); rows ARRIVE, START and LEAVE of ``c`` hold the times.

    Of the places for a needed break the one with the earliest return counts, then the shortest route, then the one
    nearest the middle of the day: the rest of a route that has begun has it where the whole had it.
    """
    if not _attempt(a, v, n, cut, seq, c, np.int64(0)):
        return False, 0, 0, 0
    depart, back = c[START, 0], c[START, n + 1]
    if a.vehicle[v, V_BREAK] <= 0 or day_length(a, v, depart, back) <= a.vehicle[v, V_BREAK_AFTER]:
        return True, depart, back, 0
    best = 0
    best_back, best_depart, best_off = BIG, -BIG, BIG
    for i in range(1, n + 1):
        if not _attempt(a, v, n, cut, seq, c, i):
            continue
        depart, back = c[START, 0], c[START, n + 1]
        off = abs(2 * c[ARRIVE, i] + a.vehicle[v, V_BREAK] - min(depart, a.vehicle[v, V_BEGUN]) - back)
        earlier = back < best_back
        same = back == best_back
        if earlier or (same and (depart > best_depart or (depart == best_depart and off < best_off))):
            best, best_back, best_depart, best_off = i, back, depart, off
    if best == 0:
        return False, 0, 0, 0
    _attempt(a, v, n, cut, seq, c, best)
    return True, best_depart, best_back, best
