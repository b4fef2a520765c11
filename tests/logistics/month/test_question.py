"""What the month's question takes from shifts, vehicles and roads."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from deploy.tools.process import free_port
from foodbank.accounts.models import User
from foodbank.core.errors import Refusal
from foodbank.sites.models import Site
from logistics.fleet.services.vehicles import set_shift
from logistics.month.models import PlannedVisit
from logistics.month.selectors.planned import planned_visits
from logistics.month.selectors.question import Question, month_question
from logistics.month.services.accepting import accept
from logistics.month.services.adjusting import add_visit
from logistics.month.services.planning import calendar_of, make_month
from logistics.travel.models import PaceBand
from tests.factories import SiteFactory, UserFactory
from tests.factories.month import MONTH, a_candidate, a_car
from tests.services import roads

pytestmark = pytest.mark.django_db
DAY = dt.date(2027, 12, 7)


@pytest.fixture
def actor() -> User:
    return UserFactory.create()


def a_site_10_km_north() -> None:
    a_candidate("M01")
    Site.objects.filter(code="M01").update(latitude=Site.objects.exclude(code="M01").get().latitude + 0.09)


def question() -> Question:
    calendar = calendar_of(month=MONTH)
    return month_question(calendar, planned_visits(calendar))


def road(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    """A quarter of an hour and 5 km between any two places."""
    return (900.0, 5_000.0) if a != b else (0.0, 0.0)


@pytest.mark.sqlite
def test_a_shift_that_begins_elsewhere_and_a_limit_of_stops_reach_the_search(actor: User) -> None:
    car, parking = a_car(), SiteFactory.create(code="P77", kind="depot", latitude=34.5)
    a_candidate("M01")
    car.max_stops = 2
    car.save()
    set_shift(
        vehicle=car,
        day=DAY,
        start=dt.time(8),
        end=dt.time(17),
        break_minutes=45,
        actor=actor,
        begins_at=Site.objects.get(code="P77"),
    )
    asked = question()
    by_day = {one.day: one for one in asked.problem.car_days}
    entered, usual = by_day[asked.number(DAY)], by_day[asked.number(DAY) + 1]
    assert (entered.begins, entered.most_visits) == (asked.places[parking.code], 2)
    assert (usual.begins, usual.most_visits) == (None, 2)
    outing = next(one for one in asked.outings if one.day == DAY)
    assert (outing.van.start, outing.van.max_stops) == ("P77", 2)


def test_a_month_with_more_visits_than_the_car_stops_is_not_accepted(actor: User) -> None:
    car = a_car()
    car.max_stops = 1
    car.save()
    for code, hour in (("M01", 10), ("M02", 14)):
        add_visit(month=MONTH, candidate=a_candidate(code), day=DAY, start=dt.time(hour), vehicle=car, households=20, actor=actor)
    with pytest.raises(Refusal) as refused:
        accept(calendar=calendar_of(month=MONTH), actor=actor)
    assert refused.value.code == "month.cannot_be_driven"
    assert "CAR1 が1日に回れるのは1か所までです" in refused.value.text.ja


@pytest.mark.sqlite
def test_a_month_is_planned_with_the_times_of_the_roads(actor: User, client: Client, roads_of) -> None:
    a_car()
    a_site_10_km_north()
    client.force_login(actor)
    address = reverse("month:calendar", args=[MONTH])
    with roads.answering(roads.osrm_like(road, version=lambda: "2027-11-01")) as server:
        roads_of(server.url)
        assert "道路（OSRM）の時間をまだ調べられていません" in client.get(address).content.decode()
        assert server.asked == []  # a page asks nobody
        make_month(calendar=calendar_of(month=MONTH), actor=actor, work=0.2)
        assert server.asked != []
    asked = question()
    assert (asked.roads.provider, asked.roads.flagged_pairs) == ("osrm", 0)
    assert asked.problem.travel_s == ((0, 900), (900, 0))
    assert asked.problem.travel_m == ((0, 5_000), (5_000, 0))
    assert "移動時間：道路（OSRM）</p>" in client.get(address).content.decode()


@pytest.mark.sqlite
def test_without_its_server_a_month_is_planned_by_air_and_says_so(actor: User, client: Client, roads_of) -> None:
    a_car()
    a_site_10_km_north()
    plain = question().problem.travel_s
    roads_of(f"http://127.0.0.1:{free_port()}")
    make_month(calendar=calendar_of(month=MONTH), actor=actor, work=0.2)
    assert PlannedVisit.objects.exists()
    assert question().problem.travel_s == plain
    client.force_login(actor)
    page = client.get(reverse("month:calendar", args=[MONTH])).content.decode()
    assert "移動時間：直線距離からの見積もり（道路（OSRM）の時間をまだ調べられていません" in page


@pytest.mark.sqlite
def test_the_slowest_hour_on_the_road_counts_for_the_whole_month() -> None:
    """Cars are out 8:30 to 17:30: a band until nine is met, one from six in the evening is not."""
    a_car()
    a_site_10_km_north()
    plain = question().problem.travel_s[0][1]
    PaceBand.objects.create(start_min=18 * 60, end_min=20 * 60, percent=200)
    assert question().problem.travel_s[0][1] == plain
    PaceBand.objects.create(start_min=7 * 60, end_min=9 * 60, percent=150)
    assert question().problem.travel_s[0][1] == -(-plain * 150 // 100)
