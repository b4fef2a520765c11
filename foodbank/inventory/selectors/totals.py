"""Kilograms for any past moment, from the ledger alone (D18): the same question gives the same answer for ever.

Rows are never changed and never dated back, so nothing that happens later reaches into a sum that ends earlier.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Case, CharField, F, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce

from foodbank.catalog.models import Zone
from foodbank.core.dates import at
from foodbank.inventory.models import Movement, PlaceKind, Reason


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


@dataclass(frozen=True, slots=True)
class Flows:
    """What moved on one day in Japan, in grams and net of corrections made that day. ``counted_g`` is what counts found (minus: missed).
    ``on_hand_g`` is at the end of the day, or now."""

    day: dt.date
    opening_g: int
    received_g: int
    handed_over_g: int
    discarded: tuple[tuple[str, int], ...]
    counted_g: int
    on_hand_g: int

    @property
    def discarded_g(self) -> int:
        return sum(grams for _, grams in self.discarded)


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


def flows(day: dt.date) -> Flows:
    """What came in, went out and was thrown away on ``day``, and what was on hand at its end; three queries."""
    start, end = at(day, dt.time()), at(day + dt.timedelta(days=1), dt.time())
    rows = Movement.objects.filter(recorded_at__gte=start, recorded_at__lt=end)
    opening = received = handed_over = counted = 0
    discarded: dict[str, int] = {}
    for kind, reason, grams in _across_the_border(rows):
        # grams > 0: came from that counterpart; < 0: went there
        if kind == PlaceKind.SUPPLY:
            if reason == Reason.OPENING:
                opening += grams
            else:
                received += grams
        elif kind == PlaceKind.RECIPIENT:
            handed_over -= grams
        elif kind == PlaceKind.DISCARD:
            discarded[reason] = discarded.get(reason, 0) - grams
        elif reason != Reason.SPLIT:
            counted += grams
    last_instant = end - dt.timedelta(microseconds=1)
    return Flows(
        day=day,
        opening_g=opening,
        received_g=received,
        handed_over_g=handed_over,
        discarded=tuple((reason, discarded[reason]) for reason in sorted(discarded) if discarded[reason]),
        counted_g=counted,
        on_hand_g=totals_at(last_instant).on_hand_g,
    )


def _across_the_border(rows: QuerySet[Movement]) -> list[tuple[str, str, int]]:
    """(kind of counterpart, reason, net grams in) of movements between us and outside. A correction counts under the reason of the
    row that it corrects."""
    crossing = rows.filter(Q(source__inside=True, target__inside=False) | Q(source__inside=False, target__inside=True))
    sums = (
        crossing.annotate(
            why=Coalesce("corrects__reason", "reason", output_field=CharField()),
            kind=Case(When(target__inside=True, then=F("source__kind")), default=F("target__kind"), output_field=CharField()),
        )
        .values_list("kind", "why")
        .order_by("kind", "why")
        .annotate(
            net=Sum(Case(When(target__inside=True, then=F("grams")), default=-F("grams"))),
        )
    )
    return [(kind, why, net) for kind, why, net in sums]
