"""Offers: what a shop says it will give (提供情報)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.catalog.models import Item
from foodbank.core.dates import DatePrecision, last_of_month, today
from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.core.locking import lock_rows
from foodbank.donations.models import Donor, Offer, OfferSource, OfferStatus, RefusalReason, RefusedGoods
from foodbank.donations.policies import offer_faults
from foodbank.sites.services.agreements import need_agreements


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferData:
    """What is said of goods to be collected on ``day`` between two times."""

    donor: Donor
    item: Item
    day: dt.date
    quantity: int
    last_day: dt.date | None
    ready_from: dt.time
    ready_until: dt.time
    date_precision: DatePrecision = DatePrecision.DAY
    source: OfferSource = OfferSource.STAFF
    note: str = ""
    safe_until: dt.time | None = None


def add_offer(*, data: OfferData, actor: User) -> Offer:
    """A new offer; see :func:`add_offers`."""
    return add_offers(offers=[data], actor=actor)[0]


@transaction.atomic
def add_offers(*, offers: Sequence[OfferData], actor: User) -> list[Offer]:
    """New open offers, all or none, in this order.

    Refuses ``offer.refused`` (by field, of the first that is wrong: quantity, window, date missing or past on the day) and
    ``site.no_agreement`` (D1: the donor needs one that is valid on the day).
    """
    for data in offers:
        _check(data)
    for day in sorted({data.day for data in offers}):
        need_agreements(sites=[data.donor.site for data in offers if data.day == day], day=day)
    return Offer.objects.bulk_create([Offer(**_values(data)) for data in offers], batch_size=500)


@transaction.atomic
def change_offer(*, offer: Offer, data: OfferData, actor: User) -> Offer:
    """Correct an open offer; donor and source stay. Refuses ``offer.closed``, ``offer.refused``, ``offer.donor_changes`` and
    ``site.no_agreement``."""
    locked = lock_offer(offer)
    need_open(locked)
    if data.donor.pk != locked.donor_id:
        raise FieldsRefused(
            "offer.donor_changes",
            {"donor": Text("寄付者は変えられません。新しい提供情報にしてください。", "Make a new offer for another donor.")},
        )
    _check(data)
    need_agreements(sites=[data.donor.site], day=data.day)
    for name, value in _values(data).items():
        if name != "source":
            setattr(locked, name, value)
    locked.save()
    offer.refresh_from_db()
    return offer


@transaction.atomic
def cancel_offer(*, offer: Offer, actor: User) -> Offer:
    """The shop takes it back. Refuses ``offer.closed``."""
    locked = lock_offer(offer)
    need_open(locked)
    locked.status = OfferStatus.CANCELLED
    locked.save(update_fields=["status"])
    offer.refresh_from_db()
    return offer


@transaction.atomic
def refuse_offer(*, offer: Offer, reason: RefusalReason, actor: User, note: str = "") -> RefusedGoods:
    """We do not take it, and say why (D9). Refuses ``offer.closed`` and ``donation.note_missing`` (reason "other" without a note)."""
    locked = lock_offer(offer)
    need_open(locked)
    refused = keep_refusal(
        donor=locked.donor, item=locked.item, offer=locked, quantity=locked.quantity, reason=reason, note=note, actor=actor
    )
    locked.status, locked.refusal_reason = OfferStatus.REFUSED, reason.name
    locked.save(update_fields=["status", "refusal_reason"])
    offer.refresh_from_db()
    return refused


def keep_refusal(
    *,
    donor: Donor,
    item: Item,
    quantity: int,
    reason: RefusalReason,
    actor: User,
    offer: Offer | None = None,
    note: str = "",
) -> RefusedGoods:
    """Keep goods that were not taken, with the reason; they never enter stock.

    Refuses ``donation.reason_not_in_force`` (the list has dates) and ``donation.note_missing``.
    """
    if not RefusalReason.objects.in_force(today()).filter(pk=reason.pk).exists():
        raise Refusal(
            "donation.reason_not_in_force",
            Text(f"「{reason.name}」は今日のお断りの理由にありません。", f"{reason.name_en!r} is not on today's refusal list."),
            params={"reason": reason.code},
            status=400,
        )
    if reason.code == "other" and not note.strip():
        raise Refusal("donation.note_missing", Text("理由を備考に書いてください。", "Say why in the note."), status=400)
    return RefusedGoods.objects.create(
        donor=donor, item=item, offer=offer, quantity=quantity, reason=reason, note=note, actor=actor
    )


def lock_offer(offer: Offer) -> Offer:
    """The offer, locked and fresh."""
    return lock_rows(Offer.objects.all(), [offer.pk])[offer.pk]


def need_open(offer: Offer) -> None:
    """Raises ``offer.closed`` when it is collected, cancelled or refused."""
    if offer.status != OfferStatus.OPEN:
        raise Refusal(
            "offer.closed",
            Text(f"この提供情報は{offer.get_status_display()}です。", f"This offer is {offer.status}."),
            params={"offer": offer.pk, "status": offer.status},
        )


def _check(data: OfferData) -> None:
    faults = offer_faults(
        day=data.day,
        quantity=data.quantity,
        unit_weight_g=data.item.unit_weight_g,
        date_mark=data.item.date_mark,
        last_day=_last_day(data),
        ready_from=data.ready_from,
        ready_until=data.ready_until,
        safe_until=data.safe_until,
        whole_day_known=data.date_precision == DatePrecision.DAY,
    )
    if faults:
        raise FieldsRefused("offer.refused", faults)


def _last_day(data: OfferData) -> dt.date | None:
    if data.last_day is not None and data.date_precision == DatePrecision.MONTH:
        return last_of_month(data.last_day.year, data.last_day.month)
    return data.last_day


def _values(data: OfferData) -> dict[str, object]:
    return {
        "donor": data.donor,
        "item": data.item,
        "day": data.day,
        "quantity": data.quantity,
        "last_day": _last_day(data),
        "date_precision": data.date_precision,
        "ready_from": data.ready_from,
        "ready_until": data.ready_until,
        "safe_until": data.safe_until,
        "source": data.source,
        "note": data.note,
    }
