"""Taking back what was done last on a route: a slip of the thumb becomes rows that correct it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.core.locking import lock_rows
from foodbank.donations.models import Offer
from foodbank.donations.services.settling import open_again
from foodbank.inventory.models import ReservationPurpose, ReservationState
from foodbank.inventory.services.books import open_books
from foodbank.inventory.services.ledger import correct
from foodbank.inventory.services.reservations import reserve, void
from logistics.dispatch.models import (
    CallOff,
    CallOffKind,
    Delivery,
    DeliveryReceipt,
    Plan,
    Route,
    RouteProgress,
    Shipment,
    Step,
    StepKind,
    StopProgress,
    StopState,
)
from logistics.dispatch.services.handover.base import fresh_shipments, lock_live
from logistics.dispatch.services.handover.road import refresh_route

NOTE = "運転者が取り消した"


def last_batch(route: Route) -> list[Step]:
    """What was done by the last press of a button on ``route`` and stands, in the order done; empty when nothing is left."""
    standing = Step.objects.standing().filter(stop__route=route)
    last = standing.order_by("pk").last()
    return list(standing.filter(batch=last.batch).order_by("pk")) if last is not None else []


@transaction.atomic
def take_back(*, route: Route, batch: uuid.UUID, actor: User) -> list[Step]:
    """Undo ``batch``, which must be the last thing done on ``route``: goods go back by correcting rows, reservations and offers open
    again, the stop is open again.

    Refuses ``dispatch.not_published``, ``dispatch.replaced``, ``dispatch.not_the_last`` (somebody has done something since),
    ``dispatch.receipt_given`` (the partner has confirmed it) and ``inventory.not_enough_stock`` when the goods have gone on.
    """
    plan = lock_live(Route.objects.values_list("plan_id", flat=True).get(pk=route.pk))
    steps = last_batch(route)
    if not steps or steps[0].batch != batch:
        raise Refusal(
            "dispatch.not_the_last",
            Text(
                "そのあとに別の作業があるため、取り消せません。新しい作業から順に取り消してください。",
                "Something was done after it. Take back the newest first.",
            ),
        )
    # Partners confirm under the lock of the delivery: whoever comes second sees what the first did.
    deliveries = Delivery.objects.filter(stop__in={step.stop_id for step in steps}).values_list("pk", flat=True)
    locked = lock_rows(Delivery.objects.all(), deliveries)
    if DeliveryReceipt.objects.filter(delivery__in=locked.values()).exists():
        raise Refusal(
            "dispatch.receipt_given",
            Text(
                "提供先が受け取りを確認したあとなので、取り消せません。コーディネーターに知らせてください。",
                "The partner has confirmed the receipt, so this stands. Tell the coordinator.",
            ),
        )
    rows = fresh_shipments(plan, {step.shipment_id for step in steps if step.shipment_id is not None})
    _lock_goods(steps, rows.values())
    off = _called_off(plan)
    now = timezone.now()
    for step in reversed(steps):
        _undo(step, rows.get(step.shipment_id) if step.shipment_id is not None else None, off, actor)
        step.taken_back_at, step.taken_back_by = now, actor
        step.save(update_fields=["taken_back_at", "taken_back_by"])
    refresh_route(route=route, actor=actor)
    return steps


def _lock_goods(steps: Sequence[Step], rows: Iterable[Shipment]) -> None:
    """Offers, then all stock that the undoing touches, each in one round, so that nobody waits crosswise."""
    lock_rows(Offer.objects.all(), {step.offer_id for step in steps if step.offer_id is not None})
    pairs = [
        (place, step.movement.lot) for step in steps if step.movement for place in (step.movement.source, step.movement.target)
    ]
    kept = [row.progress.reservation for row in rows if row.progress.reservation is not None]
    open_books([*pairs, *((one.place, one.lot) for one in kept)])


def _called_off(plan: Plan) -> Callable[[Shipment], bool]:
    """Has somebody called off what the shipment needs? Then taking back a press of a button does not make it travel again."""
    standing = list(CallOff.objects.standing(plan.day))
    whole_day = any(one.kind == CallOffKind.DAY for one in standing)
    vehicles = {one.vehicle_id for one in standing if one.kind == CallOffKind.VEHICLE}
    shops = {one.site_id for one in standing if one.kind == CallOffKind.SHOP}

    def off(row: Shipment) -> bool:
        route = row.pick_stop.route
        return whole_day or route.vehicle_id in vehicles or (row.offer_id is not None and row.pick_stop.site_id in shops)

    return off


def _undo(step: Step, row: Shipment | None, off: Callable[[Shipment], bool], actor: User) -> None:
    if step.movement is not None:
        correct(movement=step.movement, quantity=0, note=NOTE, actor=actor)
    if step.kind == StepKind.CLOSE:
        _reopen(step)
    elif step.kind == StepKind.BACK:
        RouteProgress.objects.filter(route=step.stop.route_id).update(back_at=None)
    elif step.kind == StepKind.COLLECT and step.offer is not None:
        open_again(offer=step.offer, refused=list(step.refused.all()), actor=actor)
    elif row is not None:
        _undo_goods(step, row, off, actor)


def _undo_goods(step: Step, row: Shipment, off: Callable[[Shipment], bool], actor: User) -> None:
    progress = row.progress
    if step.kind == StepKind.LOAD:
        progress.loaded -= step.quantity
        if progress.loaded == 0 and row.offer_id is not None:
            progress.lot = None
        _keep_again(row, actor)
    elif step.kind == StepKind.DROP:
        progress.dropped -= step.quantity
    elif step.kind == StepKind.BRING_BACK:
        progress.returned -= step.quantity
    elif step.kind == StepKind.LEAVE_OUT:
        progress.called_off = off(row)
        _keep_again(row, actor)
    progress.save()


def _keep_again(row: Shipment, actor: User) -> None:
    """Goods that are on the shelf again are kept for the shipment again. When they may not leave any more (held, past their date, or
    promised to somebody else meanwhile), they stay where they are, and loading them says so. What was called off needs nothing."""
    progress = row.progress
    before = progress.reservation
    held = before.quantity if before is not None and before.state == ReservationState.HELD else 0
    missing = row.quantity - progress.loaded - held
    if before is None or missing <= 0 or progress.called_off:
        return
    try:
        with transaction.atomic():
            void(reservations=[before], actor=actor)
            progress.reservation = reserve(
                lot=before.lot,
                place=before.place,
                quantity=missing + held,
                purpose=ReservationPurpose(before.purpose),
                ref=before.ref,
                document=before.document,
                expires_at=before.expires_at,
                actor=actor,
            )
    except Refusal:
        progress.reservation = before


def _reopen(step: Step) -> None:
    progress = StopProgress.objects.get(stop=step.stop_id)
    progress.state = StopState.ARRIVED if progress.arrived_at is not None else StopState.PLANNED
    progress.closed_at, progress.fail_reason, progress.note, progress.households = None, "", "", None
    progress.save()
