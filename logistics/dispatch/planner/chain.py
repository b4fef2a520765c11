"""One line of the planner's search: exchanges and turns, each going on from an outcome that stands."""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

from logistics.allocation.allocate import Allocation, again
from logistics.allocation.facts import Demand, Goods
from logistics.allocation.reach import Pair, PairPrice
from logistics.dispatch.planner.detours import ON_THE_WAY, Detours
from logistics.dispatch.planner.exchange import exchange, routes_for, taken_over
from logistics.dispatch.planner.loads import Load, loads_of
from logistics.dispatch.planner.neighbours import Neighbours
from logistics.dispatch.planner.outcome import Outcome, carried_over, driving_cost
from logistics.solver.compiled import ready
from logistics.solver.result import Route
from logistics.solver.search import solve

if TYPE_CHECKING:
    from logistics.dispatch.planner.optimise import Together

WARM = 0.5  # the routing's temperature in a turn, in mean costs per stop,
EXCHANGE_HOT, EXCHANGE_COOL = 6.0, 1.0  # and that of an exchange in the first stretch and the last
TOLERANCE = 0.006  # of the cost of driving: what a worse answer may cost more at first
NOISE = 0.5  # prices of pairs are judged by so much less or more
ASK_AGAIN, ASKED_AT_MOST = 0.2, 3_000  # of the pairs that cost nothing so many are priced as if they were new, up to this


class Chain:
    """One line of turns; it depends on its dice alone, so two of them side by side are as repeatable as one."""

    def __init__(self, whole: Together, first: Outcome, dice: str) -> None:
        self.whole = whole
        self.best = self.current = first
        self.dice = random.Random(dice)  # noqa: S311 - chance for a search, nothing secret
        self.neighbours = Neighbours(whole.reach, self.dice)

    def go(self, stretch: int) -> None:
        """An exchange, and as many turns as the stretch then has room for."""
        budget, turn = self.whole.budget, 0
        if self.current.result.unserved:
            self._weigh(self.whole.given_up(self.current, budget.turn(len(self.current.loads)), processes=1), stretch)
        if ready() and budget.has_exchange(stretch):
            self._weigh(self._exchanged(stretch), stretch)
        while not self.whole.asked and budget.has_turn(stretch, turn, len(self.current.loads)):
            turn += 1
            freed = self.neighbours.choose(self.current.allocation)
            if not freed:
                return
            self._weigh(self._turn(freed), stretch)

    def join(self, best: Outcome) -> None:
        """Go on from ``best`` if that is better than all this chain has seen."""
        if best.cost < self.best.cost:
            self.best = self.current = best

    def _weigh(self, newest: Outcome, stretch: int) -> None:
        if newest.cost < self.current.cost + self._tolerated(stretch):
            self.current = newest
        if newest.cost < self.best.cost:
            self.best = newest

    def _exchanged(self, stretch: int) -> Outcome:
        whole, current = self.whole, self.current
        changed = exchange(whole.day, whole.travel, whole.reach, current, self._judged())
        seconds, work = whole.budget.exchange(stretch)
        found = solve(
            changed.problem,
            seconds=seconds,
            work=work,
            seed=self.dice.randrange(1 << 20),
            processes=1,
            start=changed.start,
            should_stop=lambda: whole.asked,
            hot=EXCHANGE_HOT * (EXCHANGE_COOL / EXCHANGE_HOT) ** (1.0 - whole.budget.left(stretch)),
        )
        allocation = taken_over(whole.day, whole.reach, current.allocation, changed, found)
        loads = tuple(loads_of(whole.day, allocation))
        return self._routed(allocation, loads, routes_for(changed, found, loads))

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
        return self._routed(allocation, loads, carried_over(current.loads, current.result, loads))

    def _routed(self, allocation: Allocation, loads: tuple[Load, ...], start: list[Route]) -> Outcome:
        """Most rounds begin around the loads that the present outcome does not have."""
        known = {(load.ref, load.pieces) for load in self.current.loads}
        focus = [index for index, load in enumerate(loads) if (load.ref, load.pieces) not in known]
        whole = self.whole
        seed, limit = self.dice.randrange(1 << 20), whole.budget.turn(len(loads))
        return whole.routed(allocation, loads, limit, start, seed=seed, processes=1, hot=WARM, focus=focus)

    def _tolerated(self, stretch: int) -> float:
        """How much dearer a new answer may be: by chance, and less and less."""
        driving = sum(driving_cost(self.whole.day, route) for route in self.current.routes)
        return -math.log(1.0 - self.dice.random()) * TOLERANCE * self.whole.budget.left(stretch) * driving

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
