"""Who has been promised what so far, and the small steps after the optimisation: rests, kinds, first expiring first."""

from __future__ import annotations

import heapq
from collections import defaultdict

from logistics.allocation.facts import Demand, Goods, LineDemand, SiteDemand, first_expiring
from logistics.allocation.reach import Pair, PairPrice, Reach

OVER_UNIT_FROM = 0.25  # a unit over the ask is given only for a rest of at least this part of it


class Book:
    """``given`` holds units per goods and demand key, ``left`` what nobody has been promised; ``price`` is what binding a shop's goods and
    a demand to one route costs (by distance, if nothing better is known)."""

    def __init__(self, reach: Reach, price: PairPrice | None = None) -> None:
        self.reach = reach
        self.price = price or reach.pair_cost
        self.day = reach.day
        self.goods = reach.goods
        self.left = {g.key: g.quantity for g in self.day.goods}
        self.given: dict[tuple[str, str], int] = {}
        self._grams: dict[str, int] = defaultdict(int)
        self._of: dict[str, set[str]] = defaultdict(set)  # goods keys per demand key

    def give(self, goods: str, demand: str, units: int) -> None:
        """Promise ``units`` (negative: take them back)."""
        self.given[goods, demand] = self.given.get((goods, demand), 0) + units
        self.left[goods] -= units
        self._grams[demand] += units * self.goods[goods].unit_g
        if self.given[goods, demand]:
            self._of[demand].add(goods)
        else:
            self._of[demand].discard(goods)

    def bound_pairs(self) -> set[Pair]:
        """The shops and sites that are bound to one route already."""
        sites = {key: demand.site for key, demand in self.reach.demands.items()}
        return {
            (self.goods[g].site, self.goods[g].window, sites[d])
            for (g, d), units in self.given.items()
            if units and not self.goods[g].on_shelf
        }

    def grams(self, demand: Demand) -> int:
        return self._grams[demand.key]

    def of(self, demand: Demand) -> list[tuple[Goods, int]]:
        """Goods and units promised to ``demand``, most units first."""
        pairs = [(self.goods[key], self.given[key, demand.key]) for key in self._of[demand.key]]
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0].key))

    def hand_out(self, pool: list[Goods], takers: list[tuple[Demand, int]]) -> None:
        """The earliest hand-over gets the first expiring lot of ``pool``."""
        for demand, wanted in sorted(takers, key=lambda t: (_needed_at(t[0]), t[0].key)):
            units = wanted
            for goods in pool:
                taken = min(units, self.left[goods.key])
                if taken:
                    self.give(goods.key, demand.key, taken)
                    units -= taken

    def cover_sites(self) -> None:
        """A visit's rest that rounding left: units from the shelf, or from a shop that gives to it anyway."""
        for demand in self.day.sites:
            fits = self.reach.for_demand(demand)
            while (rest := demand.asked_g - self.grams(demand)) > 0:
                shops = {_from(goods) for goods, _ in self.of(demand)}
                there = [g for g in fits if self.left[g.key] > 0 and (g.on_shelf or _from(g) in shops)]
                if not there:
                    break
                best = min(there, key=lambda g: (abs(g.unit_g - rest), first_expiring(g)))
                self.give(best.key, demand.key, 1)

    def sites_before_lines(self) -> None:
        """What a visit or pickup day still lacks comes from orders that got it off the shelf, from who has most per child first, as long as
        it is worth more there."""
        worth = self.day.weights.missing_g
        for demand in self.day.sites:
            shelf = [g for g in self.reach.for_demand(demand) if g.on_shelf]
            while (rest := demand.asked_g - self.grams(demand)) > 0:
                fits = {g.key for g in shelf if self._has_room(demand, g, 1)}
                there = [
                    (line, goods)
                    for line in self.day.lines
                    for goods, _ in self.of(line)
                    if goods.key in fits and min(rest, goods.unit_g) * worth(demand) > goods.unit_g * worth(line)
                ]
                if not there:
                    break
                line, goods = min(there, key=lambda pair: (-pair[0].share_g(self.grams(pair[0])), pair[0].key, pair[1].key))
                self.give(goods.key, line.key, -1)
                self.give(goods.key, demand.key, 1)

    def top_up(self, *, over: bool) -> None:
        """Fill rests with whole units, who has least per child first; with ``over``, by one unit over the ask where nothing smaller
        is there."""
        fits = {line.key: self.reach.for_demand(line) for line in self.day.lines}
        queue = [(line.share_g(self.grams(line)), line.key, line) for line in self.day.lines]
        heapq.heapify(queue)
        while queue:
            _, key, line = heapq.heappop(queue)
            rest = line.asked_g - self.grams(line)
            there = [g for g in fits[key] if self.left[g.key] > 0]
            if rest <= 0 or not there:
                continue
            fitting = [g for g in there if g.unit_g <= rest]
            if over != (not fitting):
                continue
            if over:
                smallest = min(g.unit_g for g in there)
                if rest < smallest * OVER_UNIT_FROM and self.grams(line) > 0:
                    continue
                fitting = [g for g in there if g.unit_g == smallest]
            best = min(fitting, key=lambda g: (self._closeness(g, line), -g.unit_g, g.key))
            self.give(best.key, key, 1)
            if over:
                self.trim(line)
            heapq.heappush(queue, (line.share_g(self.grams(line)), key, line))

    def trim(self, line: LineDemand, enough_g: int | None = None) -> None:
        """Take back the units that the ask, or ``enough_g``, is met without."""
        enough = line.asked_g if enough_g is None else enough_g
        for goods, units in sorted(self.of(line), key=lambda pair: -pair[0].unit_g):
            spare = min(units, max(0, self.grams(line) - enough) // goods.unit_g)
            if spare:
                self.give(goods.key, line.key, -spare)

    def _closeness(self, goods: Goods, line: LineDemand) -> int:
        """0: already on its way there, then the shelf, then a new shop by what the pair costs."""
        if any(_from(other) == _from(goods) for other, _ in self.of(line)):
            return 0
        return 1 if goods.on_shelf else 1 + self.price(goods, line)

    def vary(self) -> None:
        """More kinds for visits and pickup days that have fewer than wanted: something of a frequent kind is exchanged for one that
        is left on the shelf or that another of them has plenty of; a share for every fourth household if possible, else less."""
        for demand in self.day.sites:
            units = max(1, demand.households // 4)
            while units and len(self._kinds(demand)) < demand.kinds:
                if not self._exchange(demand, units):
                    units //= 2

    def _kinds(self, demand: Demand) -> dict[str, int]:
        """Grams per item that a demand gets."""
        amounts: dict[str, int] = defaultdict(int)
        for goods, units in self.of(demand):
            amounts[goods.gtin] += units * goods.unit_g
        return amounts

    def _exchange(self, demand: SiteDemand, units: int) -> bool:
        """``units`` of one more kind for ``demand``; nobody's grams fall below what was asked, or below what they were."""
        kinds = self._kinds(demand)
        frequent = sorted(kinds, key=lambda kind: (-kinds[kind], kind))
        new = [
            g
            for g in sorted(self.reach.for_demand(demand), key=first_expiring)
            if g.on_shelf and g.gtin not in kinds and self._has_room(demand, g, units)
        ]
        for goods in new:
            if self.left[goods.key] >= units:
                self.give(goods.key, demand.key, units)
                self._take_back(demand, frequent)
                return True
        for other in sorted(self.day.sites, key=lambda d: -d.asked_g):
            for goods in new if other.key != demand.key else ():
                if self.given.get((goods.key, other.key), 0) < 2 * units:
                    continue
                for kind in frequent:
                    back = self._tradeable(demand, kind, other, goods, units)
                    if back is not None:
                        for key, giver, taker, moved in ((goods.key, other, demand, units), (back[0], demand, other, back[1])):
                            self.give(key, giver.key, -moved)
                            self.give(key, taker.key, moved)
                        return True
        return False

    def _has_room(self, demand: SiteDemand, goods: Goods, units: int) -> bool:
        most = self.reach.car_capacity(demand).get(goods.zone)
        aboard = sum(n * g.unit_g for g, n in self.of(demand) if g.zone == goods.zone)
        return most is None or aboard + units * goods.unit_g <= most

    def _take_back(self, demand: SiteDemand, frequent: list[str]) -> None:
        for kind in frequent:
            for goods, units in self.of(demand):
                spare = min(units - 1, (self.grams(demand) - demand.asked_g) // goods.unit_g)
                if goods.gtin == kind and goods.on_shelf and spare > 0:
                    self.give(goods.key, demand.key, -spare)

    def _tradeable(self, demand: SiteDemand, kind: str, other: SiteDemand, new: Goods, moved: int) -> tuple[str, int] | None:
        """Goods of ``kind`` and their units that ``demand`` can give ``other`` for ``moved`` units of ``new``."""
        grams = moved * new.unit_g
        kept = {d.key: min(self.grams(d), d.asked_g) for d in (demand, other)}
        for goods, units in self.of(demand):
            if goods.gtin == kind and goods.on_shelf and self.reach.can(goods, other):
                needed = -(-max(0, grams - (self.grams(other) - kept[other.key])) // goods.unit_g)
                after = self.grams(demand) + grams - needed * goods.unit_g
                if 0 < needed < units and after >= kept[demand.key] and self._has_room(other, goods, needed):
                    return goods.key, needed
        return None

    def first_expiring_first(self) -> None:
        """Exchange lots of one item on the shelf until no earlier expiring unit stays behind while a later one leaves (D20)."""
        by_item: dict[tuple[str, int], list[Goods]] = defaultdict(list)
        for g in self.day.goods:
            if g.on_shelf and not g.blocked:
                by_item[g.gtin, g.unit_g].append(g)
        for lots in by_item.values():
            lots.sort(key=first_expiring)
            for index, later in reversed(list(enumerate(lots))):
                for earlier in lots[:index]:
                    self._use_earlier(earlier, later)

    def _use_earlier(self, earlier: Goods, later: Goods) -> None:
        for (key, demand), units in sorted(self.given.items()):
            if key == later.key and self.reach.can(earlier, self.reach.demands[demand]):
                moved = min(units, self.left[earlier.key])
                if moved > 0:
                    self.give(later.key, demand, -moved)
                    self.give(earlier.key, demand, moved)


def _from(goods: Goods) -> tuple[str, tuple[int, int] | None]:
    return goods.site, goods.window


def _needed_at(demand: Demand) -> int:
    return demand.window[1] if isinstance(demand, LineDemand) else demand.open_from_s
