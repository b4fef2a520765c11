"""Vehicles exchange whole routes: nothing is lost on the way, and it finds what moving a few stops does not."""

from __future__ import annotations

import numpy as np
import pytest

from logistics.solver.kernel import run
from logistics.solver.labels import LENGTH, R_ROUTE, STOPS
from logistics.solver.loop import BEST, STAMP, take_back
from logistics.solver.model import Q_LEAD, V_CLASS, Arrays, arrays
from logistics.solver.problem import Problem, Request, Site, Task, Vehicle
from logistics.solver.result import Route
from logistics.solver.schedule import schedule, stops_from_tasks
from logistics.solver.search import Worker, solve
from logistics.solver.swap import swap
from logistics.solver.verify import verify
from tests.logistics.solver.days import HOUR, matrix, mixed_day, random_day
from tests.logistics.solver.test_putting import look

DAY = ((8 * HOUR, 20 * HOUR),)


@pytest.mark.parametrize("day", [random_day, mixed_day])
def test_what_does_not_fit_comes_out_and_all_else_changes_vehicles(day) -> None:
    assert sum(swapped(arrays(day(seed, requests=18, vehicles=3)), seed) for seed in range(16)) > 20


def swapped(a: Arrays, seed: int) -> int:
    """How many of 60 swaps came about; each is looked at and taken back."""
    worker = Worker(a, seed)
    s, w = worker.state, worker.loop
    worker.construct()
    run(a, s, w, worker.pool, 60, 5000.0, 500.0, np.int64(0))
    done = 0
    for _ in range(60):
        w.number[STAMP] += 1
        before = [_tasks_of(look(s, r, a.n_requests)) for r in range(a.n_vehicles)]
        on = {q: int(s.where[q, R_ROUTE]) for q in range(a.n_requests) if s.where[q, R_ROUTE] >= 0}
        removed = int(swap(a, s, w))
        leads = sorted(int(w.todo[x]) for x in range(max(0, removed)))
        assert not w.gone.any()
        if removed >= 0:
            done += 1
            moved = {q: int(s.where[q, R_ROUTE]) for q in on}
            out = {q for q, r in moved.items() if r < 0}
            assert sorted(int(a.request[q, Q_LEAD]) for q in out) == leads
            changed = {r for r in range(a.n_vehicles) if w.touched[r] == w.number[STAMP]}
            assert len(changed) == 2
            assert len({int(a.vehicle[r, V_CLASS]) for r in changed}) == 2
            for q in on.keys() - out:
                assert moved[q] == (sum(changed) - on[q] if on[q] in changed else on[q])
                assert a.q_allowed[q, moved[q]]
            for r in changed:
                stops = int(s.route[r, STOPS])
                assert (s.load[r, : stops + 2] <= a.v_capacity[r]).all()
                cut = [s.seq[r, s.cut[r, i] : s.cut[r, i + 1]].tolist() for i in range(stops + 2)]
                assert s.route[r, LENGTH] == 0 or schedule(a, r, cut) is not None
        take_back(a, s, w)
        assert [_tasks_of(look(s, r, a.n_requests)) for r in range(a.n_vehicles)] == before
    return done


def _tasks_of(route: dict[str, list[object]]) -> tuple[list[object], ...]:
    return route["seq"], route["cut"], route["where"]


def heavy_in_the_north() -> tuple[Problem, list[Route]]:
    """Twelve parcels in the south and twelve in the north, where a big load goes too. The big van drives in the south, so it has to come
    north as well; nobody has time for all."""
    south = [(x * 400.0 - 2_200, -9_000.0 - 150 * (x % 2)) for x in range(12)]
    north = [(x * 400.0 - 2_200, 9_000.0 + 150 * (x % 2)) for x in range(12)]
    travel_s, travel_m = matrix([(0.0, 0.0), *south, *north])
    fleet = tuple(
        Vehicle(code, 0, 0, 8 * HOUR, 8 * HOUR + 12_000, (grams, 0, 0), fixed_cost=1_000)
        for code, grams in (("BIG", 900), ("SMALL", 300))
    )
    parcels = [Request(f"R{i}", Task(0, DAY, 60), Task(i, DAY, 60), (20, 0, 0)) for i in range(1, 25)]
    heavy = Request("HEAVY", Task(0, DAY, 60), Task(18, DAY, 60), (600, 0, 0))
    sites = tuple(Site(f"S{i}") for i in range(25))
    problem = Problem(sites, fleet, (*parcels, heavy), travel_s, travel_m)
    a, routes = arrays(problem), []
    for vehicle, own in ((0, [*range(12), 24]), (1, list(range(12, 24)))):
        tasks = [2 * q for q in own] + [2 * q + 1 for q in own]
        route = schedule(a, vehicle, stops_from_tasks(a, vehicle, tasks))
        assert route is not None
        routes.append(route)
    return problem, routes


@pytest.mark.parametrize("seed", range(1, 5))
def test_the_big_van_goes_where_the_big_load_is(seed) -> None:
    problem, start = heavy_in_the_north()
    found = solve(problem, seconds=None, work=3_000, seed=seed, processes=1, start=start, hot=0.5)
    assert not verify(problem, found)
    assert not found.unserved
    assert {problem.vehicles[r.vehicle].code: len(r.stops) for r in found.routes} == {
        "BIG": 13,
        "SMALL": 13,
    }  # one half each, and the depot
    assert sum(r.distance_m for r in found.routes) == 2 * 23_373


@pytest.mark.parametrize("seed", range(1, 5))
def test_without_it_the_search_stays_where_it_began(seed) -> None:
    """The control: the same rounds where all vehicles count as alike."""
    problem, start = heavy_in_the_north()
    best = []
    for kinds in (1, 2):
        worker = Worker(arrays(problem)._replace(kinds=kinds), seed)
        a, s, w = worker.a, worker.state, worker.loop
        worker.load({route.vehicle: stops_from_tasks(a, route.vehicle, _tasks(route)) for route in start})
        run(a, s, w, worker.pool, 3_000, 400.0, 30.0, np.int64(1))
        best.append(int(w.number[BEST]))
    assert best[1] < 50_000 < best[0]


def _tasks(route: Route) -> list[int]:
    return [2 * q for q in sorted({q for stop in route.stops for q in stop.deliveries})] + [
        2 * q + 1 for stop in route.stops for q in stop.deliveries
    ]
