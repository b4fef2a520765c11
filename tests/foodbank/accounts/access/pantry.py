from __future__ import annotations

import datetime as dt

from foodbank.accounts.models import Role
from foodbank.core.dates import today
from foodbank.pantry.models import Booking, BookingState, ExchangeSession, PickupDay, Slot
from foodbank.pantry.services.gate import check_in_booking
from foodbank.sites.models import Site
from tests.factories import SiteFactory, stocked
from tests.factories.inventory import PlaceFactory
from tests.factories.pantry import household
from tests.foodbank.accounts.access.table import DESK, Person, Row, Who, roles

GATE = roles(Role.RECEPTION)
REGISTRAR = roles(Role.REGISTRAR)


def _day(site: Site | None) -> PickupDay:
    """At whatever place the person works."""
    day = PickupDay.objects.create(day=today(), site=site or SiteFactory.create())
    Slot.objects.create(pickup_day=day, start=dt.time(0), end=dt.time(23, 59), capacity=5)
    return day


def _booked(site: Site | None, **changes: object) -> Booking:
    slot = _day(site).slots.get()
    Slot.objects.filter(pk=slot.pk).update(taken=1)
    number = Booking.objects.count()
    return Booking.objects.create(
        household=household(), slot=slot, day=today(), state=BookingState.BOOKED, token=f"{number:032X}", code=f"{number:06d}", via="staff",
        **changes,
    )  # fmt: skip


def _line(site: Site | None) -> int:
    booking = _booked(site)
    place = PlaceFactory.create(site=booking.slot.pickup_day.site)
    stocked(3, place=place)
    check_in_booking(booking=booking, actor=booking.household.account)
    return booking.parcels.get().lines.get().pk


def here_day(who: Person) -> list[int]:
    return [_day(who.site).pk]


def there_day(who: Person) -> list[int]:
    return [_day(SiteFactory.create()).pk]


def here(who: Person) -> list[int]:
    return [_booked(who.site).pk]


def there(who: Person) -> list[int]:
    return [_booked(SiteFactory.create()).pk]


def _own_household(who: Person) -> Booking:
    booking = _booked(None)
    booking.household.account = who.user
    booking.household.save(update_fields=["account"])
    return booking


def mine(who: Person) -> list[int]:
    return [_own_household(who).pk]


def open_day(who: Person) -> list[int]:
    _own_household(who)
    return [_day(None).pk]


def session(who: Person) -> list[int]:
    day = _own_household(who).slot.pickup_day
    return [ExchangeSession.objects.create(pickup_day=day, theme="見本", start=dt.time(0), end=dt.time(23, 59), capacity=1).pk]


def somebodys(who: Person) -> list[int]:
    """Another household's booking, asked for by somebody who is a household too."""
    _own_household(who)
    return [_booked(None).pk]


def gate(method: str = "get") -> Row:
    return Row(GATE, method, args=[0], own=here, other=there)


def guest(method: str = "get", **more: object) -> Row:
    return Row(Who.SIGNED_IN, method, door="pantry:closed", **more)  # type: ignore[arg-type]


def nothing_there(who: Person) -> list[int]:
    _own_household(who)
    return [0]


ROWS = {
    "pantry:register": Row(Who.PUBLIC, args=["nothing"], wide=True),
    "pantry:enter": Row(Who.PUBLIC, args=["nothing"], wide=True),
    "pantry:leave_quickly": Row(Who.PUBLIC),
    "pantry:close": Row(Who.PUBLIC, "post"),
    "pantry:closed": Row(Who.PUBLIC),
    "pantry:my": guest(),
    "pantry:own_link": guest(),
    "pantry:data": guest(),
    "pantry:forget_me": guest(),
    # what every household may see of a day is the same; its own bookings are nobody else's
    "pantry:day": guest(args=[0], own=open_day, other=nothing_there),
    "pantry:get_together": guest(args=[0], own=open_day, other=nothing_there),
    "pantry:session": guest("post", args=[0], own=session, other=nothing_there),
    "pantry:ticket": guest(args=[0], own=mine, other=somebodys),
    "pantry:cancel": guest("post", args=[0], own=mine, other=somebodys),
    "pantry:feedback": guest(args=[0], own=mine, other=somebodys),
    "pantry:check_in": Row(GATE),
    "pantry:check_in_day": Row(GATE, args=[0], own=here_day, other=there_day),
    "pantry:check_in_list": Row(GATE, args=[0], own=here_day, other=there_day),
    "pantry:check_in_book": Row(GATE, args=[0], own=here_day, other=there_day),
    "pantry:check_in_walk_in": Row(GATE, args=[0], own=here_day, other=there_day),
    "pantry:check_in_booking": gate(),
    "pantry:check_in_arrived": gate("post"),
    "pantry:check_in_handed_over": gate("post"),
    "pantry:check_in_absent": gate("post"),
    "pantry:check_in_packed": gate("post"),
    "pantry:check_in_allergies": gate("post"),
    "pantry:check_in_lot": gate("post"),
    "pantry:check_in_line_remove": Row(
        GATE, "post", args=[0], own=lambda who: [_line(who.site)], other=lambda who: [_line(SiteFactory.create())]
    ),
    "pantry:pickup_days": Row(DESK),
    "pantry:pickup_day_new": Row(DESK),
    "pantry:figures": Row(DESK),
    "pantry:pickup_day": Row(DESK, args=[0], wide=True),
    "pantry:pickup_day_times": Row(DESK, "post", args=[0], wide=True),
    "pantry:pickup_day_slot": Row(DESK, "post", args=[0], wide=True),
    "pantry:pickup_day_session": Row(DESK, "post", args=[0], wide=True),
    "pantry:slot_edit": Row(DESK, "post", args=[0], wide=True),
    "pantry:households": Row(REGISTRAR),
    "pantry:household_new": Row(REGISTRAR),
    "pantry:registration_links": Row(REGISTRAR),
    "pantry:registration_link_end": Row(REGISTRAR, "post", args=[0], wide=True),
    "pantry:household": Row(REGISTRAR, args=[0], wide=True),
    "pantry:household_edit": Row(REGISTRAR, args=[0], wide=True),
    "pantry:household_contact": Row(REGISTRAR, "post", args=[0], wide=True),
    "pantry:household_contact_edit": Row(REGISTRAR, "post", args=[0], wide=True),
    "pantry:household_check": Row(REGISTRAR, "post", args=[0], wide=True),
    "pantry:household_link": Row(REGISTRAR, "post", args=[0], wide=True),
    "pantry:household_links_end": Row(REGISTRAR, "post", args=[0], wide=True),
    "pantry:household_forget": Row(REGISTRAR, args=[0], wide=True),
}
