"""Driving times between places as plain facts, and which pairs a provider still has to be asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from logistics.travel.provider import Point


class Located(Protocol):
    """Something with a place on the map: a site, or the planner's plain fact of one."""

    @property
    def code(self) -> str: ...

    @property
    def latitude(self) -> float: ...

    @property
    def longitude(self) -> float: ...


@dataclass(frozen=True, eq=False)
class Roads:
    """Seconds and metres from each of ``codes`` (row) to each other (column), before any time of day counts.

    ``provider`` gave them, except where ``estimated``: there the great circle fills in, because the provider knows no way, or (then
    ``fallback`` says why: ``refused``, ``timeout``, ``fault``, ``nonsense`` or ``too_many``) because it did not answer or was not asked.
    Nothing of it known: the provider is ``great_circle``, and ``asked`` is who should have given them. ``extract`` is the date of the
    road data, empty where nobody says.
    """

    codes: tuple[str, ...]
    seconds: NDArray[np.int64]
    metres: NDArray[np.int64]
    estimated: NDArray[np.bool_]
    provider: str
    asked: str
    profile: str = ""
    extract: str = ""
    fallback: str = ""

    @property
    def flagged_pairs(self) -> int:
        return int(self.estimated.sum())

    def among(self, codes: Collection[str]) -> Roads:
        """Between these of the places only."""
        rows = [i for i, code in enumerate(self.codes) if code in codes]
        at = np.ix_(rows, rows)
        return replace(
            self,
            codes=tuple(self.codes[i] for i in rows),
            seconds=self.seconds[at],
            metres=self.metres[at],
            estimated=self.estimated[at],
        )

    def as_lists(self) -> dict[str, Any]:
        """As JSON can carry it; :meth:`from_lists` reads it back."""
        arrays = {"seconds": self.seconds, "metres": self.metres, "estimated": self.estimated.astype(np.int64)}
        words = {name: getattr(self, name) for name in ("provider", "asked", "profile", "extract", "fallback")}
        return {"codes": list(self.codes), **words, **{name: array.tolist() for name, array in arrays.items()}}

    @classmethod
    def from_lists(cls, lists: Mapping[str, Any]) -> Roads:
        size = (len(lists["codes"]),) * 2
        arrays = {name: np.array(lists[name], dtype=np.int64).reshape(size) for name in ("seconds", "metres", "estimated")}
        return cls(**{**lists, **arrays, "codes": tuple(lists["codes"]), "estimated": arrays["estimated"].astype(np.bool_)})

    def pairs(self) -> dict[tuple[str, str], tuple[int, int]]:
        """``(seconds, metres)`` by the codes of both ends."""
        seconds, metres = self.seconds.tolist(), self.metres.tolist()
        return {(a, b): (seconds[i][j], metres[i][j]) for i, a in enumerate(self.codes) for j, b in enumerate(self.codes)}


def point_of(place: Located) -> Point:
    """To a millionth of a degree (11 cm): what is asked for is exactly what is kept."""
    return round(place.latitude, 6), round(place.longitude, 6)


def blocks(missing: NDArray[np.bool_]) -> Iterator[tuple[list[int], list[int]]]:
    """Sources and targets of as few tables as cover all missing pairs without asking again for the known ones: new places to all,
    and the old ones to the new."""
    new = [i for i, row in enumerate(missing) if row.sum() >= len(row) - 1]
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for source, row in enumerate(missing):
        if row.any():
            everything = source in new
            groups[tuple(range(len(row))) if everything else tuple(np.flatnonzero(row).tolist())].append(source)
    for targets, sources in groups.items():
        yield sources, list(targets)


def halves(sources: Sequence[int], targets: Sequence[int]) -> list[tuple[list[int], list[int]]]:
    """The same pairs in two tables."""
    if len(sources) >= len(targets):
        middle = len(sources) // 2
        return [(list(sources[:middle]), list(targets)), (list(sources[middle:]), list(targets))]
    middle = len(targets) // 2
    return [(list(sources), list(targets[:middle])), (list(sources), list(targets[middle:]))]
