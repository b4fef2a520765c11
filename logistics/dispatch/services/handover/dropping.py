"""Goods leave the vehicle: to a partner, to the households of a visit, to the store of a pickup venue, or to the depot."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import prefetch_related_objects

from foodbank.accounts.models import User
from foodbank.core.dates import today
from foodbank.core.errors import Refusal, Text
from foodbank.inventory.models import Movement, Place, PlaceKind, Reason
from foodbank.inventory.policies import unsafe_for
from foodbank.inventory.selectors.facts import lot_facts
from foodbank.inventory.services.ledger import Move, post_many
from foodbank.inventory.services.places import ensure_counterpart, ensure_place, ensure_receiving_place
from foodbank.sites.models import Site, SiteKind
from foodbank.sites.services.agreements import need_agreement
from logistics.dispatch.models import Plan, Shipment, Step, StepKind, Stop
from logistics.dispatch.selectors.facts import plan_document_ref
from logistics.dispatch.services.handover.base import (
    fresh_shipments,
    hold_of,
    lot_of,
    posted_before,
    refuse_closed,
    zone_aboard,
)
from logistics.dispatch.services.handover.road import be_there, lock_stop, refresh_route


@transaction.atomic
def drop(
    *,
    shipment: Shipment,
    actor: User,
    quantity: int | None = None,
    client_id: uuid.UUID | None = None,
    device_time: dt.datetime | None = None,
) -> Movement:
    """``quantity`` units (default: what was planned, as far as it is aboard) leave the vehicle where they belong; the rest stays aboard.

    An order's goods and a visit's go out of the food bank for good (D3); those of a pickup day and of the depot go into the store
    there. Repeatable by ``client_id``. Refuses what :func:`arrive` refuses, ``dispatch.nothing_aboard``, ``dispatch.more_than_aboard``,
    ``site.no_agreement`` (D1), ``dispatch.allergens_unsafe`` (D13), ``dispatch.mixed_box`` (D2) and what the ledger refuses: expired
    (D5, D6), held.
    """
    plan, stop = lock_stop(shipment.drop_stop)
    before = posted_before(client_id, shipment, quantity)
    if before is not None:
        return before
    refuse_closed(stop)
    row = fresh_shipments(plan, [shipment.pk])[shipment.pk]
    units = quantity if quantity is not None else _due(row)
    _refuse_units(row, units)
    return _hand_out(plan, stop, [(row, units, client_id)], client_id or uuid.uuid4(), device_time, actor)[0]


@transaction.atomic
def drop_all(
    *,
    stop: Stop,
    actor: User,
    counts: Mapping[int, int] | None = None,
    client_id: uuid.UUID | None = None,
    device_time: dt.datetime | None = None,
) -> list[Movement]:
    """Everything that is aboard for ``stop`` goes out there at once, or nothing of it; with ``counts``, so many units of each of its
    shipments (by primary key). Refuses as :func:`drop` does."""
    plan, fresh = lock_stop(stop)
    batch = client_id or uuid.uuid4()
    if client_id is not None:
        before = Movement.objects.filter(step__batch=batch, step__stop=fresh, step__kind=StepKind.DROP).order_by("pk")
        if before:
            return list(before)
    refuse_closed(fresh)
    pks = Shipment.objects.filter(drop_stop=fresh).values_list("pk", flat=True)
    due = []
    for row in sorted(fresh_shipments(plan, pks).values(), key=lambda row: row.pk):
        units = _due(row) if counts is None else counts.get(row.pk, 0)
        if units:
            _refuse_units(row, units)
            due.append((row, units, _number(client_id, row)))
    if not due:
        raise _nothing_aboard({"stop": fresh.code})
    return _hand_out(plan, fresh, due, batch, device_time, actor)


def _due(row: Shipment) -> int:
    return int(min(row.progress.aboard, row.quantity - row.progress.dropped))


def _number(client_id: uuid.UUID | None, row: Shipment) -> uuid.UUID | None:
    """Each ledger row has a number of its own, the same one when the request comes again."""
    return uuid.uuid5(client_id, row.unit) if client_id is not None else None


def _hand_out(
    plan: Plan,
    stop: Stop,
    due: Sequence[tuple[Shipment, int, uuid.UUID | None]],
    batch: uuid.UUID,
    device_time: dt.datetime | None,
    actor: User,
) -> list[Movement]:
    _refuse_unsafe([row for row, _, _ in due])
    if any(row.order_line_id is not None for row, _, _ in due):
        need_agreement(site=stop.site, day=today())
    moves = []
    places = aboard_at(rows=[row for row, _, _ in due], actor=actor)
    for row, units, number in due:
        source = places[row.pk]
        target = _target(row, stop.site, source.zone, actor)
        moves.append(
            Move(
                lot=lot_of(row),
                source=source,
                target=target,
                quantity=units,
                reason=Reason.UNLOAD if target.kind == PlaceKind.STORAGE else Reason.HAND_OVER,
                document=plan_document_ref(plan),
                client_id=number,
                device_time=device_time,
            )
        )
    movements = post_many(moves=moves, actor=actor)
    for (row, units, _), movement in zip(due, movements, strict=True):
        row.progress.dropped += units
        row.progress.save(update_fields=["dropped"])
        Step.objects.create(
            stop=stop, batch=batch, kind=StepKind.DROP, shipment=row, movement=movement, quantity=units, actor=actor
        )
    be_there(plan=plan, stop=stop, actor=actor)
    refresh_route(route=stop.route, actor=actor)
    return movements


def aboard_at(*, rows: Sequence[Shipment], actor: User) -> dict[int, Place]:
    """The place on the vehicle where each shipment's goods ride, by primary key: where they were loaded, or, from a shop, as cold as
    they must be kept."""
    loaded = Step.objects.standing().filter(shipment__in=rows, kind=StepKind.LOAD, movement__isnull=False)
    found = {step.shipment_id: step.movement.target for step in loaded.select_related("movement__target") if step.movement}
    return {
        row.pk: found.get(row.pk)
        or hold_of(vehicle=row.pick_stop.route.vehicle, zone=zone_aboard(lot_of(row), None), actor=actor)
        for row in rows
    }


def store_of(*, site: Site, zone: str, actor: User) -> Place:
    """Where goods of ``zone`` are put down: at a depot among what is to be put away, at a venue in its own store (``V01/ambient``)."""
    if site.kind == SiteKind.DEPOT:
        return ensure_receiving_place(site=site, zone=zone, actor=actor)
    return ensure_place(code=f"{site.code}/{zone}", kind=PlaceKind.STORAGE, zone=zone, site=site, actor=actor)


def _target(row: Shipment, site: Site, zone: str, actor: User) -> Place:
    if row.order_line_id is not None or row.visit_id is not None:
        return ensure_counterpart(kind=PlaceKind.RECIPIENT, site=site, actor=actor)
    return store_of(site=site, zone=zone, actor=actor)


def _refuse_units(row: Shipment, units: int) -> None:
    params = {"unit": row.unit, "aboard": row.progress.aboard, "asked": units}
    if row.progress.aboard == 0:
        raise _nothing_aboard(params)
    if units > row.progress.aboard:
        raise Refusal(
            "dispatch.more_than_aboard",
            Text(
                f"車に積んであるのは{row.progress.aboard}点です（{units}点は渡せません）。",
                f"Only {row.progress.aboard} are aboard, not {units}.",
            ),
            params=params,
        )


def _nothing_aboard(params: dict[str, object]) -> Refusal:
    return Refusal(
        "dispatch.nothing_aboard",
        Text(
            "ここで渡す品は車に積んでありません。もう渡したか、積んでいません。",
            "Nothing for this is aboard: handed over already, or never loaded.",
        ),
        params=params,
    )


def _refuse_unsafe(rows: Sequence[Shipment]) -> None:
    """The goods are what they are, whatever the plan thought they would be (D2, D13)."""
    prefetch_related_objects([row for row in rows if row.order_line is not None], "order_line__order__excluded_allergens")
    facts = lot_facts([lot_of(row) for row in rows])
    for row in rows:
        known = facts[lot_of(row).pk]
        if row.visit_id is not None and known.mixed_box:
            raise Refusal(
                "dispatch.mixed_box",
                Text(
                    f"ロット{known.code}は表示のない詰合せのため、世帯には渡せません。",
                    f"Lot {known.code} is an unlabelled mixed box and is not given to households.",
                ),
                params={"lot": known.code},
            )
        if row.order_line is None:
            continue
        avoided = sorted(allergen.name for allergen in row.order_line.order.excluded_allergens.all())
        if unsafe_for(known, avoided):
            raise Refusal(
                "dispatch.allergens_unsafe",
                Text(
                    f"ロット{known.code}は、この注文が除くアレルゲン（{'・'.join(avoided)}）を含むか、不明です。渡さないでください。",
                    f"Lot {known.code} contains, or may contain, an allergen that this order excludes. Do not hand it over.",
                ),
                params={"lot": known.code, "excluded": avoided},
            )
