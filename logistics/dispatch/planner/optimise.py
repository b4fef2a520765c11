"""Allocation and routing together: which offer goes straight to whom depends on who drives past, and who drives past on that.

First an allocation by distance and routes for it. Then many short turns: a few neighbouring demands give back what they have and are
supplied anew, at prices that say how far round each shop would be for the routes there are (``detours``); the routes follow from where
they stand. A worse answer may stand for a while, the less likely the later (annealing); the best of all turns counts. Every turn's
answer is feasible by itself.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from logistics.allocation.allocate import Allocation, again, allocate, without
from logistics.allocation.facts import Day, Demand, Goods, LineDemand
from logistics.allocation.reach import PairPrice, Reach
from logistics.dispatch.planner.detours import ON_THE_WAY, Detours
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
from logistics.dispatch.planner.neighbours import Neighbours
from logistics.solver.problem import Problem
from logistics.solver.result import Result, Route, Stop
from logistics.solver.search import HOT, solve

SOURCING_SHARE, SOURCING_MOST_S = 0.08, 3.0
VISITS_SHARE, VISITS_MOST_S = 0.05, 3.0
FIRST_SHARE = 0.3  # of the time, until the first routes stand
TURNS = 100  # about so many turns fit into the rest
LEAST_TURN_S, LEAST_TURN_ROUNDS = 0.08, 20
LAST_WORD_SHARE, LAST_WORD_MOST_S = 0.05, 3.0
SOURCING_WORK = 0.2  # CP-SAT's deterministic time for the first allocation when search rounds are counted,
TURN_WORK, TURN_SOURCING_S = 0.03, 0.04  # and, or in seconds, for that of a turn
WARM = 0.5  # the routing's temperature in a turn, in mean costs per stop
TOLERANCE = 0.006  # of the cost of driving: what a worse answer may cost more at first
NOISE = 0.5  # prices of pairs are judged by so much less or more
ASK_AGAIN, ASKED_AT_MOST = 0.2, 3_000  # of the pairs that cost nothing so many are priced as if they were new, up to this


@dataclass(frozen=True)
class Outcome:
    """One turn: what was allocated, the routing problem with its loads and result, and the routes with goods. ``stopped``: somebody
    asked to end, be it in a later turn than this one."""

    allocation: Allocation
    loads: tuple[Load, ...]
    problem: Problem
    result: Result
    routes: tuple[PlannedRoute, ...]
    cost: int
    stopped: bool = False


class _Budget:
    """Seconds or search rounds: how many for what, and what part is done."""

    def __init__(self, seconds: float | None, work: int | None) -> None:
        self._begin = time.monotonic()
        self.seconds, self.work = seconds, work
        self._rounds = 0

    def sourcing(self) -> dict[str, float]:
        """For the first allocation, in the words of ``allocate``."""
        if self.seconds is None:
            return {"work": SOURCING_WORK}
        return {"seconds": min(SOURCING_MOST_S, SOURCING_SHARE * self.seconds)}

    def sourcing_again(self) -> dict[str, float]:
        return {"work": TURN_WORK} if self.seconds is None else {"seconds": TURN_SOURCING_S}

    def visits(self) -> float | None:
        return None if self.seconds is None else min(VISITS_MOST_S, max(0.2, VISITS_SHARE * self.seconds))

    def first(self) -> tuple[float | None, int | None]:
        """Seconds or rounds for the first routes."""
        if self.seconds is None:
            return None, self._spend(FIRST_SHARE)
        return max(0.2, FIRST_SHARE * self.seconds - self._passed()), None

    def turn(self) -> tuple[float | None, int | None] | None:
        """Seconds or rounds for one turn, or ``None`` when there is no time for one."""
        if self.seconds is None:
            assert self.work is not None  # noqa: S101 - one of the two is given
            share = max(LEAST_TURN_ROUNDS / self.work, (1.0 - FIRST_SHARE) / TURNS)
            return None if self._rounds >= self.work else (None, self._spend(share))
        left = self.seconds - self._passed() - min(LAST_WORD_MOST_S, LAST_WORD_SHARE * self.seconds)
        turn = max(LEAST_TURN_S, (1.0 - FIRST_SHARE) * self.seconds / TURNS)
        return None if left < turn + TURN_SOURCING_S else (turn, None)

    def last_word(self) -> tuple[float | None, int | None]:
        if self.seconds is None:
            return None, max(1, (self.work or 0) // 4)
        return min(LAST_WORD_MOST_S, max(0.2, LAST_WORD_SHARE * self.seconds)), None

    def done(self, more: int = 0) -> float:
        """The part of the budget that is used up, from 0 to 1; ``more`` rounds are not yet counted."""
        if self.seconds is None:
            return min(1.0, (self._rounds + more) / max(1, self.work or 1))
        return min(1.0, self._passed() / self.seconds)

    def _passed(self) -> float:
        return time.monotonic() - self._begin

    def _spend(self, share: float) -> int:
        rounds = max(1, round(share * (self.work or 1)))
        self._rounds += rounds
        return rounds


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
    """The best outcome within ``seconds`` (or, with ``work``, after that many search rounds: repeatable).

    ``on_progress`` gets the part done (0–1) and a word for what is going on: ``allocate`` or ``route``.
    """
    return _Together(day, travel, _Budget(seconds, work), seed, on_progress or (lambda part, what: None), should_stop).run()


class _Together:
    """One call of :func:`optimise`."""

    def __init__(
        self,
        day: Day,
        travel: Travel,
        budget: _Budget,
        seed: int,
        tell: Callable[[float, str], None],
        should_stop: Callable[[], bool] | None,
    ) -> None:
        self.day, self.travel, self.budget, self.seed, self.tell, self.should_stop = day, travel, budget, seed, tell, should_stop
        self.reach = Reach(day, travel.between())
        self.dice = random.Random(seed)  # noqa: S311 - chance for a search, nothing secret

    def run(self) -> Outcome:
        self.tell(0.0, "allocate")
        allocation = allocate(self.reach, seed=self.seed, **self.budget.sourcing())  # type: ignore[arg-type]
        loads = tuple(loads_of(self.day, allocation))
        start = self._visits_first(loads)
        best = current = self._routed(allocation, loads, self.budget.first(), start)
        if not loads or current.result.stopped == "request":
            return replace(best, stopped=current.result.stopped == "request")
        neighbours = Neighbours(self.reach, self.dice)
        while (limit := self.budget.turn()) is not None:
            freed = neighbours.choose(current.allocation)
            if not freed:
                break
            newest = self._turn(current, freed, limit)
            if newest.cost < current.cost + self._tolerated(current):
                current = newest
            if newest.cost < best.cost:
                best = newest
            if newest.result.stopped == "request":
                return replace(best, stopped=True)
        return self._given_up(best)

    def _turn(self, current: Outcome, freed: frozenset[str], limit: tuple[float | None, int | None]) -> Outcome:
        self.tell(self.budget.done(), "allocate")
        allocation = again(
            self.reach,
            current.allocation,
            freed,
            seed=self.dice.randrange(1 << 30),
            price=self._judged(current),
            **self.budget.sourcing_again(),
        )
        loads = tuple(loads_of(self.day, allocation))
        return self._routed(allocation, loads, limit, carried_over(current.loads, current.result, loads), hot=WARM)

    def _tolerated(self, current: Outcome) -> float:
        """How much dearer a new answer may be: by chance, and less and less."""
        driving = sum(r.distance_m + r.return_s - r.depart_s for r in current.routes)
        left = 1.0 - self.budget.done()
        return -math.log(1.0 - self.dice.random()) * TOLERANCE * left * driving

    def _judged(self, current: Outcome) -> PairPrice:
        """The price of each pair by the present routes, a little by chance: a pair that is on the way costs next to nothing, so a bad
        one would never be let go if it were not now and then asked again."""
        failed = frozenset(
            (piece.goods, piece.demand)
            for index in current.result.unserved
            for piece in current.loads[index].pieces
            if piece.demand is not None
        )
        detours = Detours(self.day, self.travel, current.problem, current.result, failed=failed)
        known: dict[tuple[str, tuple[int, int] | None, str], int] = {}

        def price(goods: Goods, demand: Demand) -> int:
            found = detours.price(goods, demand)
            pair = (goods.site, goods.window, demand.site)
            if pair not in known:
                if found == ON_THE_WAY and self.dice.random() < ASK_AGAIN:
                    found = self.dice.randrange(ON_THE_WAY, ASKED_AT_MOST)
                known[pair] = round(found * self.dice.uniform(1.0 - NOISE, 1.0 + NOISE))
            return known[pair]

        return price

    def _routed(
        self,
        allocation: Allocation,
        loads: tuple[Load, ...],
        limit: tuple[float | None, int | None],
        start: list[Route] | None,
        hot: float = HOT,
    ) -> Outcome:
        problem = build_problem(self.day, loads, self.travel)
        result = solve(
            problem,
            seconds=limit[0],
            work=limit[1],
            seed=self.dice.randrange(1 << 20),
            start=start,
            on_progress=lambda p: self.tell(self.budget.done(), "route"),
            should_stop=self.should_stop,
            hot=hot,
        )
        routes = routes_of(self.day, loads, problem, result)
        return Outcome(allocation, loads, problem, result, routes, cost_of(self.day, routes))

    def _visits_first(self, loads: tuple[Load, ...]) -> list[Route] | None:
        """Routes with the visits alone: which car stands where is settled before anything else fills the routes."""
        depots = {v.depot for v in self.day.vans}
        first = tuple(load for load in loads if load.visit and load.pick in depots)
        if not first:
            return None
        problem = build_problem(self.day, first, self.travel)
        result = solve(problem, seconds=self.budget.visits(), work=self.budget.work, seed=self.seed)
        return carried_over(first, result, loads)

    def _given_up(self, best: Outcome) -> Outcome:
        """Goods that fitted on no route from the shop to their partner may still come to the depot, and the partner may get the same
        from the shelf: the last word on direct pairs that did not work out."""
        goods = self.day.goods_by_key()
        failed = [best.loads[i] for i in best.result.unserved]
        dropped = {(p.goods, p.demand) for load in failed for p in load.pieces if p.demand and not goods[p.goods].on_shelf}
        if not dropped:
            return best
        allocation = without(self.reach, best.allocation, dropped)
        loads = tuple(loads_of(self.day, allocation))
        outcome = self._routed(allocation, loads, self.budget.last_word(), carried_over(best.loads, best.result, loads))
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
