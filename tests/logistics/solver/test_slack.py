"""Leaving as late as allowed keeps everything; a minute later something breaks. Four sites half an hour apart, stops of five minutes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from logistics.solver.problem import Lock, Problem, Request, Site, Task, Vehicle
from logistics.solver.result import Route, Stop
from logistics.solver.slack import latest_leaves

MINUTE, HOUR = 60, 3600
ALL_DAY = ((8 * HOUR, 20 * HOUR),)
NINE, TEN = 9 * HOUR, 10 * HOUR


def problem(*deliveries: Task, until: int = 18 * HOUR, **changes: object) -> Problem:
    seconds = np.full((4, 4), 30 * MINUTE, dtype=np.int64)
    np.fill_diagonal(seconds, 0)
    requests = tuple(Request(str(i), Task(0, ALL_DAY), d, (10, 0, 0)) for i, d in enumerate(deliveries))
    van = Vehicle("VAN", 0, 0, 8 * HOUR, until, (100, 0, 0), **changes)  # type: ignore[arg-type]
    return Problem(tuple(Site(str(i), 300) for i in range(4)), (van,), requests, seconds, seconds)


def route(*starts: int, pickups: tuple[int, ...] = (0, 1), breaks: tuple[tuple[int, int], ...] = ()) -> Route:
    """From the depot at 8:00 to site 1, to site 2 and so on, each reached half an hour after the last was left."""
    depart = 8 * HOUR
    stops = [Stop(0, depart, depart, depart, pickups[: len(starts)], ())]
    for number, start in enumerate(starts):
        arrive = stops[-1].leave_s + 30 * MINUTE
        stops.append(Stop(number + 1, arrive, start, start + 5 * MINUTE, (), (number,)))
    return Route(0, depart, stops[-1].leave_s + 30 * MINUTE, 0, 0, tuple(stops), breaks)


def test_a_window_at_the_second_stop_reaches_back_to_the_depot() -> None:
    # 10:00 at the second: left 9:30 at the first, begun there at 9:25, left the depot at 8:55. Then home by 18:00: left 17:30.
    facts = problem(Task(1, ALL_DAY), Task(2, ((8 * HOUR, TEN),)))
    plan = route(8 * HOUR + 30 * MINUTE, 9 * HOUR + 5 * MINUTE)
    assert latest_leaves(facts, plan) == (8 * HOUR + 55 * MINUTE, 9 * HOUR + 30 * MINUTE, 17 * HOUR + 30 * MINUTE)


def test_waiting_before_a_window_is_time_to_spare() -> None:
    # planned to begin at ten when it opens; until noon it may begin
    facts = problem(Task(1, ((TEN, 12 * HOUR),)))
    assert latest_leaves(facts, route(TEN))[0] == 11 * HOUR + 30 * MINUTE


def test_the_shift_the_latest_arrival_a_lock_and_a_visit_bind() -> None:
    plan = route(8 * HOUR + 30 * MINUTE)
    # home by 9:20: left by 8:50, begun by 8:45
    assert latest_leaves(problem(Task(1, ALL_DAY), until=9 * HOUR + 20 * MINUTE), plan)[0] == 8 * HOUR + 15 * MINUTE
    base = problem(Task(1, ALL_DAY))
    soon = replace(base, requests=(replace(base.requests[0], deliver_by_s=NINE),))
    assert latest_leaves(soon, plan)[0] == 8 * HOUR + 30 * MINUTE
    assert latest_leaves(replace(base, locks=(Lock(0, start=(8 * HOUR, NINE)),)), plan)[0] == 8 * HOUR + 30 * MINUTE
    # set up by ten: begun by 9:55
    visit = Task(1, ((8 * HOUR, TEN),), latest_done_s=TEN, hold_until_s=8 * HOUR + 35 * MINUTE)
    assert latest_leaves(problem(visit), plan)[0] == 9 * HOUR + 25 * MINUTE


def test_a_break_keeps_its_length_and_a_day_without_one_stays_below_four_hours() -> None:
    pause = (8 * HOUR + 30 * MINUTE, 9 * HOUR + 15 * MINUTE)
    facts = problem(Task(1, ((8 * HOUR, TEN),)), break_s=45 * MINUTE)
    assert latest_leaves(facts, route(pause[1], breaks=(pause,)))[0] == 8 * HOUR + 45 * MINUTE
    # out since 8:00 without a break: home by 12:00, so left by 11:30; who leaves the depot later may be home later
    facts = problem(Task(1, ALL_DAY), break_s=45 * MINUTE)
    assert latest_leaves(facts, route(8 * HOUR + 30 * MINUTE)) == (16 * HOUR + 55 * MINUTE, 11 * HOUR + 30 * MINUTE)


def test_what_is_on_board_already_must_not_wait() -> None:
    # both on board since 8:00 for at most 90 minutes: at the second by 9:30, so the first is left by 9:00. Left later from the depot,
    # they are on board later too.
    base = problem(Task(1, ALL_DAY), Task(2, ALL_DAY))
    requests = tuple(replace(r, longest_ride_s=90 * MINUTE) for r in base.requests)
    leaves = latest_leaves(replace(base, requests=requests), route(8 * HOUR + 30 * MINUTE, 9 * HOUR + 5 * MINUTE))
    assert leaves[1] == NINE
    assert leaves[0] == 16 * HOUR + 20 * MINUTE
