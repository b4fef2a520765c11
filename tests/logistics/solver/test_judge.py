"""What the bench's judge lets pass, and that its days are the same on every machine."""

from __future__ import annotations

import numpy as np
import pytest

from logistics.solver.problem import Problem, Request, Site, Task, Vehicle
from logistics.solver.search import solve
from tests.bench.planner.generate import day
from tests.bench.planner.judge import judge, of_result

pytestmark = pytest.mark.sqlite


def _two_halls(*, latest: int) -> Problem:
    """Depot, two halls 10 minutes apart from everything; the second is open until ``latest``."""
    minutes = np.full((3, 3), 600, dtype=np.int64)
    np.fill_diagonal(minutes, 0)
    always = ((0, 86_400),)
    halls = [
        Request("A", Task(0, always), Task(1, always, 100), (10, 0, 0), penalty=500),
        Request("B", Task(0, always), Task(2, ((0, latest),), 100), (10, 0, 0), penalty=900),
    ]
    van = Vehicle("van", 0, 0, 0, 36_000, (20, 0, 0), fixed_cost=1000)
    return Problem((Site("depot"), Site("A"), Site("B")), (van,), tuple(halls), minutes, minutes)


def test_the_judge_times_the_order_it_is_given() -> None:
    # 600 + 600 + 600 metres, one van for 1,000
    verdict = judge(_two_halls(latest=36_000), {0: [0, 2, 1, 3]})
    assert (verdict.cost, verdict.vehicles, verdict.dropped, verdict.repaired) == (2800, 1, 0, 0)


def test_what_comes_too_late_is_taken_out_cheapest_first() -> None:
    # B after A starts at 600 + 300 + 100 + 600 = 1,600: too late for 1,599. Leaving out A (500) mends it: 1,000 + 1,200 + 500.
    verdict = judge(_two_halls(latest=1599), {0: [0, 2, 1, 3]})
    assert (verdict.cost, verdict.dropped, verdict.repaired) == (2700, 1, 1)
    assert judge(_two_halls(latest=1600), {0: [0, 2, 1, 3]}).repaired == 0


def test_an_answer_that_forgets_the_loading_brings_nothing() -> None:
    assert judge(_two_halls(latest=36_000), {0: [1]}).dropped == 2


def test_the_days_are_the_same_for_a_seed_and_differ_between_seeds() -> None:
    one, same, other = day(40, 3), day(40, 3), day(40, 4)
    assert one.requests == same.requests
    assert one.vehicles == same.vehicles
    assert np.array_equal(one.travel_m, same.travel_m)
    assert one.requests != other.requests
    # 20 % of 40 stops are 4 pairs, the other 32 one order each
    assert len(one.requests) == 36
    assert len(one.sites) == 41


def test_an_own_answer_is_verified_before_it_counts() -> None:
    problem = day(20, 1)
    verdict = of_result(problem, solve(problem, seconds=None, work=200))
    assert verdict.cost > verdict.metres > 0
