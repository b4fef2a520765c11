"""What of a day's plan is on the road: the routes that have begun, as facts for planning the rest of the day."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q

from foodbank.core.dates import at
from logistics.allocation.facts import KeptRoute
from logistics.dispatch.models import Plan, PlanStatus, Route, Shipment, ShipmentProgress, Step, Stop, StopProgress, StopState
from logistics.dispatch.selectors.stored_plan import demand_key

CLOSED = (StopState.DONE, StopState.FAILED)


@dataclass(frozen=True, slots=True)
class UnderWay:
    """The begun routes of a day, their facts in the same order, what they have or will get from each open offer (units by primary
    key), and the reservations that stay theirs."""

    plan: Plan | None = None
    routes: tuple[Route, ...] = ()
    kept: tuple[KeptRoute, ...] = ()
    offer_units: Mapping[int, int] = field(default_factory=dict)
    reservations: frozenset[int] = frozenset()


def begun_routes(plan: Plan) -> list[Route]:
    """Routes whose vehicle has left, has something aboard or has been somewhere, and those of which a driver has said anything else
    (a shop was closed). A vehicle that was called off before it left has not begun."""
    there = StopProgress.objects.filter(stop__route=OuterRef("pk")).filter(
        Q(state__in=(StopState.ARRIVED, StopState.DONE)) | Q(arrived_at__isnull=False)
    )
    aboard = ShipmentProgress.objects.filter(shipment__pick_stop__route=OuterRef("pk"), loaded__gt=0)
    said = Step.objects.standing().filter(stop__route=OuterRef("pk"))
    left = Q(progress__departed_at__isnull=False) | Exists(there) | Exists(aboard) | Exists(said)
    return list(Route.objects.filter(left, plan=plan).select_related("vehicle").order_by("vehicle__code"))


def under_way(day: dt.date) -> UnderWay:
    """What has begun on ``day``; nothing while its plan is a draft or has only been published. Four queries, whatever the day holds."""
    plan = Plan.objects.filter(day=day, status=PlanStatus.STARTED).first()
    if plan is None:
        return UnderWay()
    routes = begun_routes(plan)
    by_route: dict[int, list[Shipment]] = defaultdict(list)
    shipments = Shipment.objects.filter(pick_stop__route__in=routes).select_related(
        "progress", "pick_stop__progress", "pick_stop__route__progress", "drop_stop__progress",
        "order_line__order", "order_line__category", "order_line__item",
    )  # fmt: skip
    for shipment in shipments.order_by("pk"):
        by_route[shipment.pick_stop.route_id].append(shipment)
    stops: dict[int, list[Stop]] = defaultdict(list)
    for stop in Stop.objects.filter(route__in=routes, visit__isnull=False).select_related("progress", "visit", "site"):
        stops[stop.route_id].append(stop)
    documents = {route["vehicle"]: route for route in plan.document["routes"]}
    offers: Counter[int] = Counter()
    for rows in by_route.values():
        offers.update(_from_offers(rows))
    return UnderWay(
        plan=plan,
        routes=tuple(routes),
        kept=tuple(_kept(route, documents.get(route.vehicle.code), by_route[route.pk], stops[route.pk]) for route in routes),
        offer_units=offers,
        reservations=frozenset(
            row.progress.reservation_id for rows in by_route.values() for row in rows if row.progress.reservation_id is not None
        ),
    )


def units_to_come(shipment: Shipment) -> int:
    """Units that its receiver has or will get, as far as it looks now: what was planned until the goods are aboard, then what is
    aboard, and once the receiver's stop is closed what was really handed over."""
    progress = shipment.progress
    if progress.called_off or _state(shipment.drop_stop) in CLOSED:
        return int(progress.dropped)
    if _picked(shipment):
        return int(progress.loaded - progress.returned)
    return shipment.quantity


def _picked(shipment: Shipment) -> bool:
    """Nothing more comes aboard: the stop is closed, or it is the depot where the route began and the vehicle has left."""
    stop = shipment.pick_stop
    route = getattr(stop.route, "progress", None)
    gone = stop.sequence == 1 and route is not None and route.departed_at is not None
    return _state(stop) in CLOSED or (gone and shipment.lot_id is not None)


def _from_offers(shipments: Iterable[Shipment]) -> Counter[int]:
    units: Counter[int] = Counter()
    for shipment in shipments:
        if shipment.offer_id is not None:
            waiting = not shipment.progress.called_off and not _picked(shipment)
            units[shipment.offer_id] += shipment.quantity if waiting else shipment.progress.loaded
    return units


def _kept(route: Route, document: dict[str, Any] | None, shipments: list[Shipment], visits: list[Stop]) -> KeptRoute:
    brings: Counter[str] = Counter()
    collected_g = 0
    for shipment in shipments:
        unit_g = shipment.grams // shipment.quantity
        key = demand_key(shipment)
        if key is not None and units_to_come(shipment):
            brings[key] += units_to_come(shipment) * unit_g
        collected_g += sum(_from_offers([shipment]).values()) * unit_g
    off = {s.unit for s in shipments if s.progress.called_off and not s.progress.dropped}
    not_stood = [stop for stop in visits if _state(stop) == StopState.FAILED]
    return KeptRoute(
        vehicle=route.vehicle.code,
        route=_without(document, off, not_stood),
        brings=dict(brings),
        visits=frozenset(f"visit/{stop.visit_id}" for stop in visits if stop not in not_stood),
        collected_g=collected_g,
        last_unit=max((int(s.unit.lstrip("u")) for s in shipments), default=0),
    )


def _without(document: dict[str, Any] | None, units: set[str], visits: list[Stop]) -> dict[str, Any]:
    """The route's part of the document less what was called off, and less the stops where nothing is left to do."""
    if document is None:  # everything on it was called off before the plan that stands was made
        return {"stops": []}
    called_off = {(stop.site.code, at(stop.visit.day, stop.visit.open_from)) for stop in visits if stop.visit is not None}
    stops = []
    for stop in document["stops"]:
        moved = {name: [u for u in stop[name] if u["unit"] not in units] for name in ("pick_up", "drop_off")}
        stands = "visit" in stop and (stop["site"], dt.datetime.fromisoformat(stop["visit"]["open_from"])) not in called_off
        if stands or moved["pick_up"] or moved["drop_off"] or not (stop["pick_up"] or stop["drop_off"]):
            stops.append({**stop, **moved})
    return {**document, "stops": stops}


def _state(stop: Stop) -> str:
    progress = getattr(stop, "progress", None)
    return StopState.PLANNED if progress is None else progress.state
