"""The compiled search loop: ruin, recreate, accept or take back.

Costs are integers: routes plus the penalties of absent requests. ``run`` works on one solution for a number of rounds; everything
it needs lives in arrays, so several threads can run it at once, each on its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from logistics.solver.compiled import compiled, inlined
from logistics.solver.insertion import COST as PLACE_COST
from logistics.solver.insertion import ROUTE, WHO, find
from logistics.solver.labels import LENGTH, R_COST, R_ROUTE, State
from logistics.solver.loop import (
    ABSENT,
    BEST,
    CLOSED,
    COST,
    FAILED,
    FLEET,
    ROUNDS,
    SEEN,
    STAMP,
    Loop,
    keep_best,
    recount,
    save,
    take_back,
)
from logistics.solver.model import BIG, Q_EXTRA, Q_LEAD, Q_MANDATORY, Q_PENALTY, Q_VISIT, Arrays
from logistics.solver.options import in_stock, served
from logistics.solver.pool import Pool, remember
from logistics.solver.putting import insert
from logistics.solver.ruin import choose, mark, strip
from logistics.solver.scratch import random
from logistics.solver.swap import swap

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

BLINK = 0.01
MIXED_RATE = 0.2
STAKE_RATE = 0.1
SWAP_RATE = 0.01
"""Where there are several kinds of vehicles: so many rounds let two of them exchange their routes."""
LEVEL = 1e20
"""Distance between the classes of a sort key, above any key."""
MOST_MANDATORY = 60
OLD_ABSENT, OLD_OPTIONS_RATE = 12, 0.2
"""So many of the requests that were absent before a round are tried again in it; those with options not each time."""


@inlined
def _sort(a: Arrays, w: Loop, count: int, fleet: int) -> None:
    """Put ``todo`` into the order of insertion: visits, then mandatory, then the rest (now and then these two together), each by one
    of several keys."""
    kind = random(w.rng) * 13.0
    for x in range(count):
        q = w.todo[x]
        if kind < 4.0:
            k = random(w.rng)
        elif kind < 8.0:
            k = -w.share[q]
        elif kind < 9.5:
            k = -w.far[q]
        elif kind < 10.5:
            k = w.far[q]
        elif kind < 12.0:
            k = w.narrow[q]
        else:
            k = -float(a.request[q, Q_PENALTY]) / (w.share[q] + 0.01) + random(w.rng)
        w.key[x] = k
    if fleet and random(w.rng) < 0.5:
        for x in range(count):
            w.key[x] = -float(w.misses[w.todo[x]])
    mixed = random(w.rng) < MIXED_RATE
    for x in range(count):
        w.key[x] += (1.0 if mixed and w.rank[w.todo[x]] > 1.0 else w.rank[w.todo[x]]) * LEVEL
    _shell(w.key, w.todo, count)


@inlined
def _shell(key: NDArray[np.float64], item: Ints, count: int) -> None:
    """Sort ``item[:count]`` by ``key``, in place."""
    gap = count // 2
    while gap > 0:
        for x in range(gap, count):
            k, q = key[x], item[x]
            y = x
            while y >= gap and key[y - gap] > k:
                key[y], item[y] = key[y - gap], item[y - gap]
                y -= gap
            key[y], item[y] = k, q
        gap //= 2


@inlined
def _collect(a: Arrays, s: State, w: Loop, removed: int, everything: int) -> int:
    """``todo``: what this round removed (already there) and some of what was absent before (``listed`` negative)."""
    count = removed
    stamp = w.number[STAMP]
    for x in range(count):
        w.listed[w.todo[x]] = stamp
    absent = w.number[ABSENT]
    tries = absent if everything else min(absent, OLD_ABSENT)
    for x in range(absent + tries):
        if x < absent:
            # what must be served is tried in every round
            if everything or a.request[w.absent[x], Q_MANDATORY] == 0 or x >= MOST_MANDATORY:
                continue
            q = w.absent[x]
        elif absent <= OLD_ABSENT or everything:
            q = w.absent[x - absent]
        else:
            q = w.absent[int(random(w.rng) * absent)]
        if abs(w.listed[q]) == stamp:
            continue
        if not everything and a.option_first[q] < a.option_first[q + 1] and random(w.rng) > OLD_OPTIONS_RATE:
            continue  # each of its options would be looked at on every route
        w.listed[q] = -stamp
        w.todo[count] = q
        count += 1
        for y in range(a.q_companion_first[q], a.q_companion_first[q + 1]):
            c = a.q_companions[y]
            if abs(w.listed[c]) != stamp and s.where[c, R_ROUTE] < 0:
                w.listed[c] = stamp
                w.todo[count] = c
                count += 1
    return count


@compiled
def _stake(a: Arrays, w: Loop, count: int) -> float:
    """How much a round may lose on single requests: some part of what all optional ones in ``todo`` cost when left out."""
    total = 0.0
    for x in range(count):
        if a.request[w.todo[x], Q_MANDATORY] == 0:
            total += float(a.request[w.todo[x], Q_PENALTY])
    return total * random(w.rng)


@inlined
def find_any(a: Arrays, s: State, w: Loop, q: int, fleet: int, blink: float) -> bool:
    """The cheapest place of ``q`` or one of its options into ``w.place`` (see ``find``); what found none before is not looked at again
    where nothing has changed, unless stocks may have."""
    bound, who = np.int64(BIG), np.int64(-1)
    first, last = a.option_first[q], a.option_first[q + 1]
    since = w.tried[q] if first == last else np.int64(0)
    for x in range(first, max(last, first + 1)):
        m = a.options[x] if first < last else q
        if a.request[m, Q_EXTRA] >= bound or not in_stock(a, s, m):
            continue
        w.number[SEEN] += 1
        if find(a, s, m, fleet, blink, w.rng, w.place, w.labels, w.seen, w.number[SEEN], w.changed, since, bound):
            bound, who = w.place[PLACE_COST], m
    w.place[PLACE_COST], w.place[WHO] = bound, who
    return who >= 0


@inlined
def _recreate(a: Arrays, s: State, w: Loop, count: int, fleet: int, blink: float) -> bool:
    """Insert ``todo`` greedily; False when a route went wrong (it never should)."""
    _sort(a, w, count, fleet)
    stake = -1.0
    w.number[FAILED] = 0
    for x in range(count):
        q = w.todo[x]
        # what was absent before is looked at thoroughly, so that a place without room need not be looked at again
        old = w.listed[q] == -w.number[STAMP]
        overlook = 0.0 if old else blink
        if find_any(a, s, w, q, fleet, overlook):
            # leaving an optional request out can be cheaper than carrying it, unless others come along later in the round
            loss = float(w.place[PLACE_COST] - a.request[q, Q_PENALTY])
            if loss >= 0.0:
                if stake < 0.0:
                    stake = _stake(a, w, count) if blink > 0.0 and random(w.rng) < STAKE_RATE else 0.0
                if loss >= stake:
                    continue
                stake -= loss
            save(s, w, w.place[ROUTE])
            if not insert(a, s, w.place[WHO], w.place):
                return False
        elif old and a.request[q, Q_VISIT] < 0 and a.take_first[q] == a.take_first[q + 1]:
            w.failed[w.number[FAILED]] = q
            w.number[FAILED] += 1
    return True


@compiled
def construct(a: Arrays, s: State, w: Loop) -> bool:
    """Insert everything that is absent, greedily; the result is the best solution if it is cheaper than the one kept."""
    w.number[STAMP] += 1
    count = _collect(a, s, w, np.int64(0), np.int64(1))
    ok = _recreate(a, s, w, count, np.int64(0), 0.0)
    if not ok:
        take_back(a, s, w)
    recount(a, s, w)
    if w.number[COST] < w.number[BEST]:
        keep_best(a, s, w)
    return ok


@compiled
def close_route(a: Arrays, s: State, w: Loop) -> bool:
    """Empty the route whose requests were missed least (fleet phase); False when no route is left."""
    chosen, least = np.int64(-1), np.int64(BIG)
    for r in range(a.n_vehicles):
        if s.route[r, LENGTH] == 0:
            continue
        total = 0
        for p in range(s.route[r, LENGTH]):
            if s.seq[r, p] & 1:
                total += w.misses[a.request[s.seq[r, p] >> 1, Q_LEAD]]
        if total < least:
            chosen, least = r, total
    if chosen < 0:
        return False
    count = np.int64(0)
    for p in range(s.route[chosen, LENGTH]):
        count = mark(a, s, s.seq[chosen, p] >> 1, w.gone, w.todo, count)
    strip(a, s, chosen, w.gone)
    for x in range(count):
        w.gone[w.todo[x]] = 0
    recount(a, s, w)
    return True


@compiled
def _missed(w: Loop) -> int:
    total = 0
    for x in range(w.number[ABSENT]):
        total += w.misses[w.absent[x]]
    return total


@inlined
def _ruin(a: Arrays, s: State, w: Loop) -> int:
    """Remove strings; the number of removed requests (in ``todo``), or -1 when the rest is not feasible."""
    stamp = w.number[STAMP]
    count = choose(a, s, w.rng, w.gone, w.ruined, stamp, w.todo, w.absent, w.number[ABSENT], w.focus)
    for x in range(count):
        save(s, w, s.where[w.todo[x], R_ROUTE])
    ok = True
    for r in range(a.n_vehicles):
        if w.touched[r] == stamp and not strip(a, s, r, w.gone):
            ok = False
    for x in range(count):
        w.gone[w.todo[x]] = 0
        w.todo[x] = a.request[w.todo[x], Q_LEAD]
    return count if ok else -1


@compiled
def _undo(a: Arrays, s: State, w: Loop, absent: int) -> None:
    take_back(a, s, w)
    w.number[ABSENT] = absent
    for x in range(absent):
        w.absent[x] = w.o_absent[x]


@inlined
def _count_absent(a: Arrays, s: State, w: Loop, removed: int) -> int:
    """Bring the absent list up to date after a round; returns the penalties."""
    before = w.number[ABSENT]
    count, penalty = 0, 0
    for x in range(before):
        q = w.absent[x]
        if not served(a, s, q):
            w.absent[count] = q
            count += 1
            penalty += a.request[q, Q_PENALTY]
    for x in range(removed):
        q = w.listed[a.n_requests + x]
        if not served(a, s, q):
            w.absent[count] = q
            count += 1
            penalty += a.request[q, Q_PENALTY]
    w.number[ABSENT] = count
    return penalty


@compiled
def run(a: Arrays, s: State, w: Loop, pool: Pool, rounds: int, hot: float, cold: float, fleet: int) -> int:
    """Do ``rounds`` rounds, the temperature falling from ``hot`` to ``cold``; returns the rounds done.

    ``fleet`` 0: unused vehicles may be taken; 1: they may not; 2: they may not, and whenever nothing is absent the solution is kept
    and one more route is closed (ends early when it closed the last one).
    """
    if w.number[FLEET] != fleet:
        w.number[FLEET] = fleet
        w.tried[:] = 0
    ratio = (cold / hot) ** (1.0 / max(rounds, 1))
    heat = hot
    for done in range(rounds):
        heat *= ratio
        w.number[STAMP] += 1
        w.number[ROUNDS] += 1
        stamp = w.number[STAMP]
        absent = w.number[ABSENT]
        for x in range(absent):
            w.o_absent[x] = w.absent[x]
        missed = _missed(w) if fleet == 2 else 0
        removed = swap(a, s, w) if a.kinds > 1 and random(w.rng) < SWAP_RATE else _ruin(a, s, w)
        if removed < 0:
            _undo(a, s, w, absent)
            continue
        for x in range(removed):
            w.listed[a.n_requests + x] = w.todo[x]
        count = _collect(a, s, w, removed, np.int64(0))
        if not _recreate(a, s, w, count, np.int64(fleet), BLINK):
            _undo(a, s, w, absent)
            continue
        penalty = _count_absent(a, s, w, removed)
        cost = penalty
        for r in range(a.n_vehicles):
            cost += s.route[r, R_COST]
        limit = float(w.number[COST]) - heat * np.log(random(w.rng) + 1e-300)
        if fleet == 2:
            now = _missed(w)
            for x in range(w.number[ABSENT]):
                w.misses[w.absent[x]] += 1
            accept = now < missed or (now == missed and float(cost) < limit)
        else:
            accept = float(cost) < limit
        if not accept:
            _undo(a, s, w, absent)
            continue
        w.number[COST] = cost
        for x in range(w.number[FAILED]):
            w.tried[w.failed[x]] = stamp
        for r in range(a.n_vehicles):
            if w.touched[r] == stamp and s.route[r, LENGTH] > 0:
                remember(a, s, pool, r)
        if fleet == 2:
            if w.number[ABSENT] == 0:
                keep_best(a, s, w)
                w.number[CLOSED] += 1
                if not close_route(a, s, w):
                    return done + 1
        elif cost < w.number[BEST]:
            keep_best(a, s, w)
    return rounds
