"""Allocation and routing together: which offer goes straight to whom depends on who drives past, and who drives past on that.

First an allocation by distance and routes for it. Then two chains of many short turns, side by side: a few neighbouring demands give
back what they have and are supplied anew, at prices that say how far round each shop would be for the routes there are (``detours``); the
routes follow from where they stand. A worse answer may stand for a while, the less likely the later (annealing). Now and then both chains
go on from the better one; the best of all turns counts. Every turn's answer is feasible by itself.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

from logistics.allocation.allocate import Allocation, again, allocate, without
from logistics.allocation.facts import Day, Demand, Goods
from logistics.allocation.reach import Pair, PairPrice, Reach
from logistics.dispatch.planner.detours import ON_THE_WAY, Detours
from logistics.dispatch.planner.document import PlannedRoute, routes_of, tally
from logistics.dispatch.planner.loads import Load, Travel, build_problem, loads_of
from logistics.dispatch.planner.neighbours import Neighbours
from logistics.solver.problem import Problem
from logistics.solver.result import Result, Route, Stop
from logistics.solver.search import HOT, Progress, solve

SOURCING_SHARE, SOURCING_MOST_S = 0.08, 3.0
VISITS_SHARE, VISITS_MOST_S = 0.05, 3.0
FIRST_SHARE = 0.3  # of the time, until the first routes stand
CHAINS = 2
STRETCHES = 25  # so often the chains are compared
TURN_S, TURN_S_PER_LOAD = 0.04, 0.0002
TURNS, LEAST_TURN_ROUNDS = 100, 20  # when search rounds are counted: turns of each chain, if they get that many rounds
LAST_WORD_SHARE, LAST_WORD_MOST_S = 0.05, 3.0
SOURCING_WORK = 0.2  # CP-SAT's deterministic time for the first allocation when search rounds are counted,
TURN_WORK, TURN_SOURCING_S = 0.03, 0.04  # and, or in seconds, for that of a turn
WARM = 0.5  # the routing's temperature in a turn, in mean costs per stop
TOLERANCE = 0.006  # of the cost of driving: what a worse answer may cost more at first
NOISE = 0.5  # prices of pairs are judged by so much less or more
ASK_AGAIN, ASKED_AT_MOST = 0.2, 3_000  # of the pairs that cost nothing so many are priced as if they were new, up to this
POLL_S = 0.05


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


Limit = tuple[float | None, int | None]
"""Seconds or rounds of a search."""


class Budget:
    """Seconds or search rounds: how many for what."""

    def __init__(self, seconds: float | None, work: int | None) -> None:
        self._begin = time.monotonic()
        self.seconds, self.work = seconds, 0 if seconds is not None else work or 1
        self.turns = max(1, min(TURNS, int((1.0 - FIRST_SHARE) * self.work / LEAST_TURN_ROUNDS)))
        self.stretches = STRETCHES if seconds is not None else min(STRETCHES, self.turns)

    def sourcing(self) -> dict[str, float]:
        """For the first allocation, in the words of ``allocate``."""
        if self.seconds is None:
            return {"work": SOURCING_WORK}
        return {"seconds": min(SOURCING_MOST_S, SOURCING_SHARE * self.seconds)}

    def sourcing_again(self) -> dict[str, float]:
        return {"work": TURN_WORK} if self.seconds is None else {"seconds": TURN_SOURCING_S}

    def visits(self) -> Limit:
        if self.seconds is None:
            return None, self.work
        return min(VISITS_MOST_S, max(0.2, VISITS_SHARE * self.seconds)), None

    def first(self) -> Limit:
        """For the first routes."""
        if self.seconds is None:
            return None, max(1, round(FIRST_SHARE * self.work))
        return max(0.2, FIRST_SHARE * self.seconds - self.passed()), None

    def turn(self, loads: int) -> Limit:
        if self.seconds is None:
            return None, max(1, round((1.0 - FIRST_SHARE) * self.work / self.turns))
        return TURN_S + TURN_S_PER_LOAD * loads, None

    def has_turn(self, stretch: int, turn: int, loads: int) -> bool:
        """Whether a chain that has done ``turn`` turns in this stretch has room for one more."""
        if self.seconds is None:
            return turn < self.turns * (stretch + 1) // self.stretches - self.turns * stretch // self.stretches
        first = FIRST_SHARE * self.seconds
        last = self.seconds - min(LAST_WORD_MOST_S, LAST_WORD_SHARE * self.seconds) - (self.turn(loads)[0] or 0.0)
        return self.passed() < first + (last - first) * (stretch + 1) / self.stretches

    def part(self, progress: Progress) -> float:
        """Of the whole, what is done while the first routes are built."""
        if self.seconds is None:
            return FIRST_SHARE * min(1.0, progress.rounds / max(1, self.work))
        return min(FIRST_SHARE, self.passed() / self.seconds)

    def last_word(self) -> Limit:
        if self.seconds is None:
            return None, max(1, self.work // 4)
        return min(LAST_WORD_MOST_S, max(0.2, LAST_WORD_SHARE * self.seconds)), None

    def passed(self) -> float:
        return time.monotonic() - self._begin


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

    ``on_progress`` gets the part done (0–1) and a word for what is going on: ``allocate`` or ``route``. It and ``should_stop`` are
    called from the caller's own thread.
    """
    best = Together(day, travel, Budget(seconds, work), seed, on_progress or (lambda part, what: None), should_stop).run()
    return replace(best, routes=routes_of(day, best.loads, best.problem, best.result))


class Together:
    """One call of :func:`optimise`; ``budget`` says how the time is shared out."""

    def __init__(
        self,
        day: Day,
        travel: Travel,
        budget: Budget,
        seed: int,
        tell: Callable[[float, str], None],
        should_stop: Callable[[], bool] | None,
    ) -> None:
        self.day, self.travel, self.budget, self.seed, self.tell = day, travel, budget, seed, tell
        self._should_stop = should_stop
        self.asked = False
        self.reach = Reach(day, travel.between())

    def ask(self) -> bool:
        """Whether somebody wants to end."""
        self.asked = self.asked or (self._should_stop is not None and self._should_stop())
        return self.asked

    def run(self) -> Outcome:
        self.tell(0.0, "allocate")
        allocation = allocate(self.reach, seed=self.seed, **self.budget.sourcing())  # type: ignore[arg-type]
        loads = tuple(loads_of(self.day, allocation))
        start = self._visits_first(loads)
        best = self.routed(
            allocation,
            loads,
            self.budget.first(),
            start,
            seed=self.seed,
            on_progress=lambda progress: self.tell(self.budget.part(progress), "route"),
            should_stop=self.ask,
        )
        if not loads or self.asked:
            return replace(best, stopped=self.asked)
        chains = [_Chain(self, best, f"{self.seed}/{number}") for number in range(CHAINS)]
        with ThreadPoolExecutor(CHAINS) as threads:
            for stretch in range(self.budget.stretches):
                self.tell(FIRST_SHARE + (1.0 - FIRST_SHARE) * stretch / self.budget.stretches, "allocate")
                if self.ask():
                    break
                pending: set[Future[None]] = {threads.submit(chain.go, stretch) for chain in chains}
                while pending:
                    done, pending = wait(pending, timeout=POLL_S)
                    for future in done:
                        future.result()
                    self.ask()
                self.tell(FIRST_SHARE + (1.0 - FIRST_SHARE) * (stretch + 1) / self.budget.stretches, "route")
                best = min((chain.best for chain in chains), key=lambda outcome: outcome.cost)
                for chain in chains:
                    chain.join(best)
        return replace(best, stopped=True) if self.asked else self._given_up(best)

    def routed(
        self,
        allocation: Allocation,
        loads: tuple[Load, ...],
        limit: Limit,
        start: list[Route] | None,
        *,
        seed: int,
        processes: int = 2,
        hot: float = HOT,
        focus: Sequence[int] = (),
        on_progress: Callable[[Progress], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> Outcome:
        problem = build_problem(self.day, loads, self.travel)
        result = solve(
            problem,
            seconds=limit[0],
            work=limit[1],
            seed=seed,
            processes=processes,
            start=start,
            on_progress=on_progress,
            should_stop=should_stop,
            hot=hot,
            focus=focus,
        )
        routes = routes_of(self.day, loads, problem, result, with_latest=False)
        return Outcome(allocation, loads, problem, result, routes, cost_of(self.day, routes))

    def _visits_first(self, loads: tuple[Load, ...]) -> list[Route] | None:
        """Routes with the visits alone: which car stands where is settled before anything else fills the routes."""
        depots = {v.depot for v in self.day.vans}
        first = tuple(load for load in loads if load.visit and load.pick in depots)
        if not first:
            return None
        seconds, work = self.budget.visits()
        result = solve(build_problem(self.day, first, self.travel), seconds=seconds, work=work, seed=self.seed)
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
        start = carried_over(best.loads, best.result, loads)
        outcome = self.routed(allocation, loads, self.budget.last_word(), start, seed=self.seed)
        return outcome if outcome.cost < best.cost else best


class _Chain:
    """One line of turns; it depends on its dice alone, so two of them side by side are as repeatable as one."""

    def __init__(self, whole: Together, first: Outcome, dice: str) -> None:
        self.whole = whole
        self.best = self.current = first
        self.dice = random.Random(dice)  # noqa: S311 - chance for a search, nothing secret
        self.neighbours = Neighbours(whole.reach, self.dice)

    def go(self, stretch: int) -> None:
        """As many turns as the stretch has room for."""
        budget, turn = self.whole.budget, 0
        while not self.whole.asked and budget.has_turn(stretch, turn, len(self.current.loads)):
            turn += 1
            freed = self.neighbours.choose(self.current.allocation)
            if not freed:
                return
            newest = self._turn(freed)
            if newest.cost < self.current.cost + self._tolerated(stretch):
                self.current = newest
            if newest.cost < self.best.cost:
                self.best = newest

    def join(self, best: Outcome) -> None:
        """Go on from ``best`` if that is better than all this chain has seen."""
        if best.cost < self.best.cost:
            self.best = self.current = best

    def _turn(self, freed: frozenset[str]) -> Outcome:
        whole, current = self.whole, self.current
        allocation = again(
            whole.reach,
            current.allocation,
            freed,
            seed=self.dice.randrange(1 << 30),
            price=self._judged(),
            **whole.budget.sourcing_again(),
        )
        loads = tuple(loads_of(whole.day, allocation))
        limit = whole.budget.turn(len(loads))
        start = carried_over(current.loads, current.result, loads)
        known = {(load.ref, load.pieces) for load in current.loads}
        focus = [index for index, load in enumerate(loads) if (load.ref, load.pieces) not in known]
        return whole.routed(
            allocation, loads, limit, start, seed=self.dice.randrange(1 << 20), processes=1, hot=WARM, focus=focus
        )

    def _tolerated(self, stretch: int) -> float:
        """How much dearer a new answer may be: by chance, and less and less."""
        driving = sum(_driving(self.whole.day, route) for route in self.current.routes)
        left = 1.0 - (stretch + 1) / self.whole.budget.stretches
        return -math.log(1.0 - self.dice.random()) * TOLERANCE * left * driving

    def _judged(self) -> PairPrice:
        """The price of each pair by the present routes, a little by chance: a pair that is on the way costs next to nothing, so a bad
        one would never be let go if it were not now and then asked again."""
        current = self.current
        failed = frozenset(
            (piece.goods, piece.demand)
            for index in current.result.unserved
            for piece in current.loads[index].pieces
            if piece.demand is not None
        )
        detours = Detours(self.whole.day, self.whole.travel, current.problem, current.result, failed=failed)
        known: dict[Pair, int] = {}

        def price(goods: Goods, demand: Demand) -> int:
            found = detours.price(goods, demand)
            pair = (goods.site, goods.window, demand.site)
            if pair not in known:
                if found == ON_THE_WAY and self.dice.random() < ASK_AGAIN:
                    found = self.dice.randrange(ON_THE_WAY, ASKED_AT_MOST)
                known[pair] = round(found * self.dice.uniform(1.0 - NOISE, 1.0 + NOISE))
            return known[pair]

        return price


def cost_of(day: Day, routes: tuple[PlannedRoute, ...]) -> int:
    """What a plan is worth, in cost units: missing food for visits, orders and shops first, then vehicles, metres and hours."""
    moved, weights = tally(routes), day.weights
    out = day.on_the_road()
    cost = sum((0 if route.vehicle in out else weights.vehicle) + _driving(day, route) for route in routes)
    for demand in day.demands:
        missing = max(0, demand.asked_g - moved.delivered.get(demand.key, 0))
        cost += missing * weights.missing_g(demand)
    for g in day.goods:
        if not g.on_shelf:
            behind = g.grams - moved.collected.get(g.key, 0)
            cost += behind * weights.offer_g(g, day.date) + (weights.offer_left if behind == g.grams else 0)
    return cost


def _driving(day: Day, route: PlannedRoute) -> int:
    lasts_s = route.return_s - route.depart_s
    cost = route.distance_m + lasts_s * day.weights.per_s
    for van in (v for v in day.vans if v.code == route.vehicle):
        paid = van.yen_per_day if van.code in day.on_the_road() else 0
        cost += (van.yen(route.distance_m) - paid) * 1000 // day.weights.km_yen
        if van.fair_s is not None:
            cost += max(0, lasts_s - van.fair_s) * van.cost_per_s_over_fair
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
