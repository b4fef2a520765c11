"""Counting (棚卸): what is there wins over what the books say, and the difference is a movement."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.inventory.models import Lot, Movement, Place, PlaceKind, Reason, Reservation
from foodbank.inventory.services.books import open_books
from foodbank.inventory.services.ledger import Move, write
from foodbank.inventory.services.places import ensure_counterpart
from foodbank.inventory.services.reservations import free_up


@dataclass(frozen=True, slots=True)
class Counted:
    """What the count found: units in the books before, the movement (``None``: they agreed), reservations that lost goods by it."""

    before: int
    movement: Movement | None
    shortened: tuple[Reservation, ...] = ()


@transaction.atomic
def count(
    *,
    lot: Lot,
    place: Place,
    counted: int,
    actor: User,
    note: str = "",
    client_id: uuid.UUID | None = None,
    device_time: dt.datetime | None = None,
) -> Counted:
    """There are ``counted`` units of ``lot`` at ``place``. The difference is posted against the ADJUSTMENT place.

    If fewer are there than are reserved, the newest reservations shrink or are voided. Repeatable by ``client_id``: the first
    movement again, whatever has moved since. Refuses ``inventory.quantity`` (negative) and ``inventory.not_a_store``.
    """
    if counted < 0:
        raise Refusal(
            "inventory.quantity",
            Text("点数は0以上にしてください。", "The quantity must be 0 or more."),
            params={"quantity": counted},
            status=400,
        )
    if not place.inside:
        raise Refusal(
            "inventory.not_a_store",
            Text(f"「{place.code}」は保管場所ではありません。", f"{place.code} is not one of our places."),
            params={"place": place.code},
            status=400,
        )
    outside = ensure_counterpart(kind=PlaceKind.ADJUSTMENT, actor=actor)
    books = open_books([(place, lot), (outside, lot)])
    before = books.balance(place, lot).quantity
    if client_id is not None:
        repeated = Movement.objects.filter(client_id=client_id).first()
        if repeated is not None:
            return _again(repeated, lot=lot, place=place, client_id=client_id, now_there=before)
    if counted:
        # Whatever a list left out: somebody has seen it.
        Lot.objects.filter(pk=lot.pk, unlisted_from__isnull=False).update(unlisted_from=None)
    if counted == before:
        return Counted(before, None)
    shortened: list[Reservation] = []
    balance = books.balance(place, lot)
    if counted < balance.reserved:
        shortened = free_up(books=books, place=place, lot=lot, units=balance.reserved - counted, now=timezone.now())
    source, target = (place, outside) if counted < before else (outside, place)
    move = Move(
        lot=lot,
        source=source,
        target=target,
        quantity=abs(counted - before),
        reason=Reason.COUNT,
        note=note,
        client_id=client_id,
        device_time=device_time,
    )
    rows = write(books=books, moves=[move], actor=actor)
    books.save()
    return Counted(before, rows[0], tuple(shortened))


def _again(row: Movement, *, lot: Lot, place: Place, client_id: uuid.UUID, now_there: int) -> Counted:
    if row.lot_id != lot.pk or row.reason != Reason.COUNT or place.pk not in {row.source_id, row.target_id}:
        raise Refusal(
            "inventory.client_id_reused",
            Text("この操作番号は別の内容で使われています。", "This client id was used for something else."),
            params={"client_id": str(client_id)},
            status=422,
        )
    return Counted(now_there, row)
