"""From a draft to the plan that counts: its food is reserved, the plan before it gives back what it has not begun with."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.core.locking import lock_rows
from foodbank.inventory.models import Reservation, ReservationPurpose, ReservationState
from foodbank.inventory.services.books import open_books
from foodbank.inventory.services.reservations import Wanted, reserve_many, void
from logistics.dispatch.models import CarriedOver, Plan, PlanStatus, Shipment
from logistics.dispatch.selectors.facts import plan_document_ref
from logistics.dispatch.selectors.under_way import UnderWay, under_way
from logistics.dispatch.services.carrying import carry_over, goes_on_with, merge
from logistics.dispatch.services.handover import prepare, withdraw
from logistics.dispatch.services.news import tell_changes
from logistics.dispatch.services.planning import refuse_called_off

LIVE = (PlanStatus.PUBLISHED, PlanStatus.STARTED)


@transaction.atomic
def publish(*, plan: Plan, actor: User) -> Plan:
    """Make a draft the plan of its day and reserve what it takes from the shelf.

    A published plan of the same day is replaced. One that is on the road is replaced too, by a draft that goes on with what has begun:
    those routes become the new plan's own, with their stops, shipments, reservations and deliveries, and everything that happened to
    them. Those for whom a plan that counted changes are told, once each.

    Refuses ``dispatch.not_a_draft``, ``dispatch.began_since`` when a vehicle has done, or something was called off, what the draft does
    not go on from, ``dispatch.day_called_off``, and what the reservations refuse (``inventory.not_enough_stock`` …) when the shelf has
    changed since.
    """
    # Every plan of the day, since another draft may be on its way to being published at this moment. Loading and handing over lock
    # the plan too, so that nothing begins meanwhile.
    rivals = Plan.objects.filter(day=plan.day).exclude(status=PlanStatus.REPLACED)
    locked = lock_rows(Plan.objects.all(), [plan.pk, *rivals.values_list("pk", flat=True)])
    fresh = locked[plan.pk]
    assert isinstance(fresh, Plan)  # noqa: S101 - for the type checker
    if fresh.status != PlanStatus.DRAFT:
        raise Refusal(
            "dispatch.not_a_draft",
            Text("この計画はすでに確定しているか、差し替え済みです。", "This plan is published or replaced already."),
            params={"plan": plan.pk, "status": fresh.status},
        )
    refuse_called_off(fresh.day)
    road = under_way(fresh.day)
    _refuse_outdated(fresh, road)
    live = [other for other in locked.values() if isinstance(other, Plan) and other.status in LIVE]
    documents = [plan_document_ref(other) for other in live]
    merged = merge(fresh, road)
    joined = (row.progress.reservation_id for one in merged for row in one.stay)
    stays = road.reservations | {pk for pk in joined if pk is not None}
    of_plans = Q(document__in=documents) | Q(pk__in=road.open_reservations)
    held = Reservation.objects.filter(of_plans, state=ReservationState.HELD).exclude(pk__in=stays)
    giving_back, wanted = list(held.select_related("place", "lot")), _wanted(fresh)
    # What is given back and what is wanted in one round, so that nobody waits crosswise.
    open_books([*((row.place, row.lot) for row in giving_back), *((one.place, one.lot) for one in wanted)])
    void(reservations=giving_back, actor=actor)
    for other in live:
        other.status = PlanStatus.REPLACED
        other.save(update_fields=["status"])
    prepare(plan=fresh, reservations=reserve_many(wanted=wanted, actor=actor), actor=actor)
    carry_over(plan=fresh, road=road, merged=merged, actor=actor)
    for other in live:
        withdraw(plan=other, actor=actor)
    fresh.status = PlanStatus.STARTED if road.routes else PlanStatus.PUBLISHED
    fresh.save(update_fields=["status"])
    for other in live:
        tell_changes(plan=fresh, before=other, actor=actor)
    return fresh


def _refuse_outdated(plan: Plan, road: UnderWay) -> None:
    """The draft goes on with the plan that counts and with exactly the routes that are on the road, as they are now."""
    carried = set(CarriedOver.objects.filter(plan=plan).values_list("route_id", flat=True))
    after_this = not road.routes or road.plan is None or plan.base_id == road.plan.pk
    if after_this and carried == {route.pk for route in road.routes} and goes_on_with(plan.document, road):
        return
    codes = "、".join(route.vehicle.code for route in road.routes if route.pk not in carried)
    raise Refusal(
        "dispatch.began_since",
        Text(
            f"この案を作ったあとで{codes or '予定'}が動きました。もう一度計画を作ってください。",
            f"{codes or 'Something'} has moved since this draft was made. Plan again.",
        ),
        params={"plan": plan.pk},
    )


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
