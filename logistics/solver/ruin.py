"""Taking requests out: adjacent strings of stops, after Christiaens and Vanden Berghe (2020).

A string is a run of neighbouring stops away from the depots; removing one removes every request with a task in it, both ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from logistics.solver.compiled import compiled, inlined
from logistics.solver.labels import COUNTED, LENGTH, R_DROP, R_PICK, R_ROUTE, SITE, STOPS, State, refresh
from logistics.solver.model import Q_PENALTY, V_END, V_START, Arrays
from logistics.solver.scratch import random

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

AVERAGE_REMOVED = 10.0
LONGEST_STRING = 10.0
SPLIT_RATE = 0.5
SPLIT_GROWTH = 0.01
PARTIAL_RATE = 0.3
ABSENT_RATE = 0.15
FOCUS_RATE = 0.75


@compiled
def mark(a: Arrays, s: State, q: int, gone: NDArray[np.uint8], out: Ints, count: int) -> int:
    """Note request ``q`` and, if it is a visit, everything bound for it as removed; returns the new count."""
    if gone[q] or s.where[q, R_ROUTE] < 0:
        return count
    gone[q] = 1
    out[count] = q
    count += 1
    for x in range(a.q_companion_first[q], a.q_companion_first[q + 1]):
        count = mark_one(s, a.q_companions[x], gone, out, count)
    return count


@compiled
def mark_one(s: State, q: int, gone: NDArray[np.uint8], out: Ints, count: int) -> int:
    """As ``mark``, without companions."""
    if gone[q] or s.where[q, R_ROUTE] < 0:
        return count
    gone[q] = 1
    out[count] = q
    return count + 1


@inlined
def _string(
    a: Arrays, s: State, r: int, centre: int, longest: float, rng: NDArray[np.uint64], gone: NDArray[np.uint8],
    out: Ints, count: int,
) -> int:  # fmt: skip
    """Mark a string of route ``r`` around its stop ``centre``."""
    n = s.route[r, COUNTED]
    size = int(random(rng) * min(float(n), longest)) + 1
    size = min(size, n)
    kept = 0
    if size > 1 and random(rng) < SPLIT_RATE:
        kept = 1
        while size + kept < n and random(rng) > SPLIT_GROWTH:
            kept += 1
            if kept > size:
                break
        kept = min(kept, n - size)
    span = size + kept
    # rank of the centre among the stops away from the depots
    rank = 0
    for i in range(1, centre):
        if s.stop[r, i, SITE] != a.vehicle[r, V_START] and s.stop[r, i, SITE] != a.vehicle[r, V_END]:
            rank += 1
    low = max(0, rank - span + 1)
    high = min(rank, n - span)
    first = low + int(random(rng) * (high - low + 1))
    hole = first + (int(random(rng) * size) if kept else span)
    partial = random(rng) < PARTIAL_RATE
    rank = -1
    for i in range(1, s.route[r, STOPS] + 1):
        if s.stop[r, i, SITE] == a.vehicle[r, V_START] or s.stop[r, i, SITE] == a.vehicle[r, V_END]:
            continue
        rank += 1
        if rank < first or rank >= first + span or hole <= rank < hole + kept:
            continue
        several = s.cut[r, i + 1] - s.cut[r, i] > 1
        for p in range(s.cut[r, i], s.cut[r, i + 1]):
            if several and partial and random(rng) < 0.5:
                continue
            count = mark(a, s, s.seq[r, p] >> 1, gone, out, count)
    return count


@inlined
def _seed(a: Arrays, absent: Ints, missing: int, focus: Ints, rng: NDArray[np.uint64]) -> int:
    """The request a round starts around: any (mostly one of ``focus``, if that names some), or now and then the dearer of two that are
    left out."""
    if missing > 0 and random(rng) < ABSENT_RATE:
        q = absent[int(random(rng) * missing)]
        other = absent[int(random(rng) * missing)]
        return other if a.request[other, Q_PENALTY] > a.request[q, Q_PENALTY] else q
    if len(focus) > 0 and random(rng) < FOCUS_RATE:
        return focus[int(random(rng) * len(focus))]
    return np.int64(random(rng) * a.n_requests)


@inlined
def choose(
    a: Arrays, s: State, rng: NDArray[np.uint64], gone: NDArray[np.uint8], ruined: Ints, stamp: int, out: Ints,
    absent: Ints, missing: int, focus: Ints,
) -> int:  # fmt: skip
    """Mark the requests one round removes; returns their number (listed in ``out``)."""
    total, routes = 0, 0
    for r in range(a.n_vehicles):
        if s.route[r, LENGTH] > 0:
            total += s.route[r, COUNTED]
            routes += 1
    if routes == 0:
        return 0
    longest = max(1.0, min(LONGEST_STRING, total / routes))
    strings = 4.0 * AVERAGE_REMOVED / (1.0 + longest) - 1.0
    wanted = int(random(rng) * max(strings, 1.0)) + 1
    q = _seed(a, absent, missing, focus, rng)
    seed = 2 * q + (1 if random(rng) < 0.5 else 0)
    if a.near_first[seed + 1] == a.near_first[seed]:
        seed ^= 1
    if a.near_first[seed + 1] == a.near_first[seed]:
        return mark(a, s, q, gone, out, np.int64(0))
    count, done = np.int64(0), np.int64(0)
    for x in range(a.near_first[seed], a.near_first[seed + 1]):
        t = a.near[x]
        q = t >> 1
        r = s.where[q, R_ROUTE]
        if r < 0 or gone[q] or ruined[r] == stamp:
            continue
        centre = s.where[q, R_DROP] if t & 1 else s.where[q, R_PICK]
        if centre < 1 or centre > s.route[r, STOPS]:
            continue
        ruined[r] = stamp
        if s.stop[r, centre, SITE] == a.vehicle[r, V_START] or s.stop[r, centre, SITE] == a.vehicle[r, V_END]:
            count = mark(a, s, q, gone, out, count)
        else:
            count = _string(a, s, r, centre, longest, rng, gone, out, count)
        done += 1
        if done >= wanted:
            break
    return count


@compiled
def strip(a: Arrays, s: State, r: int, gone: NDArray[np.uint8]) -> bool:
    """Take the marked requests off route ``r``; False when what stays is not feasible (matrices without the triangle rule)."""
    at, stop = 0, 0
    n = s.route[r, STOPS]
    previous = np.int64(-1)
    for i in range(n + 2):
        first, last = s.cut[r, i], s.cut[r, i + 1]
        begin = at
        for p in range(first, last):
            t = s.seq[r, p]
            if gone[t >> 1]:
                s.where[t >> 1, R_ROUTE] = -1
            else:
                s.seq[r, at] = t
                at += 1
        if 0 < i <= n:
            if at == begin:
                continue
            site = s.stop[r, i, SITE]
            if stop == 1 and site == a.vehicle[r, V_START]:
                continue  # nothing is left between: these are loaded at the departure now
            previous = site
        elif i == n + 1 and stop > 1 and previous == a.vehicle[r, V_END]:
            stop -= 1
            begin = s.cut[r, stop]
        s.cut[r, stop] = begin
        stop += 1
    s.cut[r, stop] = at
    s.route[r, LENGTH] = at
    s.route[r, STOPS] = stop - 2
    return refresh(a, s, r)
