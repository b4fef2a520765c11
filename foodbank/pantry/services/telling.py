"""Telling households about their bookings. No message names the place, the theme or the food."""

from __future__ import annotations

import uuid

from foodbank.core.dates import format_day
from foodbank.messaging.services.notify import To, notify
from foodbank.pantry.models import Booking, ExchangeSession, PickupDay, Slot


def tell_booking(booking: Booking, template: str) -> None:
    """``template`` about a booking, once each."""
    slot = booking.slot
    params = _when(slot.pickup_day) | {"time": f"{slot.start:%H:%M}–{slot.end:%H:%M}"}
    notify(to=To("household", booking.household_id), template=template, params=params, key=f"booking/{booking.pk}/{template}")


def tell_new_time(booking: Booking, slot: Slot) -> None:
    """The slot's time was changed, perhaps not for the first time."""
    time = f"{slot.start:%H:%M}–{slot.end:%H:%M}"
    key = f"booking/{booking.pk}/new_time/{uuid.uuid4()}"  # each change is news, also the one back
    notify(
        to=To("household", booking.household_id),
        template="booking_new_time",
        params=_when(slot.pickup_day) | {"time": time},
        key=key,
    )


def tell_session(household_id: int, session: ExchangeSession, template: str, key: str) -> None:
    """``template`` about a place in the session or in childcare; ``key`` is that of the place."""
    params = _when(session.pickup_day) | {"time": f"{session.start:%H:%M}–{session.end:%H:%M}"}
    notify(to=To("household", household_id), template=template, params=params, key=f"{key}/{template}")


def _when(pickup_day: PickupDay) -> dict[str, str | int]:
    day = pickup_day.day
    return {"day_ja": format_day(day), "day_en": f"{day:%A} {day.day} {day:%B}"}
