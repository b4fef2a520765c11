"""Contact data: apart, sealed, read on record, and gone for good (P1, P2, P7)."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from foodbank.accounts.models import Role
from foodbank.accounts.services.system import system_user
from foodbank.core.dates import today
from foodbank.core.errors import FieldsRefused, Refusal
from foodbank.core.models import IdempotencyRecord, OutboxMessage
from foodbank.pantry.models import (
    Allergies,
    BookingState,
    Channel,
    CheckKind,
    ContactRead,
    Household,
    HouseholdContact,
    HouseholdKey,
    HouseholdLink,
    Language,
    ReadReason,
)
from foodbank.pantry.sealing import CannotOpen, Envelope
from foodbank.pantry.selectors.contacts import contact_of, found_by_contact, household_address
from foodbank.pantry.selectors.figures import figures
from foodbank.pantry.services.gate import check_in_booking
from foodbank.pantry.services.households import ContactData, check_eligibility, forget
from foodbank.pantry.services.links import new_link
from foodbank.pantry.services.parcels import hand_over
from foodbank.pantry.services.reads import read_contact
from foodbank.pantry.services.rotation import rotate_keys
from tests.factories import UserFactory, allergen, stocked
from tests.factories.inventory import PlaceFactory
from tests.factories.pantry import booking, household, pickup_day

pytestmark = pytest.mark.django_db

CANARY = ContactData(channel=Channel.EMAIL, nickname="かなりやのよびな", email="canary-7f3a@example.jp", phone="000-1234-98765")
CANARIES = ("かなりやのよびな", "canary-7f3a", "000-1234-98765", "000123498765")


@pytest.fixture
def actor():
    return system_user()


def raw_bytes() -> bytes:
    """Every value of every table, as the database holds it."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            for row in cursor.fetchall():
                found += [bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode() for value in row]
    return b"\n".join(found)


def leaks(data: bytes) -> list[str]:
    return [canary for canary in CANARIES if canary.encode() in data]


def test_the_database_holds_no_plaintext(actor):
    who = household(contact=CANARY)
    assert leaks(raw_bytes()) == []
    assert contact_of(who).nickname == "かなりやのよびな"


def test_each_household_has_a_key_of_its_own(actor):
    one, other = household(contact=CANARY), household(contact=CANARY)
    assert bytes(one.contact.email) != bytes(other.contact.email)
    with pytest.raises(Exception):  # noqa: B017 - whatever the library says
        Envelope(other.key.wrapped).open(one.contact.email)


def test_forgetting_destroys_the_key_and_what_is_left_cannot_be_opened_by_anybody(actor):
    """Even with the installation's key and an old copy of the sealed rows: only the household's key, which is gone, opens them."""
    who = household(contact=CANARY, allergies=Allergies.LISTED, allergens=[allergen("卵")])
    old_copy, wrapped = bytes(who.contact.email), bytes(who.key.wrapped)
    new_link(household=who, actor=actor)
    coming = booking(slot=pickup_day().slots.first(), of=who)
    assert Envelope(wrapped).open(old_copy) == "canary-7f3a@example.jp"  # the control: with the key it can
    account = who.account
    forget(household=who, actor=actor)
    forget(household=who, actor=actor)
    assert wrapped not in raw_bytes()
    assert not HouseholdKey.objects.exists()
    assert not HouseholdContact.objects.exists()
    assert not HouseholdLink.objects.exists()
    for left in HouseholdKey.objects.all():
        with pytest.raises(CannotOpen):
            Envelope(left.wrapped).open(old_copy)
    who.refresh_from_db()
    coming.refresh_from_db()
    account.refresh_from_db()
    assert (who.code != "", who.size, who.allergens.count()) == (True, 2, 0)
    assert coming.state == BookingState.CANCELLED
    assert not account.is_active
    assert contact_of(who).email == ""
    assert household_address(who.pk) is None
    assert found_by_contact("canary-7f3a@example.jp") == []


def test_totals_and_traces_stay(actor):
    day = pickup_day(day=today())
    stocked(9, place=PlaceFactory.create(site=day.site))
    made = booking(slot=day.slots.first(), of=household(contact=CANARY, size=4))
    check_in_booking(booking=made, actor=actor)
    hand_over(booking=made, actor=actor)
    before = figures(since=today(), until=today())
    forget(household=made.household, actor=actor)
    assert figures(since=today(), until=today()) == before
    assert (before.pickups, before.households, before.people, before.grams) == (1, 1, 4, 4_000)
    assert made.parcels.get().lines.get().movement is not None


def test_a_new_key_of_the_installation(actor, settings: Any):
    settings.CONTACT_KEYS = ["first-key-of-the-installation-xxxxxxxx"]
    who = household(contact=CANARY)
    settings.CONTACT_KEYS = ["second-key-of-the-installation-yyyyyyy", "first-key-of-the-installation-xxxxxxxx"]
    assert contact_of(who).email == "canary-7f3a@example.jp"
    assert [one.pk for one in found_by_contact("CANARY-7f3a@example.jp")] == [who.pk]
    call_command("rotate_contact_keys")
    assert rotate_keys(actor=actor) == 1  # again, without harm
    settings.CONTACT_KEYS = ["second-key-of-the-installation-yyyyyyy"]
    assert contact_of(who).email == "canary-7f3a@example.jp"
    assert [one.pk for one in found_by_contact("canary-7f3a@example.jp")] == [who.pk]
    settings.CONTACT_KEYS = ["first-key-of-the-installation-xxxxxxxx"]
    with pytest.raises(CannotOpen):
        contact_of(who)


def test_each_reading_by_a_person_is_on_record_with_a_reason(client: Client):
    registrar = UserFactory.create(is_staff=False, roles=[Role.REGISTRAR])
    client.force_login(registrar)
    who = household(contact=CANARY)
    page = client.get(reverse("pantry:household", args=[who.pk])).content
    page += client.get(reverse("pantry:households")).content
    assert leaks(page) == []
    address = reverse("pantry:household_contact", args=[who.pk])
    assert client.get(address).status_code == 405  # nothing shows them without a reason
    assert client.post(address, {"reason": "nosy"}).status_code == 302
    assert not ContactRead.objects.exists()
    opened = client.post(address, {"reason": "call"})
    assert leaks(opened.content)
    read = ContactRead.objects.get()
    assert (read.household_id, read.actor_id, read.reason) == (who.pk, registrar.pk, ReadReason.CALL)
    assert leaks(client.post(reverse("pantry:households"), {"contact": "canary-7f3a@example.jp"}).content) == ["canary-7f3a"]
    assert [one.reason for one in ContactRead.objects.order_by("pk")] == [ReadReason.CALL, ReadReason.IDENTIFY]


def test_a_coordinator_is_no_registrar(client: Client):
    client.force_login(UserFactory.create())
    who = household(contact=CANARY)
    assert client.post(reverse("pantry:household_contact", args=[who.pk]), {"reason": "call"}).status_code == 403


def test_contact_data_are_on_no_page_of_those_who_work_there(client: Client, actor, caplog: pytest.LogCaptureFixture):
    """Canaries: gate, desk, messages on their way, stored answers and logs."""
    caplog.set_level(logging.DEBUG)
    day = pickup_day(day=today(), session=True)
    stocked(9, place=PlaceFactory.create(site=day.site))
    made = booking(slot=day.slots.first(), of=household(contact=CANARY))
    client.force_login(UserFactory.create())
    answers = [
        client.get(reverse("pantry:check_in_day", args=[day.pk])),
        client.get(reverse("pantry:check_in_list", args=[day.pk])),
        client.post(reverse("pantry:check_in_day", args=[day.pk]), {"code": made.token, "client_id": "k1"}),
        client.get(reverse("pantry:check_in_booking", args=[made.pk])),
        client.get(reverse("pantry:pickup_day", args=[day.pk])),
        client.get(reverse("pantry:pickup_days")),
        client.get(reverse("pantry:figures")),
        client.get(reverse("dispatch:day", args=[today()])),
        client.post(reverse("pantry:check_in_handed_over", args=[made.pk]), {"client_id": "k2"}),
        client.get(reverse("pantry:check_in_day", args=[day.pk])),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 302, 200, 200, 200, 200, 200, 302, 200]
    assert made.household.code in answers[1].content.decode()  # by code
    said = b"".join(answer.content for answer in answers)
    said += str(list(OutboxMessage.objects.values())).encode() + str(list(IdempotencyRecord.objects.values())).encode()
    said += caplog.text.encode()
    assert leaks(said) == []


def test_messages_go_to_the_address_in_words_for_a_protected_household(actor):
    plain = household(contact=CANARY, language=Language.EN)
    hidden = household(contact=CANARY, protected=True)
    address, neutral = household_address(plain.pk), household_address(hidden.pk)
    assert address is not None
    assert neutral is not None
    assert (address.email, address.phone, address.language, address.neutral) == ("canary-7f3a@example.jp", "", "en", False)
    assert neutral.neutral
    assert household_address(household().pk) is None  # wants no messages


def test_the_result_of_a_check_is_kept_and_nothing_else(actor):
    who = household(checked=False)
    check_eligibility(household=who, kind=CheckKind.CHILD_ALLOWANCE, valid_until=today(), actor=actor)
    kept = {field.name for field in type(who.checks.get())._meta.get_fields()}
    assert kept == {"id", "household", "kind", "checked_by", "checked_at", "valid_until"}  # no picture, no number (D21)
    with pytest.raises(FieldsRefused):
        check_eligibility(household=who, kind=CheckKind.STATED, valid_until=today() - dt.timedelta(days=1), actor=actor)


def test_what_is_asked_is_what_a_pickup_needs():
    """P1: no name of a person, no address, no free text about them."""
    kept = {field.name for field in Household._meta.get_fields() if not field.auto_created and field.concrete}
    assert kept == {
        "code", "size", "allergies", "allergens", "language", "protected", "shared_phone", "account", "registered_by",
        "registered_at", "request_id", "forgotten_at",
    }  # fmt: skip
    assert {field.name for field in HouseholdContact._meta.get_fields()} == {
        "id", "household", "channel", "nickname", "email", "phone", "email_hash", "phone_hash",
    }  # fmt: skip


def test_nobody_reads_or_changes_a_forgotten_household(actor):
    who = household(contact=CANARY)
    forget(household=who, actor=actor)
    with pytest.raises(Refusal) as refused:
        read_contact(household=who, reason=ReadReason.CALL, actor=actor)
    assert refused.value.code == "household.forgotten"
    assert not ContactRead.objects.exists()
