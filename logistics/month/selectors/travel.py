"""How long the ways of a month take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from foodbank.sites.models import Site
from logistics.month.policies import seconds
from logistics.month.selectors.cars import Outing
from logistics.travel.great_circle import GreatCircle
from logistics.travel.pace import AS_SAID, slowest
from logistics.travel.selectors.legs import known_roads
from logistics.travel.selectors.paces import pace_of
from logistics.travel.table import Roads


@dataclass(frozen=True, eq=False)
class MonthTravel:
    """Seconds and metres between places in their order; ``roads`` as far as somebody gave them."""

    seconds: NDArray[np.int64]
    metres: NDArray[np.int64]
    roads: Roads | None


def month_travel(places: Mapping[str, Site], outings: Sequence[Outing]) -> MonthTravel:
    """Between ``places`` (by code), from what is kept of the provider's roads, else by the great circle; as slow as at the slowest hour at
    which any of the ``outings`` is on the road, since a month knows one time per pair. Asks no provider."""
    circle = GreatCircle()
    roads = known_roads(places, circle=circle)
    if roads is None:
        said_s, metres = circle.matrices([(p.latitude, p.longitude) for p in places.values()])
    else:
        said_s, metres = roads.seconds, roads.metres
    pace = pace_of(places)
    if pace is None or not outings:
        return MonthTravel(said_s, metres, roads)
    first, last = min(seconds(one.start) for one in outings), max(seconds(one.end) for one in outings)
    whole = np.ones(len(places), dtype=np.int64)
    percent = slowest(pace, tuple(places), first * whole, last * whole)
    if roads is None or roads.provider == circle.name:
        percent = np.maximum(percent, AS_SAID)  # as in the plan of a day
    return MonthTravel(-(-said_s * percent // 100), metres, roads)
