"""A shop, a vehicle, a driver or the whole day is called off, in one transaction with the messages about it (R7)."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from foodbank.accounts.models import User
from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.core.locking import lock_rows
from foodbank.donations.services.set_aside import set_aside
from foodbank.inventory.models import Reservation
from foodbank.pantry.services.call_off import call_off_pickup_day
from logistics.dispatch.models import CallOff, CallOffKind, FailReason, Plan, PlanStatus
from logistics.dispatch.selectors.call_offs import Effects, Target, effects_of
from logistics.dispatch.selectors.facts import plan_document_ref
from logistics.dispatch.selectors.under_way import begun_routes
from logistics.dispatch.services.call_off.stopping import stop_shipments
from logistics.dispatch.services.call_off.telling import tell
from logistics.dispatch.services.handover import withdraw
from logistics.fleet.models import Shift

REASON_LENGTH = 200


@transaction.atomic
def call_off(*, day: dt.date, target: Target, reason: str, actor: User, seen: str, move_to: dt.date | None = None) -> CallOff:
    """``target`` falls out on ``day``; everyone concerned is told why.

    A shop: its open offers go to ``move_to`` where they keep that long, else they are cancelled. A vehicle: its round ends where it is;
    what is aboard stays aboard until somebody brings it in. A driver: their vehicle has nobody. The whole day: no driving, offers as
    with a shop, pickup days with all bookings called off; a plan that nobody has begun with is withdrawn. Food that was reserved for
    what does not travel is free again. ``seen`` is what :meth:`Effects.seen` said when it was shown.

    Refuses ``call_off.refused`` (by field: reason, day to move to), ``call_off.already``, ``call_off.nothing`` (there is nothing of it on
    that day) and ``call_off.changed`` (what it would change is no longer what was shown).
    """
    _check(day, reason, move_to)
    # Before anything is read: hand-overs and publishing wait for this lock too.
    plans = Plan.objects.filter(day=day).exclude(status=PlanStatus.REPLACED)
    locked = lock_rows(Plan.objects.defer("document"), list(plans.values_list("pk", flat=True)))
    effects = effects_of(day, target)
    _refuse(day, target, effects, seen)
    if effects.plan is not None and effects.plan.pk not in locked:
        raise _changed()
    row = _create(day, target, reason.strip(), actor)
    aside = set_aside(offers=effects.offers, move_to=move_to, actor=actor)
    row.offers.set([*aside.moved, *aside.cancelled])
    for pickup_day in effects.pickup_days:  # their slots are locked before any stock
        call_off_pickup_day(day_pk=pickup_day.pk, reason=row.reason, actor=actor)
    why = FailReason.VEHICLE if target.kind == CallOffKind.VEHICLE else FailReason.CALLED_OFF
    ends = target.kind == CallOffKind.DAY and effects.plan is not None and not begun_routes(effects.plan)
    kept = Reservation.objects.filter(document=plan_document_ref(effects.plan)) if ends and effects.plan is not None else ()
    stop_shipments(shipments=effects.shipments, also=list(kept), why=why, note=row.reason, actor=actor)
    if target.kind == CallOffKind.DRIVER:
        Shift.objects.filter(pk__in=[shift.pk for shift in effects.shifts]).update(driver=None)
    if ends and effects.plan is not None:  # one with vehicles on the road stands, so that they can bring in what they have
        withdraw(plan=effects.plan, actor=actor)
        effects.plan.status = PlanStatus.REPLACED
        effects.plan.save(update_fields=["status"])
    tell(row, effects, aside, move_to)
    return row


def _check(day: dt.date, reason: str, move_to: dt.date | None) -> None:
    faults: dict[str, Text] = {}
    if not reason.strip() or len(reason.strip()) > REASON_LENGTH:
        faults["reason"] = Text(
            f"理由を1～{REASON_LENGTH}文字で書いてください。相手にも伝わります。",
            f"Give a reason of 1 to {REASON_LENGTH} characters; those concerned will read it.",
        )
    if move_to is not None and move_to <= day:
        faults["move_to"] = Text("この日より後の日を選んでください。", "Choose a later day.")
    if faults:
        raise FieldsRefused("call_off.refused", faults)


def _refuse(day: dt.date, target: Target, effects: Effects, seen: str) -> None:
    again = CallOff.objects.standing(day).filter(kind__in=(CallOffKind.DAY, target.kind))
    if target.kind == CallOffKind.VEHICLE:
        again = again.exclude(kind=CallOffKind.VEHICLE) | again.filter(vehicle=target.vehicle)
    else:
        again = again.filter(kind=CallOffKind.DAY)
    if again.exists():
        raise _already()
    if target.kind != CallOffKind.DAY and effects.nothing:
        raise Refusal(
            "call_off.nothing",
            Text("この日に中止できるものがありません。", "There is nothing to call off on that day."),
            params={"kind": target.kind},
        )
    if effects.seen() != seen:
        raise _changed()


def _create(day: dt.date, target: Target, reason: str, actor: User) -> CallOff:
    try:
        with transaction.atomic():  # two who do the same at once: the constraint lets one of them
            return CallOff.objects.create(
                day=day,
                kind=target.kind,
                site=target.site,
                vehicle=target.vehicle,
                driver=target.driver,
                reason=reason,
                actor=actor,
            )
    except IntegrityError as twice:
        raise _already() from twice


def _changed() -> Refusal:
    return Refusal(
        "call_off.changed",
        Text(
            "確かめている間に予定が変わりました。知らせる相手を、もう一度確かめてください。",
            "Things have changed meanwhile. Please look again at who will be told.",
        ),
    )


def _already() -> Refusal:
    return Refusal(
        "call_off.already",
        Text("もう中止になっています。ページを開き直してください。", "It is called off already. Open the page again."),
    )
