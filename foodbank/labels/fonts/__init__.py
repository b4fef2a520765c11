"""BIZ UDPGothic (SIL Open Font License 1.1, see OFL.txt) for everything printed, and what to do when it lacks a character."""

from __future__ import annotations

import logging
import unicodedata
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "BIZUDPGothic"
BOLD = "BIZUDPGothic-Bold"
SUBSTITUTE = "〓"
_FILES = {REGULAR: "BIZUDPGothic-Regular.ttf", BOLD: "BIZUDPGothic-Bold.ttf"}
_logger = logging.getLogger(__name__)


@cache
def register() -> None:
    """Make both weights known to reportlab; call before drawing. May be called any number of times."""
    for name, file in _FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(Path(__file__).parent / file)))


@cache
def _glyphs(font: str) -> frozenset[int]:
    register()
    return frozenset(pdfmetrics.getFont(font).face.charToGlyph)


def printable(text: str, font: str = REGULAR) -> str:
    """``text`` with each character that the font lacks shown as 〓 and logged, blanks of any kind as spaces.

    Nothing vanishes: only control and joining characters and variation selectors, which have no picture of their own, go.
    """
    glyphs = _glyphs(font)
    shown: list[str] = []
    lacking: list[str] = []
    for char in unicodedata.normalize("NFC", text):
        if char.isspace():
            shown.append("　" if char == "　" else " ")
        elif ord(char) in glyphs:
            shown.append(char)
        elif not (unicodedata.category(char) in ("Cc", "Cf") or _selects_variant(char)):
            shown.append(SUBSTITUTE)
            lacking.append(char)
    if lacking:
        _logger.warning("No glyph for %s in %s; printed as %s", ", ".join(f"U+{ord(c):04X}" for c in lacking), font, SUBSTITUTE)
    return "".join(shown)


def _selects_variant(char: str) -> bool:
    return 0xFE00 <= ord(char) <= 0xFE0F or 0xE0100 <= ord(char) <= 0xE01EF


def width(text: str, font: str, size: float) -> float:
    """Width of ``text`` in points."""
    register()
    return float(pdfmetrics.stringWidth(text, font, size))
