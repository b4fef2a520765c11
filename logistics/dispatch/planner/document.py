"""The plan as a document: the JSON that others rely on (DESIGN.md, "plan JSON") and what the database stores."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from foodbank.core.dates import moment_of
from foodbank.core.errors import Text
from logistics.allocation.facts import Day, Goods, LineDemand, SiteDemand, Van
from logistics.dispatch.planner.loads import Load, Piece
from logistics.dispatch.planner.travel import travel_json
from logistics.solver.problem import Problem
from logistics.solver.result import Result
from logistics.solver.slack import latest_leaves


@dataclass(frozen=True, slots=True)
class Unit:
    """One shipment: ``quantity`` pieces of ``goods`` (key) for ``demand`` (key; ``None``: back to the depot). What a vehicle on the road has
    aboard is a unit already; ``entry`` is what the document says of picking it up, be it more or fewer pieces."""

    code: str
    goods: Goods
    quantity: int
    demand: LineDemand | SiteDemand | None
    entry: Mapping[str, Any] | None = None

    @property
    def grams(self) -> int:
        return self.quantity * self.goods.unit_g

    def pick_json(self) -> dict[str, Any]:
        if self.entry is not None:
            return dict(self.entry)
        return {
            "unit": self.code,
            "gtin": self.goods.gtin,
            "quantity": self.quantity,
            "grams": self.grams,
            "zone": self.goods.zone,
        }

    def drop_json(self) -> dict[str, Any]:
        entry = self.pick_json()
        if isinstance(self.demand, LineDemand):
            entry |= {"order_ref": self.demand.order, "category": self.demand.category or self.goods.category}
        elif self.demand is not None:
            entry |= {"visit_ref" if self.demand.kind == "visit" else "pickup_ref": self.demand.site}
        return entry


@dataclass(frozen=True, slots=True)
class PlannedStop:
    site: str
    arrive_s: int
    start_s: int
    leave_s: int
    pick_up: tuple[Unit, ...]
    drop_off: tuple[Unit, ...]
    visit: SiteDemand | None = None
    latest_leave_s: int | None = None


@dataclass(frozen=True, slots=True)
class PlannedRoute:
    vehicle: str
    depart_s: int
    return_s: int
    distance_m: int
    drive_s: int
    breaks: tuple[tuple[int, int], ...]
    stops: tuple[PlannedStop, ...]
    begins_at: str = ""
    ends_at: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """What is not served: ``grams`` of ``ref`` and why; ``fix`` was tried by solving again, ``change`` is its short form. ``tried`` is
    false where there was no time left to look for one."""

    kind: str
    ref: str
    grams: int
    code: str
    reason: Text
    fix: Text | None = None
    tried: bool = True
    change: str = ""


@dataclass(frozen=True, slots=True)
class PlanDocument:
    """Times are seconds since 00:00 of ``day.date``; :meth:`to_json` writes them as ISO 8601 with the offset of Japan. ``routes`` are
    the planned ones, or for a vehicle on the road what was planned of its rest; ``begun`` are the routes that the day keeps, each whole
    as the JSON has it, and come first."""

    day: Day
    seconds: float | None
    seed: int
    routes: tuple[PlannedRoute, ...]
    unserved: tuple[Left, ...]
    summary: dict[str, int] = field(default_factory=dict)
    cost: int = 0
    begun: tuple[dict[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        on_the_road = {kept.vehicle for kept in self.day.kept}
        return {
            "date": self.day.date.isoformat(),
            "seconds": self.seconds or 0.0,  # a number always: 0 when search rounds were counted instead
            "seed": self.seed,
            "travel": travel_json(self.day, self.driven()),
            "service": {"stop_s": self.day.stop_s, "per_kg_s": self.day.per_kg_s},
            "routes": [
                *(dict(route) for route in self.begun),
                *(
                    route_json(self.day.date, r, self._van(r).yen(r.distance_m))
                    for r in self.routes
                    if r.vehicle not in on_the_road
                ),
            ],
            "unserved": [
                {
                    "kind": u.kind,
                    "ref": u.ref,
                    "grams": u.grams,
                    "reason": u.code,
                    "fix": str(u.fix) if u.fix else "",
                    "fix_tried": u.tried,
                }
                for u in self.unserved
            ],
            "summary": dict(self.summary),
        }

    def _van(self, route: PlannedRoute) -> Van:
        return next(van for van in self.day.vans if van.code == route.vehicle)

    def driven(self) -> Iterator[tuple[str, str]]:
        """From where to where the routes drive."""
        vans = {van.code: van for van in self.day.vans}
        on_the_road = {kept.vehicle for kept in self.day.kept}
        for route in self.routes:
            if route.vehicle not in on_the_road:
                van = vans[route.vehicle]
                yield from pairwise([van.start, *(stop.site for stop in route.stops), van.end])
        for whole in self.begun:
            yield from pairwise([stop["site"] for stop in whole["stops"]])


def route_json(day: dt.date, route: PlannedRoute, yen: int) -> dict[str, Any]:
    """A route as the document has it; ``yen`` is what the food bank pays for it."""
    iso = lambda s: _iso(day, s)  # noqa: E731 - one word for six uses
    return {
        "vehicle": route.vehicle,
        **({"begins_at": route.begins_at} if route.begins_at else {}),
        **({"ends_at": route.ends_at} if route.ends_at else {}),
        "depart": iso(route.depart_s),
        "return": iso(route.return_s),
        "distance_m": route.distance_m,
        "drive_s": route.drive_s,
        **({"yen": yen} if yen else {}),
        "breaks": [{"start": iso(a), "end": iso(b)} for a, b in route.breaks],
        "stops": [
            {
                "site": s.site,
                "arrive": iso(s.arrive_s),
                "start": iso(s.start_s),
                "leave": iso(s.leave_s),
                **({} if s.latest_leave_s is None else {"latest_leave": iso(s.latest_leave_s)}),
                **(
                    {"visit": {"open_from": iso(s.visit.open_from_s), "open_until": iso(s.visit.open_until_s)}} if s.visit else {}
                ),
                "pick_up": [u.pick_json() for u in s.pick_up],
                "drop_off": [u.drop_json() for u in s.drop_off],
            }
            for s in route.stops
        ],
    }


def ref_of(demand: LineDemand | SiteDemand) -> tuple[str, str]:
    """``kind`` and ``ref`` of a demand in the document's ``unserved``."""
    if isinstance(demand, LineDemand):
        return "order_line", f"{demand.order}/{demand.category or demand.gtin}"
    return demand.kind, demand.site


def _iso(day: dt.date, seconds: int) -> str:
    return moment_of(day, seconds).isoformat()


def routes_of(
    day: Day, loads: tuple[Load, ...], problem: Problem, result: Result, *, with_latest: bool = True
) -> tuple[PlannedRoute, ...]:
    """The solver's routes with goods in them. What a plan that counts had settled just so keeps its unit; new ones are numbered on.
    Without ``with_latest`` the latest departures stay open: they take longer than all the rest, and a search asks for routes hundreds of
    times. A vehicle on the road gets none: a delay is on its way already, and its driver is told the times alone."""
    namer = _Namer(day)
    units: dict[int, tuple[Unit, ...]] = {}
    for route in result.routes:
        for stop in route.stops:
            for request in stop.pickups:
                units[request] = tuple(namer.unit(day.vans[route.vehicle].code, piece) for piece in loads[request].pieces)
    routes = []
    for route in result.routes:
        stops = []
        van = day.vans[route.vehicle]
        leaves = latest_leaves(problem, route) if with_latest and van.stands_at is None else (None,) * len(route.stops)
        for stop, latest in zip(route.stops, leaves, strict=True):
            if stop.pickups and all(loads[r].vehicle for r in stop.pickups):
                continue  # aboard already
            visits = {loads[r].visit for r in stop.deliveries} - {None}
            visit = next((d for d in day.sites if d.key in visits), None)
            stops.append(
                PlannedStop(
                    problem.sites[stop.site].code,
                    stop.arrive_s,
                    stop.start_s,
                    stop.leave_s,
                    tuple(u for r in stop.pickups for u in units[r]),
                    tuple(u for r in stop.deliveries for u in units[r]),
                    visit,
                    latest,
                )
            )
        routes.append(
            PlannedRoute(
                day.vans[route.vehicle].code,
                route.depart_s,
                route.return_s,
                route.distance_m,
                route.drive_s,
                route.breaks,
                tuple(stops),
                day.vans[route.vehicle].begins_at,
                day.vans[route.vehicle].ends_at,
            )
        )
    return tuple(routes)


class _Namer:
    """Units for pieces, each code once."""

    def __init__(self, day: Day) -> None:
        self._goods = day.goods_by_key()
        self._demands: dict[str, LineDemand | SiteDemand] = {d.key: d for d in day.demands}
        self._aboard = {unit.goods.key: unit for unit in day.aboard()}
        self._settled: dict[tuple[str, str, str | None, int], list[str]] = defaultdict(list)
        for one in reversed(day.standing):
            self._settled[one.vehicle, one.goods, one.demand, one.units].append(one.unit)
        numbers = [kept.last_unit for kept in day.kept] + [int(one.unit.lstrip("u")) for one in day.standing]
        self._number = max(numbers, default=0)

    def unit(self, vehicle: str, piece: Piece) -> Unit:
        demand = self._demands[piece.demand] if piece.demand else None
        aboard = self._aboard.get(piece.goods)
        if aboard is not None:
            return Unit(aboard.unit, aboard.goods, piece.units, demand, aboard.entry)
        known = self._settled.get((vehicle, piece.goods, piece.demand, piece.units))
        if known:
            return Unit(known.pop(), self._goods[piece.goods], piece.units, demand)
        self._number += 1
        return Unit(f"u{self._number:03d}", self._goods[piece.goods], piece.units, demand)


@dataclass(frozen=True, slots=True)
class Tally:
    """Grams moved by the routes: per demand key, and per goods key."""

    delivered: dict[str, int]
    collected: dict[str, int]


def tally(routes: tuple[PlannedRoute, ...]) -> Tally:
    delivered: dict[str, int] = defaultdict(int)
    collected: dict[str, int] = defaultdict(int)
    for route in routes:
        for stop in route.stops:
            for unit in stop.drop_off:
                if unit.demand is not None:
                    delivered[unit.demand.key] += unit.grams
            for unit in stop.pick_up:
                collected[unit.goods.key] += unit.grams
    return Tally(dict(delivered), dict(collected))


def summary_of(day: Day, routes: tuple[PlannedRoute, ...], begun: tuple[dict[str, Any], ...] = ()) -> dict[str, int]:
    """``ordered_g`` and ``delivered_g`` count order lines only; ``donated_g`` and ``collected_g`` the shops' offers. Kept routes count
    with what they really bring; ``begun`` are those of the document."""
    moved = tally(routes)
    lines = {line.key for line in day.lines}
    offers = {g.key for g in day.goods if not g.on_shelf}
    fresh = [route for route in routes if route.vehicle not in {kept.vehicle for kept in day.kept}]
    kept_offers_g = sum(kept.collected_g for kept in day.kept)
    return {
        "ordered_g": sum(line.asked_g for line in day.lines),
        "delivered_g": sum(grams for key, grams in [*moved.delivered.items(), *day.brought_g().items()] if key in lines),
        "donated_g": sum(g.grams for g in day.goods if not g.on_shelf) + kept_offers_g,
        "collected_g": sum(grams for key, grams in moved.collected.items() if key in offers) + kept_offers_g,
        "distance_m": sum(r.distance_m for r in fresh) + sum(r["distance_m"] for r in begun),
        "drive_s": sum(r.drive_s for r in fresh) + sum(r["drive_s"] for r in begun),
    }
