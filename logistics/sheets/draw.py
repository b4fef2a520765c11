"""The printed route sheet of one vehicle (A4 portrait)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import BinaryIO

from reportlab.lib.colors import black, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from foodbank.core.dates import format_day
from foodbank.labels.fonts import register
from logistics.sheets import front
from logistics.sheets.ink import INK, SOFT, Area, Style, clock, field, pill, rule, write
from logistics.sheets.model import RouteSheet, SheetBreak
from logistics.sheets.pages import Block, Row, paginate, paint
from logistics.sheets.stops import break_block, stop_block

_MARGIN = 11 * mm
_HEADER = 42.0
_FOOTER = 16.0
_WIDTH = A4[0] - 2 * _MARGIN
_BODY = A4[1] - 2 * _MARGIN - _HEADER - _FOOTER


def draw_route_sheet(sheet: RouteSheet, out: BinaryIO) -> int:
    """Write the PDF; returns the number of pages. The same sheet gives the same bytes."""
    register()
    canvas = Canvas(out, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle(f"運行表 {sheet.vehicle_code} {sheet.day.isoformat()}")
    pages = paginate(_blocks(sheet), first=_BODY, other=_BODY)
    for number, parts in enumerate(pages, start=1):
        _header(canvas, sheet, f"{number}/{len(pages)}")
        paint(canvas, parts, Area(_MARGIN, _MARGIN + _FOOTER, _WIDTH, _BODY))
        _footer(canvas)
        canvas.showPage()
    canvas.save()
    return len(pages)


def _blocks(sheet: RouteSheet) -> Iterator[Block]:
    summary = front.summary(sheet)
    room = _BODY - summary.height
    # Map and list share the first page, the list in narrower lines if need be; if that fails the map has the page to itself.
    overview, high = front.overview(sheet, line=17), 0.0
    for line in (17, 14):
        overview = front.overview(sheet, line=line)
        high = min(340.0, room - overview.height - 2 * overview.gap)
        if high >= 200:
            break
    else:
        overview, high = front.overview(sheet, line=17), room - overview.gap
    yield summary
    yield front.route_map(sheet, _WIDTH, high)
    yield overview
    entries = sheet.in_order()
    for index, entry in enumerate(entries):
        if isinstance(entry, SheetBreak):
            following = next((stop for stop in entries[index:] if not isinstance(stop, SheetBreak)), None)
            waiting = following if following is not None and following.arrive <= entry.start else None
            yield break_block(entry, waiting_at=waiting)
        elif index == 0 and entry.is_depot and not entry.drop_off:
            leaves = entry.leave if sheet.begins_at else sheet.depart
            yield front.loading(entry, depart_text=_departs(leaves, entry.latest_leave))
        else:
            later = next((stop for stop in entries[index + 1 :] if not isinstance(stop, SheetBreak)), None)
            yield stop_block(entry, following=later)
    yield _end(sheet)


def _header(canvas: Canvas, sheet: RouteSheet, page: str) -> None:
    top = A4[1] - _MARGIN
    box = Area(_MARGIN, top - 32, 104, 32)
    canvas.setFillColor(black)
    canvas.roundRect(box.x, box.y, box.w, box.h, 5, stroke=0, fill=1)
    write(
        canvas, sheet.vehicle_code, Area(box.x + 6, box.y, box.w - 12, box.h), Style(23, bold=True, align="center", colour=white)
    )
    x = box.right + 10
    write(canvas, format_day(sheet.day), Area(x, top - 19, 190, 19), Style(16, bold=True))
    words = "　".join(part for part in (sheet.vehicle_name, f"運転 {sheet.driver}" if sheet.driver else "") if part)
    write(canvas, words, Area(x, top - 33, 250, 13), Style(10, smallest=6, colour=SOFT))
    right = Area(A4[0] - _MARGIN - 190, top - 19, 190, 19)
    write(canvas, f"{sheet.vehicle_code} {page}", right, Style(14, bold=True, align="right"))
    begins = f"（{sheet.begins_at.name}）" if sheet.begins_at else ""
    about = f"運行表　出発 {clock(sheet.depart)}{begins}　帰着 {clock(sheet.back)}"
    write(canvas, about, Area(right.x - 20, top - 33, right.w + 20, 13), Style(10, align="right", colour=SOFT))
    if sheet.draft:
        pill(canvas, "案（確定前）", (x + 136, top - 18), 16)
    rule(canvas, (_MARGIN, top - 37), _WIDTH, 1.4, INK)


def _footer(canvas: Canvas) -> None:
    words = "▼ 降ろす　▲ 積む　｜　QRを読むと、その立寄先の画面が開きます。紛失したときは、すぐに拠点へご連絡ください。"
    write(canvas, words, Area(_MARGIN, _MARGIN - 2, _WIDTH, 12), Style(8, smallest=6, colour=SOFT))


def _end(sheet: RouteSheet) -> Block:
    def paint_end(canvas: Canvas, area: Area) -> None:
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(1.1)
        canvas.roundRect(area.x, area.y, area.w, area.h, 5, stroke=1, fill=0)
        write(canvas, clock(sheet.back), Area(area.x + 10, area.y, 90, area.h), Style(26, bold=True))
        write(canvas, "帰着", Area(area.x + 104, area.y + area.h / 2, 130, area.h / 2 - 4), Style(9, colour=SOFT))
        name = Area(area.x + 104, area.y + 4, 150, area.h / 2)
        write(canvas, sheet.end.name, name, Style(11, smallest=6, bold=True, max_lines=2))
        field(canvas, "今日の気づき・申し送り", Area(area.x + 264, area.y + 5, area.w - 270, area.h - 10))

    return Block((Row(62, paint_end),), gap=9)


def _departs(depart: dt.datetime, latest: dt.datetime | None) -> str:
    """When to leave, and until when that is still in time for everything."""
    return f"{clock(depart)} 出発" + ("" if latest is None else f"（遅くとも {clock(latest)}）")
