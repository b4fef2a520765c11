"""The document of a day whose plan counts already: what has begun as it is, and the rest planned again with few changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from foodbank.core.errors import Text
from logistics.allocation.facts import Day
from logistics.dispatch.planner.document import PlanDocument, summary_of
from logistics.dispatch.planner.effort import Search
from logistics.dispatch.planner.fixes import Options
from logistics.dispatch.planner.kept import still_wanted, under_way, with_beginnings
from logistics.dispatch.planner.left_out import Limits, left_out
from logistics.dispatch.planner.rearrange import rearrange
from logistics.dispatch.planner.travel import Roads

EXPLAIN_SHARE = 0.15  # of the seconds, for reasons and fixes


@dataclass(frozen=True, slots=True)
class Known:
    """What reasons and fixes are told with: names (categories, allergens, items) and what the food bank has beside the day's facts."""

    names: Mapping[str, Text]
    options: Options


def live_document(
    facts: Day,
    roads: Roads,
    *,
    limits: Search,
    known: Known,
    trials: bool = True,
    on_progress: Callable[[float, str], None] | None = None,
) -> PlanDocument:
    """The rest of the day as a document, not yet checked. Without ``trials`` reasons and fixes that have to be tried out are not looked for."""
    travel = roads(facts.places)
    seconds = limits.seconds
    explaining = seconds * EXPLAIN_SHARE if trials and seconds is not None else 0.0
    searching = None if seconds is None else seconds - explaining
    tell = on_progress or (lambda part, what: None)
    day, outcome = rearrange(
        still_wanted(facts),
        travel,
        limits=replace(limits, seconds=searching),
        on_progress=lambda part, what: tell(part * 0.9, what),
    )
    tell(0.92, "explain")
    reasons = Limits(None if trials and seconds is None else explaining, limits.work, limits.seed)
    unserved = left_out(day, outcome, roads, limits=reasons, category_names=known.names, options=known.options)
    tell(0.98, "check")
    routes, begun = with_beginnings(facts, day, outcome.routes, travel)
    return PlanDocument(
        facts,
        seconds,
        limits.seed,
        routes,
        (*under_way(facts), *unserved),
        summary_of(facts, routes, begun),
        cost=outcome.cost,
        begun=begun,
    )
