"""Lot labels on sheets or rolls. Everything stays inside its label, whatever the names are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from reportlab.lib.colors import black
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from foodbank.core.dates import DateMark
from foodbank.labels import qr
from foodbank.labels.codes import spoken
from foodbank.labels.fonts import BOLD, REGULAR, printable, register, width
from foodbank.labels.layouts import Layout
from foodbank.labels.marks import Allergens, inverse_box, zone_badge
from foodbank.labels.text import Fitted, fit

_INSET = 2.5


@dataclass(frozen=True, slots=True)
class LotLabel:
    """What stands on one label. ``date_text`` is complete (``賞味期限 2027年3月``); ``release_note`` tells that a lot past its
    best-before date was released (D6). No price has a place here (D4)."""

    code: str
    url: str
    name: str
    date_mark: str
    date_text: str
    zone: str
    zone_word: str
    allergens: Allergens
    quantity_text: str = ""
    donor_code: str = ""
    lot_number: str = ""
    release_note: str = ""


@dataclass(frozen=True, slots=True)
class _Box:
    """Part of a label: lower left corner and size in points, ``unit`` is 1 on the A4 label and less on smaller ones."""

    x: float
    y: float
    w: float
    h: float
    unit: float


def draw_labels(
    labels: Sequence[LotLabel],
    *,
    layout: Layout,
    out: BinaryIO,
    nudge_mm: tuple[float, float] = (0.0, 0.0),
    skip: int = 0,
) -> int:
    """Write a PDF with one label each, the first ``skip`` places of the first sheet left free. Returns the number of pages.

    ``nudge_mm`` moves all to the right and down, for printers that pull paper in askew. The same input gives the same bytes.
    Raises ``ValueError`` for no labels or a ``skip`` that the sheet has no room for.
    """
    if not labels:
        raise ValueError("there is no label to draw")
    register()
    page_height = layout.page_height_mm * mm
    canvas = Canvas(out, pagesize=(layout.page_width_mm * mm, page_height), invariant=1, pageCompression=1)
    canvas.setTitle(f"ロットラベル {len(labels)}枚")
    current = 0
    for label, (page, left_mm, top_mm) in zip(labels, layout.places(len(labels), skip), strict=True):
        if page != current:
            canvas.showPage()
            current = page
        left = (left_mm + nudge_mm[0] + layout.padding_mm) * mm
        height = (layout.label_height_mm - 2 * layout.padding_mm) * mm
        bottom = page_height - (top_mm + nudge_mm[1] + layout.padding_mm) * mm - height
        _draw(
            canvas, label, _Box(left, bottom, (layout.label_width_mm - 2 * layout.padding_mm) * mm, height, height / (28.9 * mm))
        )
    canvas.showPage()
    canvas.save()
    return current + 1


def _draw(canvas: Canvas, label: LotLabel, box: _Box) -> None:
    side = min(box.w * 0.4, box.h * 0.78)
    _code_column(canvas, label, _Box(box.x, box.y, side, box.h, box.unit))
    gap = 3.5 * box.unit
    _text_column(canvas, label, _Box(box.x + side + gap, box.y, box.w - side - gap, box.h, box.unit))


def _code_column(canvas: Canvas, label: LotLabel, box: _Box) -> None:
    # Half of the quiet zone may lie in the label's own white margin.
    qr.draw(canvas, label.url, box.x, box.y + box.h - box.w, box.w)
    words = spoken(label.code)
    size = min(10 * box.unit, 10 * box.w / width(words, BOLD, 10))
    canvas.setFillColor(black)
    canvas.setFont(BOLD, size)
    canvas.drawCentredString(box.x + box.w / 2, box.y + box.h - box.w - size * 0.9, words)
    if label.lot_number:
        room = box.h - box.w - size * 1.15
        for words in (f"製造ロット {label.lot_number}", label.lot_number):
            text = fit(
                words, REGULAR, max_width=box.w, max_height=room, largest=6.5 * box.unit, smallest=4.3 * box.unit, max_lines=1
            )
            if not text.cut:
                break
        canvas.setFont(REGULAR, text.size)
        canvas.drawCentredString(box.x + box.w / 2, box.y + text.size * 0.2, text.lines[0])


def _text_column(canvas: Canvas, label: LotLabel, box: _Box) -> None:
    unit = box.unit
    top = box.y + box.h
    badge_height = 12.5 * unit
    badge = zone_badge(canvas, label.zone, printable(label.zone_word, BOLD), (box.x, top - badge_height), badge_height)
    _right(
        canvas,
        label.quantity_text,
        _Box(box.x + badge + 4 * unit, top - badge_height, box.w - badge - 4 * unit, badge_height, unit),
    )

    foot_height = 11 * unit if label.release_note else 7.5 * unit
    date_height = 14.5 * unit
    words = _fit_allergens(label.allergens, box.w, unit)
    allergen_height = (words.height + 2 * unit) if words else 0.0
    foot = _Box(box.x, box.y, box.w, foot_height, unit)
    allergens = _Box(box.x, foot.y + foot_height + 1 * unit, box.w, allergen_height, unit)
    date = _Box(box.x, allergens.y + allergen_height + 2 * unit, box.w, date_height, unit)
    name_bottom = date.y + date_height + 1.5 * unit
    _name(canvas, label.name, _Box(box.x, name_bottom, box.w, top - badge_height - 2 * unit - name_bottom, unit))
    _date(canvas, label, date)
    if words:
        _allergens(canvas, words, allergens, prominent=label.allergens.unknown or words.cut)
    _foot(canvas, label, foot)


def _right(canvas: Canvas, text: str, box: _Box) -> None:
    if not text:
        return
    fitted = fit(text, BOLD, max_width=box.w, max_height=box.h, largest=10.5 * box.unit, smallest=5 * box.unit, max_lines=1)
    canvas.setFillColor(black)
    canvas.setFont(BOLD, fitted.size)
    canvas.drawRightString(box.x + box.w, box.y + (box.h - fitted.size * 0.72) / 2, fitted.lines[0])


def _name(canvas: Canvas, text: str, box: _Box) -> None:
    """On one line as long as it can be read from a step away, then on as many as it takes."""
    one_line = fit(text, BOLD, max_width=box.w, max_height=box.h, largest=14 * box.unit, smallest=8 * box.unit, max_lines=1)
    fitted = one_line
    if one_line.cut:
        fitted = fit(
            text, BOLD, max_width=box.w, max_height=box.h, largest=12 * box.unit, smallest=5 * box.unit, line_height=1.14
        )
    canvas.setFillColor(black)
    canvas.setFont(BOLD, fitted.size)
    base = box.y + box.h / 2 + fitted.height / 2
    for line in fitted.lines:
        base -= fitted.leading
        canvas.drawString(box.x, base + fitted.leading * 0.2, line)


def _date(canvas: Canvas, label: LotLabel, box: _Box) -> None:
    """消費期限 white on black, 賞味期限 in a frame, no date in law just underlined: told apart from across the room."""
    fitted = fit(
        label.date_text,
        BOLD,
        max_width=box.w - 2 * _INSET,
        max_height=box.h - 1,
        largest=10.5 * box.unit,
        smallest=4.5 * box.unit,
        line_height=1.1,
        max_lines=2,
    )
    if label.date_mark == DateMark.USE_BY:
        inverse_box(canvas, fitted.lines, (box.x, box.y, box.w, box.h), fitted.size, fitted.leading)
        return
    canvas.setStrokeColor(black)
    canvas.setLineWidth(0.9)
    if label.date_mark == DateMark.BEST_BEFORE:
        canvas.roundRect(box.x + 0.5, box.y + 0.5, box.w - 1, box.h - 1, 1.5, stroke=1, fill=0)
    else:
        canvas.line(box.x, box.y + 0.5, box.x + box.w, box.y + 0.5)
    canvas.setFillColor(black)
    canvas.setFont(BOLD, fitted.size)
    base = box.y + box.h / 2 + fitted.height / 2
    for line in fitted.lines:
        base -= fitted.leading
        canvas.drawString(box.x + _INSET, base + fitted.leading * 0.5 - fitted.size * 0.36, line)


def _fit_allergens(allergens: Allergens, max_width: float, unit: float) -> Fitted | None:
    """All names or none: a list that was cut would read as complete, so it gives way to a warning (``cut`` stays set)."""
    words = allergens.wording()
    if not words:
        return None
    font = BOLD if allergens.contains or allergens.unknown else REGULAR

    def fitted(text: str, lines: float) -> Fitted:
        return fit(
            text,
            font,
            max_width=max_width - 2 * _INSET,
            max_height=lines * unit,
            largest=8.5 * unit,
            smallest=4.2 * unit,
            line_height=1.12,
        )

    found = fitted(words, 17)
    if found.cut:
        found = fitted(words, 31)
    if found.cut:
        found = replace(fitted("アレルゲン多数 元の表示を必ず確認", 17), cut=True)
    return found


def _allergens(canvas: Canvas, words: Fitted, box: _Box, *, prominent: bool) -> None:
    if prominent:
        inverse_box(canvas, words.lines, (box.x, box.y, box.w, box.h), words.size, words.leading)
        return
    canvas.setFillColor(black)
    canvas.setFont(words.font, words.size)
    base = box.y + box.h
    for line in words.lines:
        base -= words.leading
        canvas.drawString(box.x, base + words.leading * 0.1, line)


def _foot(canvas: Canvas, label: LotLabel, box: _Box) -> None:
    donor = f"寄付 {label.donor_code}" if label.donor_code else ""
    donor_width = 0.0
    if donor:
        size = 6.5 * box.unit
        donor = printable(donor, REGULAR)
        donor_width = min(width(donor, REGULAR, size), box.w * 0.45)
        fitted = fit(
            donor, REGULAR, max_width=donor_width + 0.1, max_height=box.h, largest=size, smallest=4 * box.unit, max_lines=1
        )
        canvas.setFillColor(black)
        canvas.setFont(REGULAR, fitted.size)
        canvas.drawRightString(box.x + box.w, box.y + 1 * box.unit, fitted.lines[0])
    if label.release_note:
        room = box.w - donor_width - 3 * box.unit
        fitted = fit(
            label.release_note,
            BOLD,
            max_width=room - 5,
            max_height=box.h,
            largest=7 * box.unit,
            smallest=4 * box.unit,
            line_height=1.1,
        )
        inverse_box(canvas, fitted.lines, (box.x, box.y, room, box.h), fitted.size, fitted.leading)
