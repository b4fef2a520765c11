"""A plan on the coordinator's table: which load is where, what a person has settled, and whether each route holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from logistics.allocation.allocate import Allocation, Assignment
from logistics.allocation.book import Book
from logistics.allocation.facts import Day, HandLock
from logistics.allocation.reach import Reach
from logistics.dispatch.planner.broken import Broken, broken, relaxed
from logistics.dispatch.planner.holding import Routes
from logistics.dispatch.planner.kept import not_aboard
from logistics.dispatch.planner.loads import Load, Travel, build_problem, loads_of, locks_on
from logistics.dispatch.planner.read_back import Gone, ReadBack
from logistics.solver.model import Arrays, arrays
from logistics.solver.problem import Problem
from logistics.solver.result import Result, Route
from logistics.solver.schedule import Stops, carries, cost_of, schedule, stops_from_route


@dataclass(frozen=True)
class Base:
    """What a plan is edited from: the day without what kept routes bring, everything that could be moved (what the plan leaves out
    too, as far as there are goods for it), and the plan's own routes. Request ``i`` of ``problem`` is ``loads[i]``."""

    day: Day
    loads: tuple[Load, ...]
    problem: Problem
    routes: Routes
    gone: tuple[Gone, ...]

    def number_of(self) -> dict[str, int]:
        """Loads by name."""
        return {load.ref: i for i, load in enumerate(self.loads)}


@dataclass(frozen=True)
class Board:
    """One state of the table. Loads on no route are set aside."""

    routes: Mapping[int, Stops]
    locks: tuple[HandLock, ...] = ()

    def aside(self, base: Base) -> list[int]:
        """Loads on no route."""
        placed = {t >> 1 for stops in self.routes.values() for s in stops for t in s}
        return [q for q in range(len(base.loads)) if q not in placed]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A route with its times: exact where it holds, else as it would be driven, with everything that it breaks. ``peak_g`` is the most
    aboard per zone."""

    stops: Stops
    route: Route
    broken: tuple[Broken, ...]
    peak_g: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Totals:
    """What a state comes to; ``cost`` in the planner's cost units, ``served_g`` what receivers get and ``collected_g`` what is picked up at
    shops."""

    distance_m: int
    work_s: int
    cost: int
    served_g: int
    collected_g: int
    vehicles: int
    broken: int


@dataclass(frozen=True)
class Judged:
    """A state with the verdict on each of its routes, by vehicle."""

    board: Board
    verdicts: Mapping[int, Verdict]
    totals: Totals

    @property
    def holds(self) -> bool:
        return not self.totals.broken


@dataclass
class Table:
    """Judges states of one base; what does not change between them is worked out once."""

    base: Base
    _rules: dict[tuple[HandLock, ...], tuple[Problem, Arrays]] = field(default_factory=dict)

    def rules(self, locks: tuple[HandLock, ...]) -> tuple[Problem, Arrays]:
        """The problem under ``locks``, and its flat form."""
        if locks not in self._rules:
            problem = replace(self.base.problem, locks=locks_on(replace(self.base.day, locks=locks), self.base.loads))
            self._rules[locks] = problem, arrays(problem)
        return self._rules[locks]

    def judge(self, board: Board, before: Judged | None = None) -> Judged:
        """The verdict on every route; those that are as they were ``before``, under the same locks, are not looked at again."""
        known = before.verdicts if before is not None and before.board.locks == board.locks else {}
        verdicts = {}
        for vehicle, stops in sorted(board.routes.items()):
            old = known.get(vehicle)
            verdicts[vehicle] = old if old is not None and old.stops == stops else self.verdict(vehicle, stops, board.locks)
        return Judged(board, verdicts, self._totals(board, verdicts))

    def verdict(self, vehicle: int, stops: Stops, locks: tuple[HandLock, ...]) -> Verdict:
        """One route."""
        problem, a = self.rules(locks)
        route = schedule(a, vehicle, stops) if carries(a, vehicle, stops) else None
        found = () if route is None else broken(problem, vehicle, stops, route)
        if route is None:
            route = schedule(a, vehicle, stops) or relaxed(problem, vehicle, stops)
            found = broken(problem, vehicle, stops, route) or (Broken("time", -1),)
        return Verdict(stops, route, found, _peak(problem, route))

    def _totals(self, board: Board, verdicts: Mapping[int, Verdict]) -> Totals:
        problem = self.base.problem
        routes = [v.route for v in verdicts.values()]
        grams = {key: g.unit_g for key, g in self.base.day.goods_by_key().items()}
        shops = {g.key for g in self.base.day.goods if not g.on_shelf}
        placed = [p for r in routes for s in r.stops for q in s.deliveries for p in self.base.loads[q].pieces]
        return Totals(
            distance_m=sum(r.distance_m for r in routes),
            work_s=sum(r.return_s - r.depart_s for r in routes),
            cost=cost_of(problem, routes, board.aside(self.base)),
            served_g=sum(p.units * grams[p.goods] for p in placed if p.demand is not None),
            collected_g=sum(p.units * grams[p.goods] for p in placed if p.goods in shops),
            vehicles=len(routes),
            broken=sum(1 for v in verdicts.values() if v.broken),
        )

    def result(self, judged: Judged) -> Result:
        """The state as the planner's answer."""
        routes = tuple(v.route for _, v in sorted(judged.verdicts.items()))
        return Result(routes, tuple(judged.board.aside(self.base)), judged.totals.cost, 0, "done")


def base_of(back: ReadBack, travel: Travel) -> Base:
    """What can be moved by hand: the plan's loads, and for what is missing the goods that nobody has been promised."""
    placed = {q for r in back.result.routes for stop in r.stops for q in (*stop.pickups, *stop.deliveries)}
    meant = {q for q, load in enumerate(back.loads) if load.visit or load.vehicle or any(piece.demand for piece in load.pieces)}
    own = sorted(placed | meant)  # with what no longer fits
    index = {q: i for i, q in enumerate(own)}
    loads = [back.loads[q] for q in own]
    loads += _to_spare(back, loads, travel)
    day = replace(back.day, locks=())
    routes = {
        r.vehicle: [[(index[t >> 1] << 1) | (t & 1) for t in s] for s in stops_from_route(r, back.problem)]
        for r in back.result.routes
    }
    return Base(day, tuple(loads), build_problem(day, loads, travel), routes, back.gone)


def _to_spare(back: ReadBack, carried: list[Load], travel: Travel) -> list[Load]:
    """Loads for demands that the plan leaves open, from what it leaves on the shelf and at the shops, and what remains there."""
    day = back.day
    if not day.vans:
        return []
    book = Book(Reach(not_aboard(day), travel.between()))
    for load in carried:
        for piece in () if load.vehicle else load.pieces:
            if piece.demand is None:
                book.left[piece.goods] -= piece.units
            else:
                book.give(piece.goods, piece.demand, piece.units)
    before, left = dict(book.given), dict(book.left)
    book.cover_sites()
    book.top_up(over=False)
    more = [Assignment(g, d, n - before.get((g, d), 0)) for (g, d), n in sorted(book.given.items()) if n > before.get((g, d), 0)]
    rest = replace(day, kept=(), goods=tuple(replace(g, quantity=left[g.key]) for g in day.goods))
    taken = {load.ref for load in carried}
    found = []
    for load in loads_of(rest, Allocation(more)):
        name, number = load.ref, 2
        while name in taken:
            name, number = f"{load.ref.split('#')[0]}#{number}", number + 1
        if load.pieces or name == load.ref:  # a car that comes anyway is not sent a second time
            taken.add(name)
            found.append(replace(load, ref=name))
    return found


def _peak(problem: Problem, route: Route) -> tuple[int, int, int]:
    aboard, peak = [0, 0, 0], [0, 0, 0]
    for stop in route.stops:
        for zone in range(3):
            aboard[zone] -= sum(problem.requests[q].load_g[zone] for q in stop.deliveries)
            aboard[zone] += sum(problem.requests[q].load_g[zone] for q in stop.pickups)
            peak[zone] = max(peak[zone], aboard[zone])
    return peak[0], peak[1], peak[2]
