"""What the search does not look at closely could not have been the cheapest: against the exact timetable of every place."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from logistics.solver.kernel import construct, run
from logistics.solver.labels import R_ROUTE, STOPS, VERSION, refresh
from logistics.solver.loop import save, take_back
from logistics.solver.model import BIG, T_SITE, V_END, V_PER_M, V_START, Arrays, arrays
from logistics.solver.nearby import AT, METRES, least_added, least_added_by, look_onward, too_late
from logistics.solver.problem import Problem
from logistics.solver.schedule import Stops, carries, schedule
from logistics.solver.search import Worker
from tests.logistics.solver.days import mixed_day, random_day

Place = tuple[int, bool, int, bool]
"""Pickup in stop i, or in a new one after it; the same for the delivery."""

DAYS = [random_day(seed, requests=14, vehicles=3) for seed in range(8)] + [
    mixed_day(seed, requests=14, vehicles=3) for seed in range(8)
]


def served(problem: Problem, rounds: int = 60) -> Worker:
    """A worker some rounds into the search."""
    worker = Worker(arrays(problem), 1)
    construct(worker.a, worker.state, worker.loop)
    run(worker.a, worker.state, worker.loop, worker.pool, rounds, 5000.0, 50.0, np.int64(0))
    worker.back_to_best()
    return worker


def places(stops: Stops, q: int) -> Iterator[tuple[Place, Stops]]:
    """Every place of request ``q`` with the stops that come of it."""
    n = len(stops) - 2
    for i in range(n + 1):
        for i_new in (False, True):
            for k in range(i, n + 1):
                for fresh in (False, True):
                    yield (i, i_new, k if fresh else k + 1, fresh), _with(stops, q, i, i_new, k if fresh else k + 1, fresh)


def _with(stops: Stops, q: int, i: int, i_new: bool, j: int, j_new: bool) -> Stops:
    out: Stops = []
    for number, stop in enumerate(stops):
        here = list(stop)
        if number == j and not j_new:
            here = [2 * q + 1, *here]
        if number == i and not i_new:
            here = [*here, 2 * q]
        out.append(here)
        if number == i and i_new:
            out.append([2 * q])
        if number == j and j_new:
            out.append([2 * q + 1])
    return out


def costs(a: Arrays, r: int, q: int, stops: Stops) -> Iterator[tuple[Place, int, int]]:
    """The places that hold, with the metres and the whole cost that they add."""
    before = schedule(a, r, stops)
    assert before is not None
    lasted = before.return_s - before.depart_s
    for place, changed in places(stops, q):
        sites = [{int(a.task[t, T_SITE]) for t in stop} for stop in changed]
        ends = sites[0] <= {int(a.vehicle[r, V_START])} and sites[-1] <= {int(a.vehicle[r, V_END])}
        if not ends or any(len(at) != 1 for at in sites[1:-1]) or not carries(a, r, changed):
            continue
        after = schedule(a, r, changed)
        if after is not None:
            metres = after.distance_m - before.distance_m
            yield place, metres, metres * int(a.vehicle[r, V_PER_M]) + after.return_s - after.depart_s - lasted


@pytest.mark.parametrize("number", range(len(DAYS)))
def test_no_place_adds_less_than_the_least(number: int) -> None:
    worker = served(DAYS[number])
    a, s = worker.a, worker.state
    for r, stops in worker.plan().items():
        for q in (q for q in range(a.n_requests) if s.where[q, R_ROUTE] < 0 and a.q_allowed[q, r]):
            bound = least_added_by(a, s, r, q)
            look_onward(a, s, r, int(a.task[2 * q + 1, T_SITE]))
            onward = s.onward.copy()
            for (i, i_new, j, j_new), metres, _ in costs(a, r, q, stops):
                assert metres >= bound
                if not i_new:
                    assert metres >= onward[j if j_new else j - 1]
                assert not (i_new and too_late(a, s, r, i, 2 * q))
                assert not (j_new and too_late(a, s, r, j, 2 * q + 1))


def test_the_bounds_are_of_use() -> None:
    """Else a bound of 0, and nothing ever too late, would pass the test above."""
    metres = late = places_seen = 0
    for problem in DAYS:
        worker = served(problem)
        a, s = worker.a, worker.state
        for r, stops in worker.plan().items():
            for q in (q for q in range(a.n_requests) if s.where[q, R_ROUTE] < 0 and a.q_allowed[q, r]):
                metres += least_added_by(a, s, r, q) > 0
                late += any(too_late(a, s, r, i, 2 * q) for i in range(len(stops) - 1))
                places_seen += any(True for _ in costs(a, r, q, stops))
    assert metres > 10
    assert late > 10
    assert places_seen > 10


@pytest.mark.parametrize("number", range(len(DAYS)))
def test_what_is_kept_is_what_the_route_is_now(number: int) -> None:
    """After rounds that were kept and rounds that were taken back."""
    worker = served(DAYS[number], rounds=0)
    a, s = worker.a, worker.state
    kept = 0
    for _ in range(30):
        run(a, s, worker.loop, worker.pool, 3, 5000.0, 50.0, np.int64(0))
        for r in range(a.n_vehicles):
            for site in range(len(a.travel_m)):
                if s.added[r, site, AT] == s.route[r, VERSION]:
                    kept += 1
                    found = int(s.added[r, site, METRES])
                    s.added[r, site, AT] = -1
                    assert found == least_added(a, s, r, site)
    assert kept > 50


def test_a_route_taken_back_has_its_old_number_and_no_other_ever_has() -> None:
    worker = served(DAYS[0])
    a, s, w = worker.a, worker.state, worker.loop
    r = next(r for r in range(a.n_vehicles) if s.route[r, STOPS])
    before = int(s.route[r, VERSION])
    w.number[4] += 1  # a new round
    save(s, w, r)
    refresh(a, s, r)
    between = int(s.route[r, VERSION])
    take_back(a, s, w)
    assert int(s.route[r, VERSION]) == before
    refresh(a, s, r)
    assert int(s.route[r, VERSION]) not in (before, between)
    assert between != before
    assert least_added(a, s, r, int(s.stop[r, 1, 0])) == 0 < BIG
