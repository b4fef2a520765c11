"""Who is told that a plan that counted was replaced, and drivers who have seen what that changes for them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.messaging.services.notify import To, day_words, notify
from foodbank.partners.models import Order
from logistics.dispatch.models import Plan, Route, RouteNews
from logistics.dispatch.planner.difference import Difference, ReceiverChange, difference
from logistics.fleet.models import Shift


def tell_changes(*, plan: Plan, before: Plan, actor: User) -> Difference:
    """``plan`` has taken the place of ``before``: partners hear of other times and of what does not come any more, drivers that their
    route changes, once each; inside the transaction that publishes it."""
    changes = difference(before.document, plan.document)
    _tell_partners(plan, changes)
    _tell_drivers(plan, before, changes)
    return changes


def _tell_partners(plan: Plan, changes: Difference) -> None:
    refs = {change.ref: change for change in changes.receivers if change.kind == "order" and change.was is not None}
    told = {ref: change for ref, change in refs.items() if change.now is None or change.other_time}
    by_partner: dict[int, list[str]] = defaultdict(list)
    for order in Order.objects.open_on(plan.day).filter(ref__in=told).order_by("ref"):
        by_partner[order.partner_id].append(order.ref)
    for partner, orders in by_partner.items():
        notify(
            to=To("partner", partner),
            template="plan_changed_partner",
            params={
                **day_words(plan.day),
                "times_ja": "、".join(f"{ref} {_time_ja(told[ref])}" for ref in orders),
                "times_en": ", ".join(f"{ref} {_time_en(told[ref])}" for ref in orders),
            },
            key=f"plan/{plan.pk}/partner/{partner}",
        )


def _time_ja(change: ReceiverChange) -> str:
    if change.now is None or change.was is None:
        return "お届けできません"
    return f"{_clock(change.now.start)}ごろ（前は{_clock(change.was.start)}ごろ）"


def _time_en(change: ReceiverChange) -> str:
    if change.now is None or change.was is None:
        return "will not come"
    return f"around {_clock(change.now.start)} (was {_clock(change.was.start)})"


def _clock(moment: dt.datetime) -> str:
    return f"{timezone.localtime(moment):%H:%M}"


def _tell_drivers(plan: Plan, before: Plan, changes: Difference) -> None:
    """A driver who has not seen the last change yet is shown both at once."""
    unseen = {
        news.route.vehicle.code: news.since
        for news in RouteNews.objects.filter(route__plan__in=(plan, before), seen_at__isnull=True).select_related(
            "route__vehicle", "since"
        )
    }
    drivers: dict[int, list[str]] = defaultdict(list)
    shifts = Shift.objects.filter(day=plan.day, driver__isnull=False).select_related("vehicle")
    driver_of = {shift.vehicle.code: shift.driver_id for shift in shifts}
    for route in Route.objects.filter(plan=plan).select_related("vehicle").order_by("vehicle__code"):
        code = route.vehicle.code
        if code not in changes.vehicles and code not in unseen:
            continue
        RouteNews.objects.update_or_create(
            route=route, defaults={"since": unseen.get(code, before), "seen_at": None, "seen_by": None, "told_at": timezone.now()}
        )
        driver = driver_of.get(code)
        if code in changes.vehicles and driver is not None:
            drivers[driver].append(code)
    for driver, codes in drivers.items():
        stops = sum(len(changes.vehicles[code]) for code in codes)
        notify(
            to=To("user", driver),
            template="plan_changed_driver",
            params={**day_words(plan.day), "vehicles": "、".join(codes), "n": stops},
            key=f"plan/{plan.pk}/user/{driver}",
        )


@transaction.atomic
def seen(*, route: Route, actor: User) -> None:
    """The driver has looked at what changed; saying so twice changes nothing."""
    RouteNews.objects.filter(route=route, seen_at__isnull=True).update(seen_at=timezone.now(), seen_by=actor)
