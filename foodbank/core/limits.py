"""Beyond these a number is a slip of the hand, on every face: file, page, API."""

from __future__ import annotations

MAX_UNITS = 100_000
"""Units in one lot, offer or order line."""
FIRST_YEAR = 2000
LAST_YEAR = 2100
"""Years of a day on which somebody works or signs; an earlier one is a year typed short (26 for 2026)."""
MAX_DAYS_AHEAD = 7_305
"""Days until a date on food: twenty years."""
MAX_UNIT_G = 1_000_000
"""Grams of one unit: a tonne."""
MAX_LOT_G = 100_000_000
"""Grams of one lot or offer: a hundred tonnes."""
MAX_LINE_KG = 20_000
"""Kilograms in one order line."""
MAX_PEOPLE = 10_000
"""Children, households or places."""
