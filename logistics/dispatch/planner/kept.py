"""Planning while vehicles are on the road: what is left to plan beside what has begun, and a begun route with its new rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Any

from logistics.allocation.facts import Aboard, Day, KeptRoute
from logistics.dispatch.planner.document import Left, PlannedRoute, PlannedStop, Unit, route_json
from logistics.dispatch.planner.loads import Travel
from logistics.dispatch.planner.reasons import REASONS

UNDER_WAY = "under_way"


def still_wanted(day: Day) -> Day:
    """The day as the planner sees it: each demand less what the kept routes bring. A visit whose car stands there or has left for good is
    not planned again. What is aboard for nobody who still waits for it goes back to the depot."""
    brought = day.brought_g()
    standing = frozenset(key for route in day.kept for key in route.visits)
    wanted = replace(
        day,
        lines=tuple(
            replace(line, asked_g=line.asked_g - brought[line.key]) for line in day.lines if line.asked_g > brought[line.key]
        ),
        sites=tuple(
            replace(site, asked_g=site.asked_g - brought[site.key])
            for site in day.sites
            if site.key not in standing and site.asked_g > brought[site.key]
        ),
    )
    asked = {d.key: d.asked_g for d in wanted.demands if not getattr(d, "blocked", None)}
    coming: Counter[str] = Counter()
    kept = []
    for route in wanted.kept:
        units = []
        for unit in route.aboard:
            waits = unit.demand is not None and coming[unit.demand] < asked.get(unit.demand, 0)
            if waits and unit.demand is not None:
                coming[unit.demand] += unit.goods.grams
            units.append(unit if waits else replace(unit, demand=None))
        kept.append(replace(route, aboard=tuple(units)))
    return replace(wanted, kept=tuple(kept))


def to_depot(day: Day, units: frozenset[str]) -> Day:
    """The day with these units, which their receivers cannot get in time, on their way back to the depot."""
    return _each_aboard(day, lambda unit: replace(unit, demand=None) if unit.unit in units else unit)


def not_ahead(day: Day, visits: frozenset[str]) -> Day:
    """The day with these visits open to any car: the one that is on its way there cannot be there in time."""
    return replace(day, kept=tuple(replace(route, ahead=route.ahead - visits) for route in day.kept))


def homeward(day: Day, vehicles: frozenset[str]) -> Day:
    """The day with nothing more for these vehicles, which are to come home with what they have."""
    return replace(day, vans=tuple(replace(v, capacity_g=(0, 0, 0)) if v.code in vehicles else v for v in day.vans))


def not_aboard(day: Day) -> Day:
    """The day as the allocation sees it: each demand less what is aboard for it."""
    coming: Counter[str] = Counter()
    for unit in day.aboard():
        if unit.demand is not None:
            coming[unit.demand] += unit.goods.grams
    return replace(
        day,
        lines=tuple(replace(line, asked_g=max(0, line.asked_g - coming[line.key])) for line in day.lines),
        sites=tuple(replace(site, asked_g=max(0, site.asked_g - coming[site.key])) for site in day.sites),
    )


def under_way(day: Day) -> tuple[Left, ...]:
    """Visits whose car has left with less than was wanted: nobody can bring the rest."""
    brought = day.brought_g()
    standing = frozenset(key for route in day.kept for key in route.visits)
    return tuple(
        Left(site.kind, site.site, site.asked_g - brought[site.key], UNDER_WAY, REASONS[UNDER_WAY])
        for site in day.sites
        if site.key in standing and site.asked_g > brought[site.key]
    )


def whole_route(day: Day, kept: KeptRoute, rest: PlannedRoute, travel: Travel) -> dict[str, Any]:
    """A begun route as the document shows it: its beginning unchanged, then ``rest``."""
    if kept.back_s is not None and not rest.stops:
        return dict(kept.route)
    at = travel.index()
    van = next(v for v in day.vans if v.code == kept.vehicle)
    sites = [van.depot, *(stop["site"] for stop in kept.route["stops"]), *([van.start] if kept.back_s is not None else [])]
    legs = [(at[a], at[b]) for a, b in pairwise(sites)]
    tail = route_json(day.date, rest, 0)
    distance_m = rest.distance_m + sum(int(travel.metres[leg]) for leg in legs)
    yen = van.yen(distance_m)
    return {
        **{name: value for name, value in kept.route.items() if name != "yen"},
        "return": tail["return"],
        "distance_m": distance_m,
        "drive_s": rest.drive_s + sum(int(travel.seconds[leg]) for leg in legs),
        **({"yen": yen} if yen else {}),
        "breaks": [*kept.route["breaks"], *tail["breaks"]],
        "stops": [*kept.route["stops"], *tail["stops"]],
    }


def rest_of(day: Day, kept: KeptRoute, planned: PlannedRoute | None, travel: Travel) -> PlannedRoute:
    """What the vehicle of a kept route does after its beginning: what was planned, or it drives home with what it has aboard. One that came
    back in between stands at its depot first."""
    van = next(v for v in day.vans if v.code == kept.vehicle)
    free_s, home = van.shift[0], travel.index()[van.depot]
    if planned is None:
        leg = travel.index()[van.start], home
        planned = PlannedRoute(
            van.code, free_s, free_s + int(travel.seconds[leg]), int(travel.metres[leg]), int(travel.seconds[leg]), (), ()
        )
        if kept.back_s is not None:
            return planned
    planned = _with_the_rest(kept, planned, van.depot)
    if kept.back_s is None or not planned.stops:
        return planned
    first, *others = planned.stops
    if first.site == van.depot:
        return replace(planned, stops=(replace(first, arrive_s=kept.back_s), *others))
    return replace(planned, stops=(PlannedStop(van.depot, kept.back_s, kept.back_s, free_s, (), ()), *planned.stops))


def with_beginnings(
    facts: Day, day: Day, planned: Iterable[PlannedRoute], travel: Travel
) -> tuple[tuple[PlannedRoute, ...], tuple[dict[str, Any], ...]]:
    """The routes and the begun ones of a document of ``facts``: each rest that was ``planned`` for ``day`` behind its beginning."""
    routes = {route.vehicle: route for route in planned}
    rests = {kept.vehicle: rest_of(day, kept, routes.get(kept.vehicle), travel) for kept in day.kept if kept.open}
    begun = tuple(
        whole_route(facts, kept, rests[kept.vehicle], travel) if kept.open else dict(kept.route)
        for kept in day.kept
        if kept.open or kept.route["stops"]
    )
    return (*rests.values(), *(route for code, route in routes.items() if code not in rests)), begun


def _with_the_rest(kept: KeptRoute, planned: PlannedRoute, depot: str) -> PlannedRoute:
    """Whatever of what is aboard has no other place to go comes off at the depot when the vehicle is back."""
    dropped = {unit.code for stop in planned.stops for unit in stop.drop_off}
    rest = tuple(Unit(u.unit, u.goods, u.goods.quantity, None, u.entry) for u in kept.aboard if u.unit not in dropped)
    if not rest:
        return planned
    *stops, last = planned.stops or (None,)
    if last is not None and last.site == depot and last.arrive_s == planned.return_s:
        return replace(planned, stops=(*stops, replace(last, drop_off=(*last.drop_off, *rest))))
    at = planned.return_s
    return replace(planned, stops=(*planned.stops, PlannedStop(depot, at, at, at, (), rest)))


def _each_aboard(day: Day, change: Callable[[Aboard], Aboard]) -> Day:
    return replace(day, kept=tuple(replace(r, aboard=tuple(change(unit) for unit in r.aboard)) for r in day.kept))
