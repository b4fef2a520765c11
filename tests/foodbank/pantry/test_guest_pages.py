"""What recipients see and do, without a script."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from foodbank.accounts.services.system import system_user
from foodbank.core.dates import today
from foodbank.pantry.models import Allergies, Booking, BookingState, CheckKind, Feedback, Household, HouseholdLink, SessionPlace
from foodbank.pantry.services.bookings import cancel
from foodbank.pantry.services.gate import check_in_booking
from foodbank.pantry.services.links import new_link, new_registration_link
from foodbank.pantry.services.parcels import hand_over
from tests.factories.pantry import booking, household, pickup_day, venue

pytestmark = pytest.mark.django_db

ANSWERS = {"size": "3", "children_1": "1", "allergies": "none", "channel": "none"}


@pytest.fixture
def actor():
    return system_user()


def signed_in(client: Client, who: Household) -> Client:
    assert who.account is not None
    client.force_login(who.account)
    return client


def link_secret(**changes: Any) -> str:
    given = {"title": "見本の窓口", "expires_at": timezone.now() + dt.timedelta(days=1), "actor": system_user()} | changes
    return new_registration_link(**given)[1]


def text(answer: Any) -> str:
    return answer.content.decode()


def test_from_the_open_link_to_the_ticket(client: Client):
    day = pickup_day(area="中央のあたり", site=venue(address="見本町1-2-3"))
    address = reverse("pantry:register", args=[link_secret(check_kind=CheckKind.REFERRAL)])
    number = str(uuid.uuid4())
    assert "フードバンク" not in text(client.get(address))
    assert client.post(address, ANSWERS | {"client_id": number}).url == reverse("pantry:own_link")
    page = text(client.get(reverse("pantry:own_link")))
    own = re.search(r'href="http://testserver(/my/enter/[^"]+)"', page)
    assert own is not None
    client.post(reverse("pantry:own_link"))
    assert client.get(reverse("pantry:own_link")).url == reverse("pantry:my")  # shown once

    home = text(client.get(reverse("pantry:my")))
    assert "中央のあたり" in home
    chosen = day.slots.last()
    answer = client.post(reverse("pantry:day", args=[day.pk]), {"slot": chosen.pk, "client_id": str(uuid.uuid4())})
    made = Booking.objects.get()
    assert answer["Location"] == reverse("pantry:ticket", args=[made.pk])
    ticket = text(client.get(answer["Location"]))
    assert f"{made.code[:3]} {made.code[3:]}" in ticket
    assert "<svg" in ticket
    assert "見本町1-2-3" in ticket
    assert made.household.size == 3

    other_phone = Client()
    assert other_phone.get(own[1]).status_code == 200
    assert not HouseholdLink.objects.filter(secret_hash__in=own[1]).exists()  # only its hash is kept
    assert other_phone.post(own[1], {"phone": "own"}).url == reverse("pantry:my")
    assert other_phone.get(answer["Location"]).status_code == 200


def test_sent_twice_it_is_one_household_and_the_repeat_is_signed_in_too(client: Client):
    address = reverse("pantry:register", args=[link_secret(most=1)])
    sent = ANSWERS | {"client_id": str(uuid.uuid4())}
    client.post(address, sent)
    again = Client()  # the first answer was lost, its cookie with it
    assert again.post(address, sent).url == reverse("pantry:own_link")
    assert Household.objects.count() == 1
    assert again.get(reverse("pantry:own_link")).status_code == 200


def test_an_open_link_ends(client: Client):
    used_up = reverse("pantry:register", args=[link_secret(most=1)])
    client.post(used_up, ANSWERS | {"client_id": str(uuid.uuid4())})
    assert client.post(used_up, ANSWERS | {"client_id": str(uuid.uuid4())}).status_code == 422
    assert Household.objects.count() == 1
    assert client.get(reverse("pantry:register", args=["nosuchlink"])).status_code == 404


def test_what_is_wrong_stands_at_its_field_in_the_readers_language(client: Client):
    address = reverse("pantry:register", args=[link_secret()])
    wrong = ANSWERS | {"size": "1", "children_0": "2", "channel": "email", "client_id": str(uuid.uuid4())}
    assert "人数を確かめてください" in text(client.post(address, wrong))
    english = client.post(f"{address}?lang=en", wrong)
    assert english.status_code == 422
    assert "Check the number of people" in text(english)
    easy = text(client.get(f"{address}?lang=easy"))
    assert "<ruby>家族<rp>（</rp><rt>かぞく</rt><rp>）</rp></ruby>" in easy
    assert not Household.objects.exists()


def test_a_double_tap_books_once(client: Client):
    who, day = household(), pickup_day()
    signed_in(client, who)
    sent = {"slot": day.slots.first().pk, "client_id": str(uuid.uuid4())}
    first = client.post(reverse("pantry:day", args=[day.pk]), sent)
    second = client.post(reverse("pantry:day", args=[day.pk]), sent)
    assert first["Location"] == second["Location"]
    assert second["Idempotency-Replayed"] == "true"
    assert Booking.objects.count() == 1
    # without a number the page's outcome stands on the start page
    assert client.post(reverse("pantry:day", args=[day.pk]), {"slot": sent["slot"]}).url == reverse("pantry:my")


def test_the_exact_place_is_for_those_who_have_a_place(client: Client, actor):
    """P5: not before booking, not in the line, not after cancelling."""
    day = pickup_day(capacity=1, slots=1, site=venue(address="見本町1-2-3", access_note="裏口から"))
    who = household()
    signed_in(client, who)
    secrets = ("ひみつ会場", "見本町1-2-3", "裏口", day.site.code)

    def reveals(address: str) -> bool:
        return any(secret in text(client.get(address)) for secret in secrets)

    first = booking(slot=day.slots.get())
    assert not reveals(reverse("pantry:my"))
    assert not reveals(reverse("pantry:day", args=[day.pk]))
    mine = booking(slot=day.slots.get(), of=who)
    ticket = reverse("pantry:ticket", args=[mine.pk])
    assert mine.state == BookingState.WAITING
    assert not reveals(ticket)
    cancel(booking=first, actor=actor)
    assert reveals(ticket)
    cancel(booking=mine, actor=actor)
    assert not reveals(ticket)


def test_a_protected_household_reads_no_place_and_no_theme(client: Client):
    day = pickup_day(session=True, area="中央のあたり", site=venue(address="見本町1-2-3"))
    who = household(protected=True)
    signed_in(client, who)
    made = booking(slot=day.slots.first(), of=who)
    pages = [
        reverse("pantry:my"), reverse("pantry:day", args=[day.pk]), reverse("pantry:ticket", args=[made.pk]),
        reverse("pantry:get_together", args=[day.pk]), reverse("pantry:data"),
    ]  # fmt: skip
    for address in pages:
        page = text(client.get(address))
        assert not [secret for secret in ("ひみつ", "見本町", "中央", day.site.code) if secret in page], address
    assert "電話でお伝えします" in text(client.get(pages[2]))


def test_the_ticket_names_no_theme_and_what_it_shows_is_random(client: Client):
    day = pickup_day(session=True)
    who = household()
    signed_in(client, who)
    made = booking(slot=day.slots.first(), of=who)
    page = text(client.get(reverse("pantry:ticket", args=[made.pk])))
    assert "ひみつのテーマ" not in page  # P6
    assert who.code not in page


def test_no_page_says_whom_it_is_for(client: Client):
    """Neither title, address nor words tell a passer-by what it is about (P4)."""
    who, day = household(), pickup_day(session=True)
    made = booking(slot=day.slots.first(), of=who)
    signed_in(client, who)
    for language in ("ja", "easy", "en"):
        for name, args in (
            ("my", []), ("day", [day.pk]), ("ticket", [made.pk]), ("get_together", [day.pk]), ("data", []), ("forget_me", []),
            ("closed", []),
        ):  # fmt: skip
            answer = client.get(reverse(f"pantry:{name}", args=args) + f"?lang={language}")
            page = text(answer)
            assert re.search(r"<title>(ご予約|予約|Bookings)</title>", page)
            assert not re.search(r"フードバンク|食品|食料|支援|福祉|[Ff]ood|pantry|困", re.sub(r"/static/\S+", "", page)), name
            assert answer["Cache-Control"] == "no-store"


def test_what_belongs_to_somebody_else_is_not_found(client: Client):
    foreign = booking(slot=pickup_day().slots.first())
    signed_in(client, household())
    assert client.get(reverse("pantry:ticket", args=[foreign.pk])).status_code == 404
    assert client.post(reverse("pantry:cancel", args=[foreign.pk])).status_code == 404
    assert client.get(reverse("pantry:feedback", args=[foreign.pk])).status_code == 404
    foreign.refresh_from_db()
    assert foreign.state == BookingState.BOOKED


def test_one_tap_cancels_and_one_books_again(client: Client):
    who, day = household(), pickup_day()
    made = booking(slot=day.slots.first(), of=who)
    signed_in(client, who)
    client.post(reverse("pantry:cancel", args=[made.pk]))
    page = text(client.get(reverse("pantry:ticket", args=[made.pk])))
    assert "やはり予約する" in page
    client.post(reverse("pantry:day", args=[day.pk]), {"slot": made.slot_id, "client_id": str(uuid.uuid4())})
    assert list(Booking.objects.order_by("pk").values_list("state", flat=True)) == ["cancelled", "booked"]


def test_the_session_is_apart_from_the_booking(client: Client):
    who, day = household(), pickup_day(session=True)
    session = day.sessions.get()
    signed_in(client, who)
    client.post(reverse("pantry:session", args=[session.pk]), {"do": "join", "children": "2"})
    assert SessionPlace.objects.get().state == "in"
    assert not Booking.objects.exists()
    page = text(client.get(reverse("pantry:get_together", args=[day.pk])))
    assert "託児2人をお預かりします" in page
    client.post(reverse("pantry:session", args=[session.pk]), {"do": "leave"})
    session.refresh_from_db()
    assert (session.taken, session.childcare_taken) == (0, 0)
    bad = client.post(reverse("pantry:session", args=[session.pk]), {"do": "join", "children": "たくさん"}, follow=True)
    assert "託児の人数は0～10です" in text(bad)


def test_two_answers_once_and_without_a_name(client: Client, actor):
    day = pickup_day(day=today())
    made = booking(slot=day.slots.first())
    check_in_booking(booking=made, actor=actor)
    hand_over(booking=made, actor=actor)
    signed_in(client, made.household)
    address = reverse("pantry:feedback", args=[made.pk])
    assert client.post(address, {"connected": "9", "wish": "talk"}).status_code == 422
    for _ in range(2):
        assert client.post(address, {"connected": "4", "wish": "talk"}).status_code == 302
    given = Feedback.objects.get()
    assert (given.connected, given.wish) == (4, "talk")
    kept = {field.name for field in Feedback._meta.get_fields()}
    assert kept == {"id", "pickup_day", "connected", "wish"}  # nothing that leads back


def test_a_shared_phone_keeps_nothing(client: Client, actor):
    who = household()
    address = reverse("pantry:enter", args=[new_link(household=who, actor=actor)])
    client.post(address, {"phone": "shared"})
    assert client.get(reverse("pantry:my")).status_code == 200
    assert client.session.get_expire_at_browser_close()
    session = client.session
    session["guest_until"] = timezone.now().timestamp() - 1
    session.save()
    assert client.get(reverse("pantry:my")).url.startswith(reverse("pantry:closed"))


def test_leaving_quickly_signs_out_and_leads_elsewhere(client: Client):
    signed_in(client, household())
    answer = client.get(reverse("pantry:leave_quickly"))
    assert not answer.url.startswith("/")
    assert "cache" in answer["Clear-Site-Data"]
    assert client.get(reverse("pantry:my")).url.startswith(reverse("pantry:closed"))


def test_the_bare_address_leads_a_household_to_its_own_pages(client: Client):
    assert signed_in(client, household()).get("/").url == reverse("pantry:my")


def test_a_renewed_link_ends_the_one_before(client: Client, actor):
    who = household()
    old = reverse("pantry:enter", args=[new_link(household=who, actor=actor)])
    new = reverse("pantry:enter", args=[new_link(household=who, actor=actor)])
    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)


def test_my_data_can_be_changed_and_forgotten(client: Client, actor):
    who = household()
    signed_in(client, who)
    address = reverse("pantry:data")
    client.post(address, {"about": "1", "size": "5", "allergies": "listed", "allergens": [], "children_0": "1"})
    who.refresh_from_db()
    assert who.size == 2  # refused: nothing ticked
    client.post(address, {"about": "1", "size": "5", "allergies": "unknown", "children_0": "1"})
    client.post(address, {"contact": "1", "channel": "phone", "phone": "000-0000-0000", "nickname": "見本のなまえ"})
    who.refresh_from_db()
    assert (who.size, who.allergies) == (5, Allergies.UNKNOWN)
    assert "見本のなまえ" in text(client.get(address))
    assert client.post(reverse("pantry:forget_me")).status_code == 422
    assert client.post(reverse("pantry:forget_me"), {"sure": "yes"}).url == reverse("pantry:closed")
    who.refresh_from_db()
    assert who.forgotten_at is not None
    assert client.get(reverse("pantry:my")).status_code == 302


@pytest.mark.parametrize("days", [1, 8])
def test_the_start_page_asks_the_same_number_of_questions(client: Client, django_assert_num_queries, days: int):
    """Session and user 2, household 1, bookings 1, days and slots 2, check 1, feedback 1; the base page none."""
    for number in range(days):
        day = pickup_day(day=today() + dt.timedelta(days=number + 1))
        for _ in range(2):
            booking(slot=day.slots.first())
    signed_in(client, household())
    client.get(reverse("pantry:my"))
    with django_assert_num_queries(2 + 1 + 1 + 2 + 1 + 1):
        client.get(reverse("pantry:my"))


def test_what_is_not_there_is_said_as_quietly(client: Client):
    for answer in (
        client.get("/my/bookings/999999/", follow=True),
        client.get("/my/enter/nosuchlink/"),
        Client(enforce_csrf_checks=True).post("/my/close/"),
    ):
        page = text(answer)
        assert "<title>ご予約</title>" in page
        assert "フードバンク" not in page
    assert client.get("/my/enter/nosuchlink/").status_code == 404
    assert "フードバンク" in text(client.get("/nowhere/"))
