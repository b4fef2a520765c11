"""Too few visits: the true reason, and a change that helps when it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from logistics.solver.month import MonthProblem, plan_month
from logistics.solver.month.problem import CarDay
from logistics.solver.month.search import choose
from logistics.solver.month.shortage import apply, held_back
from tests.logistics.solver.month.months import HOUR, month, site

pytestmark = pytest.mark.sqlite

WORK = 0.3


def may_stand_nowhere(problem: MonthProblem) -> MonthProblem:
    return replace(problem, car_days=tuple(replace(one, sites=frozenset()) for one in problem.car_days))


def out_for_two_hours(problem: MonthProblem) -> MonthProblem:
    return replace(problem, car_days=tuple(replace(one, end_s=one.start_s + 2 * HOUR) for one in problem.car_days))


def as_it_is(problem: MonthProblem) -> MonthProblem:
    return problem


@pytest.mark.parametrize(
    ("fields", "out", "change", "reason"),
    [
        ({"weekdays": []}, [0], as_it_is, "no_hours"),
        ({"hours": (10, 11)}, [0], as_it_is, "no_hours"),
        ({"closed": frozenset(range(31))}, [0], as_it_is, "closed"),
        ({"weekdays": [2]}, [0, 7], as_it_is, "no_car"),
        ({}, [0], may_stand_nowhere, "no_permit"),
        ({}, [0], out_for_two_hours, "no_time"),
        ({"last_visit": -1, "gap_days": 40}, [0, 7], as_it_is, "gap"),
    ],
)
def test_the_reason(fields: dict, out: list[int], change: Callable[[MonthProblem], MonthProblem], reason: str) -> None:  # type: ignore[type-arg]
    problem = change(month([site(least=1, **fields)], out))
    (short,) = plan_month(problem, work=WORK).shorts
    assert (short.missing, short.reason) == (1, reason)


def test_another_weekday_on_which_the_car_is_out_helps() -> None:
    """Open on Wednesdays only, the car goes out on Tuesdays."""
    problem = month([site(least=1, weekdays=[2])], [0, 7])
    (short,) = plan_month(problem, work=WORK).shorts
    assert short.change is not None
    assert (short.change.kind, short.change.weekday) == ("weekday", 1)
    _it_helps(problem, short.site, short.change)


def test_one_more_day_of_the_car_helps_when_it_is_full() -> None:
    """One Tuesday for two sites that need one visit each, and only one fits on a day; every weekday is open already."""
    problem = month([site("M01", 60, least=1), site("M02", least=1)], [7], capacity_kg=240)
    result = plan_month(problem, work=WORK)
    (short,) = result.shorts
    assert (short.site, short.reason) == (1, "full")  # the larger site comes first
    assert short.change is not None
    assert (short.change.kind, short.change.car) == ("car_day", "CAR1")
    _it_helps(problem, short.site, short.change)


def test_a_closed_day_opened_and_a_smaller_gap_help() -> None:
    closed = month([site(least=1, closed=frozenset({7}))], [7])
    (short,) = plan_month(closed, work=WORK).shorts
    assert short.change is not None
    assert (short.change.kind, short.change.day) == ("open_day", 7)
    _it_helps(closed, 0, short.change)
    near = month([site(least=2, gap_days=8)], list(range(0, 8)), days=8)
    (short,) = plan_month(near, work=WORK).shorts
    assert short.change is not None
    assert (short.change.kind, short.change.days) == ("gap", 7)
    _it_helps(near, 0, short.change)
    assert len(choose(apply(near, 0, replace(short.change, days=8)), work=WORK, seed=1)[0]) == 1  # a smaller step does not


def _it_helps(problem: MonthProblem, index: int, change) -> None:  # type: ignore[no-untyped-def]
    assert plan_month(apply(problem, index, change), work=WORK).shorts == ()


def test_what_holds_a_site_back() -> None:
    sites = [site("M01", most=1), site("M02", weekdays=[3]), site("M03", gap_days=20), site("M04", 20)]
    problem = month(sites, [0, 7], capacity_kg=320)
    result = plan_month(problem, work=WORK)
    days = {index: [v.day for v in result.visits if v.site == index] for index in range(4)}
    told = held_back(problem, result.visits)
    assert (len(days[0]), told[0]) == (1, "most")
    assert (days[1], told[1]) == ([], "days")
    assert (len(days[2]), told[2]) == (1, "gap")
    assert isinstance(problem.car_days[0], CarDay)
