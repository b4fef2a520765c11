"""What the gate sees: codes, sizes, allergens and goods. No names, no contact data (P7)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from foodbank.inventory.selectors.facts import lot_facts
from foodbank.labels.codes import CodeRefused, check_code
from foodbank.pantry.models import (
    TAKING,
    Allergies,
    Booking,
    BookingState,
    Household,
    Parcel,
    ParcelLine,
    ParcelState,
    PickupDay,
    Slot,
)
from foodbank.pantry.selectors.shelf import avoided_by, unsafe_names


@dataclass(frozen=True, slots=True)
class GateBooking:
    """One booking as the gate needs it. ``clashes`` are lines that this household must not get."""

    booking: Booking
    people: int
    children: int
    avoided: list[str]
    unknown: bool
    parcel: Parcel | None
    lines: list[ParcelLine]
    clashes: set[int]

    @property
    def grams(self) -> int:
        return sum(line.grams for line in self.lines)


def gate_booking(booking: Booking) -> GateBooking:
    """Eight queries, however much there is in the parcel."""
    household = booking.household
    parcel = booking.parcels.exclude(state=ParcelState.TAKEN_APART).first()
    lines = list(parcel.lines.select_related("lot__item", "place", "parcel").order_by("place__code", "pk")) if parcel else []
    avoided = avoided_by(household)
    facts = lot_facts([line.lot for line in lines])
    return GateBooking(
        booking=booking,
        people=household.size,
        children=household.children.aggregate(n=Sum("count"))["n"] or 0,
        avoided=avoided,
        unknown=household.allergies == Allergies.UNKNOWN,
        parcel=parcel,
        lines=lines,
        clashes={line.pk for line in lines if unsafe_names(facts[line.lot_id], avoided)},
    )


def bookings_on_site(pickup_day: PickupDay) -> QuerySet[Booking]:
    """Who may come, by the ticket's code (P5)."""
    return (
        Booking.objects.filter(slot__pickup_day=pickup_day)
        .exclude(state__in=(BookingState.CANCELLED, BookingState.CALLED_OFF))
        .select_related("slot", "household")
        .order_by("code")
    )


def counts(pickup_day: PickupDay) -> dict[str, int]:
    """How many are expected, here, done and waiting; one query."""
    states = Booking.objects.filter(slot__pickup_day=pickup_day).values_list("state").annotate(n=Count("pk")).order_by()
    found = {BookingState(state): number for state, number in states}
    return {
        "expected": found.get(BookingState.BOOKED, 0),
        "here": found.get(BookingState.CHECKED_IN, 0),
        "done": found.get(BookingState.HANDED_OVER, 0),
        "waiting": found.get(BookingState.WAITING, 0),
        "no_show": found.get(BookingState.NO_SHOW, 0),
    }


def slots_with_states(pickup_day: PickupDay) -> QuerySet[Slot]:
    """The day's slots, each with ``booked``, ``waiting``, ``here``, ``done`` and ``absent``."""

    def number(*states: BookingState) -> Count:
        return Count("bookings", filter=Q(bookings__state__in=states))

    return pickup_day.slots.annotate(
        booked=number(*TAKING),
        waiting=number(BookingState.WAITING),
        here=number(BookingState.CHECKED_IN),
        done=number(BookingState.HANDED_OVER),
        absent=number(BookingState.NO_SHOW),
    ).order_by("start")


def slots_with_bookings(pickup_day: PickupDay) -> QuerySet[Slot]:
    """As :func:`slots_with_states`, with the bookings themselves by code, those in the line at the end."""
    rows = Booking.objects.exclude(state=BookingState.CANCELLED).select_related("household").order_by("code")
    return slots_with_states(pickup_day).prefetch_related(Prefetch("bookings", rows, to_attr="shown"))


def household_by_code(text: str) -> Household | None:
    """Typed in any width, with or without the hyphen, look-alikes put right."""
    cleaned = "".join(char for char in unicodedata.normalize("NFKC", text).upper() if char.isalnum())
    cleaned = cleaned.translate(str.maketrans("IOQUZ", "100V2"))
    return Household.objects.known().filter(code=f"{cleaned[:3]}-{cleaned[3:]}").first()


def lot_code(text: str) -> str | None:
    """A scanned or typed lot code as stored, or nothing when it is none."""
    try:
        return check_code(text)
    except CodeRefused:
        return None
