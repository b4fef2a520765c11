"""The plan as a document: the JSON that others rely on (DESIGN.md, "plan JSON") and what the database stores."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from foodbank.core.dates import moment_of
from foodbank.core.errors import Text
from logistics.allocation.facts import Day, Goods, LineDemand, SiteDemand, Van
from logistics.dispatch.planner.loads import Load
from logistics.dispatch.planner.travel import travel_json
from logistics.solver.problem import Problem
from logistics.solver.result import Result
from logistics.solver.slack import latest_leaves


@dataclass(frozen=True, slots=True)
class Unit:
    """One shipment: ``quantity`` pieces of ``goods`` (key) for ``demand`` (key; ``None``: back to the depot)."""

    code: str
    goods: Goods
    quantity: int
    demand: LineDemand | SiteDemand | None

    @property
    def grams(self) -> int:
        return self.quantity * self.goods.unit_g

    def pick_json(self) -> dict[str, Any]:
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
    the planned ones; those that the day keeps come first in the JSON, as they are."""

    day: Day
    seconds: float | None
    seed: int
    routes: tuple[PlannedRoute, ...]
    unserved: tuple[Left, ...]
    summary: dict[str, int] = field(default_factory=dict)
    cost: int = 0

    def to_json(self) -> dict[str, Any]:
        return {
            "date": self.day.date.isoformat(),
            "seconds": self.seconds or 0.0,  # a number always: 0 when search rounds were counted instead
            "seed": self.seed,
            "travel": travel_json(self.day, self.driven()),
            "service": {"stop_s": self.day.stop_s, "per_kg_s": self.day.per_kg_s},
            "routes": [
                *(dict(kept.route) for kept in self.day.kept if kept.route["stops"]),
                *(self._route(r) for r in self.routes),
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
        """From where to where the planned routes drive."""
        vans = {van.code: van for van in self.day.vans}
        for route in self.routes:
            van = vans[route.vehicle]
            yield from pairwise([van.start, *(stop.site for stop in route.stops), van.end])

    def _route(self, route: PlannedRoute) -> dict[str, Any]:
        iso = lambda s: _iso(self.day.date, s)  # noqa: E731 - one word for six uses
        return {
            "vehicle": route.vehicle,
            **({"begins_at": route.begins_at} if route.begins_at else {}),
            **({"ends_at": route.ends_at} if route.ends_at else {}),
            "depart": iso(route.depart_s),
            "return": iso(route.return_s),
            "distance_m": route.distance_m,
            "drive_s": route.drive_s,
            **({"yen": yen} if (yen := self._van(route).yen(route.distance_m)) else {}),
            "breaks": [{"start": iso(a), "end": iso(b)} for a, b in route.breaks],
            "stops": [
                {
                    "site": s.site,
                    "arrive": iso(s.arrive_s),
                    "start": iso(s.start_s),
                    "leave": iso(s.leave_s),
                    **({} if s.latest_leave_s is None else {"latest_leave": iso(s.latest_leave_s)}),
                    **(
                        {"visit": {"open_from": iso(s.visit.open_from_s), "open_until": iso(s.visit.open_until_s)}}
                        if s.visit
                        else {}
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
    """The solver's routes with goods in them; their units are numbered on from those of the kept routes. Without ``with_latest`` the
    latest departures stay open: they take longer than all the rest, and a search asks for routes hundreds of times."""
    goods = day.goods_by_key()
    demands: dict[str, LineDemand | SiteDemand] = {d.key: d for d in day.demands}
    units: dict[int, tuple[Unit, ...]] = {}
    number = max((kept.last_unit for kept in day.kept), default=0)
    for route in result.routes:
        for stop in route.stops:
            for request in stop.pickups:
                made = []
                for piece in loads[request].pieces:
                    number += 1
                    demand = demands[piece.demand] if piece.demand else None
                    made.append(Unit(f"u{number:03d}", goods[piece.goods], piece.units, demand))
                units[request] = tuple(made)
    routes = []
    for route in result.routes:
        stops = []
        leaves = latest_leaves(problem, route) if with_latest else (None,) * len(route.stops)
        for stop, latest in zip(route.stops, leaves, strict=True):
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


def summary_of(day: Day, routes: tuple[PlannedRoute, ...]) -> dict[str, int]:
    """``ordered_g`` and ``delivered_g`` count order lines only; ``donated_g`` and ``collected_g`` the shops' offers. Kept routes count
    with what they really bring."""
    moved = tally(routes)
    lines = {line.key for line in day.lines}
    offers = {g.key for g in day.goods if not g.on_shelf}
    on_the_road = [kept.route for kept in day.kept if kept.route["stops"]]
    kept_offers_g = sum(kept.collected_g for kept in day.kept)
    return {
        "ordered_g": sum(line.asked_g for line in day.lines),
        "delivered_g": sum(grams for key, grams in [*moved.delivered.items(), *day.brought_g().items()] if key in lines),
        "donated_g": sum(g.grams for g in day.goods if not g.on_shelf) + kept_offers_g,
        "collected_g": sum(grams for key, grams in moved.collected.items() if key in offers) + kept_offers_g,
        "distance_m": sum(r.distance_m for r in routes) + sum(r["distance_m"] for r in on_the_road),
        "drive_s": sum(r.drive_s for r in routes) + sum(r["drive_s"] for r in on_the_road),
    }
