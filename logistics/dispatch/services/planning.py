"""Making a day's plan: facts, optimisation, document, check, rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.catalog.models import Allergen, Category, Item
from foodbank.core.dates import moment_of
from foodbank.core.errors import Refusal, Text
from foodbank.labels.codes import CodeKind, make_code
from foodbank.sites.models import Site
from logistics.allocation.facts import Day, HandLock
from logistics.dispatch.models import (
    CallOff,
    CallOffKind,
    CarriedOver,
    Plan,
    PlanLock,
    PlanStatus,
    Route,
    RouteBreak,
    Shipment,
    Stop,
    Unserved,
)
from logistics.dispatch.planner.areas import Part, areas, joined
from logistics.dispatch.planner.check import Fault, check_plan
from logistics.dispatch.planner.document import PlanDocument, PlannedRoute, Unit, summary_of
from logistics.dispatch.planner.effort import Search
from logistics.dispatch.planner.left_out import Limits, left_out
from logistics.dispatch.planner.live import Known, live_document
from logistics.dispatch.planner.locks import marked
from logistics.dispatch.planner.optimise import optimise
from logistics.dispatch.planner.travel import flagged_legs, provider_of, roads_of
from logistics.dispatch.selectors.by_hand import locks_of
from logistics.dispatch.selectors.facts import day_facts
from logistics.dispatch.selectors.options import options_of
from logistics.dispatch.services.parts import plan_parts
from logistics.dispatch.services.roads import with_roads
from logistics.fleet.models import Vehicle

EXPLAIN_SHARE = 0.12  # of the seconds, for reasons and fixes
EXPLAIN_MOST_S = 5.0
AFTER_STOP_S = 1.0  # when somebody asked to stop


class PlanRejected(RuntimeError):
    """The independent check found faults: a bug of ours, so nothing is stored. ``faults`` names them."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(str(f) for f in faults[:20]))
        self.faults = faults


def make_plan(
    *,
    day: dt.date,
    actor: User,
    seconds: float | None = 10.0,
    work: int | None = None,
    seed: int = 1,
    locks_from: Plan | None = None,
    on_progress: Callable[[float, str], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    few_changes: bool = False,
) -> Plan:
    """Allocate, plan, verify and store a new draft for ``day``; plans that were published or started stand. Of a day under way, what has
    happened and the stops that vehicles are bound to are in the draft unchanged; the rest is planned with as few changes as possible.
    With ``few_changes`` that also holds for a plan that nobody has begun with, and nothing is tried out to find better reasons and fixes.

    What a person has settled in ``locks_from`` is kept, and goes on to the new draft; locks that can no longer bind anybody are marked
    there. ``work`` counts search rounds instead of seconds: same facts, seed and work, same plan. ``on_progress`` gets the part done (0–1)
    and one of ``allocate``, ``route``, ``explain``, ``check``. Raises ``dispatch.nothing_to_plan`` when the day holds no offer, order,
    visit or pickup day, ``dispatch.day_called_off``, and :class:`PlanRejected` when the check fails.
    """
    refuse_called_off(day)
    locks = locks_of(locks_from) if locks_from is not None else ()
    facts = replace(day_facts(day), locks=locks)
    refuse_empty(facts)
    facts = with_roads(facts)
    document = plan_document(
        facts, seconds=seconds, work=work, seed=seed, on_progress=on_progress, should_stop=should_stop, few_changes=few_changes
    )
    faults = check_plan(facts, document.to_json())
    if faults:
        raise PlanRejected(faults)
    return store_plan(document=document, work=work, actor=actor, locks=marked(document, locks))


def refuse_called_off(day: dt.date) -> None:
    """Refuses ``dispatch.day_called_off``: the day has to be opened again first."""
    if CallOff.objects.standing(day).filter(kind=CallOffKind.DAY).exists():
        raise Refusal(
            "dispatch.day_called_off",
            Text(
                "この日は中止になっています。計画するには、先に中止を取り消してください。",
                "This day is called off. Undo that first to plan it.",
            ),
            params={"date": day.isoformat()},
        )


def plan_document(
    facts: Day,
    *,
    seconds: float | None,
    work: int | None,
    seed: int,
    on_progress: Callable[[float, str], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    few_changes: bool = False,
) -> PlanDocument:
    """The plan of these facts as a document, not yet checked. A day of many depots is planned area by area, side by side."""
    refuse_empty(facts)
    if work is not None:
        seconds = None
    if facts.kept or few_changes:
        live = Search(seconds, work, seed, should_stop)
        known = Known(names(), options_of(facts))
        return live_document(facts, roads_of(facts), limits=live, known=known, trials=not few_changes, on_progress=on_progress)
    cut = areas(facts)
    if len(cut) == 1:
        whole = _planned(facts, seconds=seconds, work=work, seed=seed, on_progress=on_progress, should_stop=should_stop)
    else:
        whole = joined(
            plan_parts(cut, plan_area, seconds=seconds, work=work, seed=seed, on_progress=on_progress, should_stop=should_stop)
        )
    summary = summary_of(facts, whole.routes)
    return PlanDocument(facts, seconds, seed, whole.routes, whole.unserved, summary, cost=whole.cost)


def plan_area(facts: Day, seconds: float | None, work: int | None, seed: int) -> Part:
    """The plan of one area; nothing in it for an area without vehicles or work."""
    return _planned(facts, seconds=seconds, work=work, seed=seed, on_progress=None, should_stop=None)


def _planned(
    facts: Day,
    *,
    seconds: float | None,
    work: int | None,
    seed: int,
    on_progress: Callable[[float, str], None] | None,
    should_stop: Callable[[], bool] | None,
) -> Part:
    roads = roads_of(facts)
    travel = roads(facts.places)
    wanted = replace(facts, standing=())
    outcome = optimise(
        wanted,
        travel,
        seconds=None if seconds is None else seconds - min(EXPLAIN_MOST_S, seconds * EXPLAIN_SHARE),
        work=work,
        seed=seed,
        on_progress=(lambda part, what: on_progress(part * 0.9, what)) if on_progress else None,
        should_stop=should_stop,
    )
    if on_progress:
        on_progress(0.92, "explain")
    limits = Limits(
        seconds=None if seconds is None else min(AFTER_STOP_S if outcome.stopped else EXPLAIN_MOST_S, seconds * EXPLAIN_SHARE),
        work=work,
        seed=seed,
    )
    unserved = left_out(wanted, outcome, roads, limits=limits, category_names=names(), options=options_of(wanted))
    if on_progress:
        on_progress(0.98, "check")
    return Part(outcome.routes, unserved, outcome.cost)


def refuse_empty(facts: Day) -> None:
    """Refuses ``dispatch.nothing_to_plan`` for a day without offer, order, visit and pickup day."""
    if not (facts.kept or facts.lines or facts.sites or any(not g.on_shelf for g in facts.goods)):
        raise Refusal(
            "dispatch.nothing_to_plan",
            Text(
                f"{facts.date}には、計画するものがありません。先に一日のデータを取り込んでください。",
                f"There is nothing to plan on {facts.date}. Import the day first.",
            ),
            params={"date": facts.date.isoformat()},
            status=422,
        )


def names() -> dict[str, Text]:
    """Categories by code, allergens by label name, items by GTIN."""
    names = {c.code: Text(c.name, c.name_en) for c in Category.objects.all()}
    names |= {a.name: Text(a.name, a.name_en) for a in Allergen.objects.all()}
    return names | {gtin: Text(name, name) for gtin, name in Item.objects.values_list("gtin", "name")}


@transaction.atomic
def store_plan(*, document: PlanDocument, work: int | None, actor: User, locks: Mapping[HandLock, str]) -> Plan:
    """A checked document as a new draft with its rows, and the locks that it was made under."""
    facts = document.day
    plan = Plan.objects.create(
        day=facts.date,
        seconds=document.seconds,
        work=work,
        seed=document.seed,
        travel_provider=provider_of(facts),
        **_travel_columns(document),
        detour=facts.detour,
        speed_kmh=facts.speed_kmh,
        stop_s=facts.stop_s,
        per_kg_s=facts.per_kg_s,
        cost=document.cost,
        document=document.to_json(),
        actor=actor,
        base_id=facts.plan_id,
        **document.summary,
    )
    CarriedOver.objects.bulk_create(CarriedOver(plan=plan, route=route) for route in _on_the_road(facts))
    named = {r.vehicle for r in document.routes} | {lock.vehicle for lock in locks if lock.vehicle}
    vehicles = {v.code: v for v in Vehicle.objects.filter(code__in=named)}
    sites = {s.code: s for s in Site.objects.filter(code__in=list(facts.places))}
    items = dict(Item.objects.filter(gtin__in={g.gtin for g in facts.goods}).values_list("gtin", "pk"))
    routes = Route.objects.bulk_create(
        [
            Route(
                plan=plan,
                vehicle=vehicles[r.vehicle],
                depart=moment_of(facts.date, r.depart_s),
                back=moment_of(facts.date, r.return_s),
                distance_m=r.distance_m,
                drive_s=r.drive_s,
                begins_at=sites.get(r.begins_at),
                ends_at=sites.get(r.ends_at),
            )
            for r in document.routes
        ]
    )
    pairs = list(zip(routes, document.routes, strict=True))
    RouteBreak.objects.bulk_create(
        RouteBreak(route=row, start=moment_of(facts.date, a), end=moment_of(facts.date, b))
        for row, route in pairs
        for a, b in route.breaks
    )
    codes = _free_stop_codes(sum(len(r.stops) for r in document.routes))
    stops = Stop.objects.bulk_create(
        [
            Stop(
                route=row,
                sequence=number,
                code=codes.pop(),
                site=sites[stop.site],
                arrive=moment_of(facts.date, stop.arrive_s),
                start=moment_of(facts.date, stop.start_s),
                leave=moment_of(facts.date, stop.leave_s),
                latest_leave=None if stop.latest_leave_s is None else moment_of(facts.date, stop.latest_leave_s),
                visit_id=stop.visit.row_id if stop.visit else None,
            )
            for row, route in pairs
            for number, stop in enumerate(route.stops, start=1)
        ]
    )
    Shipment.objects.bulk_create(_shipments(plan, document.routes, stops, items), batch_size=500)
    Unserved.objects.bulk_create(
        Unserved(
            plan=plan,
            kind=left.kind,
            ref=left.ref,
            grams=left.grams,
            reason=left.code,
            reason_ja=left.reason.ja,
            reason_en=left.reason.en,
            fix_ja=left.fix.ja if left.fix else "",
            fix_en=left.fix.en if left.fix else "",
            change=left.change,
            tried=left.tried,
        )
        for left in document.unserved
    )
    PlanLock.objects.bulk_create(
        PlanLock(
            plan=plan,
            target=lock.target,
            vehicle=vehicles[lock.vehicle] if lock.vehicle else None,
            start_from_s=lock.start[0] if lock.start else None,
            start_until_s=lock.start[1] if lock.start else None,
            lapsed=lapse,
        )
        for lock, lapse in locks.items()
    )
    return plan


def _travel_columns(document: PlanDocument) -> dict[str, Any]:
    roads = document.day.roads
    if roads is None:
        return {}
    return {
        "travel_asked": roads.asked,
        "travel_extract": roads.extract,
        "travel_fallback": roads.fallback,
        "travel_flagged": roads.flagged_pairs,
        "travel_flagged_legs": len(flagged_legs(document.day, document.driven())),
    }


def _on_the_road(facts: Day) -> list[Route]:
    """The rows of the routes that ``facts`` keeps; none when they no longer belong to a plan that stands."""
    codes = [kept.vehicle for kept in facts.kept]
    return list(
        Route.objects.filter(plan__day=facts.date, plan__status=PlanStatus.STARTED, vehicle__code__in=codes).order_by("pk")
    )


def _free_stop_codes(count: int) -> list[str]:
    codes: set[str] = set()
    while len(codes) < count:
        fresh = {make_code(kind=CodeKind.STOP) for _ in range(count - len(codes))}
        codes |= fresh - set(Stop.objects.filter(code__in=fresh).values_list("code", flat=True))
    return sorted(codes)


def _shipments(plan: Plan, routes: tuple[PlannedRoute, ...], stops: list[Stop], items: dict[str, int]) -> list[Shipment]:
    rows = iter(stops)
    picked: dict[str, tuple[Unit, Stop]] = {}
    found = []
    for route in routes:
        for stop in route.stops:
            row = next(rows)
            for unit in stop.drop_off:
                if unit.entry is None:  # what is aboard has its row already
                    _, pick_row = picked[unit.code]
                    found.append(_shipment(plan, unit, pick_row, row, items))
            for unit in stop.pick_up:
                picked[unit.code] = (unit, row)
    return found


def _shipment(plan: Plan, unit: Unit, pick: Stop, drop: Stop, items: dict[str, int]) -> Shipment:
    demand: Any = unit.demand
    kind = getattr(demand, "kind", "order_line") if demand is not None else None
    return Shipment(
        plan=plan,
        unit=unit.code,
        item_id=items[unit.goods.gtin],
        quantity=unit.quantity,
        grams=unit.grams,
        zone=unit.goods.zone,
        lot_id=unit.goods.lot_id,
        place_id=unit.goods.place_id,
        offer_id=unit.goods.offer_id,
        order_line_id=demand.line_id if kind == "order_line" else None,
        visit_id=demand.row_id if kind == "visit" else None,
        pickup_day_id=demand.row_id if kind == "pickup_day" else None,
        pick_stop=pick,
        drop_stop=drop,
    )
