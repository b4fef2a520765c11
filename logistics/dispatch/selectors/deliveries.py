"""What comes to a partner, and what came."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from logistics.dispatch.models import Delivery, DeliveryState, Shipment, StopState


@dataclass(frozen=True, slots=True)
class Coming:
    """One shipment of a delivery, read from rows in memory. ``contains`` are label names; ``allergens_stated`` False: the rest is
    unknown (D13). ``lot_code`` is empty until a shop's goods have been collected. ``units``: still expected, or, once the delivery is
    closed, handed over."""

    shipment: Shipment
    line_pk: int | None
    gtin: str
    name: str
    category: str
    zone: str
    planned: int
    units: int
    dropped: int
    grams: int
    lot_code: str
    date_mark: str
    last_day: dt.date | None
    date_precision: str
    contains: tuple[str, ...]
    allergens_stated: bool


def deliveries_of(partner_pk: int) -> QuerySet[Delivery]:
    """The partner's deliveries, the latest first, without those that a newer plan withdrew; with all that :func:`what_comes` reads, in
    a fixed number of queries however many there are."""
    shipments = Shipment.objects.select_related(
        "item__category", "lot", "offer", "order_line", "progress__lot", "pick_stop__progress"
    ).prefetch_related("item__allergens", "lot__allergens", "progress__lot__allergens")
    return (
        Delivery.objects.filter(order__partner=partner_pk)
        .exclude(state=DeliveryState.WITHDRAWN)
        .select_related("order__partner__site", "stop__site", "stop__route__vehicle", "stop__progress", "receipt")
        .prefetch_related(Prefetch("stop__drop_offs", queryset=shipments.order_by("zone", "item__name", "pk")), "receipt__lines")
        .order_by("-order__delivery_date", "eta", "pk")
    )


def what_comes(delivery: Delivery) -> list[Coming]:
    """What this delivery brings, line by line; ``delivery`` was read by :func:`deliveries_of`."""
    closed = delivery.state in (DeliveryState.DELIVERED, DeliveryState.FAILED)
    return [
        _coming(shipment, closed)
        for shipment in delivery.stop.drop_offs.all()
        if shipment.order_line is not None and shipment.order_line.order_id == delivery.order_id
    ]


def _expected(shipment: Shipment) -> int:
    """As planned until its pick-up is over; then what is really on its way."""
    progress = shipment.progress
    picked = getattr(shipment.pick_stop, "progress", None)
    if progress.called_off or (picked is not None and picked.state in (StopState.DONE, StopState.FAILED)):
        return progress.loaded - progress.returned
    return shipment.quantity


def _coming(shipment: Shipment, closed: bool) -> Coming:
    progress, item, offer = shipment.progress, shipment.item, shipment.offer
    lot = progress.lot or shipment.lot
    dated = lot or offer
    about = lot or item
    units = progress.dropped if closed else _expected(shipment)
    unit_g = lot.unit_weight_g if lot is not None else shipment.grams // shipment.quantity
    return Coming(
        shipment=shipment,
        line_pk=shipment.order_line_id,
        gtin=item.gtin,
        name=item.name,
        category=item.category.code,
        zone=lot.zone if lot is not None else shipment.zone,
        planned=shipment.quantity,
        units=units,
        dropped=progress.dropped,
        grams=units * unit_g,
        lot_code=lot.code if lot is not None else "",
        date_mark=lot.date_mark if lot is not None else item.date_mark,
        last_day=dated.last_day if dated is not None else None,
        date_precision=dated.date_precision if dated is not None else "",
        contains=tuple(allergen.name for allergen in sorted(about.allergens.all(), key=lambda one: one.pk)),
        allergens_stated=about.allergens_stated,
    )
