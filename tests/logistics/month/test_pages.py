"""The coordinator's pages of a month."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from logistics.dispatch.models import MobileVisit
from logistics.month.models import Calendar, Candidate, CarHours, DayOff, ForbiddenDay, PlannedVisit
from logistics.month.services.planning import calendar_of, make_month
from tests.factories import SiteFactory, UserFactory
from tests.factories.month import MONTH, a_candidate, a_car

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(UserFactory.create())
    return client


def page(desk: Client, name: str = "month:calendar", *args: Any) -> str:
    answer = desk.get(reverse(name, args=args or ([MONTH] if name == "month:calendar" else [])))
    assert answer.status_code == 200
    return str(answer.content.decode())


def planned(work: float = 0.3) -> Calendar:
    return make_month(calendar=calendar_of(month=MONTH), actor=UserFactory.create(), work=work)


def test_an_empty_month_says_what_to_do_first_and_stores_nothing(desk: Client) -> None:
    assert "先に、候補地とキッチンカーの出る日を登録してください。" in page(desk)
    assert not Calendar.objects.exists()


def test_any_day_of_a_month_leads_to_the_month(desk: Client) -> None:
    answer = desk.get(reverse("month:calendar", args=["2027-12-24"]))
    assert answer["Location"] == reverse("month:calendar", args=["2027-12-01"])
    assert desk.get(reverse("month:now"), {"day": "2027-12-24"})["Location"] == answer["Location"]


def test_a_planned_month_shows_visits_reasons_and_what_is_missing(desk: Client) -> None:
    a_car()
    a_candidate("M01")
    a_candidate("M02", area="見本県別の市")
    planned()
    html = page(desk)
    assert html.count("見本広場M01") >= 5  # four visits and the table
    assert "40世帯、3か月訪問がありません" in html
    assert "月の最高の回数まで入っています。" in html
    assert "最低の回数に1回足りません。出られる車に、この区域で有効な許可がないか、会場に入れません。" in html


def test_the_month_page_asks_as_much_for_many_as_for_few(desk: Client, django_assert_max_num_queries: Any) -> None:
    a_car("CAR1")
    a_car("CAR2")
    for number in range(6):
        a_candidate(f"M{number:02}")
    planned()
    with django_assert_max_num_queries(24):
        page(desk)


def test_sites_are_taken_over_in_one_step_with_what_is_known_of_them(desk: Client) -> None:
    site = SiteFactory.create(code="M07", kind="mobile", opens=dt.time(10), closes=dt.time(15))
    MobileVisit.objects.create(
        day=dt.date(2026, 6, 6), site=site, open_from=dt.time(11), open_until=dt.time(13), expected_households=33
    )
    assert "登録済みの会場 1 か所を候補に加える" in page(desk, "month:site_list")
    for _ in range(2):
        desk.post(reverse("month:site_import"))
    candidate = Candidate.objects.get()
    assert (candidate.households, candidate.visit_minutes) == (33, 120)
    hours = [(row.weekday, row.start, row.end) for row in candidate.hours.all()]
    assert hours == [(day, dt.time(10), dt.time(15)) for day in range(6)]  # Monday to Friday, and the Saturday of its visit


FORM = {
    "households": "48", "visit_minutes": "90", "least_visits": "1", "most_visits": "3", "days_between": "14",
    "active": "on", "w1_0_from": "10:00", "w1_0_until": "12:00", "w1_1_from": "14:00", "w1_1_until": "16:00",
}  # fmt: skip


def test_a_site_is_entered_with_two_periods_a_day(desk: Client) -> None:
    SiteFactory.create(code="M07", kind="mobile")
    address = reverse("month:site_edit", args=["M07"])
    assert desk.post(address, FORM).status_code == 302
    hours = [(row.weekday, row.start, row.end) for row in Candidate.objects.get().hours.all()]
    assert hours == [(1, dt.time(10), dt.time(12)), (1, dt.time(14), dt.time(16))]
    assert 'value="14:00"' in page(desk, "month:site_edit", "M07")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"w1_0_until": ""}, "「から」と「まで」を両方入力してください。"),
        ({"w1_0_until": "11:00"}, "10:00–11:00は、1回の長さ（90分）より短い時間です。"),
        ({"w1_1_from": "11:00"}, "同じ曜日の時間が重なっています。"),
        ({"least_visits": "5"}, "最低の回数（5回）以上"),
        ({"least_visits": "3", "days_between": "20"}, "月に3回を20日おきにすると、ひと月に入りません。"),
        ({"households": "20000"}, "世帯数は1から10,000の間"),
    ],
)
def test_what_cannot_be_is_refused_with_how_to_mend_it(desk: Client, changes: dict[str, str], said: str) -> None:
    SiteFactory.create(code="M07", kind="mobile")
    answer = desk.post(reverse("month:site_edit", args=["M07"]), FORM | changes)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Candidate.objects.exists()


def test_days_are_forbidden_and_allowed_again(desk: Client) -> None:
    a_candidate("M01")
    for _ in range(2):
        desk.post(reverse("month:forbid", args=["M01"]), {"day": "2027-12-08"})
    assert "12月8日" in page(desk, "month:site_edit", "M01")
    desk.post(reverse("month:allow", args=["M01", "2027-12-08"]))
    assert not ForbiddenDay.objects.exists()


def test_a_cars_week_and_days_off(desk: Client) -> None:
    car = a_car(weekdays=[])
    desk.post(reverse("month:car_week", args=[car.code]), {"w2_0_from": "9:00", "w2_0_until": "16:00", "break_minutes": "45"})
    assert [(row.weekday, row.start) for row in CarHours.objects.all()] == [(2, dt.time(9))]
    desk.post(reverse("month:day_off_add"), {"day": "2027-12-29", "vehicle": "", "note": "年末"})
    assert "すべてのキッチンカー（年末）" in page(desk, "month:car_list")
    desk.post(reverse("month:day_off_remove", args=[DayOff.objects.get().pk]))
    assert not DayOff.objects.exists()


def test_a_visit_falls_on_no_holiday_no_day_off_and_no_forbidden_day(desk: Client) -> None:
    """2027 has Wednesdays on 1, 8, 15, 22 and 29 December; 23 September 2027 is 秋分の日, a Thursday."""
    car = a_car(weekdays=[2])
    candidate = a_candidate("M01", weekdays=[2], most_visits=5)
    DayOff.objects.create(vehicle=car, day=dt.date(2027, 12, 8))
    ForbiddenDay.objects.create(candidate=candidate, day=dt.date(2027, 12, 22))
    planned()
    assert [row.day.day for row in PlannedVisit.objects.all()] == [1, 15, 29]
