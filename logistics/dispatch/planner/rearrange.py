"""The rest of a day whose plan counts already: what is settled stays where it is unless a change is worth more than it costs.

Quick rather than thorough: food is not shared out anew, it only fills what is open; routes start from those that stand. What a vehicle
has aboard stays on it, and goes back to the depot when its receiver cannot get it in time any more.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

from logistics.allocation.allocate import Allocation, keep, without
from logistics.allocation.facts import Day
from logistics.allocation.reach import Reach
from logistics.dispatch.planner.document import PlannedRoute, routes_of
from logistics.dispatch.planner.effort import Search
from logistics.dispatch.planner.holding import holding, timed
from logistics.dispatch.planner.kept import homeward, not_aboard, not_ahead, to_depot
from logistics.dispatch.planner.loads import Load, Travel, build_problem, loads_of
from logistics.dispatch.planner.outcome import Outcome, carried_over, cost_of
from logistics.solver.model import arrays
from logistics.solver.problem import Problem
from logistics.solver.result import Route, Stop
from logistics.solver.schedule import stops_from_route
from logistics.solver.search import solve

TURNS = 3
SHARES = (0.6, 0.6, 1.0)  # of what is left of the seconds, in each turn: later ones mend what turned out to be impossible
LEAST_S = 0.1
MENDING_ROUNDS = 1
OTHER_TIME_S = 900  # a stop that begins so much earlier or later is another time to those who wait
OTHER_TIME_PART = 3  # each of them, shops too, costs this part of a load on another vehicle
_BEFORE, _AFTER = -1, 1 << 30  # every time of the day

Direct = frozenset[tuple[str, str]]


def rearrange(
    day: Day, travel: Travel, *, limits: Search, on_progress: Callable[[float, str], None] | None = None
) -> tuple[Day, Outcome]:
    """The rest of ``day``, and the day as it came out: with everything on its way to the depot that nobody can get in time."""
    begin = time.monotonic()
    tell = on_progress or (lambda part, what: None)
    dropped: Direct = frozenset()
    best: Outcome | None = None
    for turn in range(TURNS):
        tell(turn / TURNS, "allocate")
        reach = Reach(not_aboard(day), travel.between())
        allocation = keep(reach, day.standing)
        if dropped:
            allocation = without(reach, allocation, set(dropped))
        left = None if limits.seconds is None else limits.seconds - (time.monotonic() - begin)
        tell((turn + 0.1) / TURNS, "route")
        seconds = None if left is None else max(LEAST_S, left * SHARES[turn])
        outcome = _routed(day, travel, allocation, best, replace(limits, seconds=seconds))
        late, failed, missed = _late(day, outcome), _failed(day, outcome), _missed(day, outcome)
        if best is None or late or missed or _stuck(best) or _total(day, outcome) < _total(day, best):
            best = outcome
        if best.result.stopped == "request" or not (late or missed or failed - dropped):
            break
        day, dropped = not_ahead(to_depot(day, late), missed), dropped | failed
    assert best is not None  # noqa: S101 - there is at least one turn
    if _stuck(best):
        day = homeward(day, _stuck(best))
        best = _routed(day, travel, best.allocation, best, replace(limits, seconds=limits.seconds and LEAST_S))
    return day, replace(best, stopped=best.result.stopped == "request")


def _late(day: Day, outcome: Outcome) -> frozenset[str]:
    """Units that are aboard and cannot be handed over in time."""
    keys = {p.goods for i in outcome.result.unserved for p in outcome.loads[i].pieces if outcome.loads[i].vehicle}
    return frozenset(unit.unit for unit in day.aboard() if unit.demand is not None and unit.goods.key in keys)


def _missed(day: Day, outcome: Outcome) -> frozenset[str]:
    """Visits that the car on its way there cannot be at in time."""
    missed = {outcome.loads[i].visit for i in outcome.result.unserved if outcome.loads[i].vehicle}
    return frozenset(visit for kept in day.kept for visit in kept.ahead if visit in missed)


def _failed(day: Day, outcome: Outcome) -> Direct:
    """Pairs of a shop's goods and who was to get them straight from there that fitted on no route."""
    goods = day.goods_by_key()
    pieces = [p for i in outcome.result.unserved for p in outcome.loads[i].pieces]
    return frozenset((p.goods, p.demand) for p in pieces if p.demand is not None and not goods[p.goods].on_shelf)


def _stuck(outcome: Outcome) -> frozenset[str]:
    """Vehicles for whose goods aboard no route was found at all."""
    return frozenset(v for i in outcome.result.unserved if (v := outcome.loads[i].vehicle) is not None)


def _routed(day: Day, travel: Travel, allocation: Allocation, before: Outcome | None, limits: Search) -> Outcome:
    """What stands with the least mending, or what a search from there finds, whichever is worth more when changes have their price."""
    loads = tuple(loads_of(day, allocation))
    problem = build_problem(day, loads, travel)
    known = standing_routes(day, loads, problem) if before is None else carried_over(before.loads, before.result, loads)
    flat = arrays(problem)
    holds, _ = holding(flat, {route.vehicle: stops_from_route(route, problem) for route in known})
    mended = solve(problem, work=MENDING_ROUNDS, seed=limits.seed, start=timed(problem, flat, holds).routes)
    searched = solve(
        problem,
        seconds=limits.seconds,
        work=limits.work,
        seed=limits.seed,
        start=mended.routes,
        should_stop=limits.should_stop,
    )
    outcomes = []
    for result in (replace(mended, stopped=searched.stopped), searched):
        routes = routes_of(day, loads, problem, result)
        outcomes.append(Outcome(allocation, loads, problem, result, routes, cost_of(day, routes)))
    return min(outcomes, key=lambda outcome: _total(day, outcome))


def _total(day: Day, outcome: Outcome) -> int:
    return outcome.cost + changes_cost(day, outcome.routes)


def changes_cost(day: Day, routes: tuple[PlannedRoute, ...]) -> int:
    """What the changes of the plan that stands are worth: each load from one place to one receiver that comes with another vehicle, and
    each place of one where it is picked up or handed over at another time. What its vehicle can no longer bring is free to move."""
    on_duty = {van.code for van in day.vans}
    stands = {(s.goods, s.demand): (s.vehicle, s.picked_s, s.dropped_s) for s in reversed(day.standing)}
    stands |= {(u.goods.key, u.demand): (u.vehicle, u.left_s, u.dropped_s) for u in day.aboard() if u.demand is not None}
    moved: set[tuple[str, str]] = set()
    later: set[tuple[str, str]] = set()
    for route in routes:
        for stop in route.stops:
            fetched = [(unit, 1) for unit in stop.pick_up]
            for unit, when in [*fetched, *((unit, 2) for unit in stop.drop_off if unit.demand is not None)]:
                demand = unit.demand.key if unit.demand else None
                known = stands.get((unit.goods.key, demand))
                if known is None or known[0] not in on_duty:
                    continue
                receiver = str(getattr(unit.demand, "order", demand))
                if known[0] != route.vehicle:
                    moved.add((unit.goods.site, receiver))
                elif abs(stop.start_s - int(known[when])) > OTHER_TIME_S:
                    later.add((route.vehicle, stop.site))
    return day.weights.move * len(moved) + day.weights.move * len(later) // OTHER_TIME_PART


def standing_routes(day: Day, loads: tuple[Load, ...], problem: Problem) -> list[Route]:
    """The routes that stand in terms of ``loads``, their stops in the order that stands; what stood on no route is on none. The times say
    no more than that order."""
    times = {(s.vehicle, s.goods, s.demand): (s.picked_s, s.dropped_s) for s in reversed(day.standing)}
    due = {unit.goods.key: unit.dropped_s for unit in day.aboard() if unit.demand is not None}
    opens = {site.key: site.open_from_s for site in day.sites}
    at: dict[int, dict[tuple[int, int], tuple[list[int], list[int]]]] = defaultdict(dict)
    for index, (load, request) in enumerate(zip(loads, problem.requests, strict=True)):
        vehicle = next(iter(request.vehicles)) if load.vehicle and request.vehicles else request.stays_with
        if vehicle is None:
            continue
        if load.vehicle:
            known = (
                _BEFORE,
                min((due[p.goods] for p in load.pieces if p.goods in due), default=opens.get(load.visit or "", _AFTER)),
            )
        else:
            code = day.vans[vehicle].code
            found = [times[code, p.goods, p.demand] for p in load.pieces if (code, p.goods, p.demand) in times]
            if not found:
                continue
            known = found[0]
        for part, (moment, site) in enumerate(zip(known, (request.pickup.site, request.delivery.site), strict=True)):
            at[vehicle].setdefault((moment, site), ([], []))[part].append(index)
    return [_in_order(problem, vehicle, stops) for vehicle, stops in sorted(at.items())]


def _in_order(problem: Problem, vehicle: int, stops: dict[tuple[int, int], tuple[list[int], list[int]]]) -> Route:
    van = problem.vehicles[vehicle]
    in_order = sorted(stops.items())
    last_work = max((i for i, ((_, site), (picks, _)) in enumerate(in_order) if picks or site != van.end_site), default=-1)
    row = []
    for number, ((_, site), (picks, drops)) in enumerate(in_order[: last_work + 1]):
        clock = _BEFORE if number == 0 and site == van.start_site else number
        row.append(Stop(site, clock, clock, clock, tuple(picks), tuple(drops)))
    home = tuple(request for _, (_, drops) in in_order[last_work + 1 :] for request in drops)
    if home:
        row.append(Stop(van.end_site, _AFTER, _AFTER, _AFTER, (), home))
    return Route(vehicle, _BEFORE, _AFTER, 0, 0, tuple(row), ())
