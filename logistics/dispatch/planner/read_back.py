"""A stored plan back in the planner's terms: what was allocated, the loads, the routing problem and its routes.

A document written from them has the same routes, unit by unit. Facts may have changed since: what no longer holds is left out and
listed, the rest keeps its vehicle and its order and is timed again. Nothing is raised for that.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from logistics.allocation.allocate import Allocation, Assignment
from logistics.allocation.facts import Day, Demand, Goods, LineDemand
from logistics.allocation.policies import refused_because
from logistics.dispatch.planner.document import PlanDocument, ref_of
from logistics.dispatch.planner.holding import holding, timed
from logistics.dispatch.planner.kept import not_ahead, still_wanted, to_depot
from logistics.dispatch.planner.loads import (
    Load,
    Piece,
    Room,
    Travel,
    aboard_loads,
    build_problem,
    chunks_of,
    load_name,
    rooms_for,
)
from logistics.dispatch.planner.read_rest import brought_at, codes_of, rest_of_document
from logistics.solver.model import arrays
from logistics.solver.problem import Problem
from logistics.solver.result import Result, Route, Stop
from logistics.solver.schedule import stops_from_route


@dataclass(frozen=True, slots=True)
class StoredUnit:
    """One unit of the stored plan by its facts' keys; ``demand`` ``None``: back to the depot."""

    goods: str
    demand: str | None


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """The document of DESIGN.md ("plan JSON") and, per unit code, what the document leaves out."""

    document: Mapping[str, Any]
    units: Mapping[str, StoredUnit]


def as_stored(document: PlanDocument) -> StoredPlan:
    """A plan that is not stored yet in the form of one that is."""
    units = {u.code: u for route in document.routes for stop in route.stops for u in stop.pick_up}
    keys = {code: StoredUnit(u.goods.key, u.demand.key if u.demand else None) for code, u in units.items()}
    return StoredPlan(document.to_json(), keys)


@dataclass(frozen=True, slots=True)
class Gone:
    """A piece of the stored plan that no longer holds.

    ``code``: ``vehicle_off`` (not on duty), ``goods_gone`` (the lot or the offer is not there any more), ``goods_short`` (less of it is),
    ``demand_gone`` (order, visit or pickup day cancelled), ``asked_less``, ``does_not_fit`` (windows, shift or room have changed), or
    the code of the rule that now forbids it (``allergen``, ``days_left``, ``no_agreement`` …). ``ref`` names the receiver as in the
    document (``O004/bread``, a site's code), or the depot. A visit that nobody stands at any more has no unit and no grams.
    """

    code: str
    vehicle: str
    ref: str
    unit: str = ""
    gtin: str = ""
    quantity: int = 0
    grams: int = 0


@dataclass(frozen=True)
class ReadBack:
    """``day`` is what the planner still had to plan (without what kept routes bring); request ``i`` of ``problem`` is ``loads[i]``.
    Offers or parts of them that the plan does not collect are loads to the depot that ``result`` leaves unserved."""

    day: Day
    allocation: Allocation
    loads: tuple[Load, ...]
    problem: Problem
    result: Result
    gone: tuple[Gone, ...]


def read_back(facts: Day, stored: StoredPlan, travel: Travel) -> ReadBack:
    """``stored`` on the day as it is now. ``facts`` and ``travel`` as :func:`day_facts` and the planning give them. What is aboard and cannot
    be there in time any more goes back to the depot on its vehicle."""
    day = still_wanted(facts)
    sent_home: list[Gone] = []
    while True:
        reader = _Reader(day, stored)
        for route in stored.document["routes"]:
            reader.take(route)
        loads = (*reader.loads, *reader.left_behind())
        problem = build_problem(day, loads, travel)
        table = arrays(problem)
        plan, unfit = holding(table, {r.vehicle: stops_from_route(r, problem) for r in reader.routes(problem)})
        for vehicle, request in unfit:
            reader.lose(loads[request], vehicle)
        late = [loads[request] for _, request in unfit if loads[request].vehicle]
        units = frozenset(code for load in late for code in codes_of(load))
        again = not_ahead(to_depot(day, units), frozenset(load.visit for load in late if load.visit))
        if again == day:
            gone = (*sent_home, *reader.gone)
            return ReadBack(day, reader.allocation(), loads, problem, timed(problem, table, plan), gone)
        sent_home += [one for load in late for one in reader.lost(load, load.vehicle or "")]
        day = again


@dataclass(frozen=True, slots=True)
class _Placed:
    """A load and where it is on its route: stop of the pickup (-1: at the departure) and of the delivery, position in its list."""

    load: int
    pick: int
    drop: int
    drop_position: int = -1


@dataclass(frozen=True, slots=True)
class _Taken:
    """A unit that still holds, where it is on its route."""

    piece: Piece
    name: str
    pick: int
    drop: int
    drop_position: int


class _Reader:
    """Walks over the document's routes and keeps count of what is used up."""

    def __init__(self, day: Day, stored: StoredPlan) -> None:
        self.day = day
        self.stored = stored
        self.goods = day.goods_by_key()
        self.demands: dict[str, Demand] = {d.key: d for d in day.demands}
        self.left = {g.key: g.quantity for g in day.goods}
        self.vans = {v.code: i for i, v in enumerate(day.vans)}
        self.kept = {kept.vehicle: kept for kept in day.kept}
        self.room_g = self._most_g()
        self.loads: list[Load] = aboard_loads(day)
        self.gone: list[Gone] = []
        self._parts = Counter(load.ref for load in self.loads)
        self._routes: list[tuple[int, dict[str, Any], list[_Placed]]] = []

    def _most_g(self) -> dict[str, int]:
        """What each order line may get: less than one unit over its ask, by the lightest unit that the plan brings it."""
        lightest: dict[str, int] = {}
        for unit in self.stored.units.values():
            if unit.demand is not None and unit.goods in self.goods:
                unit_g = self.goods[unit.goods].unit_g
                lightest[unit.demand] = min(unit_g, lightest.get(unit.demand, unit_g))
        return {line.key: line.asked_g + lightest.get(line.key, 1) - 1 for line in self.day.lines}

    def take(self, route: dict[str, Any]) -> None:
        """One route of the document; of one that has begun what is open of it."""
        kept = self.kept.get(route["vehicle"])
        if kept is not None and not kept.open:
            return
        aboard = [i for i, load in enumerate(self.loads) if load.vehicle == route["vehicle"]]
        if kept is not None:
            home = self.day.vans[self.vans[kept.vehicle]].end
            route = rest_of_document(route, kept, [self.loads[i] for i in aboard], home)
        drops = {u["unit"]: (i, n, u) for i, s in enumerate(route["stops"]) for n, u in enumerate(s["drop_off"])}
        vehicle = self.vans.get(route["vehicle"])
        taken: list[_Taken] = []
        for index, stop in enumerate(route["stops"]):
            for unit in stop["pick_up"]:
                drop, position, dropped = drops[unit["unit"]]
                piece = self._piece(route["vehicle"], dropped, route["stops"][drop]["site"])
                if piece is None:
                    continue
                demand = self.demands[piece.demand] if piece.demand else None
                to = route["stops"][drop]["site"] if demand is None else self.day.depot
                taken.append(_Taken(piece, load_name(self.day, self.goods[piece.goods], demand, to), index, drop, position))
        if vehicle is None:
            for stop in route["stops"]:
                if "visit" in stop:
                    self.gone.append(Gone("vehicle_off", route["vehicle"], stop["site"]))
            return
        placed = [_Placed(i, -1, brought_at(self.day, route["stops"], self.loads[i])) for i in aboard]
        placed += self._grouped(route, taken)
        placed += self._visits(route)
        self._routes.append((vehicle, route, placed))

    def _piece(self, vehicle: str, unit: dict[str, Any], site: str) -> Piece | None:
        """What still holds of a unit; what does not is noted."""
        stored = self.stored.units.get(unit["unit"])
        goods = self.goods.get(stored.goods) if stored else None
        demand = self.demands.get(stored.demand) if stored and stored.demand else None
        asked = unit["quantity"]
        code, units = "", asked
        if vehicle not in self.vans:
            code, units = "vehicle_off", 0
        elif stored is None or goods is None:
            code, units = "goods_gone", 0
        elif stored.demand is not None and demand is None:
            code, units = "demand_gone", 0
        elif refusal := self._refused(goods, demand):
            code, units = refusal, 0
        elif self.left[goods.key] < units:
            code, units = "goods_short", self.left[goods.key]
        if units and stored and stored.demand in self.room_g and goods:
            fits = self.room_g[stored.demand] // goods.unit_g
            if fits < units:
                code, units = "asked_less", max(0, fits)
        if units < asked:
            one = unit["grams"] // asked
            self.gone.append(
                Gone(code, vehicle, _ref(unit, site), unit["unit"], unit["gtin"], asked - units, (asked - units) * one)
            )
        if not units or stored is None or goods is None:
            return None
        self.left[goods.key] -= units
        if stored.demand in self.room_g:
            self.room_g[stored.demand] -= units * goods.unit_g
        return Piece(goods.key, stored.demand, units)

    def _refused(self, goods: Goods, demand: Demand | None) -> str | None:
        if demand is None:
            return goods.blocked
        blocked = demand.blocked if isinstance(demand, LineDemand) else None
        return blocked or refused_because(goods, demand, day=self.day.date, rules=self.day.days_left)

    def _grouped(self, route: dict[str, Any], taken: list[_Taken]) -> list[_Placed]:
        """Neighbouring units from one stop to one stop under one name are a load, as far as they fit into one of its rooms."""
        placed: list[_Placed] = []
        before: _Taken | None = None
        aboard: Counter[str] = Counter()
        for one in taken:
            g = self.goods[one.piece.goods]
            demand = self.demands[one.piece.demand] if one.piece.demand else None
            together = before is not None and (
                (one.name, one.pick, one.drop, one.drop_position)
                == (before.name, before.pick, before.drop, before.drop_position + 1)
            )
            aboard[g.zone] += one.piece.units * g.unit_g
            rooms = rooms_for(self.day, None if isinstance(demand, LineDemand) else demand)
            if together and _fits(aboard, rooms):
                index = placed[-1].load
                self.loads[index] = replace(self.loads[index], pieces=(*self.loads[index].pieces, one.piece))
            else:
                visit = demand.key if demand is not None and getattr(demand, "kind", "") == "visit" else None
                aboard = Counter({g.zone: one.piece.units * g.unit_g})
                stops = route["stops"]
                placed.append(_Placed(len(self.loads), one.pick, one.drop, one.drop_position))
                self.loads.append(self._load(one.name, stops[one.pick]["site"], stops[one.drop]["site"], (one.piece,), visit))
            before = one
        return placed

    def _load(self, name: str, pick: str, drop: str, pieces: tuple[Piece, ...], visit: str | None) -> Load:
        self._parts[name] += 1
        number = self._parts[name]
        return Load(name if number == 1 else f"{name}#{number}", pick, drop, pieces, visit)

    def _visits(self, route: dict[str, Any]) -> list[_Placed]:
        """The loads, maybe empty, that bring the car to its visits where no goods from the depot do."""
        found = []
        for index, stop in enumerate(route["stops"]):
            if "visit" not in stop:
                continue
            opens = _seconds(self.day.date, stop["visit"]["open_from"])
            visit = next((s for s in self.day.sites if (s.kind, s.site, s.open_from_s) == ("visit", stop["site"], opens)), None)
            if visit is None:
                if not stop["drop_off"]:
                    self.gone.append(Gone("demand_gone", route["vehicle"], stop["site"]))
                continue
            if any(load.ref == visit.key for load in self.loads):
                continue
            own = self.day.vans[self.vans[route["vehicle"]]].depot
            pick = _loading_stop(route, index, (self.day.depot, own))
            found.append(_Placed(len(self.loads), pick, index))
            self.loads.append(self._load(visit.key, own if pick < 0 else route["stops"][pick]["site"], visit.site, (), visit.key))
        return found

    def left_behind(self) -> list[Load]:
        """What no route collects of the shops' offers, as loads to the depot."""
        if not self.day.vans:
            return []
        grouped: dict[tuple[str, str], list[Piece]] = defaultdict(list)
        for g in self.day.goods:
            if not g.on_shelf and self.left[g.key] > 0 and not g.blocked:
                grouped[load_name(self.day, g, None, self.day.depot), g.site].append(Piece(g.key, None, self.left[g.key]))
        return [
            self._load(name, site, self.day.depot, chunk, None)
            for (name, site), pieces in sorted(grouped.items())
            for chunk in chunks_of(pieces, self.goods, rooms_for(self.day, None))
        ]

    def routes(self, problem: Problem) -> list[Route]:
        """The document's routes in terms of the loads, with the document's times."""
        found = []
        for vehicle, route, placed in self._routes:
            moment = lambda text: _seconds(self.day.date, text)  # noqa: E731 - one word for six uses
            stops = []
            early = [p.load for p in placed if p.pick < 0]
            depart, back = moment(route["depart"]), moment(route["return"])
            if early:
                stops.append(Stop(problem.vehicles[vehicle].start_site, depart, depart, depart, tuple(early), ()))
            for index, stop in enumerate(route["stops"]):
                pickups = tuple(p.load for p in placed if p.pick == index)
                deliveries = sorted((p.drop_position, p.load) for p in placed if p.drop == index)
                if pickups or deliveries:
                    first = pickups[0] if pickups else deliveries[0][1]
                    task = problem.requests[first].pickup if pickups else problem.requests[first].delivery
                    times = (moment(stop["arrive"]), moment(stop["start"]), moment(stop["leave"]))
                    stops.append(Stop(task.site, *times, pickups, tuple(load for _, load in deliveries)))
            if stops:
                found.append(Route(vehicle, depart, back, route["distance_m"], route["drive_s"], tuple(stops), ()))
        return found

    def lose(self, load: Load, vehicle: int) -> None:
        """A load that its vehicle can no longer bring."""
        self.gone += self.lost(load, self.day.vans[vehicle].code)

    def lost(self, load: Load, code: str) -> list[Gone]:
        found = []
        for piece in load.pieces:
            g = self.goods[piece.goods]
            to = ref_of(self.demands[piece.demand])[1] if piece.demand else load.drop
            found.append(Gone("does_not_fit", code, to, gtin=g.gtin, quantity=piece.units, grams=piece.units * g.unit_g))
        return found or [Gone("does_not_fit", code, load.drop)]

    def allocation(self) -> Allocation:
        """Who gets what by the loads to receivers, what is still missing, and why as far as the stored plan said so."""
        given: Counter[tuple[str, str]] = Counter()
        for load in self.loads:
            for piece in load.pieces:
                if piece.demand is not None:
                    given[piece.goods, piece.demand] += piece.units
        reasons = {(entry["kind"], entry["ref"]): entry["reason"] for entry in self.stored.document["unserved"]}
        result = Allocation([Assignment(g, d, n) for (g, d), n in sorted(given.items())])
        for key, demand in self.demands.items():
            missing = demand.asked_g - sum(n * self.goods[g].unit_g for (g, d), n in given.items() if d == key)
            if missing > 0:
                result.missing[key] = missing
                if ref_of(demand) in reasons:
                    result.reasons[key] = reasons[ref_of(demand)]
        return result


def _fits(aboard: Counter[str], rooms: list[Room]) -> bool:
    return any(all(grams <= room.get(zone, 0) for zone, grams in aboard.items()) for room in rooms)


def _loading_stop(route: dict[str, Any], before: int, depots: tuple[str, str]) -> int:
    """The stop where a car for a visit is loaded: at a depot, an empty one first; -1: none, so at the departure."""
    there = [i for i, s in enumerate(route["stops"][:before]) if s["site"] in depots]
    idle = [i for i in there if not route["stops"][i]["pick_up"] and not route["stops"][i]["drop_off"]]
    return (idle or there or [-1])[0]


def _ref(unit: dict[str, Any], site: str) -> str:
    if "order_ref" in unit:
        return f"{unit['order_ref']}/{unit['category']}"
    return site


def _seconds(day: dt.date, text: str) -> int:
    moment = dt.datetime.fromisoformat(text)
    return round((moment - dt.datetime.combine(day, dt.time(), tzinfo=moment.tzinfo)).total_seconds())
