"""What somebody could try who holds a phone, a link or a role that is not meant for it (P2, P4, P7, P8)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from foodbank.accounts.models import Role, User
from foodbank.accounts.services.system import system_user
from foodbank.core.dates import today
from foodbank.core.errors import FieldsRefused, Refusal
from foodbank.pantry.checks import contact_key
from foodbank.pantry.models import (
    Booking,
    BookingState,
    Channel,
    ContactRead,
    Household,
    HouseholdContact,
    HouseholdLink,
    PickupDay,
    ReadReason,
)
from foodbank.pantry.selectors.contacts import contact_of, found_by_contact
from foodbank.pantry.services.day_changes import put_session
from foodbank.pantry.services.gate import check_in_booking
from foodbank.pantry.services.households import ContactData, HouseholdData, change_contact, forget, register_household
from foodbank.pantry.services.links import SENT_AGAIN_WITHIN, new_link, new_registration_link
from foodbank.pantry.services.parcels import pack, pack_again
from foodbank.pantry.services.pickup_days import SessionData
from tests.factories import RoleGrantFactory, UserFactory, stocked
from tests.factories.inventory import PlaceFactory
from tests.factories.pantry import booking, household, pickup_day, venue

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
BY_MAIL = ContactData(channel=Channel.EMAIL, email="mihon-taro@example.jp", phone="090-0000-0000")


@pytest.fixture
def actor() -> User:
    return system_user()


# ---- whose contact data it is


def test_a_registrar_who_changes_contact_data_or_makes_a_link_is_on_record(client: Client):
    """Both lead to what the household wrote, without its being shown."""
    registrar = UserFactory.create(is_staff=False, roles=[Role.REGISTRAR])
    client.force_login(registrar)
    who = household(contact=BY_MAIL)
    sent = {"channel": "email", "email": "andere@example.jp"}
    client.post(reverse("pantry:household_contact_edit", args=[who.pk]), sent)
    client.post(reverse("pantry:household_link", args=[who.pk]))
    assert contact_of(who).email == "andere@example.jp"
    reads = ContactRead.objects.order_by("pk").values_list("household", "actor", "reason")
    assert list(reads) == [(who.pk, registrar.pk, ReadReason.CORRECT), (who.pk, registrar.pk, ReadReason.ASKED)]


def test_what_households_do_themselves_is_no_reading(client: Client):
    secret = new_registration_link(title="見本の窓口", expires_at=timezone.now() + DAY, actor=system_user())[1]
    answers = {"size": "1", "allergies": "none", "channel": "none", "client_id": str(uuid.uuid4())}
    client.post(reverse("pantry:register", args=[secret]), answers)
    client.post(reverse("pantry:data"), {"contact": "1", "channel": "phone", "phone": "000-0000-0000"})
    assert contact_of(Household.objects.get()).phone == "000-0000-0000"
    assert not ContactRead.objects.exists()


@pytest.mark.parametrize(
    "typed",
    ["090-0000-0000", "09000000000", "０９０ー００００ー００００", "+81 90 0000 0000", "+81 (0)90-0000-0000", "090.0000.0000"],
)
def test_a_number_is_found_however_it_is_typed(typed: str):
    who = household(contact=BY_MAIL)
    assert found_by_contact(typed) == [who]


def test_an_address_is_found_and_not_one_that_only_looks_like_it():
    who = household(contact=BY_MAIL)
    assert found_by_contact(" ＭＩＨＯＮ-taro@example.jp ") == [who]
    assert found_by_contact("mihontaro@example.jp") == []  # somebody else's


def test_contact_data_are_kept_as_telephones_and_mail_servers_want_them(actor: User):
    who = household(
        contact=ContactData(channel=Channel.PHONE, phone=" ０９０ー００００−００００ ", email="ｍｉｈｏｎ＠example.jp")
    )
    assert (contact_of(who).phone, contact_of(who).email) == ("090-0000-0000", "mihon@example.jp")
    with pytest.raises(FieldsRefused) as refused:
        change_contact(
            household=who, contact=ContactData(channel=Channel.PHONE, phone="090 0000 0000" + " わけを話す" * 9), actor=actor
        )
    assert list(refused.value.fields) == ["phone"]


# ---- forgotten


def test_forgetting_shuts_the_account_with_what_was_noted_in_it(actor: User):
    who = household(contact=BY_MAIL)
    account = who.account
    assert account is not None
    User.objects.filter(pk=account.pk).update(last_name="かなりや", first_name="はなこ", email="kanariya@example.jp")
    RoleGrantFactory.create(user=account, role=Role.WAREHOUSE, valid_until=today() - DAY)  # helped once, a while ago
    forget(household=who, actor=actor)
    account.refresh_from_db()
    assert (account.last_name, account.first_name, account.email) == ("", "", "")
    assert (account.is_active, account.session_epoch) == (False, 1)


def test_who_works_here_still_keeps_the_account_and_nothing_of_the_household(client: Client, actor: User):
    who = household(contact=BY_MAIL)
    account = who.account
    assert account is not None
    RoleGrantFactory.create(user=account, role=Role.WAREHOUSE)
    forget(household=who, actor=actor)
    client.force_login(account)
    assert client.get(reverse("accounts:me")).status_code == 200
    assert client.get(reverse("pantry:data")).status_code == 302
    assert not HouseholdContact.objects.exists()


# ---- phones that others hold


def test_a_registration_left_in_a_browser_opens_nothing_later(client: Client):
    secret = new_registration_link(title="見本の窓口", expires_at=timezone.now() + DAY, actor=system_user())[1]
    address = reverse("pantry:register", args=[secret])
    answers = {"size": "1", "allergies": "none", "channel": "none", "client_id": str(uuid.uuid4())}
    client.post(address, answers)
    Household.objects.update(registered_at=timezone.now() - SENT_AGAIN_WITHIN)
    before = HouseholdLink.objects.get(revoked_at__isnull=True)
    other = Client()
    page = other.post(address, answers)
    assert page.status_code == 422
    assert "この登録は済んでいます" in page.content.decode()
    assert "_auth_user_id" not in other.session
    assert HouseholdLink.objects.get(revoked_at__isnull=True) == before  # the household's own goes on


def test_the_number_of_a_registrars_form_signs_nobody_in(client: Client, actor: User):
    number = uuid.uuid4()
    register_household(data=HouseholdData(size=1), contact=BY_MAIL, actor=actor, request_id=number)
    secret = new_registration_link(title="見本の窓口", expires_at=timezone.now() + DAY, actor=actor)[1]
    answers = {"size": "1", "allergies": "none", "channel": "none", "client_id": str(number)}
    assert client.post(reverse("pantry:register", args=[secret]), answers).status_code == 422
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("way", ["leave_quickly", "close"])
def test_what_was_to_be_said_next_is_not_said_to_the_next_one(client: Client, way: str):
    who = household()
    assert who.account is not None
    client.force_login(who.account)
    client.post(reverse("pantry:data"), {"contact": "1", "channel": "none"})
    assert client.cookies["messages"].value
    address = reverse(f"pantry:{way}")
    _left = client.get(address) if way == "leave_quickly" else client.post(address)
    assert not client.cookies["messages"].value
    assert 'class="messages' not in client.get(reverse("pantry:closed")).content.decode()


def test_ones_own_phone_after_a_shared_one_stays_signed_in(client: Client, actor: User):
    who = household()
    address = reverse("pantry:enter", args=[new_link(household=who, actor=actor)])
    client.post(address, {"phone": "shared"})
    assert "guest_until" in client.session
    client.post(address, {"phone": "own"})
    assert "guest_until" not in client.session
    assert not client.session.get_expire_at_browser_close()


def test_a_personal_link_takes_nothing_over_from_who_was_signed_in(client: Client, actor: User):
    """Neither the session's number, which somebody may have set, nor what is in it."""
    client.force_login(UserFactory.create())
    session = client.session
    session["pages_sent"] = ["x"]
    session.save()
    before = client.session.session_key
    who = household()
    address = reverse("pantry:enter", args=[new_link(household=who, actor=actor)])
    client.get(address)
    assert client.session.session_key == before  # looking changes nothing
    client.post(address, {"phone": "own"})
    assert client.session.session_key != before
    assert "pages_sent" not in client.session
    assert client.get(reverse("dispatch:today")).status_code == 403


# ---- the gate


@pytest.fixture
def days() -> tuple[PickupDay, PickupDay, PickupDay]:
    """Yesterday, today, tomorrow at one venue."""
    place = venue()
    return tuple(pickup_day(day=today() + DAY * n, site=place) for n in (-1, 0, 1))  # type: ignore[return-value]


def test_a_volunteer_of_the_day_sees_that_day(client: Client, days: tuple[PickupDay, ...]):
    """P7: neither who came before nor who comes later, at the same venue."""
    helper = UserFactory.create(is_staff=False, roles=[])
    site = days[0].site
    RoleGrantFactory.create(user=helper, role=Role.RECEPTION, site=site, valid_from=today(), valid_until=today())
    client.force_login(helper)
    tomorrows = booking(slot=days[2].slots.first())
    stocked(9, place=PlaceFactory.create(site=site))
    line = pack(booking=tomorrows, actor=system_user()).lines.first()  # type: ignore[union-attr]
    expected = {-1: 404, 0: 200, 1: 404}
    for day in days:
        for name in ("check_in_day", "check_in_list", "check_in_book", "check_in_walk_in"):
            assert client.get(reverse(f"pantry:{name}", args=[day.pk])).status_code == expected[(day.day - today()).days], name
    assert client.get(reverse("pantry:check_in_booking", args=[tomorrows.pk])).status_code == 404
    assert client.post(reverse("pantry:check_in_allergies", args=[tomorrows.pk]), {"allergies": "none"}).status_code == 404
    assert client.post(reverse("pantry:check_in_line_remove", args=[line.pk])).status_code == 404


def test_who_has_the_role_for_longer_takes_bookings_for_later(client: Client, days: tuple[PickupDay, ...]):
    helper = UserFactory.create(is_staff=False, roles=[])
    for first, last in ((0, 0), (0, 1)):  # the widest of them counts
        RoleGrantFactory.create(
            user=helper,
            role=Role.RECEPTION,
            site=days[0].site,
            valid_from=today() + DAY * first,
            valid_until=today() + DAY * last,
        )
    client.force_login(helper)
    found = [client.get(reverse("pantry:check_in_list", args=[day.pk])).status_code for day in days]
    assert found == [404, 200, 200]


def test_a_coordinator_is_bound_to_no_day(client: Client, days: tuple[PickupDay, ...]):
    coordinator = UserFactory.create()
    RoleGrantFactory.create(user=coordinator, role=Role.RECEPTION, site=days[0].site, valid_from=today(), valid_until=today())
    client.force_login(coordinator)
    assert {client.get(reverse("pantry:check_in_list", args=[day.pk])).status_code for day in days} == {200}


def test_who_was_noted_as_absent_and_booked_again_has_one_ticket(actor: User):
    who, day = household(), pickup_day(day=today())
    early = booking(slot=day.slots.first(), of=who)
    Booking.objects.filter(pk=early.pk).update(state=BookingState.NO_SHOW, closed_at=timezone.now())
    late = booking(slot=day.slots.last(), of=who)
    with pytest.raises(Refusal) as refused:
        check_in_booking(booking=early, actor=actor)
    assert refused.value.code == "ticket.other_booking"
    assert check_in_booking(booking=late, actor=actor).state == BookingState.CHECKED_IN


def test_a_session_entered_twice_is_one(actor: User):
    day = pickup_day()
    data: dict[str, Any] = {"theme": "見本の話", "start": dt.time(12), "end": dt.time(13), "capacity": 5}
    for _ in range(2):  # both forms were opened before there was one
        put_session(pickup_day=day, session=None, data=SessionData(**data), actor=actor)
    assert day.sessions.count() == 1


# ---- the installation's key


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        (["k" * 64], []),
        (["k" * 40, "o" * 40], []),
        (["k" * 39], ["pantry.W002"]),
        (["k" * 64, "old"], ["pantry.W002"]),
        (["the-secret-key-of-the-installation-xxxxxxxx"], ["pantry.W001"]),
        (["k" * 64, "the-secret-key-of-the-installation-xxxxxxxx"], []),  # until everything is wrapped anew
    ],
)
def test_a_server_is_told_to_have_a_key_for_contacts(settings: Any, keys: list[str], found: list[str]):
    settings.SECRET_KEY, settings.CONTACT_KEYS = "the-secret-key-of-the-installation-xxxxxxxx", keys
    assert [warning.id for warning in contact_key(None)] == found


def test_whoever_waits_gets_no_parcel_and_is_told_why(actor: User):
    slot = pickup_day(day=today(), capacity=1, slots=1).slots.get()
    booking(slot=slot)
    waiting = booking(slot=slot)
    for ask in (pack, pack_again):
        with pytest.raises(Refusal) as refused:
            ask(booking=waiting, actor=actor)
        assert (refused.value.code, refused.value.params) == ("booking.closed", {"state": "waiting"})
