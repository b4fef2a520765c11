"""The drawn map: equirectangular, numbered stops whose labels never cover each other, scale bar and north. No streets, no tiles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from reportlab.lib.colors import black, white
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from foodbank.labels.fonts import BOLD, REGULAR, register, width
from logistics.sheets.ink import GREEN, INK, PALE, RULE, SOFT
from logistics.sheets.model import RouteSheet

_KM_PER_DEGREE = 111.32
_NICE_KM = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200)
_MARGIN = 22.0
_LABEL = 13.0


@dataclass(frozen=True, slots=True)
class MapLabel:
    """A numbered label: where its place is, and the box (x, y, width, height) in which its text stands."""

    text: str
    point: tuple[float, float]
    box: tuple[float, float, float, float]


class RouteMap(Flowable):
    """The route of one sheet in ``wide`` × ``high`` points."""

    def __init__(self, sheet: RouteSheet, wide: float, high: float) -> None:
        super().__init__()
        self.width, self.height = wide, high
        self._sheet = sheet
        ends = (sheet.start, sheet.end)
        latitudes = [sheet.depot_latitude, *(at.latitude for at in ends), *(stop.latitude for stop in sheet.stops)]
        longitudes = [sheet.depot_longitude, *(at.longitude for at in ends), *(stop.longitude for stop in sheet.stops)]
        self._middle = ((min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2)
        self._squeeze = math.cos(math.radians(self._middle[0]))
        tall_km = max(0.5, (max(latitudes) - min(latitudes)) * _KM_PER_DEGREE)
        wide_km = max(0.5, (max(longitudes) - min(longitudes)) * _KM_PER_DEGREE * self._squeeze)
        self.points_per_km = min((wide - 2 * _MARGIN) / wide_km, (high - 2 * _MARGIN) / tall_km)

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: N803 (platypus names its arguments so)
        return self.width, self.height

    def place(self, latitude: float, longitude: float) -> tuple[float, float]:
        """A position on the map, from its lower left corner."""
        x = (longitude - self._middle[1]) * _KM_PER_DEGREE * self._squeeze * self.points_per_km
        y = (latitude - self._middle[0]) * _KM_PER_DEGREE * self.points_per_km
        return self.width / 2 + x, self.height / 2 + y

    @property
    def scale_km(self) -> float:
        """Length of the scale bar: the longest round number that takes at most a quarter of the width."""
        return max((km for km in _NICE_KM if km * self.points_per_km <= self.width / 4), default=_NICE_KM[0])

    def labels(self) -> list[MapLabel]:
        """One label per place, each clear of the other labels, of the depot's sign and of the map's own signs."""
        numbers: dict[tuple[float, float], list[int]] = {}
        for stop in self._sheet.driven_to:
            numbers.setdefault((round(stop.latitude, 5), round(stop.longitude, 5)), []).append(stop.number)
        depot = self.place(self._sheet.depot_latitude, self._sheet.depot_longitude)
        taken = [(depot[0] - 9, depot[1] - 9, 18.0, 18.0), *self._corners()]
        found: list[MapLabel] = []
        for (latitude, longitude), here in numbers.items():
            point = self.place(latitude, longitude)
            text = "・".join(map(str, here))
            size = (max(_LABEL, width(text, BOLD, 8.5) + 5), _LABEL)
            box = self._free(point, size, taken)
            taken.append(box)
            found.append(MapLabel(text, point, box))
        return found

    def _corners(self) -> list[tuple[float, float, float, float]]:
        return [
            (6, 4, self.scale_km * self.points_per_km + 44, 22),
            (self.width - 30, self.height - 40, 26, 38),
            (self.width - 190, 2, 188, 13),
        ]

    def _free(
        self, point: tuple[float, float], size: tuple[float, float], taken: Sequence[tuple[float, float, float, float]]
    ) -> tuple[float, float, float, float]:
        for ring in range(80):
            distance = ring * 4.5
            for turn in range(1 if ring == 0 else 16):
                angle = math.pi * turn / 8 + math.pi / 3
                x = point[0] + distance * math.cos(angle) - size[0] / 2
                y = point[1] + distance * math.sin(angle) - size[1] / 2
                inside = 2 <= x <= self.width - size[0] - 2 and 2 <= y <= self.height - size[1] - 2
                box = (x, y, *size)
                if inside and not any(overlap(box, other) for other in taken):
                    return box
        return (point[0] - size[0] / 2, point[1] - size[1] / 2, *size)

    def draw(self) -> None:
        register()
        canvas: Canvas = self.canv
        canvas.saveState()
        canvas.setFillColor(PALE)
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.6)
        canvas.roundRect(0, 0, self.width, self.height, 5, stroke=1, fill=1)
        depot = self.place(self._sheet.depot_latitude, self._sheet.depot_longitude)
        begin, end = (self.place(at.latitude, at.longitude) for at in (self._sheet.start, self._sheet.end))
        way = [begin, *(self.place(stop.latitude, stop.longitude) for stop in self._sheet.stops), end]
        for a, b in pairwise(way):
            _leg(canvas, a, b)
        labels = self.labels()
        for label in labels:
            _draw_leader(canvas, label)
        for label in labels:
            _draw_label(canvas, label)
        _depot(canvas, depot)
        self._scale(canvas)
        _north(canvas, self.width - 17, self.height - 34)
        canvas.setFillColor(SOFT)
        canvas.setFont(REGULAR, 7)
        canvas.drawRightString(self.width - 6, 6, "線は回る順番です（道路の形ではありません）")
        canvas.restoreState()

    def _scale(self, canvas: Canvas) -> None:
        km = self.scale_km
        long = km * self.points_per_km
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(1.6)
        canvas.line(10, 10, 10 + long, 10)
        for x in (10, 10 + long):
            canvas.line(x, 7, x, 13)
        canvas.setFillColor(INK)
        canvas.setFont(BOLD, 8)
        canvas.drawString(14 + long, 7.2, f"{km:g} km")


def overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    """Whether two boxes (x, y, width, height) cover a common area."""
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]


def _leg(canvas: Canvas, a: tuple[float, float], b: tuple[float, float]) -> None:
    long = math.dist(a, b)
    if long < 0.5:
        return
    canvas.setStrokeColor(GREEN)
    canvas.setLineWidth(1.5)
    canvas.line(*a, *b)
    if long < 20:
        return
    angle = math.atan2(b[1] - a[1], b[0] - a[0])
    tip = (a[0] + (b[0] - a[0]) * 0.55 + 4 * math.cos(angle), a[1] + (b[1] - a[1]) * 0.55 + 4 * math.sin(angle))
    path = canvas.beginPath()
    path.moveTo(*tip)
    for turn in (2.62, -2.62):
        path.lineTo(tip[0] + 8 * math.cos(angle + turn), tip[1] + 8 * math.sin(angle + turn))
    path.close()
    canvas.setFillColor(GREEN)
    canvas.drawPath(path, stroke=0, fill=1)


def _draw_leader(canvas: Canvas, label: MapLabel) -> None:
    x, y, wide, high = label.box
    middle = (x + wide / 2, y + high / 2)
    if math.dist(middle, label.point) > 1:
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.7)
        canvas.line(*label.point, *middle)
    canvas.setFillColor(INK)
    canvas.circle(*label.point, 2.2, stroke=0, fill=1)


def _draw_label(canvas: Canvas, label: MapLabel) -> None:
    x, y, wide, high = label.box
    canvas.setFillColor(white)
    canvas.setStrokeColor(black)
    canvas.setLineWidth(1)
    canvas.roundRect(x, y, wide, high, high / 2, stroke=1, fill=1)
    canvas.setFillColor(black)
    canvas.setFont(BOLD, 8.5)
    canvas.drawCentredString(x + wide / 2, y + high / 2 - 3.1, label.text)


def _depot(canvas: Canvas, at: tuple[float, float]) -> None:
    x, y = at
    path = canvas.beginPath()
    path.moveTo(x - 8, y - 7)
    for dx, dy in ((-8, 2), (0, 9), (8, 2), (8, -7)):
        path.lineTo(x + dx, y + dy)
    path.close()
    canvas.setFillColor(black)
    canvas.setStrokeColor(white)
    canvas.setLineWidth(0.8)
    canvas.drawPath(path, stroke=1, fill=1)
    canvas.setFillColor(white)
    canvas.setFont(BOLD, 7.5)
    canvas.drawCentredString(x, y - 4.6, "拠")


def _north(canvas: Canvas, x: float, y: float) -> None:
    path = canvas.beginPath()
    path.moveTo(x, y + 20)
    path.lineTo(x + 6, y)
    path.lineTo(x, y + 5)
    path.lineTo(x - 6, y)
    path.close()
    canvas.setFillColor(INK)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.setFont(BOLD, 9)
    canvas.drawCentredString(x, y + 22.5, "北")
