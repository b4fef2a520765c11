"""Sourcing inside the routing search: who gets what from where may change while the routes are searched.

Each piece for an order line becomes a request of its own with options: other goods that the line may have, from the shelf or from a shop, as
many units as come nearest to its grams. Stocks see to it that nothing is given twice. What a shop keeps for the depot stays as heavy
as it was, so the outcome is a proposal: the allocation read off it is routed again as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from logistics.allocation.allocate import LINE_OVER, Allocation, settle
from logistics.allocation.book import Book
from logistics.allocation.facts import Day, Demand, LineDemand, first_expiring
from logistics.allocation.reach import PairPrice, Reach
from logistics.dispatch.planner.expenses import times_of
from logistics.dispatch.planner.loads import Load, Piece, Travel, build_problem, load_name
from logistics.dispatch.planner.outcome import Outcome
from logistics.solver.problem import Problem
from logistics.solver.result import Result, Route, Stop

LEAST_OPTIONS, MOST_OPTIONS = 3, 10
MOST_IN_ALL = 6_000
MOST_APART_G = 400  # an option is no more than this above or below what it stands for


@dataclass(frozen=True)
class Exchange:
    """``problem.requests`` and ``loads`` by index; ``names``: what each load is, or would be part of, in a plain problem (``Load.ref``).
    ``start``: the routes that there were, in its terms. ``free`` are the pairs (goods, demand) that may change, ``rests`` the requests for
    what nobody has been promised yet."""

    loads: tuple[Load, ...]
    names: tuple[str, ...]
    problem: Problem
    start: list[Route]
    free: frozenset[tuple[str, str]]
    rests: frozenset[int]


def exchange(day: Day, travel: Travel, reach: Reach, current: Outcome, price: PairPrice) -> Exchange:
    """The problem in which every piece of an order may come from elsewhere, and what an order lacks may come from anywhere."""
    loads, names, parts, free = _split(day, current.loads)
    pieces = [loads[index].pieces[0] for index in free]
    stock = {g.key: g.quantity for g in day.goods}
    for key, units in current.allocation.of_goods().items():
        stock[key] -= units
    for piece in pieces:
        stock[piece.goods] += piece.units
    rest_g = {line.key: _rest_g(reach, current.allocation, line) for line in day.lines}
    most = max(LEAST_OPTIONS, min(MOST_OPTIONS, MOST_IN_ALL // max(1, len(pieces))))
    others = _Others(day, reach, price, stock, rest_g, most)
    choices: list[tuple[int | None, _Option]] = []  # instead of which request; of none: the first of a new group
    rests: list[int] = []
    for index, piece in zip(free, pieces, strict=True):
        choices += [(index, option) for option in others.instead_of(piece, f"{index}")]
    for line in day.lines:
        found = others.for_rest(line)
        lead = len(loads) + len(choices)
        rests += range(lead, lead + len(found))
        choices += [(lead if n else None, option) for n, option in enumerate(found)]
    listed = (*loads, *(option.load for _, option in choices))
    problem = build_problem(day, listed, travel)
    requests, times = list(problem.requests), times_of(day)
    number_of: dict[str, int] = {}

    def takes(load: Load) -> tuple[tuple[int, int]]:
        piece = load.pieces[0]
        return ((number_of.setdefault(piece.goods, len(number_of)), piece.units),)

    together = {index: len(part) for part in parts for index in part}
    left_out = times * day.weights.line_left_out
    for index in free:  # leaving out a whole load costs once what leaving one out costs
        penalty = (requests[index].penalty or 0) - left_out + left_out // together[index]
        requests[index] = replace(requests[index], takes=takes(loads[index]), penalty=penalty)
    for index, (of, option) in enumerate(choices, start=len(loads)):
        like = requests[index if of is None else of]
        requests[index] = replace(
            requests[index],
            instead_of=of,
            takes=takes(option.load),
            extra_cost=times * option.cost,
            stays_with=like.stays_with,
            move_cost=like.move_cost,
            penalty=times * option.penalty if of is None else like.penalty,
        )
    return Exchange(
        listed,
        (*names, *(option.name for _, option in choices)),
        replace(problem, requests=tuple(requests), stocks=tuple(stock[key] for key in number_of)),
        [_in_parts(route, parts) for route in current.result.routes],
        frozenset((piece.goods, piece.demand or "") for piece in pieces),
        frozenset(rests),
    )


def _rest_g(reach: Reach, allocation: Allocation, line: LineDemand) -> int:
    """Grams that ``line`` lacks of its fair share (R13)."""
    return reach.shares[line.key] - line.asked_g + allocation.missing.get(line.key, 0)


def taken_over(day: Day, reach: Reach, before: Allocation, changed: Exchange, result: Result) -> Allocation:
    """The allocation that ``result`` of the changed problem stands for. What it leaves out stays promised as it was."""
    book = Book(reach)
    for a in before.assignments:
        if (a.goods, a.demand) not in changed.free:
            book.give(a.goods, a.demand, a.units)
    on_routes = {q for route in result.routes for stop in route.stops for q in stop.deliveries}
    for q in (*sorted(on_routes), *sorted(set(result.unserved) - changed.rests)):
        if changed.problem.requests[q].takes:
            piece = changed.loads[q].pieces[0]
            units = min(piece.units, book.left[piece.goods])
            if units and piece.demand:
                book.give(piece.goods, piece.demand, units)
    for line in day.lines:
        book.trim(line, min(line.asked_g, reach.shares[line.key]))
    book.top_up(over=False)
    book.first_expiring_first()
    return settle(book)


def routes_for(changed: Exchange, result: Result, loads: Sequence[Load]) -> list[Route]:
    """The routes of ``result`` in terms of ``loads``, those of the allocation taken over: what is one load there is taken up at the first of
    its stops and dropped at the last, on the first route that has it. The lots may have changed since (first expiring first), the names of
    loads have not."""
    by_ref = {load.ref: i for i, load in enumerate(loads)}
    by_pair = {(piece.goods, piece.demand): i for i, load in enumerate(loads) for piece in load.pieces}

    def now(q: int) -> int | None:
        if changed.names[q] in by_ref:
            return by_ref[changed.names[q]]
        pairs = [(piece.goods, piece.demand) for piece in changed.loads[q].pieces]
        return next((by_pair[pair] for pair in pairs if pair in by_pair), None)

    taken: set[int] = set()
    routes: list[Route] = []
    for route in result.routes:
        up: dict[int, int] = {}
        down: dict[int, int] = {}
        for number, stop in enumerate(route.stops):
            for found in (now(q) for q in stop.pickups):
                if found is not None and found not in taken:
                    up.setdefault(found, number)
            for found in (now(q) for q in stop.deliveries):
                if found is not None and found in up:
                    down[found] = number
        taken |= down.keys()
        stops = [
            replace(
                stop,
                pickups=tuple(i for i in sorted(down) if up[i] == number),
                deliveries=tuple(i for i in sorted(down) if down[i] == number),
            )
            for number, stop in enumerate(route.stops)
        ]
        kept: tuple[Stop, ...] = tuple(stop for stop in stops if stop.pickups or stop.deliveries)
        if kept:
            routes.append(replace(route, stops=kept))
    return routes


def _split(day: Day, loads: Sequence[Load]) -> tuple[list[Load], list[str], list[tuple[int, ...]], list[int]]:
    """Loads for orders, one a piece, and what they were called; which they are by the index of the load they were part of; and the
    indices of the pieces."""
    lines = {line.key for line in day.lines}
    split: list[Load] = []
    names: list[str] = []
    parts: list[tuple[int, ...]] = []
    free: list[int] = []
    for load in loads:
        first = len(split)
        if load.vehicle is None and load.visit is None and load.pieces and all(p.demand in lines for p in load.pieces):
            split += [replace(load, ref=f"{load.ref}/{n}", pieces=(piece,)) for n, piece in enumerate(load.pieces)]
            free += range(first, len(split))
        else:
            split.append(load)
        parts.append(tuple(range(first, len(split))))
        names += [load.ref] * (len(split) - first)
    return split, names, parts, free


def _in_parts(route: Route, parts: Sequence[tuple[int, ...]]) -> Route:
    def whole(old: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(i for index in old for i in parts[index])

    return replace(route, stops=tuple(replace(s, pickups=whole(s.pickups), deliveries=whole(s.deliveries)) for s in route.stops))


@dataclass(frozen=True, slots=True)
class _Option:
    """``load``, part of the load ``name`` of a plain problem. ``cost``: what the order gets less or more with it; ``penalty``: what it costs
    when it gets nothing."""

    load: Load
    name: str
    cost: int
    penalty: int


@dataclass(frozen=True, slots=True)
class _Others:
    """What an order line could have, from where. ``stock`` holds the units that may be given, ``rest_g`` what a line lacks of its fair share
    (negative: it has more); there are ``most`` options for each."""

    day: Day
    reach: Reach
    price: PairPrice
    stock: Mapping[str, int]
    rest_g: Mapping[str, int]
    most: int

    def instead_of(self, piece: Piece, number: str) -> list[_Option]:
        """About as many grams of other goods as ``piece`` has."""
        line, grams = self.reach.demands[piece.demand or ""], piece.units * self.reach.goods[piece.goods].unit_g
        units = {g.key: max(1, round(grams / g.unit_g)) for g in self.reach.candidates(line) if g.key != piece.goods}
        near = {key: n for key, n in units.items() if abs(n * self.reach.goods[key].unit_g - grams) <= MOST_APART_G}
        return self._best(line, grams, {key: n for key, n in near.items() if self.stock[key] >= n}, number)

    def for_rest(self, line: LineDemand) -> list[_Option]:
        """As much as there is of what is missing."""
        grams = self.rest_g[line.key]
        fitting = {g.key: min(self.stock[g.key], grams // g.unit_g) for g in self.reach.candidates(line)}
        return self._best(line, grams, {key: n for key, n in fitting.items() if n > 0}, f"{line.key}+")

    def _best(self, line: Demand, grams: int, units: Mapping[str, int], number: str) -> list[_Option]:
        """Those that are the least out of the way; of the lots of one item on the shelf the first to expire."""
        weight, goods = self.day.weights.line_per_g, self.reach.goods
        found: list[tuple[int, str, int]] = []
        shelved: set[tuple[str, int]] = set()
        for key in sorted(units, key=lambda key: first_expiring(goods[key])):
            g = goods[key]
            if g.on_shelf and (g.gtin, g.unit_g) in shelved:
                continue
            shelved |= {(g.gtin, g.unit_g)} if g.on_shelf else set()
            more_g = units[key] * g.unit_g - grams
            cost = -more_g * weight if more_g < 0 else max(0, more_g - max(0, self.rest_g[line.key])) * weight // LINE_OVER
            found.append((cost + (0 if g.on_shelf else self.price(g, line)), key, cost))
        options = []
        for n, (_, key, cost) in enumerate(sorted(found)[: self.most]):
            name = load_name(self.day, goods[key], line, self.day.depot)
            load = Load(f"{name}/{number}.{n}", goods[key].site, line.site, (Piece(key, line.key, units[key]),))
            options.append(_Option(load, name, cost, grams * weight))
        return options
