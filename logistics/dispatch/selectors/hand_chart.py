"""The editing page drawn: the time chart whose blocks can be dragged, and the map whose marks can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from foodbank.core.dates import format_clock
from logistics.dispatch.selectors.hand_page import Lane, StopItem
from logistics.dispatch.selectors.plan_view import Style
from logistics.dispatch.selectors.route_map import Mark, RouteMap, route_map

WIDTH = 1100.0
LEFT = 86.0
TOP = 26.0
ROW = 58.0
_RIGHT = 24.0
_LEAST = 15.0  # a block is at least this wide, so that it can be taken hold of


@dataclass(frozen=True, slots=True)
class Bar:
    """From ``x`` on; ``kind``: drive, wait, break or window."""

    kind: str
    x: float
    width: float
    title: str


@dataclass(frozen=True, slots=True)
class Block:
    """A stop away from the depot."""

    stop: StopItem
    x: float
    width: float

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True, slots=True)
class Row:
    lane: Lane
    style: Style
    y: float
    bars: list[Bar]
    blocks: list[Block]


@dataclass(frozen=True, slots=True)
class HandChart:
    width: float
    height: float
    row_height: float
    left: float
    hours: list[tuple[float, str]]
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class HandMap:
    """``marks`` pairs what is drawn with the stop it stands for."""

    map: RouteMap
    marks: list[tuple[Mark, StopItem, str]]


def hand_chart(lanes: Sequence[Lane], vehicles: int, hours_s: tuple[int, int]) -> HandChart:
    """One row a vehicle of the day's ``vehicles``, also for those that stay at the depot: something may be dragged to them. ``hours_s`` are
    the ends of the day."""
    first, last = hours_s[0] // 3600, -(-hours_s[1] // 3600)
    per_second = (WIDTH - LEFT - _RIGHT) / ((last - first) * 3600)

    def x(seconds: int) -> float:
        return round(LEFT + min(max(seconds - first * 3600, 0), (last - first) * 3600) * per_second, 1)

    hours = [(x(hour * 3600), f"{hour}:00") for hour in range(first, last + 1)]
    rows = []
    for lane in lanes:
        bars: list[Bar] = []
        blocks: list[Block] = []
        since = lane.depart_s
        for stop in lane.stops:
            _bar(bars, "drive", x(since), x(stop.arrive_s), "")
            _bar(bars, "wait", x(stop.arrive_s), x(stop.start_s), "")
            if stop.number is not None:
                blocks.append(Block(stop, x(stop.start_s), max(round(x(stop.leave_s) - x(stop.start_s), 1), _LEAST)))
                if stop.window is not None:
                    _bar(bars, "window", x(stop.window[0]), x(stop.window[1]), stop.window_words)
            since = stop.leave_s
        if lane.stops:
            _bar(bars, "drive", x(since), x(lane.return_s), "")
        for begin, end in lane.breaks:
            _bar(bars, "break", x(begin), x(end), f"{format_clock(begin)}–{format_clock(end)}")
        rows.append(Row(lane, lane.style, TOP + lane.vehicle * ROW, bars, blocks))
    return HandChart(WIDTH, TOP + vehicles * ROW + 6, ROW, LEFT, hours, rows)


def _bar(bars: list[Bar], kind: str, begin: float, end: float, title: str) -> None:
    if end > begin:
        bars.append(Bar(kind, begin, round(end - begin, 1), title))


def hand_map(lanes: Sequence[Lane]) -> HandMap | None:
    """Nothing when no vehicle drives."""
    driving = [lane for lane in lanes if lane.driven]
    drawn = route_map(driving)
    if drawn is None:
        return None
    stops = [(stop, lane.code) for lane in driving for stop in lane.driven]
    return HandMap(drawn, [(mark, stop, code) for mark, (stop, code) in zip(drawn.marks, stops, strict=True)])
