"""Receiving what was offered (D1, D2, D9): a lot, the movement that brings it, and what was not taken."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.catalog.models import Allergen
from foodbank.core.dates import DatePrecision, today
from foodbank.core.errors import Refusal, Text
from foodbank.donations.models import Offer, OfferStatus, RefusalReason
from foodbank.donations.policies import date_refusal
from foodbank.donations.selectors import offer_document
from foodbank.donations.services.offers import keep_refusal, lock_offer, need_open
from foodbank.inventory.models import Condition, Lot, Movement, Place, PlaceKind, Reason
from foodbank.inventory.services.checks import net_quantities
from foodbank.inventory.services.lots import LotDraft
from foodbank.inventory.services.receive import Incoming, receive_lots
from foodbank.sites.services.agreements import need_agreement


@dataclass(frozen=True, slots=True)
class NotTaken:
    """``quantity`` units stayed with the giver, and why."""

    quantity: int
    reason: RefusalReason
    note: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of an offer."""

    lot: Lot
    movement: Movement


@transaction.atomic
def receive_offer(
    *,
    offer: Offer,
    quantity: int,
    place: Place,
    actor: User,
    last_day: dt.date | None = None,
    date_precision: DatePrecision | None = None,
    received_on: dt.date | None = None,
    allergens: Sequence[Allergen] | None = None,
    allergens_stated: bool | None = None,
    zone: str | None = None,
    unit_weight_g: int | None = None,
    maker_lot: str = "",
    mixed_box: bool = False,
    condition: Condition = Condition.GOOD,
    not_taken: Sequence[NotTaken] = (),
    complete: bool = True,
    note: str = "",
    safe_until: dt.time | None = None,
    client_id: uuid.UUID | None = None,
    device_time: dt.datetime | None = None,
) -> Receipt:
    """``quantity`` units of ``offer`` are here, at ``place`` (a vehicle: collected at the shop). What is not given is as offered;
    ``safe_until`` only where the date is as offered too.

    ``complete=False`` leaves the offer open for the next vehicle or trip, whose goods become a lot of their own; :func:`close_offer`
    ends it when nothing more comes. What came is recorded as it is, also when it is more than was offered.

    Repeatable by ``client_id``: the first receipt again. Refuses ``site.no_agreement`` (D1, on the day of receipt),
    ``offer.closed``, ``donation.no_date`` and ``donation.date_past`` (D9: use :func:`refuse_offer`) and what the stock refuses, such as
    a place that is too warm. Goods on the refusal list go into ``not_taken``: kept with their reason, never in stock.
    """
    locked = lock_offer(offer)
    if client_id is not None:
        before = Movement.objects.filter(client_id=client_id).select_related("lot").first()
        if before is not None:
            return _again(before, offer, quantity, place)
    need_open(locked)
    day = received_on or today()
    need_agreement(site=locked.donor.site, day=day)
    date = last_day if last_day is not None else locked.last_day
    precision = date_precision or DatePrecision(locked.date_precision)
    refusal = date_refusal(date_mark=locked.item.date_mark, last_day=date, day=day)
    if refusal is not None:
        raise refusal
    for one in not_taken:
        keep_refusal(
            donor=locked.donor,
            item=locked.item,
            offer=locked,
            quantity=one.quantity,
            reason=one.reason,
            note=one.note,
            actor=actor,
        )
    if safe_until is None and date == locked.last_day:
        safe_until = locked.safe_until
    draft = LotDraft(
        item=locked.item,
        received_on=day,
        last_day=date,
        date_precision=precision,
        donor_site=locked.donor.site,
        allergens=allergens,
        allergens_stated=allergens_stated,
        zone=zone,
        unit_weight_g=unit_weight_g,
        maker_lot=maker_lot,
        source_ref=locked.ref,
        mixed_box=mixed_box,
        condition=condition,
        safe_until=safe_until,
    )
    incoming = Incoming(
        draft=draft,
        place=place,
        quantity=quantity,
        document=offer_document(locked),
        note=note,
        client_id=client_id,
        device_time=device_time,
    )
    reason = Reason.COLLECT if place.kind == PlaceKind.VEHICLE else Reason.RECEIVE
    [(lot, movement)] = receive_lots(incoming=[incoming], reason=reason, actor=actor)
    if complete:
        locked.status, locked.lot = OfferStatus.COLLECTED, lot
        locked.save(update_fields=["status", "lot"])
    offer.refresh_from_db()
    return Receipt(lot, movement)


@transaction.atomic
def close_offer(*, offer: Offer, actor: User) -> Offer:
    """Nothing more comes of an offer that was received in part. Refuses ``offer.closed`` and ``offer.nothing_received`` (then it is
    refused or cancelled, not collected)."""
    locked = lock_offer(offer)
    need_open(locked)
    newest = newest_receipt(locked)
    if newest is None:
        raise Refusal(
            "offer.nothing_received",
            Text("この提供情報からは、まだ何も受け取っていません。", "Nothing of this offer has been received yet."),
            params={"offer": offer.pk},
        )
    locked.status, locked.lot_id = OfferStatus.COLLECTED, newest.lot_id
    locked.save(update_fields=["status", "lot"])
    offer.refresh_from_db()
    return offer


def newest_receipt(offer: Offer) -> Movement | None:
    """The last ledger row that brought goods of ``offer`` and has not been corrected to nothing."""
    rows = list(Movement.objects.filter(document=offer_document(offer), corrects__isnull=True).order_by("-pk"))
    stands_at = net_quantities(rows)
    return next((row for row in rows if stands_at[row.pk] > 0), None)


def _again(before: Movement, offer: Offer, quantity: int, place: Place) -> Receipt:
    same = before.document == offer_document(offer) and before.quantity == quantity and before.target_id == place.pk
    if not same:
        raise Refusal(
            "inventory.client_id_reused",
            Text("この操作番号は別の内容で使われています。", "This client id was used for something else."),
            params={"client_id": str(before.client_id)},
            status=422,
        )
    return Receipt(before.lot, before)
