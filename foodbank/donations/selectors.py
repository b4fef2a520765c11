"""What is recorded of offers, and how donors are reached."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Case, F, Sum, When

from foodbank.donations.imports import OfferKey
from foodbank.donations.models import Donor, Offer
from foodbank.inventory.models import Movement
from foodbank.messaging.addresses import Address

_OFFER = "offer:"


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


def offer_document(offer: Offer) -> str:
    """What ledger rows that bring an offer's goods, and their corrections, name as their document."""
    return f"{_OFFER}{offer.pk}"


def offer_of(document: str) -> int | None:
    """The primary key of the offer that a ledger row's document names, if it names one."""
    number = document.removeprefix(_OFFER)
    return int(number) if document.startswith(_OFFER) and number.isdecimal() else None


def received_units(offers: Iterable[Offer]) -> dict[int, int]:
    """Units that have come of each of these offers so far, corrections counted, by primary key; one query."""
    keys = {offer_document(offer): offer.pk for offer in offers}
    sums = (
        Movement.objects.filter(document__in=list(keys))
        .values("document")
        .order_by("document")
        .annotate(
            units=Sum(
                Case(
                    When(target__inside=True, source__inside=False, then=F("quantity")),
                    When(source__inside=True, target__inside=False, then=-F("quantity")),
                    default=0,
                )
            )
        )
    )
    return {keys[row["document"]]: row["units"] for row in sums}
