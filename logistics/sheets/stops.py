"""A stop: when, where, how to get in, what to drop and pick up, and room to write."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from foodbank.labels import qr
from foodbank.labels.codes import spoken
from logistics.sheets.front import break_text, number_mark, window_text
from logistics.sheets.ink import GREEN, INK, PALE, SOFT, Area, Style, clock, field, pill, rule, total_kg, write
from logistics.sheets.lines import line_row
from logistics.sheets.model import SheetBreak, SheetLine, SheetStop
from logistics.sheets.pages import Block, Row

_QR = 22 * mm
_INSET = 5.0


def stop_block(stop: SheetStop, *, following: SheetStop | None = None) -> Block:
    """The whole stop, framed, and where it goes from there; long ones go on, on the next page, under a short head."""
    rows = [_head(stop)]
    notes = [text for text in (stop.access_note, *stop.notes) if text]
    if len(together := "　／　".join(notes)) <= 48:
        notes = [together] if together else []
    rows += [_note(text) for text in notes]
    for name, lines in (("▼ 降ろす", stop.drop_off), ("▲ 積む", stop.pick_up)):
        if lines:
            rows.append(_section(name, lines))
            rows += [_inset(line_row(line)) for line in lines]
    zones = {line.zone for line in (*stop.drop_off, *stop.pick_up)}
    rows.append(_next(following))
    rows.append(_writing(stop, cold=bool(zones - {"ambient"})))
    return Block(tuple(rows), again=_again(stop), frame=_frame, gap=9)


def break_block(rest: SheetBreak, *, waiting_at: SheetStop | None) -> Block:
    def paint(canvas: Canvas, area: Area) -> None:
        canvas.setFillColor(PALE)
        canvas.roundRect(area.x, area.y, area.w, area.h, 5, stroke=0, fill=1)
        pill(canvas, "休憩", (area.x + 8, area.y + 6), 17, GREEN)
        write(canvas, break_text(rest), Area(area.x + 62, area.y, 240, area.h), Style(14, bold=True))
        where = f"{waiting_at.number or '拠点'} に着いてから、始める前に" if waiting_at else ""
        write(canvas, where, Area(area.x + 300, area.y, area.w - 310, area.h), Style(10, align="right", colour=SOFT))

    return Block((Row(29, paint),), gap=9)


def _frame(canvas: Canvas, area: Area) -> None:
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(1.1)
    canvas.roundRect(area.x, area.y, area.w, area.h, 5, stroke=1, fill=0)


def _head(stop: SheetStop) -> Row:
    def paint(canvas: Canvas, area: Area) -> None:
        number_mark(canvas, stop, (area.x + 21, area.top - 24), 15)
        write(canvas, clock(stop.arrive), Area(area.x + 42, area.top - 40, 84, 34), Style(29, bold=True, align="center"))
        under = window_text(stop)
        if stop.visit:
            pill(canvas, under, (area.x + 6, area.y + 23), 12)
        else:
            write(
                canvas,
                f"約束 {under}" if under else "",
                Area(area.x + 6, area.y + 23, 122, 13),
                Style(10.5, smallest=7, bold=True),
            )
        times = f"開始 {clock(stop.start)}　出発 {clock(stop.leave)}"
        write(canvas, times, Area(area.x + 6, area.y + 12.5, 122, 10), Style(9, smallest=7, colour=SOFT))
        if stop.latest_leave is not None:
            latest = f"遅くとも {clock(stop.latest_leave)} に出発"
            write(canvas, latest, Area(area.x + 6, area.y + 1.5, 122, 10), Style(9.5, smallest=8, bold=True))
        x = area.x + 134
        wide = area.w - 134 - (_QR + 4 if stop.url else 6)
        named = f"{stop.site_code}　{stop.kind_word}".rstrip("　")
        write(canvas, named, Area(x, area.top - 15, wide, 11), Style(8.5, colour=SOFT))
        write(canvas, stop.name, Area(x, area.top - 43, wide, 28), Style(15, smallest=8, bold=True, max_lines=2))
        write(canvas, stop.address, Area(x, area.y + 14, wide, area.h - 58), Style(10, smallest=6.5, max_lines=2))
        write(canvas, f"電話 {stop.phone}" if stop.phone else "", Area(x, area.y + 1, wide, 13), Style(11, smallest=7, bold=True))
        if stop.url:
            qr.draw(canvas, stop.url, area.right - _QR - 1, area.top - _QR - 1, _QR)
            if stop.code:
                box = Area(area.right - _QR, area.y, _QR - 2, 9)
                write(canvas, spoken(stop.code), box, Style(8, smallest=5, bold=True, align="center"))

    return Row(_QR + 14, paint)


def _note(text: str) -> Row:
    def paint(canvas: Canvas, area: Area) -> None:
        canvas.setFillColor(PALE)
        canvas.rect(area.x + 1, area.y + 1, area.w - 2, area.h - 2, stroke=0, fill=1)
        pill(canvas, "注意", (area.x + 6, area.y + (area.h - 13) / 2), 13, INK)
        write(canvas, text, Area(area.x + 46, area.y, area.w - 54, area.h), Style(10.5, smallest=6, max_lines=3))

    return Row(30 if len(text) > 44 else 20, paint)


def _section(name: str, lines: Sequence[SheetLine]) -> Row:
    def paint(canvas: Canvas, area: Area) -> None:
        wide = pill(canvas, name, (area.x + 4, area.y + 3), 15, INK if name.startswith("▼") else GREEN)
        figures = f"{len(lines)}品　{total_kg(line.grams for line in lines)}"
        write(canvas, figures, Area(area.x + wide + 12, area.y, 200, area.h), Style(10.5, bold=True))
        rule(canvas, (area.x, area.y), area.w, 0.8, INK)

    return Row(21, paint)


def _inset(row: Row) -> Row:
    return Row(row.height, lambda canvas, area: row.paint(canvas, Area(area.x + _INSET, area.y, area.w - 2 * _INSET, area.h)))


def _next(following: SheetStop | None) -> Row:
    def paint(canvas: Canvas, area: Area) -> None:
        if following is None:
            write(canvas, "次は 拠点へ帰着", Area(area.x, area.y, area.w - 8, area.h), Style(10.5, bold=True, align="right"))
            return
        write(
            canvas,
            f"次は {clock(following.arrive)}",
            Area(area.x, area.y, area.w - 236, area.h),
            Style(13, bold=True, align="right"),
        )
        number_mark(canvas, following, (area.right - 222, area.y + area.h / 2), 7)
        write(canvas, following.name, Area(area.right - 211, area.y, 203, area.h), Style(10.5, smallest=6, bold=True))

    return Row(19, paint)


def _writing(stop: SheetStop, *, cold: bool) -> Row:
    def paint(canvas: Canvas, area: Area) -> None:
        boxes = [("着いた時刻", 62.0), ("出た時刻", 62.0)]
        if cold:
            boxes.append(("品温 ℃", 54.0))
        boxes.append(("受領サイン" if stop.drop_off else "確認サイン", 118.0))
        boxes.append(("気づいたこと（足りない・傷み・留守・次回の伝言）", 0.0))
        rest = area.w - 10 - sum(wide + 4 for _, wide in boxes) + 4
        x = area.x + 5
        for name, wide in boxes:
            width = wide or rest
            field(canvas, name, Area(x, area.y + 5, width, area.h - 9))
            x += width + 4

    return Row(40, paint)


def _again(stop: SheetStop) -> Row:
    def paint(canvas: Canvas, area: Area) -> None:
        number_mark(canvas, stop, (area.x + 17, area.y + area.h / 2), 10)
        write(canvas, f"{stop.name}　つづき", Area(area.x + 36, area.y, area.w - 46, area.h), Style(12, smallest=7, bold=True))
        rule(canvas, (area.x, area.y), area.w, 0.8, INK)

    return Row(28, paint)
