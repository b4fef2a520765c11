"""What of a day's plan is on the road, and what else it has settled: the facts for planning the rest of the day."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from foodbank.core.dates import seconds_on
from logistics.allocation.facts import KeptRoute, Standing
from logistics.dispatch.models import (
    CallOff,
    CallOffKind,
    Plan,
    PlanStatus,
    Route,
    RouteBreak,
    Shipment,
    ShipmentProgress,
    Step,
    Stop,
    StopProgress,
    StopState,
)
from logistics.dispatch.selectors.begun import BegunRoute, Onward, from_offers
from logistics.dispatch.selectors.stored_plan import demand_key, goods_key
from logistics.fleet.models import Permit, Shift

_READ = (
    "progress__reservation", "progress__lot", "lot", "offer", "item__category", "pick_stop__progress", "drop_stop__progress",
    "pick_stop__route__progress", "pick_stop__route__vehicle", "order_line__order", "order_line__category", "order_line__item",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class UnderWay:
    """The begun routes of a day, their facts in the same order, what they have or will get from each open offer (units by primary
    key), the reservations that stay theirs and those of what else is settled, how the vehicles (by primary key) go on whose rest is
    open, and what else the plan that counts has settled. ``begun`` are the rows behind it; ``departs`` says when each vehicle (code) is
    to leave, in seconds of the day."""

    plan: Plan | None = None
    routes: tuple[Route, ...] = ()
    kept: tuple[KeptRoute, ...] = ()
    offer_units: Mapping[int, int] = field(default_factory=dict)
    reservations: frozenset[int] = frozenset()
    open_reservations: frozenset[int] = frozenset()
    onward: Mapping[int, Onward] = field(default_factory=dict)
    standing: tuple[Standing, ...] = ()
    begun: tuple[BegunRoute, ...] = ()
    departs: Mapping[str, int] = field(default_factory=dict)


def begun_routes(plan: Plan) -> list[Route]:
    """Routes whose vehicle has left, has something aboard or has been somewhere, and those of which a driver has said anything else
    (a shop was closed, the first stop will be reached late). A vehicle that was called off before it left has not begun."""
    there = StopProgress.objects.filter(stop__route=OuterRef("pk")).filter(
        Q(state__in=(StopState.ARRIVED, StopState.DONE)) | Q(arrived_at__isnull=False)
    )
    aboard = ShipmentProgress.objects.filter(shipment__pick_stop__route=OuterRef("pk"), loaded__gt=0)
    said = Step.objects.standing().filter(stop__route=OuterRef("pk"))
    late = StopProgress.objects.said().filter(stop__route=OuterRef("pk"))
    left = Q(progress__departed_at__isnull=False) | Exists(there) | Exists(aboard) | Exists(said) | Exists(late)
    routes = Route.objects.filter(left, plan=plan).select_related("vehicle__depot", "progress")
    return list(routes.order_by("vehicle__code"))


def under_way(day: dt.date) -> UnderWay:
    """What has begun on ``day`` and what else its plan has settled; nothing while it has only drafts. A fixed number of queries."""
    plan = Plan.objects.filter(day=day, status__in=(PlanStatus.PUBLISHED, PlanStatus.STARTED)).first()
    if plan is None:
        return UnderWay()
    shipments = list(Shipment.objects.filter(plan=plan).select_related(*_READ).order_by("pk"))
    begun = _begun(plan, shipments) if plan.status == PlanStatus.STARTED else []
    own = {row.pk for one in begun for row in (one.own if one.open else one.shipments)}
    offers: Counter[int] = Counter()
    for one in begun:
        offers.update(from_offers(one.own))
    return UnderWay(
        plan=plan,
        routes=tuple(one.route for one in begun),
        kept=tuple(one.kept() for one in begun),
        offer_units=offers,
        reservations=frozenset(
            row.progress.reservation_id for one in begun for row in one.own if row.progress.reservation_id is not None
        ),
        open_reservations=frozenset(
            row.progress.reservation_id for row in shipments if row.pk not in own and row.progress.reservation_id is not None
        ),
        onward={one.route.vehicle_id: one.onward() for one in begun if one.open},
        standing=tuple(_standing(day, row) for row in shipments if row.pk not in own and _waits(row)),
        begun=tuple(begun),
        departs={r["vehicle"]: seconds_on(day, dt.datetime.fromisoformat(r["depart"])) for r in plan.document["routes"]},
    )


def _begun(plan: Plan, shipments: list[Shipment]) -> list[BegunRoute]:
    routes = begun_routes(plan)
    if not routes:
        return []
    rows: dict[int, list[Stop]] = defaultdict(list)
    for stop in Stop.objects.filter(route__in=routes).select_related("progress", "visit", "site").order_by("route", "sequence"):
        rows[stop.route_id].append(stop)
    breaks: dict[int, list[RouteBreak]] = defaultdict(list)
    for pause in RouteBreak.objects.filter(route__in=routes).order_by("start"):
        breaks[pause.route_id].append(pause)
    of_route: dict[int, list[Shipment]] = defaultdict(list)
    for row in shipments:
        of_route[row.pick_stop.route_id].append(row)
    # A volunteer's own van that begins or ends its way elsewhere goes on as it is: what it has aboard would not come to the depot by itself.
    shifts = Shift.objects.filter(day=plan.day, vehicle__active=True, begins_at__isnull=True, ends_at__isnull=True)
    on_duty = set(shifts.values_list("vehicle_id", flat=True))
    on_duty &= set(Permit.objects.valid_on(plan.day).values_list("vehicle_id", flat=True))
    off = CallOff.objects.standing(plan.day).filter(kind=CallOffKind.VEHICLE)
    on_duty -= set(off.values_list("vehicle_id", flat=True))
    documents = {route["vehicle"]: route for route in plan.document["routes"]}
    return [
        BegunRoute(
            plan, route, documents.get(route.vehicle.code), rows[route.pk], of_route[route.pk], breaks[route.pk],
            goes_on=route.vehicle_id in on_duty,
        )
        for route in routes
    ]  # fmt: skip


def _waits(shipment: Shipment) -> bool:
    return not shipment.progress.called_off and shipment.progress.loaded == 0


def _standing(day: dt.date, row: Shipment) -> Standing:
    return Standing(
        unit=row.unit,
        vehicle=row.pick_stop.route.vehicle.code,
        goods=goods_key(row),
        demand=demand_key(row),
        units=row.quantity,
        picked_s=seconds_on(day, row.pick_stop.start),
        dropped_s=seconds_on(day, row.drop_stop.start),
    )
