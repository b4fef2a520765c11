"""Offers of a day that nobody comes for: kept for another day where they keep, cancelled where they do not; and taken up again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.core.locking import lock_rows
from foodbank.donations.models import Offer, OfferStatus
from foodbank.donations.policies import date_refusal
from foodbank.sites.models import Agreement


@dataclass(frozen=True, slots=True)
class SetAside:
    moved: list[Offer]
    cancelled: list[Offer]


@transaction.atomic
def set_aside(*, offers: Iterable[Offer], move_to: dt.date | None, actor: User) -> SetAside:
    """Open offers go to ``move_to``; without such a day, past their date by then, or without an agreement valid then (D1), they are
    cancelled. What is not open any more stays as it is."""
    rows = lock_rows(Offer.objects.select_related("donor", "item"), [offer.pk for offer in offers])
    still_open = [row for row in rows.values() if row.status == OfferStatus.OPEN]
    agreed: set[int] = set()
    if move_to is not None:
        sites = [row.donor.site_id for row in still_open]
        agreed = set(Agreement.objects.valid_on(move_to).filter(site__in=sites).values_list("site_id", flat=True))
    moved, cancelled = [], []
    for row in still_open:
        if move_to is not None and row.donor.site_id in agreed and _keeps(row, move_to):
            row.day = move_to
            moved.append(row)
        else:
            row.status = OfferStatus.CANCELLED
            cancelled.append(row)
    Offer.objects.bulk_update([*moved, *cancelled], ["day", "status"], batch_size=500)
    return SetAside(moved, cancelled)


@transaction.atomic
def take_up_again(*, offers: Iterable[Offer], day: dt.date, actor: User) -> list[Offer]:
    """Offers that were set aside are open again on ``day``; those that somebody has dealt with since stay as they are. Returns which."""
    rows = lock_rows(Offer.objects.select_related("donor", "item"), [offer.pk for offer in offers])
    again = [
        row for row in rows.values() if row.status == OfferStatus.CANCELLED or (row.status == OfferStatus.OPEN and row.day != day)
    ]
    for row in again:
        row.status, row.day = OfferStatus.OPEN, day
    Offer.objects.bulk_update(again, ["day", "status"], batch_size=500)
    return again


def _keeps(offer: Offer, day: dt.date) -> bool:
    return date_refusal(date_mark=offer.item.date_mark, last_day=offer.last_day, day=day) is None
