"""The cheapest plan of a tiny day by trying everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from logistics.solver.model import arrays
from logistics.solver.problem import Problem
from logistics.solver.schedule import cost_of, holds


def orders(left: frozenset[int], on_board: frozenset[int] = frozenset()) -> Iterator[list[int]]:
    """Every order of the tasks of the requests ``left``, pickups before their deliveries."""
    if not left and not on_board:
        yield []
    for q in sorted(left):
        for rest in orders(left - {q}, on_board | {q}):
            yield [2 * q, *rest]
    for q in sorted(on_board):
        for rest in orders(left, on_board - {q}):
            yield [2 * q + 1, *rest]


def cheapest(problem: Problem) -> int:
    """Cost of the best plan: the cheapest route per vehicle and set of requests, put together in every way."""
    a = arrays(problem)
    everything = frozenset(range(a.n_requests))
    parts = [frozenset(c) for size in range(a.n_requests + 1) for c in combinations(sorted(everything), size)]
    best = {everything: 0}
    for v in range(a.n_vehicles):
        routes: dict[frozenset[int], int] = {frozenset(): 0}
        for part in parts:
            if not part or not all(a.q_allowed[q, v] for q in part):
                continue
            found = [cost_of(problem, [route], ()) for tasks in orders(part) if (route := holds(a, v, tasks)) is not None]
            if found:
                routes[part] = min(found)
        after: dict[frozenset[int], int] = {}
        for left, cost in best.items():
            for part, more in routes.items():
                if part <= left:
                    after[left - part] = min(after.get(left - part, 10**18), cost + more)
        best = after
    return min(
        cost + cost_of(problem, (), unanswered(problem, everything - left))
        for left, cost in best.items()
        if go_together(problem, everything - left)
    )


def go_together(problem: Problem, served: Iterable[int]) -> bool:
    """One option of each request at most, and no more than the stocks hold."""
    leads: list[int] = []
    stocks = list(problem.stocks)
    for q in served:
        leads.append(problem.lead(q))
        for stock, units in problem.requests[q].takes:
            stocks[stock] -= units
    return len(leads) == len(set(leads)) and min(stocks, default=0) >= 0


def unanswered(problem: Problem, served: Iterable[int]) -> list[int]:
    """Requests of which neither they nor an option are served."""
    answered = {problem.lead(q) for q in served}
    return [q for q, r in enumerate(problem.requests) if r.instead_of is None and q not in answered]
