"""What a scanned label shows to somebody who is signed in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from foodbank.core.errors import Text
from foodbank.inventory.models import Balance, Lot
from foodbank.inventory.policies import LotFacts, may_leave
from foodbank.inventory.selectors.facts import lot_facts, releases_on
from foodbank.sites.models import Site, SiteKind

SOON_DAYS = 1
"""Today and tomorrow are said loudly."""


@dataclass(frozen=True, slots=True)
class LabelPage:
    """``state``: ``stop`` (``why`` says so), ``gone`` (nothing of it is here), ``soon`` or ``good``; judged for the day that was asked."""

    lot: Lot
    facts: LotFacts
    places: list[Balance]
    state: str
    why: Text | None
    days_left: int | None

    @property
    def quantity(self) -> int:
        return sum(balance.quantity for balance in self.places)

    @property
    def grams(self) -> int:
        return sum(balance.grams for balance in self.places)

    @property
    def contains(self) -> list[str]:
        return sorted(self.facts.contains)


def label_page(code: str, day: dt.date) -> LabelPage | None:
    """The lot with this code, where it is and whether it may leave on ``day``; nothing when there is no such lot."""
    lot = Lot.objects.select_related("item__category", "donor_site", "release").filter(code=code).first()
    if lot is None:
        return None
    facts = lot_facts([lot])[lot.pk]
    places = list(Balance.objects.there().filter(lot=lot).select_related("place").order_by("place__code"))
    release = getattr(lot, "release", None)
    refusal = may_leave(facts, day, release=release.until if release else None, releases_on=releases_on())
    days_left = (lot.last_day - day).days if lot.last_day else None
    if refusal is not None:
        state = "stop"
    elif not places:
        state = "gone"
    elif days_left is not None and days_left <= SOON_DAYS:
        state = "soon"
    else:
        state = "good"
    return LabelPage(lot, facts, places, state, refusal.text if refusal else None, days_left)


def own_address() -> Site | None:
    """Where a lost label is brought back to: the first depot in use."""
    return Site.objects.filter(kind=SiteKind.DEPOT, active=True).order_by("code").first()
