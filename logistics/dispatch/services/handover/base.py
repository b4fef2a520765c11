"""What all hand-overs share: the plan is locked first, then looked at again, and every act leaves a step."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from foodbank.accounts.models import User
from foodbank.catalog.models import Zone
from foodbank.core.errors import Refusal, Text
from foodbank.core.locking import lock_rows
from foodbank.inventory.models import Lot, Movement, Place
from foodbank.inventory.policies import stricter_zone
from foodbank.inventory.services.places import ensure_vehicle_places
from logistics.dispatch.models import Plan, PlanStatus, Shipment, Stop, StopState
from logistics.fleet.models import Vehicle

CLOSED = (StopState.DONE, StopState.FAILED)


def lock_live(plan_id: int) -> Plan:
    """The plan, locked: its hand-overs happen one after the other, and nobody replaces it meanwhile. Lock order: plan, offer, balances.

    Refuses ``dispatch.not_published`` (a draft) and ``dispatch.replaced``.
    """
    plan = lock_rows(Plan.objects.defer("document"), [plan_id])[plan_id]
    if plan.status == PlanStatus.DRAFT:
        raise Refusal(
            "dispatch.not_published",
            Text("この計画はまだ確定していません。先に計画を確定してください。", "This plan is a draft; publish it first."),
            params={"plan": plan.pk},
        )
    if plan.status == PlanStatus.REPLACED:
        raise Refusal(
            "dispatch.replaced",
            Text(
                "この計画は新しい計画に差し替えられました。ページを開き直してください。",
                "This plan was replaced by a newer one. Open the page again.",
            ),
            params={"plan": plan.pk},
        )
    return plan


def begin(plan: Plan) -> None:
    """The locked plan is on the road from now on."""
    if plan.status != PlanStatus.STARTED:
        plan.status = PlanStatus.STARTED
        plan.save(update_fields=["status"])


def fresh_shipments(plan: Plan, pks: Iterable[int]) -> dict[int, Shipment]:
    """The plan's shipments as they are now, with all that hand-overs look at. Refuses ``dispatch.replaced`` when one has left it."""
    wanted = set(pks)
    rows = (
        Shipment.objects.filter(plan=plan, pk__in=wanted)
        .select_related(
            "item", "lot__item", "place", "order_line__order", "visit__site", "pickup_day__site", "pick_stop__route__vehicle",
            "pick_stop__site", "drop_stop__route__vehicle", "drop_stop__site", "drop_stop__progress",
            "progress__lot__item", "progress__reservation__lot", "progress__reservation__place",
        )
        .in_bulk()
    )  # fmt: skip
    if len(rows) < len(wanted):
        raise Refusal(
            "dispatch.replaced",
            Text(
                "この荷は新しい計画に移りました。ページを開き直してください。",
                "These goods belong to a newer plan now. Open the page again.",
            ),
            params={"plan": plan.pk},
        )
    return rows


def state_of(stop: Stop) -> StopState:
    """As its progress row says; ``stop`` was read together with it."""
    progress = getattr(stop, "progress", None)
    return StopState(progress.state) if progress is not None else StopState.PLANNED


def refuse_closed(stop: Stop) -> None:
    """Refuses ``dispatch.stop_closed``."""
    if state_of(stop) in CLOSED:
        raise Refusal(
            "dispatch.stop_closed",
            Text(
                "この立寄先はもう終わっています。直すときは、先に「取り消す」を押してください。",
                "This stop is closed. Take the closing back first.",
            ),
            params={"stop": stop.code},
        )


def lot_of(row: Shipment) -> Lot:
    """What really travels; a constraint says that nothing is aboard without it."""
    if row.progress.lot is None:
        raise ValueError(f"{row.unit} is not aboard")
    return row.progress.lot


def zone_aboard(lot: Lot, shelf: Place | None) -> str:
    """Where ``lot`` rides: as cold as it must be kept, and never warmer than it stood on the shelf (D11)."""
    return stricter_zone(lot.zone, shelf.zone if shelf is not None else None)


def hold_of(*, vehicle: Vehicle, zone: str, actor: User) -> Place:
    """The vehicle's place of ``zone``. Refuses ``dispatch.vehicle_without_zone`` (D12)."""
    if vehicle.capacity_g(zone) == 0:
        word = Zone(zone).label
        raise Refusal(
            "dispatch.vehicle_without_zone",
            Text(
                f"車両{vehicle.code}は{word}の品を積めません。{word}を積める車両に載せてください。",
                f"Vehicle {vehicle.code} cannot carry {zone} goods; use one that can.",
            ),
            params={"vehicle": vehicle.code, "zone": zone},
        )
    return ensure_vehicle_places(vehicle_code=vehicle.code, zones=(zone,), actor=actor)[zone]


def posted_before(client_id: uuid.UUID | None, shipment: Shipment, quantity: int | None) -> Movement | None:
    """The ledger row of the same request, when it was posted already. Refuses ``inventory.client_id_reused`` (422) for another one."""
    if client_id is None:
        return None
    row = Movement.objects.filter(client_id=client_id).select_related("step").first()
    if row is None:
        return None
    step = getattr(row, "step", None)
    if step is None or step.shipment_id != shipment.pk or (quantity is not None and quantity != row.quantity):
        raise number_reused(client_id)
    return row


def number_reused(client_id: uuid.UUID) -> Refusal:
    return Refusal(
        "inventory.client_id_reused",
        Text("この操作番号は別の内容で使われています。", "This client id was used for something else."),
        params={"client_id": str(client_id)},
        status=422,
    )
