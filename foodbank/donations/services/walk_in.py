"""Goods that somebody brings without having offered them: an offer that is received at once (D1, D2, D9)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.catalog.models import Item
from foodbank.core.dates import DatePrecision, today
from foodbank.donations.models import Donor, OfferSource
from foodbank.donations.policies import date_refusal
from foodbank.donations.services.intake import Receipt, receive_offer
from foodbank.donations.services.offers import OfferData, add_offer
from foodbank.inventory.models import Movement, Place

ALL_DAY = (dt.time(0), dt.time(23, 59))


@transaction.atomic
def receive_walk_in(
    *,
    donor: Donor,
    item: Item,
    quantity: int,
    place: Place,
    actor: User,
    last_day: dt.date | None,
    date_precision: DatePrecision = DatePrecision.DAY,
    client_id: uuid.UUID,
    **how: Any,
) -> Receipt:
    """``quantity`` units of ``item`` that ``donor`` brought, as an offer of today; ``how`` is as for :func:`receive_offer`.

    Repeatable by ``client_id``. Refuses ``site.no_agreement`` (D1), ``donation.no_date`` and ``donation.date_past`` (D9),
    ``offer.refused`` (absurd quantities or dates) and what :func:`receive_offer` refuses.
    """
    before = Movement.objects.filter(client_id=client_id).select_related("lot__offer").first()
    if before is not None and getattr(before.lot, "offer", None) is not None:
        return receive_offer(offer=before.lot.offer, quantity=quantity, place=place, actor=actor, client_id=client_id)
    safe_until = how.pop("safe_until", None)
    refusal = date_refusal(date_mark=item.date_mark, last_day=last_day, day=today())
    if refusal is not None:
        raise refusal
    not_taken = sum(one.quantity for one in how.get("not_taken", ()))
    offer = add_offer(
        data=OfferData(
            donor=donor,
            item=item,
            day=today(),
            quantity=quantity + not_taken,
            last_day=last_day,
            date_precision=date_precision,
            safe_until=safe_until,
            ready_from=ALL_DAY[0],
            ready_until=ALL_DAY[1],
            source=OfferSource.STAFF,
        ),
        actor=actor,
    )
    return receive_offer(
        offer=offer,
        quantity=quantity,
        place=place,
        last_day=last_day,
        date_precision=date_precision,
        client_id=client_id,
        actor=actor,
        **how,
    )
