"""What the ledger asks of every movement before it is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from django.db.models import Case, F, IntegerField, Sum, When
from django.utils import timezone

from foodbank.core.dates import today
from foodbank.core.errors import Refusal, Text
from foodbank.inventory.models import Lot, Movement, Place, PlaceKind, Reason
from foodbank.inventory.policies import may_leave, zone_allowed
from foodbank.inventory.selectors.facts import movement_facts, releases_on
from foodbank.inventory.services.books import Books

_INSIDE = frozenset({PlaceKind.STORAGE, PlaceKind.VEHICLE})
_STORAGE = frozenset({PlaceKind.STORAGE})
_VEHICLE = frozenset({PlaceKind.VEHICLE})
_SUPPLY = frozenset({PlaceKind.SUPPLY})
_RECIPIENT = frozenset({PlaceKind.RECIPIENT})
_DISCARD = frozenset({PlaceKind.DISCARD})
_ADJUSTMENT = frozenset({PlaceKind.ADJUSTMENT})
_COUNTED = ((_INSIDE, _ADJUSTMENT), (_ADJUSTMENT, _INSIDE))
_WAYS: Mapping[str, tuple[tuple[frozenset[PlaceKind], frozenset[PlaceKind]], ...]] = {
    Reason.OPENING: ((_SUPPLY, _INSIDE),),
    Reason.RECEIVE: ((_SUPPLY, _INSIDE),),
    Reason.COLLECT: ((_SUPPLY, _VEHICLE),),
    Reason.MOVE: ((_INSIDE, _INSIDE),),
    Reason.LOAD: ((_STORAGE, _VEHICLE),),
    Reason.UNLOAD: ((_VEHICLE, _STORAGE),),
    Reason.HAND_OVER: ((_INSIDE, _RECIPIENT),),
    Reason.RETURNED: ((_RECIPIENT, _INSIDE),),
    Reason.DISCARD_EXPIRED: ((_INSIDE, _DISCARD),),
    Reason.DISCARD_DAMAGED: ((_INSIDE, _DISCARD),),
    Reason.DISCARD_TEMPERATURE: ((_INSIDE, _DISCARD),),
    Reason.DISCARD_OTHER: ((_INSIDE, _DISCARD),),
    Reason.COUNT: _COUNTED,
    Reason.SPLIT: _COUNTED,
}


class MoveLike(Protocol):
    """What the checks read of a move."""

    @property
    def lot(self) -> Lot: ...
    @property
    def source(self) -> Place: ...
    @property
    def target(self) -> Place: ...
    @property
    def quantity(self) -> int: ...
    @property
    def reason(self) -> Reason: ...
    @property
    def corrects(self) -> Movement | None: ...
    @property
    def takes_back(self) -> bool: ...


def check_form(move: MoveLike) -> None:
    """Raises ``inventory.quantity`` or ``inventory.wrong_way``; needs no lock."""
    if move.quantity < 1:
        raise Refusal(
            "inventory.quantity",
            Text("点数は1以上にしてください。", "The quantity must be at least 1."),
            params={"quantity": move.quantity},
            status=400,
        )
    if not _right_way(move):
        raise Refusal(
            "inventory.wrong_way",
            Text(
                f"「{move.reason.label}」では{move.source.code}から{move.target.code}へ動かせません。",
                f"{move.reason.value} does not lead from {move.source.code} to {move.target.code}.",
            ),
            params={"reason": move.reason.value, "source": move.source.code, "target": move.target.code},
            status=400,
        )


def _right_way(move: MoveLike) -> bool:
    if move.source.pk == move.target.pk:
        return False
    if move.reason == Reason.CORRECTION:
        row = move.corrects
        return (
            row is not None and row.lot_id == move.lot.pk and {row.source_id, row.target_id} == {move.source.pk, move.target.pk}
        )
    if move.corrects is not None:
        return False
    return any(move.source.kind in start and move.target.kind in end for start, end in _WAYS[move.reason])


def check_rules(books: Books, moves: Sequence[MoveLike], lots: Mapping[int, Lot]) -> None:
    """Apply ``moves`` to the open books one after the other. ``lots`` are fresh rows. Raises with everything that is wrong."""
    _check_corrections([move for move in moves if move.corrects is not None])
    refused = [refusal for move in moves if (refusal := _rule_refusal(move, lots[move.lot.pk])) is not None]
    if refused:
        first = refused[0]
        all_of_them = [{"code": refusal.code, **refusal.params} for refusal in refused]
        raise Refusal(first.code, first.text, params={**first.params, "refusals": all_of_them})
    shortages: list[dict[str, int | str]] = []
    for move in moves:
        balance = books.balance(move.source, move.lot)
        if move.source.inside and balance.free < move.quantity:
            shortages.append(
                {
                    "lot": move.lot.code,
                    "place": move.source.code,
                    "asked": move.quantity,
                    "free": max(balance.free, 0),
                    "reserved": balance.reserved,
                }
            )
            continue
        books.add(move.source, move.lot, -move.quantity)
        books.add(move.target, move.lot, move.quantity)
    if shortages:
        raise short(shortages)


def short(shortages: Sequence[Mapping[str, int | str]]) -> Refusal:
    """One refusal for all ``shortages`` (lot, place, asked, free, reserved)."""
    reserved_only = all(int(s["free"]) + int(s["reserved"]) >= int(s["asked"]) for s in shortages)
    ja = "、".join(f"{s['lot']}（{s['place']}）は必要{s['asked']}点に対し空き{s['free']}点" for s in shortages[:5])
    en = ", ".join(f"{s['lot']} at {s['place']}: {s['asked']} needed, {s['free']} free" for s in shortages[:5])
    more = len(shortages) - 5
    if more > 0:
        ja, en = f"{ja}、ほか{more}件", f"{en}, and {more} more"
    if reserved_only:
        return Refusal(
            "inventory.reserved",
            Text(f"引当済みのため出せません: {ja}。", f"Reserved for others: {en}."),
            params={"shortages": list(shortages)},
        )
    return Refusal(
        "inventory.not_enough_stock",
        Text(f"在庫が足りません: {ja}。", f"Not enough stock: {en}."),
        params={"shortages": list(shortages)},
    )


def _rule_refusal(move: MoveLike, lot: Lot) -> Refusal | None:
    if move.takes_back:
        return None  # the goods never went there, so no rule was met on the way
    if move.target.inside and not move.target.active:
        return Refusal(
            "inventory.place_closed",
            Text(f"保管場所「{move.target.code}」は使用停止中です。", f"Place {move.target.code} is closed."),
            params={"place": move.target.code},
        )
    if move.target.inside and not all(zone_allowed(zone, move.target.zone) for zone in (lot.zone, move.source.zone)):
        return Refusal(
            "inventory.warmer_zone",
            Text(
                f"ロット{lot.code}は{move.target.code}（{move.target.get_zone_display()}）より低い温度帯で保管するものです。",
                f"Lot {lot.code} must not go to the warmer place {move.target.code} ({move.target.zone}).",
            ),
            params={"lot": lot.code, "place": move.target.code, "zone": lot.zone, "place_zone": move.target.zone},
        )
    return leave_refusal(lot, _day_of(move)) if _leaves(move) else None


def leave_refusal(lot: Lot, day: dt.date) -> Refusal | None:
    """May the lot leave on ``day``, all that is stored about it considered? ``lot`` is fresh, with its release."""
    release = getattr(lot, "release", None)
    return may_leave(
        movement_facts(lot),
        day,
        release=release.until if release else None,
        releases_on=release is None or releases_on(),
    )


def _leaves(move: MoveLike) -> bool:
    """Handed over, or loaded to be: what comes back onto the van, is counted or split there is not on its way out."""
    if move.target.kind == PlaceKind.RECIPIENT:
        return True
    return move.target.kind == PlaceKind.VEHICLE and move.source.kind not in (PlaceKind.RECIPIENT, PlaceKind.ADJUSTMENT)


def _day_of(move: MoveLike) -> dt.date:
    """A correction upwards says what happened on the day of the row that it corrects."""
    return timezone.localdate(move.corrects.recorded_at) if move.corrects else today()


def net_quantities(rows: Iterable[Movement]) -> dict[int, int]:
    """What each of these movements stands at after its corrections so far, by primary key; one query."""
    wanted = {row.pk: row for row in rows}
    sums = (
        Movement.objects.filter(corrects__in=list(wanted))
        .values("corrects_id")
        .order_by("corrects_id")
        .annotate(
            net=Sum(
                Case(
                    When(source_id=F("corrects__source_id"), then=F("quantity")),
                    default=-F("quantity"),
                    output_field=IntegerField(),
                )
            )
        )
    )
    change = {row["corrects_id"]: row["net"] for row in sums}
    return {pk: row.quantity + change.get(pk, 0) for pk, row in wanted.items()}


def _check_corrections(moves: Sequence[MoveLike]) -> None:
    """A movement is not taken back by more than it stands at."""
    if not moves:
        return
    left = net_quantities([move.corrects for move in moves if move.corrects is not None])
    for move in moves:
        if move.corrects is None:
            continue
        left[move.corrects.pk] += -move.quantity if move.takes_back else move.quantity
        if left[move.corrects.pk] < 0:
            raise Refusal(
                "inventory.corrected_too_far",
                Text("もとの点数より多くは取り消せません。", "No more can be taken back than the row stands at."),
                params={"movement": move.corrects.pk, "quantity": move.quantity},
            )
