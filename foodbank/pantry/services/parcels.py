"""Parcels: named lots from the venue's own places, kept for one booking, checked for allergens and handed over (D2, D5, D13, D20)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.core.locking import lock_rows
from foodbank.inventory.models import Balance, Lot, Place, PlaceKind, Reason, ReservationPurpose
from foodbank.inventory.selectors.facts import lot_facts
from foodbank.inventory.services.places import ensure_counterpart
from foodbank.inventory.services.reservations import Taking, Wanted, post_reservations, reserve_many, void
from foodbank.pantry.models import Allergies, Booking, BookingState, Household, Parcel, ParcelLine, ParcelState, PickupDay
from foodbank.pantry.policies import Choice, compose
from foodbank.pantry.selectors.shelf import avoided_by, balances_at, unsafe_names
from foodbank.pantry.services.rows import locked_booking

_LINES = uuid.UUID("5e0f6a52-6f2e-5d0b-9d9c-3f6c2a1b7e10")
"""Names the ledger rows of hand-overs, so that a line goes out once whatever happens."""


@transaction.atomic
def pack(*, booking: Booking, actor: User) -> Parcel | None:
    """Choose and keep a parcel for the booking; one that is packed already stays. ``None`` when nothing at the venue may be given to this
    household. Refuses ``parcel.allergies_unknown``: ask first (D13), and ``booking.closed`` for a booking that has no place."""
    row = locked_booking(booking.pk)
    packed = row.parcels.filter(state=ParcelState.PACKED).first()
    if packed is not None:
        return packed
    _has_a_place(row)
    _know_allergies(row.household)
    wanted = _chosen(row)
    if not wanted:
        return None
    parcel = Parcel.objects.create(booking=row, packed_by=actor)
    _keep(parcel, [(balance.lot, balance.place, quantity) for balance, quantity in wanted], row.day, actor)
    return parcel


@transaction.atomic
def add_lot(*, parcel: Parcel, lot: Lot, quantity: int, actor: User) -> None:
    """Put ``quantity`` more units of a lot into a packed parcel, from the venue's places. Refuses ``parcel.allergen`` (contains, or may
    contain, what the household avoids), ``parcel.mixed_box``, ``parcel.not_here``, ``parcel.closed`` and what the inventory refuses."""
    row = locked_booking(parcel.booking_id)
    _open_parcel(parcel)
    _check_lots(row.household, [lot])
    site = row.slot.pickup_day.site
    spots = Balance.objects.there().filter(lot=lot, place__site=site, place__kind=PlaceKind.STORAGE).select_related("place")
    spot = max(spots, key=lambda one: one.free, default=None)
    if spot is None:
        raise Refusal(
            "parcel.not_here",
            Text(f"ロット{lot.code}はこの会場にありません。", f"Lot {lot.code} is not at this venue."),
            params={"lot": lot.code},
        )
    _keep(parcel, [(lot, spot.place, quantity)], row.day, actor)


@transaction.atomic
def remove_line(*, line: ParcelLine, actor: User) -> None:
    """Take a line out of a packed parcel; its units are free again. Refuses ``parcel.closed``."""
    locked_booking(line.parcel.booking_id)
    _open_parcel(line.parcel)
    void(reservations=[line.reservation], actor=actor)
    line.delete()


@transaction.atomic
def hand_over(*, booking: Booking, actor: User, device_time: dt.datetime | None = None) -> Parcel | None:
    """The household has its parcel: each line leaves the ledger (HAND_OVER, to ``RECIPIENT/<venue>``, document ``parcel/<pk>``) and the
    booking is done. Again, it changes nothing. Without a parcel the booking is done all the same (they took nothing).

    Refuses ``booking.not_checked_in``, ``parcel.allergies_unknown``, ``parcel.allergen`` (told after packing) and what the ledger
    refuses: held, past 消費期限 (D5) or past 賞味期限 without a release (D6).
    """
    row = locked_booking(booking.pk)
    if row.state == BookingState.HANDED_OVER:
        return row.parcels.filter(state=ParcelState.HANDED_OVER).first()
    if row.state != BookingState.CHECKED_IN:
        raise Refusal(
            "booking.not_checked_in",
            Text("先に受付をしてください。", "Check them in first."),
            params={"state": row.state},
        )
    parcel = row.parcels.filter(state=ParcelState.PACKED).first()
    now = timezone.now()
    if parcel is not None:
        lines = list(parcel.lines.select_related("lot", "place", "reservation__lot", "reservation__place"))
        _know_allergies(row.household)
        _check_lots(row.household, [line.lot for line in lines])
        target = ensure_counterpart(kind=PlaceKind.RECIPIENT, site=row.slot.pickup_day.site, actor=actor)
        takings = [
            Taking(
                reservation=line.reservation,
                target=target,
                reason=Reason.HAND_OVER,
                client_id=uuid.uuid5(_LINES, str(line.pk)),
                device_time=device_time,
            )
            for line in lines
        ]
        for line, movement in zip(lines, post_reservations(takings=takings, actor=actor), strict=True):
            line.movement = movement
        ParcelLine.objects.bulk_update(lines, ["movement"])
        parcel.state, parcel.closed_at = ParcelState.HANDED_OVER, now
        parcel.save(update_fields=["state", "closed_at"])
    row.state, row.closed_at = BookingState.HANDED_OVER, now
    row.save(update_fields=["state", "closed_at"])
    return parcel


@transaction.atomic
def pack_again(*, booking: Booking, actor: User) -> Parcel | None:
    """Take the parcel apart and choose anew, for instance after the allergies were corrected. Refuses what :func:`pack` refuses."""
    row = locked_booking(booking.pk)
    _has_a_place(row)  # before the day is locked: who changes a slot holds the day and moves those up who wait
    _one_at_a_time(row)
    take_apart(booking=row, actor=actor)
    return pack(booking=booking, actor=actor)


def take_apart(*, booking: Booking, actor: User) -> None:
    """What is kept for the booking, whose row the caller holds, is free again. The parcel remains on record."""
    for parcel in booking.parcels.filter(state=ParcelState.PACKED):
        lines = parcel.lines.select_related("reservation__lot", "reservation__place")
        void(reservations=[line.reservation for line in lines], actor=actor)
        parcel.state, parcel.closed_at = ParcelState.TAKEN_APART, timezone.now()
        parcel.save(update_fields=["state", "closed_at"])


def _one_at_a_time(booking: Booking) -> None:
    """What two would choose at the same moment is not there twice. Before any balance is locked, so that nobody waits crosswise."""
    lock_rows(PickupDay.objects.all(), [booking.slot.pickup_day_id])


def _chosen(booking: Booking) -> list[tuple[Balance, int]]:
    _one_at_a_time(booking)
    site = booking.slot.pickup_day.site_id
    avoided = avoided_by(booking.household)
    balances = balances_at(site, booking.day)
    facts = lot_facts({balance.lot_id: balance.lot for balance in balances}.values())
    safe = [balance for balance in balances if not unsafe_names(facts[balance.lot_id], avoided)]
    others = (
        Booking.objects.filter(
            slot__pickup_day=booking.slot.pickup_day_id, state__in=(BookingState.BOOKED, BookingState.CHECKED_IN)
        )
        .exclude(parcels__state=ParcelState.PACKED)
        .exclude(pk=booking.pk)
        .count()
    )
    choices = [Choice(balance.lot.item_id, balance.lot.unit_weight_g, balance.free) for balance in safe]
    return [(balance, units) for balance, units in zip(safe, compose(choices, others=others), strict=True) if units]


def _keep(parcel: Parcel, goods: Sequence[tuple[Lot, Place, int]], day: dt.date, actor: User) -> None:
    kept = reserve_many(
        wanted=[
            Wanted(
                lot=lot, place=place, quantity=quantity, purpose=ReservationPurpose.PARCEL, ref=str(parcel.pk),
                document=parcel.document, day=day,
            )
            for lot, place, quantity in goods
        ],
        actor=actor,
    )  # fmt: skip
    ParcelLine.objects.bulk_create(
        [ParcelLine(parcel=parcel, lot=one.lot, place=one.place, quantity=one.quantity, reservation=one) for one in kept]
    )


def _has_a_place(booking: Booking) -> None:
    if booking.state not in (BookingState.BOOKED, BookingState.CHECKED_IN):
        raise Refusal(
            "booking.closed",
            Text(
                "この予約の食品セットは用意できません。場所が取れているか、取り消されていないかを確かめてください。",
                "No parcel can be packed for this booking: see whether it has a place and was not cancelled.",
            ),
            params={"state": booking.state},
        )


def _know_allergies(household: Household) -> None:
    if household.allergies == Allergies.UNKNOWN:
        raise Refusal(
            "parcel.allergies_unknown",
            Text(
                "アレルギーをまだ聞いていません。お渡しの前に聞いて、記録してください。",
                "Ask about allergies and note them first.",
            ),
        )


def _check_lots(household: Household, lots: Sequence[Lot]) -> None:
    facts = lot_facts(lots)
    boxes = [lot.code for lot in lots if lot.mixed_box]
    if boxes:
        raise Refusal(
            "parcel.mixed_box",
            Text(
                f"詰合せ（ロット{boxes[0]}）は個別の表示がないため、世帯には渡せません。",
                f"Lot {boxes[0]} is an unlabelled mixed box and not for households.",
            ),
            params={"lots": boxes},
        )
    avoided = avoided_by(household)
    found = {lot.code: names for lot in lots if (names := unsafe_names(facts[lot.pk], avoided))}
    if found:
        ja = "、".join(f"ロット{code}（{'・'.join(names)}）" for code, names in found.items())
        en = ", ".join(f"{code} ({', '.join(names)})" for code, names in found.items())
        raise Refusal(
            "parcel.allergen",
            Text(f"避けるアレルゲンを含むか、含むか分かりません: {ja}。入れ替えてください。", f"They must avoid: {en}. Swap it."),
            params={"lots": sorted(found)},
        )  # fmt: skip


def _open_parcel(parcel: Parcel) -> None:
    if not Parcel.objects.filter(pk=parcel.pk, state=ParcelState.PACKED).exists():
        raise Refusal(
            "parcel.closed",
            Text("この食品セットはもう変えられません。", "This parcel can no longer be changed."),
            params={"parcel": parcel.pk},
        )
