"""Planning without compiled code: OR-Tools' routing model, then an exact timetable for what it proposes.

The model is an approximation (a stop's tasks one after another, windows with gaps closed, breaks on every vehicle that may need one, loads
for a visit left out), so each route is timed exactly, what does not hold is dropped and put in again greedily.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from logistics.solver.model import (
    BIG,
    Q_EXTRA,
    Q_LEAD,
    Q_MOVE,
    Q_PENALTY,
    Q_STAYS,
    Q_VISIT,
    T_DONE,
    T_EARLY,
    T_HANDLING,
    T_HOLD,
    T_LATE,
    T_SITE,
    V_BEGUN,
    V_BREAK,
    V_BREAK_AFTER,
    V_END,
    V_FAIR,
    V_FIXED,
    V_FROM,
    V_OVER,
    V_PER_M,
    V_PER_S,
    V_START,
    V_UNTIL,
    Arrays,
    arrays,
)
from logistics.solver.problem import Problem
from logistics.solver.result import Result, Route
from logistics.solver.schedule import cost_of, holds, largest_part, route_cost, stops_from_route

if TYPE_CHECKING:
    from collections.abc import Callable

MODEL_SHARE = 0.7
PENALTY_CAP = 10**15

Place = tuple[int, int, list[int]]
"""Cost, vehicle (-1: left out) and the vehicle's tasks with the request among them."""


class Clock(Protocol):
    """What is needed of :class:`logistics.solver.search.Limit`."""

    seconds: float | None
    work: int | None

    def over(self) -> bool: ...
    def elapsed(self) -> float: ...
    def reason(self) -> str: ...


def solve_without_kernel(problem: Problem, *, limit: Clock, start: Sequence[Route] | None = None) -> Result:
    """A feasible plan within the limit; weaker than the compiled search. With ``work`` as the limit it is repeatable."""
    a = arrays(problem)
    plan: dict[int, list[int]] = {}
    proposals: dict[int, list[int]]
    if start is not None:
        proposals = {given.vehicle: [t for stop in stops_from_route(given, problem) for t in stop] for given in start}
    else:
        proposals = _propose(problem, a, limit)
    choice = _Choice(problem)
    for r, tasks in proposals.items():
        possible = choice.together(t >> 1 for t in tasks)
        kept = largest_part(a, r, [t for t in tasks if t >> 1 in possible])
        if kept:
            plan[r] = kept
            for q in {t >> 1 for t in kept}:
                choice.take(q)
    _Insertion(problem, a, limit, plan).rest(choice)
    routes = [route for r in sorted(plan) if (route := holds(a, r, plan[r])) is not None]
    served = {q for route in routes for s in route.stops for q in s.deliveries}
    answered = {int(a.request[q, Q_LEAD]) for q in served}
    unserved = tuple(q for q in range(a.n_requests) if a.request[q, Q_LEAD] == q and q not in answered)
    return Result(tuple(routes), unserved, cost_of(problem, routes, unserved), 0, limit.reason())


class _Choice:
    """Which requests are answered by themselves or an option, and what the stocks still hold."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._left = list(problem.stocks)
        self.answered: set[int] = set()

    def may(self, q: int) -> bool:
        """Whether ``q`` may be served beside all that is."""
        return self._problem.lead(q) not in self.answered and all(self._left[k] >= n for k, n in self._problem.requests[q].takes)

    def take(self, q: int) -> None:
        """``q`` is served."""
        self.answered.add(self._problem.lead(q))
        for k, n in self._problem.requests[q].takes:
            self._left[k] -= n

    def together(self, requests: Iterable[int]) -> set[int]:
        """Of ``requests`` those that may be served together, first come first served; nothing is taken yet."""
        trial = _Choice(self._problem)
        trial._left, trial.answered = list(self._left), set(self.answered)
        found: set[int] = set()
        for q in dict.fromkeys(requests):
            if trial.may(q):
                trial.take(q)
                found.add(q)
        return found


def _metres(a: Arrays, r: int, tasks: list[int]) -> int:
    sites = [int(a.vehicle[r, V_START]), *(int(a.task[t, T_SITE]) for t in tasks), int(a.vehicle[r, V_END])]
    return sum(int(a.travel_m[x, y]) for x, y in pairwise(sites))


@dataclass(frozen=True, slots=True)
class _Insertion:
    """Greedy insertion of what is missing in ``plan`` (tasks per vehicle)."""

    problem: Problem
    a: Arrays
    limit: Clock
    plan: dict[int, list[int]]

    def rest(self, choice: _Choice) -> None:
        """Put what is missing where it costs the least, unless leaving it out costs less; visits before their loads."""
        a = self.a
        missing = [q for q in range(a.n_requests) if a.request[q, Q_LEAD] == q and q not in choice.answered]
        missing.sort(key=lambda q: (int(a.request[q, Q_VISIT]) >= 0, -int(a.request[q, Q_PENALTY]), q))
        for q in missing:
            best: Place = (int(a.request[q, Q_PENALTY]), -1, [])
            chosen = q
            for option in a.options[a.option_first[q] : a.option_first[q + 1]].tolist() or [q]:
                for r in range(a.n_vehicles) if choice.may(option) else ():
                    if self.limit.over():
                        return
                    if a.q_allowed[option, r]:
                        found = self.place(r, option, best)
                        best, chosen = (found, option) if found is not best else (best, chosen)
            if best[1] >= 0:
                self.plan[best[1]] = best[2]
                choice.take(chosen)

    def place(self, r: int, q: int, best: Place) -> Place:
        """``best``, or a cheaper place on route ``r``: first by metres, which bound the cost from below, then exactly."""
        a, tasks = self.a, self.plan.get(r, [])
        whole = holds(a, r, tasks) if tasks else None
        old = 0 if whole is None else route_cost(self.problem, whole)
        before, fixed = (_metres(a, r, tasks), 0) if tasks else (0, int(a.vehicle[r, V_FIXED]))
        candidates = []
        for i in range(len(tasks) + 1):
            for j in range(i, len(tasks) + 1):
                changed = [*tasks[:i], 2 * q, *tasks[i:j], 2 * q + 1, *tasks[j:]]
                least = fixed + (_metres(a, r, changed) - before) * int(a.vehicle[r, V_PER_M])
                if least < best[0]:
                    candidates.append((least, i, j, changed))
        for least, _i, _j, changed in sorted(candidates):
            if least >= best[0] or self.limit.over():
                break
            route = holds(a, r, changed)
            if route is not None and route_cost(self.problem, route) - old < best[0]:
                best = (route_cost(self.problem, route) - old, r, changed)
        return best


def _propose(problem: Problem, a: Arrays, limit: Clock) -> dict[int, list[int]]:
    """Task sequences per vehicle from the routing model."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2  # noqa: PLC0415 - loaded only when used

    requests = [
        q for q in range(a.n_requests) if a.request[q, Q_VISIT] < 0 and a.q_allowed[q].any() and a.request[q, Q_LEAD] == q
    ]
    tasks = [t for q in requests for t in (2 * q, 2 * q + 1)]
    v = a.n_vehicles
    sites = [int(a.task[t, T_SITE]) for t in tasks]
    sites += [int(s) for s in a.vehicle[:, V_START]] + [int(s) for s in a.vehicle[:, V_END]]
    starts = [len(tasks) + r for r in range(v)]
    ends = [len(tasks) + v + r for r in range(v)]
    manager = pywrapcp.RoutingIndexManager(len(sites), v, starts, ends)
    routing = pywrapcp.RoutingModel(manager)
    _costs(a, routing, sites, tasks)
    _times(a, routing, manager, tasks, sites, starts)
    for z in range(a.zones):
        amounts = [int(a.q_load[t >> 1, z]) * (-1 if t & 1 else 1) for t in tasks] + [0] * (2 * v)
        load = routing.RegisterUnaryTransitVector(amounts)
        routing.AddDimensionWithVehicleCapacity(load, 0, [int(x) for x in a.v_capacity[:, z]], True, f"load{z}")
    clock = routing.GetDimensionOrDie("time")
    for at, q in enumerate(requests):
        pick, drop = manager.NodeToIndex(2 * at), manager.NodeToIndex(2 * at + 1)
        routing.AddDisjunction([pick, drop], min(int(a.request[q, Q_PENALTY]), PENALTY_CAP), 2)
        routing.AddPickupAndDelivery(pick, drop)
        routing.solver().Add(routing.VehicleVar(pick) == routing.VehicleVar(drop))
        routing.solver().Add(clock.CumulVar(pick) <= clock.CumulVar(drop))
        allowed = [r for r in range(v) if a.q_allowed[q, r]]
        for index in (pick, drop):
            routing.VehicleVar(index).SetValues([-1, *allowed])
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    if limit.work is None:
        parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
        left = max(0.1, (limit.seconds or 0.0) * MODEL_SHARE - limit.elapsed())
        parameters.time_limit.FromMilliseconds(int(1000 * left))
    else:
        parameters.solution_limit = max(1, limit.work)
    solution = routing.SolveWithParameters(parameters)
    if solution is None:
        return {}
    return {r: _sequence(routing, manager, solution, r, tasks) for r in range(v) if routing.IsVehicleUsed(solution, r)}


def _sequence(routing: Any, manager: Any, solution: Any, r: int, tasks: list[int]) -> list[int]:
    result = []
    index = solution.Value(routing.NextVar(routing.Start(r)))
    while not routing.IsEnd(index):
        result.append(tasks[manager.IndexToNode(index)])
        index = solution.Value(routing.NextVar(index))
    return result


def _costs(a: Arrays, routing: Any, sites: list[int], tasks: list[int]) -> None:
    """Metres, and on the way on from a delivery what it costs that the request moved to this vehicle."""
    metres = a.travel_m[sites][:, sites]
    kinds: dict[tuple[int, tuple[int, ...]], int] = {}
    for r in range(a.n_vehicles):
        fixed, per_m = int(a.vehicle[r, V_FIXED]), int(a.vehicle[r, V_PER_M])
        asked = [a.request[t >> 1] for t in tasks]
        moves = tuple(
            int(row[Q_EXTRA] + (row[Q_MOVE] if row[Q_STAYS] != r else 0)) if t & 1 else 0
            for t, row in zip(tasks, asked, strict=True)
        )
        if (per_m, moves) not in kinds:
            price = metres * per_m
            price[: len(tasks)] += np.array(moves, dtype=np.int64).reshape(-1, 1)
            kinds[per_m, moves] = routing.RegisterTransitMatrix(price.tolist())
        routing.SetArcCostEvaluatorOfVehicle(kinds[per_m, moves], r)
        routing.SetFixedCostOfVehicle(min(fixed, PENALTY_CAP), r)


def _times(a: Arrays, routing: Any, manager: Any, tasks: list[int], sites: list[int], starts: list[int]) -> None:
    """The time dimension: the start of each task; its duration is in the transit to the next one."""
    from ortools.constraint_solver import pywrapcp  # noqa: PLC0415 - loaded only when used

    depots = {sites[x] for x in starts}
    transit = a.travel_s[sites][:, sites].copy()
    windows = []
    for at, t in enumerate(tasks):
        site = int(a.task[t, T_SITE])
        service = 0 if site in depots else int(a.setup[site] + a.task[t, T_HANDLING])
        early, late = int(a.task[t, T_EARLY]), int(min(a.task[t, T_LATE], a.task[t, T_DONE] - service))
        hold = int(a.task[t, T_HOLD])
        if hold > -BIG:
            early = max(early, late)
            service = max(service, hold - early)
        windows.append((early, late))
        transit[at, :] += service
    latest = int(a.vehicle[:, V_UNTIL].max())
    callback = routing.RegisterTransitMatrix(transit.tolist())
    routing.AddDimension(callback, latest, latest, False, "time")
    clock = routing.GetDimensionOrDie("time")
    for at, (early, closes) in enumerate(windows):
        late = min(closes, latest)
        index = manager.NodeToIndex(at)
        if early <= late:
            clock.CumulVar(index).SetRange(max(early, 0), late)
        else:
            routing.solver().Add(routing.ActiveVar(index) == 0)
    services: Callable[[int], int] = lambda _index: 0  # noqa: E731
    for r in range(a.n_vehicles):
        begin, end = int(a.vehicle[r, V_FROM]), int(a.vehicle[r, V_UNTIL])
        fair, over, begun = int(a.vehicle[r, V_FAIR]), int(a.vehicle[r, V_OVER]), int(a.vehicle[r, V_BEGUN])
        clock.SetSpanCostCoefficientForVehicle(int(a.vehicle[r, V_PER_S]), r)
        if over and fair < BIG:
            if begun < BIG:
                clock.SetCumulVarSoftUpperBound(routing.End(r), max(begun + fair, 0), over)
            else:
                clock.SetSoftSpanUpperBoundForVehicle(pywrapcp.BoundCost(fair, over), r)
        clock.CumulVar(routing.Start(r)).SetRange(max(begin, 0), max(end if begun == BIG else begin, 0))
        clock.CumulVar(routing.End(r)).SetRange(max(begin, 0), max(end, 0))
        pause, after = int(a.vehicle[r, V_BREAK]), int(a.vehicle[r, V_BREAK_AFTER])
        if pause > 0 and end - min(begin, begun) > after and end - begin > pause:
            interval = routing.solver().FixedDurationIntervalVar(begin, end - pause, pause, False, f"break{r}")
            clock.SetBreakIntervalsOfVehicle([interval], r, [services(x) for x in range(routing.Size())])
