"""Which goods go to whom: first expiring first, fair per child, allergens, zones and days left kept (rules D5, D6, D7, D13, D20, R13).

From the shelf and straight from a shop on the vehicle that passes there (*just in time*). The quantities come from one optimisation
(``solver.sourcing``) under the caps that ``shares`` sets when food is scarce; afterwards equal lots are exchanged so that the
first expiring one leaves first, and rests smaller than a unit are filled up with one unit more where that is allowed.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from logistics.allocation.facts import Day, Goods, LineDemand, SiteDemand
from logistics.allocation.policies import refused_because
from logistics.allocation.shares import fair_shares
from logistics.solver.sourcing import Arc, Demand, Source, Sourcing

TravelS = Callable[[str, str], int]
Pair = tuple[str, tuple[int, int] | None, str]  # shop, when it is ready, where the goods go

# Prices in the planner's cost units (one metre driven = 1). A missing gram outweighs any detour that a unit could cause.
SITE_SHORTFALL_PER_G = 40
LINE_SHORTFALL_PER_G = 20
LINE_OVER_PER_G = 6
SITE_OVER_PER_G = 10
MISSING_KIND = 60_000
DIRECT_PAIR = 1_500
DIRECT_PAIR_PER_TRAVEL_S = 3
TIGHT_S = 3_600  # less slack than this between shop and partner makes a direct pair dearer
NEAREST_SHOPS = 14
KIND_OVER_PER_G = 5
KIND_SHARE = 0.3  # of a visit's food, at most this much of one item
OVER_UNIT_FROM = 0.25  # a unit over the ask is given only for a rest of at least this part of it (= over cost / both costs)


@dataclass(frozen=True, slots=True)
class Assignment:
    """``units`` of ``goods`` (key) for ``demand`` (key)."""

    goods: str
    demand: str
    units: int


@dataclass(slots=True)
class Allocation:
    """``assignments`` and, per demand key, the grams still ``missing`` with the code of the true reason."""

    assignments: list[Assignment] = field(default_factory=list)
    missing: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)

    def of_goods(self) -> dict[str, int]:
        """Units promised per goods key."""
        used: dict[str, int] = defaultdict(int)
        for a in self.assignments:
            used[a.goods] += a.units
        return used


def allocate(
    day: Day,
    *,
    travel_s: TravelS,
    seconds: float | None = None,
    work: float | None = None,
    seed: int = 1,
    pair_prices: Mapping[Pair, int] | None = None,
) -> Allocation:
    """Answer for the whole day. ``pair_prices`` replaces what a direct (shop, window, site) pair costs by distance: the planner's way
    of telling which pairs lie on a route anyway and which fitted on none."""
    return _Allocator(day, travel_s, pair_prices or {}).run(seconds=seconds, work=work, seed=seed)


class _Allocator:
    def __init__(self, day: Day, travel_s: TravelS, prices: Mapping[Pair, int]) -> None:
        self.day = day
        self.travel_s = travel_s
        self.prices = prices
        self.goods = day.goods_by_key()
        self.demands: dict[str, LineDemand | SiteDemand] = {d.key: d for d in day.demands}
        self.left = {g.key: g.quantity for g in day.goods}
        self.given: dict[tuple[str, str], int] = {}
        self._arrivals: dict[tuple[str, bool], int | None] = {}
        self._refusals: dict[tuple[str, str], str | None] = {}
        self.reachable = {
            (g.key, d.key)
            for d in self.demands.values()
            for g in day.goods
            if self._refused(g, d) is None and self._slack(g, d) >= 0
        }

    def run(self, *, seconds: float | None, work: float | None, seed: int) -> Allocation:
        self._optimise(seconds=seconds, work=work, seed=seed)
        self._cover_sites()
        self._top_up(over=False)
        self._top_up(over=True)
        self._vary()
        self._first_expiring_first()
        result = Allocation()
        result.assignments = [Assignment(g, d, n) for (g, d), n in sorted(self.given.items()) if n > 0]
        for key, demand in self.demands.items():
            missing = demand.asked_g - self._grams(key)
            if missing > 0:
                result.missing[key] = missing
                result.reasons[key] = self._reason(demand)
        return result

    def _refused(self, goods: Goods, demand: LineDemand | SiteDemand) -> str | None:
        at = (goods.key, demand.key)
        if at not in self._refusals:
            blocked = demand.blocked if isinstance(demand, LineDemand) else None
            self._refusals[at] = blocked or refused_because(goods, demand, day=self.day.date, rules=self.day.days_left)
        return self._refusals[at]

    def _earliest(self, site: str, *, kitchen_car: bool) -> int | None:
        """When the first vehicle could be at ``site`` straight from its depot; ``None``: there is no such vehicle."""
        at = (site, kitchen_car)
        if at not in self._arrivals:
            self._arrivals[at] = min(
                (v.shift[0] + self.travel_s(v.depot, site) for v in self.day.vans if not kitchen_car or v.kind == "kitchen_car"),
                default=None,
            )
        return self._arrivals[at]

    def _slack(self, goods: Goods, demand: LineDemand | SiteDemand) -> int:
        """Seconds to spare when the goods go the fastest way; negative: cannot be there in time."""
        on_visit = isinstance(demand, SiteDemand) and demand.kind == "visit"
        first = self._earliest(goods.site if goods.window else demand.site, kitchen_car=on_visit)
        if first is None:
            return -1
        if isinstance(demand, LineDemand):
            latest = demand.window[1]
        else:
            latest = demand.open_from_s - self.day.stop_s - self.day.per_kg_s * demand.asked_g // 1000
        if goods.window is None:
            return latest - first
        at_shop = max(goods.window[0], first)
        if at_shop > goods.window[1]:
            return -1
        return latest - at_shop - self.day.stop_s - self.travel_s(goods.site, demand.site)

    def _optimise(self, *, seconds: float | None, work: float | None, seed: int) -> None:
        shares = self._shares()
        pools = self._pools()
        sources = [Source(sum(g.quantity for g in pool), pool[0].unit_g, pool[0].gtin, pool[0].zone) for pool in pools]
        demand_keys = list(self.demands)
        demands = [self._demand(self.demands[k], shares) for k in demand_keys]
        arcs: list[Arc] = []
        pair_costs: list[int] = []
        pairs: dict[Pair, int] = {}
        pool_of = {g.key: index for index, pool in enumerate(pools) for g in pool}
        for demand_index, key in enumerate(demand_keys):
            demand = self.demands[key]
            for index, g in {pool_of[g.key]: g for g in self._candidates(demand)}.items():
                pair = None
                if not g.on_shelf:
                    at = (g.site, g.window, demand.site)
                    if at not in pairs:
                        pairs[at] = len(pair_costs)
                        pair_costs.append(self.prices.get(at, self._pair_cost(g, demand)))
                    pair = pairs[at]
                arcs.append(Arc(index, demand_index, self._unit_cost(g), pair))
        answer = Sourcing(sources, demands, arcs, pair_costs).solve(seconds=seconds, work=work, seed=seed)
        wanted: dict[int, list[tuple[str, int]]] = defaultdict(list)
        for arc, units in zip(arcs, answer, strict=True):
            if units:
                wanted[arc.source].append((demand_keys[arc.demand], units))
        for index, takers in wanted.items():
            self._hand_out(pools[index], takers)

    def _pools(self) -> list[list[Goods]]:
        """Lots on the shelf that are the same to everybody, first expiring first; an offer is a pool of its own."""
        found: dict[object, list[Goods]] = defaultdict(list)
        for g in self.day.goods:
            takers = frozenset(d for d in self.demands if (g.key, d) in self.reachable)
            if takers:
                found[(g.gtin, g.unit_g, takers) if g.on_shelf else g.key].append(g)
        for pool in found.values():
            pool.sort(key=_first_expiring)
        return list(found.values())

    def _hand_out(self, pool: list[Goods], takers: list[tuple[str, int]]) -> None:
        """The earliest hand-over gets the first expiring lot."""
        for key, wanted in sorted(takers, key=lambda t: (self._needed_at(t[0]), t[0])):
            units = wanted
            for goods in pool:
                taken = min(units, self.left[goods.key])
                if taken:
                    self._give(goods.key, key, taken)
                    units -= taken

    def _needed_at(self, key: str) -> int:
        demand = self.demands[key]
        return demand.window[1] if isinstance(demand, LineDemand) else demand.open_from_s

    def _shares(self) -> dict[str, int]:
        """Caps per line: the ask where there is enough, the fair share where there is not."""
        return fair_shares(
            self.day.lines, [g for g in self.day.goods if not g.blocked], lambda g, line: (g.key, line.key) in self.reachable
        )

    def _demand(self, demand: LineDemand | SiteDemand, shares: Mapping[str, int]) -> Demand:
        if isinstance(demand, LineDemand):
            cap = shares[demand.key]
            if cap == demand.asked_g:
                # One unit over the ask at most, and only when nothing smaller would fit into the rest.
                units = [g.unit_g for g in self.day.goods if (g.key, demand.key) in self.reachable]
                cap += min(units, default=1) - 1
            return Demand(demand.asked_g, cap, LINE_SHORTFALL_PER_G, over_cost=LINE_OVER_PER_G)
        biggest = max((g.unit_g for g in self.day.goods if g.is_food), default=0)
        caps: dict[str, int] = {}
        if demand.kind == "visit":
            cars = [v for v in self.day.vans if v.kind == "kitchen_car"]
            for i, zone in enumerate(("ambient", "chilled", "frozen")):
                caps[zone] = max((v.capacity_g[i] for v in cars), default=0)
        return Demand(
            demand.asked_g,
            demand.asked_g + biggest,
            SITE_SHORTFALL_PER_G,
            kinds=demand.kinds,
            kind_units=max(1, demand.households // 4),
            kind_cost=MISSING_KIND,
            kind_cap_g=int(demand.asked_g * KIND_SHARE),
            kind_over_cost=KIND_OVER_PER_G,
            zone_cap_g=caps,
            over_cost=SITE_OVER_PER_G,
        )

    def _candidates(self, demand: LineDemand | SiteDemand) -> list[Goods]:
        """Everything on the shelf that may go there, and the nearest shops' offers."""
        fits = [g for g in self.day.goods if (g.key, demand.key) in self.reachable]
        direct = sorted((g for g in fits if not g.on_shelf), key=lambda g: (self._pair_cost(g, demand), g.key))
        nearest: dict[str, None] = {}
        for g in direct:
            nearest.setdefault(g.site)
        most = NEAREST_SHOPS if isinstance(demand, LineDemand) else 3 * NEAREST_SHOPS
        wanted = set(list(nearest)[:most])
        return [g for g in fits if g.on_shelf] + [g for g in direct if g.site in wanted]

    def _pair_cost(self, goods: Goods, demand: LineDemand | SiteDemand) -> int:
        slack = self._slack(goods, demand)
        cost = DIRECT_PAIR + DIRECT_PAIR_PER_TRAVEL_S * self.travel_s(goods.site, demand.site) + max(0, TIGHT_S - slack)
        return cost if isinstance(demand, LineDemand) else 3 * cost

    def _unit_cost(self, goods: Goods) -> int:
        """What keeps long costs a little, so that what perishes first goes first."""
        if goods.last_day is None:
            return goods.unit_g // 100
        days = max(0, (goods.last_day - self.day.date).days)
        return goods.unit_g * min(days, 30) // 3_000

    def _give(self, goods: str, demand: str, units: int) -> None:
        self.given[goods, demand] = self.given.get((goods, demand), 0) + units
        self.left[goods] -= units

    def _grams(self, demand: str) -> int:
        return sum(n * self.goods[g].unit_g for (g, d), n in self.given.items() if d == demand)

    def _cover_sites(self) -> None:
        """A visit's rest smaller than what rounding left: one unit more from the shelf, or from a shop that gives to it anyway."""
        for demand in self.day.sites:
            while (rest := demand.asked_g - self._grams(demand.key)) > 0:
                shops = {self._from(key) for (key, d), units in self.given.items() if d == demand.key and units}
                there = [
                    g
                    for g in self.day.goods
                    if self.left[g.key] > 0
                    and (g.key, demand.key) in self.reachable
                    and (g.on_shelf or self._from(g.key) in shops)
                ]
                if not there:
                    break
                best = min(there, key=lambda g: (abs(g.unit_g - rest), _first_expiring(g)))
                self._give(best.key, demand.key, 1)

    def _from(self, goods: str) -> tuple[str, tuple[int, int] | None]:
        return self.goods[goods].site, self.goods[goods].window

    def _top_up(self, *, over: bool) -> None:
        """Fill rests with whole units; with ``over``, by one unit over the ask where nothing smaller is there."""
        hungry = sorted(self.day.lines, key=lambda line: (self._grams(line.key) / max(1, line.children), line.key))
        for line in hungry:
            rest = line.asked_g - self._grams(line.key)
            while rest > 0:
                there = [g for g in self.day.goods if self.left[g.key] > 0 and (g.key, line.key) in self.reachable]
                fitting = [g for g in there if g.unit_g <= rest]
                if fitting and not over:
                    best = min(fitting, key=lambda g: (self._closeness(g, line), -g.unit_g, g.key))
                elif over and there and not fitting:
                    smallest = min(g.unit_g for g in there)
                    if rest < smallest * OVER_UNIT_FROM and self._grams(line.key) > 0:
                        break
                    best = min((g for g in there if g.unit_g == smallest), key=lambda g: (self._closeness(g, line), g.key))
                else:
                    break
                self._give(best.key, line.key, 1)
                rest -= best.unit_g

    def _vary(self) -> None:
        """More kinds for visits that have fewer than wanted: exchange some of a frequent kind for one that another visit has plenty of."""
        for demand in self.day.sites:
            while len(kinds := self._kinds(demand.key)) < demand.kinds and self._exchange(demand, kinds):
                pass

    def _kinds(self, demand: str) -> dict[str, int]:
        """Grams per item that a demand gets."""
        amounts: dict[str, int] = defaultdict(int)
        for (key, d), units in self.given.items():
            if d == demand and units:
                amounts[self.goods[key].gtin] += units * self.goods[key].unit_g
        return amounts

    def _exchange(self, demand: SiteDemand, kinds: dict[str, int]) -> bool:
        per_kind = max(1, demand.households // 4)
        frequent = max(kinds, key=lambda k: (kinds[k], k), default=None)
        if frequent is None:
            return False
        for other in sorted(self.day.sites, key=lambda d: -d.asked_g):
            if other.key == demand.key:
                continue
            for (key, d), units in sorted(self.given.items(), key=lambda entry: (-entry[1], entry[0])):
                goods = self.goods[key]
                if d != other.key or not goods.on_shelf or goods.gtin in kinds or units < 2 * per_kind:
                    continue
                if (key, demand.key) not in self.reachable:
                    continue
                back = self._tradeable(demand, frequent, other, per_kind * goods.unit_g)
                if back is None:
                    continue
                self._give(key, other.key, -per_kind)
                self._give(key, demand.key, per_kind)
                self._give(back[0], demand.key, -back[1])
                self._give(back[0], other.key, back[1])
                return True
        return False

    def _tradeable(self, demand: SiteDemand, gtin: str, other: SiteDemand, grams: int) -> tuple[str, int] | None:
        """Goods of ``gtin`` that ``demand`` can give ``other`` for ``grams`` of something else, so that both stay covered."""
        for (key, d), units in sorted(self.given.items()):
            goods = self.goods[key]
            if d == demand.key and goods.gtin == gtin and goods.on_shelf and (key, other.key) in self.reachable:
                needed = -(-max(0, grams - max(0, self._grams(other.key) - other.asked_g)) // goods.unit_g)
                after = self._grams(demand.key) + grams - needed * goods.unit_g
                if 0 < needed < units and after >= demand.asked_g:
                    return key, needed
        return None

    def _closeness(self, goods: Goods, line: LineDemand) -> int:
        """0: already on its way there, then the shelf, then a new shop by what the pair costs."""
        if any(n and d == line.key and self._from(g) == self._from(goods.key) for (g, d), n in self.given.items()):
            return 0
        return 1 if goods.on_shelf else 1 + self._pair_cost(goods, line)

    def _first_expiring_first(self) -> None:
        """Exchange lots of one item on the shelf until no earlier expiring unit stays behind while a later one leaves (D20)."""
        by_item: dict[str, list[Goods]] = defaultdict(list)
        for g in self.day.goods:
            if g.on_shelf and not g.blocked:
                by_item[g.gtin].append(g)
        for lots in by_item.values():
            lots.sort(key=_first_expiring)
            for later_index in range(len(lots) - 1, 0, -1):
                later = lots[later_index]
                for earlier in lots[:later_index]:
                    for (key, demand), units in sorted(self.given.items()):
                        if key == later.key and units and (earlier.key, demand) in self.reachable:
                            moved = min(units, self.left[earlier.key])
                            if moved > 0 and earlier.unit_g == later.unit_g:
                                self._give(later.key, demand, -moved)
                                self._give(earlier.key, demand, moved)

    def _reason(self, demand: LineDemand | SiteDemand) -> str:
        """Why something is missing: the narrowest rule that, lifted, would leave goods for it."""
        if isinstance(demand, LineDemand) and demand.blocked:
            return demand.blocked
        refusals = [self._refused(g, demand) for g in self.day.goods if self.left[g.key] > 0]
        served = [g for g in self.day.goods if (g.key, demand.key) in self.reachable]
        rest = demand.asked_g - self._grams(demand.key)
        if any(self.left[g.key] > 0 and g.unit_g > rest for g in served):
            return "smaller_than_a_unit"
        if not served:
            for code in ("allergen", "days_left", "use_by_past", "best_before_past", "held"):
                if code in refusals:
                    return code
        if any(self._refused(g, demand) is None and self.left[g.key] > 0 for g in self.day.goods):
            return "window"
        if "allergen" in refusals:
            return "allergen"
        if "days_left" in refusals:
            return "days_left"
        return "no_stock"


def _first_expiring(goods: Goods) -> tuple[bool, dt.date, str]:
    return goods.last_day is None, goods.last_day or dt.date.max, goods.key
