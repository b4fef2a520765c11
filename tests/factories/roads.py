"""Places at Takamatsu, and a road between them."""

from __future__ import annotations

from dataclasses import dataclass

from logistics.travel.great_circle import GreatCircle


@dataclass(frozen=True)
class At:
    code: str
    latitude: float
    longitude: float


CIRCLE = GreatCircle()


def places(count: int, first: int = 0) -> dict[str, At]:
    """``P0``, ``P1`` … each a hundredth of a degree north of the one before."""
    return {f"P{i}": At(f"P{i}", round(34.3 + 0.01 * i, 6), 134.0) for i in range(first, first + count)}


def road(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    """A hundredth of a degree of latitude is 122 s (and 2 s northwards, however far) and 1000.4 m of road."""
    steps = abs(b[0] - a[0]) * 100
    return 122.0 * steps + (2.0 if b[0] > a[0] else 0.0), 1000.4 * steps
