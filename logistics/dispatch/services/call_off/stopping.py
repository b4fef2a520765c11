"""Shipments that do not travel after all: their food is free again, stops without work are closed, nobody waits for them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.inventory.models import Reservation, ReservationState
from foodbank.inventory.services.reservations import void
from foodbank.sites.models import SiteKind
from logistics.dispatch.models import (
    Delivery,
    DeliveryState,
    FailReason,
    Route,
    Shipment,
    ShipmentProgress,
    Step,
    StepKind,
    Stop,
    StopProgress,
    StopState,
)
from logistics.dispatch.services.handover.base import CLOSED
from logistics.dispatch.services.handover.prepare import OPEN_DELIVERIES
from logistics.dispatch.services.handover.road import refresh_route


def stop_shipments(
    *, shipments: Sequence[Shipment], why: FailReason, note: str, actor: User, also: Sequence[Reservation] = ()
) -> None:
    """Call off ``shipments``, whose plan is locked. What is aboard stays aboard, and the depot stays on the round to bring it in. What
    ``also`` keeps is given back in the same round, so that stock is locked once."""
    kept = {s.progress.reservation.pk: s.progress.reservation for s in shipments if s.progress.reservation is not None}
    kept |= {row.pk: row for row in also}
    void(reservations=[row for row in kept.values() if row.state == ReservationState.HELD], actor=actor)
    if not shipments:
        return
    pks = [s.pk for s in shipments]
    ShipmentProgress.objects.filter(shipment__in=pks).update(called_off=True)
    _close_stops(shipments, why, note, actor)
    _withdraw(shipments)
    for route in Route.objects.filter(stops__pick_ups__in=pks).distinct().order_by("pk"):
        refresh_route(route=route, actor=actor)


def _close_stops(shipments: Sequence[Shipment], why: FailReason, note: str, actor: User) -> None:
    """Each stop at which nothing is left to do."""
    touched = {s.pick_stop_id for s in shipments} | {s.drop_stop_id for s in shipments}
    working = Shipment.objects.filter(progress__called_off=False)
    busy = set(working.filter(pick_stop__in=touched).values_list("pick_stop", flat=True))
    busy |= set(working.filter(drop_stop__in=touched).values_list("drop_stop", flat=True))
    loaded_routes = {s.pick_stop.route_id for s in shipments if s.progress.aboard}
    served = set(Step.objects.standing().filter(stop__in=touched, kind=StepKind.DROP).values_list("stop", flat=True))
    now = timezone.now()
    for stop in Stop.objects.filter(pk__in=touched - busy).select_related("site", "progress").order_by("pk"):
        progress = getattr(stop, "progress", None)
        if stop.site.kind == SiteKind.DEPOT and stop.route_id in loaded_routes:
            continue
        if progress is not None and progress.state in CLOSED:
            continue
        row = progress or StopProgress(stop=stop)
        row.state, row.fail_reason = (StopState.DONE, "") if stop.pk in served else (StopState.FAILED, why)
        row.note = note
        row.closed_at, row.actor = now, actor
        row.save()


def _withdraw(shipments: Sequence[Shipment]) -> None:
    """Deliveries of which nothing came and nothing will come."""
    pairs = {(s.drop_stop_id, s.order_line.order_id) for s in shipments if s.order_line is not None}
    coming = set(
        Shipment.objects.filter(drop_stop__in={stop for stop, _ in pairs}, progress__called_off=False, order_line__isnull=False)
        .values_list("drop_stop", "order_line__order")
    )  # fmt: skip
    coming |= {(s.drop_stop_id, s.order_line.order_id) for s in shipments if s.order_line is not None and s.progress.dropped}
    for delivery in Delivery.objects.filter(stop__in={stop for stop, _ in pairs}, state__in=OPEN_DELIVERIES):
        if (delivery.stop_id, delivery.order_id) in pairs - coming:
            delivery.state = DeliveryState.WITHDRAWN
            delivery.save(update_fields=["state", "updated_at"])
