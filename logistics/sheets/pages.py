"""Rows and blocks on pages: a block stays whole unless it is longer than a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from reportlab.pdfgen.canvas import Canvas

from logistics.sheets.ink import Area

Paint = Callable[[Canvas, Area], None]


@dataclass(frozen=True, slots=True)
class Row:
    """A strip of the page's full width that is never split."""

    height: float
    paint: Paint


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that belong together. ``again`` is repeated on top when the block goes on, on another page; ``frame`` is drawn around
    each part; ``gap`` is the space above."""

    rows: tuple[Row, ...]
    again: Row | None = None
    frame: Paint | None = None
    gap: float = 7.0

    @property
    def height(self) -> float:
        return sum(row.height for row in self.rows)


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one block on one page; ``top`` is the distance from the top of the page's body."""

    rows: tuple[Row, ...]
    frame: Paint | None
    top: float

    @property
    def height(self) -> float:
        return sum(row.height for row in self.rows)


@dataclass(slots=True)
class _Page:
    parts: list[Part] = field(default_factory=list)
    used: float = 0.0

    def add(self, rows: Sequence[Row], block: Block) -> None:
        top = self.used + (block.gap if self.parts else 0.0)
        part = Part(tuple(rows), block.frame, top)
        self.parts.append(part)
        self.used = top + part.height


def paginate(blocks: Iterable[Block], *, first: float, other: float) -> list[list[Part]]:
    """Blocks on pages whose bodies are ``first`` and then ``other`` points high.

    Raises ``ValueError`` if a single row is higher than a page.
    """
    pages = [_Page()]

    def room() -> float:
        page = pages[-1]
        return (first if len(pages) == 1 else other) - page.used

    for block in blocks:
        gap = block.gap if pages[-1].parts else 0.0
        if block.height + gap <= room():
            pages[-1].add(block.rows, block)
            continue
        if block.height <= other:
            pages.append(_Page())
            pages[-1].add(block.rows, block)
            continue
        if room() < other * 0.4:
            pages.append(_Page())
        rest = list(block.rows)
        begun = False
        while rest:
            taken: list[Row] = [block.again] if begun and block.again else []
            space = room() - (block.gap if pages[-1].parts else 0.0) - sum(row.height for row in taken)
            heads = len(taken)
            while rest and rest[0].height <= space:
                space -= rest[0].height
                taken.append(rest.pop(0))
            if len(taken) == heads:
                if not pages[-1].parts:
                    raise ValueError("a row is higher than a page")
                pages.append(_Page())
                continue
            pages[-1].add(taken, block)
            begun = True
            if rest:
                pages.append(_Page())
    return [page.parts for page in pages]


def paint(canvas: Canvas, parts: Sequence[Part], body: Area) -> None:
    """Draw one page's parts into ``body``."""
    for part in parts:
        top = body.top - part.top
        if part.frame:
            part.frame(canvas, Area(body.x, top - part.height, body.w, part.height))
        for row in part.rows:
            canvas.saveState()
            row.paint(canvas, Area(body.x, top - row.height, body.w, row.height))
            canvas.restoreState()
            top -= row.height
