"""What a plan needs to be driven, made when it is published and set aside when another takes its place."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.inventory.models import Reservation
from logistics.dispatch.models import Delivery, DeliveryState, Plan, Shipment, ShipmentProgress

_BATCH = 500
OPEN_DELIVERIES = (DeliveryState.SCHEDULED, DeliveryState.ON_THE_WAY)


def prepare(*, plan: Plan, reservations: Sequence[Reservation], actor: User) -> None:
    """A progress row for each shipment and a delivery for each order at each stop that has none; inside the transaction that publishes ``plan``.

    ``reservations`` are those of the plan's shelf goods, in the order of the shipments' numbers.
    """
    kept = iter(reservations)
    rows, deliveries = [], {}
    for shipment in Shipment.objects.filter(plan=plan).select_related("order_line", "drop_stop").order_by("pk"):
        from_shelf = shipment.lot_id is not None
        rows.append(ShipmentProgress(shipment=shipment, lot_id=shipment.lot_id, reservation=next(kept) if from_shelf else None))
        if shipment.order_line is not None:
            deliveries[shipment.drop_stop_id, shipment.order_line.order_id] = shipment.drop_stop.start
    ShipmentProgress.objects.bulk_create(rows, batch_size=_BATCH)
    there = set(Delivery.objects.filter(stop__in={stop for stop, _ in deliveries}).values_list("stop", "order"))
    Delivery.objects.bulk_create(
        [Delivery(plan=plan, stop_id=s, order_id=o, eta=eta) for (s, o), eta in deliveries.items() if (s, o) not in there],
        batch_size=_BATCH,
    )


def withdraw(*, plan: Plan, actor: User) -> None:
    """Another plan takes the place of ``plan``: what it has not delivered will not come by it."""
    Delivery.objects.filter(plan=plan, state__in=OPEN_DELIVERIES).update(state=DeliveryState.WITHDRAWN, updated_at=timezone.now())
