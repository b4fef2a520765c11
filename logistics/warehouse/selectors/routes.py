"""What is to be fetched from the shelves and loaded onto each vehicle of the day."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import QuerySet

from foodbank.core.dates import today
from foodbank.inventory.models import Reservation, ReservationState
from foodbank.inventory.models.places import picked_code
from foodbank.sites.models import Site
from logistics.dispatch.models import PlanStatus, Route, Shipment

LIVE = (PlanStatus.PUBLISHED, PlanStatus.STARTED)
_ZONE_ORDER = {"frozen": 0, "chilled": 1, "ambient": 2}


@dataclass(frozen=True, slots=True)
class Load:
    """One shipment from the shelf: what, where it stands now, and where it goes."""

    shipment: Shipment
    site: Site

    @property
    def reservation(self) -> Reservation | None:
        return self.shipment.progress.reservation

    @property
    def kept(self) -> bool:
        return self.reservation is not None and self.reservation.state == ReservationState.HELD

    @property
    def left(self) -> int:
        """Units still to be loaded."""
        return max(0, self.shipment.quantity - self.shipment.progress.loaded)

    @property
    def done(self) -> bool:
        return self.left == 0

    @property
    def called_off(self) -> bool:
        return self.shipment.progress.called_off

    @property
    def open(self) -> bool:
        return not self.done and not self.called_off

    @property
    def picked(self) -> bool:
        """Does it stand at the door already?"""
        return self.kept and self.reservation.place.code == picked_code(self.site, self.reservation.place.zone)  # type: ignore[union-attr]

    @property
    def to_pick(self) -> bool:
        return self.open and self.kept and not self.picked


@dataclass(frozen=True, slots=True)
class RouteLoad:
    """A vehicle's goods from this site today."""

    route: Route
    loads: tuple[Load, ...]

    @property
    def in_loading_order(self) -> list[Load]:
        """Trip by trip; within one by zone, and what is dropped last goes in first."""
        return sorted(
            self.loads,
            key=lambda one: (
                one.shipment.pick_stop.sequence, _ZONE_ORDER[one.shipment.zone], -one.shipment.drop_stop.sequence, one.shipment.pk,
            ),
        )  # fmt: skip

    @property
    def in_shelf_order(self) -> list[Load]:
        """One walk along the shelves."""
        return sorted(
            (one for one in self.loads if one.to_pick),
            key=lambda one: (one.reservation.place.code, one.shipment.item.name, one.shipment.pk),  # type: ignore[union-attr]
        )

    @property
    def open_count(self) -> int:
        return sum(one.open for one in self.loads)

    @property
    def to_pick_count(self) -> int:
        return sum(one.to_pick for one in self.loads)

    @property
    def done_count(self) -> int:
        return sum(one.done for one in self.loads)


def route_loads(site: Site, *, day: dt.date | None = None, vehicle: str | None = None) -> list[RouteLoad]:
    """The routes of the day's published plan that load at ``site``, with their goods; two queries however many there are."""
    routes = routes_of(site, day=day)
    if vehicle is not None:
        routes = routes.filter(vehicle__code=vehicle)
    found = {route.pk: route for route in routes}
    shipments = (
        Shipment.objects.filter(pick_stop__route__in=found, pick_stop__site=site, lot__isnull=False, progress__isnull=False)
        .select_related(
            "item", "order_line", "pick_stop", "drop_stop__site",
            "progress__lot", "progress__reservation__lot", "progress__reservation__place",
        )
        .order_by("pk")
    )  # fmt: skip
    loads: dict[int, list[Load]] = {pk: [] for pk in found}
    for shipment in shipments:
        loads[shipment.pick_stop.route_id].append(Load(shipment, site))
    return [RouteLoad(route, tuple(loads[pk])) for pk, route in found.items()]


def routes_of(site: Site, *, day: dt.date | None = None) -> QuerySet[Route]:
    """Routes of the published plan whose vehicle stands at ``site``, in the order of departure."""
    return (
        Route.objects.filter(plan__day=day or today(), plan__status__in=LIVE, vehicle__depot=site)
        .select_related("vehicle", "plan")
        .defer("plan__document")
        .order_by("depart", "pk")
    )


def zones_left(loads: list[Load]) -> dict[str, int]:
    """Units still to be loaded, by zone."""
    counts: Counter[str] = Counter()
    for one in loads:
        if one.open:
            counts[one.shipment.zone] += one.left
    return dict(counts)
