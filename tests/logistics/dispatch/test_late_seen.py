"""Who sees that a driver says to be late: the coordinator on the day page, partners on theirs and over REST.

Stops of the day begin at 9 (depot), 10 (shop), 11 and 12 (partners), 13 (venue), 14 (visit) and 15 o'clock (depot).
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from foodbank.accounts.models import Role
from foodbank.core.dates import at
from foodbank.partners.models import Order
from logistics.dispatch.models import Delivery, MobileVisit, Plan, StopProgress
from logistics.dispatch.selectors.deliveries import deliveries_of
from logistics.dispatch.selectors.late import late_vehicles
from logistics.dispatch.selectors.needs import Need, read_needs
from logistics.dispatch.selectors.under_way import begun_routes, under_way
from logistics.dispatch.services import handover
from logistics.dispatch.services.handover import say_late, say_on_time
from tests.factories import UserFactory
from tests.factories.driving import Drive, an_offer, an_order
from tests.factories.under_way import Clock
from tests.logistics.dispatch.handover.conftest import FullDay, full

__all__ = ["full"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def away(full: FullDay, clock: Clock) -> FullDay:
    """On the way to the shop; it is 9:50. Everybody can be reached until 19:00, and the visit opens at 15:00."""
    MobileVisit.objects.update(open_from=dt.time(15), open_until=dt.time(16))
    full.set_out(clock)
    return full


def say(day: FullDay, text: str, number: int = 1) -> None:
    say_late(stop=day.drive.stops[number], expected_at=day.hour(text), actor=day.drive.actor)


def about_late(day: FullDay) -> list[Need]:
    found = read_needs(day.drive.day, Plan.objects.current(day.drive.day), []).found
    return [need for need in found if need.text.startswith(day.drive.code)]


def first_order(day: FullDay) -> Order:
    line = day.u01.order_line
    assert line is not None
    return line.order


def test_a_driver_who_still_reaches_everybody_is_a_line_to_know_of(away: FullDay) -> None:
    assert about_late(away) == []
    say(away, "10:20")
    (need,) = about_late(away)
    assert need.kind == "info"
    assert need.text == "VAN1：20 分おくれます。いまのところ、どの立寄先にも間に合います。"
    assert need.detail == f"運転者の知らせ：{away.drive.stops[1].site.name}には 10:20ごろ着きます。"
    assert need.url.endswith("?vehicle=VAN1#route-VAN1")
    say_on_time(stop=away.drive.stops[1], actor=away.drive.actor)
    assert about_late(away) == []


def test_somebody_who_is_not_reached_in_time_is_named_with_the_way_to_plan_again(away: FullDay) -> None:
    order = first_order(away)
    Order.objects.filter(pk=order.pk).update(window_until=dt.time(11, 15))
    say(away, "10:20")  # the first partner at 11:20
    (need,) = about_late(away)
    assert need.kind == "error"
    assert need.text == "VAN1：20 分遅れています。1 か所が間に合いません。"
    assert need.detail.startswith("運転者の知らせ：")
    assert need.detail.endswith(f"間に合わない立寄先：{order.partner.site.name}")
    assert need.url.endswith("#replan")
    say(away, "10:15")  # at 11:15 the door is still open
    assert [need.kind for need in about_late(away)] == ["info"]


def test_it_is_off_the_list_when_the_driver_is_there(away: FullDay, clock: Clock) -> None:
    say(away, "10:20")
    clock(away.hour("10:18"))
    handover.arrive(stop=away.drive.stops[1], actor=away.drive.actor)
    assert about_late(away) == []
    assert late_vehicles(Plan.objects.get()) == []


def test_a_time_that_is_over_without_an_arrival_counts_until_now(away: FullDay, clock: Clock) -> None:
    Order.objects.update(window_until=dt.time(12, 30))
    say(away, "10:20")
    clock(away.hour("11:10"))
    (one,) = late_vehicles(Plan.objects.get())
    assert (one.minutes, one.said) == (70, away.hour("10:20"))  # it should be at the shop since 10:00
    assert [name for name in one.places if name == away.drive.stops[3].site.name]  # 12:00 and 70 minutes


def test_a_van_that_begins_elsewhere_has_begun_when_its_driver_says_to_be_late(clock: Clock) -> None:
    drive, offer, line = Drive(), an_offer(4), an_order()
    shop, partner = drive.stop(offer.donor.site), drive.stop(line.order.partner.site)
    drive.shop(4, shop, partner, offer=offer, order_line=line)
    drive.published()
    clock(at(drive.day, dt.time(8, 40)))
    assert begun_routes(drive.plan) == []
    say_late(stop=shop, expected_at=at(drive.day, dt.time(9, 30)), actor=drive.actor)
    drive.plan.refresh_from_db()
    assert begun_routes(drive.plan) == [drive.route]
    assert [kept.vehicle for kept in under_way(drive.day).kept] == [drive.code]
    (one,) = late_vehicles(drive.plan)
    assert (one.minutes, one.places) == (30, ())
    say_on_time(stop=shop, actor=drive.actor)
    assert (begun_routes(drive.plan), late_vehicles(drive.plan)) == ([], [])


def test_the_day_page_says_that_it_comes_from_the_driver(client: Client, away: FullDay) -> None:
    client.force_login(UserFactory.create())
    address = reverse("dispatch:day", args=[away.drive.day])
    assert "運転者の知らせ" not in client.get(address).content.decode()
    say(away, "10:20")
    page = client.get(address).content.decode()
    assert "10:20 の見込み" in page
    assert page.count("運転者の知らせ") == 3  # what needs somebody, the route's head, its stop
    assert "20分おくれ" in page


def test_partners_see_it_on_their_page_and_it_says_no_more_than_a_time(client: Client, away: FullDay) -> None:
    order = first_order(away)
    say(away, "10:25")
    (delivery,) = deliveries_of(order.partner.pk)
    assert delivery.eta == away.hour("11:25")
    client.force_login(UserFactory.create(is_staff=False, roles=[Role.PARTNER], roles__at=order.partner.site))
    page = client.get(reverse("portal:delivery", args=[order.partner.site.code, delivery.public_id])).content.decode()
    assert "11:25ごろ" in page
    assert "運転者" not in page


def test_saying_so_asks_the_database_as_often_on_a_long_route(django_assert_max_num_queries: object, clock: Clock) -> None:
    for partners in (1, 8):
        drive = Drive()
        depot, lines = drive.stop(drive.depot), [an_order() for _ in range(partners)]
        for line in lines:
            drive.shelf(1, depot, drive.stop(line.order.partner.site), order_line=line)
        drive.published()
        clock(at(drive.day, dt.time(9, 10)))
        handover.load_all(stop=depot, actor=drive.actor)
        handover.finish_stop(stop=depot, actor=drive.actor)
        # the plan of the stop; the lock; the stop; back?; the route's progress, stops and breaks; the row; then what refreshing costs
        with django_assert_max_num_queries(20):  # type: ignore[operator]
            say_late(stop=drive.stops[1], expected_at=at(drive.day, dt.time(10, 30)), actor=drive.actor)
        assert Delivery.objects.filter(eta=at(drive.day, dt.time(10, 30)), stop=drive.stops[1]).exists()
        Plan.objects.update(status="replaced")
    assert StopProgress.objects.said().count() == 2
