"""From the shelf onto the vehicle."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.inventory.models import Movement, Place, Reason, Reservation
from foodbank.inventory.services.books import open_books
from foodbank.inventory.services.reservations import post_reservation
from logistics.dispatch.models import Plan, Shipment, Step, StepKind, Stop
from logistics.dispatch.services.handover.base import (
    begin,
    fresh_shipments,
    hold_of,
    lock_live,
    posted_before,
    refuse_closed,
    zone_aboard,
)
from logistics.dispatch.services.handover.road import lock_stop


@transaction.atomic
def load(
    *,
    shipment: Shipment,
    actor: User,
    quantity: int | None = None,
    client_id: uuid.UUID | None = None,
    device_time: dt.datetime | None = None,
) -> Movement:
    """``quantity`` units (default: all that is still to be loaded) of a shelf shipment go onto its vehicle; the plan is on the road.

    Repeatable by ``client_id``: the first ledger row again. Refuses ``dispatch.not_published``, ``dispatch.replaced``,
    ``dispatch.not_from_shelf``, ``dispatch.called_off``, ``dispatch.stop_closed`` (the stop that was to get it is over),
    ``dispatch.already_loaded``, ``dispatch.more_than_planned``, ``dispatch.not_reserved``, ``dispatch.vehicle_without_zone`` and what
    the stock refuses: expired, held, reservation closed.
    """
    plan = lock_live(shipment.plan_id)
    before = posted_before(client_id, shipment, quantity)
    if before is not None:
        return before
    row = fresh_shipments(plan, [shipment.pk])[shipment.pk]
    reservation = _refuse_load(row, quantity)
    press = _Press(plan, client_id or uuid.uuid4(), device_time, actor)
    return _load(press, row, reservation, _aboard(row, reservation, actor), quantity=quantity, client_id=client_id)


@transaction.atomic
def load_all(
    *, stop: Stop, actor: User, client_id: uuid.UUID | None = None, device_time: dt.datetime | None = None
) -> list[Movement]:
    """All that is still to be loaded from the shelf at ``stop`` goes aboard, or nothing of it. Refuses as :func:`load` does, and
    ``dispatch.nothing_to_load``."""
    plan, fresh = lock_stop(stop)
    batch = client_id or uuid.uuid4()
    if client_id is not None:
        before = Movement.objects.filter(step__batch=batch, step__stop=fresh, step__kind=StepKind.LOAD).order_by("pk")
        if before:
            return list(before)
    refuse_closed(fresh)
    wanted = Shipment.objects.filter(pick_stop=fresh, lot__isnull=False, progress__called_off=False)
    pks = wanted.filter(progress__loaded__lt=F("quantity")).values_list("pk", flat=True)
    rows = sorted(fresh_shipments(plan, pks).values(), key=lambda row: row.pk)
    if not rows:
        raise Refusal(
            "dispatch.nothing_to_load",
            Text("ここで積む品は、もう全部積んであります。", "Everything to be loaded here is aboard already."),
            params={"stop": fresh.code},
        )
    kept = [(row, _refuse_load(row, None)) for row in rows]
    going = [(row, reservation, _aboard(row, reservation, actor)) for row, reservation in kept]
    # All of it in one round, so that nobody waits crosswise for a part.
    open_books((place, one.lot) for _, one, target in going for place in (one.place, target))
    press = _Press(plan, batch, device_time, actor)
    return [
        _load(
            press, row, reservation, target, quantity=None,
            client_id=uuid.uuid5(client_id, row.unit) if client_id is not None else None,
        )
        for row, reservation, target in going
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Press:
    """One press of a button, by which one shipment or many go aboard."""

    plan: Plan
    batch: uuid.UUID
    device_time: dt.datetime | None
    actor: User


def _aboard(row: Shipment, reservation: Reservation, actor: User) -> Place:
    zone = zone_aboard(reservation.lot, reservation.place)
    return hold_of(vehicle=row.pick_stop.route.vehicle, zone=zone, actor=actor)


def _load(
    press: _Press, row: Shipment, reservation: Reservation, target: Place, *, quantity: int | None, client_id: uuid.UUID | None
) -> Movement:
    progress = row.progress
    units = row.quantity - progress.loaded if quantity is None else quantity
    movement = post_reservation(
        reservation=reservation,
        target=target,
        reason=Reason.LOAD,
        quantity=units,
        client_id=client_id,
        device_time=press.device_time,
        actor=press.actor,
    )
    progress.loaded += units
    progress.lot = reservation.lot  # what was fetched may be another lot than was planned
    progress.save(update_fields=["loaded", "lot"])
    Step.objects.create(
        stop=row.pick_stop,
        batch=press.batch,
        kind=StepKind.LOAD,
        shipment=row,
        movement=movement,
        quantity=units,
        actor=press.actor,
    )
    begin(press.plan)
    return movement


def _refuse_load(row: Shipment, quantity: int | None) -> Reservation:
    """What is kept for ``row``; refuses when nothing of it may be loaded."""
    params = {"unit": row.unit, "planned": row.quantity, "loaded": row.progress.loaded}
    if row.lot is None:
        raise Refusal(
            "dispatch.not_from_shelf",
            Text(
                f"荷{row.unit}は倉庫からではなく、お店で受け取ります。",
                f"Unit {row.unit} is collected at a shop, not loaded from the shelf.",
            ),
            params=params,
        )
    if row.progress.called_off:
        raise Refusal(
            "dispatch.called_off",
            Text(f"荷{row.unit}は取りやめになりました。積まないでください。", f"Unit {row.unit} was called off; do not load it."),
            params=params,
        )
    refuse_closed(row.drop_stop)
    left = row.quantity - row.progress.loaded
    if left <= 0:
        raise Refusal(
            "dispatch.already_loaded",
            Text(
                f"荷{row.unit}（{row.quantity}点）はもう積んであります。", f"Unit {row.unit} ({row.quantity}) is loaded already."
            ),
            params=params,
        )
    if quantity is not None and quantity > left:
        raise Refusal(
            "dispatch.more_than_planned",
            Text(
                f"荷{row.unit}で積むのはあと{left}点です（{quantity}点は多すぎます）。",
                f"Only {left} more of unit {row.unit} are to be loaded, not {quantity}.",
            ),
            params={**params, "asked": quantity},
        )
    if row.progress.reservation is None:
        raise Refusal(
            "dispatch.not_reserved",
            Text(
                f"荷{row.unit}の分は棚に取ってありません。コーディネーターに知らせてください。",
                f"Nothing is kept on the shelf for unit {row.unit}. Tell the coordinator.",
            ),
            params=params,
        )
    return row.progress.reservation
