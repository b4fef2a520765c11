"""One solver on one problem in a process of its own: its answer, wall time and memory, with nothing left over for the next one."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from logistics.solver.problem import Problem
from logistics.solver.search import Progress, solve
from tests.bench.planner import peers
from tests.bench.planner.judge import Sequences, Verdict, judge, of_result

OURS = "ours"
STRATEGY = "OR-Tools "
PEERS = ("PyVRP", "VROOM", *(f"{STRATEGY}{s}" for s in peers.STRATEGIES))
TWO_CORES = (OURS, "PyVRP", "VROOM")
"""These use both cores; the others run two at a time, one core each."""


@dataclass(frozen=True, slots=True)
class Run:
    """``seconds`` is wall time from the problem to the answer; ``peak_mb`` the process' largest memory. ``curve`` holds (seconds, cost) of
    the best plan so far where the solver tells it; ``fault`` says why there is no verdict."""

    solver: str
    seconds: float
    peak_mb: float
    verdict: Verdict | None
    answer: dict[int, list[int]]
    curve: tuple[tuple[float, int], ...] = ()
    fault: str = ""
    extra: dict[str, float] = field(default_factory=dict)


def run(solver: str, problem: Problem, seconds: float) -> Run:
    """The run, in a fresh process."""
    return _each([(solver, problem, seconds)], 1)[0]


def run_all(solvers: Sequence[str], problem: Problem, seconds: float) -> list[Run]:
    """Every solver's run on the same cores: those with two threads one after the other, the others in pairs."""
    runs = [run(s, problem, seconds) for s in solvers if s in TWO_CORES]
    return runs + _each([(s, problem, seconds) for s in solvers if s not in TWO_CORES], 2)


def _each(jobs: list[tuple[str, Problem, float]], at_once: int) -> list[Run]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(at_once, mp_context=context, max_tasks_per_child=1) as cores:
        return list(cores.map(_run, *zip(*jobs, strict=True))) if jobs else []


def _run(solver: str, problem: Problem, seconds: float) -> Run:
    begin = time.monotonic()
    if solver == OURS:
        return _ours(problem, seconds, begin)
    try:
        answer = _peer(solver)(problem, seconds)
    except Exception as error:
        return Run(solver, time.monotonic() - begin, _peak_mb(), None, {}, fault=f"{type(error).__name__}: {error}"[:200])
    took, peak = time.monotonic() - begin, _peak_mb()
    return Run(solver, took, peak, judge(problem, answer), {v: list(t) for v, t in answer.items()})


def _peer(solver: str) -> Callable[[Problem, float], Sequences]:
    if solver.startswith(STRATEGY):
        return partial(peers.ortools, strategy=solver.removeprefix(STRATEGY))
    return {"PyVRP": peers.pyvrp, "VROOM": peers.vroom}[solver]


def _ours(problem: Problem, seconds: float, begin: float) -> Run:
    curve: list[tuple[float, int]] = []

    def note(progress: Progress) -> None:
        curve.append((progress.seconds, progress.cost))

    result = solve(problem, seconds=seconds, on_progress=note)
    took, peak = time.monotonic() - begin, _peak_mb()
    answer = {r.vehicle: [t for s in r.stops for t in _tasks(s.deliveries, s.pickups)] for r in result.routes}
    extra = {"rounds": float(result.rounds), "first_s": curve[0][0] if curve else took}
    return Run(OURS, took, peak, of_result(problem, result), answer, tuple(curve), extra=extra)


def _tasks(deliveries: Sequence[int], pickups: Sequence[int]) -> list[int]:
    return [2 * q + 1 for q in deliveries] + [2 * q for q in pickups]


def _peak_mb() -> float:
    """Of this process and, where it had any, its largest child."""
    own, child = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return max(own, child) / 1024
