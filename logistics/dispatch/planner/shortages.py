"""How much more stock would meet a demand that lacks goods, shared as fairly as the allocation would share it."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import replace

from foodbank.core.errors import Text
from logistics.allocation.facts import Day, Demand, Goods, LineDemand
from logistics.allocation.policies import refused_because
from logistics.dispatch.planner.changes import MoreStock
from logistics.dispatch.planner.document import Tally
from logistics.dispatch.planner.outcome import Outcome

EXAMPLE_UNIT_G = 100  # weight of a made-up product where no known one would be allowed


def more_stock(day: Day, outcome: Outcome, demand: Demand, moved: Tally, what: Text) -> tuple[MoreStock, int]:
    """The least that has to be added for ``demand`` to get all it asked for, and how many grams of that are its own.

    Whoever else lacks the same has a claim to it: visits and pickup days first, then the order line with the least per child.
    """
    goods = example_of(day, demand)
    own = _units(demand.asked_g - moved.delivered.get(demand.key, 0), goods.unit_g)
    if not isinstance(demand, LineDemand):
        return MoreStock(goods, own, what), own * goods.unit_g
    given = 0
    queue: list[tuple[float, str]] = []
    lacking: dict[str, tuple[LineDemand, int]] = {}
    for other in day.demands:
        has = moved.delivered.get(other.key, 0)
        if has >= other.asked_g or outcome.allocation.missing.get(other.key, 0) <= 0:
            continue
        if refused_because(goods, other, day=day.date, rules=day.days_left) is not None:
            continue
        if isinstance(other, LineDemand):
            lacking[other.key] = (other, has)
            heapq.heappush(queue, (has / max(1, other.children), other.key))
        else:
            given += _units(other.asked_g - has, goods.unit_g)
    while queue:
        _, key = heapq.heappop(queue)
        line, has = lacking[key]
        if has >= line.asked_g:
            if key == demand.key:
                break
            continue
        given += 1
        has += goods.unit_g
        lacking[key] = (line, has)
        heapq.heappush(queue, (has / max(1, line.children), key))
        if key == demand.key and has >= line.asked_g:
            break
    return MoreStock(goods, max(given, own), what), own * goods.unit_g


def _units(grams: int, unit_g: int) -> int:
    return -(-grams // unit_g)


def example_of(day: Day, demand: Demand) -> Goods:
    """A product that ``demand`` could get: the lightest known one, else an invented one without the excluded allergens."""
    same: Callable[[Goods], bool]
    if isinstance(demand, LineDemand):
        same = lambda g: g.gtin == demand.gtin if demand.gtin else g.category == demand.category  # noqa: E731
    else:
        same = lambda g: g.is_food and g.zone == "ambient"  # noqa: E731
    alike = sorted((g for g in day.goods if same(g)), key=lambda g: (g.unit_g, g.key))
    fitting = [g for g in alike if not isinstance(demand, LineDemand) or not g.unsafe_for(demand.excluded)]
    if fitting:
        like = fitting[0]
    else:
        category = demand.category if isinstance(demand, LineDemand) else None
        gtin = demand.gtin if isinstance(demand, LineDemand) and demand.gtin else ""
        zone = alike[0].zone if alike else "ambient"
        unit_g = alike[0].unit_g if alike else EXAMPLE_UNIT_G
        like = Goods("", "", gtin, "", category or "", True, zone, 0, unit_g, None, "none", frozenset())
    depot = day.depot if day.vans else next((g.site for g in day.goods if g.on_shelf), like.site)
    return replace(
        like,
        key=f"more/{demand.key}",
        site=depot,
        window=None,
        offer_id=None,
        blocked=None,
        last_day=None,
        safe_until_s=None,
        for_households=True,
    )
