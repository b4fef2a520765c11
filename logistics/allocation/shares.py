"""Fair shares when food is scarce: the line with the least food per child gets the next unit.

This is progressive filling, which gives the max-min fair answer up to one unit: nobody can get more without somebody who has less
per child getting less still. Explained to a partner: 「子ども1人あたりの量が少ないところから順に、1点ずつ配りました」.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence

from logistics.allocation.facts import Goods, LineDemand


def fair_shares(
    lines: Sequence[LineDemand], goods: Sequence[Goods], eligible: Callable[[Goods, LineDemand], bool]
) -> dict[str, int]:
    """Grams that each line (by key) may get, at most what it asked for.

    A line without children counts as one child. What a partner gets that got only a part of what it asked for in the 28 days before
    counts less, so that it is first for longer (R13). Among the goods that a line may have, those that the fewest other lines may have
    go first, so that somebody who can eat everything does not take the only thing that somebody else can eat.
    """
    stock: dict[tuple[str, frozenset[str]], list[int]] = {}  # (item, lines that may have it) -> [units, unit_g]
    for g in goods:
        takers = frozenset(line.key for line in lines if eligible(g, line))
        if takers:
            entry = stock.setdefault((g.gtin, takers), [0, g.unit_g])
            entry[0] += g.quantity
    choices = {
        line.key: sorted((pool for pool in stock if line.key in pool[1]), key=lambda p: (len(p[1]), stock[p][1], p[0]))
        for line in lines
    }
    given = {line.key: 0 for line in lines}
    by_key = {line.key: line for line in lines}
    queue = [(0.0, line.key) for line in lines]
    heapq.heapify(queue)
    while queue:
        _, key = heapq.heappop(queue)
        line = by_key[key]
        left = line.asked_g - given[key]
        pool = next((p for p in choices[key] if stock[p][0] > 0 and stock[p][1] <= left), None)
        if pool is None:
            continue
        stock[pool][0] -= 1
        given[key] += stock[pool][1]
        heapq.heappush(queue, (line.share_g(given[key]), key))
    # Somebody whose rest is smaller than any unit there may still get the unit that covers it: the ask stays the limit.
    return {
        key: by_key[key].asked_g if any(stock[p][0] > 0 for p in choices[key]) and grams < by_key[key].asked_g else grams
        for key, grams in given.items()
    }
