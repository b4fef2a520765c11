"""Weights are integer grams everywhere (D18). Kilograms exist at the edge only, as decimals."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal


def grams_from_kg(kg: Decimal | str) -> int:
    """``12.5`` → ``12500``. Raises ``ValueError`` for anything finer than a gram."""
    grams = Decimal(kg) * 1000
    whole = int(grams)
    if grams != whole:
        raise ValueError(f"{kg} kg is finer than a gram")
    return whole


def kg(grams: int, places: int = 1) -> Decimal:
    """Grams as kilograms rounded half to even to ``places`` decimals, for display."""
    return (Decimal(grams) / 1000).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)


def format_kg(grams: int, places: int = 1) -> str:
    """``1234567`` → ``1,234.6 kg``."""
    return f"{kg(grams, places):,} kg"
