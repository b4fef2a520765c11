"""Memory of the routes seen in accepted solutions, for the recombination."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from logistics.solver.compiled import compiled
from logistics.solver.labels import LENGTH, R_COST, STOPS, State
from logistics.solver.model import V_CLASS, Arrays

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

TABLE = 1 << 17
ROUTES = 50_000
ROOM = 3_000_000


class Pool(NamedTuple):
    """Routes in a ring: when it is full the oldest knowledge is dropped as a whole.

    ``index`` holds [number of routes, used room]. ``record`` per route: offset, tasks, timed stops, vehicle.
    """

    keys: Ints
    slots: Ints
    index: Ints
    cost: Ints
    record: Ints
    room: NDArray[np.int32]
    code: Ints
    """A random word per request: a set's key is the exclusive or of its members' words."""


def new_pool(a: Arrays, seed: int) -> Pool:
    """An empty pool."""
    words = np.random.default_rng(seed).integers(1, 1 << 63, size=a.n_requests + a.n_vehicles + 1, dtype=np.int64)
    return Pool(
        keys=np.zeros(TABLE, dtype=np.int64),
        slots=np.zeros(TABLE, dtype=np.int64),
        index=np.zeros(2, dtype=np.int64),
        cost=np.zeros(ROUTES, dtype=np.int64),
        record=np.zeros((ROUTES, 4), dtype=np.int64),
        room=np.zeros(ROOM, dtype=np.int32),
        code=words,
    )


@compiled
def remember(a: Arrays, s: State, pool: Pool, r: int) -> None:
    """Keep route ``r`` unless the same set of requests is known at no higher cost for the same kind of vehicle."""
    size, n = s.route[r, LENGTH], s.route[r, STOPS]
    key = pool.code[a.n_requests + a.vehicle[r, V_CLASS]]
    for p in range(size):
        t = s.seq[r, p]
        if t & 1:
            key ^= pool.code[t >> 1]
    if pool.index[0] >= ROUTES or pool.index[1] + size + n + 3 > ROOM:
        pool.index[:] = 0
        pool.keys[:] = 0
    h = key & (TABLE - 1)
    while pool.keys[h] != 0:
        if pool.keys[h] == key:
            k = pool.slots[h]
            if pool.cost[k] <= s.route[r, R_COST]:
                return
            break
        h = (h + 1) & (TABLE - 1)
    if pool.keys[h] == 0:
        k = pool.index[0]
        pool.index[0] += 1
        pool.keys[h] = key
        pool.slots[h] = k
    offset = pool.index[1]
    pool.index[1] += size + n + 3
    pool.cost[k] = s.route[r, R_COST]
    pool.record[k, 0], pool.record[k, 1], pool.record[k, 2], pool.record[k, 3] = offset, size, n, r
    for p in range(size):
        pool.room[offset + p] = s.seq[r, p]
    for i in range(n + 3):
        pool.room[offset + size + i] = s.cut[r, i]
