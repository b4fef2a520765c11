"""Trying a changed day against a plan: can what was left out be served now, with everything else still on board?

The plan's routes are where a trial starts from; what the allocation could not give before is given first from what nobody has been
promised. Nothing is written anywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from logistics.allocation.allocate import Allocation, Assignment, allocate
from logistics.allocation.book import Book
from logistics.allocation.facts import Day, LineDemand, SiteDemand
from logistics.allocation.reach import Reach
from logistics.dispatch.planner.loads import Load, Piece, Travel, build_problem, chunks_of, loads_of, rooms_for
from logistics.dispatch.planner.outcome import Outcome
from logistics.dispatch.planner.travel import Roads
from logistics.solver.explain import Served, serves, why
from logistics.solver.problem import Problem

SHARING_WORK = 0.2  # CP-SAT's deterministic time for sharing the food anew
SHARING_EFFORT = 40_000  # about as long as this many rounds times loads


@dataclass(frozen=True, slots=True)
class Goal:
    """What is to be served: ``loads`` of the plan that no route took, and, with ``fill``, what the demand ``key`` was not promised."""

    key: str
    loads: frozenset[int]
    fill: bool = False


class Trials:
    """Trials around one plan of ``day``. ``effort`` is what was spent so far: rounds times requests."""

    def __init__(self, day: Day, outcome: Outcome, roads: Roads, *, seed: int) -> None:
        self.day, self.outcome, self.roads, self.seed = day, outcome, roads, seed
        self.effort = 0

    def served(self, changed: Day, goal: Goal, *, work: int) -> Served | None:
        """The plan with the goal in it, or None when none was found within ``work`` rounds."""
        built = self._problem(changed, goal)
        if built is None:
            return None
        self.effort += work * len(built[0].requests)
        return serves(built[0], self.outcome.result, built[1], work=work, seed=self.seed)

    def works(self, changed: Day, goal: Goal, *, work: int) -> bool:
        """Whether the goal can be served and the planner would do so."""
        found = self.served(changed, goal, work=work)
        return found is not None and found.worth

    def reason(self, goal: Goal, *, work: int) -> str | None:
        """Why a goal is left out; None when its goods could not even be given to it."""
        built = self._problem(self.day, goal)
        if built is None:
            return None
        self.effort += work * len(built[0].requests)
        return why(
            built[0],
            replace(self.outcome.result, unserved=_not_on_board(built[0], self.outcome)),
            built[1],
            work=work,
            seed=self.seed,
        )

    def _problem(self, changed: Day, goal: Goal) -> tuple[Problem, frozenset[int]] | None:
        travel = self.roads(changed.places)
        demands: dict[str, LineDemand | SiteDemand] = {d.key: d for d in changed.demands}
        loads = [_to_where_it_is(load, demands) for load in self.outcome.loads]
        wanted = set(goal.loads)
        before = next((d for d in self.day.demands if d.key == goal.key), None)
        if before is not None and goal.key in demands and not goal.fill:
            _lighter(changed, loads, wanted, goal.key, before.asked_g - demands[goal.key].asked_g)
        if goal.fill:
            more = self._given(changed, demands[goal.key], travel)
            if more is None:
                return None
            for piece in (p for load in more for p in load.pieces):
                _take_from_rest(loads, piece)
            anchored = {load.ref for load in loads}
            for load in more:
                if load.ref in anchored and not load.pieces:
                    continue
                wanted.add(len(loads))
                loads.append(replace(load, ref=f"{load.ref}?") if load.ref in anchored else load)
        loads, wanted = _packed(changed, loads, wanted, demands)
        return build_problem(changed, loads, travel), frozenset(wanted)

    def fair(self, changed: Day, goal: Goal) -> bool:
        """Whether the food, shared anew, meets the goal and leaves nobody with less than before. Only where food has to be shared anew."""
        if not goal.fill:
            return True
        reach = Reach(changed, self.roads(changed.places).between())
        self.effort += SHARING_EFFORT
        missing = allocate(reach, work=SHARING_WORK, seed=self.seed).missing
        before = self.outcome.allocation.missing
        return goal.key not in missing and all(grams <= before.get(key, 0) for key, grams in missing.items())

    def _given(self, changed: Day, demand: LineDemand | SiteDemand, travel: Travel) -> list[Load] | None:
        """Loads with what the demand was not promised, from the shelf if that is enough, else from shops too."""
        if isinstance(demand, LineDemand):
            small = replace(changed, lines=tuple(x for x in changed.lines if x.order == demand.order), sites=())
        else:
            small = replace(changed, lines=(), sites=(demand,))
        reach = Reach(small, travel.between())
        for shelf_only in (True, False):
            book = self._book(reach, shelf_only=shelf_only)
            before = dict(book.given)
            book.cover_sites()
            book.top_up(over=False)
            book.top_up(over=True)
            if book.grams(demand) < demand.asked_g:
                continue
            new = {g: n - before.get((g, key), 0) for (g, key), n in book.given.items() if key == demand.key}
            new = {g: n for g, n in new.items() if n > 0}
            goods = tuple(g if g.on_shelf else replace(g, quantity=new.get(g.key, 0)) for g in small.goods)
            given = Allocation([Assignment(g, demand.key, n) for g, n in sorted(new.items())])
            return loads_of(replace(small, goods=goods), given)
        return None

    def _book(self, reach: Reach, *, shelf_only: bool) -> Book:
        book = Book(reach)
        for a in self.outcome.allocation.assignments:
            if a.demand in reach.demands:
                book.give(a.goods, a.demand, a.units)
            else:
                book.left[a.goods] -= a.units
        if shelf_only:
            for g in reach.day.goods:
                book.left[g.key] = book.left[g.key] if g.on_shelf else 0
        return book


def _packed(
    day: Day, loads: list[Load], wanted: set[int], demands: Mapping[str, LineDemand | SiteDemand]
) -> tuple[list[Load], set[int]]:
    """The wanted loads packed anew for the vehicles of ``day``: what two trips were needed for may now go on one."""
    goods = day.goods_by_key()
    together: dict[str, list[int]] = defaultdict(list)
    for index in sorted(wanted):
        load = loads[index]
        if load.visit is None and load.pieces:
            together[load.ref.partition("#")[0]].append(index)
    for indices in together.values():
        if len(indices) < 2:
            continue
        pieces = [p for index in indices for p in loads[index].pieces]
        demand = next((demands[p.demand] for p in pieces if p.demand is not None and p.demand in demands), None)
        chunks = chunks_of(pieces, goods, rooms_for(day, demand if isinstance(demand, SiteDemand) else None))
        for number, index in enumerate(indices):
            loads[index] = replace(loads[index], pieces=chunks[number] if number < len(chunks) else ())
        wanted.difference_update(indices[len(chunks) :])
        for chunk in chunks[len(indices) :]:
            wanted.add(len(loads))
            loads.append(replace(loads[indices[0]], ref=f"{loads[indices[0]].ref}?{len(loads)}", pieces=chunk))
    return loads, wanted


def _not_on_board(problem: Problem, outcome: Outcome) -> tuple[int, ...]:
    served = {q for route in outcome.result.routes for stop in route.stops for q in stop.deliveries}
    return tuple(q for q in range(len(problem.requests)) if q not in served)


def _to_where_it_is(load: Load, demands: Mapping[str, LineDemand | SiteDemand]) -> Load:
    """The load, dropped where its demand is held."""
    key = load.visit or next((p.demand for p in load.pieces if p.demand is not None), None)
    demand = demands.get(key) if key is not None else None
    return load if demand is None or demand.site == load.drop else replace(load, drop=demand.site)


def _lighter(day: Day, loads: list[Load], wanted: set[int], key: str, grams: int) -> None:
    """Take at most ``grams`` of ``key`` out of the wanted loads, in whole units; a load with nothing left in it is no longer wanted."""
    unit_g = {g.key: g.unit_g for g in day.goods}
    for index in sorted(wanted, reverse=True):
        pieces: list[Piece] = []
        for piece in reversed(loads[index].pieces):
            less = min(piece.units, grams // unit_g[piece.goods]) if piece.demand == key else 0
            grams -= less * unit_g[piece.goods]
            if piece.units > less:
                pieces.append(replace(piece, units=piece.units - less))
        loads[index] = replace(loads[index], pieces=tuple(reversed(pieces)))
        if not pieces and loads[index].visit != loads[index].ref:
            wanted.discard(index)


def _take_from_rest(loads: list[Load], given: Piece) -> None:
    """Units of an offer that were to go to the depot and are now promised to somebody."""
    left = given.units
    for index, load in enumerate(loads):
        pieces = []
        for piece in load.pieces:
            taken = min(left, piece.units) if piece.goods == given.goods and piece.demand is None else 0
            left -= taken
            if piece.units > taken:
                pieces.append(replace(piece, units=piece.units - taken))
        loads[index] = replace(load, pieces=tuple(pieces))
