"""The peers, each used the way its documentation shows for such a day. What a peer cannot express is said beside it.

All get the same integers: seconds, metres, grams. Each returns the order of tasks per vehicle (:data:`judge.Sequences`).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np

from logistics.solver.problem import Problem, Task, Vehicle

DEPOT = 0
Answer = dict[int, list[int]]


def _late_break(v: Vehicle) -> tuple[int, int]:
    """When a break may begin so that no four hours of a whole shift pass by without it on either side of it."""
    middle = (v.shift_start_s + v.shift_end_s - v.break_s) // 2
    reach = v.break_after_s // 2
    return max(v.shift_start_s, middle - reach), min(v.shift_end_s - v.break_s, middle + reach)


def _at_depot(problem: Problem, q: int) -> bool:
    return problem.requests[q].pickup.site == DEPOT


def _stay(problem: Problem, site: int, handling_s: int) -> int:
    return problem.sites[site].setup_s + handling_s


def vroom(problem: Problem, seconds: float) -> Answer:
    """VROOM: exploration 5, two threads, priorities by penalty. It cannot weigh an order against a van: it serves what it can,
    dearest first, then counts vans and metres; a break is always taken. Its costs of a van have 32 bits: where that is not enough it gets
    a tenth, which is still far more than any way round."""
    import vroom as library  # noqa: PLC0415 - only the bench has the peers

    divisor = 1
    while max(v.fixed_cost for v in problem.vehicles) // divisor > np.iinfo(np.uint32).max:
        divisor *= 10
    day = library.Input()
    day.set_durations_matrix("car", problem.travel_s.astype(np.uint32))
    day.set_distances_matrix("car", problem.travel_m.astype(np.uint32))
    for index, v in enumerate(problem.vehicles):
        pause = library.TimeWindow(*_late_break(v))
        breaks = [library.Break(1, time_windows=[pause], service=v.break_s)] if v.break_s else []
        day.add_vehicle(
            library.Vehicle(
                index,
                start=v.start_site,
                end=v.end_site,
                capacity=list(v.capacity_g),
                time_window=library.TimeWindow(v.shift_start_s, v.shift_end_s),
                breaks=breaks,
                costs=library.VehicleCosts(fixed=v.fixed_cost // divisor, per_hour=0, per_km=1000 * v.cost_per_m),
            )
        )
    ranks = {p: i for i, p in enumerate(sorted({r.penalty or 0 for r in problem.requests}))}
    for q, r in enumerate(problem.requests):
        windows = [library.TimeWindow(*w) for w in r.delivery.windows]
        stay = _stay(problem, r.delivery.site, r.delivery.handling_s)
        priority = 100 * (ranks[r.penalty or 0] + 1) // (len(ranks) + 1)
        if _at_depot(problem, q):
            day.add_job(
                library.Job(
                    2 * q + 1,
                    location=r.delivery.site,
                    default_service=stay,
                    delivery=list(r.load_g),
                    time_windows=windows,
                    priority=priority,
                )
            )
        else:
            day.add_job(
                library.Shipment(
                    library.ShipmentStep(
                        2 * q,
                        location=r.pickup.site,
                        default_service=_stay(problem, r.pickup.site, r.pickup.handling_s),
                        time_windows=[library.TimeWindow(*w) for w in r.pickup.windows],
                    ),
                    library.ShipmentStep(2 * q + 1, location=r.delivery.site, default_service=stay, time_windows=windows),
                    amount=list(r.load_g),
                    priority=priority,
                )
            )
    found = day.solve(exploration_level=5, nb_threads=2, timeout=dt.timedelta(seconds=seconds))
    answer: Answer = defaultdict(list)
    for step in found.routes.to_dict("records"):
        if step["type"] in ("job", "pickup", "delivery"):
            answer[int(step["vehicle_id"])].append(int(step["id"]))
    return {v: _with_loading(problem, tasks) for v, tasks in answer.items()}


def _with_loading(problem: Problem, tasks: list[int]) -> list[int]:
    """Goods of the depot's shelf are loaded first."""
    return [*(t - 1 for t in tasks if t & 1 and _at_depot(problem, t >> 1)), *tasks]


def pyvrp(problem: Problem, seconds: float) -> Answer:
    """PyVRP, the better of two seeds, one per core. It knows no breaks: the shift is shorter by the break, and the judge takes out what
    then does not fit."""
    with ProcessPoolExecutor(2) as cores:
        runs = [cores.submit(_pyvrp_seed, problem, seconds, seed) for seed in (1, 2)]
        return min((run.result() for run in runs), key=lambda result: result[0])[1]


def _pyvrp_seed(problem: Problem, seconds: float, seed: int) -> tuple[float, Answer]:
    import pyvrp as library  # noqa: PLC0415
    from pyvrp.stop import MaxRuntime  # noqa: PLC0415

    model = library.Model()
    where = [model.add_location(0, 0) for _ in problem.sites]
    depot = model.add_depot(where[DEPOT])
    fleet: dict[object, list[int]] = defaultdict(list)
    for index, v in enumerate(problem.vehicles):
        fleet[v.capacity_g, v.shift_start_s, v.shift_end_s, v.break_s, v.fixed_cost, v.cost_per_m].append(index)
    for members in fleet.values():
        v = problem.vehicles[members[0]]
        model.add_vehicle_type(
            len(members),
            capacity=list(v.capacity_g),
            start_depot=depot,
            end_depot=depot,
            fixed_cost=v.fixed_cost,
            tw_early=v.shift_start_s,
            tw_late=v.shift_end_s,
            shift_duration=v.shift_end_s - v.shift_start_s - v.break_s,
            unit_distance_cost=v.cost_per_m,
        )
    clients, shipments = [], []
    for q, r in enumerate(problem.requests):
        (early, late), stay = r.delivery.windows[0], _stay(problem, r.delivery.site, r.delivery.handling_s)
        worth: dict[str, Any] = {"prize": r.penalty or problem.mandatory_penalty, "required": False}
        if _at_depot(problem, q):
            clients.append(q)
            model.add_client(
                where[r.delivery.site], delivery=list(r.load_g), service_duration=stay, tw_early=early, tw_late=late, **worth
            )
        else:
            shipments.append(q)
            first, last = r.pickup.windows[0]
            model.add_shipment(
                where[r.pickup.site],
                where[r.delivery.site],
                pickup_tw_early=first,
                pickup_tw_late=last,
                pickup_service_duration=_stay(problem, r.pickup.site, r.pickup.handling_s),
                delivery_tw_early=early,
                delivery_tw_late=late,
                delivery_service_duration=stay,
                amount=list(r.load_g),
                **worth,
            )
    for i, row in enumerate(problem.travel_m.tolist()):
        for j, metres in enumerate(row):
            model.add_edge(where[i], where[j], metres, int(problem.travel_s[i, j]))
    found = model.solve(MaxRuntime(seconds), seed=seed, display=False)
    types = list(fleet.values())
    answer: Answer = {}
    for route in found.best.routes():
        tasks = []
        for step in route.schedule():
            if step.is_client():
                tasks.append(2 * clients[step.idx] + 1)
            elif step.is_pickup() or step.is_delivery():
                tasks.append(2 * shipments[step.idx] + int(step.is_delivery()))
        answer[types[route.vehicle_type()].pop()] = _with_loading(problem, tasks)
    return found.cost(), answer


STRATEGIES = ("sample", "insertion", "local", "iterated")
"""OR-Tools: as in its samples (cheapest arc, guided local search); parallel cheapest insertion or local cheapest insertion as the first
plan; and its iterated local search with string removal."""


def ortools(problem: Problem, seconds: float, strategy: str) -> Answer:
    """OR-Tools' routing with matrices instead of callbacks, three capacities, breaks and disjunctions; one thread."""
    from ortools.constraint_solver import pywrapcp  # noqa: PLC0415

    tasks = [t for q in range(len(problem.requests)) for t in ((2 * q, 2 * q + 1) if not _at_depot(problem, q) else (2 * q + 1,))]
    node_of = {t: i + 1 for i, t in enumerate(tasks)}
    sites = [DEPOT, *(_task(problem, t).site for t in tasks)]
    manager = pywrapcp.RoutingIndexManager(len(sites), len(problem.vehicles), 0)
    model = pywrapcp.RoutingModel(manager)
    metres = problem.travel_m[sites][:, sites]
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(metres.tolist()))
    for index, v in enumerate(problem.vehicles):
        model.SetFixedCostOfVehicle(v.fixed_cost, index)
    _ortools_loads(problem, model, tasks)
    _ortools_times(problem, model, manager, tasks, sites)
    clock = model.GetDimensionOrDie("time")
    for q, r in enumerate(problem.requests):
        drop = manager.NodeToIndex(node_of[2 * q + 1])
        penalty = r.penalty or problem.mandatory_penalty
        if _at_depot(problem, q):
            model.AddDisjunction([drop], penalty)
            continue
        pick = manager.NodeToIndex(node_of[2 * q])
        model.AddDisjunction([pick, drop], penalty, 2)
        model.AddPickupAndDelivery(pick, drop)
        model.solver().Add(model.VehicleVar(pick) == model.VehicleVar(drop))
        model.solver().Add(clock.CumulVar(pick) <= clock.CumulVar(drop))
    solution = _ortools_search(pywrapcp, model, seconds, strategy)
    if solution is None:
        return {}
    answer: Answer = {}
    for index in range(len(problem.vehicles)):
        at, found = solution.Value(model.NextVar(model.Start(index))), []
        while not model.IsEnd(at):
            found.append(tasks[manager.IndexToNode(at) - 1])
            at = solution.Value(model.NextVar(at))
        if found:
            answer[index] = _with_loading(problem, found)
    return answer


def _task(problem: Problem, t: int) -> Task:
    r = problem.requests[t >> 1]
    return r.delivery if t & 1 else r.pickup


def _ortools_loads(problem: Problem, model: Any, tasks: list[int]) -> None:
    """What is loaded at the depot is on board from the start; what a shop gives is added and taken off again."""
    for zone in range(3):
        amounts = [0]
        for t in tasks:
            amounts.append(problem.requests[t >> 1].load_g[zone] * (-1 if t & 1 else 1))
        if any(amounts):
            load = model.RegisterUnaryTransitVector(amounts)
            room = [v.capacity_g[zone] for v in problem.vehicles]
            model.AddDimensionWithVehicleCapacity(load, 0, room, False, f"load{zone}")


def _ortools_times(problem: Problem, model: Any, manager: Any, tasks: list[int], sites: list[int]) -> None:
    transit = problem.travel_s[sites][:, sites].copy()
    stays = [0]
    for node, t in enumerate(tasks, start=1):
        task = _task(problem, t)
        stays.append(_stay(problem, task.site, task.handling_s))
        transit[node, :] += stays[node]
    latest = max(v.shift_end_s for v in problem.vehicles)
    model.AddDimension(model.RegisterTransitMatrix(transit.tolist()), latest, latest, False, "time")
    clock = model.GetDimensionOrDie("time")
    for node, t in enumerate(tasks, start=1):
        early, late = _task(problem, t).windows[0]
        clock.CumulVar(manager.NodeToIndex(node)).SetRange(early, min(late, latest))
    for index, v in enumerate(problem.vehicles):
        clock.CumulVar(model.Start(index)).SetRange(v.shift_start_s, v.shift_end_s)
        clock.CumulVar(model.End(index)).SetRange(v.shift_start_s, v.shift_end_s)
        if v.break_s:
            first, last = _late_break(v)
            pause = model.solver().FixedDurationIntervalVar(first, last, v.break_s, False, f"break{index}")
            by_index = [0] * model.Size()
            for node in range(1, len(sites)):
                by_index[manager.NodeToIndex(node)] = stays[node]
            clock.SetBreakIntervalsOfVehicle([pause], index, by_index)


def _ortools_search(pywrapcp: Any, model: Any, seconds: float, strategy: str) -> Any:
    from google.protobuf import duration_pb2  # noqa: PLC0415
    from ortools.constraint_solver import routing_enums_pb2 as enums  # noqa: PLC0415
    from ortools.constraint_solver import routing_ils_pb2 as ils  # noqa: PLC0415

    parameters = pywrapcp.DefaultRoutingSearchParameters()
    first = {"sample": "PATH_CHEAPEST_ARC", "local": "LOCAL_CHEAPEST_INSERTION"}.get(strategy, "PARALLEL_CHEAPEST_INSERTION")
    parameters.first_solution_strategy = getattr(enums.FirstSolutionStrategy, first)
    parameters.time_limit.CopyFrom(duration_pb2.Duration(seconds=int(seconds), nanos=int(seconds % 1 * 1e9)))
    if strategy != "iterated":
        parameters.local_search_metaheuristic = enums.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
        return model.SolveWithParameters(parameters)
    parameters.use_iterated_local_search = True
    own = parameters.iterated_local_search_parameters
    own.perturbation_strategy = ils.PerturbationStrategy.RUIN_AND_RECREATE
    ruin = own.ruin_recreate_parameters
    ruin.ruin_strategies.add().sisr.CopyFrom(
        ils.SISRRuinStrategy(max_removed_sequence_size=10, avg_num_removed_visits=10, bypass_factor=0.01)
    )
    ruin.ruin_composition_strategy = ils.RuinCompositionStrategy.RUN_ONE_RANDOMLY
    ruin.recreate_strategy.heuristic = enums.FirstSolutionStrategy.LOCAL_CHEAPEST_INSERTION
    ruin.route_selection_neighbors_ratio = 1.0
    ruin.route_selection_min_neighbors, ruin.route_selection_max_neighbors = 10, 100
    own.improve_perturbed_solution = True
    for acceptance in (own.reference_solution_acceptance_strategy,):
        acceptance.simulated_annealing.cooling_schedule_strategy = ils.CoolingScheduleStrategy.EXPONENTIAL
        acceptance.simulated_annealing.automatic_temperatures = True
    own.best_solution_acceptance_strategy.greedy_descent.SetInParent()
    return model.SolveWithIteratedLocalSearch(parameters)
