"""Slots are never overbooked and no place is lost (R1); the line keeps its order."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from foodbank.accounts.services.system import system_user
from foodbank.core.dates import today
from foodbank.core.errors import FieldsRefused, Refusal
from foodbank.core.models import OutboxMessage
from foodbank.pantry.models import Booking, BookingState, Channel, Slot, Via
from foodbank.pantry.services.bookings import book, cancel, no_show
from foodbank.pantry.services.call_off import call_off_pickup_day
from foodbank.pantry.services.day_changes import change_slot, remove_slot, set_bookings
from foodbank.pantry.services.gate import check_in_booking
from foodbank.pantry.services.households import ContactData
from foodbank.pantry.services.pickup_days import SlotData
from tests.factories.pantry import booking, household, pickup_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor():
    return system_user()


def states(slot: Slot) -> list[str]:
    return list(Booking.objects.filter(slot=slot).order_by("pk").values_list("state", flat=True))


def refused(call) -> str:
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value.code


def test_places_then_the_line_then_the_one_who_waited_longest(actor):
    slot = pickup_day(capacity=2).slots.first()
    made = [booking(slot=slot) for _ in range(5)]
    assert states(slot) == ["booked", "booked", "waiting", "waiting", "waiting"]
    cancel(booking=made[0], actor=actor)
    cancel(booking=made[3], actor=actor)
    cancel(booking=made[1], actor=actor)
    assert states(slot) == ["cancelled", "cancelled", "booked", "cancelled", "booked"]
    slot.refresh_from_db()
    assert slot.taken == 2
    told = OutboxMessage.objects.filter(key__endswith="booking_moved_up").order_by("pk")
    assert [row.payload["to"]["pk"] for row in told] == [made[2].household_id, made[4].household_id]


def test_cancelling_again_gives_back_nothing_more(actor):
    slot = pickup_day(capacity=1).slots.first()
    first, *_others = (booking(slot=slot) for _ in range(3))
    cancel(booking=first, actor=actor)
    cancel(booking=first, actor=actor)
    assert states(slot) == ["cancelled", "booked", "waiting"]


def test_the_database_has_the_last_word():
    slot = pickup_day(capacity=1).slots.first()
    booking(slot=slot)
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.filter(pk=slot.pk).update(taken=2)


def test_one_booking_a_day_at_whatever_venue(actor):
    one, other = pickup_day(), pickup_day()
    who = household()
    first = booking(slot=one.slots.first(), of=who)
    assert refused(lambda: booking(slot=one.slots.last(), of=who)) == "booking.one_a_day"
    assert refused(lambda: booking(slot=other.slots.first(), of=who)) == "booking.one_a_day"
    cancel(booking=first, actor=actor)
    assert booking(slot=other.slots.first(), of=who).state == BookingState.BOOKED
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=first.pk).update(state=BookingState.BOOKED)


def test_who_books_themselves_was_looked_at_and_comes_in_time(actor):
    day = pickup_day()
    slot = day.slots.first()
    unchecked, checked = household(checked=False), household()

    def by_themselves(who):
        return book(household=who, slot=slot, via=Via.PAGE, actor=actor)

    assert refused(lambda: by_themselves(unchecked)) == "booking.not_checked"
    now = timezone.now()
    set_bookings(pickup_day=day, area="", opens=now + dt.timedelta(hours=1), closes=None, actor=actor)
    assert refused(lambda: by_themselves(checked)) == "booking.not_open"
    set_bookings(pickup_day=day, area="", opens=None, closes=now, actor=actor)
    assert refused(lambda: by_themselves(checked)) == "booking.not_open"
    # staff book by phone for anyone, at any time (P12)
    assert booking(slot=slot, of=unchecked).via == Via.STAFF
    set_bookings(pickup_day=day, area="", opens=now - dt.timedelta(hours=1), closes=None, actor=actor)
    assert by_themselves(checked).state == BookingState.BOOKED


def test_what_is_over_is_not_booked():
    assert refused(lambda: booking(slot=pickup_day(day=today() - dt.timedelta(days=1)).slots.first())) == "booking.over"


def test_tickets_are_random_and_their_codes_unique_within_the_day(actor):
    slots = [*pickup_day(capacity=5).slots.all(), *pickup_day(capacity=5).slots.all()]
    made = [booking(slot=slot) for slot in slots for _ in range(3)]
    assert len({one.token for one in made}) == len({one.code for one in made}) == 12
    assert all(len(one.token) * 4 == 128 and len(one.code) == 6 for one in made)
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.filter(pk=made[0].pk).update(code=made[-1].code)


def test_only_those_who_wish_mail_get_a_message_about_what_they_did_themselves():
    slot = pickup_day().slots.first()
    booking(slot=slot)
    assert not OutboxMessage.objects.exists()
    by_mail = household(contact=ContactData(channel=Channel.EMAIL, email="mihon@example.jp"))
    booking(slot=slot, of=by_mail)
    assert [row.payload["template"] for row in OutboxMessage.objects.all()] == ["booking_confirmed"]


def test_who_did_not_come_keeps_the_place_and_may_come_late(actor):
    slot = pickup_day(day=today()).slots.first()
    made = booking(slot=slot)
    assert refused(lambda: no_show(booking=made, actor=actor)) == "booking.not_yet"
    Slot.objects.filter(pk=slot.pk).update(start=dt.time(0), end=dt.time(0, 0, 1))
    assert no_show(booking=made, actor=actor).state == BookingState.NO_SHOW
    slot.refresh_from_db()
    assert slot.taken == 1
    assert refused(lambda: cancel(booking=made, actor=actor)) == "booking.closed"
    assert check_in_booking(booking=made, actor=actor).state == BookingState.CHECKED_IN


def test_more_places_go_to_those_who_wait_and_fewer_than_taken_are_refused(actor):
    slot = pickup_day(capacity=1, slots=1).slots.first()
    made = [booking(slot=slot) for _ in range(4)]
    change_slot(slot=slot, data=SlotData(start=slot.start, end=slot.end, capacity=3), actor=actor)
    assert states(slot) == ["booked", "booked", "booked", "waiting"]
    with pytest.raises(FieldsRefused) as caught:
        change_slot(slot=slot, data=SlotData(start=slot.start, end=slot.end, capacity=2), actor=actor)
    assert list(caught.value.fields) == ["capacity"]
    change_slot(slot=slot, data=SlotData(start=dt.time(23), end=slot.end, capacity=3), actor=actor)
    told = OutboxMessage.objects.filter(payload__template="booking_new_time")
    assert {row.payload["to"]["pk"] for row in told} == {one.household_id for one in made}
    assert refused(lambda: remove_slot(slot=slot, actor=actor)) == "pickup.slot_used"


def test_a_called_off_day_tells_everyone_once_and_books_nobody(actor):
    day = pickup_day(capacity=1)
    slot = day.slots.first()
    made = [booking(slot=slot) for _ in range(2)]
    assert call_off_pickup_day(day_pk=day.pk, reason="台風", actor=actor) == 2
    assert call_off_pickup_day(day_pk=day.pk, reason="台風", actor=actor) == 0
    assert states(slot) == ["called_off", "called_off"]
    slot.refresh_from_db()
    assert slot.taken == 0
    told = OutboxMessage.objects.filter(payload__template="booking_called_off")
    assert sorted(row.payload["to"]["pk"] for row in told) == sorted(one.household_id for one in made)
    assert refused(lambda: booking(slot=day.slots.last())) == "booking.called_off"


def test_no_message_names_a_place_a_theme_or_a_code(actor):
    day = pickup_day(capacity=1, session=True)
    booking(slot=day.slots.first(), of=household(contact=ContactData(channel=Channel.EMAIL, email="mihon@example.jp")))
    call_off_pickup_day(day_pk=day.pk, reason="台風", actor=actor)
    sent = str(list(OutboxMessage.objects.values_list("payload", "key")))
    for secret in ("ひみつ", "mihon@example.jp", day.site.code, Booking.objects.get().code, Booking.objects.get().household.code):
        assert secret not in sent
