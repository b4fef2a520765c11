"""Valhalla over HTTP: its ``sources_to_targets`` service (valhalla.github.io, "Time-Distance Matrix service API").

``time`` is in seconds, ``distance`` in kilometres, both ``null`` where there is no way. One place without a road spoils the whole
request (error 171); ``locate`` says which places those are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from logistics.travel.http import Answer, ask
from logistics.travel.provider import MOST_M, MOST_S, SNAP_M, Block, Point, ProviderDown, TooLarge, whole

_TOO_MANY = 150
_NO_ROAD_NEAR = 171


@dataclass(frozen=True, slots=True)
class Valhalla:
    """``url`` of the server (``http://127.0.0.1:8002``); ``profile`` is its costing (``auto``, ``truck``)."""

    url: str
    profile: str = "auto"
    name: str = "valhalla"

    def version(self, near: Point, *, until: float) -> str:
        answer = ask(f"{self.url}/status", until=until)
        if not isinstance(answer.document, dict):
            raise ProviderDown("nonsense", f"status {answer.status}")
        changed = answer.document.get("tileset_last_modified")
        if not isinstance(changed, int) or isinstance(changed, bool) or not 0 < changed < 2**33:
            return ""
        return dt.datetime.fromtimestamp(changed, dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

    def ask(self, sources: Sequence[Point], targets: Sequence[Point], *, until: float) -> Block:
        rows, columns = list(range(len(sources))), list(range(len(targets)))
        answer: Answer | None = self._matrix(sources, targets, until)
        if _error(answer) == _NO_ROAD_NEAR:
            points = list(dict.fromkeys([*sources, *targets]))
            off = {point for point, there in zip(points, self._located(points, until), strict=True) if not there}
            if not off:
                raise ProviderDown("nonsense", "no road, but every place has one")
            rows = [i for i in rows if sources[i] not in off]
            columns = [j for j in columns if targets[j] not in off]
            answer = self._matrix([sources[i] for i in rows], [targets[j] for j in columns], until) if rows and columns else None
        shape = (len(sources), len(targets))
        block = Block(np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64), np.ones(shape, dtype=np.bool_))
        if answer is not None:
            at = np.ix_(rows, columns)
            cells = _cells(answer, len(rows), len(columns))
            size = {"height": len(rows), "width": len(columns)}
            seconds, no_time = whole([[c.get("time") for c in row] for row in cells], most=MOST_S, **size)
            metres, no_way = whole([[c.get("distance") for c in row] for row in cells], most=MOST_M, scale=1000, **size)
            block.seconds[at], block.metres[at], block.missing[at] = seconds, metres, no_time | no_way
        return block

    def _matrix(self, sources: Sequence[Point], targets: Sequence[Point], until: float) -> Answer:
        body = {
            "sources": [_location(p) for p in sources],
            "targets": [_location(p) for p in targets],
            "costing": self.profile,
            "units": "kilometers",
        }
        answer = ask(f"{self.url}/sources_to_targets", until=until, body=body)
        if _error(answer) == _TOO_MANY:
            raise TooLarge
        return answer

    def _located(self, points: Sequence[Point], until: float) -> list[bool]:
        """Which of ``points`` have a road near."""
        body = {"locations": [_location(p) for p in points], "costing": self.profile, "verbose": False}
        found = ask(f"{self.url}/locate", until=until, body=body).document
        if not isinstance(found, list) or len(found) != len(points) or not all(isinstance(one, dict) for one in found):
            raise ProviderDown("nonsense", "locate")
        return [bool(one.get("edges")) for one in found]


def _location(point: Point) -> dict[str, float]:
    return {"lat": round(point[0], 6), "lon": round(point[1], 6), "search_cutoff": SNAP_M}


def _error(answer: Answer | None) -> int:
    code = answer.document.get("error_code") if answer is not None and isinstance(answer.document, dict) else None
    return code if isinstance(code, int) else 0


def _cells(answer: Answer, height: int, width: int) -> list[list[dict[str, Any]]]:
    rows = answer.document.get("sources_to_targets") if isinstance(answer.document, dict) else None
    if not isinstance(rows, list) or len(rows) != height:
        raise ProviderDown("nonsense", f"error {_error(answer)}, status {answer.status}")
    for row in rows:
        if not isinstance(row, list) or len(row) != width or not all(isinstance(cell, dict) for cell in row):
            raise ProviderDown("nonsense", "a row")
    return rows
