"""Gate, desk and registrar: what staff do with pickup days."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from foodbank.accounts.models import Role
from foodbank.core.dates import today
from foodbank.pantry.models import Allergies, Booking, BookingState, Household, PickupDay, RegistrationLink, Slot
from foodbank.pantry.services.bookings import no_show
from foodbank.pantry.services.gate import check_in_booking
from foodbank.sites.models import SiteKind
from tests.factories import PlaceFactory, SiteFactory, UserFactory, allergen, stocked
from tests.factories.pantry import booking, household, pickup_day, venue

pytestmark = pytest.mark.django_db


@pytest.fixture
def day() -> PickupDay:
    return pickup_day(day=today(), capacity=3)


@pytest.fixture
def gate(client: Client, day: PickupDay) -> Client:
    client.force_login(UserFactory.create(is_staff=False, roles=[Role.RECEPTION], roles__at=day.site))
    return client


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory.create())
    return client


@pytest.fixture
def registrar(client: Client) -> Client:
    client.force_login(UserFactory.create(is_staff=False, roles=[Role.REGISTRAR]))
    return client


def text(answer: Any) -> str:
    return answer.content.decode()


def post(client: Client, name: str, *args: object, **data: Any) -> Any:
    """As our pages do, each with a number of its own."""
    number = f"n{Booking.objects.count()}-{timezone.now().timestamp()}"
    return client.post(reverse(f"pantry:{name}", args=args), {"client_id": number} | data)


# ---- the gate


def test_one_venue_leads_straight_to_its_gate(gate: Client, day: PickupDay):
    pickup_day(day=today())  # another venue's
    assert gate.get(reverse("pantry:check_in"))["Location"] == reverse("pantry:check_in_day", args=[day.pk])


def test_a_refused_ticket_is_refused_in_shape_and_words(gate: Client, day: PickupDay):
    made = booking(slot=day.slots.first())
    assert post(gate, "check_in_day", day.pk, code=made.code).status_code == 302
    again = post(gate, "check_in_day", day.pk, code=made.code)
    assert again.status_code == 409
    page = text(again)
    assert "受付できません" in page
    assert "に受付済みです" in page
    assert reverse("pantry:check_in_booking", args=[made.pk]) in page
    unknown = post(gate, "check_in_day", day.pk, code="000000")
    assert unknown.status_code == 422


def test_the_same_check_in_again_gets_the_first_answer(gate: Client, day: PickupDay):
    """A lost reply is no second check-in (R4)."""
    made = booking(slot=day.slots.first())
    sent = {"code": made.token, "client_id": "one-and-the-same"}
    address = reverse("pantry:check_in_day", args=[day.pk])
    first, second = gate.post(address, sent), gate.post(address, sent)
    assert (first.status_code, second.status_code) == (302, 302)
    assert second["Idempotency-Replayed"] == "true"
    assert gate.post(address, {"code": made.token}).status_code == 400  # without a number


def test_allergen_names_come_first_and_the_parcel_after(gate: Client, day: PickupDay):
    lot, _ = stocked(5, place=PlaceFactory.create(code="V-冷蔵", site=day.site))
    made = booking(slot=day.slots.first(), of=household(allergies=Allergies.LISTED, allergens=[allergen("乳")], size=4))
    post(gate, "check_in_day", day.pk, code=made.code)
    page = text(gate.get(reverse("pantry:check_in_booking", args=[made.pk])))
    assert page.index("乳") < page.index("4 人") < page.index(lot.code)
    assert "V-冷蔵" in page
    assert post(gate, "check_in_handed_over", made.pk)["Location"] == reverse("pantry:check_in_day", args=[day.pk])
    made.refresh_from_db()
    assert made.state == BookingState.HANDED_OVER


def test_asking_about_allergies_at_the_gate(gate: Client, day: PickupDay):
    stocked(5, place=PlaceFactory.create(site=day.site))
    made = booking(slot=day.slots.first(), of=household(allergies=Allergies.UNKNOWN))
    post(gate, "check_in_day", day.pk, code=made.code)
    assert "未確認" in text(gate.get(reverse("pantry:check_in_booking", args=[made.pk])))
    page = gate.post(reverse("pantry:check_in_allergies", args=[made.pk]), {"allergies": "listed"}, follow=True)
    assert "避けるものを1つ以上選んでください" in text(page)
    gate.post(reverse("pantry:check_in_allergies", args=[made.pk]), {"allergies": "none"})
    assert made.parcels.get().lines.count() == 1


def test_a_lot_is_added_by_its_label_and_a_line_taken_out(gate: Client, day: PickupDay):
    place = PlaceFactory.create(site=day.site)
    stocked(1, place=place)
    made = booking(slot=day.slots.first())
    check_in_booking(booking=made, actor=UserFactory.create())
    other, _ = stocked(2, place=place)
    post(gate, "check_in_lot", made.pk, code=f"https://foodbank.example.jp/q/{other.code}", quantity="2")
    lines = made.parcels.get().lines
    assert [line.quantity for line in lines.all()] == [1, 2]
    assert "ロット番号と点数" in text(
        gate.post(reverse("pantry:check_in_lot", args=[made.pk]), {"code": "L0", "quantity": "1", "client_id": "x"})
        and gate.get(reverse("pantry:check_in_booking", args=[made.pk]))
    )
    post(gate, "check_in_line_remove", lines.first().pk)
    assert [line.lot_id for line in lines.all()] == [other.pk]


def test_the_list_on_site_is_by_code_and_without_names(gate: Client, day: PickupDay):
    made = [booking(slot=day.slots.first()) for _ in range(3)]
    page = text(gate.get(reverse("pantry:check_in_list", args=[day.pk])))
    codes = sorted(one.code for one in made)
    places = [page.index(f"{code[:3]} {code[3:]}") for code in codes]
    assert places == sorted(places)


def test_staff_book_by_telephone_for_anyone(gate: Client, day: PickupDay):
    who = household(checked=False)
    PickupDay.objects.filter(pk=day.pk).update(bookings_close_at=timezone.now())
    address = reverse("pantry:check_in_book", args=[day.pk])
    assert gate.post(address, {"household": "ZZZ-ZZZ", "slot": day.slots.first().pk}).status_code == 422
    typed = who.code.replace("-", "").lower()
    assert gate.post(address, {"household": typed, "slot": day.slots.first().pk}).status_code == 302
    assert Booking.objects.get().household == who


def test_somebody_without_registration_is_taken_in_once(gate: Client, day: PickupDay):
    address = reverse("pantry:check_in_walk_in", args=[day.pk])
    number = re.search(r'name="once" value="([0-9a-f]{32})"', text(gate.get(address)))
    assert number is not None
    sent = {"once": number[1], "size": "3", "allergies": "none", "language": "ja", "slot": day.slots.first().pk}
    for _ in range(2):
        assert gate.post(address, sent).status_code == 302
    assert (Household.objects.count(), Booking.objects.count()) == (1, 1)
    assert Household.objects.get().contact.channel == "none"


def test_who_is_taken_in_for_a_full_slot_is_not_promised_a_place(gate: Client, day: PickupDay):
    slot = day.slots.first()
    Slot.objects.filter(pk=slot.pk).update(capacity=1)
    address = reverse("pantry:check_in_walk_in", args=[day.pk])
    sent = {"size": "2", "allergies": "none", "language": "ja", "slot": slot.pk}
    assert "予約しました" in text(gate.post(address, sent, follow=True))
    page = text(gate.post(address, sent, follow=True))
    assert "キャンセル待ちに入れました" in page
    assert "予約しました" not in page
    assert [one.state for one in Booking.objects.order_by("pk")] == [BookingState.BOOKED, BookingState.WAITING]


def test_absent_once_the_slot_is_over(gate: Client, day: PickupDay):
    made = booking(slot=day.slots.first())
    Slot.objects.filter(pk=made.slot_id).update(start=dt.time(0), end=dt.time(0, 0, 1))
    post(gate, "check_in_absent", made.pk)
    made.refresh_from_db()
    assert made.state == BookingState.NO_SHOW
    post(gate, "check_in_arrived", made.pk)
    made.refresh_from_db()
    assert made.state == BookingState.CHECKED_IN


# ---- the desk


def test_a_new_pickup_day_with_whole_slots(desk: Client):
    site = SiteFactory.create(kind=SiteKind.VENUE)
    sent = {
        "day": "2027-01-09", "site": site.pk, "area": "駅の北側", "start": "10:00", "end": "11:45", "minutes": "30", "capacity": "8",
    }  # fmt: skip
    assert desk.post(reverse("pantry:pickup_day_new"), sent).status_code == 302
    slots = PickupDay.objects.get().slots.values_list("start", "end", "capacity")
    assert list(slots) == [(dt.time(10 + n // 2, n % 2 * 30), dt.time(10 + (n + 1) // 2, (n + 1) % 2 * 30), 8) for n in range(3)]
    assert desk.post(reverse("pantry:pickup_day_new"), sent).status_code == 422  # once a day and venue


def test_the_days_page_changes_slots_times_and_session(desk: Client):
    day = pickup_day(slots=1, capacity=1)
    slot = day.slots.get()
    waiting = [booking(slot=slot) for _ in range(2)][1]
    base = f"slot{slot.pk}"
    sent = {f"{base}-start": "23:00", f"{base}-end": "23:59", f"{base}-capacity": "2"}
    desk.post(reverse("pantry:slot_edit", args=[slot.pk]), sent)
    waiting.refresh_from_db()
    assert waiting.state == BookingState.BOOKED
    refused = desk.post(reverse("pantry:slot_edit", args=[slot.pk]), sent | {f"{base}-capacity": "1"}, follow=True)
    assert "予約済み2" in text(refused)
    desk.post(reverse("pantry:pickup_day_slot", args=[day.pk]), {"new-start": "10:00", "new-end": "11:00", "new-capacity": "4"})
    assert day.slots.count() == 2
    new = day.slots.get(start=dt.time(10))
    desk.post(reverse("pantry:slot_edit", args=[new.pk]), {"do": "remove"})
    assert day.slots.count() == 1
    times = {"area": "中央", "bookings_open_at": "2026-01-01T09:00", "bookings_close_at": "2025-01-01T09:00"}
    assert "締切は開始より後" in text(desk.post(reverse("pantry:pickup_day_times", args=[day.pk]), times, follow=True))
    session = {"theme": "見本の話", "start": "12:00", "end": "13:00", "capacity": "5", "childcare_places": "2"}
    desk.post(reverse("pantry:pickup_day_session", args=[day.pk]), {f"session-{name}": value for name, value in session.items()})
    assert day.sessions.get().theme == "見本の話"
    assert "5" in text(desk.get(reverse("pantry:pickup_day", args=[day.pk])))


def test_figures_count_everybody_once_and_every_visit(desk: Client):
    who = household(size=3, children={"1-5": 2})
    for days in (0, 1):
        made = booking(slot=pickup_day(day=today() + dt.timedelta(days=days)).slots.first(), of=who)
        Booking.objects.filter(pk=made.pk).update(state=BookingState.HANDED_OVER)
    Booking.objects.filter(pk=booking(slot=pickup_day().slots.first()).pk).update(state=BookingState.NO_SHOW)
    period = {"since": today().isoformat(), "until": (today() + dt.timedelta(days=1)).isoformat()}
    page = text(desk.get(reverse("pantry:figures"), period))
    cells = [int(one) for one in re.findall(r'<td class="number">(\d+)</td>', page)]
    # visits 2 of 1 household; 3 people, 2 children; nobody in the session: total and distinct; childcare; 1 did not come
    assert cells == [2, 1, 3, 2, 0, 0, 0, 1]
    outside = text(desk.get(reverse("pantry:figures"), period | {"outside": "on"}))
    assert [int(one) for one in re.findall(r'<td class="number">(\d+)</td>', outside)] == [0, 0, 0]
    assert outside.count("5 未満") == 5  # P5: 2, 1, 3, 2 and 1


# ---- the registrar


def test_registering_checking_and_handing_out_a_link(registrar: Client):
    sent = {"size": "2", "allergies": "none", "language": "easy", "channel": "phone", "phone": "000-0000-0000", "protected": "on"}
    assert registrar.post(reverse("pantry:household_new"), sent).status_code == 302
    who = Household.objects.get()
    assert (who.protected, who.language, who.registered_by is not None) == (True, "easy", True)
    until = (today() + dt.timedelta(days=10)).isoformat()
    post(registrar, "household_check", who.pk, kind="stated", valid_until=until)
    assert who.checks.count() == 1
    page = text(post(registrar, "household_link", who.pk))
    own = re.search(r"/my/enter/[\w-]+/", page)
    assert own is not None
    assert "<svg" in page
    assert Client().get(own[0]).status_code == 200
    post(registrar, "household_links_end", who.pk)
    assert Client().get(own[0]).status_code == 404
    post(registrar, "household_contact_edit", who.pk, channel="email", email="nonsense")
    assert post(registrar, "household_contact_edit", who.pk, channel="email", email="mihon@example.jp").status_code == 302
    edit = {"size": "5", "allergies": "none", "language": "ja"}
    assert registrar.post(reverse("pantry:household_edit", args=[who.pk]), edit).status_code == 302
    who.refresh_from_db()
    assert (who.size, who.protected) == (5, False)
    post(registrar, "household_forget", who.pk)
    assert registrar.get(reverse("pantry:household", args=[who.pk])).status_code == 404


def test_a_registration_link_is_shown_once_and_can_be_ended(registrar: Client):
    sent = {"title": "見本の窓口", "expires_on": (today() + dt.timedelta(days=7)).isoformat(), "most": "5"}
    address = reverse("pantry:registration_links")
    link = re.search(r"/my/register/[\w-]+/", text(registrar.post(address, sent)))
    assert link is not None
    assert "/my/register/" not in text(registrar.get(address))
    assert "登録する" in text(Client().get(link[0]))
    post(registrar, "registration_link_end", RegistrationLink.objects.get().pk)
    assert "受付は終わりました" in text(Client().get(link[0]))


# ---- budgets


@pytest.mark.parametrize("people", [3, 12])
def test_lists_ask_the_same_number_of_questions(client: Client, django_assert_num_queries, people: int):
    """Session, user and roles 3 each. List: day 1, counts 1, bookings 1. Day: day, session, slots, their bookings, counts 5.
    Days: count and rows 2. Gate: day and counts 2."""
    day = pickup_day(day=today(), capacity=20, site=venue())
    for _ in range(people):
        booking(slot=day.slots.first())
        booking(slot=day.slots.last())
    made = Booking.objects.first()
    assert made is not None
    client.force_login(UserFactory.create())
    for name, args, own in (
        ("check_in_list", [day.pk], 3), ("pickup_day", [day.pk], 5), ("pickup_days", [], 2), ("check_in_day", [day.pk], 2),
    ):  # fmt: skip
        address = reverse(f"pantry:{name}", args=args)
        client.get(address)
        with django_assert_num_queries(3 + own):
            client.get(address)


def test_a_late_no_show_does_not_free_a_place_twice(day: PickupDay):
    made = booking(slot=day.slots.first())
    Slot.objects.filter(pk=made.slot_id).update(start=dt.time(0), end=dt.time(0, 0, 1))
    actor = UserFactory.create()
    for _ in range(2):
        no_show(booking=made, actor=actor)
    assert Slot.objects.get(pk=made.slot_id).taken == 1
