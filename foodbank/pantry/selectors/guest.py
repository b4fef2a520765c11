"""What a household sees of pickup days and of its own bookings. How many others come is not among it (P5)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from django.db.models import Prefetch

from foodbank.core.dates import at, today
from foodbank.pantry.models import (
    LIVE,
    OPEN_PLACE,
    Booking,
    BookingState,
    ChildcarePlace,
    ExchangeSession,
    Household,
    PickupDay,
    SessionPlace,
    Slot,
)

MOST_DAYS = 12
_FEW = 5  # less than one in five is left


@dataclass(frozen=True, slots=True)
class SlotView:
    slot: Slot
    state: Literal["free", "few", "full", "over"]


@dataclass(frozen=True, slots=True)
class DayView:
    """``opening``: from when it may be booked, where that is still to come; ``closed``: no more."""

    pickup_day: PickupDay
    slots: list[SlotView]
    opening: dt.datetime | None
    closed: bool

    @property
    def open(self) -> bool:
        return self.opening is None and not self.closed


@dataclass(frozen=True, slots=True)
class SessionView:
    """The exchange session of a day with the household's own places in it."""

    session: ExchangeSession
    place: SessionPlace | None
    childcare: ChildcarePlace | None


def open_days(now: dt.datetime) -> list[DayView]:
    """The next pickup days that can be booked, or will be; two queries."""
    days = (
        PickupDay.objects.filter(day__gte=today(), call_off__isnull=True)
        .select_related("site")
        .prefetch_related("slots")
        .order_by("day", "pk")[:MOST_DAYS]
    )
    return [view for day in days if (view := day_view(day, now)).slots]


def day_view(pickup_day: PickupDay, now: dt.datetime) -> DayView:
    slots = [SlotView(slot, _state(slot, pickup_day.day, now)) for slot in pickup_day.slots.all()]
    opens, closes = pickup_day.bookings_open_at, pickup_day.bookings_close_at
    over = all(view.state == "over" for view in slots)
    return DayView(
        pickup_day,
        slots,
        opens if opens is not None and now < opens else None,
        over or (closes is not None and now >= closes),
    )


def coming_bookings(household: Household) -> list[Booking]:
    """Those of today and later that still count, the next one first; called off ones too, so that nobody sets out."""
    return list(
        household.bookings.filter(day__gte=today(), state__in=(*LIVE, BookingState.CALLED_OFF))
        .select_related("slot__pickup_day__site")
        .order_by("day", "slot__start", "pk")
    )


def to_answer(household: Household) -> Booking | None:
    """The latest pickup whose two questions are still open."""
    return (
        household.bookings.filter(state=BookingState.HANDED_OVER, feedback_given=False, day__gte=today() - dt.timedelta(days=14))
        .select_related("slot__pickup_day")
        .order_by("-day")
        .first()
    )


def turn_of(booking: Booking) -> int:
    """Which one in the line: 1 is next."""
    return Booking.objects.in_line().filter(slot=booking.slot_id, pk__lte=booking.pk).count()


def session_view(household: Household, pickup_day: PickupDay) -> SessionView | None:
    """The day's session, with what the household has asked for; at most three queries."""
    session = (
        ExchangeSession.objects.filter(pickup_day=pickup_day)
        .prefetch_related(
            Prefetch("places", SessionPlace.objects.filter(household=household, state__in=OPEN_PLACE), to_attr="own_places"),
            Prefetch(
                "childcare", ChildcarePlace.objects.filter(household=household, state__in=OPEN_PLACE), to_attr="own_childcare"
            ),
        )
        .first()
    )
    if session is None:
        return None
    return SessionView(session, next(iter(session.own_places), None), next(iter(session.own_childcare), None))


def place_shown(booking: Booking, household: Household) -> bool:
    """May the exact place stand on the page? Only to those who have a place in a slot, and never for a protected household (P4, P5)."""
    return not household.protected and booking.state in (BookingState.BOOKED, BookingState.CHECKED_IN)


def _state(slot: Slot, day: dt.date, now: dt.datetime) -> Literal["free", "few", "full", "over"]:
    free = slot.capacity - slot.taken
    if now >= at(day, slot.end):
        return "over"
    if free <= 0:
        return "full"
    return "few" if free * _FEW < slot.capacity else "free"
