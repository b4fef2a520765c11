"""Codes for new lots."""

from __future__ import annotations

from foodbank.inventory.models import Lot
from foodbank.labels.codes import CodeKind, make_code


def free_codes(count: int) -> list[str]:
    """``count`` different random codes that no lot has; the unique column has the last word."""
    codes: set[str] = set()
    while len(codes) < count:
        fresh = {make_code(kind=CodeKind.LOT) for _ in range(count - len(codes))}
        codes |= fresh - set(Lot.objects.filter(code__in=fresh).values_list("code", flat=True))
    return sorted(codes)
