"""The cheapest feasible place for a request.

Cost first: only a candidate cheaper than the best so far is checked in time, and that in constant time from the labels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from logistics.solver.compiled import compiled, inlined
from logistics.solver.labels import (
    BK,
    BL0,
    BL1,
    BR0,
    BR1,
    COUNTED,
    DONE,
    EARLY,
    EXACT,
    FB0,
    FB1,
    FK0,
    FK1,
    FT0,
    FT1,
    HOLD,
    LATE,
    LEG,
    LENGTH,
    R_DROP,
    R_ROUTE,
    SERVICE,
    SITE,
    STOPS,
    TIMED,
    State,
    better,
    push,
)
from logistics.solver.model import (
    BIG,
    Q_ABOARD,
    Q_EXACT,
    Q_EXTRA,
    Q_MOVE,
    Q_PENALTY,
    Q_STAYS,
    Q_VISIT,
    T_DONE,
    T_EARLY,
    T_HANDLING,
    T_HOLD,
    T_LATE,
    T_SITE,
    V_BREAK,
    V_BREAK_AFTER,
    V_CLASS,
    V_END,
    V_FIXED,
    V_PER_M,
    V_START,
    V_STOPS,
    Arrays,
)
from logistics.solver.nearby import least_added_by, look_onward, too_late
from logistics.solver.scratch import random
from logistics.solver.timing import day_length, price_of_time, timetable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

COST, ROUTE, PICK, PICK_NEW, DROP, DROP_NEW, WHO = range(7)
"""Fields of a place, for the request ``WHO``.
``PICK``/``DROP`` name the stop to join, or with ``*_NEW`` the stop after which a new one is made."""

T0, K0, B0, T1, K1, B1 = range(6)

KIND, LOOKED = range(2)
"""Rows of the marks that ``find`` leaves: kinds of unused vehicles tried, routes tried."""
FEW, CLOSE, FAR_RATE = 20, 40, 0.1
"""With more than so many vehicles, so many nearest tasks name the routes that are tried first; when one of them has room, the others are
tried only so often."""


@inlined
def _advance(a: Arrays, r: int, now: Ints, out: Ints, travel: int, early: int, late: int, service: int, hold: int) -> bool:
    """Both labels ``now`` driven through one stop into ``out``."""
    ok, t, k, b = push(now[T0], now[K0], now[B0], travel, early, late, service, hold)
    if not ok:
        return False
    ok1, t1, k1, b1 = push(now[T1], now[K1], now[B1], travel, early, late, service, hold)
    pause = a.vehicle[r, V_BREAK]
    if pause > 0:
        ok2, u, h, c = push(now[T0], now[K0], now[B0], travel + pause, early, late, service, hold)
        if ok2 and (not ok1 or better(u, h, c, t1, k1, b1)):
            t1, k1, b1 = u, h, c
    out[T0], out[K0], out[B0], out[T1], out[K1], out[B1] = t, k, b, t1, k1, b1
    return True


@inlined
def _read(s: State, r: int, i: int, out: Ints) -> None:
    out[T0], out[K0], out[B0] = s.stop[r, i, FT0], s.stop[r, i, FK0], s.stop[r, i, FB0]
    out[T1], out[K1], out[B1] = s.stop[r, i, FT1], s.stop[r, i, FK1], s.stop[r, i, FB1]


@inlined
def _joined(a: Arrays, s: State, r: int, i: int, t: int) -> tuple[int, int, int, int]:
    """(early, late, service, hold) of stop ``i`` with task ``t`` in it; early > late when it cannot join."""
    timed = 0 < i <= s.route[r, STOPS]
    service = s.stop[r, i, SERVICE] + (a.task[t, T_HANDLING] if timed else 0)
    hold = max(s.stop[r, i, HOLD], a.task[t, T_HOLD]) if timed else -BIG
    early = max(s.stop[r, i, EARLY], a.task[t, T_EARLY])
    late = min(min(s.stop[r, i, LATE], a.task[t, T_LATE]), min(s.stop[r, i, DONE], a.task[t, T_DONE]) - service)
    return early, late, service, hold


@inlined
def _pick_up(a: Arrays, s: State, r: int, t: int, i: int, new: int, out: Ints, tmp: Ints) -> bool:
    """Labels after the pickup ``t`` in stop ``i`` or in a new stop after it."""
    if new:
        site = a.task[t, T_SITE]
        service = a.setup[site] + a.task[t, T_HANDLING]
        _read(s, r, i, tmp)
        late = min(a.task[t, T_LATE], a.task[t, T_DONE] - service)
        if a.task[t, T_EARLY] > late:
            return False
        return _advance(
            a, r, tmp, out, a.travel_s[s.stop[r, i, SITE], site], a.task[t, T_EARLY], late, service, a.task[t, T_HOLD]
        )
    early, late, service, hold = _joined(a, s, r, i, t)
    if early > late:
        return False
    if i == 0:
        out[T0], out[K0], out[B0] = early, 0, late
        out[T1], out[K1], out[B1] = BIG, 0, 0
        return True
    _read(s, r, i - 1, tmp)
    return _advance(a, r, tmp, out, a.travel_s[s.stop[r, i - 1, SITE], s.stop[r, i, SITE]], early, late, service, hold)


@inlined
def _finish(a: Arrays, s: State, r: int, now: Ints, site: int, i: int, exact: bool) -> int:
    """Cost of the route's time when it goes from labels ``now`` at ``site`` on through stop ``i`` to its end; BIG if too late. With ``exact``
    a break is left to the exact timetable."""
    travel = a.travel_s[site, s.stop[r, i, SITE]]
    late, tail = s.stop[r, i, BL0], s.stop[r, i, BK]
    arrive = now[T0] + travel
    if arrive > late:
        return BIG
    back = max(s.stop[r, i, BR0], arrive + tail)
    k = now[K0] + travel
    depart = min(min(now[B0], late - k), back - k - tail)
    if a.vehicle[r, V_BREAK] <= 0 or exact or day_length(a, r, depart, back) <= a.vehicle[r, V_BREAK_AFTER]:
        return price_of_time(a, r, depart, back)
    best = BIG
    if now[T1] + travel <= late:
        k = now[K1] + travel
        back = max(s.stop[r, i, BR0], now[T1] + travel + tail)
        best = price_of_time(a, r, min(min(now[B1], late - k), back - k - tail), back)
    late = s.stop[r, i, BL1]
    if arrive <= late:
        k = now[K0] + travel
        tail += a.vehicle[r, V_BREAK]
        back = max(s.stop[r, i, BR1], arrive + tail)
        best = min(best, price_of_time(a, r, min(min(now[B0], late - k), back - k - tail), back))
    return best


@inlined
def _finish_joined(a: Arrays, s: State, r: int, now: Ints, site: int, i: int, t: int, exact: bool, tmp: Ints) -> int:
    """As ``_finish``, with the delivery ``t`` joining stop ``i``."""
    early, late, service, hold = _joined(a, s, r, i, t)
    if early > late:
        return BIG
    travel = a.travel_s[site, s.stop[r, i, SITE]]
    n = s.route[r, STOPS]
    if i <= n:
        if not _advance(a, r, now, tmp, travel, early, late, service, hold):
            return BIG
        return _finish(a, s, r, tmp, s.stop[r, i, SITE], i + 1, exact)
    arrive = now[T0] + travel
    if arrive > late:
        return BIG
    k = now[K0] + travel
    back = max(arrive, early)
    depart = min(min(now[B0], late - k), back - k)
    if a.vehicle[r, V_BREAK] <= 0 or exact or day_length(a, r, depart, back) <= a.vehicle[r, V_BREAK_AFTER]:
        return price_of_time(a, r, depart, back)
    if now[T1] + travel > late:
        return BIG
    k = now[K1] + travel
    back = max(now[T1] + travel, early)
    return price_of_time(a, r, min(min(now[B1], late - k), back - k), back)


@inlined
def _fits(a: Arrays, s: State, r: int, i: int, q: int) -> bool:
    """Whether what is on board after stop ``i`` leaves room for request ``q`` and may ride with it."""
    for z in range(a.zones):
        if s.load[r, i, z] + a.q_load[q, z] > a.v_capacity[r, z]:
            return False
    for x in range(a.words):
        if s.board[r, i, x] & a.q_goods[q, 1, x]:
            return False
    return True


@compiled
def _exact_cost(a: Arrays, s: State, r: int, q: int, i: int, i_new: int, j: int, j_new: int, metres: int) -> int:
    """Cost change by the exact timetable of the changed route; BIG when it does not hold."""
    n = write(s, r, q, i, i_new, j, j_new, s.scratch, s.scratch_cut)
    ok, depart, back, _pause = timetable(a, r, n, s.scratch_cut, s.scratch, s.clock)
    if not ok:
        return BIG
    return metres * a.vehicle[r, V_PER_M] + price_of_time(a, r, depart, back) - s.route[r, TIMED]


@inlined
def try_route(a: Arrays, s: State, r: int, q: int, only: int, blink: float, rng: NDArray[np.uint64], best: Ints, w: Ints) -> None:
    """Update ``best`` with the cheapest place of request ``q`` on route ``r`` (delivery in stop ``only`` if that is not -1)."""
    p, d = 2 * q, 2 * q + 1
    fixed = a.request[q, Q_EXTRA] + (a.request[q, Q_MOVE] if a.request[q, Q_STAYS] != r else 0)
    if s.route[r, LENGTH] == 0:
        fixed += a.vehicle[r, V_FIXED] + a.travel_m[a.vehicle[r, V_START], a.vehicle[r, V_END]] * a.vehicle[r, V_PER_M]
    if fixed >= best[COST]:
        return
    per_m = a.vehicle[r, V_PER_M]
    if fixed + least_added_by(a, s, r, q) * per_m >= best[COST]:
        return
    n, here, there = s.route[r, STOPS], a.task[p, T_SITE], a.task[d, T_SITE]
    metres, metres_to = a.travel_m[here], a.metres_to[here]
    last = 0 if a.request[q, Q_ABOARD] else n if only < 0 else only - 1
    look_onward(a, s, r, there)
    for i in range(last + 1):
        if s.stop[r, i, FT0] > a.task[p, T_LATE] and i > 0 and s.stop[r, i, SITE] != here:
            break
        after = s.stop[r, i + 1, SITE]
        for new in range(2):
            if new == 0:
                if s.stop[r, i, SITE] != here:
                    continue
                extra, least = np.int64(0), s.onward[i]
            else:
                if i == 0 and s.stop[r, 0, SITE] == here:
                    continue
                extra = metres_to[s.stop[r, i, SITE]] + metres[after] - s.stop[r, i, LEG]
                least = extra
                if after != there:
                    least += min(s.onward[i + 1], metres[there] + a.travel_m[there, after] - metres[after])
                if fixed + least * per_m >= best[COST]:
                    continue
                if s.stop[r, i, SITE] == here or (after == here and i < n):
                    k = i if s.stop[r, i, SITE] == here else i + 1
                    early, late, _service, _hold = _joined(a, s, r, k, p)
                    if early <= late:
                        continue
                if too_late(a, s, r, i, p):
                    continue
                if (
                    s.route[r, COUNTED] + 1 > a.vehicle[r, V_STOPS]
                    and here != a.vehicle[r, V_START]
                    and here != a.vehicle[r, V_END]
                ):
                    continue
            if fixed + least * per_m >= best[COST] or not _fits(a, s, r, i, q):
                continue
            if blink > 0.0 and random(rng) < blink:
                continue
            _drops(a, s, r, q, i, new, extra, fixed, only, here, there, d, blink, rng, best, w)


@inlined
def _drops(
    a: Arrays, s: State, r: int, q: int, i: int, new: int, extra: int, fixed: int, only: int, here: int, there: int,
    d: int, blink: float, rng: NDArray[np.uint64], best: Ints, w: Ints,
) -> None:  # fmt: skip
    """All places of the delivery for one place of the pickup."""
    n, per_m, metres, metres_to = s.route[r, STOPS], a.vehicle[r, V_PER_M], a.travel_m[there], a.metres_to[there]
    now, tmp = w[0], w[1]
    exact = s.route[r, EXACT] > 0 or a.request[q, Q_EXACT] > 0
    reached = -1
    last = n if only < 0 else only - 1
    stops = s.route[r, COUNTED]
    if new and here != a.vehicle[r, V_START] and here != a.vehicle[r, V_END]:
        stops += 1
    room = stops < a.vehicle[r, V_STOPS] or there == a.vehicle[r, V_START] or there == a.vehicle[r, V_END]
    for k in range(i, last + 1):
        if (k > i or not new) and fixed + (extra + s.onward[k]) * per_m >= best[COST]:
            return
        if k > i and not _fits(a, s, r, k, q):
            return
        site = here if k == i and new else s.stop[r, k, SITE]
        if s.stop[r, k, FT0] > a.task[d, T_LATE] and k > 0 and s.stop[r, k, SITE] != there:
            return
        for fresh in range(2):
            after = s.stop[r, k + 1, SITE]
            if fresh == 0:
                if after != there or (only >= 0 and k + 1 != only):
                    continue
                total = extra
            else:
                if only >= 0 or not room or (k == n and after == there):
                    continue
                leg = a.travel_m[here, after] if k == i and new else s.stop[r, k, LEG]
                total = extra + metres_to[site] + metres[after] - leg
                if fixed + total * per_m >= best[COST]:
                    continue
                if k == i and site == there:
                    continue
                if k > i and site == there:
                    early, late, _service, _hold = _joined(a, s, r, k, d)
                    if early <= late:
                        continue
                if after == there:
                    early, late, _service, _hold = _joined(a, s, r, k + 1, d)
                    if early <= late:
                        continue
            if fixed + total * per_m >= best[COST]:
                continue
            if fresh and (k > i or not new) and too_late(a, s, r, k, d):
                continue
            if blink > 0.0 and random(rng) < blink:
                continue
            while reached < k:
                if reached < 0:
                    if not _pick_up(a, s, r, d - 1, i, new, now, tmp):
                        return
                    reached = i
                else:
                    x = here if reached == i and new else s.stop[r, reached, SITE]
                    reached += 1
                    service = s.stop[r, reached, SERVICE]
                    late = min(s.stop[r, reached, LATE], s.stop[r, reached, DONE] - service)
                    travel = a.travel_s[x, s.stop[r, reached, SITE]]
                    if not _advance(a, r, now, now, travel, s.stop[r, reached, EARLY], late, service, s.stop[r, reached, HOLD]):
                        return
            if fresh == 0:
                timed = _finish_joined(a, s, r, now, site, k + 1, d, exact, tmp)
            else:
                service = a.setup[there] + a.task[d, T_HANDLING]
                late = min(a.task[d, T_LATE], a.task[d, T_DONE] - service)
                if a.task[d, T_EARLY] > late:
                    return
                if not _advance(a, r, now, tmp, a.travel_s[site, there], a.task[d, T_EARLY], late, service, a.task[d, T_HOLD]):
                    continue
                timed = _finish(a, s, r, tmp, there, k + 1, exact)
            if timed >= BIG:
                continue
            cost = fixed + total * per_m
            if exact:
                change = _exact_cost(a, s, r, q, i, new, k + 1 if fresh == 0 else k, fresh, total)
                if change >= BIG:
                    continue
                cost = fixed + change
            else:
                cost += timed - s.route[r, TIMED]
            if cost < best[COST]:
                best[COST], best[ROUTE], best[PICK], best[PICK_NEW] = cost, r, i, new
                best[DROP], best[DROP_NEW] = (k + 1 if fresh == 0 else k), fresh


@compiled
def write(
    s: State, r: int, q: int, i: int, i_new: int, j: int, j_new: int, seq: NDArray[np.int32], cut: NDArray[np.int32]
) -> int:
    """Route ``r`` with request ``q`` at the given place, into ``seq`` and ``cut``; returns its number of timed stops.

    In a stop deliveries come first, so a joining delivery goes to its front and a joining pickup to its end.
    """
    n = s.route[r, STOPS]
    at, stop = 0, 0
    for k in range(n + 2):
        cut[stop] = at
        stop += 1
        if k == j and not j_new:
            seq[at] = 2 * q + 1
            at += 1
        for p in range(s.cut[r, k], s.cut[r, k + 1]):
            seq[at] = s.seq[r, p]
            at += 1
        if k == i and not i_new:
            seq[at] = 2 * q
            at += 1
        if k == i and i_new:
            cut[stop] = at
            stop += 1
            seq[at] = 2 * q
            at += 1
        if k == j and j_new:
            cut[stop] = at
            stop += 1
            seq[at] = 2 * q + 1
            at += 1
    cut[stop] = at
    return stop - 2


@inlined
def find(
    a: Arrays, s: State, q: int, fleet: int, blink: float, rng: NDArray[np.uint64], best: Ints, w: Ints,
    seen: Ints, stamp: int, changed: Ints, since: int, bound: int,
) -> bool:  # fmt: skip
    """The cheapest place of ``q`` over all routes that have changed ``since`` into ``best``, if there is one below ``bound``; with
    ``fleet`` no unused vehicle is taken. Without ``blink`` no route is left out."""
    best[COST] = bound
    visit = a.request[q, Q_VISIT]
    if visit >= 0:
        r = s.where[visit, R_ROUTE]
        if r >= 0 and a.q_allowed[q, r]:
            try_route(a, s, r, q, s.where[visit, R_DROP], blink, rng, best, w)
        return best[COST] < bound
    # of many routes those of its neighbours first: a good place found early saves looking closely at all the others
    t = 2 * q + 1 if a.near_first[2 * q + 2] > a.near_first[2 * q + 1] else 2 * q
    near, close = a.near_first[t], min(CLOSE, a.near_first[t + 1] - a.near_first[t]) if a.n_vehicles > FEW else 0
    for x in range(close + a.n_vehicles):
        if x == close > 0 and blink > 0.0 and best[COST] < a.request[q, Q_PENALTY] and random(rng) > FAR_RATE:
            break
        r = s.where[a.near[near + x] >> 1, R_ROUTE] if x < close else x - close
        if r < 0 or seen[LOOKED, r] == stamp or changed[r] < since or not a.q_allowed[q, r]:
            continue
        seen[LOOKED, r] = stamp
        if s.route[r, LENGTH] == 0:
            if fleet or seen[KIND, a.vehicle[r, V_CLASS]] == stamp:
                continue
            seen[KIND, a.vehicle[r, V_CLASS]] = stamp
        try_route(a, s, r, q, np.int64(-1), blink, rng, best, w)
    return best[COST] < bound
