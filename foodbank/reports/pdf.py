"""A report on A4: letter head, title, facts, tables whose heads are repeated on each page, notes, and a seal's place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from foodbank.labels.fonts import BOLD, REGULAR, printable, register, width
from foodbank.labels.text import fit, wrap
from foodbank.reports.paper import Column, Paper, Row, Table

_INK, _SOFT, _RULE, _PALE = HexColor("#1a1a1a"), HexColor("#595959"), HexColor("#8c8c8c"), HexColor("#f3f3ee")
_GREEN = HexColor("#0b5d3b")
_SIDE, _TOP, _BOTTOM = 18 * mm, 16 * mm, 20 * mm
_WIDE = A4[0] - 2 * _SIDE
_SIZE, _LEADING, _PAD = 9.5, 13.5, 4.0
_SMALL, _SMALL_LEADING = 8.0, 11.0

Paint = Callable[[Canvas, float], None]


@dataclass(frozen=True, slots=True)
class _Strip:
    """A part of the page's full width that is never split; ``paint`` gets the canvas and the height of its top edge. ``head`` are
    strips to repeat when it begins a new page; ``joined`` keeps it on the page of the next."""

    height: float
    paint: Paint
    head: tuple[_Strip, ...] = ()
    joined: bool = False


def pdf_bytes(paper: Paper) -> bytes:
    """The file. The same paper gives the same bytes."""
    register()
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle(printable(f"{paper.title} {paper.number}"))
    canvas.setAuthor(printable(paper.issuer.name))
    pages = _pages(_strips(paper))
    for number, strips in enumerate(pages, start=1):
        top = A4[1] - _TOP
        for strip in strips:
            strip.paint(canvas, top)
            top -= strip.height
        _foot(canvas, f"{paper.title}　{paper.number}", f"{number} / {len(pages)}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _pages(strips: Sequence[_Strip]) -> list[list[_Strip]]:
    room = A4[1] - _TOP - _BOTTOM
    pages: list[list[_Strip]] = [[]]
    used = 0.0
    for index, strip in enumerate(strips):
        need = strip.height
        for before, later in zip(strips[index:], strips[index + 1 :], strict=False):
            if not before.joined:
                break
            need += later.height
        if pages[-1] and used + need > room:
            pages.append(list(strip.head))
            used = sum(one.height for one in strip.head)
        pages[-1].append(strip)
        used += strip.height
    return pages


def _strips(paper: Paper) -> list[_Strip]:
    strips = [_letter_head(paper), _facts(paper.facts)]
    for table in paper.tables:
        strips += _table(table)
    strips += [_note(note) for note in paper.notes]
    return strips


def _letter_head(paper: Paper) -> _Strip:
    """Title, whom it is for on the left, who writes on the right."""
    right = _WIDE * 0.44
    lines = [line for line in (paper.issuer.address, f"電話 {paper.issuer.phone}" if paper.issuer.phone else "") if line]
    address = [part for line in lines for part in wrap(line, REGULAR, _SMALL, right - 52)]
    body = max(58.0, 22 + len(address) * _SMALL_LEADING)

    def paint(canvas: Canvas, top: float) -> None:
        _text(canvas, paper.title, (BOLD, 24), (_SIDE, top - 24))
        if paper.mark:
            _stamp(canvas, paper.mark, _SIDE + width(printable(paper.title, BOLD), BOLD, 24) + 12, top - 27)
        _line(canvas, top - 36, 1.6, _GREEN)
        left = _WIDE - right - 20
        if paper.to:
            name = fit(f"{paper.to} 様", BOLD, max_width=left, max_height=40, largest=15, smallest=9, line_height=1.25)
            for number, line in enumerate(name.lines):
                _text(canvas, line, (BOLD, name.size), (_SIDE, top - 58 - number * name.leading))
        if paper.lead:
            low = top - 44 - body
            for number, line in enumerate(wrap(paper.lead, REGULAR, _SIZE, left)):
                _text(canvas, line, (REGULAR, _SIZE), (_SIDE, low - number * _LEADING))
        x = A4[0] - _SIDE - right
        own = fit(paper.issuer.name, BOLD, max_width=right - 52, max_height=28, largest=11, smallest=7)
        for number, line in enumerate(own.lines):
            _text(canvas, line, (BOLD, own.size), (x, top - 56 - number * own.leading))
        low = top - 60 - len(own.lines) * own.leading
        for number, line in enumerate(address):
            _text(canvas, line, (REGULAR, _SMALL), (x, low - number * _SMALL_LEADING), _SOFT)
        if paper.sealed:
            _seal(canvas, A4[0] - _SIDE - 44, top - 90)

    return _Strip(44 + body + (20 if paper.lead else 0), paint)


def _facts(facts: Sequence[tuple[str, str]]) -> _Strip:
    """Up to two side by side."""
    columns = 2
    each = _WIDE / columns
    lines = -(-len(facts) // columns)

    def paint(canvas: Canvas, top: float) -> None:
        high = lines * 17.0 + 8
        canvas.setFillColor(_PALE)
        canvas.roundRect(_SIDE, top - high, _WIDE, high, 4, stroke=0, fill=1)
        for number, (name, value) in enumerate(facts):
            x = _SIDE + 9 + (number % columns) * each
            y = top - 17 - (number // columns) * 17
            _text(canvas, name, (REGULAR, _SMALL), (x, y), _SOFT)
            fitted = fit(value, BOLD, max_width=each - 84, max_height=14, largest=10, smallest=6, max_lines=1)
            _text(canvas, fitted.lines[0] if fitted.lines else "", (BOLD, fitted.size), (x + 76, y))

    return _Strip(lines * 17.0 + 10 if facts else 0.0, paint)


def _table(table: Table) -> list[_Strip]:
    def title(canvas: Canvas, top: float) -> None:
        _text(canvas, table.title, (BOLD, 11.5), (_SIDE, top - 27))

    first = _Strip(34, title, joined=True)
    if not table.rows:
        return [first, _note(table.nothing)]
    head = _head(table.columns)
    body = [_row(row, table.columns, (head,)) for row in table.rows]
    if table.total is not None:
        last = body[-1]
        body[-1] = _Strip(last.height, last.paint, last.head, joined=True)
        body.append(_row(table.total, table.columns, (head,), strong=True))
    return [first, head, *body]


def _head(columns: Sequence[Column]) -> _Strip:
    cells = [wrap(column.label, BOLD, _SMALL, column.share * _WIDE - 2 * _PAD) for column in columns]
    high = max(len(cell) for cell in cells) * _SMALL_LEADING + 7

    def paint(canvas: Canvas, top: float) -> None:
        canvas.setFillColor(_PALE)
        canvas.rect(_SIDE, top - high, _WIDE, high, stroke=0, fill=1)
        _cells(canvas, top - 3.5, cells, columns, (BOLD, _SMALL, _SMALL_LEADING))
        _line(canvas, top - high, 1, _INK)

    return _Strip(high, paint, joined=True)


def _row(row: Row, columns: Sequence[Column], head: tuple[_Strip, ...], *, strong: bool = False) -> _Strip:
    font = BOLD if strong else REGULAR
    cells = [
        [part for line in cell.split("\n") for part in wrap(line, font, _SIZE, column.share * _WIDE - 2 * _PAD)] or [""]
        for cell, column in zip(row.cells, columns, strict=True)
    ]
    remark = wrap(row.remark, REGULAR, _SMALL, _WIDE - 2 * _PAD) if row.remark else []
    body = max(len(cell) for cell in cells) * _LEADING
    high = body + len(remark) * _SMALL_LEADING + 7

    def paint(canvas: Canvas, top: float) -> None:
        _cells(canvas, top - 3, cells, columns, (font, _SIZE, _LEADING))
        for number, line in enumerate(remark):
            _text(canvas, line, (REGULAR, _SMALL), (_SIDE + _PAD, top - 3 - body - (number + 0.75) * _SMALL_LEADING), _SOFT)
        _line(canvas, top - high, 1 if strong else 0.4, _INK if strong else _RULE)

    return _Strip(high, paint, head)


def _cells(
    canvas: Canvas, top: float, cells: Sequence[Sequence[str]], columns: Sequence[Column], style: tuple[str, float, float]
) -> None:
    font, size, leading = style
    x = _SIDE
    for lines, column in zip(cells, columns, strict=True):
        wide = column.share * _WIDE
        for number, line in enumerate(lines):
            y = top - (number + 0.5) * leading - size * 0.36
            shown = x + wide - _PAD - width(line, font, size) if column.number else x + _PAD
            _text(canvas, line, (font, size), (shown, y))
        x += wide


def _note(text: str) -> _Strip:
    lines = wrap(text, REGULAR, _SMALL, _WIDE)

    def paint(canvas: Canvas, top: float) -> None:
        for number, line in enumerate(lines):
            _text(canvas, line, (REGULAR, _SMALL), (_SIDE, top - 14 - number * _SMALL_LEADING), _SOFT)

    return _Strip(len(lines) * _SMALL_LEADING + 6, paint)


def _seal(canvas: Canvas, x: float, y: float) -> None:
    """Where the seal or a signature goes."""
    canvas.setStrokeColor(_RULE)
    canvas.setLineWidth(0.7)
    canvas.roundRect(x, y, 44, 44, 3, stroke=1, fill=0)
    _text(canvas, "受領印", (REGULAR, 7), (x + 4, y + 34), _SOFT)


def _stamp(canvas: Canvas, text: str, x: float, y: float) -> None:
    shown = printable(text, BOLD)
    canvas.setStrokeColor(_INK)
    canvas.setLineWidth(1.4)
    canvas.roundRect(x, y, width(shown, BOLD, 11) + 14, 19, 3, stroke=1, fill=0)
    _text(canvas, shown, (BOLD, 11), (x + 7, y + 5.4))


def _foot(canvas: Canvas, left: str, right: str) -> None:
    y = _BOTTOM - 22
    canvas.setStrokeColor(_RULE)
    canvas.setLineWidth(0.4)
    canvas.line(_SIDE, y + 11, A4[0] - _SIDE, y + 11)
    _text(canvas, left, (REGULAR, 7.5), (_SIDE, y), _SOFT)
    _text(canvas, right, (REGULAR, 7.5), (A4[0] - _SIDE - width(right, REGULAR, 7.5), y), _SOFT)


def _text(canvas: Canvas, text: str, style: tuple[str, float], at: tuple[float, float], colour: HexColor = _INK) -> None:
    canvas.setFillColor(colour)
    canvas.setFont(*style)
    canvas.drawString(*at, printable(text, style[0]))


def _line(canvas: Canvas, y: float, weight: float, colour: HexColor) -> None:
    canvas.setStrokeColor(colour)
    canvas.setLineWidth(weight)
    canvas.line(_SIDE, y, A4[0] - _SIDE, y)
