"""The rest of a route that has begun, as a stored plan has it: its open stops in order, and where on them what is aboard is brought on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from logistics.allocation.facts import Day, KeptRoute
from logistics.dispatch.planner.loads import Load


def rest_of_document(route: dict[str, Any], kept: KeptRoute, aboard: Sequence[Load], home: str) -> dict[str, Any]:
    """``route`` without its fixed beginning. Whatever is ``aboard`` and has no stop in it comes last, before the way ``home``."""
    begun = {(stop["site"], stop["start"]) for stop in kept.route["stops"]}
    stops = [stop for stop in route["stops"] if (stop["site"], stop["start"]) not in begun]
    last = _empty(home, route["return"])
    if stops and stops[-1]["site"] == home and stops[-1]["arrive"] == route["return"]:
        last = stops.pop()
    units = {u["unit"]: stop["site"] for stop in stops for u in stop["drop_off"]}
    visits = {stop["site"] for stop in stops if "visit" in stop}
    lost = {load.drop for load in aboard if load.drop not in visits and all(units.get(u) != load.drop for u in codes_of(load))}
    return {**route, "stops": [*stops, *(_empty(site, route["return"]) for site in sorted(lost - {home})), last]}


def brought_at(day: Day, stops: Sequence[dict[str, Any]], load: Load) -> int:
    """The index of the stop that something aboard goes to: the first with any of it, else its visit's, else the last one there."""
    codes = codes_of(load)
    there = [i for i, stop in enumerate(stops) if stop["site"] == load.drop]
    with_it = [i for i in there if codes & {u["unit"] for u in stops[i]["drop_off"]}]
    visit = next((site for site in day.sites if site.key == load.visit), None)
    stands = [
        i
        for i in there
        if visit is not None and "visit" in stops[i] and _is_at(stops[i]["visit"]["open_from"], visit.open_from_s)
    ]
    return next(iter(stands or with_it), there[-1])


def codes_of(load: Load) -> set[str]:
    """The document's units of a load that is aboard."""
    return {piece.goods.partition("/")[2] for piece in load.pieces}


def _is_at(text: str, seconds: int) -> bool:
    moment = dt.datetime.fromisoformat(text)
    return round((moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()) == seconds


def _empty(site: str, moment: str) -> dict[str, Any]:
    return {"site": site, "arrive": moment, "start": moment, "leave": moment, "pick_up": [], "drop_off": []}
