"""A partner confirms what came, naming goods by their unit of the plan (``u17``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from foodbank.accounts.models import User
from foodbank.core.errors import FieldsRefused, Text
from logistics.dispatch.models import Delivery, DeliveryReceipt
from logistics.dispatch.selectors.deliveries import what_comes
from logistics.dispatch.services.deliveries import ReceiptLineData, confirm_receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitReceipt:
    """Of one unit: pieces that did not come, and pieces that came damaged."""

    unit: str
    missing: int = 0
    damaged: int = 0


def confirm_units(*, delivery: Delivery, actor: User, units: Sequence[UnitReceipt], note: str = "") -> DeliveryReceipt:
    """See :func:`~logistics.dispatch.services.deliveries.confirm_receipt`; ``delivery`` was read by ``deliveries_of``. Refuses
    ``delivery.receipt_refused`` as well for a unit that the delivery does not have (``lines.0.unit``)."""
    shipments = {coming.shipment.unit: coming.shipment for coming in what_comes(delivery)}
    faults = {
        f"lines.{number}.unit": Text(f"「{one.unit}」はこのお届けにありません。", f"{one.unit!r} is not part of this delivery.")
        for number, one in enumerate(units)
        if one.unit not in shipments
    }
    if faults:
        raise FieldsRefused("delivery.receipt_refused", faults)
    lines = [ReceiptLineData(shipment=shipments[one.unit], missing=one.missing, damaged=one.damaged) for one in units]
    return confirm_receipt(delivery=delivery, actor=actor, lines=lines, note=note)
