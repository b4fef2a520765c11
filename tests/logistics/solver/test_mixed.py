"""All rules at once on random days: never a fault, the same plan again, and no worse than trying everything."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logistics.solver.ortools_path import solve_without_kernel
from logistics.solver.problem import Problem
from logistics.solver.search import Limit, solve
from logistics.solver.verify import verify
from tests.logistics.solver.brute import cheapest
from tests.logistics.solver.days import mixed_day

days = st.builds(mixed_day, st.integers(0, 10**6), requests=st.integers(1, 20), vehicles=st.integers(1, 4))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(days)
def test_no_faults_whatever_comes_together(problem: Problem) -> None:
    result = solve(problem, seconds=None, work=60, processes=1)
    assert [str(f) for f in verify(problem, result)] == []


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(days)
def test_no_faults_without_compiled_code(problem: Problem) -> None:
    result = solve_without_kernel(problem, limit=Limit(None, 10, None))
    assert [str(f) for f in verify(problem, result)] == []


def test_two_threads_give_the_same_plan_again() -> None:
    for seed in range(3):
        problem = mixed_day(seed, requests=25, vehicles=4)
        first = solve(problem, seconds=None, work=300, seed=7, processes=2)
        assert solve(problem, seconds=None, work=300, seed=7, processes=2) == first


@pytest.mark.parametrize("seed", range(40))
def test_as_cheap_as_trying_everything(seed: int) -> None:
    problem = mixed_day(seed, requests=3 if seed % 8 else 4, vehicles=2)
    assert solve(problem, seconds=None, work=250, processes=1).cost == cheapest(problem)
