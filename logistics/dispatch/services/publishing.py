"""From a draft to the plan that counts: its food is reserved, the plan before it gives its food back."""

from __future__ import annotations

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.core.locking import lock_rows
from foodbank.inventory.models import Reservation, ReservationPurpose, ReservationState
from foodbank.inventory.services.reservations import Wanted, reserve_many, void
from logistics.dispatch.models import Plan, PlanStatus, Shipment
from logistics.dispatch.selectors.facts import plan_document_ref
from logistics.dispatch.services.handover import prepare, withdraw


@transaction.atomic
def publish(*, plan: Plan, actor: User) -> Plan:
    """Make a draft the plan of its day and reserve what it takes from the shelf.

    A published plan of the same day is replaced. Refuses ``dispatch.not_a_draft``, ``dispatch.already_started`` when the day's plan is
    on the road, and what the reservations refuse (``inventory.not_enough_stock`` …) when the shelf has changed since.
    """
    # Every plan of the day, since another draft may be on its way to being published at this moment.
    rivals = Plan.objects.filter(day=plan.day).exclude(status=PlanStatus.REPLACED)
    locked = lock_rows(Plan.objects.defer("document"), [plan.pk, *rivals.values_list("pk", flat=True)])
    fresh = locked[plan.pk]
    assert isinstance(fresh, Plan)  # noqa: S101 - for the type checker
    if fresh.status != PlanStatus.DRAFT:
        raise Refusal(
            "dispatch.not_a_draft",
            Text("この計画はすでに確定しているか、差し替え済みです。", "This plan is published or replaced already."),
            params={"plan": plan.pk, "status": fresh.status},
        )
    for other in locked.values():
        if other.pk == plan.pk:
            continue
        if other.status == PlanStatus.STARTED:
            raise Refusal(
                "dispatch.already_started",
                Text("この日の配送はもう始まっているため、差し替えられません。", "This day's plan is on the road and stays."),
                params={"plan": other.pk},
            )
        if other.status == PlanStatus.PUBLISHED:
            held = Reservation.objects.filter(document=plan_document_ref(other), state=ReservationState.HELD)
            void(reservations=held, actor=actor)
            other.status = PlanStatus.REPLACED
            other.save(update_fields=["status"])
            withdraw(plan=other, actor=actor)
    prepare(plan=fresh, reservations=reserve_many(wanted=_wanted(fresh), actor=actor), actor=actor)
    fresh.status = PlanStatus.PUBLISHED
    fresh.save(update_fields=["status"])
    return fresh


def _wanted(plan: Plan) -> list[Wanted]:
    shipments = Shipment.objects.filter(plan=plan, lot__isnull=False).select_related(
        "lot", "place", "order_line__order", "order_line__category", "order_line__item", "visit__site", "pickup_day__site"
    )
    wanted = []
    for shipment in shipments.order_by("pk"):
        if shipment.lot is None or shipment.place is None:
            continue
        purpose, ref = ReservationPurpose.OTHER, ""
        if shipment.order_line is not None:
            purpose, ref = ReservationPurpose.ORDER_LINE, shipment.order_line.ref
        elif shipment.visit is not None:
            purpose, ref = ReservationPurpose.VISIT, shipment.visit.site.code
        elif shipment.pickup_day is not None:
            purpose, ref = ReservationPurpose.PICKUP_DAY, shipment.pickup_day.site.code
        wanted.append(
            Wanted(
                lot=shipment.lot,
                place=shipment.place,
                quantity=shipment.quantity,
                purpose=purpose,
                ref=ref,
                document=plan_document_ref(plan),
                day=plan.day,
            )
        )
    return wanted
