"""A hundred phones at the moment of release (R1), over HTTP, on PostgreSQL."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection

from foodbank.core.dates import today
from foodbank.core.errors import Refusal
from foodbank.inventory.models import Balance
from foodbank.inventory.selectors.audit import ledger_differences
from foodbank.pantry.models import Booking, BookingState, Household, PickupDay, Slot
from foodbank.pantry.selectors.gate import counts
from foodbank.pantry.services.call_off import call_off_pickup_day
from foodbank.pantry.services.gate import check_in_booking
from foodbank.pantry.services.parcels import hand_over, pack_again
from foodbank.pantry.services.pickup_days import SlotData, open_pickup_day
from tests.factories import PlaceFactory, UserFactory, stocked
from tests.factories.pantry import booking, household, venue
from tests.races.parallel import at_once, faults
from tests.services import http

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
TOKEN = "a" * 32
PATIENCE_S = 60


def slot_for(capacity: int) -> Slot:
    day = open_pickup_day(
        day=today() + dt.timedelta(days=1), site=venue(), actor=UserFactory.create(),
        slots=[SlotData(start=dt.time(10), end=dt.time(11), capacity=capacity)],
    )  # fmt: skip
    return day.slots.get()


def session_of(who: Household) -> str:
    """The cookie of somebody who is signed in."""
    account = who.account
    assert account is not None
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(account.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = account.get_session_auth_hash()
    store.save()
    return str(store.session_key)


def tap(server: str, address: str, cookie: str, **fields: Any) -> int:
    """One press of a button on a phone; the status of the answer."""
    given = {"csrfmiddlewaretoken": TOKEN, "client_id": str(uuid.uuid4())} | fields
    cookies = {settings.SESSION_COOKIE_NAME: cookie, settings.CSRF_COOKIE_NAME: TOKEN}
    return httpx.post(server + address, data=given, cookies=cookies, timeout=PATIENCE_S).status_code


def book_all(server: str, slot: Slot, cookies: Sequence[str]) -> Counter[Any]:
    address = f"/my/days/{slot.pickup_day_id}/"
    results = at_once([lambda cookie=cookie: tap(server, address, cookie, slot=str(slot.pk)) for cookie in cookies])
    assert faults(results, httpx.HTTPStatusError) == []
    return Counter(results)


def states(slot: Slot) -> list[str]:
    return list(Booking.objects.filter(slot=slot).order_by("pk").values_list("state", flat=True))


def test_a_hundred_bookings_for_forty_places(http_server: str) -> None:
    slot = slot_for(40)
    cookies = [session_of(household()) for _ in range(100)]
    assert book_all(http_server, slot, cookies) == {302: 100}
    assert states(slot) == ["booked"] * 40 + ["waiting"] * 60  # whoever came first has a place
    slot.refresh_from_db()
    assert slot.taken == 40

    # Ten cancel together: exactly the ten who waited longest move up.
    leaving = list(Booking.objects.filter(slot=slot, state=BookingState.BOOKED).select_related("household__account")[:10])
    sessions = [session_of(booking.household) for booking in leaving]
    pairs = list(zip(leaving, sessions, strict=True))
    results = at_once([lambda b=b, c=c: tap(http_server, f"/my/bookings/{b.pk}/cancel/", c) for b, c in pairs])
    assert results == [302] * 10
    assert states(slot) == ["cancelled"] * 10 + ["booked"] * 40 + ["waiting"] * 50
    slot.refresh_from_db()
    assert slot.taken == 40
    assert counts(slot.pickup_day)["expected"] == 40


def test_a_double_tap_and_a_lost_reply_leave_one_booking(http_server: str) -> None:
    slot = slot_for(40)
    address = f"/my/days/{slot.pickup_day_id}/"
    cookies = [session_of(household()) for _ in range(6)]
    sent = [(cookie, str(uuid.uuid4())) for cookie in cookies]
    taps = [lambda c=c, n=n: tap(http_server, address, c, slot=str(slot.pk), client_id=n) for c, n in sent * 3]
    assert set(at_once(taps)) == {302}
    for cookie, number in sent:  # the answer was lost: the same again, later
        assert tap(http_server, address, cookie, slot=str(slot.pk), client_id=number) == 302
    assert states(slot) == ["booked"] * 6


def test_one_household_with_two_phones_books_once(http_server: str) -> None:
    slot = slot_for(40)
    who = household()
    cookies = [session_of(who) for _ in range(8)]
    assert book_all(http_server, slot, cookies) == {302: 1, 422: 7}
    assert states(slot) == ["booked"]


def test_without_the_lock_and_the_constraint_it_oversells(transactional_db: None, tmp_path: Path) -> None:
    """The control: eight phones look at the one free place together, and all of them get it."""
    slot = slot_for(1)
    cookies = [session_of(household()) for _ in range(8)]
    constraint = next(one for one in Slot._meta.constraints if one.name == "slot_never_overbooked")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Slot, constraint)
    try:
        with http.running(tmp_path, workers=1, threads=8, app="tests.races.unlocked:application", TOGETHER="8") as server:
            book_all(server, slot, cookies)
        assert states(slot) == ["booked"] * 8
    finally:
        Slot.objects.update(taken=0)
        with connection.schema_editor() as editor:
            editor.add_constraint(Slot, constraint)


def test_without_the_lock_the_constraint_has_the_last_word_but_people_see_faults(transactional_db: None, tmp_path: Path) -> None:
    slot = slot_for(1)
    cookies = [session_of(household()) for _ in range(8)]
    with http.running(tmp_path, workers=1, threads=8, app="tests.races.unlocked:application", TOGETHER="8") as server:
        answers = book_all(server, slot, cookies)
    assert answers == {302: 1, 500: 7}
    assert states(slot) == ["booked"]


def test_parcels_of_the_same_lots_are_packed_without_waiting_crosswise(transactional_db: None) -> None:
    """Several phones at the gate choose anew, hand over and call off at once: no deadlock, no unit twice, none lost."""
    slot = slot_for(9)
    Slot.objects.filter(pk=slot.pk).update(start=dt.time(0), end=dt.time(23, 59))
    day = slot.pickup_day
    PickupDay.objects.filter(pk=day.pk).update(day=today())
    slot.refresh_from_db()
    slot = Slot.objects.select_related("pickup_day").get(pk=slot.pk)
    shelf = PlaceFactory.create(site=day.site)
    for _ in range(3):
        stocked(20, place=shelf)
    actor = UserFactory.create()
    made = [booking(slot=slot) for _ in range(6)]
    for one in made:
        check_in_booking(booking=one, actor=actor)
    again = [lambda one=one: pack_again(booking=one, actor=actor) for one in made]
    assert faults(at_once([*again, *again]), Refusal) == []
    handing = [lambda one=one: hand_over(booking=one, actor=actor) for one in made[:3]]
    calling = [lambda: call_off_pickup_day(day_pk=day.pk, reason="台風", actor=actor)]
    assert faults(at_once([*handing, *again, *calling]), Refusal) == []
    handed = Booking.objects.filter(state=BookingState.HANDED_OVER).count()
    left = Balance.objects.filter(place=shelf)
    assert sum(left.values_list("quantity", flat=True)) == 3 * 20 - 4 * handed  # 1 kg a unit, 4 kg a household
    assert sum(left.values_list("reserved", flat=True)) == 0
    assert ledger_differences() == []
