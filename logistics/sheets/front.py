"""The first page: the day at a glance, the map, and the order of the stops."""

from __future__ import annotations

from reportlab.lib.colors import white
from reportlab.pdfgen.canvas import Canvas

from foodbank.labels.marks import zone_badge
from logistics.sheets.ink import GREEN, INK, PALE, SOFT, Area, Style, clock, field, pill, rule, span, total_kg, write
from logistics.sheets.lines import line_row
from logistics.sheets.model import RouteSheet, SheetBreak, SheetStop
from logistics.sheets.pages import Block, Paint, Row
from logistics.sheets.routemap import RouteMap


def summary(sheet: RouteSheet) -> Block:
    """Departure, return, distance, breaks, and the lines a driver fills in before leaving."""

    def figures(canvas: Canvas, area: Area) -> None:
        cells = [
            ("出発", clock(sheet.depart)),
            ("帰着", clock(sheet.back)),
            ("立寄先", f"{len(sheet.driven_to)}か所"),
            ("走行", f"{sheet.distance_m / 1000:.1f} km"),
            ("休憩", " ".join(span(rest.start, rest.end) for rest in sheet.breaks) or "なし"),
        ]
        wide = [88.0, 88.0, 88.0, 96.0]
        wide.append(area.w - sum(wide))
        x = area.x
        for (name, value), column in zip(cells, wide, strict=True):
            canvas.setFillColor(PALE)
            canvas.roundRect(x, area.y, column - 5, area.h, 4, stroke=0, fill=1)
            write(canvas, name, Area(x + 7, area.top - 14, column - 16, 11), Style(8.5, colour=SOFT))
            write(canvas, value, Area(x + 7, area.y + 3, column - 18, area.h - 15), Style(20, smallest=8, bold=True, max_lines=2))
            x += column

    def checks(canvas: Canvas, area: Area) -> None:
        names = ("運転者", "出発前点検・体調", "メーター 出発", "メーター 帰着", "庫内温度 冷蔵 ℃", "庫内温度 冷凍 ℃")
        shares = (0.2, 0.2, 0.16, 0.16, 0.14, 0.14)
        x = area.x
        for name, share in zip(names, shares, strict=True):
            wide = area.w * share
            box = Area(x, area.y, wide - 4, area.h - 5)
            field(canvas, name, box)
            if name == "運転者" and sheet.driver:
                write(canvas, sheet.driver, Area(box.x + 5, box.y + 2, box.w - 8, box.h - 11), Style(11, bold=True))
            x += wide

    return Block((Row(44, figures), Row(36, checks)), gap=0)


def route_map(sheet: RouteSheet, wide: float, high: float) -> Block:
    drawn = RouteMap(sheet, wide, high)
    return Block((Row(high, lambda canvas, area: drawn.drawOn(canvas, area.x, area.y)),))


def overview(sheet: RouteSheet, *, line: float) -> Block:
    """One line, ``line`` points high, per stop and break: number, time, window, place, what is moved."""

    def title(canvas: Canvas, area: Area) -> None:
        write(canvas, "まわる順", area, Style(11, bold=True))
        rule(canvas, (area.x, area.y + 1), area.w, 1.2, INK)

    rows = [Row(18, title)]
    for entry in sheet.in_order():
        rows.append(Row(line, _break_line(entry) if isinstance(entry, SheetBreak) else _stop_line(entry)))
    rows.append(Row(line, _end_line(sheet)))
    return Block(tuple(rows), again=Row(18, title))


def _stop_line(stop: SheetStop) -> Paint:
    def paint(canvas: Canvas, area: Area) -> None:
        number_mark(canvas, stop, (area.x + 9, area.y + area.h / 2), min(7.2, area.h * 0.44))
        write(canvas, clock(stop.arrive), Area(area.x + 20, area.y, 38, area.h), Style(12, bold=True, align="right"))
        write(canvas, window_text(stop), Area(area.x + 64, area.y, 88, area.h), Style(8.5, colour=SOFT))
        write(canvas, stop.name, Area(area.x + 154, area.y, area.w - 324, area.h), Style(10.5, smallest=6, bold=True))
        x = area.right - 164
        for sign, lines in (("▼", stop.drop_off), ("▲", stop.pick_up)):
            if lines:
                text = f"{sign}{total_kg(line.grams for line in lines)}"
                write(canvas, text, Area(x, area.y, 80, area.h), Style(9, smallest=6, align="right"))
            x += 84
        rule(canvas, (area.x, area.y), area.w, 0.3)

    return paint


def _break_line(rest: SheetBreak) -> Paint:
    def paint(canvas: Canvas, area: Area) -> None:
        canvas.setFillColor(PALE)
        canvas.rect(area.x, area.y, area.w, area.h, stroke=0, fill=1)
        write(canvas, clock(rest.start), Area(area.x + 20, area.y, 38, area.h), Style(12, bold=True, align="right"))
        write(canvas, break_text(rest), Area(area.x + 64, area.y, area.w - 80, area.h), Style(10.5, bold=True))
        rule(canvas, (area.x, area.y), area.w, 0.3)

    return paint


def _end_line(sheet: RouteSheet) -> Paint:
    def paint(canvas: Canvas, area: Area) -> None:
        write(canvas, clock(sheet.back), Area(area.x + 20, area.y, 38, area.h), Style(12, bold=True, align="right"))
        write(
            canvas,
            f"帰着　{sheet.end.name}",
            Area(area.x + 64, area.y, area.w - 70, area.h),
            Style(10.5, smallest=6, bold=True),
        )

    return paint


def loading(stop: SheetStop, *, depart_text: str) -> Block:
    """What to load, zone by zone; within a zone what leaves last comes first, so that it stands at the back."""

    def title(canvas: Canvas, area: Area) -> None:
        wide = pill(canvas, "積込み", (area.x, area.y + 4), 17, GREEN)
        write(canvas, depart_text, Area(area.x + wide + 8, area.y + 2, 220, area.h - 4), Style(12, bold=True))
        hint = "上から順に積むと、先に降ろす物が手前になります"
        write(canvas, hint, Area(area.right - 270, area.y + 2, 270, area.h - 4), Style(9, align="right", colour=SOFT))

    def again(canvas: Canvas, area: Area) -> None:
        pill(canvas, "積込み つづき", (area.x, area.y + 4), 17, GREEN)

    rows = [Row(26, title)]
    for zone in ("frozen", "chilled", "ambient"):
        lines = sorted(
            (line for line in stop.pick_up if line.zone == zone), key=lambda line: (-(line.goes_to or 0), line.item, line.unit)
        )
        if lines:
            rows.append(_zone_row(zone, lines[0].zone_word, f"{len(lines)}品　{total_kg(line.grams for line in lines)}"))
            rows += [line_row(line, loading=True) for line in lines]
    return Block(tuple(rows), again=Row(26, again), gap=12)


def _zone_row(zone: str, word: str, text: str) -> Row:
    def paint(canvas: Canvas, area: Area) -> None:
        wide = zone_badge(canvas, zone, word, (area.x, area.y + 2.5), 14)
        write(canvas, text, Area(area.x + wide + 8, area.y, 300, area.h), Style(10.5, bold=True))
        rule(canvas, (area.x, area.y), area.w, 1, INK)

    return Row(20, paint)


def number_mark(canvas: Canvas, stop: SheetStop, at: tuple[float, float], radius: float) -> None:
    """The stop's number, white in a black disc; the depot a black square with 拠."""
    canvas.setFillColor(INK)
    if stop.is_depot:
        canvas.roundRect(at[0] - radius, at[1] - radius, 2 * radius, 2 * radius, radius * 0.3, stroke=0, fill=1)
    else:
        canvas.circle(at[0], at[1], radius, stroke=0, fill=1)
    text = "拠" if stop.is_depot else str(stop.number)
    box = Area(at[0] - radius, at[1] - radius, 2 * radius, 2 * radius)
    write(canvas, text, box, Style(radius * 1.35, smallest=4, bold=True, align="center", colour=white))


def window_text(stop: SheetStop) -> str:
    """When the place expects the vehicle."""
    if stop.visit:
        return f"開店 {span(*stop.visit)}"
    return "・".join(span(*window) for window in stop.windows)


def break_text(rest: SheetBreak) -> str:
    return f"休憩 {rest.minutes}分　{span(rest.start, rest.end)}"
