"""What it costs to bind a shop and a demand to one route, judged by the routes that there are.

Free where a route passes the shop in its window before the demand's place. Else the cheapest of going by the shop before the place, or
by the place once more after the shop: the way round, a stop, and how much too late that or what follows would be.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from logistics.allocation.facts import Day, Demand, Goods, LineDemand
from logistics.dispatch.planner.loads import Travel
from logistics.solver.problem import Problem
from logistics.solver.result import Result, Route

Ints = NDArray[np.int64]

ON_THE_WAY = 50
FITTED_NOWHERE = 200_000
LATE_PER_S = 3
_FAR = 1 << 40


class _Legs:
    """All legs of all routes, one after the other: from where (left when), to where (begun when)."""

    def __init__(self, travel: Travel, problem: Problem, result: Result) -> None:
        at = travel.index()
        self.places: dict[int, list[tuple[int, int, int]]] = defaultdict(list)  # place → (route, leg that ends there, start)
        self.first: list[int] = []  # first leg of each route, and one more
        rows: list[tuple[int, int, int, int]] = []
        for number, route in enumerate(result.routes):
            self.first.append(len(rows))
            stops = _stops(route, problem, at)
            for before, here in pairwise(stops):
                rows.append((before[0], before[2], here[0], here[1]))
                self.places[here[0]].append((number, len(rows) - 1, here[1]))
        self.first.append(len(rows))
        table = np.array(rows, dtype=np.int64).reshape(-1, 4)
        self.start, self.left_s, self.end, self.begun_s = table.T

    def routes(self) -> list[tuple[int, int]]:
        return list(pairwise(self.first))


def _stops(route: Route, problem: Problem, at: dict[str, int]) -> list[tuple[int, int, int]]:
    """Place, start and leave of each stop, with the depots at both ends."""
    vehicle = problem.vehicles[route.vehicle]
    inner = [(at[problem.sites[s.site].code], s.start_s, s.leave_s) for s in route.stops]
    start, end = (at[problem.sites[site].code] for site in (vehicle.start_site, vehicle.end_site))
    return [(start, route.depart_s, route.depart_s), *inner, (end, route.return_s, route.return_s)]


class Detours:
    """Prices of pairs, in the planner's cost units. ``failed`` pairs fitted on no route."""

    def __init__(
        self, day: Day, travel: Travel, problem: Problem, result: Result, *, failed: frozenset[tuple[str, str]] = frozenset()
    ) -> None:
        self._failed = failed
        self._shops = {pair: n for n, pair in enumerate(sorted({(g.site, g.window) for g in day.goods if g.window is not None}))}
        latest: dict[str, tuple[int, int]] = {}
        for demand in day.demands:
            begin, end = _window(day, demand)
            known = latest.get(demand.site, (begin, end))
            latest[demand.site] = (min(begin, known[0]), max(end, known[1]))
        self._drops = {site: n for n, site in enumerate(latest)}
        at = travel.index()
        legs = _Legs(travel, problem, result)
        shops = _round(day, travel, legs, [(at[code], window) for code, window in self._shops])
        drops = _round(day, travel, legs, [(at[code], window) for code, window in latest.items()])
        self._price = np.full((len(self._shops), len(self._drops)), _FAR, dtype=np.int64)
        before, after = shops.copy(), drops.copy()
        for a, b in legs.routes():
            before[:, a:b] = np.minimum.accumulate(shops[:, a:b], axis=1)
            after[:, a:b] = np.minimum.accumulate(drops[:, a:b][:, ::-1], axis=1)[:, ::-1]
        for code, column in self._drops.items():
            for _, leg, _ in legs.places[at[code]]:
                np.minimum(self._price[:, column], before[:, leg], out=self._price[:, column])
        for (code, window), row in self._shops.items():
            for route, leg, start in legs.places[at[code]]:
                if not window[0] <= start <= window[1] or leg + 1 >= legs.first[route + 1]:
                    continue
                np.minimum(self._price[row], after[:, leg + 1], out=self._price[row])
                for place in {int(p) for p in legs.end[leg + 1 : legs.first[route + 1]]}:
                    column = self._drops.get(travel.codes[place], -1)
                    if column >= 0:
                        self._price[row, column] = ON_THE_WAY

    def price(self, goods: Goods, demand: Demand) -> int:
        """For goods that a shop offers."""
        if (goods.key, demand.key) in self._failed or goods.window is None:
            return FITTED_NOWHERE
        found = self._price[self._shops[goods.site, goods.window], self._drops[demand.site]]
        return min(FITTED_NOWHERE, max(ON_THE_WAY, int(found)))


def _window(day: Day, demand: Demand) -> tuple[int, int]:
    return demand.window if isinstance(demand, LineDemand) else (0, demand.open_from_s - day.stop_s)


def _round(day: Day, travel: Travel, legs: _Legs, stops: list[tuple[int, tuple[int, int]]]) -> Ints:
    """The price of putting each stop (place, window) into each leg."""
    if not stops:
        return np.zeros((0, len(legs.start)), dtype=np.int64)
    cost = travel.metres + day.weights.per_s * travel.seconds
    places = np.array([place for place, _ in stops])
    early = np.array([window[0] for _, window in stops])[:, None]
    late = np.array([window[1] for _, window in stops])[:, None]
    way = cost[legs.start][:, places].T + cost[places][:, legs.end] - cost[legs.start, legs.end][None, :]
    begin = np.maximum(legs.left_s[None, :] + travel.seconds[legs.start][:, places].T, early)
    pushed = np.maximum(0, begin + day.stop_s + travel.seconds[places][:, legs.end] - legs.begun_s[None, :])
    return np.asarray(way + day.stop_s + LATE_PER_S * np.maximum(0, begin - late) + pushed, dtype=np.int64)
