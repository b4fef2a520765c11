"""Fetching a route's goods from the shelves to the door: what is promised stays promised (D20)."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.core.dates import today
from foodbank.core.errors import Refusal, Text
from foodbank.inventory.models import Lot, Movement, Place, Reservation
from foodbank.inventory.policies import may_leave, out_of_turn
from foodbank.inventory.selectors.facts import movement_facts
from foodbank.inventory.services.picking import move_reserved
from foodbank.inventory.services.places import ensure_picked_place
from foodbank.sites.models import Site
from logistics.dispatch.models import Shipment
from logistics.dispatch.services.handover.base import fresh_shipments, lock_live


@transaction.atomic
def pick(
    *,
    shipment: Shipment,
    site: Site,
    actor: User,
    lot: Lot | None = None,
    place: Place | None = None,
    reason: str = "",
    client_id: uuid.UUID | None = None,
    device_time: dt.datetime | None = None,
) -> Movement:
    """All units kept for ``shipment`` go from the shelf to the door of ``site``. With ``lot`` (of the same item, at ``place``) these are
    taken instead: that needs a written ``reason`` when they expire later than those that were kept.

    Repeatable by ``client_id``. Refuses ``warehouse.out_of_turn`` (D20), ``warehouse.not_kept`` (nothing on the shelf is kept for it,
    called off, or it is loaded), ``dispatch.replaced`` and what :func:`move_reserved` refuses.
    """
    plan = lock_live(shipment.plan_id)
    row = fresh_shipments(plan, [shipment.pk])[shipment.pk]
    progress = row.progress
    if progress.reservation is None or progress.called_off or progress.loaded:
        raise Refusal(
            "warehouse.not_kept",
            Text(
                "この荷は取りやめになったか、もう積んであります。画面を開き直してください。",
                "These goods were called off or are loaded already. Open the page again.",
            ),
            params={"unit": row.unit},
        )
    kept: Reservation = progress.reservation
    taken = lot or kept.lot
    if taken.pk != kept.lot_id and not reason.strip():
        _refuse_out_of_turn(taken, kept.lot)
    movement = move_reserved(
        reservation=kept,
        target=ensure_picked_place(site=site, zone=(place or kept.place).zone, actor=actor),
        lot=lot,
        place=place,
        note=reason.strip(),
        client_id=client_id,
        device_time=device_time,
        actor=actor,
    )
    if progress.lot_id != taken.pk:
        progress.lot = taken
        progress.save(update_fields=["lot"])
    return movement


@transaction.atomic
def put_back(
    *,
    shipment: Shipment,
    target: Place,
    actor: User,
    client_id: uuid.UUID | None = None,
    device_time: dt.datetime | None = None,
) -> Movement:
    """What was fetched by mistake goes from the door back to a shelf, still kept for ``shipment``. Refuses as :func:`pick` does."""
    plan = lock_live(shipment.plan_id)
    row = fresh_shipments(plan, [shipment.pk])[shipment.pk]
    if row.progress.reservation is None or row.progress.loaded:
        raise Refusal(
            "warehouse.not_kept",
            Text("この荷はもう積んであります。", "These goods are loaded already."),
            params={"unit": row.unit},
        )
    return move_reserved(
        reservation=row.progress.reservation,
        target=target,
        note="取り出しの取り消し",
        client_id=client_id,
        device_time=device_time,
        actor=actor,
    )


def _refuse_out_of_turn(taken: Lot, kept: Lot) -> None:
    # What cannot leave today (expired, on hold) is no reason to ask why something else is taken.
    if may_leave(movement_facts(kept), today()) is None and out_of_turn(taken.last_day, kept.last_day):
        raise Refusal(
            "warehouse.out_of_turn",
            Text(
                f"先に期限が来るロット{kept.code}から出します。{taken.code}を出すときは、下に理由を書いてください。",
                f"Lot {kept.code} expires first. Write a reason below to take {taken.code} instead.",
            ),
            params={"first": kept.code, "taken": taken.code},
        )
