"""Households and pickup days, through the services, so that counters and keys are there. Names and addresses are clearly made up."""

from __future__ import annotations

import datetime as dt
from typing import Any

from foodbank.accounts.models import User
from foodbank.accounts.services.system import system_user
from foodbank.core.dates import today
from foodbank.pantry.models import Allergies, Booking, CheckKind, Household, PickupDay, Slot, Via
from foodbank.pantry.services.bookings import book
from foodbank.pantry.services.households import ContactData, HouseholdData, check_eligibility, register_household
from foodbank.pantry.services.pickup_days import SessionData, SlotData, open_pickup_day
from foodbank.sites.models import Site, SiteKind
from tests.factories.accounts import UserFactory
from tests.factories.people import SiteFactory

TOMORROW = dt.timedelta(days=1)


def household(*, contact: ContactData | None = None, checked: bool = True, protected: bool = False, **data: Any) -> Household:
    """Two people without allergies, whose eligibility was looked at."""
    actor = system_user()
    given = {"size": 2, "allergies": Allergies.NONE} | data
    made = register_household(data=HouseholdData(**given), contact=contact or ContactData(), protected=protected, actor=actor)
    if checked:
        check_eligibility(household=made, kind=CheckKind.STATED, valid_until=today() + dt.timedelta(days=90), actor=actor)
    return made


def venue(**changes: Any) -> Site:
    return SiteFactory.create(**{"kind": SiteKind.VENUE, "name": "見本のひみつ会場"} | changes)


def pickup_day(
    *,
    day: dt.date | None = None,
    capacity: int = 2,
    slots: int = 2,
    session: bool = False,
    site: Site | None = None,
    **changes: Any,
) -> PickupDay:
    """Slots of half an hour that end at the end of the day, so that they are never over while the test runs; tomorrow unless said."""
    last = dt.datetime.combine(dt.date(2000, 1, 1), dt.time(23, 59))
    half = dt.timedelta(minutes=30)
    times = [(last - half * (slots - n), last - half * (slots - n - 1)) for n in range(slots)]
    return open_pickup_day(
        day=day or today() + TOMORROW,
        site=site or venue(),
        slots=[SlotData(start=start.time(), end=end.time(), capacity=capacity) for start, end in times],
        session=SessionData(theme="ひみつのテーマ", start=dt.time(22), end=dt.time(23, 59), capacity=2, childcare_places=3)
        if session
        else None,
        actor=system_user(),
        **changes,
    )


def booking(*, slot: Slot, of: Household | None = None, actor: User | None = None) -> Booking:
    """Booked by staff."""
    return book(household=of or household(), slot=slot, via=Via.STAFF, actor=actor or UserFactory.create())
