"""The plan drawn on a map without tiles: equirectangular, one line and one shape a vehicle, numbers at the stops, a scale bar."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from logistics.dispatch.selectors.plan_view import Style

WIDTH = 640.0
_MARGIN = 28.0
_BAND = 26.0  # below the map, for the scale bar
_MOST_NUMBERS = 160  # with more stops, numbers only for the chosen vehicle
_MARK = 19.0  # two marks nearer than this are moved apart
_METRES_PER_DEGREE = 111_320.0


class Spot(Protocol):
    """A place with its position."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def latitude(self) -> float: ...
    @property
    def longitude(self) -> float: ...


class DrawnStop(Protocol):
    @property
    def site(self) -> Spot: ...
    @property
    def number(self) -> int | None: ...


class DrawnRoute(Protocol):
    """What the map needs to know of a route."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def style(self) -> Style: ...
    @property
    def depot(self) -> Spot: ...
    @property
    def start(self) -> Spot: ...
    @property
    def end(self) -> Spot: ...
    @property
    def stops(self) -> Sequence[DrawnStop]: ...
    @property
    def places(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Mark:
    """A stop's number at (x, y); (at_x, at_y) is where the place truly is."""

    x: float
    y: float
    at_x: float
    at_y: float
    number: int
    style: Style
    title: str
    moved: bool
    faded: bool
    small: bool
    """Too many for numbers: a dot, until its vehicle is chosen."""


@dataclass(frozen=True, slots=True)
class Line:
    points: str
    style: Style
    title: str
    faded: bool


@dataclass(frozen=True, slots=True)
class LegendEntry:
    code: str
    name: str
    style: Style
    chosen: bool


@dataclass(frozen=True, slots=True)
class RouteMap:
    width: float
    height: float
    lines: list[Line]
    marks: list[Mark]
    depots: list[tuple[float, float, str]]
    others: list[tuple[float, float, str]]
    """Places of the day that nobody drives to."""
    beyond: list[str]
    """Those of them that lie outside the drawing: far away, or their coordinates are wrong."""
    legend: list[LegendEntry]
    bar_px: float
    bar_km: str
    chosen: str


class _Projection:
    """Degrees to drawing units; north is up, equal scale both ways at the middle latitude."""

    def __init__(self, points: Sequence[tuple[float, float]]) -> None:
        lats = [lat for lat, _ in points]
        lons = [lon for _, lon in points]
        self.west, self.north = min(lons), max(lats)
        middle = math.radians((min(lats) + self.north) / 2)
        self.squeeze = max(0.05, math.cos(middle))
        wide = max((max(lons) - self.west) * self.squeeze, 1e-4)
        tall = max(self.north - min(lats), 1e-4)
        self.scale = min((WIDTH - 2 * _MARGIN) / wide, (WIDTH - 2 * _MARGIN) / tall)
        self.left = (WIDTH - wide * self.scale) / 2
        self.height = max(tall * self.scale + 2 * _MARGIN, 320.0)
        self.top = (self.height - tall * self.scale) / 2
        self.metres_per_px = _METRES_PER_DEGREE / self.scale

    def __call__(self, lat: float, lon: float) -> tuple[float, float]:
        x = self.left + (lon - self.west) * self.squeeze * self.scale
        return round(x, 1), round(self.top + (self.north - lat) * self.scale, 1)


def route_map(
    routes: Sequence[DrawnRoute], others: Iterable[tuple[float, float, str]] = (), *, chosen: str = ""
) -> RouteMap | None:
    """``others`` are (latitude, longitude, name) of places that the plan leaves out. ``chosen``: the code of the only vehicle that is
    drawn strongly. Nothing when there is no route."""
    if not routes:
        return None
    left_out = list(others)
    places = [(v.site.latitude, v.site.longitude) for r in routes for v in r.stops]
    places += [(at.latitude, at.longitude) for r in routes for at in (r.depot, r.start, r.end)]
    project = _Projection(places)
    chosen = chosen if any(r.code == chosen for r in routes) else ""
    crowded = sum(route.places for route in routes) > _MOST_NUMBERS
    lines: list[Line] = []
    marks: list[Mark] = []
    dots: list[Mark] = []
    for route in routes:
        faded = bool(chosen) and route.code != chosen
        places_in_order = [route.start, *(v.site for v in route.stops), route.end]
        path = [project(at.latitude, at.longitude) for at in places_in_order]
        points = " ".join(f"{x},{y}" for i, (x, y) in enumerate(path) if i == 0 or path[i - 1] != (x, y))
        lines.append(Line(points, route.style, f"{route.code} {route.name}", faded))
        for view in route.stops:
            if view.number is None:
                continue
            x, y = project(view.site.latitude, view.site.longitude)
            title = f"{route.code}-{view.number} {view.site.code} {view.site.name}"
            small = crowded and route.code != chosen
            (dots if small else marks).append(Mark(x, y, x, y, view.number, route.style, title, False, faded, small))
    spots = [(*project(lat, lon), name) for lat, lon, name in left_out]
    bar_m = _round_length(project.metres_per_px * WIDTH / 5)
    return RouteMap(
        width=WIDTH,
        height=round(project.height + _BAND, 1),
        lines=sorted(lines, key=lambda line: not line.faded),
        marks=sorted([*dots, *_apart(marks, project.height)], key=lambda mark: not mark.faded),
        depots=sorted({(*project(r.depot.latitude, r.depot.longitude), r.depot.name) for r in routes}),
        others=[spot for spot in spots if 0 <= spot[0] <= WIDTH and 0 <= spot[1] <= project.height],
        beyond=[name for x, y, name in spots if not (0 <= x <= WIDTH and 0 <= y <= project.height)],
        legend=[LegendEntry(r.code, r.name, r.style, r.code == chosen) for r in routes],
        bar_px=round(bar_m / project.metres_per_px, 1),
        bar_km=f"{bar_m / 1000:g}",
        chosen=chosen,
    )


def _round_length(metres: float) -> float:
    """The largest of 1, 2, 5 × 10ⁿ metres that is not longer."""
    power = 10.0 ** math.floor(math.log10(max(metres, 1.0)))
    return max(step * power for step in (1, 2, 5) if step * power <= max(metres, 1.0))


def _apart(marks: list[Mark], height: float) -> list[Mark]:
    """Move overlapping marks apart, a little at a time, so that each number can be read; a thin line leads to the true place."""
    spots = [[mark.x, mark.y] for mark in marks]
    for _ in range(24):
        cells: dict[tuple[int, int], list[int]] = defaultdict(list)
        for index, (x, y) in enumerate(spots):
            cells[int(x // _MARK), int(y // _MARK)].append(index)
        still = True
        for (column, row), here in cells.items():
            near = [j for dc in (-1, 0, 1) for dr in (-1, 0, 1) for j in cells.get((column + dc, row + dr), ())]
            for i in here:
                for j in near:
                    if j > i and _push(spots[i], spots[j], i + j):
                        still = False
        if still:
            break
    for spot in spots:
        spot[0] = min(max(spot[0], 14.0), WIDTH - 14.0)
        spot[1] = min(max(spot[1], 14.0), height - 14.0)
    return [
        Mark(
            round(x, 1), round(y, 1), m.at_x, m.at_y, m.number, m.style, m.title,
            math.hypot(x - m.at_x, y - m.at_y) > 4, m.faded, m.small,
        )
        for m, (x, y) in zip(marks, spots, strict=True)
    ]  # fmt: skip


def _push(one: list[float], two: list[float], turn: int) -> bool:
    dx, dy = two[0] - one[0], two[1] - one[1]
    distance = math.hypot(dx, dy)
    if distance >= _MARK:
        return False
    if distance < 0.01:
        angle = turn * 2.4  # same place: any direction, but not the same for all
        dx, dy, distance = math.cos(angle), math.sin(angle), 1.0
    step = (_MARK - distance) / 2 / distance
    one[0] -= dx * step
    one[1] -= dy * step
    two[0] += dx * step
    two[1] += dy * step
    return True
