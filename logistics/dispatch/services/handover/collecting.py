"""At a shop: what it really gives, which may be less than it said, more, or nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.core.dates import DatePrecision
from foodbank.core.errors import Refusal, Text
from foodbank.core.limits import MAX_UNITS
from foodbank.donations.models import Offer
from foodbank.donations.services.intake import NotTaken, receive_offer
from foodbank.donations.services.settling import keep_refusals, nothing_more_comes
from foodbank.inventory.models import Condition, Lot, Movement
from foodbank.inventory.policies import stricter_zone
from logistics.dispatch.models import Plan, Shipment, Step, StepKind, Stop
from logistics.dispatch.policies import Part, share_out
from logistics.dispatch.services.handover.base import CLOSED, fresh_shipments, hold_of, number_reused, refuse_closed
from logistics.dispatch.services.handover.road import be_there, leave_out, lock_stop, refresh_route


@dataclass(frozen=True, slots=True, kw_only=True)
class AsFound:
    """What stands on the goods, where it differs from what the shop had said; of several dates, the earliest."""

    last_day: dt.date | None = None
    date_precision: DatePrecision | None = None
    zone: str | None = None
    condition: Condition = Condition.GOOD
    note: str = ""


AS_OFFERED = AsFound()


@transaction.atomic
def collect(
    *,
    stop: Stop,
    offer: Offer,
    quantity: int,
    actor: User,
    found: AsFound = AS_OFFERED,
    not_taken: Sequence[NotTaken] = (),
    client_id: uuid.UUID | None = None,
    device_time: dt.datetime | None = None,
) -> Movement | None:
    """``quantity`` units of ``offer`` go aboard at ``stop``; 0: the shop gives nothing (the answer is ``None``). They become a lot and
    are shared out among the shipments that wait for them (:func:`share_out`); those that get none are called off.

    ``not_taken`` is what was seen and refused (D9); it never enters the stock. The offer is closed unless another vehicle is still to
    collect a part of it. Repeatable by ``client_id``. Refuses what :func:`arrive` refuses, ``dispatch.not_at_this_stop``,
    ``dispatch.collected_before``, ``inventory.quantity``, ``dispatch.vehicle_without_zone``, and what receiving refuses
    (``offer.closed``, ``donation.date_past`` …).
    """
    plan, fresh = lock_stop(stop)
    if client_id is not None:
        before = Step.objects.filter(batch=client_id, kind=StepKind.COLLECT).select_related("movement").first()
        if before is not None:
            if (before.stop_id, before.offer_id, before.quantity) != (fresh.pk, offer.pk, quantity):
                raise number_reused(client_id)
            return before.movement
    refuse_closed(fresh)
    waiting = _waiting(plan, fresh, offer, quantity)
    batch = client_id or uuid.uuid4()
    refused = keep_refusals(offer=offer, not_taken=not_taken, actor=actor)
    others = _others_wait(plan, fresh, offer)
    movement, lot = None, None
    if quantity:
        receipt = receive_offer(
            offer=offer,
            quantity=quantity,
            place=hold_of(vehicle=fresh.route.vehicle, zone=stricter_zone(offer.item.zone, found.zone), actor=actor),
            last_day=found.last_day,
            date_precision=found.date_precision,
            zone=found.zone,
            condition=found.condition,
            note=found.note,
            complete=not others,
            client_id=client_id,
            device_time=device_time,
            actor=actor,
        )
        movement, lot = receipt.movement, receipt.lot
    elif not others:
        nothing_more_comes(offer=offer, refused=refused, actor=actor)
    step = Step.objects.create(
        stop=fresh, batch=batch, kind=StepKind.COLLECT, offer=offer, movement=movement, quantity=quantity, actor=actor
    )
    step.refused.set(refused)
    _share(step, waiting, lot)
    be_there(plan=plan, stop=fresh, actor=actor)
    refresh_route(route=fresh.route, actor=actor)
    return movement


def _waiting(plan: Plan, stop: Stop, offer: Offer, quantity: int) -> list[Shipment]:
    """The shipments that get the goods, in the plan's order."""
    if not 0 <= quantity <= MAX_UNITS:
        raise Refusal(
            "inventory.quantity",
            Text(f"点数は0から{MAX_UNITS:,}までにしてください。", f"The quantity must be 0 to {MAX_UNITS:,}."),
            params={"quantity": quantity},
            status=400,
        )
    pks = Shipment.objects.filter(pick_stop=stop, offer=offer).values_list("pk", flat=True)
    rows = fresh_shipments(plan, pks)
    params = {"stop": stop.code, "offer": offer.pk}
    if not rows:
        raise Refusal(
            "dispatch.not_at_this_stop",
            Text("この品は、この立寄先で受け取る予定にありません。", "These goods are not to be collected at this stop."),
            params=params,
        )
    if Step.objects.standing().filter(stop=stop, kind=StepKind.COLLECT, offer=offer).exists():
        raise Refusal(
            "dispatch.collected_before",
            Text(
                "この品の受け取りはもう記録してあります。直すときは、先に「取り消す」を押してください。",
                "What came of this offer is recorded already. Take that back first.",
            ),
            params=params,
        )
    called = [row for row in rows.values() if not row.progress.called_off]
    if not called:
        raise Refusal(
            "dispatch.called_off",
            Text(
                "この品の引き取りは取りやめになりました。受け取らないでください。",
                "Collecting this was called off; do not take it.",
            ),
            params=params,
        )
    return sorted(called, key=lambda row: (row.drop_stop.sequence, row.pk))


def _others_wait(plan: Plan, stop: Stop, offer: Offer) -> bool:
    """Is another stop still to collect a part of the offer?"""
    return (
        Shipment.objects.filter(plan=plan, offer=offer, progress__called_off=False, progress__loaded=0)
        .exclude(pick_stop=stop)
        .exclude(pick_stop__progress__state__in=CLOSED)
        .exists()
    )


def _share(step: Step, waiting: Sequence[Shipment], lot: Lot | None) -> None:
    """Who got what of the collected goods, and the steps that say so."""
    shares = share_out(step.quantity, [Part(row.pk, row.quantity, _to_people(row)) for row in waiting])
    for row in waiting:
        units = shares[row.pk]
        if not units:
            leave_out(stop=step.stop, shipment=row, batch=step.batch, actor=step.actor)
            continue
        row.progress.lot, row.progress.loaded = lot, units
        row.progress.save(update_fields=["lot", "loaded"])
        Step.objects.create(stop=step.stop, batch=step.batch, kind=StepKind.LOAD, shipment=row, quantity=units, actor=step.actor)


def _to_people(row: Shipment) -> bool:
    return bool(row.order_line_id or row.visit_id or row.pickup_day_id)
