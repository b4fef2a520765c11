"""Throwing away, always with its cause."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.inventory.models import Lot, Movement, Place, PlaceKind, Reason
from foodbank.inventory.services.books import open_books
from foodbank.inventory.services.checks import check_form
from foodbank.inventory.services.ledger import Move, write
from foodbank.inventory.services.places import ensure_counterpart
from foodbank.inventory.services.reservations import free_up

DISCARD_REASONS = (
    Reason.DISCARD_EXPIRED,
    Reason.DISCARD_DAMAGED,
    Reason.DISCARD_TEMPERATURE,
    Reason.DISCARD_OTHER,
)


@transaction.atomic
def discard(
    *,
    lot: Lot,
    place: Place,
    quantity: int,
    reason: Reason,
    actor: User,
    note: str = "",
    client_id: uuid.UUID | None = None,
    device_time: dt.datetime | None = None,
) -> Movement:
    """Throw away ``quantity`` units. What is spoilt is spoilt: if too little is free, the newest reservations there shrink or are
    voided, so that their owners see the shortage.

    Repeatable by ``client_id``. Refuses ``inventory.discard_reason`` (not a cause of discarding), ``inventory.note_missing``
    (DISCARD_OTHER must say why) and ``inventory.not_enough_stock``.
    """
    if reason not in DISCARD_REASONS:
        raise Refusal(
            "inventory.discard_reason",
            Text("廃棄の理由を選んでください。", "Choose why it is discarded."),
            params={"reason": reason.value},
            status=400,
        )
    if reason == Reason.DISCARD_OTHER and not note.strip():
        raise Refusal("inventory.note_missing", Text("廃棄の理由を書いてください。", "Say why it is discarded."), status=400)
    bin_place = ensure_counterpart(kind=PlaceKind.DISCARD, actor=actor)
    move = Move(
        lot=lot,
        source=place,
        target=bin_place,
        quantity=quantity,
        reason=reason,
        note=note,
        client_id=client_id,
        device_time=device_time,
    )
    check_form(move)
    books = open_books([(place, lot), (bin_place, lot)])
    balance = books.balance(place, lot)
    repeated = client_id is not None and Movement.objects.filter(client_id=client_id).exists()
    if not repeated and balance.free < quantity <= balance.quantity:
        free_up(books=books, place=place, lot=lot, units=quantity - balance.free, now=timezone.now())
    rows = write(books=books, moves=[move], actor=actor)
    books.save()
    return rows[0]
