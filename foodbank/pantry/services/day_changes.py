"""Changing a pickup day that stands: when it may be booked, its slots and its session. Who has booked is told of a new time."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.core.limits import MAX_PEOPLE
from foodbank.core.locking import lock_rows
from foodbank.pantry.models import Booking, BookingState, ExchangeSession, PickupDay, Slot
from foodbank.pantry.services.bookings import fill
from foodbank.pantry.services.pickup_days import SessionData, SlotData, session_faults
from foodbank.pantry.services.rows import locked_session, locked_slots
from foodbank.pantry.services.sessions import settle
from foodbank.pantry.services.telling import tell_new_time


@transaction.atomic
def set_bookings(
    *, pickup_day: PickupDay, area: str, opens: dt.datetime | None, closes: dt.datetime | None, actor: User
) -> PickupDay:
    """From when until when households may book themselves, and what they are told of the place before (P5). Refuses
    ``pickup.refused`` by field."""
    if opens is not None and closes is not None and closes <= opens:
        raise FieldsRefused(
            "pickup.refused",
            {"bookings_close_at": Text("締切は開始より後にしてください。", "The end comes after the start.")},
        )
    row = lock_rows(PickupDay.objects.all(), [pickup_day.pk])[pickup_day.pk]
    row.area, row.bookings_open_at, row.bookings_close_at = area.strip()[:60], opens, closes
    row.save(update_fields=["area", "bookings_open_at", "bookings_close_at"])
    return row


@transaction.atomic
def add_slot(*, pickup_day: PickupDay, data: SlotData, actor: User) -> Slot:
    """One more slot. Refuses ``pickup.refused`` by field."""
    lock_rows(PickupDay.objects.all(), [pickup_day.pk])
    _check_slot(pickup_day, data, None)
    return Slot.objects.create(pickup_day=pickup_day, start=data.start, end=data.end, capacity=data.capacity)


@transaction.atomic
def change_slot(*, slot: Slot, data: SlotData, actor: User) -> Slot:
    """Other times or places. Who has booked is told of other times; more places go to those who wait. Refuses ``pickup.refused`` by
    field, also for fewer places than are taken."""
    lock_rows(PickupDay.objects.all(), [slot.pickup_day_id])
    row = locked_slots(slot.pk)[slot.pk]
    _check_slot(row.pickup_day, data, row)
    moved = (row.start, row.end) != (data.start, data.end)
    row.start, row.end, row.capacity = data.start, data.end, data.capacity
    row.save(update_fields=["start", "end", "capacity"])
    if moved:
        states = (BookingState.BOOKED, BookingState.WAITING)
        for booking in Booking.objects.filter(slot=row, state__in=states).order_by("pk"):
            tell_new_time(booking, row)
    fill(slot=row, actor=actor)
    return row


@transaction.atomic
def remove_slot(*, slot: Slot, actor: User) -> None:
    """Refuses ``pickup.slot_used`` when somebody has ever booked it: set its places to what is taken instead."""
    row = locked_slots(slot.pk)[slot.pk]
    if row.bookings.exists():
        raise Refusal(
            "pickup.slot_used",
            Text(
                "予約の記録がある受取枠は消せません。世帯数を減らしてください。",
                "A slot with bookings stays; lower its places instead.",
            ),
            params={"slot": row.pk},
        )
    row.delete()


@transaction.atomic
def put_session(*, pickup_day: PickupDay, session: ExchangeSession | None, data: SessionData, actor: User) -> ExchangeSession:
    """Enter or change the exchange session; more places go to those who wait. Refuses ``pickup.refused`` by field."""
    faults = session_faults(data)
    if session is None:  # pressed twice, or by two people: the second changes what the first entered
        lock_rows(PickupDay.objects.all(), [pickup_day.pk])
        session = pickup_day.sessions.first()
    row = None if session is None else locked_session(session.pk)
    if row is not None and data.capacity < row.taken:
        faults["capacity"] = Text(f"すでに{row.taken}人が参加します。", f"{row.taken} take part already.")
    if row is not None and data.childcare_places < row.childcare_taken:
        faults["childcare_places"] = Text(
            f"すでに{row.childcare_taken}人を預かります。", f"{row.childcare_taken} children are in already."
        )
    if faults:
        raise FieldsRefused("pickup.refused", faults)
    if row is None:
        row = ExchangeSession(pickup_day=pickup_day)
    row.theme, row.start, row.end = data.theme.strip(), data.start, data.end
    row.capacity, row.childcare_places = data.capacity, data.childcare_places
    row.save()
    settle(session=row, actor=actor)
    return row


def _check_slot(pickup_day: PickupDay, data: SlotData, slot: Slot | None) -> None:
    faults: dict[str, Text] = {}
    taken = slot.taken if slot else 0
    if data.end <= data.start:
        faults["end"] = Text("終わりは始まりより後にしてください。", "The end comes after the start.")
    if not max(taken, 1) <= data.capacity <= MAX_PEOPLE:
        faults["capacity"] = Text(
            f"世帯数は{max(taken, 1)}以上にしてください（予約済み{taken}）。",
            f"At least {max(taken, 1)} places ({taken} are taken).",
        )
    others = pickup_day.slots.exclude(pk=slot.pk) if slot else pickup_day.slots.all()
    if others.filter(start__lt=data.end, end__gt=data.start).exists():
        faults["start"] = Text("ほかの受取枠と時間が重なっています。", "It overlaps with another slot.")
    if faults:
        raise FieldsRefused("pickup.refused", faults)
