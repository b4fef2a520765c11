"""Each rule broken once: the check must see it, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from logistics.solver.month import MonthProblem, Visit
from logistics.solver.month.check import month_faults
from tests.logistics.solver.month.months import HOUR, MINUTE, month, site

pytestmark = pytest.mark.sqlite

GOOD = Visit(1, 10 * HOUR, 12 * HOUR, "CAR1", 0, 40)


def problem(**changes: object) -> MonthProblem:
    """Two sites 5 km north, CAR1 out on days 1 to 20 from 8:00 to 17:00 with 400 kg."""
    rows = [site("M01", gap_days=7, most=2), site("M02", gap_days=7)]
    return replace(month(rows, range(1, 21)), **changes)  # type: ignore[arg-type]


def codes(visits: list[Visit], facts: MonthProblem | None = None) -> list[str]:
    return [fault.code for fault in month_faults(facts or problem(), visits)]


def test_a_good_visit_has_no_fault() -> None:
    assert codes([GOOD]) == []


@pytest.mark.parametrize(
    ("visit", "code"),
    [
        (replace(GOOD, start_s=9 * HOUR + 30 * MINUTE, end_s=11 * HOUR + 30 * MINUTE), "hours"),
        (replace(GOOD, day=25), "car_out"),
        (replace(GOOD, car="CAR2"), "car_out"),
        (replace(GOOD, households=101), "overloaded"),
    ],
)
def test_one_visit(visit: Visit, code: str) -> None:
    assert codes([visit]) == [code]


def test_closed_days_and_days_gone_by() -> None:
    rows = problem().sites
    assert codes([GOOD], problem(sites=(replace(rows[0], closed=frozenset({1})), rows[1]))) == ["closed_day"]
    assert codes([GOOD], problem(free_from=2)) == ["past"]


def test_a_car_without_the_permit_may_not_stand_there() -> None:
    only = tuple(replace(one, sites=frozenset({1})) for one in problem().car_days)
    assert codes([GOOD], problem(car_days=only)) == ["may_not_stand"]


def test_the_gap_holds_between_visits_and_to_the_past() -> None:
    assert codes([GOOD, replace(GOOD, day=7)]) == ["gap"]
    assert codes([GOOD, replace(GOOD, day=8)]) == []
    rows = problem().sites
    assert codes([GOOD], problem(sites=(replace(rows[0], last_visit=-5), rows[1]))) == ["gap"]


def test_more_than_the_most_and_twice_a_day() -> None:
    assert codes([GOOD, replace(GOOD, day=8), replace(GOOD, day=15)]) == ["most"]
    assert codes([GOOD, replace(GOOD, start_s=14 * HOUR, end_s=16 * HOUR)]) == ["twice"]


def test_the_way_between_two_visits() -> None:
    """12:00 closed, 300 s packing up, both sites at one place, 300 + 320 s ready: 12:15:20 at the earliest."""
    next_door = replace(GOOD, site=1, start_s=12 * HOUR + 15 * MINUTE, end_s=14 * HOUR + 15 * MINUTE)
    (fault,) = month_faults(problem(), [GOOD, next_door])
    assert (fault.code, fault.seconds, fault.other) == ("overlap", 20, GOOD)
    later = replace(next_door, start_s=next_door.start_s + 20, end_s=next_door.end_s + 20)
    assert "overlap" not in codes([GOOD, later])


def test_a_long_day_needs_a_break_in_one_piece() -> None:
    """10:00 to 14:20 with the way is over four hours; leaving at 9:39 from 8:00 there are 99 min before it. From 9:00 there are 39 of 45."""
    late = Visit(1, 12 * HOUR + 20 * MINUTE, 14 * HOUR + 20 * MINUTE, "CAR1", 1, 40)
    assert codes([GOOD, late]) == []
    short = tuple(replace(one, start_s=9 * HOUR) for one in problem().car_days)
    assert codes([GOOD, late], problem(car_days=short)) == ["no_break"]


@pytest.mark.parametrize(("start", "end", "code"), [(10, 17, "too_early"), (8, 12, "too_late")])
def test_the_cars_hours(start: int, end: int, code: str) -> None:
    """Ready takes 620 s and the way 600 s: 9:39:40; packed up and back at 12:15."""
    hours = tuple(replace(one, start_s=start * HOUR, end_s=end * HOUR) for one in problem().car_days)
    (fault,) = month_faults(problem(car_days=hours), [GOOD])
    assert (fault.code, fault.seconds) == (code, 1220 if code == "too_early" else 900)


def test_a_lock_that_is_not_there_is_seen() -> None:
    lock = replace(GOOD, locked=True)
    assert codes([], problem(locks=(lock,))) == ["lock_broken"]
    assert codes([lock], problem(locks=(lock,), free_from=5)) == []
