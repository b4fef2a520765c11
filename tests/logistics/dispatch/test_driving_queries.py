"""Questions to the database that the driver's pages and the partner's list ask: the same number however much there is (R14)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from foodbank.accounts.access import access_of_user
from foodbank.core.dates import today
from foodbank.core.errors import Refusal
from logistics.dispatch.selectors.deliveries import deliveries_of, what_comes
from logistics.dispatch.selectors.driving import drive_page, drivers_home
from logistics.dispatch.services import handover
from tests.factories import PartnerFactory, UserFactory, allergen
from tests.factories.driving import Drive, an_offer, an_order

pytestmark = pytest.mark.django_db
SIZES = pytest.mark.parametrize("stops", [2, 9])


def a_route(stops: int) -> Drive:
    """So many partners, each with goods from the shelf and from a shop, everything aboard and half of it handed over."""
    drive = Drive()
    depot = drive.stop(drive.depot)
    offers = [an_offer(3) for _ in range(stops)]
    shops = [drive.stop(offer.donor.site) for offer in offers]
    for offer, shop in zip(offers, shops, strict=True):
        line = an_order()
        line.order.excluded_allergens.add(allergen("卵"))
        partner = drive.stop(line.order.partner.site)
        drive.shelf(2, depot, partner, order_line=line)
        drive.shop(3, shop, partner, offer=offer, order_line=line)
    drive.published()
    handover.load_all(stop=depot, actor=drive.actor)
    for offer, shop in zip(offers, shops, strict=True):
        handover.collect(stop=shop, offer=offer, quantity=3, actor=drive.actor)
    return drive


# 1 the route's stops with site, visit and progress; 2 its breaks; 3 the steps that stand; 4 its shipments, with 5 the items' allergens,
# 6 the allergens of the lots on the shelf, 7 those of the lots aboard, 8 those that orders exclude; 9 the shift; 10 the route's progress;
# 11 what its driver has not seen of a new plan.
PAGE = 11


@SIZES
def test_a_route_on_the_phone(django_assert_num_queries: object, stops: int) -> None:
    drive = a_route(stops)
    route = type(drive.route).objects.select_related("plan", "vehicle__depot").get(pk=drive.route.pk)
    with django_assert_num_queries(PAGE):
        page = drive_page(route)
        shown = [(one.contains, one.unknown_allergens, one.dated) for card in page.cards for one in [*card.load, *card.drop]]
    assert len(shown) == 3 * stops  # 1 to load and 2 to hand over for each partner


# The session, its user, who may what, the route with its plan; and the session written between two savepoints: 4 + 3.
@SIZES
def test_the_page_around_it_adds_the_same_few(client: Client, django_assert_max_num_queries: object, stops: int) -> None:
    drive = a_route(stops)
    client.force_login(drive.actor)
    address = reverse("driving:route", args=[drive.route.pk])
    with django_assert_max_num_queries(PAGE + 7):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("vehicles", [1, 6])
def test_who_drives_what(django_assert_num_queries: object, vehicles: int) -> None:
    first = Drive()
    for _ in range(vehicles - 1):
        Drive.beside(first)
    first.published()
    user = UserFactory.create()
    access = access_of_user(user)
    with django_assert_num_queries(2):  # the routes with plan and vehicle, and their shifts with the drivers
        assert len(drivers_home(today(), user=user, access=access).free) == vehicles


# 1 the deliveries with order, partner, stop, route and receipt; 2 their shipments with 3 to 5 three kinds of allergens; 6 receipt lines
# (none without a receipt).
@pytest.mark.parametrize("orders", [1, 7])
def test_what_comes_to_a_partner(django_assert_num_queries: object, orders: int) -> None:
    drive, partner = Drive(), PartnerFactory.create()
    depot, stop = drive.stop(drive.depot), drive.stop(partner.site)
    for number in range(orders):
        line = an_order(partner, ref=f"O9{number:02}")
        drive.shelf(2, depot, stop, order_line=line)
    drive.published()
    handover.load_all(stop=depot, actor=drive.actor)
    with django_assert_num_queries(5):
        lines = [what_comes(one) for one in deliveries_of(partner.pk)]
    assert [len(one) for one in lines] == [1] * orders


@SIZES
def test_saying_that_one_is_there_costs_the_same_on_a_long_route(django_assert_max_num_queries: object, stops: int) -> None:
    drive = a_route(stops)
    with django_assert_max_num_queries(20):
        handover.arrive(stop=drive.stops[-1], actor=drive.actor)


def test_the_day_page_shows_what_the_driver_said(client: Client) -> None:
    drive = a_route(2)
    client.force_login(drive.actor)
    handover.deliver(stop=drive.stops[3], actor=drive.actor)
    with pytest.raises(Refusal):
        handover.deliver(stop=drive.stops[3], actor=drive.actor)
    page = client.get(reverse("dispatch:day", args=[drive.day])).content.decode()
    assert "完了" in page
    assert f"1/{len(drive.stops)} か所済み" in page
