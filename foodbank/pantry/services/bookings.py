"""Booking a slot (R1): a place or one's turn in the line, cancelled in one tap, and whoever waits longest moves up."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.dates import at
from foodbank.core.errors import Refusal, Text
from foodbank.pantry.models import (
    OPEN_PLACE,
    TAKING,
    Booking,
    BookingState,
    Channel,
    Household,
    HouseholdContact,
    PickupDay,
    SessionPlace,
    Slot,
    Via,
)
from foodbank.pantry.sealing import new_code, new_token
from foodbank.pantry.services.parcels import take_apart
from foodbank.pantry.services.rows import locked_booking, locked_bookings, locked_household, locked_slots
from foodbank.pantry.services.sessions import leave_session
from foodbank.pantry.services.telling import tell_booking

_TRIES = 8


@transaction.atomic
def book(*, household: Household, slot: Slot, via: Via, actor: User) -> Booking:
    """A place in the slot, or in the line for it when it is full.

    Refuses ``booking.called_off``, ``booking.over`` (the slot has ended), ``booking.one_a_day``, ``household.forgotten`` and, for
    those who book themselves, ``booking.not_open`` and ``booking.not_checked`` (nobody has looked yet whether they may come, D21).
    """
    fresh = locked_household(household.pk)
    row = locked_slots(slot.pk)[slot.pk]
    _check_day(row, via, timezone.now())
    day = row.pickup_day.day
    if Booking.objects.live().filter(household=fresh, day=day).exists():
        raise _one_a_day()
    if via == Via.PAGE and not fresh.checks.valid_on(day).exists():
        raise Refusal(
            "booking.not_checked",
            Text(
                "ご利用の確認がまだです。登録のときの窓口か、いつもの連絡先にお知らせください。",
                "We have not confirmed your registration yet. Please tell the office where you registered.",
            ),
        )
    state = BookingState.BOOKED if row.taken < row.capacity else BookingState.WAITING
    booking = _with_new_code(Booking(household=fresh, slot=row, day=day, state=state, via=via))
    if state == BookingState.BOOKED:
        _count(row, 1)
    if HouseholdContact.objects.filter(household=fresh, channel=Channel.EMAIL).exists():
        tell_booking(booking, "booking_confirmed" if state == BookingState.BOOKED else "booking_waiting")
    return booking


@transaction.atomic
def cancel(*, booking: Booking, actor: User) -> Booking:
    """Give the place back; it goes to whoever has waited longest, and what was kept for the parcel is free again. Cancelling again
    changes nothing. Refuses ``booking.closed`` once they were checked in or have gone."""
    locked_household(booking.household_id)
    slot = locked_slots(booking.slot_id)[booking.slot_id]
    return _cancel(slot, booking.pk, actor)


@transaction.atomic
def no_show(*, booking: Booking, actor: User) -> Booking:
    """They did not come; what was kept for them is free again. Refuses ``booking.closed`` and ``booking.not_yet`` (before their slot
    ends)."""
    row = locked_booking(booking.pk)
    if row.state == BookingState.NO_SHOW:
        return row
    if row.state != BookingState.BOOKED:
        raise _closed(row)
    if timezone.now() < at(row.day, row.slot.end):
        raise Refusal(
            "booking.not_yet",
            Text("受取枠の時間がまだ終わっていません。", "Their time has not ended yet."),
            params={"booking": row.pk},
        )
    take_apart(booking=row, actor=actor)
    row.state, row.closed_at = BookingState.NO_SHOW, timezone.now()
    row.save(update_fields=["state", "closed_at"])
    return row


@transaction.atomic
def fill(*, slot: Slot, actor: User) -> list[Booking]:
    """Let those who wait move up while there are places; they are told. Returns those who moved up."""
    return _fill(locked_slots(slot.pk)[slot.pk])


def end_all(*, household: Household, actor: User) -> None:
    """What the household, whose row the caller holds, has booked and not yet used ends."""
    open_ones = list(household.bookings.filter(state__in=(BookingState.BOOKED, BookingState.WAITING)))
    slots = locked_slots(*(booking.slot_id for booking in open_ones))
    locked_bookings(booking.pk for booking in open_ones)
    for booking in open_ones:
        _cancel(slots[booking.slot_id], booking.pk, actor)
    for place in (
        SessionPlace.objects.filter(household=household, state__in=OPEN_PLACE).select_related("session").order_by("session_id")
    ):
        leave_session(household=household, session=place.session, actor=actor)


def _cancel(slot: Slot, booking_id: int, actor: User) -> Booking:
    row = locked_booking(booking_id)
    if row.state in (BookingState.CANCELLED, BookingState.CALLED_OFF):
        return row
    if row.state not in (BookingState.BOOKED, BookingState.WAITING):
        raise _closed(row)
    had_place = row.state == BookingState.BOOKED
    row.state, row.closed_at = BookingState.CANCELLED, timezone.now()
    row.save(update_fields=["state", "closed_at"])
    if had_place:
        _count(slot, -1)
        take_apart(booking=row, actor=actor)
        _fill(slot)
    return row


def _fill(slot: Slot) -> list[Booking]:
    """``slot`` is locked."""
    free = slot.capacity - slot.taken
    if free <= 0 or timezone.now() >= at(slot.pickup_day.day, slot.end):
        return []
    moved = list(Booking.objects.in_line().filter(slot=slot).select_related("slot__pickup_day")[:free])
    for booking in moved:
        booking.state = BookingState.BOOKED
        booking.save(update_fields=["state"])
        tell_booking(booking, "booking_moved_up")
    if moved:
        _count(slot, len(moved))
    return moved


def recount(slot: Slot) -> None:
    """``Slot.taken`` from the bookings, for a slot that is locked and whose bookings were changed together."""
    slot.taken = slot.bookings.filter(state__in=TAKING).count()
    slot.save(update_fields=["taken"])


def _count(slot: Slot, change: int) -> None:
    """In the database, so that the constraint judges what is there and not what was read."""
    Slot.objects.filter(pk=slot.pk).update(taken=F("taken") + change)
    slot.taken += change


def _check_day(slot: Slot, via: Via, now: dt.datetime) -> None:
    pickup_day = slot.pickup_day
    if is_called_off(pickup_day):
        raise Refusal("booking.called_off", Text("この日は中止になりました。", "This day has been called off."))
    if now >= at(pickup_day.day, slot.end):
        raise Refusal("booking.over", Text("この時間は終わりました。", "This time is over."))
    opens, closes = pickup_day.bookings_open_at, pickup_day.bookings_close_at
    if via == Via.PAGE and ((opens is not None and now < opens) or (closes is not None and now >= closes)):
        raise Refusal(
            "booking.not_open",
            Text("いまは予約の受付時間ではありません。", "Bookings are not open at the moment."),
        )


def is_called_off(pickup_day: PickupDay) -> bool:
    return getattr(pickup_day, "call_off", None) is not None


def _with_new_code(booking: Booking) -> Booking:
    for _ in range(_TRIES):
        booking.token, booking.code = new_token(), new_code()
        try:
            with transaction.atomic():
                booking.save(force_insert=True)
                return booking
        except IntegrityError:
            if Booking.objects.live().filter(household=booking.household, day=booking.day).exists():
                raise _one_a_day() from None
    raise RuntimeError("no free ticket code found")


def _one_a_day() -> Refusal:
    return Refusal(
        "booking.one_a_day",
        Text(
            "この日はもう予約があります。時間を変えるときは、先にいまの予約を取り消してください。",
            "You have a booking on that day already. Cancel it first to choose another time.",
        ),
    )


def _closed(booking: Booking) -> Refusal:
    return Refusal(
        "booking.closed",
        Text(
            f"この予約は「{booking.get_state_display()}」のため変えられません。",
            f"This booking is {booking.state.replace('_', ' ')} and cannot be changed.",
        ),
        params={"booking": booking.pk, "state": booking.state},
    )
