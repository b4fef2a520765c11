"""Fitting Japanese text into boxes: broken between phrases, never over the edge."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

import budoux

from foodbank.labels.fonts import printable, width

_NOT_AT_LINE_START = frozenset(
    "、。，．・：；！？」』）］｝〉》】〕ー〜～…％℃々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ,.!?)]}:;%"
)
_NOT_AT_LINE_END = frozenset("「『（［｛〈《【〔([{￥")
_WORD = re.compile(r"[（［｛〈《【「『(\[{]?[^\s・（［｛〈《【「『(\[{]+[\s・]*|[\s・]+|.", re.DOTALL)
_RUN = re.compile(r"[A-Za-z0-9.,%/\-]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Lines that fit their box at ``size`` points; ``cut`` says that the end is missing and shown as …"""

    lines: tuple[str, ...]
    font: str
    size: float
    leading: float
    cut: bool

    @property
    def height(self) -> float:
        return len(self.lines) * self.leading


@cache
def _parser() -> budoux.Parser:
    return budoux.load_default_japanese_parser()


@lru_cache(maxsize=4096)
def phrases(text: str) -> tuple[str, ...]:
    """``text`` cut where a reader would pause; joined again it is the same text."""
    found: list[str] = []
    for word in _WORD.findall(text):
        for phrase in _parser().parse(word):
            if found and _belong_together(found[-1], phrase):
                found[-1] += phrase
            else:
                found.append(phrase)
    return tuple(found)


def _belong_together(before: str, phrase: str) -> bool:
    if before[0] in _NOT_AT_LINE_END and len(before) <= 4 and before.rstrip()[-1] not in _NOT_AT_LINE_START:
        return True
    if before[-1].isspace() or before[-1] == "・":
        return False
    lone_kana = len(phrase.strip()) == 1 and "ぁ" <= phrase[0] <= "ゖ"
    inside_number = before[-1].isascii() and before[-1].isalnum() and phrase[0].isascii() and phrase[0].isalnum()
    return lone_kana or inside_number or phrase[0] in _NOT_AT_LINE_START or before[-1] in _NOT_AT_LINE_END


def wrap(text: str, font: str, size: float, max_width: float) -> list[str]:
    """Lines no wider than ``max_width`` points, broken between phrases; a phrase that is wider by itself is broken inside.

    A single character wider than the box stands on a line of its own.
    """
    lines: list[str] = []
    line = ""
    for phrase in phrases(printable(text, font)):
        if width((line + phrase).rstrip(), font, size) <= max_width:
            line += phrase
            continue
        if line.strip():
            lines.append(line.rstrip())
            line = ""
        if width(phrase.rstrip(), font, size) <= max_width:
            line = phrase
            continue
        *full, line = _break_inside(phrase, font, size, max_width)
        lines += full
    if line.strip():
        lines.append(line.rstrip())
    return lines


def _break_inside(phrase: str, font: str, size: float, max_width: float) -> list[str]:
    pieces: list[str] = []
    for run in _RUN.findall(phrase):
        pieces += [run] if width(run, font, size) <= max_width else list(run)
    lines = [""]
    for piece in pieces:
        if lines[-1] and width((lines[-1] + piece).rstrip(), font, size) > max_width:
            kept, carried = _carry(lines[-1], piece)
            if kept and width((carried + piece).rstrip(), font, size) <= max_width:
                lines[-1:] = [kept, carried + piece]
            else:
                lines.append(piece)
        else:
            lines[-1] += piece
    return lines


def _carry(line: str, piece: str) -> tuple[str, str]:
    """How much of ``line`` must go down with ``piece``, so that no line begins with a closing mark or ends with an opening one."""
    kept = len(line)
    first = piece[0]
    while kept and (first in _NOT_AT_LINE_START or line[kept - 1] in _NOT_AT_LINE_END):
        kept -= 1
        first = line[kept]
    return line[:kept], line[kept:]


@lru_cache(maxsize=4096)
def fit(
    text: str,
    font: str,
    *,
    max_width: float,
    max_height: float,
    largest: float,
    smallest: float,
    line_height: float = 1.2,
    max_lines: int | None = None,
) -> Fitted:
    """``text`` in a box (points): the largest size that fits, in as many lines as that takes; cut with … only below ``smallest``.

    A word is broken inside only where a size up to a quarter smaller would not spare it. Always at least one line, so
    ``max_height`` must hold one line of ``smallest``.
    """
    text = printable(text, font)
    widest = max((phrase.rstrip() for phrase in phrases(text)), key=lambda phrase: width(phrase, font, 1), default="")
    size, first = largest, None
    while True:
        leading = size * line_height
        room = int((max_height + 0.01) // leading)
        if max_lines is not None:
            room = min(room, max_lines)
        lines = wrap(text, font, size, max_width)
        if len(lines) <= room:
            fitted = Fitted(tuple(lines), font, size, leading, cut=False)
            first = first or fitted
            if width(widest, font, size) <= max_width:
                return fitted
        if size - 0.5 < max(smallest, first.size * 0.75 if first else 0):
            break
        size -= 0.5
    if first:
        return first
    room = max(1, room)
    last = "".join(lines[room - 1 :])
    while last and width(last + "…", font, size) > max_width:
        last = last[:-1]
    return Fitted((*lines[: room - 1], last + "…"), font, size, leading, cut=True)
