"""How much farther a route drives, at the least, when it also calls at a place: what cannot be the cheapest is not looked at closely.

The metres are kept for each route and place until the route changes. ``State.version`` numbers what routes have looked like, and a round that
is taken back gets its numbers back, so nothing has to be worked out twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from logistics.solver.compiled import inlined
from logistics.solver.labels import BL0, FT0, LEG, SITE, STOPS, VERSION, State
from logistics.solver.model import BIG, T_EARLY, T_HANDLING, T_SITE, Arrays

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

AT, METRES = range(2)
"""Columns of ``State.added``: the version of the route that it holds for, and metres."""


@inlined
def least_added(a: Arrays, s: State, r: int, site: int) -> int:
    """Metres that route ``r`` grows by at least when it calls at ``site``; 0 where it is there already."""
    if s.added[r, site, AT] == s.route[r, VERSION]:
        return int(s.added[r, site, METRES])
    least = np.int64(BIG)
    metres, metres_to = a.travel_m[site], a.metres_to[site]
    for i in range(s.route[r, STOPS] + 1):
        if s.stop[r, i, SITE] == site:
            least = np.int64(0)
            break
        least = min(least, metres_to[s.stop[r, i, SITE]] + metres[s.stop[r, i + 1, SITE]] - s.stop[r, i, LEG])
    if s.stop[r, s.route[r, STOPS] + 1, SITE] == site:
        least = min(least, np.int64(0))
    s.added[r, site, AT], s.added[r, site, METRES] = s.route[r, VERSION], least
    return int(least)


@inlined
def look_onward(a: Arrays, s: State, r: int, site: int) -> None:
    """Into ``s.onward``, for each stop: metres that calling at ``site`` after it or anywhere later adds at least, were nothing else new."""
    n = s.route[r, STOPS]
    metres, metres_to = a.travel_m[site], a.metres_to[site]
    s.onward[n + 1] = BIG
    after = s.stop[r, n + 1, SITE]
    for i in range(n, -1, -1):
        here = s.stop[r, i, SITE]
        added = metres_to[here] + metres[after] - s.stop[r, i, LEG]
        if site in (here, after):
            added = min(added, np.int64(0))
        s.onward[i] = min(s.onward[i + 1], added)
        after = here


@inlined
def least_added_by(a: Arrays, s: State, r: int, q: int) -> int:
    """The same for both places of request ``q``: by the triangle rule the farther one counts alone."""
    return max(least_added(a, s, r, a.task[2 * q, T_SITE]), least_added(a, s, r, a.task[2 * q + 1, T_SITE]))


@inlined
def too_late(a: Arrays, s: State, r: int, i: int, t: int) -> bool:
    """Whether a new stop for task ``t`` after stop ``i`` is sure to make the next one late, whatever else is new."""
    site = a.task[t, T_SITE]
    begin = max(s.stop[r, i, FT0] + a.travel_s[s.stop[r, i, SITE], site], a.task[t, T_EARLY])
    back = begin + a.setup[site] + a.task[t, T_HANDLING] + a.travel_s[site, s.stop[r, i + 1, SITE]]
    return bool(back > s.stop[r, i + 1, BL0])
