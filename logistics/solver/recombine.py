"""Recombination: the cheapest set of routes out of all that were seen, by OR-Tools.

A linear programme over the pool prices the requests; the columns with the least reduced cost go to CP-SAT, which chooses each
request once (or pays for leaving it out) and at most as many routes per kind of vehicle as there are vehicles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from logistics.solver.model import Q_PENALTY, V_CLASS, Arrays
from logistics.solver.pool import Pool
from logistics.solver.schedule import Stops

MOST_COLUMNS = 12_000
MOST_ENTRIES = 100_000
MOST_BINARIES = 2_500
LP_SHARE = 0.5
WORK_UNITS = 2.0
"""CP-SAT's deterministic time limit when the caller counts work."""


@dataclass(frozen=True, slots=True)
class Column:
    """A route of the pool: cost, kind of vehicle, the requests it serves, its stops."""

    cost: int
    kind: int
    requests: frozenset[int]
    stops: Stops


def _columns(a: Arrays, pools: Iterable[Pool], plan: dict[int, tuple[int, Stops]]) -> list[Column]:
    """The routes of ``plan`` first, then the latest of the pools, each set of requests once per kind of vehicle."""
    kinds = [int(k) for k in a.vehicle[:, V_CLASS]]
    found: dict[tuple[int, frozenset[int]], Column] = {}
    for r, (cost, stops) in plan.items():
        requests = frozenset(t >> 1 for x in stops for t in x)
        found[kinds[r], requests] = Column(cost, kinds[r], requests, stops)
    pools = list(pools)
    for pool in pools:
        count = int(pool.index[0])
        entries = 0
        for k in range(count - 1, max(-1, count - 1 - MOST_COLUMNS // len(pools)), -1):
            offset, size, n, r = (int(x) for x in pool.record[k])
            entries += size // 2
            if entries > MOST_ENTRIES // len(pools):
                break
            tasks = pool.room[offset : offset + size].tolist()
            cut = pool.room[offset + size : offset + size + n + 3].tolist()
            requests = frozenset(t >> 1 for t in tasks)
            cost = int(pool.cost[k])
            known = found.get((kinds[r], requests))
            if known is None or cost < known.cost:
                stops = [tasks[cut[i] : cut[i + 1]] for i in range(n + 2)]
                found[kinds[r], requests] = Column(cost, kinds[r], requests, stops)
    return list(found.values())


def _cheapest(a: Arrays, columns: list[Column], own: int, seconds: float | None) -> list[Column]:
    """The columns worth a binary: the first ``own`` and those with the least reduced cost."""
    from ortools.linear_solver import pywraplp  # noqa: PLC0415 - loaded only when used

    solver = pywraplp.Solver.CreateSolver("GLOP")
    if solver is None or len(columns) <= MOST_BINARIES // 4:
        return columns[:MOST_BINARIES]
    if seconds is not None:
        solver.set_time_limit(max(1, int(1000 * seconds)))
    objective = solver.Objective()
    kinds = [int(k) for k in a.vehicle[:, V_CLASS]]
    rows = [solver.Constraint(1.0, 1.0) for _ in range(a.n_requests)]
    fleet = {k: solver.Constraint(0.0, float(kinds.count(k))) for k in set(kinds)}
    scale = 1.0 / max([1, *(c.cost for c in columns)])
    for q, row in enumerate(rows):
        left_out = solver.NumVar(0.0, 1.0, "")
        row.SetCoefficient(left_out, 1.0)
        objective.SetCoefficient(left_out, float(a.request[q, Q_PENALTY]) * scale)
    for column in columns:
        x = solver.NumVar(0.0, solver.infinity(), "")
        objective.SetCoefficient(x, column.cost * scale)
        fleet[column.kind].SetCoefficient(x, 1.0)
        for q in column.requests:
            rows[q].SetCoefficient(x, 1.0)
    objective.SetMinimization()
    if solver.Solve() != pywraplp.Solver.OPTIMAL:
        return columns[:MOST_BINARIES]
    price = [row.dual_value() for row in rows]
    kind_price = {k: row.dual_value() for k, row in fleet.items()}
    reduced = [c.cost * scale - kind_price[c.kind] - sum(price[q] for q in sorted(c.requests)) for c in columns[own:]]
    order = sorted(range(len(reduced)), key=lambda i: (reduced[i], i))
    return columns[:own] + [columns[own + i] for i in order[: MOST_BINARIES - own]]


def recombine(
    a: Arrays, pools: Iterable[Pool], plan: dict[int, tuple[int, Stops]], seconds: float | None
) -> dict[int, Stops] | None:
    """A cheaper plan than ``plan`` (route cost and stops per vehicle) made of known routes, or None.

    Takes about ``seconds``; None as the limit means a fixed amount of deterministic work instead.
    """
    from ortools.sat.python import cp_model  # noqa: PLC0415 - takes half a second

    columns = _columns(a, pools, plan)
    own = len(plan)
    if len(columns) <= own or not plan:
        return None
    columns = _cheapest(a, columns, own, None if seconds is None else seconds * LP_SHARE)
    model = cp_model.CpModel()
    use = [model.new_bool_var("") for _ in columns]
    by_request: dict[int, list[int]] = defaultdict(list)
    by_kind: dict[int, list[int]] = defaultdict(list)
    for i, column in enumerate(columns):
        by_kind[column.kind].append(i)
        for q in column.requests:
            by_request[q].append(i)
    left_out = [model.new_bool_var("") for _ in range(a.n_requests)]
    served = {q for c in columns[:own] for q in c.requests}
    for q in range(a.n_requests):
        model.add_exactly_one([use[i] for i in by_request[q]] + [left_out[q]])
        model.add_hint(left_out[q], q not in served)
    kinds = [int(k) for k in a.vehicle[:, V_CLASS]]
    for k, members in by_kind.items():
        model.add(sum(use[i] for i in members) <= kinds.count(k))
    for i in range(len(columns)):
        model.add_hint(use[i], i < own)
    penalties = [int(x) for x in a.request[:, Q_PENALTY]]
    model.minimize(
        sum(c.cost * use[i] for i, c in enumerate(columns)) + sum(p * x for p, x in zip(penalties, left_out, strict=True))
    )
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    if seconds is None:
        solver.parameters.max_deterministic_time = WORK_UNITS
    else:
        solver.parameters.max_time_in_seconds = seconds * (1.0 - LP_SHARE)
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    before = sum(c.cost for c in columns[:own]) + sum(p for q, p in enumerate(penalties) if q not in served)
    if solver.objective_value >= before - 0.5:
        return None
    return _seat(kinds, [c for i, c in enumerate(columns) if solver.value(use[i])])


def _seat(kinds: list[int], chosen: list[Column]) -> dict[int, Stops]:
    """Give each chosen route a vehicle of its kind."""
    free: dict[int, list[int]] = defaultdict(list)
    for r in range(len(kinds) - 1, -1, -1):
        free[kinds[r]].append(r)
    return {free[c.kind].pop(): c.stops for c in chosen}
