"""The public instances: fewest vehicles first, distance in double precision, every answer checked from the file's own numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from logistics.solver import textformats
from logistics.solver.bench import best_known, check
from logistics.solver.textformats import Instance
from tests.bench.planner.contest import Run, run_all


@dataclass(frozen=True, slots=True)
class Gap:
    """One answer beside the best known. ``combined`` = ½ (vehicles / best + distance / best) − 1: it cannot be won by adding vehicles."""

    instance: str
    solver: str
    vehicles: int
    best_vehicles: int
    distance: float
    best_distance: float
    seconds: float
    faults: int

    @property
    def combined(self) -> float:
        return (self.vehicles / self.best_vehicles + self.distance / self.best_distance) / 2 - 1


def contest(folder: Path, solvers: list[str], seconds: float) -> Iterable[Gap]:
    """All instances of ``folder`` (with its ``bks.csv``), all solvers; an answer with faults or without all nodes counts as no answer."""
    for name, (vehicles, distance) in best_known(folder).items():
        instance = textformats.read(folder / f"{name}.txt")
        problem = textformats.problem(instance, fewest_vehicles=True)
        for one in run_all(solvers, problem, seconds):
            routes = _nodes(instance, one)
            faults = check(instance, routes)
            length = sum(instance.length(route) for route in routes)
            yield Gap(name, one.solver, len(routes), vehicles, length, distance, one.seconds, len(faults))


def _nodes(instance: Instance, one: Run) -> list[list[int]]:
    pairs = textformats.nodes_of(instance)
    routes = [[node for t in tasks if (node := pairs[t >> 1][t & 1])] for tasks in one.answer.values()]
    return [route for route in routes if route]
