"""Parts of addresses."""

from __future__ import annotations

import datetime as dt


class DayConverter:
    """``2026-12-05``. Dates that do not exist are addresses that do not exist."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> dt.date:
        return dt.date.fromisoformat(value)

    def to_url(self, value: dt.date | str) -> str:
        return value if isinstance(value, str) else value.isoformat()


def day_asked(text: str | None) -> dt.date | None:
    """The day in a query string, or nothing when it is not one."""
    try:
        return dt.date.fromisoformat(text or "")
    except ValueError:
        return None
