"""Contact data reach nobody but the household itself and a registrar whose reading is on record (P2, P7, R7).

Two households say how to reach them in words that stand nowhere else. Everybody who works goes through every page, file and form that
their role leads to, programs ask everything that the API has, and then every table, log line and message is searched for these words.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from foodbank.accounts.models import Role, User
from foodbank.accounts.services.system import system_user
from foodbank.core.dates import today
from foodbank.core.models import OutboxMessage
from foodbank.core.outbox import relay
from foodbank.pantry.models import Booking, BookingState, Channel, ContactRead, Household, PickupDay, ReadReason
from foodbank.pantry.services.bookings import cancel
from foodbank.pantry.services.households import ContactData
from foodbank.partners.models import Partner
from logistics.dispatch.services.planning import make_plan
from logistics.dispatch.services.publishing import publish
from tests.crawl import Visit, crawl, forms_of, starts, text_of
from tests.factories import UserFactory, a_key
from tests.factories.pantry import booking, household, pickup_day
from tests.shared_data import EXAMPLE

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # it takes long, and the words are the same on every database

NAMES = ("かなりあ呼名七九", "かなりあ呼名八六")
MAIL = "canary-79@mihon.example"
PHONE = "070-7979-8686"
CANARIES = (*NAMES, MAIL, "canary-79", PHONE, PHONE.replace("-", ""), "7979-8686")
SEES = {
    Role.WAREHOUSE: {"warehouse:home", "warehouse:load", "warehouse:receive_offer", "warehouse:todays_labels"},
    Role.DRIVER: {"driving:home"},
    Role.RECEPTION: {"pantry:check_in_day", "pantry:check_in_list", "pantry:check_in_booking"},
    Role.PARTNER: {"portal:overview", "portal:orders"},
    Role.COORDINATOR: {"dispatch:day", "dispatch:notices", "sheets:all", "pantry:pickup_day", "reports:kilograms_file"},
}
"""Pages that each role comes by on its way, so that the search is one."""


@dataclass(frozen=True)
class World:
    """A planned day, and a pickup day on which one canary moved up from the line and the other holds a place."""

    mailed: Household
    called: Household
    other: Household
    pickup_day: PickupDay
    partner: Partner


@pytest.fixture
def world() -> World:
    day = today()
    call_command("import_day", str(EXAMPLE / "day"), date=day.isoformat())
    publish(plan=make_plan(day=day, actor=system_user(), work=5), actor=system_user())
    mailed = household(contact=ContactData(channel=Channel.EMAIL, nickname=NAMES[0], email=MAIL))
    called = household(contact=ContactData(channel=Channel.PHONE, nickname=NAMES[1], phone=PHONE), protected=True)
    meeting = pickup_day(day=day, capacity=2, slots=1, session=True)
    [slot] = meeting.slots.all()
    first, _second = booking(slot=slot), booking(slot=slot, of=called)
    waiting = booking(slot=slot, of=mailed)
    cancel(booking=first, actor=system_user())
    waiting.refresh_from_db()
    assert waiting.state == BookingState.BOOKED
    relay()
    return World(mailed, called, household(), meeting, Partner.objects.order_by("site__code").first())


def worker(role: Role, world: World) -> User:
    site = world.partner.site if role == Role.PARTNER else None
    return UserFactory.create(is_staff=False, roles=[role], roles__at=site)


def found_in(text: str) -> list[str]:
    return [word for word in CANARIES if word in text]


def walk(client: Client, more: list[str]) -> Iterator[Visit]:
    """All pages, then every form on them as it is, unfilled."""
    actions: dict[str, str] = {}
    for visit in crawl(client, [*starts(), *more]):
        actions |= dict.fromkeys(forms_of(visit), visit.path)
        yield visit
    for path in actions:
        answer = client.post(path, headers={"Idempotency-Key": f"canary-{path}", "Accept": "application/json"})
        yield Visit("", f"POST {path}", answer.status_code, text_of(answer))


@pytest.mark.parametrize("role", SEES)
def test_who_works_never_meets_a_household_s_contact_data(
    client: Client, world: World, role: Role, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    client.raise_request_exception = False
    client.force_login(worker(role, world))
    bookings = [world.mailed.bookings.get(), world.called.bookings.get()]
    more = [reverse(name, args=[one.pk]) for name in ("pantry:ticket", "pantry:check_in_booking") for one in bookings]
    more += [reverse("pantry:household", args=[one.household_id]) for one in bookings]
    visits = list(walk(client, more))
    assert {visit.path: visit.status for visit in visits if visit.status >= 500} == {}
    assert SEES[role] - {visit.name for visit in visits if visit.status == 200} == set()
    assert {visit.path: found for visit in visits if (found := found_in(visit.text))} == {}
    assert found_in(caplog.text) == []
    assert stored() == {}


def test_a_registrar_sees_it_when_a_reason_was_given_and_nowhere_else(
    client: Client, world: World, caplog: pytest.LogCaptureFixture
):
    """The control: these words are there to be found."""
    caplog.set_level(logging.DEBUG)
    registrar = UserFactory.create(is_staff=False, roles=[Role.REGISTRAR])
    client.force_login(registrar)
    pages = [reverse("pantry:household", args=[one.pk]) for one in (world.mailed, world.called)]
    visits = list(crawl(client, [*starts(), *pages]))
    assert {visit.path for visit in visits if visit.status == 200} >= set(pages)
    assert {visit.path: found for visit in visits if (found := found_in(visit.text))} == {}
    assert ContactRead.objects.count() == 0
    address = reverse("pantry:household_contact", args=[world.mailed.pk])
    assert found_in(text_of(client.post(address))) == []  # without a reason
    assert {NAMES[0], MAIL} <= set(found_in(text_of(client.post(address, {"reason": ReadReason.CALL}))))
    [read] = ContactRead.objects.all()
    assert (read.household, read.actor, read.reason) == (world.mailed, registrar, ReadReason.CALL)
    assert (found_in(caplog.text), stored()) == ([], {})


def test_programs_never_meet_it_either(client: Client, world: World):
    headers = {"Authorization": f"Bearer {a_key(world.partner)[1]}"}
    for name in ("api:stock", "api:orders", "api:deliveries", "api:schema"):
        answer = client.get(reverse(name), headers=headers)
        assert (answer.status_code, found_in(text_of(answer))) == (200, [])
    for one in client.get(reverse("api:orders"), headers=headers).json()["results"]:
        answer = client.get(reverse("api:order", args=[one["id"]]), headers=headers)
        assert (answer.status_code, found_in(text_of(answer))) == (200, [])


def test_another_household_sees_its_own_only(client: Client, world: World):
    client.force_login(world.other.account)
    mine = [reverse("pantry:data"), reverse("pantry:my")]
    theirs = [reverse("pantry:ticket", args=[one.pk]) for one in Booking.objects.exclude(household=world.other)]
    answers = [client.get(path) for path in theirs]
    assert [answer.status_code for answer in answers] == [404] * 3  # the two canaries', and the one that was cancelled
    assert [found_in(text_of(answer)) for answer in answers] == [[]] * 3
    visits = list(walk(client, mine))
    assert {visit.path: found for visit in visits if (found := found_in(visit.text))} == {}


def stored() -> dict[str, list[str]]:
    """Where the words stand in the clear, in any table (outbox, idempotency answers, ledger, audit, admin's own), or in a session."""
    found = {}
    for model in apps.get_models():
        for row in model._base_manager.values():
            text = " ".join(_clear(value) for value in row.values())
            if found_in(text):
                found[f"{model._meta.label} {row}"] = found_in(text)
    sessions = " ".join(repr(one.get_decoded()) for one in Session.objects.all())
    return found | ({"session": found_in(sessions)} if found_in(sessions) else {})


def _clear(value: object) -> str:
    return bytes(value).decode("utf-8", errors="replace") if isinstance(value, bytes | memoryview) else str(value)


def test_messages_name_nobody_until_they_are_sent(world: World, caplog: pytest.LogCaptureFixture):
    assert OutboxMessage.objects.count() >= 2
    assert stored() == {}
    assert [message.to for message in mail.outbox if MAIL in message.to]  # the control: the words are real, and arrive
    assert all(NAMES[1] not in message.body for message in mail.outbox)
    assert found_in(caplog.text) == []
