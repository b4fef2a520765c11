"""Reasons and fixes, each verified by solving again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from logistics.solver.explain import Fix, Reason, explain, explain_all, relax, serves
from logistics.solver.problem import Problem, Request, Site, Task, Vehicle
from logistics.solver.search import solve

MINUTE, HOUR = 60, 3600
ALL_DAY = ((8 * HOUR, 20 * HOUR),)


def day(*deliveries: Task, load: tuple[int, int, int] = (10, 0, 0), until: int = 18 * HOUR) -> Problem:
    seconds = np.full((4, 4), 1800, dtype=np.int64)
    np.fill_diagonal(seconds, 0)
    requests = tuple(Request(str(i), Task(0, ALL_DAY), d, load) for i, d in enumerate(deliveries))
    van = Vehicle("VAN", 0, 0, 8 * HOUR, until, (100, 0, 0))
    return Problem(tuple(Site(str(i), 300) for i in range(4)), (van,), requests, seconds, seconds)


def reason(problem: Problem) -> Reason:
    result = solve(problem, seconds=None, work=100, processes=1)
    (left,) = result.unserved
    return explain(problem, result, left)


def test_zone_nobody_carries() -> None:
    assert reason(day(Task(1, ALL_DAY), load=(0, 0, 10))) == Reason("zone_not_carried", None)


def test_too_heavy_names_the_largest_part_that_fits() -> None:
    # 250 g for a van of 100: six tenths less leave exactly 100
    assert reason(day(Task(1, ALL_DAY), load=(250, 0, 0))) == Reason("too_heavy", Fix("smaller_load", "0", 150, "g"))


def test_window_nobody_can_reach() -> None:
    # half an hour away from 8:00: 8:30, thirteen minutes after the window, so three steps of five minutes
    assert reason(day(Task(1, ((8 * HOUR, 8 * HOUR + 17 * MINUTE),)))) == Reason(
        "window_unreachable", Fix("later_window", "0", 15 * MINUTE, "s")
    )


def test_two_at_once() -> None:
    at_ten = ((10 * HOUR, 10 * HOUR),)
    found = reason(day(Task(1, at_ten), Task(2, at_ten)))
    # the other is left at 10:05 and 30 minutes away: 35 minutes later
    assert found == Reason("no_time_left", Fix("later_window", found.fix.subject if found.fix else "", 35 * MINUTE, "s"))


def test_a_shift_too_short() -> None:
    # there and back with the stop is 65 minutes, the shift has 50: one step of 15 minutes
    found = reason(day(Task(1, ALL_DAY), until=8 * HOUR + 50 * MINUTE))
    assert found == Reason("window_unreachable", Fix("longer_shift", "VAN", 15 * MINUTE, "s"))


def test_one_more_vehicle_when_nothing_smaller_helps() -> None:
    visit = Task(1, ((8 * HOUR, 10 * HOUR),), 0, latest_done_s=10 * HOUR, hold_until_s=17 * HOUR)
    found = reason(day(visit, replace(visit, site=2)))
    # there from 9:25 to 17:00 and half an hour back: 9 to 18 in full hours
    assert found == Reason("no_time_left", Fix("more_vehicle", "VAN", 1, "vehicle", (9 * HOUR, 18 * HOUR)))


def test_a_load_of_a_visit_that_other_work_keeps_out_has_no_time_left() -> None:
    # With the visit alone the shop (3) is left at 8:35 and the visit reached at 9:05. Beside an order (2) at nine sharp the shop comes
    # either before it, 8:30 + 5 + 30 minutes = 9:05, or after it, 9:05 + 30 + 5 + 30 = 10:10, when the visit has been open since 10:00.
    visit = Task(1, ((8 * HOUR, 10 * HOUR),), 0, latest_done_s=10 * HOUR, hold_until_s=12 * HOUR)
    base = day(visit, Task(2, ((9 * HOUR, 9 * HOUR),)))
    load = Request("load", Task(3, ALL_DAY), visit, (10, 0, 0), penalty=1, with_visit=0)
    found = reason(replace(base, requests=(*base.requests, load)))
    assert found.code == "no_time_left"


@pytest.mark.parametrize(
    "problem",
    [
        day(Task(1, ((8 * HOUR, 8 * HOUR + 17 * MINUTE),))),
        day(Task(1, ALL_DAY), until=8 * HOUR + 35 * MINUTE),
        day(Task(1, ((10 * HOUR, 10 * HOUR),)), Task(2, ((10 * HOUR, 10 * HOUR),))),
    ],
)
def test_the_fix_works_and_a_smaller_step_does_not(problem: Problem) -> None:
    result = solve(problem, seconds=None, work=100, processes=1)
    ((left, found),) = explain_all(problem, result).items()
    assert found.fix is not None
    step = 300 if found.fix.kind.endswith("window") else 900
    again = solve(relax(problem, left, found.fix), seconds=None, work=300, processes=1)
    assert again.unserved == ()
    smaller = replace(found.fix, amount=found.fix.amount - step)
    assert serves(relax(problem, left, smaller), result, left, work=300, seed=2) is None


def test_a_spent_budget_still_gives_the_reasons() -> None:
    problem = day(Task(1, ((8 * HOUR, 8 * HOUR + 60),)), Task(2, ((8 * HOUR, 8 * HOUR + 60),)))
    result = solve(problem, seconds=None, work=50, processes=1)
    found = explain_all(problem, result, seconds=0.0)
    assert found == {0: Reason("window_unreachable", None), 1: Reason("window_unreachable", None)}
