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
