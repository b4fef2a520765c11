"""Kilograms for any past moment, from the ledger alone (D18): the same question gives the same answer for ever.

Rows are never changed and never dated back, so nothing that happens later reaches into a sum that ends earlier.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Sum

from foodbank.catalog.models import Zone
from foodbank.inventory.models import Movement


@dataclass(frozen=True, slots=True)
class Totals:
    """Grams on hand at a moment, by zone of the place, and by category of the item. Keys without goods are left out."""

    moment: dt.datetime
    on_hand_g: int
    by_zone: tuple[tuple[str, int], ...]
    by_category: tuple[tuple[str, int], ...]

    def lines(self) -> list[str]:
        """The totals as text, the same characters whenever asked: ``2026-12-05T15:00:00+00:00 on_hand 1234``."""
        stamp = self.moment.astimezone(dt.UTC).isoformat()
        pairs = [("on_hand", self.on_hand_g)]
        pairs += [(f"zone:{name}", grams) for name, grams in self.by_zone]
        pairs += [(f"category:{name}", grams) for name, grams in self.by_category]
        return [f"{stamp} {name} {grams}" for name, grams in pairs]


def totals_at(moment: dt.datetime) -> Totals:
    """Grams in our places at ``moment`` (rows recorded up to and including it); two queries."""
    rows = Movement.objects.filter(recorded_at__lte=moment)
    zones: dict[str, int] = {}
    categories: dict[str, int] = {}
    for end, sign in (("target", 1), ("source", -1)):
        sums = (
            rows.filter(**{f"{end}__inside": True})
            .values_list(f"{end}__zone", "lot__item__category__code")
            .order_by()
            .annotate(total=Sum("grams"))
        )
        for zone, category, grams in sums:
            zones[zone] = zones.get(zone, 0) + sign * grams
            categories[category] = categories.get(category, 0) + sign * grams
    order = list(Zone.values)
    return Totals(
        moment=moment,
        on_hand_g=sum(zones.values()),
        by_zone=tuple((zone, zones[zone]) for zone in sorted(zones, key=order.index) if zones[zone]),
        by_category=tuple((code, categories[code]) for code in sorted(categories) if categories[code]),
    )
