"""Which goods go to whom: first expiring first, fair per child, allergens, zones and days left kept (rules D5, D6, D7, D13, D20, R13).

From the shelf and straight from a shop on the vehicle that passes there (*just in time*). The quantities come from one optimisation
(``solver.sourcing``) under the caps that ``shares`` sets when food is scarce; ``book`` then fills rests, varies the kinds and sees to it
that the first expiring lot leaves first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from logistics.allocation.book import Book, first_expiring
from logistics.allocation.facts import Demand, Goods, LineDemand
from logistics.allocation.reach import Pair, Reach
from logistics.allocation.shares import fair_shares
from logistics.solver import sourcing
from logistics.solver.sourcing import Arc, Source, Sourcing

# Prices in the planner's cost units (one metre driven = 1). A missing gram outweighs any detour that a unit could cause.
SITE_SHORTFALL_PER_G = 40
LINE_SHORTFALL_PER_G = 20
LINE_OVER_PER_G = 6
SITE_OVER_PER_G = 10
MISSING_KIND = 60_000
KIND_OVER_PER_G = 5
KIND_SHARE = 0.3  # of a visit's food, at most this much of one item


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
    reach: Reach,
    *,
    seconds: float | None = None,
    work: float | None = None,
    seed: int = 1,
    pair_prices: Mapping[Pair, int] | None = None,
) -> Allocation:
    """Answer for the whole day. ``pair_prices`` replaces what a direct (shop, window, site) pair costs by distance: the planner's way
    of telling which pairs lie on a route anyway and which fitted on none. ``work`` is deterministic time: same input, same answer."""
    book = Book(reach)
    _optimise(reach, book, pair_prices or {}, seconds=seconds, work=work, seed=seed)
    book.cover_sites()
    book.top_up(over=False)
    book.top_up(over=True)
    book.vary()
    book.first_expiring_first()
    return settle(book)


def without(reach: Reach, allocation: Allocation, dropped: set[tuple[str, str]]) -> Allocation:
    """The same allocation less the ``dropped`` (goods, demand) pairs; what they leave open is filled from the shelf where it can be."""
    book = Book(reach)
    for a in allocation.assignments:
        if (a.goods, a.demand) not in dropped:
            book.give(a.goods, a.demand, a.units)
    book.cover_sites()
    for line in reach.day.lines:
        for goods in sorted(reach.for_demand(line), key=first_expiring):
            fits = max(0, line.asked_g - book.grams(line)) // goods.unit_g
            units = min(fits, book.left[goods.key])
            if goods.on_shelf and units > 0:
                book.give(goods.key, line.key, units)
    book.first_expiring_first()
    return settle(book)


def settle(book: Book) -> Allocation:
    """The book as an allocation, with reasons for what is missing."""
    result = Allocation([Assignment(g, d, n) for (g, d), n in sorted(book.given.items()) if n > 0])
    for key, demand in book.reach.demands.items():
        missing = demand.asked_g - book.grams(demand)
        if missing > 0:
            result.missing[key] = missing
            result.reasons[key] = book.reach.reason(demand, missing, lambda g: book.left[g.key])
    return result


def _optimise(
    reach: Reach, book: Book, prices: Mapping[Pair, int], *, seconds: float | None, work: float | None, seed: int
) -> None:
    shares = fair_shares(reach.day.lines, [g for g in reach.day.goods if not g.blocked], reach.can)
    pools = _pools(reach)
    pool_of = {g.key: index for index, pool in enumerate(pools) for g in pool}
    demands = list(reach.demands.values())
    arcs: list[Arc] = []
    pair_costs: list[int] = []
    pairs: dict[Pair, int] = {}
    for demand_index, demand in enumerate(demands):
        for index, g in {pool_of[g.key]: g for g in reach.candidates(demand)}.items():
            pair = None
            if not g.on_shelf:
                at = (g.site, g.window, demand.site)
                if at not in pairs:
                    pairs[at] = len(pair_costs)
                    pair_costs.append(prices.get(at, reach.pair_cost(g, demand)))
                pair = pairs[at]
            arcs.append(Arc(index, demand_index, _unit_cost(reach, g), pair))
    answer = Sourcing(
        [Source(sum(g.quantity for g in pool), pool[0].unit_g, pool[0].gtin, pool[0].zone) for pool in pools],
        [_priced(reach, demand, shares) for demand in demands],
        arcs,
        pair_costs,
    ).solve(seconds=seconds, work=work, seed=seed)
    wanted: dict[int, list[tuple[Demand, int]]] = defaultdict(list)
    for arc, units in zip(arcs, answer, strict=True):
        if units:
            wanted[arc.source].append((demands[arc.demand], units))
    for index, takers in wanted.items():
        book.hand_out(pools[index], takers)


def _pools(reach: Reach) -> list[list[Goods]]:
    """Lots on the shelf that are the same to everybody, first expiring first; an offer is a pool of its own."""
    takers: dict[str, list[str]] = defaultdict(list)
    for goods, demand in reach.slack_s:
        takers[goods].append(demand)
    found: dict[object, list[Goods]] = defaultdict(list)
    for g in reach.day.goods:
        if takers[g.key]:
            found[(g.gtin, g.unit_g, tuple(takers[g.key])) if g.on_shelf else g.key].append(g)
    for pool in found.values():
        pool.sort(key=first_expiring)
    return list(found.values())


def _priced(reach: Reach, demand: Demand, shares: Mapping[str, int]) -> sourcing.Demand:
    if isinstance(demand, LineDemand):
        cap = shares[demand.key]
        if cap == demand.asked_g:
            # One unit over the ask at most, and only when nothing smaller would fit into the rest.
            cap += min((g.unit_g for g in reach.for_demand(demand)), default=1) - 1
        return sourcing.Demand(demand.asked_g, cap, LINE_SHORTFALL_PER_G, over_cost=LINE_OVER_PER_G)
    biggest = max((g.unit_g for g in reach.day.goods if g.is_food), default=0)
    return sourcing.Demand(
        demand.asked_g,
        demand.asked_g + biggest,
        SITE_SHORTFALL_PER_G,
        kinds=demand.kinds,
        kind_units=max(1, demand.households // 4),
        kind_cost=MISSING_KIND,
        kind_cap_g=int(demand.asked_g * KIND_SHARE),
        kind_over_cost=KIND_OVER_PER_G,
        zone_cap_g=reach.car_capacity(demand),
        over_cost=SITE_OVER_PER_G,
    )


def _unit_cost(reach: Reach, goods: Goods) -> int:
    """What keeps long costs a little, so that what perishes first goes first."""
    if goods.last_day is None:
        return goods.unit_g // 100
    days = max(0, (goods.last_day - reach.day.date).days)
    return goods.unit_g * min(days, 30) // 3_000
