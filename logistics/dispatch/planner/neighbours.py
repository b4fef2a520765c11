"""Which demands are supplied anew in one turn: a few that could exchange goods, or share a vehicle's way."""

from __future__ import annotations

import random
from collections import defaultdict

from logistics.allocation.allocate import Allocation
from logistics.allocation.facts import Demand, LineDemand
from logistics.allocation.reach import Reach

MOST_SITES, MOST_SHOPS, MOST_ALIKE = 3, 4, 10
SHORT_FIRST = 0.3  # so often a turn begins with a demand that lacks something


class Neighbours:
    """Chooses by chance, with ``dice`` alone: the same dice and allocations, the same choices."""

    def __init__(self, reach: Reach, dice: random.Random) -> None:
        self._reach, self._dice = reach, dice
        self._demands = [d for d in reach.demands.values() if reach.for_demand(d)]
        self._by_site: dict[str, list[Demand]] = defaultdict(list)
        for demand in self._demands:
            self._by_site[demand.site].append(demand)
        self._shops = sorted({g.site for g in reach.day.goods if not g.on_shelf})

    def choose(self, allocation: Allocation) -> frozenset[str]:
        """Demand keys; empty when there is nothing to exchange."""
        if not self._demands:
            return frozenset()
        short = [d for d in self._demands if d.key in allocation.missing]
        first = self._dice.choice(short if short and self._dice.random() < SHORT_FIRST else self._demands)
        kind = self._dice.random()
        if kind < 0.35:
            near = self._nearest(sorted(self._by_site), first.site, self._dice.randint(1, MOST_SITES))
            return frozenset(d.key for site in near for d in self._by_site[site])
        if kind < 0.7 or not self._shops:
            return self.around(first)
        return self._customers(allocation) or self.around(first)

    def _nearest(self, codes: list[str], centre: str, count: int) -> list[str]:
        """Roughly the nearest: by travel time with a little chance."""
        return sorted(codes, key=lambda code: self._reach.travel_s(code, centre) * self._dice.uniform(0.6, 1.4))[:count]

    def around(self, first: Demand) -> frozenset[str]:
        """Demands that could eat the same, nearest first, and a visit or pickup day that could."""
        eats = {g.key for g in self._reach.for_demand(first)}
        others = [d for d in self._demands if any((key, d.key) in self._reach.slack_s for key in eats)]
        lines = [d for d in others if isinstance(d, LineDemand)]
        sites = [d for d in others if not isinstance(d, LineDemand)]
        lines.sort(key=lambda d: self._reach.travel_s(d.site, first.site) * self._dice.uniform(0.6, 1.4))
        chosen: list[Demand] = [first, *lines[: self._dice.randint(2, MOST_ALIKE)]]
        if sites and self._dice.random() < 0.5:
            chosen.append(self._dice.choice(sites))
        return frozenset(d.key for d in chosen)

    def _customers(self, allocation: Allocation) -> frozenset[str]:
        """Who gets something straight from one of a few neighbouring shops."""
        near = set(self._nearest(self._shops, self._dice.choice(self._shops), self._dice.randint(1, MOST_SHOPS)))
        goods = self._reach.goods
        return frozenset(a.demand for a in allocation.assignments if goods[a.goods].site in near)
