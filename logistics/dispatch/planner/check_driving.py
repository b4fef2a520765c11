"""The drives of a route and what of it stays, for the independent check of a plan (R12)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from logistics.allocation.facts import KeptRoute, Van
from logistics.dispatch.planner.check_roads import CheckedRoads


def unchanged(kept: KeptRoute, route: dict[str, Any]) -> bool:
    """Whether ``route`` begins as the day keeps it, or is all of it where nothing is open."""
    if not kept.open:
        return route == kept.route
    fixed, had = kept.route["stops"], kept.route["breaks"]
    same = route["stops"][: len(fixed)] == fixed and route["breaks"][: len(had)] == had
    return bool(same and route["depart"] == kept.route["depart"])


def driving_faults(
    roads: CheckedRoads, van: Van, route: dict[str, Any], kept: KeptRoute | None, seconds: Callable[[str], int]
) -> Iterator[tuple[str, str, str]]:
    """Code, where and detail of each fault. Each leg takes its time; the first one that is open begins where and when the vehicle is free."""
    depart, back = seconds(route["depart"]), seconds(route["return"])
    place, since, metres, driven = van.begins_at or van.depot, depart, 0.0, 0.0
    home = van.ends_at or van.depot
    done = len(kept.route["stops"]) if kept else 0
    for number, stop in enumerate([*route["stops"], None]):
        if kept is not None and number == done:
            if kept.back_s is not None:
                metres += roads.road_m(place, van.depot)
                driven += roads.drive_s(place, van.depot)
                place, since = van.depot, kept.back_s
            else:
                since = max(since, van.shift[0])
        site = home if stop is None else stop["site"]
        arrive = back if stop is None else seconds(stop["arrive"])
        if number >= done and arrive - since < roads.drive_s(place, site) * roads.pace(place, site, since, arrive) - 1e-6:
            yield "travel_time", f"{van.code} {site if stop else 'return'}", ""
        metres += roads.road_m(place, site)
        driven += roads.drive_s(place, site)
        place, since = site, 0 if stop is None else seconds(stop["leave"])
    if route.get("yen", 0) != van.yen_per_day + math.ceil(van.yen_per_km * route["distance_m"] / 1000):
        yield "yen", van.code, str(route.get("yen", 0))
    if not -1 <= route["distance_m"] - metres <= len(route["stops"]) + 2:
        yield "distance", van.code, f"{route['distance_m']} for {metres:.0f}"
    if route["drive_s"] < driven - 1 or route["drive_s"] > back - depart:
        yield "drive_time", van.code, f"{route['drive_s']} for {driven:.0f}"
