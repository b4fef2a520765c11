"""Questions about partners and their orders."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.utils import timezone

from foodbank.core.dates import today
from foodbank.messaging.addresses import Address
from foodbank.partners.models import ClosedDay, Order, OrderRules, OrderStatus, Partner
from foodbank.partners.policies import cut_off_of


def order_rules() -> OrderRules:
    """What the food bank has chosen, or the defaults."""
    return OrderRules.objects.first() or OrderRules()


def cut_off_for(day: dt.date, rules: OrderRules | None = None) -> dt.datetime:
    """Until when partners may order for ``day``, change and cancel."""
    rules = rules or order_rules()
    return cut_off_of(day, days_before=rules.days_before, time=rules.cut_off)


def first_open_day(rules: OrderRules | None = None) -> dt.date:
    """The next day for which a partner can still order; the last day that may be ordered for when every day is closed."""
    rules = rules or order_rules()
    first, now = today(), timezone.now()
    last = first + dt.timedelta(days=rules.days_ahead)
    closed = set(ClosedDay.objects.filter(day__range=(first, last)).values_list("day", flat=True))
    days = (first + dt.timedelta(days=number) for number in range(rules.days_ahead + 1))
    return next((day for day in days if day not in closed and now < cut_off_for(day, rules)), last)


def partners_in_use() -> QuerySet[Partner]:
    """Those that orders are taken from, by code."""
    return Partner.objects.select_related("site").filter(site__active=True)


def last_order_of(partner: Partner) -> Order | None:
    """What "the same as last time" means: the newest order that was not cancelled."""
    return Order.objects.filter(partner=partner).exclude(status=OrderStatus.CANCELLED).order_by("-delivery_date", "-pk").first()


def partner_address(pk: int) -> Address | None:
    """How the partner's contact can be reached; ``None``: no partner of that number."""
    partner = Partner.objects.filter(pk=pk).select_related("site").first()
    return None if partner is None else Address(email=partner.contact_email, phone=partner.site.phone)
