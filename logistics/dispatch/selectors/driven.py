"""Drives that happened, from the times that drivers pressed: what driving times can be learned from."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from foodbank.sites.models import Site
from logistics.dispatch.models import PlanStatus, Route, RouteBreak, Stop, StopProgress, StopState

LOOKED_BACK = dt.timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Drive:
    """From one site to the next stop's, without a break in between."""

    origin: Site
    target: Site
    left: dt.datetime
    arrived: dt.datetime

    @property
    def seconds(self) -> float:
        return (self.arrived - self.left).total_seconds()


def drives_until(day: dt.date) -> list[Drive]:
    """Of the 90 days before ``day`` and that day. Three queries."""
    routes = list(
        Route.objects.filter(plan__day__gt=day - LOOKED_BACK, plan__day__lte=day)
        .exclude(plan__status__in=(PlanStatus.DRAFT,))
        .filter(progress__isnull=False)
        .select_related("progress", "vehicle__depot", "begins_at", "ends_at")
        .order_by("pk")
    )
    stops: dict[int, list[Stop]] = defaultdict(list)
    for stop in Stop.objects.filter(route__in=routes).select_related("site", "progress").order_by("route", "sequence"):
        stops[stop.route_id].append(stop)
    breaks: dict[int, list[RouteBreak]] = defaultdict(list)
    for pause in RouteBreak.objects.filter(route__in=routes):
        breaks[pause.route_id].append(pause)
    return [drive for route in routes for drive in _of_route(route, stops[route.pk], breaks[route.pk])]


def _of_route(route: Route, stops: list[Stop], breaks: list[RouteBreak]) -> Iterator[Drive]:
    """Between stops next to each other that were both done: beside one that failed nobody knows where the vehicle was."""
    departed, back = route.progress.departed_at, route.progress.back_at
    begins, ends = route.begins_at or route.vehicle.depot, route.ends_at or route.vehicle.depot
    if stops and departed is not None:
        arrived = _done(stops[0])
        if arrived is not None and arrived.arrived_at is not None and not _rests(breaks, route.depart, stops[0].start):
            yield from _drive(begins, stops[0].site, departed, arrived.arrived_at)
    for before, after in pairwise(stops):
        first, second = _done(before), _done(after)
        if first is None or second is None or first.closed_at is None or second.arrived_at is None:
            continue
        left = first.closed_at
        if before.site_id == begins.pk and departed is not None:
            left = max(left, departed)  # loaded, and then still stood at the depot
        if not _rests(breaks, before.leave, after.start):
            yield from _drive(before.site, after.site, left, second.arrived_at)
    if stops and back is not None:
        last = _done(stops[-1])
        if last is not None and last.closed_at is not None and not _rests(breaks, stops[-1].leave, route.back):
            yield from _drive(stops[-1].site, ends, last.closed_at, back)


def _done(stop: Stop) -> StopProgress | None:
    progress: StopProgress | None = getattr(stop, "progress", None)
    return progress if progress is not None and progress.state == StopState.DONE else None


def _rests(breaks: list[RouteBreak], begin: dt.datetime, end: dt.datetime) -> bool:
    return any(pause.start < end and begin < pause.end for pause in breaks)


def _drive(origin: Site, target: Site, left: dt.datetime, arrived: dt.datetime) -> Iterator[Drive]:
    if origin.pk != target.pk and arrived > left:
        yield Drive(origin, target, left, arrived)
