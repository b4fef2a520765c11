"""What the vehicles have to move, as the solver's problem, and the way back from its requests to goods and demands."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from logistics.allocation.allocate import Allocation
from logistics.allocation.facts import Day, Demand, Goods, LineDemand, Place, SiteDemand, Van, order_target, shop_target
from logistics.allocation.policies import longest_ride_s, may_stand
from logistics.dispatch.planner.expenses import in_yen
from logistics.solver.problem import ZONES, Lock, Problem, Request, Site, Task, Vehicle

PACK_UP_S = 300  # after a visit closes
ANY_TIME = (0, 2 * 86_400)
Room = dict[str, int]  # grams per zone
CHUNK_G = {"ambient": 120_000, "chilled": 40_000, "frozen": 30_000}  # a pickup day's food may come on several vehicles


@dataclass(frozen=True, slots=True)
class Piece:
    """``units`` of ``goods`` for ``demand`` (keys; demand ``None``: to the depot's shelf)."""

    goods: str
    demand: str | None
    units: int


@dataclass(frozen=True, slots=True)
class Load:
    """The pieces that one request of the problem moves together. ``ref`` is the same for the same load in another round, and the
    visit's key for the one that brings the car there."""

    ref: str
    pick: str
    drop: str
    pieces: tuple[Piece, ...]
    visit: str | None = None  # demand key of the visit at whose stop it is dropped
    vehicle: str | None = None  # aboard this one already


@dataclass(frozen=True)
class Travel:
    """Seconds and metres between the day's places."""

    codes: tuple[str, ...]
    seconds: NDArray[np.int64]
    metres: NDArray[np.int64]

    def index(self) -> dict[str, int]:
        return {code: i for i, code in enumerate(self.codes)}

    def between(self) -> Callable[[str, str], int]:
        """Seconds from one site code to another."""
        at, table = self.index(), self.seconds.tolist()
        return lambda a, b: int(table[at[a]][at[b]])


def loads_of(day: Day, allocation: Allocation) -> list[Load]:
    """Every shipment of the day, grouped into what a vehicle would take together; none when no vehicle is on duty."""
    if not day.vans:
        return []
    goods = day.goods_by_key()
    lines = {line.key: line for line in day.lines}
    sites = {site.key: site for site in day.sites}
    grouped: dict[tuple[str, str, str, str | None], list[Piece]] = defaultdict(list)
    promised = allocation.of_goods()
    depot = day.depot
    aboard = aboard_loads(day)
    has_its_car = {load.visit for load in aboard}
    for a in allocation.assignments:
        g = goods[a.goods]
        taker = lines.get(a.demand) or sites[a.demand]
        visit = taker.key if isinstance(taker, SiteDemand) and taker.kind == "visit" else None
        name = f"{visit}<{_origin(g)}{_care(day, g)}" if visit and visit in has_its_car else load_name(day, g, taker, depot)
        grouped[name, g.site, taker.site, visit].append(Piece(a.goods, a.demand, a.units))
    for g in day.goods:
        rest = g.quantity - promised.get(g.key, 0)
        if not g.on_shelf and rest > 0 and not g.blocked:
            grouped[load_name(day, g, None, depot), g.site, depot, None].append(Piece(g.key, None, rest))
    served_visits = {visit for (_, _, _, visit) in grouped if visit}
    for key in served_visits - has_its_car:
        grouped.setdefault((key, depot, sites[key].site, key), [])  # the car stands there even if all food comes from shops
    loads = aboard
    for (ref, pick, drop, visit), pieces in sorted(grouped.items(), key=lambda entry: str(entry[0])):
        demand = sites.get(pieces[0].demand or "") if pieces else None
        rooms = rooms_for(day, demand)
        pieces.sort(key=lambda p: ZONES.index(goods[p.goods].zone))
        for number, chunk in enumerate(chunks_of(pieces, goods, rooms) or [()], start=1):
            loads.append(Load(ref if number == 1 else f"{ref}#{number}", pick, drop, chunk, visit))
    return loads


def load_name(day: Day, g: Goods, demand: Demand | None, depot: str) -> str:
    """What the load is called that ``g`` travels in to ``demand`` (``None``: to ``depot``), without the number of its part."""
    if demand is None:
        return f"{depot}<{_origin(g)}{_kind(day, g)}"
    if isinstance(demand, LineDemand):
        return f"{demand.order}<{_origin(g)}{_kind(day, g)}"
    if demand.kind == "visit":
        return demand.key + ("" if g.site == depot else f"<{_origin(g)}") + _care(day, g)
    return f"{demand.key}<{_origin(g)}{_kind(day, g)}"


def target_of(load: Load) -> str:
    """What a person calls the load: an order, a visit or pickup day, or what comes from a shop to the depot (see :class:`HandLock`)."""
    if load.visit:
        return load.visit
    if load.pieces and load.pieces[0].demand is None:
        return shop_target(load.pick)
    head = load.ref.rsplit("<", 1)[0]
    return head if load.pieces and load.pieces[0].demand == head else order_target(head)


def is_meant(load: Load, target: str) -> bool:
    """Whether a lock on ``target`` holds for ``load``."""
    return shop_target(load.pick) == target or target_of(load) == target


def locks_on(day: Day, loads: Sequence[Load]) -> tuple[Lock, ...]:
    """The day's locks as the problem's: one for each load that is meant. Those of a vehicle that is off duty bind nobody."""
    vans = {v.code: i for i, v in enumerate(day.vans)}
    return tuple(
        Lock(index, None if held.vehicle is None else vans[held.vehicle], held.start)
        for held in day.locks
        if held.vehicle is None or held.vehicle in vans
        for index, load in enumerate(loads)
        if is_meant(load, held.target) and load.vehicle is None  # what is aboard is where it is
    )


def aboard_loads(day: Day) -> list[Load]:
    """What vehicles on the road have to bring on, by receiver; a visit's is what brings the car there, and is a load without pieces where
    it has nothing aboard for it yet."""
    lines = {line.key: line for line in day.lines}
    sites = {site.key: site for site in day.sites}
    vans = {van.code: van for van in day.vans}
    grouped: dict[tuple[str, str, str, str, str | None], list[Piece]] = defaultdict(list)
    for unit in day.aboard():
        van, piece = vans[unit.vehicle], Piece(unit.goods.key, unit.demand, unit.goods.quantity)
        at = (unit.vehicle, van.start)
        if unit.demand in lines:
            line = lines[unit.demand]
            grouped[f"{line.order}<@{van.code}", *at, line.site, None].append(piece)
        elif unit.demand in sites:
            site = sites[unit.demand]
            visit = site.key if site.kind == "visit" else None
            grouped[site.key if visit else f"{site.key}<@{van.code}", *at, site.site, visit].append(piece)
        else:
            grouped[f"{van.depot}<@{van.code}", *at, van.depot, None].append(replace(piece, demand=None))
    for kept in day.kept:
        for visit in sorted(kept.ahead & sites.keys()):
            grouped.setdefault((visit, kept.vehicle, vans[kept.vehicle].start, sites[visit].site, visit), [])
    return [
        Load(ref, pick, drop, tuple(pieces), visit, vehicle)
        for (ref, vehicle, pick, drop, visit), pieces in sorted(grouped.items(), key=lambda entry: str(entry[0]))
    ]


def _origin(g: Goods) -> str:
    return g.site if g.window is None else f"{g.site}@{g.window[0]}-{g.window[1]}"


def _kind(day: Day, g: Goods) -> str:
    """Ambient goods and cold goods are separate loads: some vans carry no cold."""
    return ("" if g.zone == "ambient" else "*") + _care(day, g)


def _care(day: Day, g: Goods) -> str:
    """Goods that are pressed for time, or must not ride with others, are loads of their own: they bind nothing else, and what is kept
    apart can go with different vehicles."""
    longest = longest_ride_s(day.ride_limits, category=g.category, zone=g.zone)
    hurry = "" if g.safe_until_s is None and longest is None else f"!{g.safe_until_s or ''}/{longest or ''}"
    return hurry + (f"~{g.category}" if any(g.category in pair for pair in day.apart) else "")


def rooms_for(day: Day, demand: SiteDemand | None) -> list[Room]:
    """What a load must fit into one of: the vehicles; for a pickup day no more than a share of them, so that several may come; for
    a visit the smallest kitchen car, since any of them may be the one that stands there."""
    if demand is not None and demand.kind == "visit":
        cars = {v.capacity_g for v in day.cars_for(demand)}
        if len(cars) > 1:
            least = [min((g for g in zone if g), default=0) for zone in zip(*cars, strict=True)]
            return [{zone: grams} for zone, grams in zip(ZONES, least, strict=True)]
        return [dict(zip(ZONES, car, strict=True)) for car in cars]
    rooms = [dict(zip(ZONES, capacity, strict=True)) for capacity in sorted({v.capacity_g for v in day.vans})]
    if demand is None:
        return rooms
    return [{zone: min(grams, CHUNK_G[zone]) for zone, grams in room.items()} for room in rooms]


def chunks_of(pieces: list[Piece], goods: dict[str, Goods], rooms: list[Room]) -> list[tuple[Piece, ...]]:
    """The pieces in as few loads as it takes for each to fit one of ``rooms``; a unit that fits none is a load of its own."""
    chunks: list[list[Piece]] = []
    aboard: Counter[str] = Counter()
    for piece in pieces:
        g = goods[piece.goods]
        left = piece.units
        while left:
            fitting = [room for room in rooms if all(grams <= room.get(zone, 0) for zone, grams in aboard.items())]
            fits = max(((room.get(g.zone, 0) - aboard[g.zone]) // g.unit_g for room in fitting), default=0)
            if not chunks or (fits <= 0 and aboard):
                chunks.append([])
                aboard = Counter()
                if fits <= 0:
                    fits = max((room.get(g.zone, 0) // g.unit_g for room in rooms), default=0)
            taken = min(left, max(1, fits))
            chunks[-1].append(replace(piece, units=taken))
            aboard[g.zone] += taken * g.unit_g
            left -= taken
    return [tuple(chunk) for chunk in chunks]


def build_problem(day: Day, loads: Iterable[Load], travel: Travel) -> Problem:
    """The solver's problem; request ``i`` is load ``i``."""
    goods = day.goods_by_key()
    lines = {line.key: line for line in day.lines}
    sites = {site.key: site for site in day.sites}
    at = travel.index()
    stands, rows = _stands(day, travel)
    permits = _permits(day)
    kept = list(loads)
    anchors = {load.visit: i for i, load in enumerate(kept) if load.visit == load.ref}
    vans = {v.code: i for i, v in enumerate(day.vans)}
    any_car = frozenset(i for i, v in enumerate(day.vans) if v.kind == "kitchen_car")
    cars = {site.key: frozenset(vans[v.code] for v in day.cars_for(site)) for site in day.sites if site.kind == "visit"}
    starts = {v.code: len(rows) + i for i, v in enumerate(v for v in day.vans if v.stands_at is not None)}
    rows += [at[v.start] for v in day.vans if v.stands_at is not None]
    on_the_road = day.on_the_road()
    settled = _Settled(day)
    told_g = {unit.goods.key: int(unit.entry["grams"]) for unit in day.aboard()}
    requests = []
    for index, load in enumerate(kept):
        grams = dict.fromkeys(ZONES, 0)
        inside = [goods[piece.goods] for piece in load.pieces]
        for piece, g in zip(load.pieces, inside, strict=True):
            grams[g.zone] += piece.units * g.unit_g
        told = sum(told_g.get(piece.goods, 0) for piece in load.pieces)  # what the document says of goods that are aboard
        handling = -(-day.per_kg_s * max(told, sum(grams.values())) // 1000)
        demand = next((sites[p.demand] for p in load.pieces if p.demand in sites), sites.get(load.visit or ""))
        line = next((lines[p.demand] for p in load.pieces if p.demand in lines), None)
        anchor = anchors.get(load.visit) if load.visit else None
        requests.append(
            Request(
                ref=load.ref,
                pickup=Task(starts[load.vehicle], (ANY_TIME,))
                if load.vehicle
                else Task(at[load.pick], day.places[load.pick].parts(_pick_window(day, load, goods)), handling),
                delivery=_delivery(day, load, stands.get(load.visit or "", at[load.drop]), handling, line, demand),
                load_g=(grams["ambient"], grams["chilled"], grams["frozen"]),
                penalty=None if load.vehicle else _penalty(day, load, goods, demand),
                vehicles=frozenset({vans[load.vehicle]})
                if load.vehicle
                else cars.get(load.visit, any_car)
                if load.visit
                else None,
                with_visit=anchor if anchor is not None and anchor != index else None,
                longest_ride_s=None if load.vehicle else _tightest(_longest_s(day, g) for g in inside),
                deliver_by_s=_aboard_until_s(day, load) if load.vehicle else _tightest(g.safe_until_s for g in inside),
                goods=frozenset(g.category for g in inside),
                stays_with=(stays := None if load.vehicle else vans.get(settled.vehicle(load) or "")),
                move_cost=day.weights.move if stays is not None else 0,
            )
        )
    problem = Problem(
        sites=tuple(
            _site(day, travel.codes[row], stand=index in stands.values(), permits=permits) for index, row in enumerate(rows)
        ),
        vehicles=tuple(
            Vehicle(
                code=v.code,
                start_site=starts.get(v.code, at[v.start]),
                end_site=at[v.end],
                shift_start_s=v.shift[0],
                shift_end_s=v.shift[1] if v.stands_at is None else max(v.shift[1], v.shift[0] + way_home_s(v, travel)),
                capacity_g=v.capacity_g,
                break_s=v.break_s,
                begun_s=None if v.begun_s is None else min(v.begun_s, v.shift[0]),
                fixed_cost=0 if v.code in on_the_road else day.weights.vehicle,
                cost_per_m=1,
                cost_per_s=day.weights.per_s,
                max_stops=v.max_stops,
                fair_s=v.fair_s,
                cost_per_s_over_fair=v.cost_per_s_over_fair,
                height_cm=v.height_cm,
                weight_kg=v.weight_kg,
                permits=frozenset(name for name, place in permits.items() if may_stand(v, place)),
            )
            for v in day.vans
        ),
        requests=tuple(requests),
        travel_s=travel.seconds[np.ix_(rows, rows)],
        travel_m=travel.metres[np.ix_(rows, rows)],
        name=day.date.isoformat(),
        apart=day.apart,
        locks=locks_on(day, kept),
    )
    return in_yen(problem, day)


def _permits(day: Day) -> dict[str, Place]:
    """What the day's visits ask of a kitchen car's permit, by a name for it, each with a place that asks for it."""
    places = (day.places[visit.site] for visit in day.sites if visit.kind == "visit")
    return {_permit(place): place for place in places if _permit(place)}


def _permit(place: Place) -> str:
    return f"{place.area}/{place.permit_class}" if place.area or place.permit_class else ""


def _site(day: Day, code: str, *, stand: bool, permits: dict[str, Place]) -> Site:
    """A place of the day as the solver sees it; ``stand``: kitchen cars stand there."""
    place = day.places[code]
    needed = {_permit(place)} & permits.keys() if stand else frozenset[str]()
    return Site(code, day.stop_s, place.max_height_cm, place.max_weight_kg, frozenset(needed))


def _tightest(limits: Iterable[int | None]) -> int | None:
    return min((limit for limit in limits if limit is not None), default=None)


def _longest_s(day: Day, g: Goods) -> int | None:
    return longest_ride_s(day.ride_limits, category=g.category, zone=g.zone)


def _aboard_until_s(day: Day, load: Load) -> int | None:
    """The latest safe arrival of what is aboard; for what goes home there is none, since it cannot stay where it is."""
    units = {unit.goods.key: unit for unit in day.aboard()}
    limits: list[int | None] = []
    for piece in load.pieces:
        unit = units[piece.goods]
        if unit.demand is not None:
            longest = _longest_s(day, unit.goods)
            limits += [unit.goods.safe_until_s, None if longest is None else unit.left_s + longest]
    return _tightest(limits)


def way_home_s(van: Van, travel: Travel) -> int:
    """Seconds from where the vehicle starts straight to its depot."""
    at = travel.index()
    return int(travel.seconds[at[van.start], at[van.depot]])


class _Settled:
    """Which vehicle a plan that counts has given a load to: the one of most of its pieces, else of other goods of its receiver or shop."""

    def __init__(self, day: Day) -> None:
        goods = day.goods_by_key()
        self._receiver = {line.key: line.order for line in day.lines}
        self._votes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for one in day.standing:
            self._votes["pair", f"{one.goods}>{one.demand}"][one.vehicle] += one.units
            if one.demand is not None:
                self._votes["receiver", self._receiver.get(one.demand, one.demand)][one.vehicle] += one.units
            elif one.goods in goods:
                self._votes["shop", goods[one.goods].site][one.vehicle] += one.units

    def vehicle(self, load: Load) -> str | None:
        votes: Counter[str] = Counter()
        for piece in load.pieces:
            votes.update(self._votes["pair", f"{piece.goods}>{piece.demand}"])
        if not votes:
            for piece in load.pieces:
                receiver = self._receiver.get(piece.demand or "", piece.demand or "")
                votes.update(self._votes["receiver", receiver] if receiver else self._votes["shop", load.pick])
        return min(votes, key=lambda code: (-votes[code], code)) if votes else None


def _stands(day: Day, travel: Travel) -> tuple[dict[str, int], list[int]]:
    """Where each visit (key) stands among the problem's sites, and each of these sites' place in ``travel``. A second visit at one
    place stands at a site of its own, since tasks at one site with a common start are one stop."""
    at = travel.index()
    stands: dict[str, int] = {}
    rows = list(range(len(travel.codes)))
    for visit in (s for s in day.sites if s.kind == "visit"):
        if at[visit.site] in stands.values():
            stands[visit.key] = len(rows)
            rows.append(at[visit.site])
        else:
            stands[visit.key] = at[visit.site]
    return stands, rows


def _pick_window(day: Day, load: Load, goods: dict[str, Goods]) -> tuple[int, int]:
    first = goods[load.pieces[0].goods] if load.pieces else None
    if first is None or first.window is None:
        place = day.places[load.pick]
        return place.opens_s, place.closes_s
    return first.window


def _delivery(day: Day, load: Load, site: int, handling: int, line: LineDemand | None, demand: SiteDemand | None) -> Task:
    place = day.places[load.drop]
    if line is not None:
        return Task(site, place.parts(line.window), handling)
    if demand is None:
        window = ANY_TIME if load.vehicle else (place.opens_s, place.closes_s)
        return Task(site, (window,), handling)
    latest = demand.open_from_s - day.stop_s
    hold = demand.open_until_s + PACK_UP_S if load.visit else None
    return Task(
        site,
        ((min(place.opens_s, latest), latest),),
        handling,
        latest_done_s=demand.open_from_s,
        hold_until_s=hold,
    )


def _penalty(day: Day, load: Load, goods: dict[str, Goods], demand: SiteDemand | None) -> int | None:
    if load.visit == load.ref:
        return None  # the visit itself: without it the car does not stand there at all
    weights, penalty = day.weights, 0
    offers = {p.goods for p in load.pieces if not goods[p.goods].on_shelf}
    for piece in load.pieces:
        g = goods[piece.goods]
        grams = piece.units * g.unit_g
        if not g.on_shelf:
            penalty += grams * weights.offer_g(g, day.date)
        if piece.demand is not None:
            penalty += grams * (weights.line_per_g if demand is None else weights.site_per_g)
    left_out = weights.line_left_out if any(p.demand is not None for p in load.pieces) else 0
    return penalty + weights.offer_left * len(offers) + left_out
