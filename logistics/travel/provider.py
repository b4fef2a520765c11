"""What a provider of driving times on roads is. It is asked for blocks of pairs and knows nothing of places, plans or the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
"""Latitude and longitude in degrees."""

SNAP_M = 500
"""A place farther than this from any road of the extract has no road: what a provider says of the nearest one is not about it."""
MOST_PLACES = 1_500
"""The pairs of more are millions: a day with more is planned by the great circle, and says so."""
MOST_S = 7 * 86_400
MOST_M = 10_000_000


class ProviderDown(Exception):
    """No usable answer. ``reason``: ``refused`` (nobody listens, or the connection broke), ``timeout``, ``fault`` (the server says that
    it cannot) or ``nonsense`` (an answer of another form)."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


class TooLarge(Exception):
    """The server takes fewer pairs at once."""


@dataclass(frozen=True, eq=False)
class Block:
    """Seconds and metres from each source (row) to each target (column), both rounded up; where ``missing`` the provider knows no way and
    the numbers mean nothing. ``version`` is the date that the server gives of its road data (empty: none)."""

    seconds: NDArray[np.int64]
    metres: NDArray[np.int64]
    missing: NDArray[np.bool_]
    version: str = ""


class Provider(Protocol):
    """``until`` is a moment of ``time.monotonic()``: no call lasts longer, whatever the server does."""

    @property
    def name(self) -> str: ...

    @property
    def profile(self) -> str: ...

    def version(self, near: Point, *, until: float) -> str:
        """The date of the road data, empty when the server gives none. Raises :class:`ProviderDown`."""
        ...

    def ask(self, sources: Sequence[Point], targets: Sequence[Point], *, until: float) -> Block:
        """Raises :class:`ProviderDown`, and :class:`TooLarge` when it takes fewer pairs at once."""
        ...


def whole(rows: object, *, height: int, width: int, most: int, scale: float = 1) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """``rows`` of a JSON answer as integers, rounded up, and which cells are empty. Raises :class:`ProviderDown` (``nonsense``) for any
    other shape, and for numbers that are no times or distances."""
    try:
        found = np.array(
            [[np.nan if cell is None else float(cell) * scale for cell in row] for row in _listed(rows)], dtype=np.float64
        )
    except (TypeError, ValueError) as error:
        raise ProviderDown("nonsense", "not a table of numbers") from error
    if found.shape != (height, width):
        raise ProviderDown("nonsense", f"a table of {found.shape} for {(height, width)}")
    empty = np.isnan(found)
    if ((found < 0) | (found > most)).any():
        raise ProviderDown("nonsense", "a number out of range")
    # A tenth of a millionth off before rounding up: 12.3 km are 12300 m, not 12301.
    return np.ceil(np.where(empty, 0.0, found) - 1e-7).astype(np.int64), empty


def _listed(rows: object) -> list[Any]:
    if not isinstance(rows, list):
        raise TypeError(type(rows))
    return rows
