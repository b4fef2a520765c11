"""Allocation and routing together: which offer goes straight to whom depends on who drives past, and who drives past on that.

Routes past every place say which shops lie on the way to whom (``opening``); a first allocation and its routes follow from that. Then two
chains run side by side (``chain``), each by turns searching routes in which who gets what from where may change (``exchange``), and
supplying a few demands anew. Now and then both go on from the better one; the best of all counts. Every outcome is feasible by itself.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace

from logistics.allocation.allocate import Allocation, again, allocate, without
from logistics.allocation.facts import Day, Demand, Goods, LineDemand
from logistics.allocation.reach import PairPrice, Reach
from logistics.dispatch.planner.budget import Budget, Limit
from logistics.dispatch.planner.chain import Chain
from logistics.dispatch.planner.detours import Detours
from logistics.dispatch.planner.document import routes_of
from logistics.dispatch.planner.loads import Load, Travel, build_problem, loads_of
from logistics.dispatch.planner.neighbours import Neighbours
from logistics.dispatch.planner.opening import opening
from logistics.dispatch.planner.outcome import Outcome, carried_over, cost_of
from logistics.solver.result import Route
from logistics.solver.search import HOT, Progress, solve

CHAINS = 2
FILLED = 6  # so many of those who lack something are looked at before the first routes
POLL_S = 0.05


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
        loads, start, allocation = self.opened()
        best = self.routed(
            allocation,
            loads,
            self.budget.first(len(loads)),
            start,
            seed=self.seed,
            on_progress=lambda progress: self.tell(self.budget.part(progress), "route"),
            should_stop=self.ask,
        )
        if not loads or self.asked:
            return replace(best, stopped=self.asked)
        self.budget.begin_chains(len(loads))
        chains = [Chain(self, best, f"{self.seed}/{number}") for number in range(CHAINS)]
        with ThreadPoolExecutor(CHAINS) as threads:
            for stretch in range(self.budget.stretches):
                self.tell(self.budget.done(stretch), "allocate")
                if self.ask():
                    break
                pending: set[Future[None]] = {threads.submit(chain.go, stretch) for chain in chains}
                while pending:
                    done, pending = wait(pending, timeout=POLL_S)
                    for future in done:
                        future.result()
                    self.ask()
                    if self.budget.seconds is not None:
                        self.tell(self.budget.done(stretch), "route")
                self.tell(self.budget.done(stretch + 1), "route")
                best = min((chain.best for chain in chains), key=lambda outcome: outcome.cost)
                for chain in chains:
                    chain.join(best)
        if self.asked:
            return replace(best, stopped=True)
        return min(best, self.given_up(best, self.budget.last_word()), key=lambda outcome: outcome.cost)

    def opened(self) -> tuple[tuple[Load, ...], list[Route] | None, Allocation]:
        """The first allocation, its loads and, of their routes, what the routes past every place have."""
        day = self.day
        loads, problem = opening(day, self.travel)
        limit = self.budget.opening()
        routes = solve(problem, seconds=limit[0], work=limit[1], seed=self.seed, should_stop=self.ask)
        price = self._first_price(Detours(day, self.travel, problem, routes)) if routes.routes else None
        allocation = allocate(self.reach, seed=self.seed, price=price, **self.budget.sourcing())
        allocation = self._filled(allocation, price)
        found = tuple(loads_of(day, allocation))
        visits = self.visits_first(found) or []
        settled = {route.vehicle for route in visits}
        others = [route for route in carried_over(loads, routes, found) if route.vehicle not in settled]
        return found, [*visits, *others], allocation

    def _first_price(self, detours: Detours) -> PairPrice:
        """On the way costs nothing, but a visit's food comes from the shelf unless that is not enough: its own car would have to be the one
        that drives past."""

        def price(goods: Goods, demand: Demand) -> int:
            found = detours.price(goods, demand)
            return found if isinstance(demand, LineDemand) else max(found, self.reach.pair_cost(goods, demand))

        return price

    def _filled(self, allocation: Allocation, price: PairPrice | None) -> Allocation:
        """The same, with those who lack the most supplied anew together with some who could eat the same."""
        neighbours = Neighbours(self.reach, random.Random(f"{self.seed}/filled"))  # noqa: S311 - chance for a search
        lacking = sorted(allocation.missing, key=lambda key: (-self._lack(key, allocation), key))
        for key in lacking[:FILLED]:
            freed = neighbours.around(self.reach.demands[key])
            found = again(self.reach, allocation, freed, seed=self.seed, price=price, **self.budget.sourcing_again())
            if sum(self._lack(k, found) for k in found.missing) < sum(self._lack(k, allocation) for k in allocation.missing):
                allocation = found
        return allocation

    def _lack(self, key: str, allocation: Allocation) -> int:
        """What the missing grams of a demand cost."""
        return allocation.missing.get(key, 0) * self.day.weights.missing_g(self.reach.demands[key])

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

    def visits_first(self, loads: tuple[Load, ...]) -> list[Route] | None:
        """Routes with the visits alone: which car stands where is settled before anything else fills the routes."""
        depots = {v.depot for v in self.day.vans}
        first = tuple(load for load in loads if load.visit and load.pick in depots)
        if not first:
            return None
        seconds, work = self.budget.visits()
        result = solve(
            build_problem(self.day, first, self.travel), seconds=seconds, work=work, seed=self.seed, should_stop=self.ask
        )
        return carried_over(first, result, loads)

    def given_up(self, outcome: Outcome, limit: Limit, *, processes: int = 2) -> Outcome:
        """Goods that fitted on no route from the shop to their partner may still come to the depot, and the partner may get the same
        from the shelf."""
        goods = self.day.goods_by_key()
        failed = [outcome.loads[i] for i in outcome.result.unserved]
        dropped = {(p.goods, p.demand) for load in failed for p in load.pieces if p.demand and not goods[p.goods].on_shelf}
        if not dropped:
            return outcome
        allocation = without(self.reach, outcome.allocation, dropped)
        loads = tuple(loads_of(self.day, allocation))
        start = carried_over(outcome.loads, outcome.result, loads)
        return self.routed(allocation, loads, limit, start, seed=self.seed, processes=processes)
