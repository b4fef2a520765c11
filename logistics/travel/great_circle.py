"""Travel times without a road network: great-circle distance × detour ÷ speed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Mean Earth radius of the WGS 84 ellipsoid (IUGG), metres.
EARTH_RADIUS_M = 6_371_008.8


def great_circle_m(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Metres between two points in degrees (haversine)."""
    phi_a, phi_b = math.radians(lat_a), math.radians(lat_b)
    half_phi = (phi_b - phi_a) / 2
    half_lambda = math.radians(lon_b - lon_a) / 2
    h = math.sin(half_phi) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(half_lambda) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h)))


@dataclass(frozen=True, slots=True)
class GreatCircle:
    """``detour`` is road metres per great-circle metre, ``speed_kmh`` the speed on the road."""

    detour: float = 1.3
    speed_kmh: float = 24.0
    name: str = "great_circle"

    def matrices(self, points: Sequence[tuple[float, float]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """``(seconds, metres)``, each (n, n) int64, between points given as (latitude, longitude) in degrees.

        Both are rounded up, so that a plan never drives faster than the provider says.
        """
        n = len(points)
        metres = np.zeros((n, n), dtype=np.int64)
        seconds = np.zeros((n, n), dtype=np.int64)
        for i, a in enumerate(points):
            for j in range(i + 1, n):
                road = great_circle_m(*a, *points[j]) * self.detour
                metres[i, j] = metres[j, i] = math.ceil(road)
                seconds[i, j] = seconds[j, i] = math.ceil(road * 3.6 / self.speed_kmh)
        return seconds, metres
