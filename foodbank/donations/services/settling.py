"""Offers of which nothing comes, and offers that turn out to be open after all."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.core.locking import lock_rows
from foodbank.donations.models import Offer, OfferStatus, RefusedGoods
from foodbank.donations.selectors import offer_of
from foodbank.donations.services.intake import NotTaken, close_offer, newest_receipt
from foodbank.donations.services.offers import cancel_offer, keep_refusal, lock_offer, need_open
from foodbank.inventory.models import Movement
from foodbank.inventory.services.ledger import correct


@transaction.atomic
def keep_refusals(*, offer: Offer, not_taken: Sequence[NotTaken], actor: User) -> list[RefusedGoods]:
    """Goods of ``offer`` that were seen and not taken, each with its reason (D9). Refuses what :func:`keep_refusal` refuses."""
    return [
        keep_refusal(
            donor=offer.donor, item=offer.item, offer=offer, quantity=one.quantity, reason=one.reason, note=one.note, actor=actor
        )
        for one in not_taken
    ]


@transaction.atomic
def nothing_more_comes(*, offer: Offer, actor: User, refused: Sequence[RefusedGoods] = ()) -> Offer:
    """Nobody brings anything of ``offer`` any more: collected when a part came before, refused when that is why, else cancelled.

    Refuses ``offer.closed``.
    """
    locked = lock_offer(offer)
    need_open(locked)
    if newest_receipt(locked) is not None:
        return close_offer(offer=offer, actor=actor)
    if not refused:
        return cancel_offer(offer=offer, actor=actor)
    locked.status, locked.refusal_reason = OfferStatus.REFUSED, refused[0].reason.name
    locked.save(update_fields=["status", "refusal_reason"])
    offer.refresh_from_db()
    return offer


@transaction.atomic
def open_again(*, offer: Offer, refused: Sequence[RefusedGoods], actor: User) -> Offer:
    """What closed ``offer`` was a mistake, and so was each of ``refused``: it is there to be collected again."""
    locked = lock_offer(offer)
    RefusedGoods.objects.filter(pk__in=[one.pk for one in refused], offer=locked).delete()
    locked.status, locked.lot, locked.refusal_reason = OfferStatus.OPEN, None, ""
    locked.save(update_fields=["status", "lot", "refusal_reason"])
    offer.refresh_from_db()
    return offer


@transaction.atomic
def correct_receipt(*, movement: Movement, quantity: int, note: str, actor: User) -> Movement:
    """``movement`` should have been ``quantity`` units. When nothing of its offer has come after all, the offer is open again, so that
    what really comes can be received. For rows that bring no offer's goods it is :func:`correct`, and refuses what that refuses."""
    number = offer_of(movement.document)
    locked = lock_rows(
        Offer.objects.all(), [number] if number is not None else []
    )  # before any stock, as when goods are received
    row = correct(movement=movement, quantity=quantity, note=note, actor=actor)
    for offer in locked.values():
        if offer.status == OfferStatus.COLLECTED:
            newest = newest_receipt(offer)
            offer.status = OfferStatus.COLLECTED if newest is not None else OfferStatus.OPEN
            offer.lot_id = newest.lot_id if newest is not None else None
            offer.save(update_fields=["status", "lot"])
    return row
