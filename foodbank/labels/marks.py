"""Signs that printed things share: temperature zones by shape and word (never by colour alone), and what is said of allergens."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.colors import Color, HexColor, black, white
from reportlab.pdfgen.canvas import Canvas

from foodbank.labels.fonts import BOLD, width

# Dark enough to stay black on a 1-bit label printer.
_COLOURS = {"ambient": HexColor("#6b3d00"), "chilled": HexColor("#00497d"), "frozen": HexColor("#32197a")}


def zone_symbol(canvas: Canvas, zone: str, at: tuple[float, float], size: float, colour: Color | None = None) -> None:
    """○ for ambient, ◆ for chilled, a snow crystal for frozen, centred ``at`` (x, y), ``size`` points across."""
    x, y = at
    radius = size / 2
    canvas.saveState()
    canvas.setStrokeColor(colour or _COLOURS[zone])
    canvas.setFillColor(colour or _COLOURS[zone])
    canvas.setLineCap(1)
    if zone == "ambient":
        canvas.setLineWidth(size * 0.16)
        canvas.circle(x, y, radius * 0.84, stroke=1, fill=0)
    elif zone == "chilled":
        path = canvas.beginPath()
        path.moveTo(x, y + radius)
        path.lineTo(x + radius, y)
        path.lineTo(x, y - radius)
        path.lineTo(x - radius, y)
        path.close()
        canvas.drawPath(path, stroke=0, fill=1)
    elif zone == "frozen":
        canvas.setLineWidth(size * 0.11)
        for arm in range(6):
            _snow_arm(canvas, x, y, radius, math.radians(60 * arm + 90))
    else:
        raise ValueError(f"unknown zone {zone!r}")
    canvas.restoreState()


def _snow_arm(canvas: Canvas, x: float, y: float, radius: float, angle: float) -> None:
    canvas.line(x, y, x + radius * math.cos(angle), y + radius * math.sin(angle))
    fork_x, fork_y = x + radius * 0.55 * math.cos(angle), y + radius * 0.55 * math.sin(angle)
    for turn in (-0.8, 0.8):
        canvas.line(
            fork_x, fork_y, fork_x + radius * 0.38 * math.cos(angle + turn), fork_y + radius * 0.38 * math.sin(angle + turn)
        )


def zone_badge(canvas: Canvas, zone: str, word: str, at: tuple[float, float], height: float) -> float:
    """Symbol and word in a frame with its lower left corner ``at`` (x, y); frozen is white on dark. Returns the width."""
    x, y = at
    size = height * 0.68
    badge = height * 1.25 + width(word, BOLD, size) + height * 0.3
    colour = _COLOURS[zone]
    filled = zone == "frozen"
    canvas.saveState()
    canvas.setStrokeColor(colour)
    canvas.setFillColor(colour if filled else white)
    canvas.setLineWidth(height * (0.13 if zone == "chilled" else 0.06))
    canvas.roundRect(x, y, badge, height, height * 0.22, stroke=1, fill=1)
    ink = white if filled else colour
    zone_symbol(canvas, zone, (x + height * 0.68, y + height / 2), height * 0.74, ink)
    canvas.setFillColor(ink)
    canvas.setFont(BOLD, size)
    canvas.drawString(x + height * 1.25, y + (height - size * 0.72) / 2, word)
    canvas.restoreState()
    return badge


@dataclass(frozen=True, slots=True)
class Allergens:
    """What is known of a lot (D13): names it contains, whether the rest was stated, and how many the list of that day names.

    ``listed`` 0 means that the question does not arise (goods that are not food).
    """

    contains: tuple[str, ...] = ()
    stated: bool = True
    listed: int = 28

    @property
    def unknown(self) -> bool:
        return self.listed > 0 and not self.stated

    def wording(self) -> str:
        """``アレルゲン: 卵・乳・小麦`` / ``特定原材料等28品目なし`` / ``アレルゲン不明`` / empty where the question does not arise."""
        if not self.listed:
            return ""
        names = "・".join(self.contains)
        if self.unknown:
            return f"アレルゲン: {names}　ほかは不明" if names else "アレルゲン不明"
        return f"アレルゲン: {names}" if names else f"特定原材料等{self.listed}品目なし"


def inverse_box(
    canvas: Canvas, lines: Sequence[str], box: tuple[float, float, float, float], size: float, leading: float
) -> None:
    """White on black: what must not be overlooked. ``box`` is x and y of its lower left corner, width and height."""
    x, y, wide, high = box
    canvas.saveState()
    canvas.setFillColor(black)
    canvas.roundRect(x, y, wide, high, 1.5, stroke=0, fill=1)
    canvas.setFillColor(white)
    canvas.setFont(BOLD, size)
    top = y + high / 2 + len(lines) * leading / 2
    for number, line in enumerate(lines):
        canvas.drawString(x + 2.5, top - number * leading - leading / 2 - size * 0.36, line)
    canvas.restoreState()
