"""Which goods go to whom: first expiring first, fair per child, allergens, zones and days left kept (rules D5, D6, D7, D13, D20, R13).

From the shelf and straight from a shop on the vehicle that passes there (*just in time*). The quantities come from one optimisation
(``solver.sourcing``) under the caps that ``shares`` sets when food is scarce; ``book`` then fills rests, varies the kinds and sees to it
that the first expiring lot leaves first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from logistics.allocation.book import Book, first_expiring
from logistics.allocation.facts import Demand, Goods, LineDemand, Standing
from logistics.allocation.reach import Pair, PairPrice, Reach
from logistics.solver import sourcing
from logistics.solver.sourcing import Arc, Source, Sourcing

# Prices in the planner's cost units (one metre driven = 1).
# A gram over the ask costs this part of one that is missing: for an order a unit over pays from a quarter of it on.
LINE_OVER, SITE_OVER = 3, 4
MISSING_KIND = 60_000
KIND_OVER_PER_G = 5
SMALL_REST_G = 1_000  # of an order in a plan that counts: not worth another shop's goods
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
    price: PairPrice | None = None,
) -> Allocation:
    """Answer for the whole day. ``price`` says what binding a shop's goods and a demand to one route costs, where that is known better
    than by distance. ``work`` is deterministic time: same input, same answer."""
    book = Book(reach, price)
    _optimise(reach, book, list(reach.demands.values()), {}, seconds=seconds, work=work, seed=seed)
    return _finished(book)


def again(
    reach: Reach,
    allocation: Allocation,
    freed: Collection[str],
    *,
    seconds: float | None = None,
    work: float | None = None,
    seed: int = 1,
    price: PairPrice | None = None,
) -> Allocation:
    """The same allocation, with the demands ``freed`` (keys) supplied anew out of what they had and what nobody has."""
    book = Book(reach, price)
    had: dict[tuple[str, str], int] = {}
    for a in allocation.assignments:
        if a.demand in freed:
            had[a.goods, a.demand] = a.units
        else:
            book.give(a.goods, a.demand, a.units)
    _optimise(reach, book, [d for d in reach.demands.values() if d.key in freed], had, seconds=seconds, work=work, seed=seed)
    return _finished(book)


def _finished(book: Book) -> Allocation:
    book.cover_sites()
    book.sites_before_lines()
    book.top_up(over=False)
    book.top_up(over=True)
    book.vary()
    book.first_expiring_first()
    return settle(book)


def keep(reach: Reach, standing: Iterable[Standing]) -> Allocation:
    """What a plan that counts has settled, as far as it is still allowed, possible and asked for; new and free food then fills what is
    open. Nothing that is settled is exchanged for something better but by the order of dates (D20)."""
    book = Book(reach)
    for one in standing:
        goods, demand = reach.goods.get(one.goods), reach.demands.get(one.demand or "")
        if goods is None or demand is None or not reach.can(goods, demand):
            continue
        rest = demand.asked_g - book.grams(demand)
        units = min(one.units, book.left[goods.key], -(-rest // goods.unit_g))
        if units > 0:
            book.give(goods.key, demand.key, units)
    for line in reach.day.lines:
        book.trim(line)
    settled = {pair for pair, units in book.given.items() if units}
    small = {line.key for line in reach.day.lines if book.grams(line) and line.asked_g - book.grams(line) < SMALL_REST_G}
    book.cover_sites()
    book.top_up(over=False)
    book.top_up(over=True)
    _no_new_shop(book, settled, small)
    book.first_expiring_first()
    return settle(book)


def _no_new_shop(book: Book, settled: set[tuple[str, str]], small: set[str]) -> None:
    """Nobody drives from another shop to those of whose order only a ``small`` rest is missing: the plan that stands had left it."""
    shops = {(book.goods[goods].site, demand) for goods, demand in settled}
    for (goods, demand), units in sorted(book.given.items()):
        g = book.goods[goods]
        if units > 0 and demand in small and not g.on_shelf and (g.site, demand) not in shops:
            book.give(goods, demand, -units)


def without(reach: Reach, allocation: Allocation, dropped: set[tuple[str, str]]) -> Allocation:
    """The same allocation less the ``dropped`` (goods, demand) pairs; what they leave open is filled from the shelf where it can be."""
    book = Book(reach)
    for a in allocation.assignments:
        if (a.goods, a.demand) not in dropped:
            book.give(a.goods, a.demand, a.units)
    book.cover_sites()
    book.sites_before_lines()
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
    reach: Reach,
    book: Book,
    demands: Sequence[Demand],
    had: Mapping[tuple[str, str], int],
    *,
    seconds: float | None,
    work: float | None,
    seed: int,
) -> None:
    """Supply ``demands`` out of what ``book`` has left; ``had`` is an answer to start from, in units by goods and demand key."""
    pools = reach.pools
    pool_of = {g.key: index for index, pool in enumerate(pools) for g in pool}
    left = [sum(book.left[g.key] for g in pool) for pool in pools]
    bound = book.bound_pairs()
    arcs: list[Arc] = []
    hints: list[int] = []
    pair_costs: list[int] = []
    pairs: dict[Pair, int] = {}
    for demand_index, demand in enumerate(demands):
        hint: dict[int, int] = defaultdict(int)
        for g in reach.candidates(demand):
            hint[pool_of[g.key]] += had.get((g.key, demand.key), 0)
        for index, g in {pool_of[g.key]: g for g in reach.candidates(demand)}.items():
            pair = None
            at = (g.site, g.window, demand.site)
            if not left[index]:
                continue
            if not g.on_shelf and at not in bound:
                if at not in pairs:
                    pairs[at] = len(pair_costs)
                    pair_costs.append(book.price(g, demand))
                pair = pairs[at]
            arcs.append(Arc(index, demand_index, _unit_cost(reach, g), pair))
            hints.append(hint[index])
    answer = Sourcing(
        [Source(units, pool[0].unit_g, pool[0].gtin, pool[0].zone) for pool, units in zip(pools, left, strict=True)],
        [_priced(reach, demand, reach.shares) for demand in demands],
        arcs,
        pair_costs,
    ).solve(seconds=seconds, work=work, seed=seed, hint=hints if had else None)
    wanted: dict[int, list[tuple[Demand, int]]] = defaultdict(list)
    for arc, units in zip(arcs, answer, strict=True):
        if units:
            wanted[arc.source].append((demands[arc.demand], units))
    for index, takers in wanted.items():
        book.hand_out(pools[index], takers)


def _priced(reach: Reach, demand: Demand, shares: Mapping[str, int]) -> sourcing.Demand:
    if isinstance(demand, LineDemand):
        cap = shares[demand.key]
        if cap == demand.asked_g:
            # One unit over the ask at most, and only when nothing smaller would fit into the rest.
            cap += min((g.unit_g for g in reach.for_demand(demand)), default=1) - 1
        return sourcing.Demand(
            demand.asked_g, cap, reach.day.weights.line_per_g, over_cost=reach.day.weights.line_per_g // LINE_OVER
        )
    biggest = max((g.unit_g for g in reach.day.goods if g.is_food), default=0)
    return sourcing.Demand(
        demand.asked_g,
        demand.asked_g + biggest,
        reach.day.weights.site_per_g,
        kinds=demand.kinds,
        kind_units=max(1, demand.households // 4),
        kind_cost=MISSING_KIND,
        kind_cap_g=int(demand.asked_g * KIND_SHARE),
        kind_over_cost=KIND_OVER_PER_G,
        zone_cap_g=reach.car_capacity(demand),
        over_cost=reach.day.weights.site_per_g // SITE_OVER,
    )


def _unit_cost(reach: Reach, goods: Goods) -> int:
    """What keeps long costs a little, so that what perishes first goes first."""
    if goods.last_day is None:
        return goods.unit_g // 100
    days = max(0, (goods.last_day - reach.day.date).days)
    return goods.unit_g * min(days, 30) // 3_000
