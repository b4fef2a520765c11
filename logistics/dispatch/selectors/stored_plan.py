"""A plan's rows as plain data, for reading it back."""

from __future__ import annotations

from logistics.dispatch.models import Plan, Shipment
from logistics.dispatch.planner.read_back import StoredPlan, StoredUnit


def stored_plan(plan: Plan) -> StoredPlan:
    """``plan`` with what its document leaves out: which lot or offer each unit is of, and the row it is for. One query. Units of
    routes that the plan carries over from one on the road are not in it."""
    rows = Shipment.objects.filter(plan=plan).select_related(
        "order_line__order", "order_line__category", "order_line__item", "progress__reservation"
    )
    return StoredPlan(plan.document, {row.unit: StoredUnit(goods_key(row), demand_key(row)) for row in rows})


def goods_key(shipment: Shipment) -> str:
    """As in the day's facts: of what is kept for it, which may stand at the door already, or be another lot."""
    if shipment.offer_id is not None:
        return f"offer/{shipment.offer_id}"
    progress = getattr(shipment, "progress", None)
    kept = progress.reservation if progress is not None and progress.reservation is not None else shipment
    return f"lot/{kept.lot_id}/{kept.place_id}"


def demand_key(shipment: Shipment) -> str | None:
    """As in the day's facts; nothing for goods that go to the depot. Needs the order line with its order, category and item."""
    if shipment.order_line is not None:
        return shipment.order_line.ref
    if shipment.visit_id is not None:
        return f"visit/{shipment.visit_id}"
    return f"pickup/{shipment.pickup_day_id}" if shipment.pickup_day_id is not None else None
