"""Labels for shelves: the QR that is read when goods are put away, and the name large enough to be seen from the aisle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from reportlab.lib.colors import black
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from foodbank.labels import qr
from foodbank.labels.codes import spoken
from foodbank.labels.fonts import BOLD, printable, register, width
from foodbank.labels.layouts import Layout
from foodbank.labels.marks import zone_badge
from foodbank.labels.text import fit


@dataclass(frozen=True, slots=True)
class PlaceLabel:
    """``name`` is what people call the place (``A-01``), ``code`` what they type when the camera does not read ``url``."""

    code: str
    url: str
    name: str
    zone: str
    zone_word: str


def draw_place_labels(labels: Sequence[PlaceLabel], *, layout: Layout, out: BinaryIO) -> int:
    """Write a PDF with one label each. Returns the number of pages. Raises ``ValueError`` for no labels."""
    if not labels:
        raise ValueError("there is no label to draw")
    register()
    page_height = layout.page_height_mm * mm
    canvas = Canvas(out, pagesize=(layout.page_width_mm * mm, page_height), invariant=1, pageCompression=1)
    canvas.setTitle(f"保管場所ラベル {len(labels)}枚")
    current = 0
    for label, (page, left_mm, top_mm) in zip(labels, layout.places(len(labels)), strict=True):
        if page != current:
            canvas.showPage()
            current = page
        height = (layout.label_height_mm - 2 * layout.padding_mm) * mm
        left = (left_mm + layout.padding_mm) * mm
        bottom = page_height - (top_mm + layout.padding_mm) * mm - height
        _draw(canvas, label, left, bottom, (layout.label_width_mm - 2 * layout.padding_mm) * mm, height)
    canvas.showPage()
    canvas.save()
    return current + 1


def _draw(canvas: Canvas, label: PlaceLabel, x: float, y: float, w: float, h: float) -> None:
    side = min(w * 0.42, h * 0.84)
    qr.draw(canvas, label.url, x, y + h - side, side)
    words = spoken(label.code)
    size = min(9.0, 9 * side / width(words, BOLD, 9), (h - side) * 0.9)
    canvas.setFillColor(black)
    canvas.setFont(BOLD, size)
    canvas.drawCentredString(x + side / 2, y + h - side - size * 0.85, words)
    left, room = x + side + 4, w - side - 4
    badge = min(15.0, h * 0.2)
    zone_badge(canvas, label.zone, printable(label.zone_word, BOLD), (left, y + h - badge), badge)
    name = fit(label.name, BOLD, max_width=room, max_height=h - badge - 6, largest=34, smallest=7, line_height=1.1)
    base = y + (h - badge - 4) / 2 + name.height / 2
    canvas.setFillColor(black)
    canvas.setFont(BOLD, name.size)
    for line in name.lines:
        base -= name.leading
        canvas.drawString(left, base + name.leading * 0.2, line)
