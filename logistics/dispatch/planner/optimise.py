"""Allocation and routing in turn until time is up: which offer goes straight to whom depends on who drives past.

1. allocate with pair prices by distance;  2. route;  3. tell the allocation which shop → partner pairs now lie on one route in that
order (nearly free) and which fitted on none (dear), allocate again, and route again from the routes there are. The best of all
rounds counts, so a round can only help. Every round's answer is feasible by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from logistics.allocation.allocate import Allocation, allocate, without
from logistics.allocation.facts import Day, LineDemand
from logistics.allocation.reach import Pair, Reach
from logistics.dispatch.planner.document import PlannedRoute, routes_of, tally
from logistics.dispatch.planner.loads import (
    LINE_PER_G,
    OFFER_BASE,
    SITE_PER_G,
    VEHICLE_COST,
    Load,
    Travel,
    build_problem,
    loads_of,
    offer_price_per_g,
)
from logistics.solver.problem import Problem
from logistics.solver.result import Result, Route, Stop
from logistics.solver.search import Progress, solve

ON_THE_WAY = 50
FITTED_NOWHERE = 200_000
ROUNDS = 3
SOURCING_SHARE = 0.1
SOURCING_MOST_S = 3.0
LAST_WORD_SHARE = 0.05
LAST_WORD_MOST_S = 3.0
VISITS_SHARE = 0.05
VISITS_MOST_S = 3.0
SOURCING_MOST_WORK = 3.0  # CP-SAT's deterministic time when search rounds are counted instead of seconds,
SOURCING_WORK = 0.001  # which grows by this much with every round asked for
ROUTE_SHARES = (0.4, 0.6, 1.0)  # of what is left at that moment


@dataclass(frozen=True)
class Outcome:
    """One round: what was allocated, the routing problem with its loads and result, and the routes with goods. ``stopped``: somebody
    asked to end, be it in a later round than this one."""

    allocation: Allocation
    loads: tuple[Load, ...]
    problem: Problem
    result: Result
    routes: tuple[PlannedRoute, ...]
    cost: int
    stopped: bool = False


def optimise(
    day: Day,
    travel: Travel,
    *,
    seconds: float | None,
    work: int | None = None,
    seed: int = 1,
    on_progress: Callable[[float, str], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Outcome:
    """The best outcome within ``seconds`` (or, with ``work``, after that many search rounds each time: repeatable).

    ``on_progress`` gets the part done (0–1) and a word for what is going on: ``allocate`` or ``route``.
    """
    begin = time.monotonic()
    tell = on_progress or (lambda part, what: None)
    reach = Reach(day, travel.between())
    best: Outcome | None = None
    prices: dict[Pair, int] = {}
    sourcing_s = 0.0
    routing_s = 0.0 if seconds is None else seconds - min(LAST_WORD_MOST_S, LAST_WORD_SHARE * seconds)
    for turn in range(ROUNDS):
        before = time.monotonic()
        tell(_done(begin, seconds, turn), "allocate")
        allocation = allocate(
            reach,
            seconds=None if seconds is None else min(SOURCING_MOST_S, max(0.5, SOURCING_SHARE * seconds)),
            work=min(SOURCING_MOST_WORK, 0.1 + SOURCING_WORK * (work or 0)) if seconds is None else None,
            seed=seed,
            pair_prices=prices,
        )
        sourcing_s = time.monotonic() - before
        loads = tuple(loads_of(day, allocation))
        outcome = _routed(
            day,
            travel,
            allocation,
            loads,
            seconds=None if seconds is None else _leg(routing_s - (time.monotonic() - begin), turn, sourcing_s),
            work=work,
            seed=seed + turn,
            start=carried_over(best.loads, best.result, loads)
            if best
            else _visits_first(day, loads, travel, seconds, work, seed),
            on_progress=_relay(tell, begin, seconds, turn, work),
            should_stop=should_stop,
        )
        if best is None or outcome.cost < best.cost:
            best = outcome
        late = seconds is not None and routing_s - (time.monotonic() - begin) < 2 * sourcing_s
        if outcome.result.stopped == "request":
            return replace(best, stopped=True)
        if not loads or late:
            break
        prices = _prices(day, best, outcome)
    assert best is not None  # noqa: S101 - ROUNDS is at least one
    return _given_up(day, travel, reach, best, seconds=seconds, work=work, seed=seed)


def _leg(left: float, turn: int, sourcing_s: float) -> float:
    """Seconds to route in this turn: a share of what is left, or all of it when no further turn would fit in."""
    leg = left * ROUTE_SHARES[turn]
    return max(0.2, left if left - leg < 3 * sourcing_s else leg)


def _routed(
    day: Day,
    travel: Travel,
    allocation: Allocation,
    loads: tuple[Load, ...],
    *,
    seconds: float | None,
    work: int | None,
    seed: int,
    start: list[Route] | None,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Outcome:
    problem = build_problem(day, loads, travel)
    result = solve(problem, seconds=seconds, work=work, seed=seed, start=start, on_progress=on_progress, should_stop=should_stop)
    routes = routes_of(day, loads, problem, result)
    return Outcome(allocation, loads, problem, result, routes, cost_of(day, routes))


def _given_up(
    day: Day, travel: Travel, reach: Reach, best: Outcome, *, seconds: float | None, work: int | None, seed: int
) -> Outcome:
    """Goods that fitted on no route from the shop to their partner may still come to the depot, and the partner may get the same from
    the shelf: the last word on direct pairs that did not work out."""
    goods = day.goods_by_key()
    failed = [best.loads[i] for i in best.result.unserved]
    dropped = {(p.goods, p.demand) for load in failed for p in load.pieces if p.demand and not goods[p.goods].on_shelf}
    if not dropped:
        return best
    allocation = without(reach, best.allocation, dropped)
    loads = tuple(loads_of(day, allocation))
    outcome = _routed(
        day,
        travel,
        allocation,
        loads,
        seconds=None if seconds is None else min(LAST_WORD_MOST_S, max(0.2, LAST_WORD_SHARE * seconds)),
        work=None if work is None else max(1, work // 4),
        seed=seed,
        start=carried_over(best.loads, best.result, loads),
    )
    return outcome if outcome.cost < best.cost else best


def cost_of(day: Day, routes: tuple[PlannedRoute, ...]) -> int:
    """What a plan is worth, in cost units: missing food for visits, orders and shops first, then vehicles, metres and hours."""
    moved = tally(routes)
    cost = sum(VEHICLE_COST + r.distance_m + r.return_s - r.depart_s for r in routes)
    for demand in day.demands:
        missing = max(0, demand.asked_g - moved.delivered.get(demand.key, 0))
        cost += missing * (LINE_PER_G if isinstance(demand, LineDemand) else SITE_PER_G)
    for g in day.goods:
        if not g.on_shelf:
            behind = g.grams - moved.collected.get(g.key, 0)
            cost += behind * offer_price_per_g(day, g) + (OFFER_BASE if behind == g.grams else 0)
    return cost


def _prices(day: Day, best: Outcome, newest: Outcome) -> dict[Pair, int]:
    goods = day.goods_by_key()
    prices: dict[Pair, int] = {}
    for index in newest.result.unserved:
        load = newest.loads[index]
        first = goods[load.pieces[0].goods] if load.pieces else None
        if first is not None and not first.on_shelf and load.pieces[0].demand is not None:
            prices[first.site, first.window, load.drop] = FITTED_NOWHERE
    for route in best.result.routes:
        seen: set[tuple[str, tuple[int, int] | None]] = set()
        for stop in route.stops:
            site = best.problem.sites[stop.site].code
            for at in seen:
                prices[at[0], at[1], site] = ON_THE_WAY
            for index in stop.pickups:
                for piece in best.loads[index].pieces[:1]:
                    g = goods[piece.goods]
                    if not g.on_shelf:
                        seen.add((g.site, g.window))
    return prices


def _visits_first(
    day: Day, loads: tuple[Load, ...], travel: Travel, seconds: float | None, work: int | None, seed: int
) -> list[Route] | None:
    """Routes with the visits alone: which car stands where is settled before anything else fills the routes."""
    depots = {v.depot for v in day.vans}
    first = tuple(load for load in loads if load.visit and load.pick in depots)
    if not first:
        return None
    limit = None if seconds is None else min(VISITS_MOST_S, max(0.2, VISITS_SHARE * seconds))
    result = solve(build_problem(day, first, travel), seconds=limit, work=work, seed=seed)
    return carried_over(first, result, loads)


def carried_over(old_loads: tuple[Load, ...], result: Result, loads: tuple[Load, ...]) -> list[Route]:
    """Routes in terms of another round's loads; what that round does not move is left out."""
    index_of = {load.ref: i for i, load in enumerate(loads)}

    def translated(old: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(index_of[old_loads[i].ref] for i in old if old_loads[i].ref in index_of)

    routes = []
    for route in result.routes:
        stops = [replace(s, pickups=translated(s.pickups), deliveries=translated(s.deliveries)) for s in route.stops]
        kept: tuple[Stop, ...] = tuple(s for s in stops if s.pickups or s.deliveries)
        if kept:
            routes.append(replace(route, stops=kept))
    return routes


def _done(begin: float, seconds: float | None, turn: int) -> float:
    return turn / ROUNDS if seconds is None else min(1.0, (time.monotonic() - begin) / seconds)


def _relay(
    tell: Callable[[float, str], None], begin: float, seconds: float | None, turn: int, work: int | None
) -> Callable[[Progress], None]:
    def relay(progress: Progress) -> None:
        if seconds is not None:
            tell(_done(begin, seconds, turn), "route")
        else:
            tell((turn + min(1.0, progress.rounds / max(1, work or 1))) / ROUNDS, "route")

    return relay
