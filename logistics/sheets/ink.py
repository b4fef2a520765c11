"""Small drawing helpers of the route sheet. Coordinates in points, y upwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from reportlab.lib.colors import Color, HexColor, black, white
from reportlab.pdfgen.canvas import Canvas

from foodbank.labels.fonts import BOLD, REGULAR, printable, width
from foodbank.labels.text import fit

INK = HexColor("#1a1a1a")
SOFT = HexColor("#595959")
RULE = HexColor("#8c8c8c")
PALE = HexColor("#f0f0ec")
GREEN = HexColor("#0b5d3b")


@dataclass(frozen=True, slots=True)
class Area:
    """Lower left corner and size."""

    x: float
    y: float
    w: float
    h: float

    @property
    def top(self) -> float:
        return self.y + self.h

    @property
    def right(self) -> float:
        return self.x + self.w


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is written: its largest and smallest size, place in its area, colour."""

    size: float
    smallest: float = 5.0
    bold: bool = False
    align: str = "left"
    colour: Color = INK
    max_lines: int | None = 1
    valign: str = "middle"

    @property
    def font(self) -> str:
        return BOLD if self.bold else REGULAR


def write(canvas: Canvas, text: str, area: Area, style: Style) -> float:
    """Text inside ``area``, smaller or on more lines where it must; returns the height used."""
    if not text:
        return 0.0
    fitted = fit(
        text,
        style.font,
        max_width=area.w,
        max_height=max(area.h, style.smallest * 1.2),
        largest=style.size,
        smallest=style.smallest,
        max_lines=style.max_lines,
    )
    canvas.setFillColor(style.colour)
    canvas.setFont(style.font, fitted.size)
    base = area.top if style.valign == "top" else area.y + area.h / 2 + fitted.height / 2
    for line in fitted.lines:
        base -= fitted.leading
        y = base + fitted.leading / 2 - fitted.size * 0.36
        if style.align == "right":
            canvas.drawRightString(area.right, y, line)
        elif style.align == "center":
            canvas.drawCentredString(area.x + area.w / 2, y, line)
        else:
            canvas.drawString(area.x, y, line)
    return fitted.height


def pill(canvas: Canvas, text: str, at: tuple[float, float], height: float, colour: Color = black) -> float:
    """White words on dark with the lower left corner ``at``; returns the width."""
    size = height * 0.62
    shown = printable(text, BOLD)
    wide = width(shown, BOLD, size) + height * 0.8
    canvas.setFillColor(colour)
    canvas.roundRect(at[0], at[1], wide, height, height * 0.25, stroke=0, fill=1)
    canvas.setFillColor(white)
    canvas.setFont(BOLD, size)
    canvas.drawString(at[0] + height * 0.4, at[1] + (height - size * 0.72) / 2, shown)
    return wide


def tick_box(canvas: Canvas, x: float, y: float, side: float = 11) -> None:
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(1.1)
    canvas.setFillColor(white)
    canvas.rect(x, y, side, side, stroke=1, fill=1)


def field(canvas: Canvas, name: str, area: Area) -> None:
    """A box to write in, its name small in the upper left corner."""
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.7)
    canvas.setFillColor(white)
    canvas.roundRect(area.x, area.y, area.w, area.h, 2.5, stroke=1, fill=1)
    write(canvas, name, Area(area.x + 3.5, area.top - 10, area.w - 6, 9), Style(7, smallest=5, colour=SOFT))


def rule(canvas: Canvas, at: tuple[float, float], wide: float, weight: float = 0.5, colour: Color = RULE) -> None:
    canvas.setStrokeColor(colour)
    canvas.setLineWidth(weight)
    canvas.line(at[0], at[1], at[0] + wide, at[1])


def clock(moment: dt.datetime | dt.time) -> str:
    """``9:05``, in Japan."""
    local = timezone.localtime(moment) if isinstance(moment, dt.datetime) else moment
    return f"{local.hour}:{local.minute:02d}"


def span(start: dt.datetime | dt.time, end: dt.datetime | dt.time) -> str:
    return f"{clock(start)}–{clock(end)}"


def total_kg(grams: Iterable[int]) -> str:
    """Tenths of a kilogram, enough for a driver."""
    return f"{sum(grams) / 1000:.1f} kg"
