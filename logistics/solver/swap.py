"""Two vehicles of different kinds exchange their routes: what a string of stops is too short for.

Which of several vehicles drives a tour is settled early in a search, by the heaviest load on it, and no run of a few stops can be moved that
would make the other way round worth while. So now and then whole routes change vehicles as they are; what may not ride on the other one
or does not fit goes back into the round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from logistics.solver.compiled import compiled
from logistics.solver.labels import LENGTH, R_DROP, STOPS, State, refresh
from logistics.solver.loop import Loop, save
from logistics.solver.model import Q_LEAD, V_CLASS, V_END, V_START, Arrays
from logistics.solver.ruin import mark, strip
from logistics.solver.scratch import random

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


@compiled
def swap(a: Arrays, s: State, w: Loop) -> int:
    """Exchange the routes of two vehicles drawn by chance; the number of requests that had to be taken out (in ``w.todo`` those they are
    options of), or -1 when nothing comes of it: the two are alike, or one's route cannot be driven by the other."""
    one, other = int(random(w.rng) * a.n_vehicles), int(random(w.rng) * a.n_vehicles)
    alike = a.vehicle[one, V_CLASS] == a.vehicle[other, V_CLASS]
    if alike or a.vehicle[one, V_START] != a.vehicle[other, V_START] or a.vehicle[one, V_END] != a.vehicle[other, V_END]:
        return -1
    if s.route[one, LENGTH] == 0 and s.route[other, LENGTH] == 0:
        return -1
    save(s, w, one)
    save(s, w, other)
    count = _mark_unfit(a, s, w, one, other, 0)
    count = _mark_unfit(a, s, w, other, one, count)
    fits = strip(a, s, one, w.gone) and strip(a, s, other, w.gone)
    for x in range(count):
        w.gone[w.todo[x]] = 0
        w.todo[x] = a.request[w.todo[x], Q_LEAD]
    if not fits:
        return -1
    _exchange(s, one, other)
    return count if refresh(a, s, one) and refresh(a, s, other) else -1


@compiled
def _mark_unfit(a: Arrays, s: State, w: Loop, r: int, taker: int, count: int) -> int:
    """Mark what of route ``r`` vehicle ``taker`` may not carry, and the biggest loads where it would have too much on board."""
    for p in range(s.route[r, LENGTH]):
        q = s.seq[r, p] >> 1
        if not a.q_allowed[q, taker]:
            count = mark(a, s, q, w.gone, w.todo, count)
    for z in range(a.zones):
        over = True
        while over:
            over = False
            load = 0
            for i in range(s.route[r, STOPS] + 2):
                for p in range(s.cut[r, i], s.cut[r, i + 1]):
                    t = s.seq[r, p]
                    if not w.gone[t >> 1]:
                        load += -a.q_load[t >> 1, z] if t & 1 else a.q_load[t >> 1, z]
                if load > a.v_capacity[taker, z]:
                    count = mark(a, s, _biggest(a, s, w, r, i, z), w.gone, w.todo, count)
                    over = True
                    break
    return count


@compiled
def _biggest(a: Arrays, s: State, w: Loop, r: int, i: int, z: int) -> int:
    """The heaviest load in zone ``z`` that is on board after stop ``i``."""
    found = -1
    for p in range(s.cut[r, i + 1]):
        t = s.seq[r, p]
        q = t >> 1
        if t & 1 or w.gone[q] or s.where[q, R_DROP] <= i:
            continue
        if found < 0 or a.q_load[q, z] > a.q_load[found, z]:
            found = q
    return int(found)


@compiled
def _exchange(s: State, one: int, other: int) -> None:
    for p in range(max(s.route[one, LENGTH], s.route[other, LENGTH])):
        s.seq[one, p], s.seq[other, p] = s.seq[other, p], s.seq[one, p]
    for i in range(max(s.route[one, STOPS], s.route[other, STOPS]) + 3):
        s.cut[one, i], s.cut[other, i] = s.cut[other, i], s.cut[one, i]
    for column in (LENGTH, STOPS):
        s.route[one, column], s.route[other, column] = s.route[other, column], s.route[one, column]
