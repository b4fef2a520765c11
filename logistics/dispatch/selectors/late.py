"""Vehicles that are so late that somebody cannot get what is coming, or a shop is closed before they are there; and those whose driver
says to be late."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from foodbank.core.dates import at, moment_of
from logistics.dispatch.models import Plan, PlanStatus, RouteBreak, Shipment, Stop, StopProgress, StopState
from logistics.dispatch.selectors.begun import CLOSED, now_on, said_of, state_of
from logistics.dispatch.selectors.expected import expected_starts


@dataclass(frozen=True, slots=True)
class LateVehicle:
    """``minutes`` is how late it is at its next stop; ``places`` are the names of those that it will not reach in time. ``said``: when
    its driver says to be at ``next``, if the driver has said so."""

    code: str
    minutes: int
    next: str
    places: tuple[str, ...]
    said: dt.datetime | None = None


def late_vehicles(plan: Plan) -> list[LateVehicle]:
    """Of a plan on the road. Three queries at most, whatever it holds."""
    if plan.status != PlanStatus.STARTED:
        return []
    stops: dict[int, list[Stop]] = defaultdict(list)
    told = StopProgress.objects.said().filter(stop__route=OuterRef("route"))
    away = Q(route__progress__departed_at__isnull=False) | Exists(told)
    rows = Stop.objects.filter(away, route__plan=plan, route__progress__back_at__isnull=True)
    for stop in rows.select_related("progress", "visit", "site", "route__vehicle").order_by("route__vehicle__code", "sequence"):
        stops[stop.route_id].append(stop)
    if not stops:
        return []
    breaks: dict[int, list[RouteBreak]] = defaultdict(list)
    for rest in RouteBreak.objects.filter(route__in=stops).order_by("start"):
        breaks[rest.route_id].append(rest)
    latest = _latest(plan, list(stops))
    found = []
    for pk, in_order in stops.items():
        expected = _expected(plan.day, in_order, breaks[pk])
        open_ones = [stop for stop in in_order if stop.pk in expected]
        missed = [stop for stop in open_ones if stop.pk in latest and expected[stop.pk] > at(plan.day, latest[stop.pk])]
        said = next(((stop, moment) for stop in open_ones if (moment := said_of(stop)) is not None), None)
        if missed or said:
            first, moment = said or (open_ones[0], None)
            minutes = round((expected[first.pk] - first.start).total_seconds() / 60)
            names = tuple(dict.fromkeys(stop.site.name for stop in missed))
            found.append(LateVehicle(first.route.vehicle.code, minutes, first.site.name, names, moment))
    return found


def _expected(day: dt.date, stops: list[Stop], breaks: list[RouteBreak]) -> dict[int, dt.datetime]:
    """When the open stops are expected to begin: also one that should have begun and of which nobody has said anything."""
    expected = expected_starts(stops, breaks)
    open_ones = [stop for stop in stops if state_of(stop) not in CLOSED]
    now = moment_of(day, now_on(day))
    behind = dt.timedelta(0)
    if open_ones and state_of(open_ones[0]) == StopState.PLANNED and now_on(day):
        behind = max(behind, now - expected[open_ones[0].pk])
    return {stop.pk: expected[stop.pk] + (behind if stop.visit_id is None else dt.timedelta(0)) for stop in open_ones}


def _latest(plan: Plan, routes: list[int]) -> dict[int, dt.time]:
    """The last time at which work may begin, by stop: an order's window, a shop's hours, the opening of a visit."""
    found: dict[int, dt.time] = {}
    shipments = Shipment.objects.filter(plan=plan, pick_stop__route__in=routes, progress__called_off=False).values_list(
        "pick_stop", "drop_stop", "progress__loaded",
        F("offer__ready_until"), Coalesce("order_line__order__window_until", "visit__open_from"),
    )  # fmt: skip
    for pick, drop, loaded, shop, receiver in shipments:
        for stop, until in ((pick, None if loaded else shop), (drop, receiver)):
            if until is not None:
                found[stop] = min(until, found.get(stop, until))
    return found
