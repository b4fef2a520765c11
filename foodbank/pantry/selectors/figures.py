"""Figures of pickup days: total and distinct. Outside the food bank counts below five are hidden (``policies.shown_outside``, P5)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Avg, Count, Q, Sum

from foodbank.pantry.models import (
    Booking,
    BookingState,
    ChildcarePlace,
    Feedback,
    Household,
    HouseholdChildren,
    ParcelLine,
    PickupDay,
    PlaceState,
    SessionPlace,
)


@dataclass(frozen=True, slots=True)
class Figures:
    """``pickups`` and so on count every time somebody came; ``households``, ``people`` and ``children`` count everybody once, with the
    size that they have now."""

    days: int
    pickups: int
    households: int
    people: int
    children: int
    no_shows: int
    session_places: int
    session_households: int
    childcare_children: int
    grams: int
    answers: int
    connected: float | None


def figures(*, since: dt.date, until: dt.date) -> Figures:
    """Of the pickup days from ``since`` to ``until``, both included; nine queries."""
    during = Q(slot__pickup_day__day__range=(since, until))
    came = Booking.objects.filter(during, state=BookingState.HANDED_OVER)
    who = Household.objects.filter(pk__in=came.values("household"))
    session_day = Q(session__pickup_day__day__range=(since, until), state=PlaceState.IN)
    joined = SessionPlace.objects.filter(session_day).aggregate(n=Count("pk"), distinct=Count("household", distinct=True))
    said = Feedback.objects.filter(pickup_day__day__range=(since, until)).aggregate(n=Count("pk"), mean=Avg("connected"))
    handed = ParcelLine.objects.filter(parcel__booking__in=came, movement__isnull=False)
    size = who.aggregate(households=Count("pk"), people=Sum("size"))
    return Figures(
        days=PickupDay.objects.filter(day__range=(since, until), call_off__isnull=True).count(),
        pickups=came.count(),
        households=size["households"],
        people=size["people"] or 0,
        children=HouseholdChildren.objects.filter(household__in=who).aggregate(n=Sum("count"))["n"] or 0,
        no_shows=Booking.objects.filter(during, state=BookingState.NO_SHOW).count(),
        session_places=joined["n"],
        session_households=joined["distinct"],
        childcare_children=ChildcarePlace.objects.filter(session_day).aggregate(n=Sum("children"))["n"] or 0,
        grams=handed.aggregate(n=Sum("movement__grams"))["n"] or 0,
        answers=said["n"],
        connected=said["mean"],
    )
