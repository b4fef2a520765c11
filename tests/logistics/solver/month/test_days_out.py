"""A car that begins its day elsewhere, and one that stops only so often a day. Two minutes a kilometre."""

from __future__ import annotations

from dataclasses import replace

import pytest

from logistics.solver.month import MonthProblem, Visit, plan_month
from logistics.solver.month.check import month_faults
from tests.logistics.solver.month.months import HOUR, MINUTE, month, random_month, site

pytestmark = pytest.mark.sqlite


def begun_elsewhere(problem: MonthProblem, minutes: int) -> MonthProblem:
    """Every car stands that many minutes (and twice as many kilometres) from the depot, and from everything else farther."""
    here = len(problem.travel_s)
    depot = problem.car_days[0].depot

    def wider(table: tuple[tuple[int, ...], ...], way: int) -> tuple[tuple[int, ...], ...]:
        rows = [(*row, way + table[depot][i]) for i, row in enumerate(table)]
        return (*rows, (*(way + table[depot][i] for i in range(here)), 0))

    return replace(
        problem,
        travel_s=wider(problem.travel_s, minutes * MINUTE),
        travel_m=wider(problem.travel_m, 2_000 * minutes),
        car_days=tuple(replace(one, begins=here) for one in problem.car_days),
    )


def test_the_way_to_the_depot_and_loading_there_take_their_time() -> None:
    """Out at 8:00, 20 min to the depot, 300 + 320 s to load for 40 households, 10 min to the site, 300 + 320 s to set up: 8:50:40. A site
    open 8:30 to 10:30 for a visit of two hours is in reach only of a car that begins at the depot (8:20:20)."""
    facts = month([site(hours=(8.5, 10.5))], [3])
    assert [v.start_s for v in plan_month(facts, work=0.2).visits] == [8 * HOUR + 30 * MINUTE]
    assert plan_month(begun_elsewhere(facts, 20), work=0.2).visits == ()
    later = month([site(hours=(9, 11))], [3])
    assert [v.start_s for v in plan_month(begun_elsewhere(later, 20), work=0.2).visits] == [9 * HOUR]


def test_the_check_counts_the_way_by_itself() -> None:
    """8:30 is 20 min 40 s too early, and nothing else is wrong."""
    facts = begun_elsewhere(month([site(hours=(8.5, 10.5))], [3]), 20)
    visit = Visit(3, 8 * HOUR + 30 * MINUTE, 10 * HOUR + 30 * MINUTE, "CAR1", 0, 40)
    assert [(f.code, f.seconds) for f in month_faults(facts, [visit])] == [("too_early", 20 * MINUTE + 40)]
    assert month_faults(month([site(hours=(8.5, 10.5))], [3]), [visit]) == []


def test_the_break_is_due_from_setting_out() -> None:
    """Without a break: out 9:29:20 for a visit 10:00 to 13:00, back 13:15: 3 h 45 min; begun 20 min and 10 min 20 s of loading earlier it is
    more than four hours."""
    facts = month([site(hours=(10, 13), visit_s=3 * HOUR)], [3], hours=(9.1, 13.3))
    visit = Visit(3, 10 * HOUR, 13 * HOUR, "CAR1", 0, 40)
    assert month_faults(facts, [visit]) == []
    elsewhere = begun_elsewhere(facts, 20)
    assert [f.code for f in month_faults(elsewhere, [visit])] == ["no_break"]
    assert plan_month(elsewhere, work=0.2).visits == ()


def test_a_car_that_stops_once_a_day_visits_one_site() -> None:
    facts = month([site("M01", most=1), site("M02", most=1)], [3])
    two = plan_month(facts, work=0.2).visits
    assert len(two) == 2
    once = replace(facts, car_days=tuple(replace(one, most_visits=1) for one in facts.car_days))
    assert len(plan_month(once, work=0.2).visits) == 1
    assert [(f.code, f.days) for f in month_faults(once, two)] == [("too_many_stops", 1)]


@pytest.mark.parametrize("number", range(4))
def test_what_the_search_chooses_passes_the_check(number: int) -> None:
    facts = random_month(number, sites=4)
    facts = begun_elsewhere(replace(facts, car_days=tuple(replace(o, most_visits=1 + number % 2) for o in facts.car_days)), 15)
    found = plan_month(facts, work=0.3).visits
    assert found
    assert month_faults(facts, found) == []
