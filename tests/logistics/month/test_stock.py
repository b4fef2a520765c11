"""What each visit takes along: 40 households need 160 kg of ten kinds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from foodbank.accounts.models import User
from foodbank.catalog.models import Category
from foodbank.donations.models import Offer
from foodbank.inventory.models import Place
from foodbank.sites.models import Site, SiteKind
from logistics.allocation.models import Channel, MinimumDaysLeft
from logistics.fleet.models import Vehicle
from logistics.month.selectors.packing import month_packing
from logistics.month.selectors.planned import calendar_on
from logistics.month.selectors.stock_page import stock_page
from logistics.month.services.adjusting import add_visit
from tests.factories import DonorFactory, ItemFactory, PlaceFactory, UserFactory, stocked
from tests.factories.month import MONTH, a_candidate, a_car

pytestmark = pytest.mark.django_db
FIRST, SECOND = dt.date(2027, 12, 7), dt.date(2027, 12, 14)


@pytest.fixture
def actor() -> User:
    return UserFactory.create()


@pytest.fixture
def shelf(actor: User) -> Place:
    """Two visits of 20 households each (80 kg) a week apart, and a chilled rack at the depot; the car has 80 kg for chilled goods."""
    car, candidate = a_car(), a_candidate("M01")
    for day in (FIRST, SECOND):
        add_visit(month=MONTH, candidate=candidate, day=day, start=dt.time(10), vehicle=car, households=20, actor=actor)
    return PlaceFactory.create(site=Site.objects.get(kind=SiteKind.DEPOT))


def put(shelf: Place, units: int, last_day: dt.date, **item: Any) -> str:
    """So many kilograms of a new item; its name."""
    lot, _ = stocked(units, place=shelf, last_day=last_day, item=ItemFactory.create(**item))
    return str(lot.item.name)


def packed() -> list[dict[str, int]]:
    return [{pack.goods.name: pack.units for pack in one.packs} for one in month_packing(calendar_on(MONTH)).visits]


def test_each_visit_gets_its_kilograms_in_ten_kinds_and_what_expires_first_goes_first(shelf: Place) -> None:
    early = [put(shelf, 8, FIRST + dt.timedelta(days=2)) for _ in range(10)]
    late = [put(shelf, 8, dt.date(2028, 3, 1)) for _ in range(10)]
    first, second = packed()
    assert (sum(first.values()), sum(second.values())) == (80, 80)
    assert set(first) == set(early)
    assert set(second) == set(late)
    assert all(one.missing_g == one.missing_kinds == 0 for one in stock_page(calendar_on(MONTH)).visits)


def test_goods_past_their_day_or_too_near_it_go_to_no_later_visit(shelf: Place) -> None:
    """D5, D6: over on the 10th, three days after the first visit. D7: three days must remain, and the 16th is two after the second."""
    MinimumDaysLeft.objects.create(channel=Channel.SAME_DAY, category=Category.objects.get(code="dairy"), days=3)
    over, near = put(shelf, 10, dt.date(2027, 12, 10)), put(shelf, 90, dt.date(2027, 12, 16))
    first, second = packed()
    assert sum(first.values()) == 80
    assert set(first) <= {over, near}
    assert second == {}


def test_what_is_missing_is_said_by_visit_and_by_category(shelf: Place) -> None:
    """100 kg in two kinds for 160 kg: the first visit has all, the second 20 kg and so lacks 60; it needs ten kinds. All of it is
    dairy, so the month lacks 60 kg of that, from the second visit on."""
    for _ in range(2):
        put(shelf, 50, dt.date(2028, 3, 1))
    page = stock_page(calendar_on(MONTH))
    assert (page.needed_g, page.packed_g, page.missing_g) == (160_000, 100_000, 60_000)
    assert [(one.visit.day, one.missing_g) for one in page.short if one.missing_g] == [(SECOND, 60_000)]
    assert [one.missing_kinds >= 8 for one in page.short] == [True, True]
    (row,) = page.categories
    assert (row.needed_g, row.usable_g, row.short_g, row.short_by) == (160_000, 100_000, 60_000, SECOND)
    assert not page.from_past


def test_what_the_car_cannot_cool_stays(shelf: Place) -> None:
    Vehicle.objects.update(chilled_g=0)
    put(shelf, 50, dt.date(2028, 3, 1))
    assert packed() == [{}, {}]


def test_offers_on_their_way_count_from_the_day_after(shelf: Place) -> None:
    donor, item = DonorFactory.create(), ItemFactory.create()
    Offer.objects.create(
        donor=donor, item=item, day=FIRST, ready_from=dt.time(9), ready_until=dt.time(17), quantity=30, last_day=dt.date(2028, 1, 31)
    )  # fmt: skip
    first, second = packed()
    assert first == {}
    assert second == {item.name: 30}


def test_the_page_and_the_file(shelf: Place, client: Client, actor: User) -> None:
    client.force_login(actor)
    name = put(shelf, 100, dt.date(2028, 3, 1))
    html = client.get(reverse("month:stock", args=[MONTH])).content.decode()
    assert "いまある分だけでは、必要な 160.0\N{NO-BREAK SPACE}kg のうち 60.0\N{NO-BREAK SPACE}kg が足りません。" in html
    lines = client.get(reverse("month:stock_csv", args=[MONTH])).content.decode("utf-8-sig").splitlines()
    assert lines[1].startswith("2027-12-07,M01,見本広場M01,CAR1,20,")
    assert name in lines[1]
    assert ",80," in lines[1]
    assert "足りない 60.0 kg、あと 9 種類" in lines[-1]
    assert client.get(reverse("month:stock", args=["2028-01-01"])).status_code == 200


def test_the_page_asks_as_much_for_many_visits_as_for_few(
    shelf: Place, client: Client, actor: User, django_assert_max_num_queries: Any
) -> None:
    client.force_login(actor)
    for number in range(3):
        candidate = a_candidate(f"M1{number}")
        for day in (8, 16, 23):
            add_visit(
                month=MONTH,
                candidate=candidate,
                day=dt.date(2027, 12, day),
                start=dt.time(10),
                vehicle=Vehicle.objects.get(),
                households=9,
                actor=actor,
            )
        put(shelf, 20, dt.date(2028, 3, 1))
    with django_assert_max_num_queries(40):
        client.get(reverse("month:stock", args=[MONTH]))
