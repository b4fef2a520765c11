"""Figures of fairness (R13): how much of what was asked for came, and how evenly per child."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

DAYS = 28
LEAST_RATE = 0.5  # who got less than half of what it asked for is ahead of others by no more than twice the food


@dataclass(frozen=True, slots=True)
class Fill:
    """What one partner asked for and got in a period, and for how many children in all (each order counts its own)."""

    asked_g: int
    got_g: int
    children: int = 0

    @property
    def rate(self) -> float:
        """The part that came, from 0 to 1; more than was asked for counts as all of it, and so does nothing asked for."""
        return min(1.0, self.got_g / self.asked_g) if self.asked_g else 1.0

    @property
    def per_child_g(self) -> float:
        return self.got_g / max(1, self.children)


def lowest(fills: Sequence[Fill], part: float = 0.0) -> float:
    """The rate that ``part`` of the partners stay at or below (0: the minimum); 1 where nobody asked for anything."""
    rates = sorted(fill.rate for fill in fills if fill.asked_g)
    return rates[max(0, math.ceil(part * len(rates)) - 1)] if rates else 1.0


def gini(fills: Sequence[Fill]) -> float:
    """Gini coefficient of the food per child: 0 when every child got the same, towards 1 when few got all. Each partner counts by its
    children."""
    groups = sorted((fill.per_child_g, max(1, fill.children)) for fill in fills if fill.asked_g)
    children = sum(count for _, count in groups)
    total = sum(grams * count for grams, count in groups)
    if not total:
        return 0.0
    # one minus twice the area under the Lorenz curve
    below, area = 0.0, 0.0
    for grams, count in groups:
        step = grams * count / total
        area += count / children * (below + step / 2)
        below += step
    return 1.0 - 2.0 * area
