"""Shipments that do not travel after all: their food is free again, stops without work are closed, nobody waits for them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.inventory.models import ReservationState
from foodbank.inventory.services.reservations import void
from foodbank.sites.models import SiteKind
from logistics.dispatch.models import (
    Delivery,
    DeliveryState,
    FailReason,
    Shipment,
    ShipmentProgress,
    Stop,
    StopProgress,
    StopState,
)
from logistics.dispatch.services.handover.base import CLOSED
from logistics.dispatch.services.handover.prepare import OPEN_DELIVERIES


def stop_shipments(*, shipments: Sequence[Shipment], why: FailReason, note: str, actor: User) -> None:
    """Call off ``shipments``, whose plan is locked. What is aboard stays aboard, and the depot stays on the round to bring it in."""
    if not shipments:
        return
    pks = [s.pk for s in shipments]
    ShipmentProgress.objects.filter(shipment__in=pks).update(called_off=True)
    kept = [s.progress.reservation for s in shipments if s.progress.reservation is not None]
    void(reservations=[row for row in kept if row.state == ReservationState.HELD], actor=actor)
    _close_stops(shipments, why, note, actor)
    _withdraw(shipments)


def _close_stops(shipments: Sequence[Shipment], why: FailReason, note: str, actor: User) -> None:
    """Each stop at which nothing is left to do."""
    touched = {s.pick_stop_id for s in shipments} | {s.drop_stop_id for s in shipments}
    working = Shipment.objects.filter(progress__called_off=False)
    busy = set(working.filter(pick_stop__in=touched).values_list("pick_stop", flat=True))
    busy |= set(working.filter(drop_stop__in=touched).values_list("drop_stop", flat=True))
    loaded_routes = {s.pick_stop.route_id for s in shipments if s.progress.aboard}
    now = timezone.now()
    for stop in Stop.objects.filter(pk__in=touched - busy).select_related("site", "progress").order_by("pk"):
        progress = getattr(stop, "progress", None)
        if stop.site.kind == SiteKind.DEPOT and stop.route_id in loaded_routes:
            continue
        if progress is not None and progress.state in CLOSED:
            continue
        row = progress or StopProgress(stop=stop)
        row.state, row.fail_reason, row.note = StopState.FAILED, why, note
        row.closed_at, row.actor = now, actor
        row.save()


def _withdraw(shipments: Sequence[Shipment]) -> None:
    """Deliveries of which nothing will come."""
    pairs = {(s.drop_stop_id, s.order_line.order_id) for s in shipments if s.order_line is not None}
    coming = set(
        Shipment.objects.filter(drop_stop__in={stop for stop, _ in pairs}, progress__called_off=False, order_line__isnull=False)
        .values_list("drop_stop", "order_line__order")
    )  # fmt: skip
    for delivery in Delivery.objects.filter(stop__in={stop for stop, _ in pairs}, state__in=OPEN_DELIVERIES):
        if (delivery.stop_id, delivery.order_id) in pairs - coming:
            delivery.state = DeliveryState.WITHDRAWN
            delivery.save(update_fields=["state", "updated_at"])
