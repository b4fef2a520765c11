"""The most that any plan could deliver: an upper bound, apart from the allocation and checked by hand in the tests."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

from logistics.allocation.facts import Day, Goods, LineDemand

MOST_GROUPS = 12  # 2^12 cuts; groups beyond are bounded by their asks alone


def deliverable_bound_g(day: Day) -> int:
    """Grams of the order lines that shelf and offers could cover if vehicles, time and whole units did not matter.

    Lines that may eat the same goods form a group. By max-flow = min-cut the answer per category is the least, over all sets of
    groups, of (goods that the set may eat) + (asks of the groups outside the set).
    """
    total = 0
    by_want: dict[str, list[LineDemand]] = defaultdict(list)
    for line in day.lines:
        if line.blocked is None:
            by_want[line.category or f"item/{line.gtin}"].append(line)
    for lines in by_want.values():
        groups: dict[frozenset[str], int] = defaultdict(int)
        for line in lines:
            eats = frozenset(g.key for g in day.goods if not g.blocked and _fits(g, line))
            groups[eats] += line.asked_g
        total += _least_cut(groups, {g.key: g.grams for g in day.goods})
    return total


def _fits(goods: Goods, line: LineDemand) -> bool:
    alike = goods.gtin == line.gtin if line.gtin is not None else goods.category == line.category
    return alike and not (goods.allergens & line.excluded)


def _least_cut(groups: dict[frozenset[str], int], grams: dict[str, int]) -> int:
    asked = sum(groups.values())
    sets = sorted(groups, key=lambda eats: -groups[eats])[:MOST_GROUPS]
    least = asked
    for size in range(1, len(sets) + 1):
        for chosen in combinations(sets, size):
            eaten = frozenset().union(*chosen)
            outside = asked - sum(groups[eats] for eats in chosen)
            least = min(least, outside + sum(grams[key] for key in eaten))
    return least
