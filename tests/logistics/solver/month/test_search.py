"""Months solvable by hand. A site 5 km away is ten minutes away; 40 households are 160 kg, unloaded in 300 + 320 s."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.solver.month import Visit, plan_month
from logistics.solver.month.check import month_faults
from logistics.solver.month.problem import MonthProblem
from logistics.solver.month.search import choose
from logistics.solver.month.weights import visit_points, waiting_points
from tests.logistics.solver.month.months import HOUR, month, random_month, site

pytestmark = pytest.mark.sqlite

WORK = 0.5


def days_of(visits: tuple[Visit, ...], index: int = 0) -> list[int]:
    return [v.day for v in visits if v.site == index]


def solved(problem: MonthProblem) -> tuple[Visit, ...]:
    visits, _, proven = choose(problem, work=WORK, seed=1)
    assert proven
    assert month_faults(problem, visits) == []
    return visits


def test_two_visits_divide_the_month_and_keep_their_weekday() -> None:
    """Out every day, two visits, never visited before: the first comes at once. The second on day 15 would leave 105 + 120 = 225 days
    of waiting per household, on day 14 91 + 136 = 227: 2 × 2 × 40 = 160 points more, less than another weekday (20 × 40 = 800)."""
    assert days_of(solved(month([site(most=2, gap_days=7)], range(31)))) == [0, 14]


def test_weights_are_what_their_words_say() -> None:
    assert [visit_points(48, rank) for rank in (1, 2, 3)] == [48_000, 12_000, 5_333]
    assert waiting_points(1, 14) == 2 * sum(range(1, 14)) == 182
    assert waiting_points(1, 1) == 0


def test_the_gap_is_kept_to_the_last_visit_before_the_month() -> None:
    """Last visited 3 days before the month, 10 days between: day 7 is the first."""
    visits = solved(month([site(most=1, gap_days=10, last_visit=-3, past_visits=1)], range(9)))
    assert days_of(visits)[0] >= 7


def test_of_two_equal_sites_the_one_that_has_waited_longer_comes_first_and_oftener() -> None:
    """One visit a day, three Tuesdays: 41 days waited against 5 (both visited twice in the past months)."""
    long, short = site("M01", last_visit=-41, past_visits=2), site("M02", last_visit=-5, past_visits=2)
    visits = solved(month([long, short], [0, 7, 14], capacity_kg=160))
    assert [v.site for v in visits] == [0, 1, 0]


def test_a_site_four_times_as_large_gets_twice_as_many_visits() -> None:
    """Six days for one visit each; 80 and 20 households. By need alone 4 and 2: the large one's fourth visit is worth
    80 × 1000 ÷ 16 = 5,000, the small one's second 20 × 1000 ÷ 4 = 5,000, its third 2,222."""
    visits = solved(month([site("M01", 80), site("M02", 20)], [0, 5, 10, 15, 20, 25], capacity_kg=320, hours=(9, 13)))
    assert Counter(v.site for v in visits) == {0: 4, 1: 2}


def test_two_equal_sites_get_equal_visits_over_two_months_with_history() -> None:
    """Tuesdays and one place a day. December 2026 has five Tuesdays, January 2027 four: nine days, so five and four."""
    sites = [site("M01"), site("M02")]
    december = solved(month(sites, [0, 7, 14, 21, 28], capacity_kg=160))
    counted = Counter(v.site for v in december)
    assert sorted(counted.values()) == [2, 3]
    later = [replace(one, last_visit=max(days_of(december, i)) - 31, past_visits=counted[i]) for i, one in enumerate(sites)]
    january = solved(month(later, [4, 11, 18, 25], capacity_kg=160, first=dt.date(2027, 1, 1)))
    both = counted + Counter(v.site for v in january)
    assert sorted(both.values()) == [4, 5]


def test_a_locked_visit_stays_and_the_others_keep_their_distance_from_it() -> None:
    lock = Visit(10, 13 * HOUR, 15 * HOUR, "CAR1", 0, 40, locked=True)
    problem = month([site(most=3, gap_days=8)], range(31), locks=(lock,))
    visits = solved(problem)
    assert lock in visits
    assert all(abs(v.day - 10) >= 8 for v in visits if v != lock)


def test_a_lock_that_breaks_the_rules_stays_and_nothing_else_is_lost() -> None:
    """At night, on a day without the car, within the gap of another lock."""
    locks = (
        Visit(3, 20 * HOUR, 22 * HOUR, "CAR1", 0, 40, locked=True),
        Visit(4, 10 * HOUR, 12 * HOUR, "CAR9", 0, 40, locked=True),
    )
    problem = month([site(most=3, gap_days=7), site("M02")], [0, 3, 20], locks=locks)
    result = plan_month(problem, work=WORK)
    assert set(locks) <= set(result.visits)
    assert {v.site for v in result.visits} == {0, 1}
    assert {f.code for f in month_faults(problem, result.visits)} >= {"hours", "too_late", "car_out", "gap"}


def test_closed_days_and_days_before_the_first_free_one_stay_empty() -> None:
    problem = month([site(closed=frozenset(range(5, 12)), gap_days=2)], range(31), free_from=4)
    days = days_of(solved(problem))
    assert days
    assert all(day == 4 or day >= 12 for day in days)


def test_several_short_visits_on_one_day_leave_time_for_the_way_and_the_break() -> None:
    """Three sites at 5, 15 and 25 km, an hour each, open 9–17, one day 8–17. 25 households are 100 kg, ready in 500 s, packed up in
    300 s. The way there and back is 50 km = 100 min; with three hours open and three times 800 s that is over 4 h: a break of 45 min."""
    rows = [site(f"M{n}", 25, hours=(9, 17), visit_s=HOUR) for n in range(3)]
    visits = solved(month(rows, [1], km=[5, 15, 25], capacity_kg=300))
    assert len(visits) == 3


def test_a_load_that_the_car_cannot_carry_is_not_put_on_one_day() -> None:
    """Twice 160 kg into 300 kg."""
    visits = solved(month([site("M01"), site("M02")], [1], capacity_kg=300))
    assert len(visits) == 1


def test_people_keep_their_weekday_and_time() -> None:
    """Used to Tuesdays at 14:00 (day 0 is one). Out Monday to Wednesday; every second week is enough."""
    out = [d for d in range(28) if d % 7 in (6, 0, 1)]
    known = site(gap_days=14, most=2, usual=(1, 14 * HOUR), last_visit=-14, past_visits=4)
    visits = solved(month([known], out, days=28))
    assert [(v.day % 7, v.start_s) for v in visits] == [(0, 14 * HOUR)] * 2


def test_a_month_in_which_nothing_is_possible_has_reasons_and_no_exception() -> None:
    result = plan_month(month([site(least=1)], []), work=WORK)
    assert result.visits == ()
    assert [(s.site, s.missing, s.reason) for s in result.shorts] == [(0, 1, "no_car")]


def test_same_problem_work_and_seed_same_visits() -> None:
    problem = random_month(3, sites=6, cars=2)
    assert choose(problem, work=0.2, seed=5) == choose(problem, work=0.2, seed=5)


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 2))
def test_random_months_have_no_faults(number: int, sites: int, cars: int) -> None:
    problem = random_month(number, sites=sites, cars=cars)
    visits, _, _ = choose(problem, work=0.2, seed=1)
    assert month_faults(problem, visits) == []
