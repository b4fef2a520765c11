"""Fixed-charge transportation: how many whole units go from which source to which demand.

Minimises  Σ arc cost × units + Σ pair cost (once per opened pair) + Σ shortfall cost × grams missing + Σ kind cost × kinds missing.
Two steps: OR-Tools' GLOP solves the linear relaxation of the whole; its support, with everything in the pairs that it opens, goes to
OR-Tools CP-SAT, started from the rounded relaxation. The empty answer is always feasible, so there is always a result. With
``work`` the answer depends on the input and the seed alone (one worker, deterministic time), with ``seconds`` on the clock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

EPSILON = 1e-6
LEAST_FOR_TWO_S = 0.2  # below this a second worker costs more time than it saves


@dataclass(frozen=True, slots=True)
class Source:
    """``units`` whole units of ``unit_g`` grams. Sources of one ``kind`` are the same product; ``zone`` is its temperature zone."""

    units: int
    unit_g: int
    kind: str
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Demand:
    """At most ``cap_g`` grams; what is missing to ``asked_g`` costs ``shortfall_cost`` per gram.

    With ``kinds`` > 0 that many different kinds of at least ``kind_units`` units each are wanted, each one missing costs ``kind_cost``,
    and no kind should give more than ``kind_cap_g`` grams (each gram over it costs ``kind_over_cost``).
    ``zone_cap_g`` limits the grams of each zone named in it; each gram above ``asked_g`` costs ``over_cost``.
    """

    asked_g: int
    cap_g: int
    shortfall_cost: int
    kinds: int = 0
    kind_units: int = 1
    kind_cost: int = 0
    kind_cap_g: int | None = None
    kind_over_cost: int = 0
    zone_cap_g: Mapping[str, int] = field(default_factory=dict)
    over_cost: int = 0


@dataclass(frozen=True, slots=True)
class Arc:
    """``source`` may supply ``demand`` at ``unit_cost`` a unit; using it opens ``pair`` (``None``: free)."""

    source: int
    demand: int
    unit_cost: int = 0
    pair: int | None = None


@dataclass(frozen=True)
class Sourcing:
    """One problem. :meth:`solve` gives the units per arc, in the order of the arcs."""

    sources: Sequence[Source]
    demands: Sequence[Demand]
    arcs: Sequence[Arc]
    pair_costs: Sequence[int]

    @cached_property
    def most(self) -> list[int]:
        """The most units that an arc could carry."""
        return [
            max(0, min(self.sources[a.source].units, self.demands[a.demand].cap_g // self.sources[a.source].unit_g))
            for a in self.arcs
        ]

    @cached_property
    def into(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for index, arc in enumerate(self.arcs):
            if self.most[index]:
                found[arc.demand].append(index)
        return found

    @cached_property
    def out_of(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for index, arc in enumerate(self.arcs):
            if self.most[index]:
                found[arc.source].append(index)
        return found

    def kinds_of(self, demand: int) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for i in self.into.get(demand, ()):
            found[self.sources[self.arcs[i].source].kind].append(i)
        return found

    def grams(self, arc: int) -> int:
        return self.sources[self.arcs[arc].source].unit_g

    def solve(
        self, *, seconds: float | None = None, work: float | None = None, seed: int = 1, hint: Sequence[int] | None = None
    ) -> list[int]:
        """``work`` is CP-SAT's deterministic time; ``hint`` an answer to start from."""
        if not any(self.most):
            return [0] * len(self.arcs)
        relaxed = self._relax()
        rounded = [int(value + EPSILON) for value in relaxed]
        opened = {self.arcs[i].pair for i, value in enumerate(relaxed) if value > EPSILON} - {None}
        kept = {
            i
            for i, arc in enumerate(self.arcs)
            if self.most[i]
            and (
                relaxed[i] > EPSILON
                or arc.pair in opened
                or (arc.pair is None and not self.demands[arc.demand].kinds)
                or (hint is not None and hint[i] > 0)
            )
        }
        return self._integers(
            kept, rounded if hint is None else list(hint), seconds=seconds, work=work, seed=seed, known=hint is not None
        )

    def _relax(self) -> list[float]:
        from ortools.linear_solver import pywraplp  # noqa: PLC0415 - heavy, so only where it is used

        lp = pywraplp.Solver.CreateSolver("GLOP")
        goal = lp.Objective()
        goal.SetMinimization()

        def variable(upper: float, cost: float) -> Any:
            v = lp.NumVar(0.0, upper, "")
            if cost:
                goal.SetCoefficient(v, cost)
            return v

        def row(terms: list[tuple[Any, float]], low: float, high: float) -> None:
            constraint = lp.RowConstraint(low, high, "")
            for v, coefficient in terms:
                constraint.SetCoefficient(v, coefficient)

        infinity = lp.infinity()
        units = [variable(most, arc.unit_cost) for arc, most in zip(self.arcs, self.most, strict=True)]
        opened = [variable(1.0, cost) for cost in self.pair_costs]
        for i, arc in enumerate(self.arcs):
            if arc.pair is not None and self.most[i]:
                row([(units[i], 1.0), (opened[arc.pair], -float(self.most[i]))], -infinity, 0.0)
        for source, indices in self.out_of.items():
            row([(units[i], 1.0) for i in indices], -infinity, self.sources[source].units)
        for d, demand in enumerate(self.demands):
            indices = self.into.get(d, [])
            total = [(units[i], float(self.grams(i))) for i in indices]
            row([*total, (variable(demand.asked_g, demand.shortfall_cost), 1.0)], demand.asked_g, infinity)
            row(
                [*total, (variable(max(0, demand.cap_g - demand.asked_g), demand.over_cost), -1.0)],
                -infinity,
                min(demand.asked_g, demand.cap_g),
            )
            for zone, cap in demand.zone_cap_g.items():
                row([(units[i], float(self.grams(i))) for i in indices if self.zone(i) == zone], -infinity, cap)
            if not demand.kinds:
                continue
            present = []
            for members in self.kinds_of(d).values():
                counted = variable(1.0, 0.0)
                enough = min(demand.kind_units, sum(self.sources[self.arcs[i].source].units for i in members))
                row([*((units[i], 1.0) for i in members), (counted, -float(enough))], 0.0, infinity)
                present.append((counted, 1.0))
                if demand.kind_cap_g is not None:
                    over = variable(demand.cap_g, demand.kind_over_cost)
                    row(
                        [*((units[i], float(self.grams(i))) for i in members), (over, -1.0)],
                        -infinity,
                        demand.kind_cap_g,
                    )
            row([*present, (variable(demand.kinds, demand.kind_cost), 1.0)], demand.kinds, infinity)
        if lp.Solve() != pywraplp.Solver.OPTIMAL:
            return [0.0] * len(self.arcs)
        return [v.solution_value() for v in units]

    def zone(self, arc: int) -> str:
        return self.sources[self.arcs[arc].source].zone

    def _integers(
        self, kept: set[int], hint: list[int], *, seconds: float | None, work: float | None, seed: int, known: bool
    ) -> list[int]:
        from ortools.sat.python import cp_model  # noqa: PLC0415 - takes 1.6 s and 98 MB, so only where it is used

        model = cp_model.CpModel()
        units = {i: model.new_int_var(0, self.most[i], "") for i in sorted(kept)}
        opened = {p: model.new_bool_var("") for p in sorted({self.arcs[i].pair for i in kept} - {None})}  # type: ignore[type-var]
        objective = [self.arcs[i].unit_cost * v for i, v in units.items() if self.arcs[i].unit_cost]
        objective += [self.pair_costs[p] * v for p, v in opened.items() if p is not None]
        for i, v in units.items():
            pair = self.arcs[i].pair
            if pair is not None:
                model.add(v <= self.most[i] * opened[pair])
            model.add_hint(v, hint[i])
        for source, indices in self.out_of.items():
            model.add(sum(units[i] for i in indices if i in units) <= self.sources[source].units)
        for d, demand in enumerate(self.demands):
            indices = [i for i in self.into.get(d, []) if i in units]
            total = sum(self.grams(i) * units[i] for i in indices)
            missing = model.new_int_var(0, demand.asked_g, "")
            model.add(missing + total >= demand.asked_g)
            over = model.new_int_var(0, max(0, demand.cap_g - demand.asked_g), "")
            model.add(total <= min(demand.asked_g, demand.cap_g) + over)
            objective += [demand.shortfall_cost * missing, demand.over_cost * over]
            for zone, cap in demand.zone_cap_g.items():
                model.add(sum(self.grams(i) * units[i] for i in indices if self.zone(i) == zone) <= cap)
            if not demand.kinds:
                continue
            present = []
            for members in self.kinds_of(d).values():
                chosen = [i for i in members if i in units]
                if not chosen:
                    continue
                counted = model.new_bool_var("")
                enough = min(demand.kind_units, sum(self.sources[self.arcs[i].source].units for i in members))
                model.add(sum(units[i] for i in chosen) >= enough * counted)
                present.append(counted)
                if demand.kind_cap_g is not None:
                    too_much = model.new_int_var(0, demand.cap_g, "")
                    model.add(too_much >= sum(self.grams(i) * units[i] for i in chosen) - demand.kind_cap_g)
                    objective.append(demand.kind_over_cost * too_much)
            lacking = model.new_int_var(0, demand.kinds, "")
            model.add(lacking >= demand.kinds - sum(present))
            objective.append(demand.kind_cost * lacking)
        model.minimize(sum(objective))
        solver = cp_model.CpSolver()
        solver.parameters.random_seed = seed
        solver.parameters.relative_gap_limit = 0.002
        solver.parameters.cp_model_presolve = not known  # a good answer to begin with is worth more in hundredths of a second
        if work is not None:
            solver.parameters.num_workers = 1
            solver.parameters.max_deterministic_time = work
        else:
            solver.parameters.num_workers = 2 if seconds is None or seconds > LEAST_FOR_TWO_S else 1
            solver.parameters.max_time_in_seconds = seconds or 2.0
        status = solver.solve(model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return hint
        return [solver.value(units[i]) if i in units else 0 for i in range(len(self.arcs))]
