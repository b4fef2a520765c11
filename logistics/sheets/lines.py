"""One line of goods: tick box, how many, zone by shape and word, what, which lot, until when."""

from __future__ import annotations

from reportlab.pdfgen.canvas import Canvas

from foodbank.labels.codes import spoken
from foodbank.labels.marks import zone_badge
from logistics.sheets.ink import INK, Area, Style, pill, rule, tick_box, write
from logistics.sheets.model import SheetLine
from logistics.sheets.pages import Row

DIRECT = "店頭引取"


def line_row(line: SheetLine, *, loading: bool = False) -> Row:
    """``loading`` shows shelf and target stop instead of the order."""
    below = _below(line, loading=loading)

    def paint(canvas: Canvas, area: Area) -> None:
        tick_box(canvas, area.x + 2, area.y + (area.h - 11) / 2)
        x = area.x + 20
        write(
            canvas, f"{line.quantity}{line.counter}", Area(x, area.y, 48, area.h), Style(13, smallest=7, bold=True, align="right")
        )
        zone_badge(canvas, line.zone, line.zone_word, (x + 55, area.y + (area.h - 13) / 2), 13)
        text_x = x + 105
        text_w = area.w - 105 - 20 - 186
        if below:
            half = area.h * 0.56
            write(canvas, line.item, Area(text_x, area.y + area.h - half, text_w, half), Style(10.5, smallest=6, bold=True))
            unknown = line.allergens is not None and line.allergens.unknown
            write(
                canvas, below, Area(text_x, area.y + 1, text_w, area.h - half), Style(7.5, smallest=5, bold=unknown, max_lines=2)
            )
        else:
            write(canvas, line.item, Area(text_x, area.y, text_w, area.h), Style(10.5, smallest=6, bold=True, max_lines=2))
        right = area.right - 180
        _source(canvas, line, Area(right, area.y + area.h / 2, 92, area.h / 2))
        write(canvas, line.date_text, Area(right, area.y, 128, area.h / 2), Style(8, smallest=5, bold=line.date_mark == "use_by"))
        kilograms = f"{line.grams / 1000:.1f} kg"
        write(canvas, kilograms, Area(area.right - 50, area.y + area.h / 2, 48, area.h / 2), Style(8.5, align="right"))
        corner = _corner(line, loading=loading)
        write(canvas, corner, Area(area.right - 50, area.y, 48, area.h / 2), Style(9, smallest=5, bold=True, align="right"))
        rule(canvas, (area.x, area.y), area.w, 0.35)

    return Row(23, paint)


def _source(canvas: Canvas, line: SheetLine, area: Area) -> None:
    if line.source:
        write(canvas, spoken(line.source), area, Style(9.5, smallest=5, bold=True))
    else:
        wide = pill(canvas, DIRECT, (area.x, area.y + 0.5), 10, INK)
        write(canvas, line.shop, Area(area.x + wide + 4, area.y, area.w - wide - 4, area.h), Style(9, smallest=5, bold=True))


def _below(line: SheetLine, *, loading: bool) -> str:
    parts = [f"棚 {line.shelf}"] if loading and line.shelf else []
    if line.allergens is not None and line.allergens.wording():
        parts.append(line.allergens.wording())
    return "　".join(parts)


def _corner(line: SheetLine, *, loading: bool) -> str:
    if line.goes_to is not None:
        return f"→ {line.goes_to}" if line.goes_to else "→ 拠点"
    return "" if loading else line.order_ref
