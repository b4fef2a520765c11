"""What is recorded of offers, and how donors are reached."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from foodbank.donations.imports import OfferKey
from foodbank.donations.models import Donor, Offer
from foodbank.messaging.addresses import Address


def existing_offers(*, day: dt.date, leaving_out: Iterable[int] = ()) -> dict[OfferKey, list[int]]:
    """Quantities of the offers recorded for ``day``, whatever has become of them, by what they are. Some keys may be left out."""
    found: dict[OfferKey, list[int]] = defaultdict(list)
    skipped = set(leaving_out)
    for offer in Offer.objects.filter(day=day).select_related("donor__site", "item"):
        if offer.pk not in skipped:
            found[key_of(offer)].append(offer.quantity)
    return dict(found)


def key_of(offer: Offer) -> OfferKey:
    return OfferKey(offer.donor.site.code, offer.item.gtin, offer.last_day, offer.ready_from, offer.ready_until)


def donor_address(pk: int) -> Address | None:
    """Where messages to a donor go; ``None`` for one that is gone or out of use."""
    donor = Donor.objects.filter(pk=pk, site__active=True).select_related("site").first()
    return Address(email=donor.contact_email, phone=donor.site.phone) if donor else None
