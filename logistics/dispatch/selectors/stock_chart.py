"""Stock by zone and days left, as a table and as bars."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from foodbank.catalog.models import Zone
from foodbank.inventory.selectors.stock import StockRow

WIDTH = 450.0
LEFT = 134.0
_RIGHT = 78.0
ROW = 26.0


@dataclass(frozen=True, slots=True)
class Segment:
    zone: Zone
    x: float
    width: float
    title: str


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    y: float
    segments: list[Segment]
    total_g: int
    end: float
    expired: bool


@dataclass(frozen=True, slots=True)
class StockByZone:
    """``table``: one row a span of days left, grams by zone in the order of ``zones``, and their sum."""

    zones: tuple[Zone, ...]
    table: list[tuple[str, list[int], int]]
    totals: list[int]
    total_g: int
    bars: list[Bar]
    width: float
    height: float


def _spans() -> tuple[tuple[str, int, int], ...]:
    """(words, fewest days left, most days left); in words because a bare number says nothing about urgency."""
    return (
        (_("期限切れ"), -100_000, -1),
        (_("今日まで"), 0, 0),
        (_("明日まで"), 1, 1),
        (_("あと2〜3日"), 2, 3),
        (_("あと4〜7日"), 4, 7),
        (_("あと8〜30日"), 8, 30),
        (_("31日以上・期限なし"), 31, 100_000_000),
    )


def stock_by_zone(rows: Iterable[StockRow]) -> StockByZone:
    zones = tuple(Zone)
    spans = _spans()
    grams = [[0] * len(zones) for _span in spans]
    for row in rows:
        days = 100_000 if row.days_left is None else row.days_left
        index = next(i for i, (_words, least, most) in enumerate(spans) if least <= days <= most)
        grams[index][zones.index(Zone(row.lot.zone))] += row.grams
    longest = max((sum(line) for line in grams), default=0) or 1
    per_gram = (WIDTH - LEFT - _RIGHT) / longest
    bars = []
    for index, ((words, _least, _most), line) in enumerate(zip(spans, grams, strict=True)):
        x, segments = LEFT, []
        for zone, amount in zip(zones, line, strict=True):
            if amount:
                width = round(amount * per_gram, 1)
                segments.append(Segment(zone, round(x, 1), width, f"{words} {_(str(zone.label))}"))
                x += width
        bars.append(Bar(words, index * ROW, segments, sum(line), round(x, 1), index == 0))
    totals = [sum(column) for column in zip(*grams, strict=True)]
    table = [(words, line, sum(line)) for (words, _least, _most), line in zip(spans, grams, strict=True)]
    return StockByZone(zones, table, totals, sum(totals), bars, WIDTH, len(bars) * ROW + 4)
