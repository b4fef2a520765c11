"""Putting a request in changes what it must and nothing else: the route is then the same as if it were worked out anew."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from logistics.solver.insertion import DROP, DROP_NEW, PICK, PICK_NEW, ROUTE, find, write
from logistics.solver.kernel import run
from logistics.solver.labels import LENGTH, R_ROUTE, STOPS, State, refresh
from logistics.solver.model import BIG, arrays
from logistics.solver.putting import insert
from logistics.solver.ruin import strip
from logistics.solver.search import Worker
from tests.logistics.solver.days import mixed_day, random_day


def look(s: State, r: int, requests: int) -> dict[str, list[object]]:
    """Everything known about route ``r``, without the number of its state."""
    n, size = int(s.route[r, STOPS]), int(s.route[r, LENGTH])
    return {
        "seq": s.seq[r, :size].tolist(),
        "cut": s.cut[r, : n + 3].tolist(),
        "stop": s.stop[r, : n + 2].tolist(),
        "load": s.load[r, : n + 2].tolist(),
        "board": s.board[r, : n + 2].tolist(),
        "route": s.route[r, :-1].tolist(),
        "where": [s.where[q].tolist() for q in range(requests) if s.where[q, R_ROUTE] == r],
    }


@pytest.mark.parametrize("day", [random_day, mixed_day])
@pytest.mark.parametrize("seed", range(12))
def test_the_same_as_working_the_route_out_anew(day, seed) -> None:
    worker = Worker(arrays(day(seed, requests=18, vehicles=3)), seed)
    a, s, w = worker.a, worker.state, worker.loop
    worker.construct()
    run(a, s, w, worker.pool, 40, 5000.0, 500.0, np.int64(0))
    dice, put = Random(seed), 0
    for _ in range(80):
        on = [q for q in range(a.n_requests) if s.where[q, R_ROUTE] >= 0]
        gone = dice.sample(on, min(len(on), 3))
        gone += [int(c) for q in gone for c in a.q_companions[a.q_companion_first[q] : a.q_companion_first[q + 1]]]
        w.gone[gone] = 1
        stripped = [strip(a, s, r, w.gone) for r in {int(s.where[q, R_ROUTE]) for q in gone if s.where[q, R_ROUTE] >= 0}]
        w.gone[gone] = 0
        if not all(stripped):  # seconds are rounded up, so a shorter way can take one more: the search takes such a round back
            worker.back_to_best()
            continue
        absent = [q for q in range(a.n_requests) if s.where[q, R_ROUTE] < 0]
        for q in dice.sample(absent, len(absent)):
            w.number[7] += 1
            if find(a, s, q, 0, 0.2, w.rng, w.place, w.labels, w.seen, w.number[7], w.changed, np.int64(0), np.int64(BIG)):
                r, place = int(w.place[ROUTE]), w.place
                n = write(s, r, q, place[PICK], place[PICK_NEW], place[DROP], place[DROP_NEW], s.scratch, s.scratch_cut)
                written = s.scratch[: s.scratch_cut[n + 2]].tolist(), s.scratch_cut[: n + 3].tolist()
                assert insert(a, s, q, place)
                found = look(s, r, a.n_requests)
                assert (found["seq"], found["cut"]) == written
                assert refresh(a, s, r)
                assert look(s, r, a.n_requests) == found
                put += 1
    assert put > 40
