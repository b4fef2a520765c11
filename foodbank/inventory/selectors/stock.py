"""What is there: lots with place, free and reserved units, days left; first expiring first (D20)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from django.db.models import F

from foodbank.core.errors import Refusal
from foodbank.inventory.models import Balance, Lot, Place
from foodbank.inventory.models.places import INSIDE, PlaceKind
from foodbank.inventory.policies import LotFacts, may_leave
from foodbank.inventory.selectors.facts import lot_facts, releases_on


@dataclass(frozen=True, slots=True)
class StockRow:
    """One lot at one place, judged for a day. ``blocked`` says why it may not leave that day; ``days_left`` is 0 on the last valid day and
    ``None`` where there is no date at all."""

    lot: Lot
    place: Place
    facts: LotFacts
    quantity: int
    reserved: int
    grams: int
    days_left: int | None
    blocked: Refusal | None

    @property
    def zone(self) -> str:
        """The zone that it needs."""
        return self.lot.zone

    @property
    def held(self) -> bool:
        return self.facts.held

    @property
    def past(self) -> bool:
        """Is its last day over?"""
        return self.days_left is not None and self.days_left < 0

    @property
    def released(self) -> bool:
        """Past its day and free to leave all the same: by a release, or because the day is only the food bank's own estimate."""
        return self.past and self.blocked is None

    @property
    def free(self) -> int:
        """Units that nobody has reserved."""
        return self.quantity - self.reserved

    @property
    def free_g(self) -> int:
        """Their weight in grams."""
        return self.free * self.lot.unit_weight_g


def stock_on(day: dt.date, *, kinds: Collection[PlaceKind] = INSIDE) -> list[StockRow]:
    """Lots that are in our places now and usable on ``day`` (received by then, and not left out by a stock list), judged for that
    day, in the order in which to use them: last valid day first (none at the end), then the older receipt, then code and place.

    Four queries at most, however much there is. ``kinds`` narrows to shelves or vehicles.
    """
    balances = list(
        Balance.objects.there()
        .filter(lot__in=Lot.objects.usable_on(day), place__kind__in=kinds)
        .select_related("lot__item__category", "lot__donor_site", "lot__release", "place__site")
        .order_by(F("lot__last_day").asc(nulls_last=True), "lot__received_on", "lot__code", "place__code")
    )
    facts = lot_facts({balance.lot_id: balance.lot for balance in balances}.values())
    allowed = releases_on() if any(_release_until(balance.lot) for balance in balances) else False
    rows = []
    for balance in balances:
        lot = balance.lot
        rows.append(
            StockRow(
                lot=lot,
                place=balance.place,
                facts=facts[lot.pk],
                quantity=balance.quantity,
                reserved=balance.reserved,
                grams=balance.grams,
                days_left=(lot.last_day - day).days if lot.last_day else None,
                blocked=may_leave(facts[lot.pk], day, release=_release_until(lot), releases_on=allowed),
            )
        )
    return rows


def judged_on(rows: Collection[StockRow], days: Iterable[dt.date]) -> dict[dt.date, list[StockRow]]:
    """The same stock as it will be judged on each of these later ``days``; one query at most."""
    allowed = releases_on() if any(_release_until(row.lot) for row in rows) else False
    return {
        day: [
            replace(
                row,
                days_left=(row.lot.last_day - day).days if row.lot.last_day else None,
                blocked=may_leave(row.facts, day, release=_release_until(row.lot), releases_on=allowed),
            )
            for row in rows
        ]
        for day in days
    }


def _release_until(lot: Lot) -> dt.date | None:
    release = getattr(lot, "release", None)
    return release.until if release else None
