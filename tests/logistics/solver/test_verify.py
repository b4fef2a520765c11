"""Each rule broken once: the verifier must name it. The plan under test is found by the search and free of faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from logistics.solver.problem import Lock, Problem, Request, Site, Task, Vehicle
from logistics.solver.result import Result, Route, Stop
from logistics.solver.search import solve
from logistics.solver.verify import CODES, verify

HOUR = 3600
DEPOT, SHOP, HALL, SQUARE = range(4)
ALL_DAY = ((8 * HOUR, 20 * HOUR),)


@pytest.fixture(scope="module")
def problem() -> Problem:
    """Every pair of places is 10 minutes and 6 km apart. A visit stands at the square from 11 to 13, with one load of its own."""
    seconds = np.full((4, 4), 600, dtype=np.int64)
    np.fill_diagonal(seconds, 0)
    van = Vehicle("VAN", DEPOT, DEPOT, 8 * HOUR, 18 * HOUR, (100, 50, 0), break_s=2700, fixed_cost=10, cost_per_s=1, max_stops=5)
    loading = Task(DEPOT, ALL_DAY)
    opening = Task(SQUARE, ((8 * HOUR, 11 * HOUR),), 60, latest_done_s=11 * HOUR, hold_until_s=13 * HOUR)
    requests = (
        Request("order", loading, Task(HALL, ((9 * HOUR, 10 * HOUR),), 120), (40, 0, 0), vehicles=frozenset({0})),
        Request("surplus", Task(SHOP, ((14 * HOUR, 15 * HOUR),), 60), Task(DEPOT, ALL_DAY), (0, 30, 0), longest_ride_s=2 * HOUR),
        Request("visit", loading, opening, (50, 0, 0)),
        Request("pantry", loading, Task(SQUARE, ((8 * HOUR, 11 * HOUR),), 60, latest_done_s=11 * HOUR), (10, 0, 0), with_visit=2),
        Request("too heavy", loading, Task(HALL, ALL_DAY), (101, 0, 0), penalty=5),
    )
    sites = tuple(Site(code) for code in ("depot", "shop", "hall", "square"))
    return Problem(sites, (van, replace(van, code="CAR")), requests, seconds, seconds * 10, name="hand-made")


@pytest.fixture(scope="module")
def plan(problem: Problem) -> Result:
    result = solve(problem, seconds=None, work=300, processes=1)
    assert verify(problem, result) == []
    assert [len(result.routes), result.unserved] == [1, (4,)]
    return result


def route_with(result: Result, **changes: Any) -> Result:
    return replace(result, routes=(replace(result.routes[0], **changes),))


def stop_with(result: Result, index: int, **changes: Any) -> Result:
    stops = list(result.routes[0].stops)
    stops[index] = replace(stops[index], **changes)
    return route_with(result, stops=tuple(stops))


def request_with(problem: Problem, index: int, **changes: Any) -> Problem:
    requests = list(problem.requests)
    requests[index] = replace(requests[index], **changes)
    return replace(problem, requests=tuple(requests))


def vehicle_with(problem: Problem, **changes: Any) -> Problem:
    return replace(problem, vehicles=tuple(replace(v, **changes) for v in problem.vehicles))


def at(result: Result, site: int) -> int:
    """Index of the last stop at ``site``."""
    return max(i for i, s in enumerate(result.routes[0].stops) if s.site == site)


def moved_pickup(result: Result) -> Result:
    """Pickup and delivery of the order change places."""
    hall = at(result, HALL)
    first = stop_with(result, 0, pickups=tuple(q for q in result.routes[0].stops[0].pickups if q))
    return stop_with(stop_with(first, 0, deliveries=(0,)), hall, deliveries=(), pickups=(0,))


def without_pantry_in_visit(result: Result) -> Result:
    square, hall = at(result, SQUARE), at(result, HALL)
    return stop_with(stop_with(result, square, deliveries=(2,)), hall, deliveries=(0, 3))


def shifted(stop: Stop, seconds: int) -> Stop:
    return replace(stop, arrive_s=stop.arrive_s + seconds, start_s=stop.start_s + seconds, leave_s=stop.leave_s + seconds)


def pause(result: Result, begin: int, end: int) -> Result:
    a, b = result.routes[0].breaks[0]
    return route_with(result, breaks=((a + begin, b + end),))


def site_with(problem: Problem, index: int, **changes: Any) -> Problem:
    sites = list(problem.sites)
    sites[index] = replace(sites[index], **changes)
    return replace(problem, sites=tuple(sites))


def goods_of(problem: Problem, names: dict[int, str]) -> Problem:
    for q, name in names.items():
        problem = request_with(problem, q, goods=frozenset({name}))
    return problem


def started_at_the_shop(problem: Problem, result: Result) -> Problem:
    """The surplus would have been on board when the vehicle stood at the shop: it cannot be picked up there later."""
    vehicles = list(problem.vehicles)
    used = result.routes[0].vehicle
    vehicles[used] = replace(vehicles[used], start_site=SHOP)
    return request_with(replace(problem, vehicles=tuple(vehicles)), 1, vehicles=frozenset({used}))


Break = Callable[[Problem, Result], tuple[Problem, Result]]

BROKEN: dict[str, Break] = {
    "vehicle_unknown": lambda p, r: (p, route_with(r, vehicle=7)),
    "vehicle_twice": lambda p, r: (p, replace(r, routes=r.routes * 2)),
    "vehicle_not_allowed": lambda p, r: (request_with(p, 0, vehicles=frozenset({1 - r.routes[0].vehicle})), r),
    "too_tall": lambda p, r: (site_with(p, HALL, max_height_cm=210), r),
    "too_heavy_vehicle": lambda p, r: (vehicle_with(site_with(p, HALL, max_weight_kg=1500), weight_kg=1501), r),
    "no_permit": lambda p, r: (vehicle_with(site_with(p, SHOP, permits=frozenset({"park"})), permits=frozenset({"school"})), r),
    "deliver_by": lambda p, r: (request_with(p, 0, deliver_by_s=r.routes[0].stops[at(r, HALL)].start_s - 1), r),
    "lock": lambda p, r: (replace(p, locks=(Lock(0, vehicle=1 - r.routes[0].vehicle),)), r),
    "apart": lambda p, r: (replace(goods_of(p, {0: "soap", 2: "bread"}), apart=frozenset({frozenset({"soap", "bread"})})), r),
    "aboard": lambda p, r: (started_at_the_shop(p, r), r),
    "two_options": lambda p, r: (request_with(p, 1, instead_of=0), r),
    "stock": lambda p, r: (request_with(replace(p, stocks=(1,)), 0, takes=((0, 2),)), r),
    "request_unknown": lambda p, r: (p, stop_with(r, at(r, HALL), deliveries=(0, 99))),
    "request_twice": lambda p, r: (p, stop_with(r, at(r, HALL), deliveries=(0, 0))),
    "pair_split": lambda p, r: (p, stop_with(r, at(r, HALL), deliveries=())),
    "pair_order": lambda p, r: (p, moved_pickup(r)),
    "stop_site": lambda p, r: (p, stop_with(r, at(r, HALL), site=SHOP)),
    "stop_times": lambda p, r: (p, stop_with(r, at(r, HALL), start_s=r.routes[0].stops[at(r, HALL)].arrive_s - 1)),
    "stop_empty": lambda p, r: (p, stop_with(r, at(r, HALL), deliveries=())),
    "window": lambda p, r: (request_with(p, 0, delivery=replace(p.requests[0].delivery, windows=((12 * HOUR, 13 * HOUR),))), r),
    "latest_done": lambda p, r: (request_with(p, 0, delivery=replace(p.requests[0].delivery, latest_done_s=9 * HOUR)), r),
    "hold": lambda p, r: (request_with(p, 2, delivery=replace(p.requests[2].delivery, hold_until_s=13 * HOUR + 1)), r),
    "service_time": lambda p, r: (request_with(p, 0, delivery=replace(p.requests[0].delivery, handling_s=121)), r),
    "capacity": lambda p, r: (vehicle_with(p, capacity_g=(99, 50, 0)), r),
    "shift": lambda p, r: (vehicle_with(p, shift_end_s=r.routes[0].return_s - 1), r),
    "break_missing": lambda p, r: (p, route_with(r, breaks=())),
    "break_length": lambda p, r: (p, pause(r, 0, -1)),
    "break_place": lambda p, r: (p, pause(r, -1, -1)),
    "travel_time": lambda p, r: (p, stop_with(r, at(r, SHOP), **vars_of(shifted(r.routes[0].stops[at(r, SHOP)], 1)))),
    "with_visit": lambda p, r: (p, without_pantry_in_visit(r)),
    "longest_ride": lambda p, r: (request_with(p, 1, longest_ride_s=599), r),
    "max_stops": lambda p, r: (vehicle_with(p, max_stops=2), r),
    "distance_sum": lambda p, r: (p, route_with(r, distance_m=r.routes[0].distance_m - 1)),
    "drive_sum": lambda p, r: (p, route_with(r, drive_s=r.routes[0].drive_s - 1)),
    "depot_first": lambda p, r: (p, stop_with(r, 0, arrive_s=r.routes[0].depart_s - 60)),
    "depot_last": lambda p, r: (p, stop_with(r, len(r.routes[0].stops) - 1, leave_s=r.routes[0].return_s + 60)),
    "unserved_list": lambda p, r: (p, replace(r, unserved=())),
    "cost": lambda p, r: (p, replace(r, cost=r.cost - 1)),
}


def vars_of(stop: Stop) -> dict[str, int]:
    return {"arrive_s": stop.arrive_s, "start_s": stop.start_s, "leave_s": stop.leave_s}


def test_every_code_has_a_plan_that_breaks_it() -> None:
    assert set(BROKEN) == set(CODES)


@pytest.mark.parametrize("code", sorted(BROKEN))
def test_the_broken_rule_is_named(code: str, problem: Problem, plan: Result) -> None:
    faults = verify(*BROKEN[code](problem, plan))
    assert code in {f.code for f in faults}
    assert all(f.japanese and f.english and f.where is not None for f in faults)


def test_load_is_counted_between_the_tasks_of_one_stop() -> None:
    """A full van (60 of 60) may change 60 for 60 at a depot stop, unloading first; with 61 it may not."""
    seconds = np.array([[0, 60], [60, 0]], dtype=np.int64)
    day = ((0, 9 * HOUR),)
    requests = tuple(Request(str(i), Task(1, day), Task(0, day), (60, 0, 0)) for i in range(2))
    van = Vehicle("VAN", 0, 0, 0, 9 * HOUR, (60, 0, 0))
    problem = Problem((Site("depot", 0), Site("shop", 0)), (van,), requests, seconds, seconds)
    first, second = Stop(1, 60, 60, 60, (0,), ()), Stop(0, 120, 120, 120, (), (0,))
    third, last = Stop(1, 180, 180, 180, (1,), ()), Stop(0, 240, 240, 240, (), (1,))
    route = Route(0, 0, 240, 240, 240, (first, second, third, last), ())
    assert verify(problem, Result((route,), (), 240, 0, "done")) == []
    heavier = request_with(problem, 1, load_g=(61, 0, 0))
    assert [f.code for f in verify(heavier, Result((route,), (), 240, 0, "done"))] == ["capacity"]


def test_each_rule_that_holds_by_one_is_no_fault(problem: Problem, plan: Result) -> None:
    """The same rules as in ``BROKEN``, just kept."""
    used, hall = plan.routes[0].vehicle, plan.routes[0].stops[at(plan, HALL)]
    tight = site_with(problem, HALL, max_height_cm=210, max_weight_kg=1500, permits=frozenset({"park"}))
    tight = vehicle_with(tight, height_cm=210, weight_kg=1500, permits=frozenset({"park", "school"}))
    tight = request_with(tight, 0, deliver_by_s=hall.start_s, goods=frozenset({"soap"}))
    # the surplus is picked up after everything else was delivered
    tight = replace(request_with(tight, 1, goods=frozenset({"bread"})), apart=frozenset({frozenset({"soap", "bread"})}))
    tight = replace(tight, locks=(Lock(0, used, (hall.start_s, hall.start_s)), Lock(1, used), Lock(4, 1 - used)))
    assert verify(tight, plan) == []


def test_cost_counts_long_days_and_moves(problem: Problem, plan: Result) -> None:
    """A day since 6:00 is 10 s longer than fair, at 3 a second; the order moved for 7, the surplus did not."""
    used = plan.routes[0].vehicle
    long = plan.routes[0].return_s - 6 * HOUR - 10
    dear = vehicle_with(problem, begun_s=6 * HOUR, fair_s=long, cost_per_s_over_fair=3)
    dear = request_with(request_with(dear, 0, stays_with=1 - used, move_cost=7), 1, stays_with=used, move_cost=9)
    assert [f.code for f in verify(dear, plan)] == ["cost"]
    assert verify(dear, replace(plan, cost=plan.cost + 10 * 3 + 7)) == []
    assert [f.code for f in verify(vehicle_with(problem, begun_s=6 * HOUR, break_s=2701), plan)] == ["break_length"]
