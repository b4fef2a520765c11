"""What partners may do themselves, and until when; staff are not bound by it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from foodbank.core.dates import today
from foodbank.core.errors import FieldsRefused, Refusal
from foodbank.partners.models import Order, OrderRules, OrderStatus
from foodbank.partners.policies import cut_off_of, cut_off_refusal
from foodbank.partners.selectors import cut_off_for, first_open_day, last_order_of
from foodbank.partners.services.orders import cancel_order, change_order
from foodbank.partners.services.own_orders import cancel_own_order, change_own_order, place_own_order
from foodbank.partners.services.rules import change_order_rules, close_day, open_day
from tests.factories import PartnerFactory, UserFactory, an_order, cut_off, order_data

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def actor():
    return UserFactory.create()


@pytest.fixture
def partner():
    return PartnerFactory.create()


def test_the_cut_off_is_18_00_the_day_before_in_japan_unless_changed(actor):
    day = dt.date(2026, 12, 5)
    assert cut_off_for(day).isoformat() == "2026-12-04T18:00:00+09:00"
    change_order_rules(cut_off=dt.time(9, 30), days_before=2, days_ahead=30, actor=actor)
    assert cut_off_for(day).isoformat() == "2026-12-03T09:30:00+09:00"


def test_the_moment_of_the_cut_off_is_too_late():
    day = dt.date(2026, 12, 5)
    moment = cut_off_of(day, days_before=1, time=dt.time(18))
    assert cut_off_refusal(day, cut_off=moment, now=moment - dt.timedelta(microseconds=1)) is None
    refusal = cut_off_refusal(day, cut_off=moment, now=moment)
    assert (refusal.code, refusal.status) == ("order.cut_off_passed", 409)
    assert refusal.params == {"delivery_date": "2026-12-05", "cut_off": "2026-12-04T18:00:00+09:00"}


def test_after_the_cut_off_a_partner_can_do_nothing_and_staff_everything(actor, partner):
    order = an_order(partner)
    cut_off(4)  # for a delivery in three days it was yesterday
    for late in (
        lambda: place_own_order(data=order_data(partner), actor=actor),
        lambda: change_own_order(order=order, data=order_data(partner, children=1), actor=actor),
        lambda: cancel_own_order(order=order, actor=actor),
    ):
        with pytest.raises(Refusal) as refused:
            late()
        assert refused.value.code == "order.cut_off_passed"
    assert Order.objects.get().version == 1
    change_order(order=order, data=order_data(partner, children=1), actor=actor)
    assert cancel_order(order=order, actor=actor).status == OrderStatus.CANCELLED


def test_an_order_is_not_moved_out_of_a_day_that_is_closed_nor_into_one(actor, partner):
    near, far = an_order(partner), an_order(partner, delivery_date=today() + 10 * DAY)
    cut_off(4)
    for order, wanted in ((near, today() + 10 * DAY), (far, today() + 3 * DAY)):
        with pytest.raises(Refusal) as refused:
            change_own_order(order=order, data=order_data(partner, delivery_date=wanted), actor=actor)
        assert refused.value.code == "order.cut_off_passed"
    moved = change_own_order(order=far, data=order_data(partner, delivery_date=today() + 11 * DAY), actor=actor)
    assert moved.delivery_date == today() + 11 * DAY


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"delivery_date": today() - DAY}, "order.day_past"),
        ({"delivery_date": today() + 61 * DAY}, "order.too_far_ahead"),  # 60 unless changed
        ({"window_from": dt.time(21), "window_until": dt.time(22)}, "order.outside_opening_hours"),  # open 8:00 to 21:00
    ],
)
def test_days_and_hours_that_nobody_can_deliver_at(actor, partner, changes, code):
    with pytest.raises(FieldsRefused) as refused:
        place_own_order(data=order_data(partner, **changes), actor=actor)
    assert refused.value.code == code
    assert not Order.objects.exists()


def test_sixty_days_ahead_is_not_too_far(actor, partner):
    assert place_own_order(data=order_data(partner, delivery_date=today() + 60 * DAY), actor=actor).pk


def test_a_day_off_takes_no_orders_until_it_is_a_day_again(actor, partner):
    closed = close_day(day=today() + 3 * DAY, reason="棚卸", actor=actor)
    with pytest.raises(FieldsRefused) as refused:
        place_own_order(data=order_data(partner), actor=actor)
    assert refused.value.code == "order.day_closed"
    open_day(closed=closed, actor=actor)
    assert place_own_order(data=order_data(partner), actor=actor).status == OrderStatus.PLACED


def test_without_an_agreement_no_order(actor):
    with pytest.raises(Refusal) as refused:
        place_own_order(data=order_data(PartnerFactory.create(agreement=None)), actor=actor)
    assert refused.value.code == "site.no_agreement"


def test_a_change_of_what_somebody_else_has_changed_is_refused(actor, partner):
    order = an_order(partner)
    stale = Order.objects.get(pk=order.pk)
    change_order(order=order, data=order_data(partner, children=50), actor=actor)
    for late in (
        lambda: change_own_order(order=stale, data=order_data(partner, children=60), actor=actor),
        lambda: cancel_own_order(order=stale, actor=actor),
    ):
        with pytest.raises(Refusal) as refused:
            late()
        assert (refused.value.code, refused.value.status) == ("order.changed_meanwhile", 412)
    stored = Order.objects.get()
    assert (stored.children, stored.version, stored.changed_at <= timezone.now()) == (50, 2, True)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"days_before": 15}, "days_before"),
        ({"days_ahead": 0}, "days_ahead"),
        ({"days_before": 7, "days_ahead": 6}, "days_ahead"),
        ({"days_ahead": 367}, "days_ahead"),
    ],
)
def test_rules_that_would_close_everything_are_refused(actor, values, field):
    with pytest.raises(FieldsRefused) as refused:
        change_order_rules(**{"cut_off": dt.time(18), "days_before": 1, "days_ahead": 60, **values}, actor=actor)
    assert set(refused.value.fields) == {field}
    assert not OrderRules.objects.exists()


def test_the_first_day_that_can_be_ordered_for_is_neither_too_near_nor_closed(actor):
    cut_off(2)  # midnight two days before: for the day after tomorrow it was this midnight
    assert first_open_day() == today() + 3 * DAY
    close_day(day=today() + 3 * DAY, reason="", actor=actor)
    assert first_open_day() == today() + 4 * DAY


def test_last_time_is_the_newest_order_that_stood(actor, partner):
    assert last_order_of(partner) is None
    first = an_order(partner)
    later = an_order(partner, delivery_date=today() + 5 * DAY)
    an_order()
    assert last_order_of(partner) == later
    cancel_order(order=later, actor=actor)
    assert last_order_of(partner) == first
