"""Planning without compiled code: OR-Tools' routing model, then an exact timetable for what it proposes.

The model is an approximation (a stop's tasks one after another, windows with gaps closed, breaks on every vehicle that may need one, loads
for a visit left out), so each route is timed exactly, what does not hold is dropped and put in again greedily.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol

from logistics.solver.model import BIG, Q_PENALTY, Q_VISIT, T_DONE, T_EARLY, T_HANDLING, T_HOLD, T_LATE, T_SITE, Arrays, arrays
from logistics.solver.problem import Problem
from logistics.solver.result import Result, Route
from logistics.solver.schedule import Stops, carries, cost_of, schedule, stops_from_route, stops_from_tasks

if TYPE_CHECKING:
    from collections.abc import Callable

MODEL_SHARE = 0.7
PENALTY_CAP = 10**15


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
    proposals: dict[int, list[int]] = {}
    if start is not None:
        for given in start:
            proposals[given.vehicle] = [t for stop in stops_from_route(given, problem) for t in stop]
    else:
        proposals = _propose(problem, a, limit)
    taken: set[int] = set()
    for r, tasks in proposals.items():
        kept = _largest_part(a, r, [t for t in tasks if t >> 1 not in taken])
        if kept:
            plan[r] = kept
            taken |= {t >> 1 for t in kept}
    _insert_rest(a, plan, taken, limit)
    routes = [route for r in sorted(plan) if (route := _timed(a, r, plan[r])) is not None]
    served = {q for route in routes for s in route.stops for q in s.deliveries}
    unserved = tuple(q for q in range(a.n_requests) if q not in served)
    return Result(tuple(routes), unserved, cost_of(problem, routes, unserved), 0, limit.reason())


def _timed(a: Arrays, r: int, tasks: list[int]) -> Route | None:
    stops: Stops = stops_from_tasks(a, r, tasks)
    return schedule(a, r, stops) if carries(a, r, stops) else None


def _largest_part(a: Arrays, r: int, tasks: list[int]) -> list[int]:
    """The requests of a proposed route that fit together, dearest first."""
    if _timed(a, r, tasks) is not None:
        return tasks
    kept: set[int] = set()
    for q in sorted({t >> 1 for t in tasks}, key=lambda q: (-int(a.request[q, Q_PENALTY]), q)):
        if _timed(a, r, [t for t in tasks if t >> 1 in kept or t >> 1 == q]) is not None:
            kept.add(q)
    return [t for t in tasks if t >> 1 in kept]


def _insert_rest(a: Arrays, plan: dict[int, list[int]], taken: set[int], limit: Clock) -> None:
    """Put what is missing where it costs the least metres; visits before their loads."""
    rest = [q for q in range(a.n_requests) if q not in taken]
    rest.sort(key=lambda q: (int(a.request[q, Q_VISIT]) >= 0, -int(a.request[q, Q_PENALTY]), q))
    for q in rest:
        if limit.over():
            return
        best: tuple[int, int, list[int]] | None = None
        for r in range(a.n_vehicles):
            if a.q_allowed[q, r]:
                best = _cheapest_place(a, r, plan.get(r, []), q, best, limit)
        if best is not None:
            plan[best[1]] = best[2]


def _metres(a: Arrays, r: int, tasks: list[int]) -> int:
    sites = [int(a.vehicle[r, 0]), *(int(a.task[t, T_SITE]) for t in tasks), int(a.vehicle[r, 1])]
    return sum(int(a.travel_m[x, y]) for x, y in pairwise(sites))


def _cheapest_place(
    a: Arrays, r: int, tasks: list[int], q: int, best: tuple[int, int, list[int]] | None, limit: Clock
) -> tuple[int, int, list[int]] | None:
    before = _metres(a, r, tasks)
    candidates = []
    for i in range(len(tasks) + 1):
        for j in range(i, len(tasks) + 1):
            changed = [*tasks[:i], 2 * q, *tasks[i:j], 2 * q + 1, *tasks[j:]]
            candidates.append((_metres(a, r, changed) - before, i, j, changed))
    candidates.sort()
    for extra, _i, _j, changed in candidates:
        if (best is not None and extra >= best[0]) or limit.over():
            break
        if _timed(a, r, changed) is not None:
            return extra, r, changed
    return best


def _propose(problem: Problem, a: Arrays, limit: Clock) -> dict[int, list[int]]:
    """Task sequences per vehicle from the routing model."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2  # noqa: PLC0415 - loaded only when used

    requests = [q for q in range(a.n_requests) if a.request[q, Q_VISIT] < 0 and a.q_allowed[q].any()]
    tasks = [t for q in requests for t in (2 * q, 2 * q + 1)]
    v = a.n_vehicles
    sites = [int(a.task[t, T_SITE]) for t in tasks]
    sites += [int(s) for s in a.vehicle[:, 0]] + [int(s) for s in a.vehicle[:, 1]]
    starts = [len(tasks) + r for r in range(v)]
    ends = [len(tasks) + v + r for r in range(v)]
    manager = pywrapcp.RoutingIndexManager(len(sites), v, starts, ends)
    routing = pywrapcp.RoutingModel(manager)
    _costs(a, routing, sites)
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


def _costs(a: Arrays, routing: Any, sites: list[int]) -> None:
    metres = a.travel_m[sites][:, sites]
    kinds: dict[int, int] = {}
    for r in range(a.n_vehicles):
        fixed, per_m = int(a.vehicle[r, 6]), int(a.vehicle[r, 7])
        if per_m not in kinds:
            kinds[per_m] = routing.RegisterTransitMatrix((metres * per_m).tolist())
        routing.SetArcCostEvaluatorOfVehicle(kinds[per_m], r)
        routing.SetFixedCostOfVehicle(min(fixed, PENALTY_CAP), r)


def _times(a: Arrays, routing: Any, manager: Any, tasks: list[int], sites: list[int], starts: list[int]) -> None:
    """The time dimension: the start of each task; its duration is in the transit to the next one."""
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
    latest = int(a.vehicle[:, 3].max())
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
        begin, end = int(a.vehicle[r, 2]), int(a.vehicle[r, 3])
        clock.CumulVar(routing.Start(r)).SetRange(max(begin, 0), max(end, 0))
        clock.CumulVar(routing.End(r)).SetRange(max(begin, 0), max(end, 0))
        pause, after = int(a.vehicle[r, 4]), int(a.vehicle[r, 5])
        if pause > 0 and end - begin > after and end - begin > pause:
            interval = routing.solver().FixedDurationIntervalVar(begin, end - pause, pause, False, f"break{r}")
            clock.SetBreakIntervalsOfVehicle([interval], r, [services(x) for x in range(routing.Size())])
