"""A stored plan as the day page shows it: routes with their stops, what each stop picks up and drops, and what is left out."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from foodbank.sites.models import Site, SiteKind
from logistics.allocation.facts import yen_for
from logistics.dispatch.models import (
    Plan,
    Route,
    RouteBreak,
    RouteProgress,
    Shipment,
    Stop,
    StopProgress,
    StopState,
    Unserved,
)
from logistics.dispatch.selectors.begun import said_of
from logistics.dispatch.selectors.expected import expected_starts
from logistics.dispatch.selectors.travel_said import TravelSaid, travel_said

COLOURS = 8
DASHES = 5
# Paths around (0, 0), one a shape: circle, square, diamond, triangle, hexagon, flat box.
SHAPES = (
    "M-9.5 0a9.5 9.5 0 1 0 19 0a9.5 9.5 0 1 0 -19 0Z",
    "M-8.5 -8.500h17v17h-17Z",
    "M0 -12 12 0 0 12 -12 0Z",
    "M0 -12.5 12.5 9h-25Z",
    "M-5.5 -10h11l5.5 10-5.5 10h-11l-5.5 -10Z",
    "M-11.5 -7.500h23v15h-23Z",
)


@dataclass(frozen=True, slots=True)
class Style:
    """How a vehicle is told from the others: colour, line and shape together, so that each alone is enough for few vehicles."""

    colour: int
    dash: int
    shape: int

    @classmethod
    def number(cls, index: int) -> Style:
        return cls(index % COLOURS, index % DASHES, index % len(SHAPES))

    @property
    def mark(self) -> str:
        """The shape as an SVG path around (0, 0)."""
        return SHAPES[self.shape]


@dataclass(frozen=True, slots=True)
class StopView:
    """``number`` counts the places driven to; a depot has none. ``expected``: when work there began, or is now expected to."""

    stop: Stop
    number: int | None
    pick_ups: list[Shipment]
    drop_offs: list[Shipment]
    expected: dt.datetime

    @property
    def site(self) -> Site:
        return self.stop.site

    @property
    def progress(self) -> StopProgress | None:
        return getattr(self.stop, "progress", None)

    @property
    def state(self) -> str:
        return self.progress.state if self.progress is not None else StopState.PLANNED

    @property
    def closed(self) -> bool:
        return self.state in (StopState.DONE, StopState.FAILED)

    @property
    def late_minutes(self) -> int:
        """How much later than planned; looked at while it is still to come."""
        return 0 if self.closed else max(0, round((self.expected - self.stop.start).total_seconds() / 60))

    @property
    def said(self) -> dt.datetime | None:
        """When the driver says to be there."""
        return said_of(self.stop)

    @property
    def is_depot(self) -> bool:
        return self.stop.site.kind == SiteKind.DEPOT

    @property
    def pick_up_g(self) -> int:
        return sum(s.grams for s in self.pick_ups)

    @property
    def drop_off_g(self) -> int:
        return sum(s.grams for s in self.drop_offs)


@dataclass(frozen=True, slots=True)
class RouteView:
    route: Route
    style: Style
    depot: Site
    stops: list[StopView]
    breaks: list[RouteBreak]
    sequence: list[StopView | RouteBreak]
    """Stops and breaks in the order of the day."""

    @property
    def code(self) -> str:
        return self.route.vehicle.code

    @property
    def start(self) -> Site:
        return self.route.begins_at or self.depot

    @property
    def end(self) -> Site:
        return self.route.ends_at or self.depot

    @property
    def name(self) -> str:
        return self.route.vehicle.name

    @property
    def progress(self) -> RouteProgress | None:
        """Who drives, and when the vehicle left and came back; nothing before somebody has begun."""
        return getattr(self.route, "progress", None)

    @property
    def closed(self) -> int:
        return sum(s.closed for s in self.stops)

    @property
    def next(self) -> StopView | None:
        return next((s for s in self.stops if not s.closed), None)

    @property
    def places(self) -> int:
        return sum(not s.is_depot for s in self.stops)

    @property
    def moved_g(self) -> int:
        return sum(s.drop_off_g for s in self.stops)


@dataclass(frozen=True, slots=True)
class PlanView:
    plan: Plan
    routes: list[RouteView]
    unserved: list[Unserved]
    carried_by_line: dict[int, int] = field(default_factory=dict)
    """Grams on the vehicles by order line."""
    offer_stops: dict[int, tuple[str, dt.datetime]] = field(default_factory=dict)
    """Vehicle and time of collection by offer."""

    @property
    def travel(self) -> TravelSaid:
        return travel_said(self.plan)

    @property
    def yen(self) -> int:
        """What the food bank pays for the vehicles of the plan, at what they cost now; 0 where none has a price."""
        rows = ((view.route, view.route.vehicle) for view in self.routes)
        return sum(yen_for(vehicle.yen_per_day, vehicle.yen_per_km, route.distance_m) for route, vehicle in rows)

    def unserved_of(self, kind: str) -> list[Unserved]:
        return [u for u in self.unserved if u.kind == kind]


def plan_view(plan: Plan) -> PlanView:
    """Everything about ``plan`` in five queries, however many routes it has."""
    found = Route.objects.filter(plan=plan).select_related("vehicle__depot", "progress__driver", "begins_at", "ends_at")
    routes = list(found.order_by("vehicle__code"))
    stops_of: dict[int, list[Stop]] = defaultdict(list)
    for stop in Stop.objects.filter(route__plan=plan).select_related("site", "visit", "progress").order_by("route", "sequence"):
        stops_of[stop.route_id].append(stop)
    breaks_of: dict[int, list[RouteBreak]] = defaultdict(list)
    for pause in RouteBreak.objects.filter(route__plan=plan).order_by("start"):
        breaks_of[pause.route_id].append(pause)
    picks: dict[int, list[Shipment]] = defaultdict(list)
    drops: dict[int, list[Shipment]] = defaultdict(list)
    carried: dict[int, int] = defaultdict(int)
    offers: dict[int, Shipment] = {}
    shipments = Shipment.objects.filter(plan=plan).select_related(
        "item", "lot", "order_line__order", "order_line__category", "order_line__item"
    )
    for shipment in shipments:
        picks[shipment.pick_stop_id].append(shipment)
        drops[shipment.drop_stop_id].append(shipment)
        if shipment.order_line_id is not None:
            carried[shipment.order_line_id] += shipment.grams
        if shipment.offer_id is not None:
            offers.setdefault(shipment.offer_id, shipment)
    views = [
        _route_view(route, Style.number(index), stops_of[route.pk], breaks_of[route.pk], picks, drops)
        for index, route in enumerate(routes)
    ]
    where = {view.stop.pk: (route.code, view.stop.start) for route in views for view in route.stops}
    return PlanView(
        plan=plan,
        routes=views,
        unserved=list(Unserved.objects.filter(plan=plan)),
        carried_by_line=dict(carried),
        offer_stops={offer: where[s.pick_stop_id] for offer, s in offers.items() if s.pick_stop_id in where},
    )


def _route_view(
    route: Route,
    style: Style,
    stops: list[Stop],
    breaks: list[RouteBreak],
    picks: dict[int, list[Shipment]],
    drops: dict[int, list[Shipment]],
) -> RouteView:
    views = []
    number = 0
    expected = expected_starts(stops, breaks)
    for stop in stops:
        driven_to = stop.site.kind != SiteKind.DEPOT
        number += driven_to
        own = (picks.get(stop.pk, []), drops.get(stop.pk, []))
        views.append(StopView(stop, number if driven_to else None, *own, expected[stop.pk]))
    sequence: list[StopView | RouteBreak] = sorted([*views, *breaks], key=_begins)
    return RouteView(route, style, route.vehicle.depot, views, breaks, sequence)


def _begins(part: StopView | RouteBreak) -> tuple[dt.datetime, bool]:
    return (part.start, False) if isinstance(part, RouteBreak) else (part.stop.start, True)
