"""A pickup day that cannot take place (a typhoon)."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.core.locking import lock_rows
from foodbank.pantry.models import OPEN_PLACE, Booking, BookingState, ExchangeSession, PickupCallOff, PickupDay, PlaceState
from foodbank.pantry.services.bookings import recount
from foodbank.pantry.services.parcels import take_apart
from foodbank.pantry.services.rows import locked_bookings, locked_slots
from foodbank.pantry.services.telling import tell_booking, tell_session


@transaction.atomic
def call_off_pickup_day(*, day_pk: int, reason: str, actor: User) -> int:
    """All that is booked and not yet handed over ends as called off, places in the session too; everybody is told, parcels are taken
    apart. Returns how many households were told. A day already called off is left as it is (0). Refuses ``pickup.reason``."""
    if not reason.strip():
        raise Refusal("pickup.reason", Text("中止の理由を書いてください。", "Say why it is called off."), status=400)
    pickup_day = PickupDay.objects.get(pk=day_pk)
    slots = locked_slots(*pickup_day.slots.values_list("pk", flat=True))
    if PickupCallOff.objects.filter(pickup_day=pickup_day).exists():
        return 0
    told: set[int] = set()
    now = timezone.now()
    open_states = (BookingState.BOOKED, BookingState.WAITING, BookingState.CHECKED_IN)
    for row in locked_bookings(Booking.objects.filter(slot__in=slots, state__in=open_states).values_list("pk", flat=True)):
        if row.state in open_states:
            take_apart(booking=row, actor=actor)
            row.state, row.closed_at = BookingState.CALLED_OFF, now
            row.save(update_fields=["state", "closed_at"])
            tell_booking(row, "booking_called_off")
            told.add(row.household_id)
    for slot in slots.values():
        recount(slot)
    sessions = lock_rows(ExchangeSession.objects.select_related("pickup_day"), pickup_day.sessions.values_list("pk", flat=True))
    for session in sessions.values():
        for place in session.places.filter(state__in=OPEN_PLACE):
            if place.household_id not in told:
                tell_session(place.household_id, session, "session_called_off", f"session_place/{place.pk}")
                told.add(place.household_id)
        session.places.filter(state__in=OPEN_PLACE).update(state=PlaceState.CALLED_OFF)
        session.childcare.filter(state__in=OPEN_PLACE).update(state=PlaceState.CALLED_OFF)
        session.taken = session.childcare_taken = 0
        session.save(update_fields=["taken", "childcare_taken"])
    PickupCallOff.objects.create(pickup_day=pickup_day, reason=reason.strip()[:200], actor=actor)
    return len(told)
