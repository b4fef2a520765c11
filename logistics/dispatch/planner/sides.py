"""A large plan in sides that are improved at the same time, and put together again.

Two searches over the whole of a large plan find much of the same, and only the better one counts. Over different vehicles both count, and
each has half as much to look through. A side is a day of its own: some vehicles, what is on their routes, and part of what nobody has
been promised. The plan is cut along a line through the depot that turns, so that in time everybody meets everybody.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from logistics.allocation.allocate import Allocation, settle
from logistics.allocation.book import Book
from logistics.allocation.facts import Day
from logistics.dispatch.planner.exchange import in_terms_of
from logistics.dispatch.planner.loads import Load, loads_of
from logistics.dispatch.planner.outcome import Outcome
from logistics.solver.result import Route

if TYPE_CHECKING:
    from logistics.dispatch.planner.optimise import Together

LEAST_ROUTES = 8  # with fewer, the whole is looked through as fast

Side = tuple["Together", Outcome]
"""The search for a side's day, and what the plan has there."""


def sides(whole: Together, outcome: Outcome, count: int, dice: random.Random) -> list[Side]:
    """The plan ``outcome`` cut into ``count`` sides; none when it is too small for that, begun, or of several depots."""
    day = whole.day
    if len(outcome.result.routes) < LEAST_ROUTES or day.kept or len({van.depot for van in day.vans}) > 1:
        return []
    cut = _cut(day, outcome, count, dice)
    side_of = {v: n for n, vehicles in enumerate(cut) for v in vehicles}
    if len({side_of[route.vehicle] for route in outcome.result.routes}) < count:
        return []
    at = _sides_of_loads(outcome, side_of, dice)
    less = {line.key: line.asked_g - whole.reach.shares[line.key] for line in day.lines}
    found = []
    for number, part_day in enumerate(_days(day, outcome, at, cut, dice)):
        part = whole.part(part_day, _shares(part_day, less))
        loads = [load if at[q] == number else None for q, load in enumerate(outcome.loads)]
        found.append((part, _as_it_is(part, outcome, loads)))
    return found


def united(whole: Together, found: Sequence[Side]) -> Outcome:
    """One plan of what was found for each side."""
    book = Book(whole.reach)
    number = {van.code: n for n, van in enumerate(whole.day.vans)}
    moved: list[Load] = []
    routes: list[Route] = []
    for part, outcome in found:
        for a in outcome.allocation.assignments:
            book.give(a.goods, a.demand, a.units)
        codes = [van.code for van in part.day.vans]
        routes += [_renumbered(route, number[codes[route.vehicle]], len(moved)) for route in outcome.result.routes]
        moved += outcome.loads
    return _routed(whole, settle(book), routes, moved, rounds=None)


def _cut(day: Day, outcome: Outcome, count: int, dice: random.Random) -> list[set[int]]:
    """Vehicles (by index) of each side, about as many stops on each: those with a route by where they go, the others in turns. Vehicles
    that bring food for one visit or pickup day stay together."""
    group = {route.vehicle: route.vehicle for route in outcome.result.routes}
    sites = {site.key for site in day.sites}
    brought_by: dict[str, int] = {}
    for route in outcome.result.routes:
        for demand in {p.demand for stop in route.stops for q in stop.deliveries for p in outcome.loads[q].pieces}:
            if demand in sites:
                own, other = group[route.vehicle], group[brought_by.setdefault(demand or "", route.vehicle)]
                group = {vehicle: other if of == own else of for vehicle, of in group.items()}
    home = day.places[day.depot]
    widen = math.cos(math.radians(home.latitude))
    east: Counter[int] = Counter()
    north: Counter[int] = Counter()
    stops: Counter[int] = Counter()
    for route in outcome.result.routes:
        of = group[route.vehicle]
        for load in (outcome.loads[q] for stop in route.stops for q in stop.deliveries):
            for place in (day.places[load.pick], day.places[load.drop]):
                east[of] += round((place.longitude - home.longitude) * widen * 1e6)
                north[of] += round((place.latitude - home.latitude) * 1e6)
        stops[of] += len(route.stops)
    turned = dice.uniform(0.0, math.tau)
    order = sorted(stops, key=lambda of: ((math.atan2(north[of], east[of]) + turned) % math.tau, of))
    cut: list[set[int]] = [set() for _ in range(count)]
    passed = 0
    for of in order:
        middle = passed + stops[of] // 2
        cut[min(count - 1, middle * count // stops.total())] |= {v for v, own in group.items() if own == of}
        passed += stops[of]
    for n, vehicle in enumerate(v for v in range(len(day.vans)) if v not in group):
        cut[n % count].add(vehicle)
    return cut


def _sides_of_loads(outcome: Outcome, side_of: Mapping[int, int], dice: random.Random) -> list[int]:
    """The side of each load. One on no route goes where its receiver, or its shop, has others; else by chance, all that belong together."""
    on_routes = {q: side_of[r.vehicle] for r in outcome.result.routes for stop in r.stops for q in stop.deliveries}
    known: dict[str, int] = {}

    def belongs_to(load: Load) -> str:
        return load.visit or (load.pieces[0].demand if load.pieces else None) or load.pick

    for q, side in sorted(on_routes.items()):
        known.setdefault(belongs_to(outcome.loads[q]), side)
    count = len(set(side_of.values()))
    return [
        on_routes[q] if q in on_routes else known.setdefault(belongs_to(load), dice.randrange(count))
        for q, load in enumerate(outcome.loads)
    ]


def _days(day: Day, outcome: Outcome, at: Sequence[int], cut: Sequence[set[int]], dice: random.Random) -> list[Day]:
    """The day of each side; load ``q`` is at side ``at[q]``. What nobody has been promised goes to one of them by chance, and so does who
    gets nothing; of an order line on several sides the first one may get what is still missing."""
    goods = day.goods_by_key()
    units: list[Counter[str]] = [Counter() for _ in cut]
    asked_g: list[Counter[str]] = [Counter() for _ in cut]
    for side, load in zip(at, outcome.loads, strict=True):
        for piece in load.pieces:
            units[side][piece.goods] += piece.units
            if piece.demand is not None:
                asked_g[side][piece.demand] += piece.units * goods[piece.goods].unit_g
    for g in day.goods:
        rest = g.quantity - sum(has[g.key] for has in units)
        if rest > 0:
            units[dice.randrange(len(cut))][g.key] += rest
    for demand in day.demands:
        has = [n for n, grams in enumerate(asked_g) if grams[demand.key]] or [dice.randrange(len(cut))]
        others_g = sum(asked_g[n][demand.key] for n in has[1:])
        asked_g[has[0]][demand.key] = max(asked_g[has[0]][demand.key] if has[1:] else 0, demand.asked_g - others_g)
    return [
        replace(
            day,
            goods=tuple(replace(g, quantity=units[n][g.key]) for g in day.goods if units[n][g.key]),
            lines=tuple(replace(line, asked_g=asked_g[n][line.key]) for line in day.lines if asked_g[n][line.key]),
            sites=tuple(replace(site, asked_g=asked_g[n][site.key]) for site in day.sites if asked_g[n][site.key]),
            vans=tuple(van for index, van in enumerate(day.vans) if index in vehicles),
        )
        for n, vehicles in enumerate(cut)
    ]


def _shares(day: Day, less: dict[str, int]) -> Mapping[str, int]:
    """The fair share (R13) of each line of a side; of ``less``, the grams that it is less than what the line asks for, a side takes as much as
    it can and leaves the rest to the next."""
    shares = {}
    for line in day.lines:
        taken = min(less[line.key], line.asked_g)
        less[line.key] -= taken
        shares[line.key] = line.asked_g - taken
    return shares


def _as_it_is(part: Together, outcome: Outcome, loads: Sequence[Load | None]) -> Outcome:
    """What the plan has on the side ``part``; ``loads`` are the plan's, ``None`` those of other sides."""
    book = Book(part.reach)
    for load in loads:
        for piece in load.pieces if load is not None else ():
            if piece.demand is not None:
                book.give(piece.goods, piece.demand, piece.units)
    number = {van.code: n for n, van in enumerate(part.day.vans)}
    codes = [van.code for van in outcome.problem.vehicles]
    routes = [_renumbered(r, number[codes[r.vehicle]]) for r in outcome.result.routes if codes[r.vehicle] in number]
    return _routed(part, settle(book), routes, outcome.loads, rounds=1)


def _routed(
    whole: Together, allocation: Allocation, routes: Sequence[Route], moved: Sequence[Load], *, rounds: int | None
) -> Outcome:
    """An outcome that begins with ``routes``, which move ``moved``: searched for as long as a turn, or so many rounds."""
    loads = tuple(loads_of(whole.day, allocation))
    limit = whole.budget.turn(len(loads)) if rounds is None else (None, rounds)
    start = in_terms_of(loads, routes, [load.ref for load in moved], moved)
    return whole.routed(allocation, loads, limit, start, seed=whole.seed, processes=1)


def _renumbered(route: Route, vehicle: int, by: int = 0) -> Route:
    """The route of ``vehicle``, its requests numbered so many higher."""
    stops = (
        replace(s, pickups=tuple(q + by for q in s.pickups), deliveries=tuple(q + by for q in s.deliveries)) for s in route.stops
    )
    return replace(route, vehicle=vehicle, stops=tuple(stops))
