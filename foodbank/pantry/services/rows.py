"""Locked rows, always in this order: household, slots, bookings, the pickup day while parcels are chosen, session, then what the
inventory locks (R2)."""

from __future__ import annotations

from collections.abc import Iterable

from foodbank.core.errors import Refusal, Text
from foodbank.core.locking import lock_rows
from foodbank.pantry.models import Booking, ExchangeSession, Household, Slot


def locked_household(household_id: int) -> Household:
    """The household's row, fresh. Refuses ``household.forgotten``."""
    fresh = lock_rows(Household.objects.all(), [household_id])[household_id]
    if fresh.forgotten_at is not None:
        raise Refusal(
            "household.forgotten",
            Text("この世帯の情報は消去済みです。", "What was known of this household has been erased."),
            params={"household": fresh.code},
        )
    return fresh


def locked_slots(*slot_ids: int) -> dict[int, Slot]:
    rows = lock_rows(Slot.objects.select_related("pickup_day__site", "pickup_day__call_off"), slot_ids)
    return {slot.pk: slot for slot in rows.values()}


def locked_booking(booking_id: int) -> Booking:
    return locked_bookings([booking_id])[0]


def locked_bookings(booking_ids: Iterable[int]) -> list[Booking]:
    """In key order. Several are locked together, before the goods of any of them are."""
    rows = lock_rows(Booking.objects.select_related("household", "slot__pickup_day__site"), booking_ids)
    return list(rows.values())


def locked_session(session_id: int) -> ExchangeSession:
    rows = lock_rows(ExchangeSession.objects.select_related("pickup_day__call_off"), [session_id])
    return rows[session_id]
