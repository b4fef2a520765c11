"""What a search carries from call to call: the undo copies, the best solution, the list of what is absent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from logistics.solver.compiled import compiled
from logistics.solver.labels import LENGTH, R_COST, R_ROUTE, STOPS, VERSION, State, refresh
from logistics.solver.model import Q_LEAD, Q_MANDATORY, Q_PENALTY, T_EARLY, T_LATE, T_SITE, V_START, Arrays
from logistics.solver.options import served
from logistics.solver.scratch import copy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

COST, BEST, ABSENT, ROUNDS, STAMP, BEST_ABSENT, CLOSED, SEEN, FAILED, FLEET = range(10)
"""Fields of ``Loop.number``; ``CLOSED`` counts the routes the fleet phase got rid of, ``SEEN`` marks vehicle kinds already tried,
``FAILED`` the requests in ``Loop.failed``, ``FLEET`` is how ``run`` was called last."""


class Loop(NamedTuple):
    """What a search carries from one call to the next: undo copies (``o_``), the best solution (``b_``), scratch.

    ``changed`` is the round in which a route changed last, ``tried`` the one in which a request found no place on any route: those that
    have not changed since need no second look. ``failed`` lists the requests that found none in this round, ``focus`` those around which
    most rounds begin (empty: around any).
    """

    number: Ints
    rng: NDArray[np.uint64]
    absent: Ints
    o_absent: Ints
    changed: Ints
    o_changed: Ints
    o_version: Ints
    tried: Ints
    failed: Ints
    o_length: Ints
    o_stops: Ints
    o_seq: NDArray[np.int32]
    o_cut: NDArray[np.int32]
    b_length: Ints
    b_stops: Ints
    b_seq: NDArray[np.int32]
    b_cut: NDArray[np.int32]
    misses: Ints
    gone: NDArray[np.uint8]
    ruined: Ints
    touched: Ints
    seen: Ints
    todo: Ints
    key: NDArray[np.float64]
    listed: Ints
    place: Ints
    labels: Ints
    far: NDArray[np.float64]
    narrow: NDArray[np.float64]
    share: NDArray[np.float64]
    rank: NDArray[np.float64]
    focus: Ints


def new_loop(a: Arrays, s: State, seed: int, focus: Sequence[int] = ()) -> Loop:
    """A loop over the empty solution ``s``."""
    v, q = a.n_vehicles, a.n_requests
    start = int(a.vehicle[0, V_START]) if v else 0
    picks, drops = a.task[0:-1:2, T_SITE], a.task[1:-1:2, T_SITE]
    both = a.travel_m[start] + a.travel_m[:, start]
    biggest = np.maximum(a.v_capacity.max(axis=0), 1) if v else np.ones(a.zones)
    visits = np.diff(a.q_companion_first) > 0
    leads = np.flatnonzero(a.request[:, Q_LEAD] == np.arange(q))
    words = np.random.SeedSequence(seed).generate_state(1, dtype=np.uint64)
    loop = Loop(
        number=np.zeros(10, dtype=np.int64),
        rng=words | np.uint64(1),
        absent=np.concatenate([leads, np.zeros(q - len(leads), dtype=np.int64)]),
        o_absent=np.zeros(q, dtype=np.int64),
        changed=np.zeros(v, dtype=np.int64),
        o_changed=np.zeros(v, dtype=np.int64),
        o_version=np.zeros(v, dtype=np.int64),
        tried=np.zeros(q, dtype=np.int64),
        failed=np.zeros(2 * q + 1, dtype=np.int64),
        o_length=s.route[:, LENGTH].copy(),
        o_stops=s.route[:, STOPS].copy(),
        o_seq=s.seq.copy(),
        o_cut=s.cut.copy(),
        b_length=s.route[:, LENGTH].copy(),
        b_stops=s.route[:, STOPS].copy(),
        b_seq=s.seq.copy(),
        b_cut=s.cut.copy(),
        misses=np.ones(q, dtype=np.int64),
        gone=np.zeros(q, dtype=np.uint8),
        ruined=np.zeros(v, dtype=np.int64),
        touched=np.zeros(v, dtype=np.int64),
        seen=np.zeros((2, v), dtype=np.int64),
        todo=np.zeros(2 * q + 1, dtype=np.int64),
        key=np.zeros(2 * q + 1, dtype=np.float64),
        listed=np.zeros(2 * q + 1, dtype=np.int64),
        place=np.zeros(7, dtype=np.int64),
        labels=np.zeros((2, 6), dtype=np.int64),
        far=np.maximum(both[picks], both[drops]).astype(np.float64),
        narrow=(a.task[1:-1:2, T_LATE] - a.task[1:-1:2, T_EARLY] + a.task[0:-1:2, T_LATE] - a.task[0:-1:2, T_EARLY]).astype(
            np.float64
        ),
        share=(a.q_load / biggest).sum(axis=1).astype(np.float64),
        rank=np.where(visits, 0.0, np.where(a.request[:, Q_MANDATORY] > 0, 1.0, 2.0)),
        focus=np.array(focus, dtype=np.int64),
    )
    loop.number[COST] = loop.number[BEST] = int(a.request[leads, Q_PENALTY].sum())
    loop.number[ABSENT] = loop.number[BEST_ABSENT] = len(leads)
    return loop


@compiled
def save(s: State, w: Loop, r: int) -> None:
    """Undo copy of a route, once a round."""
    if w.touched[r] == w.number[STAMP]:
        return
    w.touched[r] = w.number[STAMP]
    w.o_changed[r], w.o_version[r] = w.changed[r], s.route[r, VERSION]
    w.changed[r] = w.number[STAMP]
    size, n = s.route[r, LENGTH], s.route[r, STOPS]
    w.o_length[r], w.o_stops[r] = size, n
    copy(s.seq[r], w.o_seq[r], size)
    copy(s.cut[r], w.o_cut[r], n + 3)


@compiled
def take_back(a: Arrays, s: State, w: Loop) -> None:
    for r in range(a.n_vehicles):
        if w.touched[r] == w.number[STAMP]:
            for p in range(s.route[r, LENGTH]):
                s.where[s.seq[r, p] >> 1, R_ROUTE] = -1
    for r in range(a.n_vehicles):
        if w.touched[r] == w.number[STAMP]:
            size, n = w.o_length[r], w.o_stops[r]
            s.route[r, LENGTH], s.route[r, STOPS] = size, n
            copy(w.o_seq[r], s.seq[r], size)
            copy(w.o_cut[r], s.cut[r], n + 3)
            w.changed[r] = w.o_changed[r]
            refresh(a, s, r)
            s.route[r, VERSION] = w.o_version[r]


@compiled
def keep_best(a: Arrays, s: State, w: Loop) -> None:
    """Copy the solution as the best one."""
    for r in range(a.n_vehicles):
        size, n = s.route[r, LENGTH], s.route[r, STOPS]
        w.b_length[r], w.b_stops[r] = size, n
        copy(s.seq[r], w.b_seq[r], size)
        copy(s.cut[r], w.b_cut[r], n + 3)
    w.number[BEST] = w.number[COST]
    w.number[BEST_ABSENT] = w.number[ABSENT]


@compiled
def back_to_best(a: Arrays, s: State, w: Loop) -> None:
    """Make the best solution the current one."""
    s.where[:, R_ROUTE] = -1
    for r in range(a.n_vehicles):
        size, n = w.b_length[r], w.b_stops[r]
        s.route[r, LENGTH], s.route[r, STOPS] = size, n
        copy(w.b_seq[r], s.seq[r], size)
        copy(w.b_cut[r], s.cut[r], n + 3)
        refresh(a, s, r)
    recount(a, s, w)


@compiled
def recount(a: Arrays, s: State, w: Loop) -> None:
    """Absent list and cost from the routes."""
    count, cost = 0, 0
    for q in range(a.n_requests):
        if a.request[q, Q_LEAD] == q and not served(a, s, q):
            w.absent[count] = q
            count += 1
            cost += a.request[q, Q_PENALTY]
    for r in range(a.n_vehicles):
        cost += s.route[r, R_COST]
    w.number[ABSENT], w.number[COST] = count, cost
    w.tried[:] = 0
