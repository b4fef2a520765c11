"""The plan as a time chart: one row a vehicle, with driving, serving, visits, breaks and waiting told apart by shape and word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext

from logistics.dispatch.selectors.plan_view import RouteView, Style

WIDTH = 740.0
LEFT = 74.0
_RIGHT = 22.0
ROW = 44.0
TOP = 30.0
_LABEL_FROM = 9.0  # a number fits into a block of this width


@dataclass(frozen=True, slots=True)
class Block:
    """``kind``: drive, serve, visit, break or wait."""

    kind: str
    x: float
    width: float
    title: str
    label: str = ""

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True, slots=True)
class Row:
    code: str
    y: float
    style: Style
    blocks: list[Block]


@dataclass(frozen=True, slots=True)
class TimeChart:
    width: float
    height: float
    row_height: float
    bottom: float
    hours: list[tuple[float, str]]
    rows: list[Row]


class _Axis:
    def __init__(self, start: dt.datetime, end: dt.datetime) -> None:
        self.start = start
        self.per_second = (WIDTH - LEFT - _RIGHT) / (end - start).total_seconds()

    def __call__(self, moment: dt.datetime) -> float:
        return round(LEFT + (moment - self.start).total_seconds() * self.per_second, 1)


def time_chart(routes: Sequence[RouteView]) -> TimeChart | None:
    """Nothing when there is no route."""
    if not routes:
        return None
    first = timezone.localtime(min(r.route.depart for r in routes)).replace(minute=0, second=0, microsecond=0)
    last = timezone.localtime(max(max(r.route.back, r.route.depart) for r in routes))
    hours = int((last - first).total_seconds() // 3600) + 1
    axis = _Axis(first, first + dt.timedelta(hours=hours))
    ticks = [(axis(first + dt.timedelta(hours=h)), f"{(first + dt.timedelta(hours=h)).hour}:00") for h in range(hours + 1)]
    rows = [Row(r.code, TOP + i * ROW, r.style, _blocks(r, axis)) for i, r in enumerate(routes)]
    bottom = TOP + len(rows) * ROW
    return TimeChart(WIDTH, bottom + 8, ROW, bottom, ticks, rows)


def _blocks(route: RouteView, axis: _Axis) -> list[Block]:
    blocks: list[Block] = []

    def add(kind: str, start: dt.datetime, end: dt.datetime, title: str, label: str = "") -> None:
        if end > start:
            x, until = axis(start), axis(end)
            shown = label if until - x >= _LABEL_FROM else ""
            blocks.append(Block(kind, x, max(round(until - x, 1), 1.0), f"{_clock(start)}–{_clock(end)} {title}", shown))

    left = route.route.depart
    for view in route.stops:
        stop = view.stop
        add("drive", left, stop.arrive, gettext("走行"))
        add("wait", stop.arrive, stop.start, gettext("待機"))
        label = str(view.number or "")
        add("visit" if stop.visit_id else "serve", stop.start, stop.leave, f"{view.site.code} {view.site.name}", label)
        left = max(left, stop.leave)
    add("drive", left, route.route.back, gettext("走行"))
    for pause in route.breaks:  # last, so that a break stands above the driving or waiting that it interrupts
        add("break", pause.start, pause.end, gettext("休憩"))
    return blocks


def _clock(moment: dt.datetime) -> str:
    return f"{timezone.localtime(moment):%H:%M}"
