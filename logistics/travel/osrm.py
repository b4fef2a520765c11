"""OSRM over HTTP: its ``table`` service, version 1 of its protocol (project-osrm.org, "HTTP API").

``durations`` are seconds and ``distances`` metres, ``null`` where there is no way. Each waypoint says how far the nearest road was; OSRM
takes the nearest one however far it is, so a place outside the extract would otherwise get the times of a place inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.travel.great_circle import great_circle_m
from logistics.travel.http import Answer, ask
from logistics.travel.provider import MOST_M, MOST_S, SNAP_M, Block, Point, ProviderDown, TooLarge, whole

_TOO_LONG = {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.REQUEST_URI_TOO_LONG, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE}
_NO_ROAD_NEAR = "NoSegment"


@dataclass(frozen=True, slots=True)
class Osrm:
    """``url`` of the server (``http://127.0.0.1:5000``); ``profile`` is the mode in the address, which the server's data decide."""

    url: str
    profile: str = "driving"
    name: str = "osrm"

    def version(self, near: Point, *, until: float) -> str:
        answer = ask(f"{self.url}/nearest/v1/{self.profile}/{_shown([near])}?number=1&generate_hints=false", until=until)
        if _code(answer) not in ("Ok", _NO_ROAD_NEAR):
            raise ProviderDown("nonsense", _code(answer))
        return _version(answer)

    def ask(self, sources: Sequence[Point], targets: Sequence[Point], *, until: float) -> Block:
        answer = self._table(sources, targets, until)
        if _code(answer) != _NO_ROAD_NEAR:
            return _block(answer, sources, targets)
        # With a --default-radius one place off the roads spoils the whole table: find out which, and ask without them.
        fine = {point for point in {*sources, *targets} if self._has_road(point, until)}
        rows = [i for i, point in enumerate(sources) if point in fine]
        columns = [j for j, point in enumerate(targets) if point in fine]
        block = _unknown(len(sources), len(targets))
        if len({*(sources[i] for i in rows), *(targets[j] for j in columns)}) > 1 and rows and columns:
            inner = self._table([sources[i] for i in rows], [targets[j] for j in columns], until)
            part = _block(inner, [sources[i] for i in rows], [targets[j] for j in columns])
            at = np.ix_(rows, columns)
            block.seconds[at], block.metres[at], block.missing[at] = part.seconds, part.metres, part.missing
            return Block(block.seconds, block.metres, block.missing, part.version)
        return block

    def _table(self, sources: Sequence[Point], targets: Sequence[Point], until: float) -> Answer:
        points = list(dict.fromkeys([*sources, *targets]))
        at = {point: i for i, point in enumerate(points)}
        query = "annotations=duration,distance&generate_hints=false"
        if list(sources) != points or list(targets) != points:
            query += "&sources=" + ";".join(str(at[p]) for p in sources)
            query += "&destinations=" + ";".join(str(at[p]) for p in targets)
        answer = ask(f"{self.url}/table/v1/{self.profile}/{_shown(points)}?{query}", until=until)
        if _code(answer) == "TooBig" or answer.status in _TOO_LONG:
            raise TooLarge
        return answer

    def _has_road(self, point: Point, until: float) -> bool:
        return _code(ask(f"{self.url}/nearest/v1/{self.profile}/{_shown([point])}?number=1", until=until)) == "Ok"


def _shown(points: Sequence[Point]) -> str:
    return ";".join(f"{longitude:.6f},{latitude:.6f}" for latitude, longitude in points)


def _code(answer: Answer) -> str:
    return str(answer.document.get("code", "")) if isinstance(answer.document, dict) else ""


def _version(answer: Answer) -> str:
    return str(answer.document.get("data_version") or "").strip()


def _unknown(height: int, width: int) -> Block:
    zeros = np.zeros((height, width), dtype=np.int64)
    return Block(zeros, zeros.copy(), np.ones((height, width), dtype=np.bool_))


def _block(answer: Answer, sources: Sequence[Point], targets: Sequence[Point]) -> Block:
    if _code(answer) != "Ok":
        raise ProviderDown("nonsense", _code(answer) or f"status {answer.status}")
    size = {"height": len(sources), "width": len(targets)}
    seconds, no_time = whole(answer.document.get("durations"), most=MOST_S, **size)
    metres, no_distance = whole(answer.document.get("distances"), most=MOST_M, **size)
    off = _off_the_roads(answer.document.get("sources"), sources)[:, None]
    off = off | _off_the_roads(answer.document.get("destinations"), targets)[None, :]
    return Block(seconds, metres, no_time | no_distance | off, _version(answer))


def _off_the_roads(waypoints: Any, points: Sequence[Point]) -> NDArray[np.bool_]:
    if not isinstance(waypoints, list) or len(waypoints) != len(points):
        raise ProviderDown("nonsense", "waypoints")
    return np.array([_snapped_m(w, p) > SNAP_M for w, p in zip(waypoints, points, strict=True)], dtype=np.bool_)


def _snapped_m(waypoint: Any, point: Point) -> float:
    """Metres to the road that was taken; older servers give its place only."""
    try:
        if "distance" in waypoint:
            return float(waypoint["distance"])
        longitude, latitude = waypoint["location"]
        return great_circle_m(*point, float(latitude), float(longitude))
    except (TypeError, ValueError, KeyError) as error:
        raise ProviderDown("nonsense", "a waypoint") from error
