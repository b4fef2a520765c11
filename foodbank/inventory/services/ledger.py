"""The one door through which goods move (R2, R3): double entry, all or nothing, balances in the same transaction."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.inventory.models import Lot, Movement, Place, Reason
from foodbank.inventory.services.books import Books, open_books
from foodbank.inventory.services.checks import check_form, check_rules, net_quantities

_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One movement to be posted: ``quantity`` whole units of ``lot`` from ``source`` to ``target``."""

    lot: Lot
    source: Place
    target: Place
    quantity: int
    reason: Reason
    note: str = ""
    document: str = ""
    client_id: uuid.UUID | None = None
    device_time: dt.datetime | None = None
    corrects: Movement | None = None

    @property
    def takes_back(self) -> bool:
        """Does it undo (a part of) the movement that it corrects?"""
        return self.corrects is not None and self.source.pk == self.corrects.target_id

    def same_as(self, row: Movement) -> bool:
        """Is ``row`` what this move made when it came the first time?"""
        return (
            row.lot_id == self.lot.pk
            and row.source_id == self.source.pk
            and row.target_id == self.target.pk
            and row.quantity == self.quantity
            and row.reason == self.reason
            and row.note == self.note
            and row.document == self.document
            and row.device_time == self.device_time
            and row.corrects_id == (self.corrects.pk if self.corrects else None)
        )


def post(
    *,
    lot: Lot,
    source: Place,
    target: Place,
    quantity: int,
    reason: Reason,
    actor: User,
    note: str = "",
    document: str = "",
    client_id: uuid.UUID | None = None,
    device_time: dt.datetime | None = None,
    corrects: Movement | None = None,
) -> Movement:
    """Post one movement; see :func:`post_many` for what is promised and refused."""
    move = Move(
        lot=lot,
        source=source,
        target=target,
        quantity=quantity,
        reason=reason,
        note=note,
        document=document,
        client_id=client_id,
        device_time=device_time,
        corrects=corrects,
    )
    return post_many(moves=[move], actor=actor)[0]


@transaction.atomic
def post_many(*, moves: Sequence[Move], actor: User) -> list[Movement]:
    """Post all of ``moves``, in this order, or none. Returns the ledger rows in the same order.

    Repeatable: a move whose ``client_id`` was posted before with the same content gives the first row again and changes nothing;
    with other content it is refused as ``inventory.client_id_reused`` (422).

    Refuses, with everything that is wrong in ``params["refusals"]`` or ``params["shortages"]``:
    ``inventory.not_enough_stock``, ``inventory.reserved`` (there, but promised to others), ``inventory.held``,
    ``inventory.expired_use_by``, ``inventory.past_best_before``, ``inventory.warmer_zone``, ``inventory.place_closed``,
    ``inventory.wrong_way`` (this reason does not lead from here to there), ``inventory.quantity`` (below one unit) and
    ``inventory.corrected_too_far``.
    """
    if not moves:
        return []
    for move in moves:
        check_form(move)
    books = open_books(pair for move in moves for pair in ((move.source, move.lot), (move.target, move.lot)))
    rows = write(books=books, moves=moves, actor=actor)
    books.save()
    return rows


def write(*, books: Books, moves: Sequence[Move], actor: User) -> list[Movement]:
    """For services that already hold the locks: check ``moves`` against the open books, write the rows, change the books.

    The caller saves the books in the same transaction.
    """
    known = _known({move.client_id for move in moves if move.client_id})
    fresh: list[Move] = []
    for move in moves:
        if move.client_id is None or move.client_id not in known:
            fresh.append(move)
            continue
        if not move.same_as(known[move.client_id]):
            raise _reused(move.client_id)
    fresh = _without_repeats(fresh)
    # What was read before the lock may be stale: look again.
    lots = Lot.objects.select_related("release").in_bulk({move.lot.pk for move in fresh})
    check_rules(books, fresh, lots)
    new = [_row(move, actor) for move in fresh]
    try:
        with transaction.atomic():
            Movement.objects.bulk_create(new, batch_size=_BATCH)
    except IntegrityError:
        # The same client id came with other goods, so the balance locks did not keep the two apart.
        taken = _known({row.client_id for row in new if row.client_id})
        if not taken:
            raise
        raise _reused(next(iter(taken))) from None
    by_client = known | {row.client_id: row for row in new if row.client_id}
    created = iter(row for row in new if row.client_id is None)
    return [next(created) if move.client_id is None else by_client[move.client_id] for move in moves]


@transaction.atomic
def correct(*, movement: Movement, quantity: int, actor: User, note: str) -> Movement:
    """Say that ``movement`` should have been ``quantity`` units (0: never happened) by posting the difference as a new row.

    The row names the one it corrects; earlier corrections count, so correcting twice to the same number is refused as
    ``inventory.nothing_to_correct``. A correction itself is not corrected: ``inventory.corrects_correction``. Goods that have gone
    on in the meantime cannot be taken back: ``inventory.not_enough_stock``.
    """
    if movement.corrects_id is not None:
        raise Refusal(
            "inventory.corrects_correction",
            Text("訂正の行は訂正できません。もとの行を訂正してください。", "Correct the original row, not its correction."),
            params={"movement": movement.pk, "original": movement.corrects_id},
        )
    if quantity < 0:
        raise Refusal(
            "inventory.quantity",
            Text("点数は0以上にしてください。", "The quantity must be 0 or more."),
            params={"quantity": quantity},
            status=400,
        )
    lot, source, target = movement.lot, movement.source, movement.target
    books = open_books([(source, lot), (target, lot)])
    difference = quantity - net_quantities([movement])[movement.pk]
    if difference == 0:
        raise Refusal(
            "inventory.nothing_to_correct",
            Text(f"この行はすでに{quantity}点です。", f"This row already stands at {quantity}."),
            params={"movement": movement.pk, "quantity": quantity},
        )
    start, end = (source, target) if difference > 0 else (target, source)
    move = Move(
        lot=lot,
        source=start,
        target=end,
        quantity=abs(difference),
        reason=Reason.CORRECTION,
        note=note,
        document=movement.document,
        corrects=movement,
    )
    rows = write(books=books, moves=[move], actor=actor)
    books.save()
    return rows[0]


def _row(move: Move, actor: User) -> Movement:
    return Movement(
        lot=move.lot,
        source=move.source,
        target=move.target,
        quantity=move.quantity,
        grams=move.quantity * move.lot.unit_weight_g,
        reason=move.reason,
        note=move.note,
        document=move.document,
        actor=actor,
        device_time=move.device_time,
        client_id=move.client_id,
        corrects=move.corrects,
    )


def _known(client_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Movement]:
    wanted = set(client_ids)
    if not wanted:
        return {}
    return {row.client_id: row for row in Movement.objects.filter(client_id__in=wanted) if row.client_id}


def _without_repeats(moves: Sequence[Move]) -> list[Move]:
    """Each client id once; the same id with other content in one batch is refused."""
    first: dict[uuid.UUID, Move] = {}
    kept: list[Move] = []
    for move in moves:
        if move.client_id is not None:
            if move.client_id in first:
                if first[move.client_id] != move:
                    raise _reused(move.client_id)
                continue
            first[move.client_id] = move
        kept.append(move)
    return kept


def _reused(client_id: uuid.UUID) -> Refusal:
    return Refusal(
        "inventory.client_id_reused",
        Text("この操作番号は別の内容で使われています。", "This client id was used for something else."),
        params={"client_id": str(client_id)},
        status=422,
    )
