"""Reserved goods on their way to the door: they move, and stay reserved where they go."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.dates import today
from foodbank.core.errors import Refusal, Text
from foodbank.core.locking import lock_rows
from foodbank.inventory.models import Lot, Movement, Place, Reason, Reservation, ReservationState
from foodbank.inventory.services.books import Books, open_books
from foodbank.inventory.services.checks import check_form, leave_refusal
from foodbank.inventory.services.ledger import Move, write


@transaction.atomic
def move_reserved(
    *,
    reservation: Reservation,
    target: Place,
    actor: User,
    lot: Lot | None = None,
    place: Place | None = None,
    note: str = "",
    client_id: uuid.UUID | None = None,
    device_time: dt.datetime | None = None,
) -> Movement:
    """All that ``reservation`` keeps goes to ``target`` and is kept there. With ``lot`` (of the same item) at ``place`` these goods go
    in its stead, and what was kept before is free for others.

    Repeatable by ``client_id``. Refuses ``inventory.other_item``, ``inventory.reservation_closed``, ``inventory.reservation_moved``
    (somebody took it meanwhile), what may not leave today (held, expired: nobody carries that to the door), and what the ledger
    refuses of a MOVE.
    """
    if client_id is not None:
        before = Movement.objects.filter(client_id=client_id).first()
        if before is not None:
            return _again(before, reservation, target, client_id)
    old_lot, old_place = reservation.lot, reservation.place
    lot, place = lot or old_lot, place or old_place
    if lot.item_id != old_lot.item_id:
        raise Refusal(
            "inventory.other_item",
            Text(f"ロット{lot.code}は別の品目です。", f"Lot {lot.code} is another product."),
            params={"lot": lot.code, "wanted": old_lot.code},
        )
    move = Move(
        lot=lot,
        source=place,
        target=target,
        quantity=reservation.quantity,
        reason=Reason.MOVE,
        note=note,
        document=_document(reservation),
        client_id=client_id,
        device_time=device_time,
    )
    check_form(move)
    books = open_books([(old_place, old_lot), (place, lot), (target, lot)])
    row = _locked(reservation)
    if (row.lot_id, row.place_id, row.quantity) != (old_lot.pk, old_place.pk, reservation.quantity):
        raise Refusal(
            "inventory.reservation_moved",
            Text(
                "この品はもう取り出してあるか、数が変わりました。画面を開き直してください。",
                "These goods have been taken or their number changed. Open the page again.",
            ),
            params={"reservation": row.pk},
        )
    refusal = leave_refusal(Lot.objects.select_related("release").get(pk=lot.pk), today())
    if refusal is not None:
        raise refusal
    movement = _post(books, row, move, old_place, old_lot, actor)
    reservation.refresh_from_db()
    return movement


def _post(books: Books, row: Reservation, move: Move, old_place: Place, old_lot: Lot, actor: User) -> Movement:
    books.add(old_place, old_lot, 0, reserved=-row.quantity)
    [movement] = write(books=books, moves=[move], actor=actor)
    books.add(move.target, move.lot, 0, reserved=row.quantity)
    row.lot, row.place = move.lot, move.target
    row.save(update_fields=["lot", "place"])
    books.save()
    return movement


def _locked(reservation: Reservation) -> Reservation:
    row = lock_rows(Reservation.objects.all(), [reservation.pk])[reservation.pk]
    if row.state != ReservationState.HELD or (row.expires_at is not None and row.expires_at <= timezone.now()):
        raise Refusal(
            "inventory.reservation_closed",
            Text("この引当はすでに終わっています。", "This reservation is closed."),
            params={"reservation": row.pk, "state": row.state},
        )
    return row


def _document(reservation: Reservation) -> str:
    return f"reservation:{reservation.pk}"


def _again(before: Movement, reservation: Reservation, target: Place, client_id: uuid.UUID) -> Movement:
    if before.document != _document(reservation) or before.target_id != target.pk:
        raise Refusal(
            "inventory.client_id_reused",
            Text("この操作番号は別の内容で使われています。", "This client id was used for something else."),
            params={"client_id": str(client_id)},
            status=422,
        )
    return before
