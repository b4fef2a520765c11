"""What stands at a venue, and what of it a household may have (D2, D5, D6, D13, D20)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import F

from foodbank.inventory.models import Balance, Lot, PlaceKind
from foodbank.inventory.policies import LotFacts, allergen_state, may_leave
from foodbank.inventory.selectors.facts import lot_facts, releases_on
from foodbank.pantry.models import Allergies, Household


def balances_at(site_id: int, day: dt.date) -> list[Balance]:
    """Lots with free units in the venue's places that may leave on ``day``, first expiring first. Mixed boxes are not for
    households (D2)."""
    rows = list(
        Balance.objects.there()
        .filter(
            place__site=site_id,
            place__kind=PlaceKind.STORAGE,
            quantity__gt=F("reserved"),
            lot__mixed_box=False,
            lot__item__category__is_food=True,
        )
        .select_related("lot__item", "lot__release", "place")
        .order_by(F("lot__last_day").asc(nulls_last=True), "lot__received_on", "lot__code", "place__code")
    )
    facts = lot_facts({row.lot_id: row.lot for row in rows}.values())
    on = releases_on()
    return [row for row in rows if may_leave(facts[row.lot_id], day, release=_release(row.lot), releases_on=on) is None]


def avoided_by(household: Household) -> list[str]:
    """Label names of what the household avoids."""
    if household.allergies != Allergies.LISTED:
        return []
    return list(household.allergens.values_list("name", flat=True))


def unsafe_names(facts: LotFacts, avoided: Iterable[str]) -> list[str]:
    """Which of ``avoided`` the lot contains, or may contain because nobody said (D13)."""
    return [name for name in avoided if allergen_state(facts, name) != "free"]


def _release(lot: Lot) -> dt.date | None:
    release = getattr(lot, "release", None)
    return release.until if release else None
