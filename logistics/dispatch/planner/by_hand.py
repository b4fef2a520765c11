"""What was moved by hand, written as a plan again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from logistics.allocation.facts import Day
from logistics.dispatch.planner.board import Base, Judged, Table
from logistics.dispatch.planner.document import Left, PlanDocument, PlannedRoute, Tally, ref_of, routes_of, summary_of, tally
from logistics.dispatch.planner.kept import under_way, with_beginnings
from logistics.dispatch.planner.loads import Travel
from logistics.dispatch.planner.outcome import cost_of
from logistics.dispatch.planner.reasons import REASONS
from logistics.solver.result import Result


def written(
    facts: Day, table: Table, judged: Judged, travel: Travel, *, known: Iterable[Left], seconds: float | None, seed: int
) -> PlanDocument:
    """The state as a plan's document, not yet checked. ``known`` is what the plan before the edits left out, whose reasons stay true where
    nothing was changed."""
    day = table.base.day
    routes = routes_of(day, table.base.loads, table.base.problem, table.result(judged))
    start = {v: table.verdict(v, s, ()).route for v, s in table.base.routes.items()}
    before = routes_of(day, table.base.loads, table.base.problem, Result(tuple(start.values()), (), 0, 0, "done"))
    left = (*under_way(facts), *_left(table.base, routes, tally(before), list(known)))
    cost = cost_of(day, routes)
    routes, begun = with_beginnings(facts, day, routes, travel)
    return PlanDocument(facts, seconds, seed, routes, left, summary_of(facts, routes, begun), cost=cost, begun=begun)


def _left(base: Base, routes: tuple[PlannedRoute, ...], before: Tally, known: list[Left]) -> list[Left]:
    day, moved = base.day, tally(routes)
    late = {one.ref for one in base.gone if one.code == "does_not_fit"}
    found = []
    for demand in day.demands:
        given = moved.delivered.get(demand.key, 0)
        if demand.asked_g > given:
            taken = given < before.delivered.get(demand.key, 0)
            found.append(_one(known, *ref_of(demand), demand.asked_g - given, taken_out=taken, late=late))
    for g in day.goods:
        collected = moved.collected.get(g.key, 0)
        if not g.on_shelf and g.grams > collected:
            taken = collected < before.collected.get(g.key, 0)
            found.append(_one(known, "donation", f"{g.site}/{g.gtin}", g.grams - collected, taken_out=taken, late=late))
    return found


def _one(known: list[Left], kind: str, ref: str, grams: int, *, taken_out: bool, late: set[str]) -> Left:
    """Why ``ref`` lacks ``grams``: as the plan before said it; else a person took it out, it is too ``late``, or it came in after the plan
    was made."""
    if not taken_out:
        old = [left for left in known if (left.kind, left.ref) == (kind, ref)]
        same = next((left for left in old if left.grams == grams), None)
        if same is not None:
            known.remove(same)
            return same
        if old:
            return replace(old[0], grams=grams, fix=None, change="")
    code = "by_hand" if taken_out else "no_time_left" if ref in late else "came_later"
    return Left(kind, ref, grams, code, REASONS[code])
