"""Parts of addresses."""

from __future__ import annotations

import datetime as dt

from foodbank.core.dates import day_fault


class DayConverter:
    """``2026-12-05``. Dates that do not exist, or of no year of ours, are addresses that do not exist."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> dt.date:
        day = dt.date.fromisoformat(value)
        if day_fault(day) is not None:
            raise ValueError(value)
        return day

    def to_url(self, value: dt.date | str) -> str:
        return value if isinstance(value, str) else value.isoformat()


def day_asked(text: str | None) -> dt.date | None:
    """The day in a query string, or nothing when it is not one."""
    try:
        return DayConverter().to_python(text or "")
    except ValueError:
        return None
