"""What partners do themselves, by page or by program: until the cut-off. Staff use :mod:`~foodbank.partners.services.orders`."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.dates import today
from foodbank.partners.models import ClosedDay, Order
from foodbank.partners.policies import cut_off_refusal, day_refusal, opening_refusal
from foodbank.partners.selectors import cut_off_for, order_rules
from foodbank.partners.services.orders import OrderData, cancel_order, change_order, create_order


@transaction.atomic
def place_own_order(*, data: OrderData, actor: User) -> Order:
    """A partner orders. Refuses ``order.day_past``, ``order.too_far_ahead``, ``order.day_closed``, ``order.cut_off_passed``,
    ``order.outside_opening_hours`` and what :func:`~foodbank.partners.services.orders.create_orders` refuses."""
    _may_order(data)
    return create_order(data=data, actor=actor)


@transaction.atomic
def change_own_order(*, order: Order, data: OrderData, actor: User, shown_version: int | None = None) -> Order:
    """A partner changes its order as it has read it (a page: as it was shown, at ``shown_version``), before the cut-off of the day that
    it was for and of the day that it is for now. Refuses what :func:`place_own_order` and
    :func:`~foodbank.partners.services.orders.change_order` refuse."""
    _in_time(order.delivery_date)
    _may_order(data)
    version = order.version if shown_version is None else shown_version
    return change_order(order=order, data=data, actor=actor, expected_version=version)


@transaction.atomic
def cancel_own_order(*, order: Order, actor: User) -> Order:
    """A partner cancels its order as it has read it. Refuses ``order.cut_off_passed``, ``order.closed`` and
    ``order.changed_meanwhile``."""
    _in_time(order.delivery_date)
    return cancel_order(order=order, actor=actor, expected_version=order.version)


def need_open_day(day: dt.date) -> None:
    """Refuses ``order.day_past``, ``order.too_far_ahead`` and ``order.day_closed``."""
    closed = ClosedDay.objects.filter(day=day).exists()
    refusal = day_refusal(day, today=today(), days_ahead=order_rules().days_ahead, closed=closed)
    if refusal is not None:
        raise refusal


def _may_order(data: OrderData) -> None:
    need_open_day(data.delivery_date)
    _in_time(data.delivery_date)
    site = data.partner.site
    refusal = opening_refusal((data.window_from, data.window_until), hours=site.hours)
    if refusal is not None:
        raise refusal


def _in_time(day: dt.date) -> None:
    late = cut_off_refusal(day, cut_off=cut_off_for(day), now=timezone.now())
    if late is not None:
        raise late
