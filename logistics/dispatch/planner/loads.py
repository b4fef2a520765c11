"""What the vehicles have to move, as the solver's problem, and the way back from its requests to goods and demands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from logistics.allocation.allocate import Allocation
from logistics.allocation.facts import Day, Goods, LineDemand, SiteDemand
from logistics.solver.problem import ZONES, Problem, Request, Site, Task, Vehicle

# Prices in cost units; one metre and one second of a driver's day cost one each. They keep the order of what matters: visits and
# pickup days, then orders, then offered food, then distance and hours.
VEHICLE_COST = 5_000
LINE_BASE, LINE_PER_G = 200_000, 40
SITE_PER_G = 200
OFFER_BASE, OFFER_PER_G, OFFER_PERISHABLE_PER_G = 20_000, 10, 10
PERISHABLE_DAYS = 7
PACK_UP_S = 300  # after a visit closes
CHUNK_G = {"ambient": 120_000, "chilled": 40_000, "frozen": 30_000}  # a pickup day's food may come on several vehicles


@dataclass(frozen=True, slots=True)
class Piece:
    """``units`` of ``goods`` for ``demand`` (keys; demand ``None``: to the depot's shelf)."""

    goods: str
    demand: str | None
    units: int


@dataclass(frozen=True, slots=True)
class Load:
    """The pieces that one request of the problem moves together. ``ref`` is the same for the same load in another round."""

    ref: str
    pick: str
    drop: str
    pieces: tuple[Piece, ...]
    visit: str | None = None  # demand key of the visit at whose stop it is dropped


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
    for a in allocation.assignments:
        g = goods[a.goods]
        piece = Piece(a.goods, a.demand, a.units)
        if a.demand in lines:
            line = lines[a.demand]
            grouped[f"{line.order}<{_origin(g)}{_cold(g)}", g.site, line.site, None].append(piece)
        else:
            site = sites[a.demand]
            visit = site.key if site.kind == "visit" else None
            suffix = "" if visit and g.site == depot else f"<{_origin(g)}" + ("" if visit else _cold(g))
            grouped[f"{site.key}{suffix}", g.site, site.site, visit].append(piece)
    for g in day.goods:
        rest = g.quantity - promised.get(g.key, 0)
        if not g.on_shelf and rest > 0 and not g.blocked:
            grouped[f"{depot}<{_origin(g)}{_cold(g)}", g.site, depot, None].append(Piece(g.key, None, rest))
    served_visits = {visit for (_, _, _, visit) in grouped if visit}
    for key in served_visits:
        grouped.setdefault((key, depot, sites[key].site, key), [])  # the car stands there even if all food comes from shops
    loads = []
    for (ref, pick, drop, visit), pieces in sorted(grouped.items(), key=lambda entry: str(entry[0])):
        demand = sites.get(pieces[0].demand or "") if pieces else None
        if demand is not None and demand.kind == "pickup_day":
            loads += _chunks(ref, pick, drop, pieces, goods)
        else:
            loads.append(Load(ref, pick, drop, tuple(pieces), visit))
    return loads


def _origin(g: Goods) -> str:
    return g.site if g.window is None else f"{g.site}@{g.window[0]}-{g.window[1]}"


def _cold(g: Goods) -> str:
    """Ambient goods and cold goods are separate loads: some vans carry no cold."""
    return "" if g.zone == "ambient" else "*"


def _chunks(ref: str, pick: str, drop: str, pieces: list[Piece], goods: dict[str, Goods]) -> list[Load]:
    chunks: list[list[Piece]] = [[]]
    room = dict(CHUNK_G)
    for piece in pieces:
        g = goods[piece.goods]
        left = piece.units
        while left:
            fits = min(left, max(0, room[g.zone] // g.unit_g))
            if fits == 0:
                if not chunks[-1]:
                    fits = 1  # a single unit heavier than a chunk
                else:
                    chunks.append([])
                    room = dict(CHUNK_G)
                    continue
            chunks[-1].append(replace(piece, units=fits))
            room[g.zone] -= fits * g.unit_g
            left -= fits
    return [Load(f"{ref}#{n}", pick, drop, tuple(chunk)) for n, chunk in enumerate(chunks, start=1) if chunk]


def build_problem(day: Day, loads: Iterable[Load], travel: Travel) -> Problem:
    """The solver's problem; request ``i`` is load ``i``."""
    goods = day.goods_by_key()
    lines = {line.key: line for line in day.lines}
    sites = {site.key: site for site in day.sites}
    at = travel.index()
    stands, rows = _stands(day, travel)
    kept = list(loads)
    depot = day.depot if kept else ""
    anchors = {load.visit: i for i, load in enumerate(kept) if load.visit and load.pick == depot}
    cars = frozenset(i for i, v in enumerate(day.vans) if v.kind == "kitchen_car")
    requests = []
    for index, load in enumerate(kept):
        grams = dict.fromkeys(ZONES, 0)
        for piece in load.pieces:
            g = goods[piece.goods]
            grams[g.zone] += piece.units * g.unit_g
        total = sum(grams.values())
        handling = -(-day.per_kg_s * total // 1000)
        demand = next((sites[p.demand] for p in load.pieces if p.demand in sites), sites.get(load.visit or ""))
        line = next((lines[p.demand] for p in load.pieces if p.demand in lines), None)
        anchor = anchors.get(load.visit) if load.visit else None
        requests.append(
            Request(
                ref=load.ref,
                pickup=Task(at[load.pick], (_pick_window(day, load, goods),), handling),
                delivery=_delivery(day, load, stands.get(load.visit or "", at[load.drop]), handling, line, demand),
                load_g=(grams["ambient"], grams["chilled"], grams["frozen"]),
                penalty=_penalty(day, load, goods, demand, depot),
                vehicles=cars if load.visit else None,
                with_visit=anchor if anchor is not None and anchor != index else None,
            )
        )
    return Problem(
        sites=tuple(Site(travel.codes[row], day.stop_s) for row in rows),
        vehicles=tuple(
            Vehicle(
                code=v.code,
                start_site=at[v.depot],
                end_site=at[v.depot],
                shift_start_s=v.shift[0],
                shift_end_s=v.shift[1],
                capacity_g=v.capacity_g,
                break_s=v.break_s,
                fixed_cost=VEHICLE_COST,
                cost_per_m=1,
                cost_per_s=1,
            )
            for v in day.vans
        ),
        requests=tuple(requests),
        travel_s=travel.seconds[np.ix_(rows, rows)],
        travel_m=travel.metres[np.ix_(rows, rows)],
        name=day.date.isoformat(),
    )


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
        return Task(site, (line.window,), handling)
    if demand is None:
        return Task(site, ((place.opens_s, place.closes_s),), handling)
    latest = demand.open_from_s - day.stop_s
    hold = demand.open_until_s + PACK_UP_S if load.visit else None
    return Task(
        site,
        ((min(place.opens_s, latest), latest),),
        handling,
        latest_done_s=demand.open_from_s,
        hold_until_s=hold,
    )


def _penalty(day: Day, load: Load, goods: dict[str, Goods], demand: SiteDemand | None, depot: str) -> int | None:
    if load.visit and load.pick == depot:
        return None  # the visit itself: without it the car does not stand there at all
    penalty = 0
    offers = {p.goods for p in load.pieces if not goods[p.goods].on_shelf}
    for piece in load.pieces:
        g = goods[piece.goods]
        grams = piece.units * g.unit_g
        if not g.on_shelf:
            soon = g.last_day is not None and (g.last_day - day.date).days <= PERISHABLE_DAYS
            penalty += grams * (OFFER_PER_G + (OFFER_PERISHABLE_PER_G if soon else 0))
        if piece.demand is not None:
            penalty += grams * (LINE_PER_G if demand is None else SITE_PER_G)
    return penalty + OFFER_BASE * len(offers) + (LINE_BASE if any(p.demand is not None for p in load.pieces) else 0)
