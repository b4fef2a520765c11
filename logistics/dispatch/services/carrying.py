"""Routes on the road become a new plan's own: rows are moved, never copied, so that nothing is there twice and what happened stays.

Of a route whose rest was planned again, the beginning stays as it is. Stops that the new rest still has keep their row, with the code on
the printed sheet and what partners know of it; goods that are still to be picked up there keep theirs, with what is reserved for them.
What the new rest no longer has stays with the plan before, on a route of its own.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F

from foodbank.accounts.models import User
from foodbank.labels.codes import CodeKind, make_code
from logistics.dispatch.models import (
    Delivery,
    DeliveryState,
    Plan,
    Route,
    RouteBreak,
    RouteProgress,
    Shipment,
    Stop,
)
from logistics.dispatch.selectors.begun import BegunRoute
from logistics.dispatch.selectors.under_way import UnderWay
from logistics.dispatch.services.handover.prepare import OPEN_DELIVERIES
from logistics.dispatch.services.handover.road import refresh_route

_ASIDE = 10_000  # above every sequence, while rows change places


def goes_on_with(document: dict[str, Any], road: UnderWay) -> bool:
    """Whether what is on the road now is how the routes of ``document`` begin: vehicles may have done meanwhile what it says they do."""
    in_draft = {route["vehicle"]: route for route in document["routes"]}
    for kept in road.kept:
        draft = in_draft.get(kept.vehicle, {"stops": []})
        if not kept.open:
            if draft != kept.route and kept.route["stops"]:
                return False
            continue
        fixed = kept.route["stops"]
        if len(draft["stops"]) < len(fixed) or any(_work(a) != _work(b) for a, b in zip(draft["stops"], fixed, strict=False)):
            return False
    return True


def _work(stop: dict[str, Any]) -> tuple[str, set[str], set[str]]:
    return stop["site"], {u["unit"] for u in stop["pick_up"]}, {u["unit"] for u in stop["drop_off"]}


@dataclass(slots=True)
class Merged:
    """A begun route with the rows of its new rest: ``stops`` in the order driven, ``stay`` its shipments that go on, ``gone`` the rows that
    the new rest no longer has."""

    begun: BegunRoute
    planned: dict[str, Any]
    draft: Route | None
    stops: list[Stop] = field(default_factory=list)
    stay: list[Shipment] = field(default_factory=list)
    gone_stops: list[Stop] = field(default_factory=list)
    gone: list[Shipment] = field(default_factory=list)


def merge(plan: Plan, road: UnderWay) -> list[Merged]:
    """Join what ``plan`` has planned of each open rest with the rows on the road; before its food is reserved. Shipments of the draft that
    are on the road already go, the others lead from and to the stops that stay."""
    in_draft = {route["vehicle"]: route for route in plan.document["routes"]}
    drafts = {route.vehicle_id: route for route in Route.objects.filter(plan=plan).select_related("vehicle")}
    merged = []
    for begun in road.begun:
        if begun.open:
            one = Merged(begun, in_draft[begun.route.vehicle.code], drafts.get(begun.route.vehicle_id))
            _merge(one)
            merged.append(one)
    return merged


def _merge(one: Merged) -> None:
    begun, planned = one.begun, one.planned
    new = list(Stop.objects.filter(route=one.draft).select_related("site").order_by("sequence")) if one.draft else []
    first_new = len(planned["stops"]) - len(new)
    documented = begun.documented()
    spare = [stop for stop in begun.driven if stop not in begun.fixed]
    by_number: dict[int, Stop] = {}
    for number in range(len(planned["stops"])):
        draft = new[number - first_new] if number >= first_new else None
        if number < len(documented):
            by_number[number] = documented[number]
        elif draft is not None:
            old = next((s for s in spare if (s.site_id, s.visit_id) == (draft.site_id, draft.visit_id)), None)
            if old is not None:
                spare.remove(old)
                old.arrive, old.start, old.leave, old.set_out = draft.arrive, draft.start, draft.leave, None
            by_number[number] = old or draft
    _join_shipments(one, {new[n - first_new].pk: stop for n, stop in by_number.items() if n >= first_new})
    _lead_aboard(one, by_number)
    rest = [stop for number, stop in sorted(by_number.items()) if stop not in begun.fixed]
    if rest and one.draft is not None:
        rest[0].set_out = min(one.draft.depart, rest[0].arrive)
    wanted = {row.drop_stop_id for row in begun.own}
    used = {stop.pk for stop in (*begun.fixed, *rest)}
    left_over = [stop for stop in begun.rows if stop.pk not in used]
    one.stops = [*begun.fixed, *(stop for stop in left_over if stop.pk in wanted), *rest]
    one.gone_stops = [stop for stop in left_over if stop.pk not in wanted]


def _join_shipments(one: Merged, stop_of: dict[int, Stop]) -> None:
    """The draft's shipments on the stops that stay; one that is on the road already keeps its row."""
    known = {row.unit: row for row in one.begun.shipments}
    joined: set[int] = set()
    fresh = Shipment.objects.filter(pick_stop__route=one.draft).order_by("pk") if one.draft else Shipment.objects.none()
    for row in fresh:
        pick, drop = stop_of[row.pick_stop_id], stop_of[row.drop_stop_id]
        before = known.get(row.unit)
        if before is None:
            row.pick_stop, row.drop_stop = pick, drop
            row.save(update_fields=["pick_stop", "drop_stop"])
        else:
            before.pick_stop, before.drop_stop = pick, drop
            joined.add(before.pk)
            row.delete()
    stay = joined | {row.pk for row in one.begun.own}
    one.stay = [row for row in one.begun.shipments if row.pk in stay]
    one.gone = [row for row in one.begun.shipments if row.pk not in stay]


def _lead_aboard(one: Merged, by_number: dict[int, Stop]) -> None:
    """What is aboard goes to the stop that the new rest has for it; where that names nobody, back to the depot."""
    aboard = {row.unit: row for row in one.begun.own if one.begun.rides_on(row)}
    for number, stop in enumerate(one.planned["stops"]):
        for entry in stop["drop_off"]:
            row = aboard.get(entry["unit"])
            if row is None or number not in by_number:
                continue
            row.drop_stop = by_number[number]
            if not {"order_ref", "visit_ref", "pickup_ref"} & entry.keys():
                row.order_line, row.visit, row.pickup_day = None, None, None


def carry_over(*, plan: Plan, road: UnderWay, merged: list[Merged], actor: User) -> None:
    """The routes on the road become the plan's own, each with its new rest if it has one."""
    whole = [begun.route.pk for begun in road.begun if not begun.open]
    Delivery.objects.filter(stop__route__in=whole).update(plan=plan)
    Shipment.objects.filter(pick_stop__route__in=whole).update(plan=plan)
    Route.objects.filter(pk__in=whole).update(plan=plan)
    for one in merged:
        _take_over(plan, one)
    _sync_deliveries(plan, merged, actor)


def _take_over(plan: Plan, one: Merged) -> None:
    route, before = one.begun.route, one.begun.plan
    rows = RouteBreak.objects.filter(route__in=[route, one.draft] if one.draft is not None else [route])
    rows.delete()
    moment = dt.datetime.fromisoformat
    RouteBreak.objects.bulk_create(
        RouteBreak(route=route, start=moment(rest["start"]), end=moment(rest["end"])) for rest in one.planned["breaks"]
    )
    Stop.objects.filter(route=route).update(sequence=F("sequence") + _ASIDE)
    for number, stop in enumerate(one.stops, start=1):
        stop.route, stop.sequence = route, number
    Stop.objects.bulk_update(one.stops, ["route", "sequence", "arrive", "start", "leave", "set_out"])
    if one.draft is not None:
        one.draft.delete()
    route.plan, route.back = plan, moment(one.planned["return"])
    route.distance_m, route.drive_s = one.planned["distance_m"], one.planned["drive_s"]
    route.save()
    if one.gone or one.gone_stops:
        _set_aside(before, one)
    for row in one.stay:
        row.plan = plan
    Shipment.objects.bulk_update(one.stay, ["plan", "pick_stop", "drop_stop", "order_line", "visit", "pickup_day"])
    if one.begun.back_at is not None and len(one.stops) > len(one.begun.fixed):
        RouteProgress.objects.filter(route=route).update(back_at=None)  # it goes out again


def _set_aside(before: Plan, one: Merged) -> None:
    """What the new rest no longer has stays with the plan before. Goods whose stop is still driven to, for others, get one like it."""
    shell = Route.objects.create(
        plan=before,
        vehicle=one.begun.route.vehicle,
        depart=one.begun.route.depart,
        back=one.begun.route.depart,
        distance_m=0,
        drive_s=0,
    )
    there = {stop.pk: stop for stop in one.gone_stops}
    for number, stop in enumerate(one.gone_stops, start=1):
        stop.route, stop.sequence = shell, number
    Stop.objects.bulk_update(one.gone_stops, ["route", "sequence"])
    for row in one.gone:
        for name in ("pick_stop", "drop_stop"):
            stop = getattr(row, name)
            if stop.pk not in there:
                there[stop.pk] = Stop.objects.create(
                    route=shell, sequence=len(there) + 1, code=make_code(kind=CodeKind.STOP), site_id=stop.site_id,
                    arrive=stop.arrive, start=stop.start, leave=stop.leave,
                )  # fmt: skip
            setattr(row, name, there[stop.pk])
    Shipment.objects.bulk_update(one.gone, ["pick_stop", "drop_stop"])


def _sync_deliveries(plan: Plan, merged: list[Merged], actor: User) -> None:
    """One delivery for each order at each stop where something is still to come; partners know it by the number that it had."""
    routes = [one.begun.route.pk for one in merged]
    coming: dict[tuple[int, int], dt.datetime] = {}
    shipments = Shipment.objects.filter(pick_stop__route__in=routes, order_line__isnull=False, progress__called_off=False)
    for row in shipments.select_related("order_line", "drop_stop"):
        if row.order_line is not None:
            coming[row.drop_stop_id, row.order_line.order_id] = row.drop_stop.start
    known = {}
    for delivery in Delivery.objects.filter(stop__route__in=routes).order_by("pk"):
        pair = known[delivery.stop_id, delivery.order_id] = delivery.stop_id, delivery.order_id
        delivery.plan = plan
        if delivery.state in OPEN_DELIVERIES and pair not in coming:
            delivery.state = DeliveryState.WITHDRAWN
        elif delivery.state == DeliveryState.WITHDRAWN and pair in coming:
            delivery.state = DeliveryState.SCHEDULED
        delivery.save(update_fields=["plan", "state", "updated_at"])
    Delivery.objects.bulk_create(
        Delivery(plan=plan, stop_id=stop, order_id=order, eta=eta)
        for (stop, order), eta in coming.items()
        if (stop, order) not in known
    )
    for one in merged:
        refresh_route(route=one.begun.route, actor=actor)
