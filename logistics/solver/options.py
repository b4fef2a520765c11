"""Requests with options: of a request and its options one is served, as far as the stocks go that they take of.

What is served and what is left is read off the routes each time, so that taking a round back needs nothing more than the routes.
"""

from __future__ import annotations

from logistics.solver.compiled import inlined
from logistics.solver.labels import R_ROUTE, State
from logistics.solver.model import Arrays


@inlined
def served(a: Arrays, s: State, q: int) -> bool:
    """Whether ``q``, which is nobody's option, or one of its options is on a route."""
    if s.where[q, R_ROUTE] >= 0:
        return True
    for x in range(a.option_first[q], a.option_first[q + 1]):  # noqa: SIM110 - compiled
        if s.where[a.options[x], R_ROUTE] >= 0:
            return True
    return False


@inlined
def in_stock(a: Arrays, s: State, q: int) -> bool:
    """Whether the stocks still hold what ``q`` takes."""
    for x in range(a.take_first[q], a.take_first[q + 1]):
        k = a.takes[x, 0]
        left = a.stock[k, 0] - a.takes[x, 1]
        for y in range(a.stock[k, 1], a.stock[k + 1, 1]):
            if s.where[a.users[y, 0], R_ROUTE] >= 0:
                left -= a.users[y, 1]
        if left < 0:
            return False
    return True
