"""Check-in at the gate, by scan, by six characters or from the list."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.catalog.models import Allergen
from foodbank.core.dates import format_day, today
from foodbank.core.errors import Refusal, Text
from foodbank.pantry.models import Allergies, Booking, BookingState, PickupDay, Slot, Via
from foodbank.pantry.selectors.tickets import find_ticket
from foodbank.pantry.services.bookings import book
from foodbank.pantry.services.households import ContactData, HouseholdData, register_household, set_allergies
from foodbank.pantry.services.parcels import pack, pack_again
from foodbank.pantry.services.rows import locked_booking

_NOT_NOW = {
    BookingState.WAITING: (
        "ticket.waiting",
        Text("キャンセル待ちです。まだ場所がありません。", "This is a place in the line; there is no room yet."),
    ),
    BookingState.CANCELLED: ("ticket.cancelled", Text("この予約は取り消されています。", "This booking was cancelled.")),
    BookingState.CALLED_OFF: ("ticket.called_off", Text("この日は中止になりました。", "This day has been called off.")),
    BookingState.HANDED_OVER: (
        "ticket.handed_over",
        Text("この受取券は、もうお渡し済みです。", "This ticket has been used: handed over."),
    ),
}


@transaction.atomic
def check_in(*, text: str, pickup_day: PickupDay, actor: User) -> Booking:
    """The booking behind a scanned token or six characters is here now. Refuses ``ticket.empty``, ``ticket.unknown``,
    ``ticket.other_day``, ``ticket.other_venue`` and what :func:`check_in_booking` refuses."""
    if not text.strip():
        raise Refusal("ticket.empty", Text("受取券の6文字を入力してください。", "Enter the ticket's six characters."), status=400)
    booking = find_ticket(text, pickup_day)
    if booking is None:
        raise Refusal(
            "ticket.unknown",
            Text(
                "この番号の受取券はありません。もう一度読み取るか、一覧から探してください。",
                "There is no such ticket. Scan again, or look in the list.",
            ),
            status=422,
        )
    if booking.day != pickup_day.day:
        raise Refusal(
            "ticket.other_day",
            Text(
                f"この受取券は{format_day(booking.day)}のものです。この日には使えません。",
                f"This ticket is for {booking.day:%A} {booking.day.day} {booking.day:%B}.",
            ),
        )
    if booking.slot.pickup_day_id != pickup_day.pk:
        raise Refusal("ticket.other_venue", Text("別の会場の受取券です。", "This ticket is for another venue."))
    return check_in_booking(booking=booking, actor=actor)


@transaction.atomic
def check_in_booking(*, booking: Booking, actor: User) -> Booking:
    """They are here, and a parcel is packed if one can be. Somebody who came late after all is taken in too. Refuses ``ticket.used``
    (a second time), ``ticket.waiting``, ``ticket.cancelled``, ``ticket.called_off``, ``ticket.handed_over``, ``ticket.other_day``
    and ``ticket.other_booking``; ``params["booking"]`` says which."""
    row = locked_booking(booking.pk)
    if row.day != today():
        raise Refusal(
            "ticket.other_day",
            Text(f"受取日（{format_day(row.day)}）は今日ではありません。", f"The pickup day is {row.day}, not today."),
            params={"booking": row.pk},
        )
    if row.state == BookingState.CHECKED_IN:
        since = timezone.localtime(row.checked_in_at)
        raise Refusal(
            "ticket.used",
            Text(f"{since:%H:%M}に受付済みです。", f"Checked in already, at {since:%H:%M}."),
            params={"booking": row.pk},
        )
    if row.state in _NOT_NOW:
        code, why = _NOT_NOW[BookingState(row.state)]
        raise Refusal(code, why, params={"booking": row.pk})
    row.state, row.checked_in_at, row.closed_at = BookingState.CHECKED_IN, timezone.now(), None
    try:
        with transaction.atomic():
            row.save(update_fields=["state", "checked_in_at", "closed_at"])
    except IntegrityError:  # one a day: who was noted as absent has booked another time since
        raise Refusal(
            "ticket.other_booking",
            Text(
                "この世帯には、今日の別の予約があります。そちらの受取券で受付してください。",
                "They have another booking today. Check them in with that ticket.",
            ),
            params={"booking": row.pk},
        ) from None
    try:
        with transaction.atomic():
            pack(booking=row, actor=actor)
    except Refusal:  # allergies are asked first, or somebody else took the goods: the gate's page says so and packs when asked
        pass
    return row


@transaction.atomic
def walk_in(*, data: HouseholdData, slot: Slot, actor: User, request_id: uuid.UUID | None = None) -> Booking:
    """Somebody who stands there without registration or booking: a household without contact data, booked by staff (P12). Refuses what
    registering and booking refuse; the same ``request_id`` again gives the first booking."""
    household = register_household(data=data, contact=ContactData(), actor=actor, request_id=request_id)
    known = household.bookings.filter(day=slot.pickup_day.day).first()
    return known or book(household=household, slot=slot, via=Via.STAFF, actor=actor)


@transaction.atomic
def note_allergies(*, booking: Booking, allergies: Allergies, allergens: Sequence[Allergen], actor: User) -> None:
    """What was asked at the gate; the parcel is chosen anew. Refuses what setting them and packing refuse."""
    set_allergies(household=booking.household, allergies=allergies, allergens=allergens, actor=actor)
    pack_again(booking=booking, actor=actor)
