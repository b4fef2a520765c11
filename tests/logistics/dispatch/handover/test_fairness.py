"""What was asked for and handed over, read from a driven day (R13)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foodbank.core.dates import today
from foodbank.inventory.models import Balance, Reason
from foodbank.inventory.services.discard import discard
from foodbank.partners.models import Order
from logistics.allocation.fairness import Fill
from logistics.dispatch.models import Plan
from logistics.dispatch.selectors.fairness import fairness, fills_before
from logistics.dispatch.services.handover import drop_all, load
from tests.factories import UserFactory
from tests.logistics.dispatch.handover.conftest import FullDay

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def six_handed_over(full: FullDay) -> None:
    """The first partner gets its 6 kg from the shelf; the second nothing. Both ask for what ``an_order`` says."""
    load(shipment=full.u01, actor=full.drive.actor)
    drop_all(stop=full.drive.stops[2], actor=full.drive.actor)


def orders(full: FullDay) -> tuple[Order, Order]:
    return full.u01.order_line.order, full.u05.order_line.order


def test_what_was_handed_over_counts_against_what_was_asked_for(full: FullDay):
    six_handed_over(full)
    first, second = orders(full)
    assert fills_before(today()) == {}  # today is not before today
    found = fills_before(today() + DAY)
    asked = first.lines.get().asked_g
    assert found[first.partner.site_id] == Fill(asked, 6_000, first.children)
    assert found[second.partner.site_id] == Fill(second.lines.get().asked_g, 0, second.children)
    assert fills_before(today() + 29 * DAY) == {}
    assert set(fills_before(today() + 28 * DAY)) == {first.partner.site_id, second.partner.site_id}


def test_the_figures_of_four_weeks(full: FullDay):
    six_handed_over(full)
    Plan.objects.update(distance_m=30_000)
    lot = Balance.objects.there().filter(quantity__gt=2).select_related("lot", "place").first()
    discard(lot=lot.lot, place=lot.place, quantity=2, reason=Reason.DISCARD_DAMAGED, actor=full.drive.actor)
    found = fairness(today() - 27 * DAY, today())
    assert (found.minimum, found.fifth) == (0.0, 0.0)
    assert 0 < found.gini <= 0.5  # one of two like groups has all: a half
    assert found.got_g == 6_000
    assert found.km_per_tonne == 30_000 * 1_000 / 6_000  # 30 km for 6 kg are 5,000 km for a tonne
    assert {one.reason: one.grams for one in found.wasted} == {Reason.DISCARD_DAMAGED: 2_000}


def test_cancelled_orders_were_not_asked_for(full: FullDay):
    Order.objects.update(status="cancelled")
    assert fills_before(today() + DAY) == {}
    assert fairness(today(), today()).km_per_tonne is None


def test_the_page_asks_the_database_no_more_for_more_partners(full: FullDay, client: Client):
    client.force_login(UserFactory.create())
    url = reverse("dispatch:fairness", args=[today() + DAY])
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        page = client.get(url)
    assert [one.site.pk for one in page.context["found"].partners] != []
    Order.objects.exclude(pk=Order.objects.first().pk).update(status="cancelled")
    with CaptureQueriesContext(connection) as fewer:
        client.get(url)
    assert len(few) == len(fewer)
