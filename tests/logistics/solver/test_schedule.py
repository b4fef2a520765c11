"""Timetables worked out by hand. All places are ten minutes apart; a stop takes five minutes and its handling."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from logistics.solver.compiled import plain
from logistics.solver.model import arrays
from logistics.solver.problem import Problem, Request, Site, Task, Vehicle
from logistics.solver.schedule import carries, schedule, stops_from_route, stops_from_tasks
from logistics.solver.timing import timetable
from tests.logistics.solver.days import random_day

MINUTE, HOUR = 60, 3600
ALL_DAY = ((8 * HOUR, 20 * HOUR),)


def day(deliveries: list[Task], pickups: list[Task] | None = None, **van: Any) -> Problem:
    """Requests from the depot (or from ``pickups``) to ``deliveries``, 10 g each."""
    seconds = np.full((5, 5), 600, dtype=np.int64)
    np.fill_diagonal(seconds, 0)
    starts = pickups or [Task(0, ALL_DAY)] * len(deliveries)
    rides = van.pop("rides", [None] * len(deliveries))
    requests = tuple(
        Request(str(i), p, d, (10, 0, 0), longest_ride_s=x)
        for i, (p, d, x) in enumerate(zip(starts, deliveries, rides, strict=True))
    )
    shift = {"shift_start_s": 8 * HOUR, "shift_end_s": 18 * HOUR, "capacity_g": (100, 0, 0), **van}
    return Problem(tuple(Site(str(i)) for i in range(5)), (Vehicle("VAN", 0, 0, **shift),), requests, seconds, seconds)


def times(problem: Problem, tasks: list[int]) -> Any:
    a = arrays(problem)
    return schedule(a, 0, stops_from_tasks(a, 0, tasks))


def test_departure_is_as_late_as_the_return_allows() -> None:
    route = times(day([Task(1, ((10 * HOUR, 11 * HOUR),), 2 * MINUTE)]), [0, 1])
    # opens at 10:00; 5 + 2 minutes there, 10 back: 10:17; leaving at 9:50 is enough
    assert (route.depart_s, route.return_s) == (10 * HOUR - 600, 10 * HOUR + 17 * MINUTE)
    assert (route.stops[0].arrive_s, route.stops[0].leave_s) == (route.depart_s, route.depart_s)


def test_neighbours_at_one_site_share_the_set_up_and_the_start() -> None:
    problem = day([Task(1, ((9 * HOUR, 11 * HOUR),), 60), Task(1, ((10 * HOUR, 12 * HOUR),), 120)])
    route = times(problem, [0, 2, 1, 3])
    assert len(route.stops) == 2
    stop = route.stops[1]
    # common start 10:00, then 5 + 1 + 2 minutes
    assert (stop.start_s, stop.leave_s) == (10 * HOUR, 10 * HOUR + 8 * MINUTE)


def test_windows_without_a_common_start_make_two_stops() -> None:
    problem = day([Task(1, ((9 * HOUR, 9 * HOUR + 600),), 60), Task(1, ((10 * HOUR, 12 * HOUR),), 120)])
    route = times(problem, [0, 2, 1, 3])
    first, second = route.stops[1:]
    # 9:10 + 6 minutes = 9:16 (as late as it may be), then waiting at the same place; 10:00 + 5 + 2 minutes
    assert (first.start_s, first.leave_s) == (9 * HOUR + 600, 9 * HOUR + 16 * MINUTE)
    assert (second.arrive_s, second.start_s, second.leave_s) == (first.leave_s, 10 * HOUR, 10 * HOUR + 7 * MINUTE)


def test_second_of_two_windows() -> None:
    problem = day([Task(1, ((8 * HOUR, 8 * HOUR + 300), (10 * HOUR, 11 * HOUR)))])
    # the first window closes at 8:05, before the earliest arrival at 8:10
    assert times(problem, [0, 1]).stops[1].start_s == 10 * HOUR


def test_visit_is_ready_before_it_opens_and_stays_until_it_closes() -> None:
    visit = Task(1, ((8 * HOUR, 11 * HOUR),), 4 * MINUTE, latest_done_s=11 * HOUR, hold_until_s=13 * HOUR)
    problem = day([visit])
    route = times(problem, [0, 1])
    # 11:00 - 5 - 4 minutes is the latest start, ten minutes earlier the departure
    assert (route.depart_s, route.stops[1].start_s) == (11 * HOUR - 19 * MINUTE, 11 * HOUR - 9 * MINUTE)
    assert (route.stops[1].leave_s, route.return_s) == (13 * HOUR, 13 * HOUR + 600)


def test_a_long_route_has_its_break_in_the_wait() -> None:
    problem = day(
        [Task(1, ((9 * HOUR, 9 * HOUR),)), Task(2, ((14 * HOUR, 15 * HOUR),))], break_s=45 * MINUTE, break_after_s=4 * HOUR
    )
    route = times(problem, [0, 2, 1, 3])
    # 8:50 to 14:15; the wait at the second place costs nothing
    assert (route.depart_s, route.return_s) == (8 * HOUR + 50 * MINUTE, 14 * HOUR + 15 * MINUTE)
    assert route.breaks == ((9 * HOUR + 15 * MINUTE, 10 * HOUR),)


def test_without_a_wait_the_break_delays_the_return() -> None:
    visit = Task(1, ((8 * HOUR, 9 * HOUR),), 0, latest_done_s=9 * HOUR, hold_until_s=12 * HOUR + 45 * MINUTE)
    problem = day([visit, Task(2, ALL_DAY)], break_s=45 * MINUTE, break_after_s=4 * HOUR)
    route = times(problem, [0, 2, 1, 3])
    # without a break 8:45 to 13:10 is over four hours. Before the visit the van can be there from 8:10: 45 minutes until 8:55,
    # five minutes of set-up are over at 9:00, so the break costs no later return, only an earlier departure (8:00)
    assert (route.depart_s, route.return_s) == (8 * HOUR, 13 * HOUR + 10 * MINUTE)
    assert route.breaks == ((8 * HOUR + 10 * MINUTE, 8 * HOUR + 55 * MINUTE),)
    late = day([visit, Task(2, ALL_DAY)], break_s=45 * MINUTE, break_after_s=4 * HOUR, shift_start_s=8 * HOUR + 60)
    # a minute later it does not fit there any more: it is taken at the second place
    assert times(late, [0, 2, 1, 3]).return_s == 13 * HOUR + 55 * MINUTE


def test_a_break_that_fits_nowhere_makes_the_route_impossible() -> None:
    visit = Task(1, ((8 * HOUR, 8 * HOUR + 20 * MINUTE),), 0, latest_done_s=9 * HOUR, hold_until_s=12 * HOUR)
    problem = day([visit], break_s=45 * MINUTE, break_after_s=4 * HOUR)
    # latest start 8:20, so a break from 8:10 is over too late; but 8:10 to 12:10 is exactly four hours and needs none
    assert times(problem, [0, 1]).breaks == ()
    assert times(day([visit], break_s=45 * MINUTE, break_after_s=4 * HOUR - 601), [0, 1]) is None


def test_longest_ride_starts_late_instead_of_waiting_on_board() -> None:
    pick, drop = Task(1, ((9 * HOUR, 12 * HOUR),)), Task(2, ((12 * HOUR, 13 * HOUR),))
    problem = day([drop], [pick], rides=[20 * MINUTE])
    route = times(problem, [0, 1])
    # start at 12:00, so the pickup is left at 11:40 at the earliest; the departure moves as far as it can: left 11:50
    assert route.stops[1].start_s - route.stops[0].leave_s <= 20 * MINUTE
    assert route.return_s == 12 * HOUR + 15 * MINUTE
    early = day([drop], [Task(1, ((9 * HOUR, 11 * HOUR),))], rides=[20 * MINUTE])
    # left by 11:05 at the latest: 55 minutes on board
    assert times(early, [0, 1]) is None


def test_loading_again_in_between_costs_time_but_frees_room() -> None:
    problem = day([Task(1, ALL_DAY), Task(2, ALL_DAY)], capacity_g=(10, 0, 0))
    a = arrays(problem)
    once = stops_from_tasks(a, 0, [0, 2, 1, 3])
    assert not carries(a, 0, once)
    twice = stops_from_tasks(a, 0, [0, 1, 2, 3])
    assert carries(a, 0, twice)
    route = schedule(a, 0, twice)
    assert route is not None
    # four legs of ten minutes and three stops of five
    assert route.return_s - route.depart_s == 55 * MINUTE
    assert stops_from_route(route, problem) == twice


@pytest.mark.parametrize(("end", "fits"), [(8 * HOUR + 25 * MINUTE, True), (8 * HOUR + 25 * MINUTE - 1, False)])
def test_the_shift_holds_to_the_second(end: int, fits: bool) -> None:
    # 10 minutes there, 5 at the stop, 10 back
    assert (times(day([Task(1, ALL_DAY)], shift_end_s=end), [0, 1]) is not None) is fits


def test_plain_python_and_compiled_code_give_the_same_times() -> None:
    a = arrays(random_day(6, requests=20, vehicles=1))
    tasks = [t for q in range(a.n_requests) for t in (2 * q, 2 * q + 1)]
    compared = 0
    for first in range(0, len(tasks), 2):
        stops = stops_from_tasks(a, 0, tasks[first : first + 2])
        groups = [stops[0], *stops[1:-1], stops[-1]]
        seq = np.array([t for g in groups for t in g], dtype=np.int32)
        cut = np.cumsum([0, *(len(g) for g in groups)]).astype(np.int32)
        clocks = [np.zeros((8, len(groups)), dtype=np.int64) for _ in range(2)]
        results = [f(a, 0, len(groups) - 2, cut, seq, c) for f, c in zip((timetable, plain(timetable)), clocks, strict=True)]
        assert results[0] == results[1]
        if results[0][0]:
            compared += 1
            assert (clocks[0][:3] == clocks[1][:3]).all()
    assert compared > 0


def test_the_rest_of_a_day_keeps_its_break_where_the_whole_day_had_it() -> None:
    """Four halls, 8:10 to 10:15, 10:25 to 11:00, 11:10 to 11:45 and 11:55 to 13:00 without the break of half an hour; with it back at
    13:40. The middle of the day is 10:50, so the break is at 10:25, on arrival at the second hall. At 10:15 that is the same; the
    middle of what is left then would be 11:57, and a break at 11:55 would change when the second and third hall are served."""
    halls = [Task(n, ((0, 24 * HOUR),), minutes * MINUTE) for n, minutes in ((1, 120), (2, 30), (3, 30), (4, 60))]
    whole = day(halls, break_s=30 * MINUTE, break_after_s=2 * HOUR)
    planned = times(whole, [0, 2, 4, 6, 1, 3, 5, 7])
    pause = ((10 * HOUR + 25 * MINUTE, 10 * HOUR + 55 * MINUTE),)
    assert (planned.return_s, planned.breaks) == (13 * HOUR + 40 * MINUTE, pause)

    def from_the_first_hall(begun_s: int) -> Any:
        van = replace(whole.vehicles[0], start_site=1, shift_start_s=planned.stops[1].leave_s, begun_s=begun_s)
        aboard = tuple(replace(request, pickup=Task(1, ALL_DAY)) for request in whole.requests[1:])
        return times(replace(whole, vehicles=(van,), requests=aboard), [0, 2, 4, 1, 3, 5])

    rest = from_the_first_hall(planned.depart_s)
    assert (rest.depart_s, rest.return_s, rest.breaks) == (10 * HOUR + 15 * MINUTE, planned.return_s, pause)
    assert [stop.start_s for stop in rest.stops[1:]] == [stop.start_s for stop in planned.stops[2:]]
    only_now = from_the_first_hall(10 * HOUR + 15 * MINUTE)
    assert (only_now.return_s, only_now.breaks[0][0]) == (planned.return_s, 11 * HOUR + 55 * MINUTE)
