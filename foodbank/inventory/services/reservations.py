"""Reservations (引当): held, then posted, voided or expired. What is reserved stays in its place and nobody else can take it (R2)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.dates import today
from foodbank.core.errors import Refusal, Text
from foodbank.core.locking import lock_rows
from foodbank.inventory.models import Lot, Movement, Place, Reason, Reservation, ReservationPurpose, ReservationState
from foodbank.inventory.services.books import Books, open_books
from foodbank.inventory.services.checks import check_form, leave_refusal, short
from foodbank.inventory.services.ledger import Move, write

_EXPIRY_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """``quantity`` units of ``lot`` at ``place`` to be kept; ``day`` is when they are to leave (default: today)."""

    lot: Lot
    place: Place
    quantity: int
    purpose: ReservationPurpose
    ref: str
    document: str = ""
    expires_at: dt.datetime | None = None
    day: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """``quantity`` units (default: all) of a reservation go to ``target``."""

    reservation: Reservation
    target: Place
    reason: Reason
    quantity: int | None = None
    client_id: uuid.UUID | None = None
    device_time: dt.datetime | None = None


def reserve(
    *,
    lot: Lot,
    place: Place,
    quantity: int,
    purpose: ReservationPurpose,
    ref: str,
    actor: User,
    document: str = "",
    expires_at: dt.datetime | None = None,
    day: dt.date | None = None,
) -> Reservation:
    """Keep goods; see :func:`reserve_many`."""
    wanted = Wanted(
        lot=lot,
        place=place,
        quantity=quantity,
        purpose=purpose,
        ref=ref,
        document=document,
        expires_at=expires_at,
        day=day,
    )
    return reserve_many(wanted=[wanted], actor=actor)[0]


@transaction.atomic
def reserve_many(*, wanted: Sequence[Wanted], actor: User) -> list[Reservation]:
    """Keep all of ``wanted``, in this order, or nothing.

    Refuses ``inventory.not_enough_stock`` / ``inventory.reserved`` with all shortages, what may not leave on its ``day``
    (``inventory.held``, ``inventory.expired_use_by``, ``inventory.past_best_before``), ``inventory.not_a_store`` for a place
    outside, and ``inventory.quantity``.
    """
    if not wanted:
        return []
    for one in wanted:
        _check_form(one)
    books = open_books((one.place, one.lot) for one in wanted)
    lots = Lot.objects.select_related("release").in_bulk({one.lot.pk for one in wanted})
    shortages: list[dict[str, int | str]] = []
    for one in wanted:
        refusal = leave_refusal(lots[one.lot.pk], one.day or today())
        if refusal is not None:
            raise refusal
        balance = books.balance(one.place, one.lot)
        if balance.free < one.quantity:
            shortages.append(
                {
                    "lot": one.lot.code,
                    "place": one.place.code,
                    "asked": one.quantity,
                    "free": balance.free,
                    "reserved": balance.reserved,
                }
            )
            continue
        books.add(one.place, one.lot, 0, reserved=one.quantity)
    if shortages:
        raise short(shortages)
    rows = Reservation.objects.bulk_create(
        [
            Reservation(
                lot=one.lot,
                place=one.place,
                quantity=one.quantity,
                purpose=one.purpose,
                ref=one.ref,
                document=one.document,
                expires_at=one.expires_at,
                actor=actor,
            )
            for one in wanted
        ],
        batch_size=500,
    )
    books.save()
    return rows


@transaction.atomic
def void(*, reservations: Iterable[Reservation], actor: User) -> int:
    """Give back what these keep. Those already posted, voided or expired are left as they are. Returns how many were voided."""
    return _close(list(reservations), ReservationState.VOIDED, timezone.now())


def post_reservation(
    *,
    reservation: Reservation,
    target: Place,
    reason: Reason,
    actor: User,
    quantity: int | None = None,
    client_id: uuid.UUID | None = None,
    device_time: dt.datetime | None = None,
) -> Movement:
    """Take the reserved goods to ``target``; see :func:`post_reservations`."""
    taking = Taking(
        reservation=reservation,
        target=target,
        reason=reason,
        quantity=quantity,
        client_id=client_id,
        device_time=device_time,
    )
    return post_reservations(takings=[taking], actor=actor)[0]


@transaction.atomic
def post_reservations(*, takings: Sequence[Taking], actor: User) -> list[Movement]:
    """Take reserved goods, all of ``takings`` or none. Taking a part leaves the rest held under the same row, and the part gets
    a posted row of its own.

    Repeatable by ``client_id`` as the ledger is. Refuses ``inventory.reservation_closed`` (posted, voided or expired),
    ``inventory.reservation_exceeded`` (more than is kept) and what the ledger refuses.
    """
    if not takings:
        return []
    kept = {one.reservation.pk: one.reservation for one in takings}
    books = open_books(
        pair for one in takings for pair in ((one.reservation.place, one.reservation.lot), (one.target, one.reservation.lot))
    )
    rows = lock_rows(Reservation.objects.select_related("lot", "place"), kept)
    done = {
        row.client_id: row for row in Movement.objects.filter(client_id__in=[one.client_id for one in takings if one.client_id])
    }
    now = timezone.now()
    moves = []
    for one in takings:
        row = rows[one.reservation.pk]
        repeated = done.get(one.client_id) if one.client_id else None
        quantity = one.quantity if one.quantity is not None else (repeated.quantity if repeated else row.quantity)
        move = _move(one, row, quantity)
        check_form(move)
        moves.append(move)
        if repeated is None:
            _take(row, quantity, now, actor)
            books.add(row.place, row.lot, 0, reserved=-quantity)
    movements = write(books=books, moves=moves, actor=actor)
    books.save()
    for one in takings:
        one.reservation.refresh_from_db()
    return movements


def expire_due(*, now: dt.datetime, actor: User) -> int:
    """Give back what reservations past their time keep, a batch at a time; running it twice does no harm. Returns how many."""
    expired = 0
    while True:
        due = list(
            Reservation.objects.filter(state=ReservationState.HELD, expires_at__lte=now)
            .select_related("lot", "place")
            .order_by("pk")[:_EXPIRY_BATCH]
        )
        if not due:
            return expired
        with transaction.atomic():
            expired += _close(due, ReservationState.EXPIRED, now)


def free_up(*, books: Books, place: Place, lot: Lot, units: int, now: dt.datetime) -> list[Reservation]:
    """For goods that are gone or spoilt whoever they were promised to: shrink or void the newest reservations at this balance, whose
    books are open, until ``units`` more are free. Returns the reservations that lost something."""
    touched: list[Reservation] = []
    held = Reservation.objects.filter(lot=lot, place=place, state=ReservationState.HELD).order_by("pk")
    newest_first = sorted(lock_rows(Reservation.objects.all(), held.values_list("pk", flat=True)).values(), key=lambda r: -r.pk)
    for row in newest_first:
        if units <= 0:
            break
        if row.state != ReservationState.HELD:
            continue
        given = min(units, row.quantity)
        units -= given
        books.add(place, lot, 0, reserved=-given)
        if given == row.quantity:
            row.state, row.closed_at = ReservationState.VOIDED, now
        else:
            row.quantity -= given
        row.save(update_fields=["quantity", "state", "closed_at"])
        touched.append(row)
    return touched


def _close(reservations: Sequence[Reservation], state: ReservationState, now: dt.datetime) -> int:
    if not reservations:
        return 0
    asked = Reservation.objects.select_related("lot", "place")
    pks = [row.pk for row in reservations]
    books = open_books((row.place, row.lot) for row in asked.filter(pk__in=pks))
    rows = lock_rows(asked, pks)
    open_rows = [row for row in rows.values() if row.state == ReservationState.HELD]
    for row in open_rows:
        books.add(row.place, row.lot, 0, reserved=-row.quantity)
        row.state, row.closed_at = state, now
    Reservation.objects.bulk_update(open_rows, ["state", "closed_at"], batch_size=500)
    books.save()
    return len(open_rows)


def _move(one: Taking, row: Reservation, quantity: int) -> Move:
    return Move(
        lot=row.lot,
        source=row.place,
        target=one.target,
        quantity=quantity,
        reason=one.reason,
        document=row.document or f"{row.purpose}:{row.ref}",
        client_id=one.client_id,
        device_time=one.device_time,
    )


def _take(row: Reservation, quantity: int, now: dt.datetime, actor: User) -> None:
    """Mark ``quantity`` units of the locked ``row`` as taken."""
    if row.state != ReservationState.HELD or (row.expires_at is not None and row.expires_at <= now):
        raise Refusal(
            "inventory.reservation_closed",
            Text("この引当はすでに終わっています。", "This reservation is closed."),
            params={"reservation": row.pk, "state": row.state},
        )
    if quantity > row.quantity:
        raise Refusal(
            "inventory.reservation_exceeded",
            Text(
                f"引当は{row.quantity}点です（{quantity}点は出せません）。", f"Only {row.quantity} are reserved, not {quantity}."
            ),
            params={"reservation": row.pk, "reserved": row.quantity, "asked": quantity},
        )
    if quantity == row.quantity:
        row.state, row.closed_at = ReservationState.POSTED, now
        row.save(update_fields=["state", "closed_at"])
        return
    row.quantity -= quantity
    row.save(update_fields=["quantity"])
    Reservation.objects.create(
        lot=row.lot,
        place=row.place,
        quantity=quantity,
        purpose=row.purpose,
        ref=row.ref,
        document=row.document,
        state=ReservationState.POSTED,
        expires_at=row.expires_at,
        actor=actor,
        closed_at=now,
    )


def _check_form(one: Wanted) -> None:
    if one.quantity < 1:
        raise Refusal(
            "inventory.quantity",
            Text("点数は1以上にしてください。", "The quantity must be at least 1."),
            params={"quantity": one.quantity},
            status=400,
        )
    if not one.place.inside:
        raise Refusal(
            "inventory.not_a_store",
            Text(f"「{one.place.code}」は保管場所ではありません。", f"{one.place.code} is not one of our places."),
            params={"place": one.place.code},
            status=400,
        )
