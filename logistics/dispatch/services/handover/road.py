"""The vehicle on its way: arrived, gone, expected; and what partners are told of it."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.inventory.services.reservations import void
from foodbank.partners.services.delivered import settle_orders
from foodbank.sites.models import SiteKind
from logistics.dispatch.models import (
    Delivery,
    DeliveryState,
    Plan,
    Route,
    RouteProgress,
    Shipment,
    Step,
    StepKind,
    Stop,
    StopProgress,
    StopState,
)
from logistics.dispatch.selectors.expected import expected_starts
from logistics.dispatch.services.handover.base import CLOSED, begin, lock_live, refuse_closed
from logistics.fleet.models import Shift


def lock_stop(stop: Stop) -> tuple[Plan, Stop]:
    """The plan of ``stop``, locked, and the stop as it is now. Refuses what :func:`lock_live` refuses."""
    plan = lock_live(Stop.objects.values_list("route__plan_id", flat=True).get(pk=stop.pk))
    fresh = Stop.objects.select_related("route__vehicle__depot", "site", "progress", "visit").get(pk=stop.pk)
    return plan, fresh


@transaction.atomic
def arrive(*, stop: Stop, actor: User) -> StopProgress:
    """The vehicle is there; saying so twice changes nothing. The plan is on the road.

    Refuses ``dispatch.not_published``, ``dispatch.replaced`` and ``dispatch.stop_closed``.
    """
    plan, fresh = lock_stop(stop)
    refuse_closed(fresh)
    progress = be_there(plan=plan, stop=fresh, actor=actor)
    refresh_route(route=fresh.route, actor=actor)
    return progress


def be_there(*, plan: Plan, stop: Stop, actor: User) -> StopProgress:
    """The stop's progress with an arrival; for what is done at a stop of which nobody said that the vehicle had arrived."""
    now = timezone.now()
    progress = getattr(stop, "progress", None)
    if progress is None:
        progress = StopProgress.objects.create(stop=stop, state=StopState.ARRIVED, arrived_at=now, actor=actor)
        stop.progress = progress
    elif progress.arrived_at is None:
        progress.state, progress.arrived_at, progress.expected_at, progress.actor = StopState.ARRIVED, now, None, actor
        progress.save()
    begin(plan)
    if stop.sequence > 1 or stop.site.kind != SiteKind.DEPOT:
        depart(plan=plan, route=stop.route, now=now, actor=actor)
    return progress


def depart(*, plan: Plan, route: Route, now: dt.datetime, actor: User) -> None:
    """The vehicle has left, if nobody said so before; who drives is as the shift says, or whoever does the driver's work."""
    progress = route_progress(plan=plan, route=route, actor=actor)
    if progress.departed_at is None:
        progress.departed_at = now
        progress.save(update_fields=["departed_at"])


def route_progress(*, plan: Plan, route: Route, actor: User) -> RouteProgress:
    shift = Shift.objects.filter(vehicle=route.vehicle_id, day=plan.day).select_related("driver").first()
    driver = shift.driver if shift is not None and shift.driver is not None else actor
    return RouteProgress.objects.get_or_create(route=route, defaults={"driver": driver})[0]


def leave_out(*, stop: Stop, shipment: Shipment, batch: uuid.UUID, actor: User) -> None:
    """What was to be picked up here and was not will not travel: nothing stays reserved for it."""
    progress = shipment.progress
    if progress.reservation is not None:
        void(reservations=[progress.reservation], actor=actor)
    if progress.loaded == 0:
        progress.called_off = True
        progress.save(update_fields=["called_off"])
    Step.objects.create(
        stop=stop,
        batch=batch,
        kind=StepKind.LEAVE_OUT,
        shipment=shipment,
        quantity=max(0, shipment.quantity - progress.loaded),
        actor=actor,
    )


def refresh_route(*, route: Route, actor: User) -> None:
    """Deliveries and orders of ``route`` as its stops and shipments now say: state, time of arrival, delivered. A fixed number of
    queries; what a newer plan withdrew stays withdrawn."""
    stops = list(Stop.objects.filter(route=route).select_related("progress").order_by("sequence"))
    expected = expected_starts(stops, list(route.breaks.all()))
    by_pk = {stop.pk: stop for stop in stops}
    away = RouteProgress.objects.filter(route=route, departed_at__isnull=False).exists()
    handed = set(
        Shipment.objects.filter(drop_stop__route=route, order_line__isnull=False, progress__dropped__gt=0).values_list(
            "drop_stop_id", "order_line__order_id"
        )
    )
    deliveries = Delivery.objects.filter(stop__route=route).exclude(state=DeliveryState.WITHDRAWN)
    rows = list(deliveries)
    now = timezone.now()
    for row in rows:
        _refresh(row, by_pk[row.stop_id], expected[row.stop_id], away=away, handed=(row.stop_id, row.order_id) in handed)
        row.updated_at = now
    Delivery.objects.bulk_update(rows, ["state", "eta", "delivered_at", "updated_at"], batch_size=500)
    _settle({row.order_id for row in rows}, actor)


def _refresh(row: Delivery, stop: Stop, expected: dt.datetime, *, away: bool, handed: bool) -> None:
    progress = getattr(stop, "progress", None)
    row.eta, row.delivered_at = expected, None
    if progress is not None and progress.state in CLOSED:
        row.state = DeliveryState.DELIVERED if handed else DeliveryState.FAILED
        row.delivered_at = progress.closed_at if handed else None
    else:
        row.state = DeliveryState.ON_THE_WAY if away else DeliveryState.SCHEDULED


def _settle(orders: set[int], actor: User) -> None:
    """An order has come when none of its deliveries is open and at least one brought something."""
    states: dict[int, set[str]] = {pk: set() for pk in orders}
    known = Delivery.objects.filter(order__in=orders).exclude(state=DeliveryState.WITHDRAWN).values_list("order_id", "state")
    for order_id, state in known:
        states[order_id].add(state)
    still_open = {DeliveryState.SCHEDULED.value, DeliveryState.ON_THE_WAY.value}
    came = {pk for pk, found in states.items() if DeliveryState.DELIVERED in found and not found & still_open}
    settle_orders(delivered=came, waiting=orders - came, actor=actor)


def refuse_back(route: Route) -> None:
    """Refuses ``dispatch.route_back``."""
    if RouteProgress.objects.filter(route=route, back_at__isnull=False).exists():
        raise Refusal(
            "dispatch.route_back",
            Text(
                f"{route.vehicle.code}のルートはもう帰着しています。直すときは、先に「取り消す」を押してください。",
                f"Route {route.vehicle.code} is back already. Take that back first.",
            ),
            params={"vehicle": route.vehicle.code},
        )
