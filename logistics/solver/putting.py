"""Putting a request into a route: only what it changes is worked out again.

The same as writing the route anew and ``labels.refresh``, which reads every task of the route; here its stops are enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from logistics.solver.compiled import compiled, inlined
from logistics.solver.insertion import DROP, DROP_NEW, PICK, PICK_NEW, ROUTE
from logistics.solver.labels import (
    COUNTED,
    DONE,
    EARLY,
    EXACT,
    HOLD,
    LATE,
    LENGTH,
    MOVED,
    R_DROP,
    R_PICK,
    R_ROUTE,
    SERVICE,
    SITE,
    STOPS,
    VERSION,
    State,
    kept_apart,
    retime,
)
from logistics.solver.model import (
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
    V_END,
    V_START,
    Arrays,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


@compiled
def insert(a: Arrays, s: State, q: int, best: Ints) -> bool:
    """Put request ``q`` at the place ``best``; False when the route is not feasible then."""
    r, i, j = best[ROUTE], best[PICK], best[DROP]
    i_new, j_new = best[PICK_NEW], best[DROP_NEW]
    n = s.route[r, STOPS]
    _make_room(s, r, n, i, i_new, j, j_new, q)
    here = i + i_new
    there = j + i_new + j_new
    s.where[q, R_ROUTE], s.where[q, R_PICK], s.where[q, R_DROP] = r, here, there
    s.route[r, LENGTH] += 2
    s.route[r, STOPS] = n = n + i_new + j_new
    s.version[0] += 1
    s.route[r, VERSION] = s.version[0]
    s.route[r, EXACT] += a.request[q, Q_EXACT]
    s.route[r, MOVED] += a.request[q, Q_EXTRA]
    if a.request[q, Q_STAYS] != r:
        s.route[r, MOVED] += a.request[q, Q_MOVE]
    for z in range(a.zones):
        if i_new:
            s.load[r, here, z] = s.load[r, here - 1, z]
        if j_new:
            s.load[r, there, z] = s.load[r, there - 1, z]
        for k in range(here, there):
            s.load[r, k, z] += a.q_load[q, z]
    _enter(a, s, r, n, here, i_new, 2 * q)
    _enter(a, s, r, n, there, j_new, 2 * q + 1)
    if a.words > 0 and not kept_apart(a, s, r, n):
        return False
    return retime(a, s, r, n)


@inlined
def _make_room(s: State, r: int, n: int, i: int, i_new: int, j: int, j_new: int, q: int) -> None:
    """Move on what comes after the pickup and the delivery, and put these between. A joining pickup goes to the end of its stop, a joining
    delivery to the front: in a stop deliveries come first."""
    pick = s.cut[r, i + 1]
    drop = s.cut[r, j + 1] if j_new else s.cut[r, j]
    for k in range(n + 1, i, -1):
        on = i_new + (j_new if k > j else 0)
        if on == 0:
            break
        for x in range(s.cut[r, k], s.cut[r, k + 1]):
            t = s.seq[r, x]
            s.where[t >> 1, R_DROP if t & 1 else R_PICK] = k + on
        for column in (SITE, EARLY, LATE, DONE, SERVICE, HOLD):
            s.stop[r, k + on, column] = s.stop[r, k, column]
        for z in range(s.load.shape[2]):
            s.load[r, k + on, z] = s.load[r, k, z]
    for k in range(n + 2, i, -1):
        s.cut[r, k + i_new + (j_new if k > j else 0)] = s.cut[r, k] + (2 if k > j else 1)
    if i_new:
        s.cut[r, i + 1] = pick
    if j_new:
        s.cut[r, j + 1 + i_new] = drop + 1
    for x in range(s.route[r, LENGTH] - 1, drop - 1, -1):
        s.seq[r, x + 2] = s.seq[r, x]
    s.seq[r, drop + 1] = 2 * q + 1
    for x in range(drop - 1, pick - 1, -1):
        s.seq[r, x + 1] = s.seq[r, x]
    s.seq[r, pick] = 2 * q


@inlined
def _enter(a: Arrays, s: State, r: int, n: int, k: int, new: int, t: int) -> None:
    """Task ``t`` into stop ``k``, which is only for it if it is ``new``."""
    site = a.task[t, T_SITE]
    if new:
        s.stop[r, k, SITE] = site
        s.stop[r, k, EARLY], s.stop[r, k, LATE], s.stop[r, k, DONE] = a.task[t, T_EARLY], a.task[t, T_LATE], a.task[t, T_DONE]
        s.stop[r, k, SERVICE], s.stop[r, k, HOLD] = a.setup[site] + a.task[t, T_HANDLING], a.task[t, T_HOLD]
        if site not in (a.vehicle[r, V_START], a.vehicle[r, V_END]):
            s.route[r, COUNTED] += 1
        return
    s.stop[r, k, EARLY] = max(s.stop[r, k, EARLY], a.task[t, T_EARLY])
    s.stop[r, k, LATE] = min(s.stop[r, k, LATE], a.task[t, T_LATE])
    s.stop[r, k, DONE] = min(s.stop[r, k, DONE], a.task[t, T_DONE])
    if 0 < k <= n:
        s.stop[r, k, SERVICE] += a.task[t, T_HANDLING]
        s.stop[r, k, HOLD] = max(s.stop[r, k, HOLD], a.task[t, T_HOLD])
