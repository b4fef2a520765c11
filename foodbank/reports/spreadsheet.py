"""A report as a CSV file that Excel opens as it is: UTF-8 with BOM, CRLF, and no cell that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from foodbank.reports.paper import Cell

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_bytes(rows: Iterable[Iterable[Cell]]) -> bytes:
    """The file. Numbers stay numbers; text that begins like a formula gets an apostrophe in front, which spreadsheets show as
    text. The same rows give the same bytes."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_defused(cell) if isinstance(cell, str) else "" if cell is None else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _defused(text: str) -> str:
    return f"'{text}" if text.lstrip(" \u3000").startswith(_STARTS_A_FORMULA) or text.startswith(("\t", "\r", "\n")) else text
