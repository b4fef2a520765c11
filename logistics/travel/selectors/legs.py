"""What is known of the roads between points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from logistics.travel.great_circle import GreatCircle
from logistics.travel.models import RoadData, RoadLeg, RoadPoint
from logistics.travel.models.roads import MICRO
from logistics.travel.osrm import Osrm
from logistics.travel.provider import MOST_PLACES, Point, Provider
from logistics.travel.table import Located, Roads, point_of
from logistics.travel.valhalla import Valhalla

_BATCH = 400  # points in one question


@dataclass(frozen=True, eq=False)
class Known:
    """Of these points: seconds and metres, which pairs somebody has asked for, and for which of those there is no way."""

    points: tuple[Point, ...]
    seconds: NDArray[np.int64]
    metres: NDArray[np.int64]
    asked: NDArray[np.bool_]
    no_way: NDArray[np.bool_]


def road_provider() -> Provider | None:
    """The provider that this installation has; ``None``: the great circle."""
    match settings.TRAVEL_PROVIDER:
        case "osrm":
            return Osrm(settings.TRAVEL_URL, settings.TRAVEL_PROFILE)
        case "valhalla":
            return Valhalla(settings.TRAVEL_URL, settings.TRAVEL_PROFILE)
        case _:
            return None


def newest_data(provider: Provider) -> RoadData | None:
    """The provider's road data as it was last seen."""
    return RoadData.objects.filter(provider=provider.name, profile=provider.profile).order_by("-checked_at").first()


def micro(point: Point) -> tuple[int, int]:
    return round(point[0] * MICRO), round(point[1] * MICRO)


def known_points(points: Sequence[Point]) -> dict[tuple[int, int], RoadPoint]:
    """Their rows, by whole millionths of a degree."""
    wanted = {micro(point) for point in points}
    found: dict[tuple[int, int], RoadPoint] = {}
    ordered = sorted(wanted)
    for begin in range(0, len(ordered), _BATCH):
        part = ordered[begin : begin + _BATCH]
        rows = RoadPoint.objects.filter(latitude_e6__in={a for a, _ in part}, longitude_e6__in={b for _, b in part})
        found |= {(row.latitude_e6, row.longitude_e6): row for row in rows}
    return {key: row for key, row in found.items() if key in wanted}


def known_legs(data: RoadData | None, points: tuple[Point, ...]) -> Known:
    """What ``data`` says of these points, which are all different. A point to itself is no way at all."""
    n = len(points)
    known = Known(
        points,
        np.zeros((n, n), dtype=np.int64),
        np.zeros((n, n), dtype=np.int64),
        np.eye(n, dtype=np.bool_),
        np.zeros((n, n), dtype=np.bool_),
    )
    rows = known_points(points) if data is not None else {}
    place: dict[int, int] = {rows[micro(p)].pk: i for i, p in enumerate(points) if micro(p) in rows}
    keys = sorted(place)
    for begin in range(0, len(keys), _BATCH):
        legs = RoadLeg.objects.filter(data=data, origin__in=keys[begin : begin + _BATCH], target__in=keys)
        for origin, target, seconds, metres in legs.values_list("origin_id", "target_id", "seconds", "metres"):
            i, j = place[origin], place[target]
            known.asked[i, j] = True
            if seconds is None or metres is None:
                known.no_way[i, j] = True
            else:
                known.seconds[i, j], known.metres[i, j] = seconds, metres
    return known


def roads_from(
    known: Known,
    places: Mapping[str, Located],
    *,
    circle: GreatCircle,
    provider: Provider,
    data: RoadData | None,
    fallback: str = "",
) -> Roads:
    """``known`` for places instead of points, and the great circle where nothing is known."""
    at = {point: i for i, point in enumerate(known.points)}
    rows = np.array([at[point_of(place)] for place in places.values()], dtype=np.intp)
    square = np.ix_(rows, rows)
    estimated = (~known.asked | known.no_way)[square]
    seconds, metres = known.seconds[square], known.metres[square]
    if estimated.any():
        circle_s, circle_m = circle.matrices([(place.latitude, place.longitude) for place in places.values()])
        seconds, metres = np.where(estimated, circle_s, seconds), np.where(estimated, circle_m, metres)
    apart = ~np.equal.outer(rows, rows)
    nothing = bool(apart.any()) and bool(estimated[apart].all())
    return Roads(
        codes=tuple(places),
        seconds=seconds,
        metres=metres,
        estimated=estimated,
        provider=circle.name if nothing else provider.name,
        asked=provider.name,
        profile=provider.profile,
        extract=data.version if data is not None and data.dated else "",
        fallback=fallback if bool((~known.asked).any()) else "",
    )


def estimated_roads(places: Mapping[str, Located], *, circle: GreatCircle, provider: Provider, fallback: str) -> Roads:
    """The great circle between all ``places``, because ``provider`` was not asked; ``fallback`` says why."""
    seconds, metres = circle.matrices([(place.latitude, place.longitude) for place in places.values()])
    return Roads(
        codes=tuple(places),
        seconds=seconds,
        metres=metres,
        estimated=~np.eye(len(places), dtype=np.bool_),
        provider=circle.name,
        asked=provider.name,
        profile=provider.profile,
        fallback=fallback,
    )


def known_roads(places: Mapping[str, Located], *, circle: GreatCircle) -> Roads | None:
    """What is kept of the roads between ``places``, without asking anybody; ``None`` where the great circle is all there is."""
    provider = road_provider()
    if provider is None or not places or len(places) > MOST_PLACES:
        return None
    data = newest_data(provider)
    points = tuple(dict.fromkeys(point_of(place) for place in places.values()))
    return roads_from(known_legs(data, points), places, circle=circle, provider=provider, data=data)
