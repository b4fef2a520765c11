"""On the phone: "I am late", as plain forms; and who sees it."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from foodbank.accounts.models import Role, User
from foodbank.core.dates import at
from logistics.dispatch.models import Delivery, StopProgress
from logistics.dispatch.services import handover
from tests.factories import UserFactory
from tests.factories.under_way import Clock
from tests.logistics.dispatch.handover.conftest import FullDay, full
from tests.logistics.dispatch.test_driving_views import driver, phone, press, said

__all__ = ["driver", "full", "phone"]
pytestmark = pytest.mark.django_db
ASKED = "着くのは何時ごろ？"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, full: FullDay) -> Any:
    """``clock("9:50")`` on the day that is driven."""
    hands = Clock(monkeypatch)

    def show(text: str) -> dt.datetime:
        hours, minutes = map(int, text.split(":"))
        moment = at(full.drive.day, dt.time(hours, minutes))
        hands(moment)
        return moment

    return show


@pytest.fixture
def away(full: FullDay, monkeypatch: pytest.MonkeyPatch) -> FullDay:
    """On the way to the shop, which is planned for 10:00; it is 9:50."""
    full.set_out(Clock(monkeypatch))
    return full


def shown(client: Client, day: FullDay, number: int | None = None) -> str:
    address = reverse("driving:route", args=[day.drive.route.pk])
    if number is not None:
        address = reverse("driving:stop", args=[day.drive.stops[number].code])
    page = client.get(address)
    assert page.status_code == 200
    return str(page.content.decode())


def offered(page: str) -> list[str]:
    return re.findall(r'name="at" value="([0-9:]+)"', page)


def test_the_next_stop_asks_when_and_each_time_is_one_press(phone: Client, away: FullDay) -> None:
    page = shown(phone, away)
    assert ASKED in page
    assert offered(page) == ["10:10", "10:20", "10:30", "11:00"]
    numbers = re.findall(r'name="client_id" value="([^"]+)"', page)
    assert len(numbers) == len(set(numbers))  # going back and pressing another one is another request
    stop = away.drive.stops[1]
    answer = press(phone, "late", stop.code, at="10:30")
    assert (answer.status_code, answer["Location"]) == (302, reverse("driving:stop", args=[stop.code]))
    page = shown(phone, away)
    assert "「10:30ごろ着く」と知らせました。" in page
    assert "見込み（30分おくれ）" in page
    assert "予定どおりに着けます" in page
    assert [one.eta - one.stop.start for one in Delivery.objects.all()] == [dt.timedelta(minutes=30)] * 2


def test_another_time_and_as_planned_after_all(phone: Client, away: FullDay) -> None:
    stop = away.drive.stops[1]
    press(phone, "late", stop.code, at="10:30")
    press(phone, "late", stop.code, at="10:15")
    assert "「10:15ごろ着く」と知らせました。" in shown(phone, away)
    assert said(press(phone, "on_time", stop.code)) == ["おくれの知らせを取り消しました。"]
    page = shown(phone, away)
    assert "と知らせました" not in page
    assert offered(page)[0] == "10:10"


def test_nobody_promises_to_be_on_time_when_that_is_over(phone: Client, away: FullDay, clock: Any) -> None:
    press(phone, "late", away.drive.stops[1].code, at="10:30")
    clock("10:05")
    page = shown(phone, away)
    assert "この知らせを取り消す" in page
    assert "予定どおりに着けます" not in page


def test_only_the_stop_that_is_driven_to_asks(phone: Client, full: FullDay, away: FullDay) -> None:
    assert ASKED in shown(phone, away, 1)
    for number in (0, 2, 6):
        assert ASKED not in shown(phone, away, number)
    handover.arrive(stop=away.drive.stops[1], actor=away.drive.actor)
    assert ASKED not in shown(phone, away)


def test_a_vehicle_at_its_depot_is_not_asked(phone: Client, full: FullDay, clock: Any) -> None:
    clock("9:50")
    assert ASKED not in shown(phone, full)
    assert ASKED not in shown(phone, full, 1)
    answer = press(phone, "late", full.drive.stops[1].code, at="10:30")
    assert "まだ拠点を出ていません" in said(answer)[0]
    assert not StopProgress.objects.exists()


def test_a_whole_night_late_is_for_the_telephone(phone: Client, away: FullDay, clock: Any) -> None:
    clock("14:00")
    page = shown(phone, away)
    assert offered(page) == []
    assert "4時間を超えておくれています。コーディネーターに電話してください。" in page


@pytest.mark.parametrize(
    ("time", "word"),
    [
        ("9:30", "もう過ぎています"),
        ("9:55", "いまの見込みは 10:00"),
        ("15:00", "4時間を超えて"),
        ("じゅうじ", "時刻を"),
        ("", ""),
    ],
)
def test_a_time_that_makes_no_sense_is_told_where_it_was_said(phone: Client, away: FullDay, time: str, word: str) -> None:
    answer = press(phone, "late", away.drive.stops[1].code, at=time)
    assert (answer.status_code, answer["Location"]) == (302, reverse("driving:stop", args=[away.drive.stops[1].code]))
    (text,) = said(answer)
    assert word in text
    assert not StopProgress.objects.filter(expected_at__isnull=False).exists()


def test_the_same_press_twice_counts_once(phone: Client, away: FullDay) -> None:
    number, code = uuid.uuid4(), away.drive.stops[1].code
    press(phone, "late", code, number=number, at="10:30")
    press(phone, "late", code, at="10:45")
    again = press(phone, "late", code, number=number, at="10:30")  # the first one, whose answer was lost
    assert again["Idempotency-Replayed"] == "true"
    assert StopProgress.objects.get(stop__code=code).expected_at == at(away.drive.day, dt.time(10, 45))


def test_our_script_hears_where_to_go_on(phone: Client, away: FullDay) -> None:
    stop = away.drive.stops[1]
    headers = {"Accept": "application/json", "Idempotency-Key": str(uuid.uuid4())}
    answer = phone.post(reverse("driving:late", args=[stop.code]), {"at": "10:30"}, headers=headers).json()
    assert (answer["tell"], answer["go"]) == ("ok", reverse("driving:stop", args=[stop.code]))
    headers["Idempotency-Key"] = str(uuid.uuid4())
    refused = phone.post(reverse("driving:late", args=[stop.code]), {"at": "9:00"}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (400, "dispatch.late_past")


def test_after_midnight_a_clock_means_the_next_time_it_shows_that(phone: Client, away: FullDay, clock: Any) -> None:
    """A stop planned for 23:50 is reached at 0:20."""
    stop = away.drive.stops[1]
    planned = at(away.drive.day, dt.time(23, 50))
    type(stop).objects.filter(pk=stop.pk).update(arrive=planned, start=planned, leave=planned + dt.timedelta(minutes=5))
    clock("23:45")
    press(phone, "late", stop.code, at="0:20")
    assert StopProgress.objects.get(stop=stop).expected_at == planned + dt.timedelta(minutes=30)


def test_a_coordinator_may_say_it_for_the_driver_and_another_driver_may_not(client: Client, driver: User, away: FullDay) -> None:
    code = away.drive.stops[1].code
    client.force_login(UserFactory.create(roles=[Role.DRIVER], roles__at=away.drive.depot, is_staff=False))
    for name in ("late", "on_time"):
        assert press(client, name, code, at="10:30").status_code == 404
    assert not StopProgress.objects.filter(stop__code=code).exists()
    client.force_login(UserFactory.create())
    assert press(client, "late", code, at="10:30").status_code == 302
    assert StopProgress.objects.get(stop__code=code).said is not None
