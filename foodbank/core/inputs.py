"""Files that are named on a command line."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from foodbank.core.dates import day_fault
from foodbank.core.errors import InputRefused, Problem, Text
from foodbank.core.tabular import MAX_BYTES, narrow


def read_file(path: Path) -> bytes | Problem:
    """The bytes of a file, at most one more than may be read; or why there are none."""
    try:
        with path.open("rb") as source:
            return source.read(MAX_BYTES + 1)
    except FileNotFoundError:
        text = Text("ファイルがありません。", "There is no such file.")
    except IsADirectoryError:
        text = Text("これはフォルダーです。ファイルを指定してください。", "This is a folder; name a file.")
    except PermissionError:
        text = Text("ファイルを読む権限がありません。", "No permission to read the file.")
    except (OSError, ValueError):
        text = Text("ファイルを読めません。", "The file cannot be read.")
    return Problem(path.name, 0, "", "file.unreadable", text)


def day_argument(text: str) -> dt.date:
    """``--date 2026-12-05``. Refuses (:class:`InputRefused`) what is not a day, or one of no year of ours."""
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", narrow(text)):
            raise ValueError(text)
        day = dt.date.fromisoformat(narrow(text))
    except ValueError:
        reason = Text(f"「{text}」という日付はありません（例 2026-12-05）。", f"{text!r} is not a day (write 2026-12-05).")
        raise InputRefused([Problem("--date", 0, "", "date.unreadable", reason)]) from None
    fault = day_fault(day)
    if fault is not None:
        raise InputRefused([Problem("--date", 0, "", "date.out_of_range", fault)])
    return day
