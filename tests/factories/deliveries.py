"""Something on its way to a partner: a published plan with one stop."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from foodbank.partners.models import Partner
from logistics.dispatch.models import Delivery, DeliveryState, Shipment, ShipmentProgress
from tests.factories.driving import Drive
from tests.factories.orders import an_order
from tests.factories.people import PartnerFactory


def a_delivery(partner: Partner | None = None, *, units: int = 6, day: dt.date | None = None, **lot: Any) -> Delivery:
    """``units`` of a new item from the shelf for a new order, planned and published for ``day`` (in three days)."""
    partner = partner or PartnerFactory.create()
    order = an_order(partner, **({"delivery_date": day} if day else {}))
    drive = Drive(day=order.delivery_date)
    depot = drive.stop(drive.depot)
    drive.shelf(units, depot, drive.stop(partner.site), order_line=order.lines.get(), lot_fields=lot)
    drive.published()
    return Delivery.objects.get(order=order)


def handed_over(delivery: Delivery) -> Delivery:
    """As if everything had been dropped; what the ledger says of it is tested where it is driven."""
    for shipment in Shipment.objects.filter(drop_stop=delivery.stop):
        ShipmentProgress.objects.filter(shipment=shipment).update(
            lot=shipment.lot, loaded=shipment.quantity, dropped=shipment.quantity
        )
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.DELIVERED, delivered_at=timezone.now())
    delivery.refresh_from_db()
    return delivery
