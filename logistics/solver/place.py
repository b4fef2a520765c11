"""The cheapest place for a few more requests on routes that stand, by the search's own insertion."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from logistics.solver.compiled import plain, ready
from logistics.solver.insertion import find
from logistics.solver.labels import LENGTH, STOPS, State, new_state, refresh
from logistics.solver.model import BIG, Arrays
from logistics.solver.putting import insert
from logistics.solver.schedule import Stops


def cheapest(
    a: Arrays, plan: Mapping[int, Stops], requests: Sequence[int], only: Collection[int] | None = None
) -> dict[int, Stops] | None:
    """The routes that change when ``requests`` are put in one after the other, each at its cheapest place that holds, or None when one
    of them has none. ``only`` names the vehicles that may take them. Routes of ``plan`` that do not hold by themselves take nothing.
    """
    allowed = a.q_allowed
    if only is not None:
        allowed = np.zeros_like(a.q_allowed)
        allowed[:, list(only)] = a.q_allowed[:, list(only)]
    table = a._replace(q_allowed=allowed)
    state = new_state(table)
    look, put, renew = (find, insert, refresh) if ready() else (plain(find), plain(insert), plain(refresh))
    for vehicle, stops in plan.items():
        flat = [t for stop in stops for t in stop]
        state.route[vehicle, LENGTH], state.route[vehicle, STOPS] = len(flat), len(stops) - 2
        state.seq[vehicle, : len(flat)] = flat
        state.cut[vehicle, : len(stops) + 1] = [0, *np.cumsum([len(stop) for stop in stops])]
        renew(table, state, vehicle)
    rng, best, labels = np.ones(1, dtype=np.uint64), np.zeros(6, dtype=np.int64), np.zeros((2, 6), dtype=np.int64)
    seen, always = np.zeros((2, a.n_vehicles), dtype=np.int64), np.zeros(a.n_vehicles, dtype=np.int64)
    touched: set[int] = set()
    for turn, request in enumerate(requests, start=1):
        if not look(table, state, request, 0, 0.0, rng, best, labels, seen, turn, always, 0, BIG):
            return None
        put(table, state, request, best)
        touched.add(int(best[1]))
    return {vehicle: _stops(state, vehicle) for vehicle in sorted(touched)}


def _stops(state: State, vehicle: int) -> Stops:
    cut = state.cut[vehicle, : int(state.route[vehicle, STOPS]) + 3]
    return [[int(t) for t in state.seq[vehicle, cut[i] : cut[i + 1]]] for i in range(len(cut) - 1)]
