"""QR codes as vectors for PDF, SVG for pages, PNG for messages. One fixed mask: nothing is gained by searching for the best."""

from __future__ import annotations

import io
from functools import lru_cache
from xml.sax.saxutils import quoteattr

from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from reportlab.pdfgen.canvas import Canvas

QUIET = 4
"""Modules of white that the standard asks for on each side."""
_MASK = 3

Matrix = tuple[tuple[bool, ...], ...]


@lru_cache(maxsize=2048)
def matrix(text: str) -> Matrix:
    """The modules without quiet zone, True is dark; error correction M (15 %)."""
    code = QRCode(error_correction=ERROR_CORRECT_M, mask_pattern=_MASK, border=0)
    code.add_data(text)
    code.make(fit=True)
    return tuple(tuple(bool(cell) for cell in row) for row in code.get_matrix())


def runs(text: str) -> list[tuple[int, int, int]]:
    """The dark modules as (column, row, length), neighbours in a row merged; row 0 is the top one."""
    found: list[tuple[int, int, int]] = []
    for y, row in enumerate(matrix(text)):
        start: int | None = None
        for x, dark in enumerate((*row, False)):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                found.append((start, y, x - start))
                start = None
    return found


def draw(canvas: Canvas, text: str, x: float, y: float, side: float) -> None:
    """Draw with its lower left corner at (x, y), ``side`` points wide including the quiet zone."""
    modules = len(matrix(text))
    cell = side / (modules + 2 * QUIET)
    path = canvas.beginPath()
    for column, row, length in runs(text):
        path.rect(x + (QUIET + column) * cell, y + side - (QUIET + row + 1) * cell, length * cell, cell)
    canvas.saveState()
    canvas.setFillGray(0)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.restoreState()


def svg(text: str, *, title: str) -> str:
    """An ``<svg>`` for a page, quiet zone included, black on white in dark mode too; ``title`` is read aloud."""
    side = len(matrix(text)) + 2 * QUIET
    path = "".join(f"M{QUIET + x} {QUIET + y}h{length}v1h-{length}z" for x, y, length in runs(text))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img" aria-label={quoteattr(title)} '
        f'shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/><path fill="#000" d="{path}"/></svg>'
    )


def png(text: str, *, scale: int = 8) -> bytes:
    """A 1-bit PNG with ``scale`` pixels a module, quiet zone included."""
    cells = matrix(text)
    side = len(cells) + 2 * QUIET
    image = Image.new("1", (side, side), 1)
    for y, row in enumerate(cells):
        for x, dark in enumerate(row):
            if dark:
                image.putpixel((QUIET + x, QUIET + y), 0)
    out = io.BytesIO()
    image.resize((side * scale, side * scale), Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()
