"""A day of many depots, cut into areas that are planned by themselves: one depot with its vehicles and the places around it.

A day that one search can hold stays whole, since its vehicles may then help each other out. The cut is by distance, work and what a
depot has: a visit goes only where a kitchen car is, what a depot's vehicles have no time for goes to the next one
(:mod:`logistics.solver.districts`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from logistics.allocation.facts import Day, Place
from logistics.dispatch.planner.document import Left, PlannedRoute, PlannedStop, Unit
from logistics.solver.districts import assign
from logistics.travel.great_circle import great_circle_m

WHOLE_UP_TO = 300
"""Places besides depots that one search holds."""
NEAREST_DEPOTS = 5
DRIVING_PER_STOP_S = 600
USABLE_SHARE = 0.8
"""Of the vehicles' hours: the rest is breaks and waiting."""


@dataclass(frozen=True, slots=True)
class Part:
    """What came of one area."""

    routes: tuple[PlannedRoute, ...]
    unserved: tuple[Left, ...]
    cost: int


def areas(day: Day) -> tuple[Day, ...]:
    """The days to plan one by one, in the order of the depots' codes; ``day`` itself when it is small, under way, or has one depot."""
    depots = sorted({van.depot for van in day.vans})
    customers = sorted(_customers(day) - set(depots))
    if len(depots) < 2 or len(customers) <= WHOLE_UP_TO or day.kept:
        return (day,)
    work = _work_s(day)
    room = [sum(v.shift[1] - v.shift[0] for v in day.vans if v.depot == d) * USABLE_SHARE // 60 for d in depots]
    with_car = {v.depot for v in day.vans if v.kind == "kitchen_car"}
    allowed = {code: set(depots) for code in customers}
    for visit in (s for s in day.sites if s.kind == "visit" and with_car and s.site in allowed):
        allowed[visit.site] &= {van.depot for van in day.cars_for(visit)}
    if not all(allowed.values()):
        return (day,)  # two visits at one place, with cars of different depots
    cost = [_nearest(day.places, code, depots, allowed[code]) for code in customers]
    chosen = assign([work.get(code, 0) // 60 for code in customers], [int(r) for r in room], cost)
    area_of = dict(zip(depots, depots, strict=True)) | {c: depots[d] for c, d in zip(customers, chosen, strict=True)}
    return tuple(_area(day, depot, area_of) for depot in depots)


def _customers(day: Day) -> set[str]:
    return {line.site for line in day.lines} | {s.site for s in day.sites} | {g.site for g in day.goods}


def _work_s(day: Day) -> dict[str, int]:
    """Seconds of standing and driving that each place is good for."""
    grams: dict[str, int] = defaultdict(int)
    calls: dict[str, set[object]] = defaultdict(set)
    standing: dict[str, int] = defaultdict(int)
    for line in day.lines:
        grams[line.site] += line.asked_g
        calls[line.site].add(line.window)
    for site in day.sites:
        grams[site.site] += site.asked_g
        calls[site.site].add(site.key)
        if site.kind == "visit":
            standing[site.site] += site.open_until_s - site.open_from_s
    for g in day.goods:
        if not g.on_shelf:
            grams[g.site] += g.grams
            calls[g.site].add(g.window)
    return {
        code: len(found) * (day.stop_s + DRIVING_PER_STOP_S) + day.per_kg_s * grams[code] // 1000 + standing[code]
        for code, found in calls.items()
    }


def _nearest(places: dict[str, Place], code: str, depots: list[str], allowed: set[str]) -> dict[int, int]:
    at = places[code]
    metres = sorted(
        (round(great_circle_m(at.latitude, at.longitude, places[d].latitude, places[d].longitude)), index)
        for index, d in enumerate(depots)
        if d in allowed
    )
    return {index: gap for gap, index in metres[:NEAREST_DEPOTS]}


def _area(day: Day, depot: str, area_of: dict[str, str]) -> Day:
    def own(code: str) -> bool:
        return area_of[code] == depot

    goods = tuple(g for g in day.goods if own(g.site))
    lines = tuple(line for line in day.lines if own(line.site))
    sites = tuple(s for s in day.sites if own(s.site))
    vans = tuple(v for v in day.vans if v.depot == depot)
    used = {
        depot,
        *(v.start for v in vans),
        *(v.end for v in vans),
        *(g.site for g in goods),
        *(x.site for x in lines),
        *(x.site for x in sites),
    }
    return replace(
        day,
        places={code: place for code, place in day.places.items() if code in used},
        roads=day.roads.among(used) if day.roads is not None else None,
        goods=goods,
        lines=lines,
        sites=sites,
        vans=vans,
    )


def joined(parts: Sequence[Part]) -> Part:
    """The areas' routes as one plan, units numbered through."""
    routes: list[PlannedRoute] = []
    number = 0
    for part in parts:
        codes: dict[str, str] = {}
        for route in part.routes:
            for stop in route.stops:
                for unit in stop.pick_up:
                    number += 1
                    codes[unit.code] = f"u{number:03d}"
        routes += [replace(r, stops=tuple(_renamed(s, codes) for s in r.stops)) for r in part.routes]
    unserved = tuple(left for part in parts for left in part.unserved)
    return Part(tuple(routes), unserved, sum(part.cost for part in parts))


def _renamed(stop: PlannedStop, codes: dict[str, str]) -> PlannedStop:
    def fresh(units: tuple[Unit, ...]) -> tuple[Unit, ...]:
        return tuple(replace(u, code=codes[u.code]) for u in units)

    return replace(stop, pick_up=fresh(stop.pick_up), drop_off=fresh(stop.drop_off))
