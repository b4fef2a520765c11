"""How long and how far it is between two places, derived anew for the check of a plan."""

from __future__ import annotations

import math

from logistics.allocation.facts import Day

EARTH_RADIUS_M = 6_371_008.8


class CheckedRoads:
    """``provider`` is the one that the plan names; ``known`` tells whether the day holds what it said."""

    def __init__(self, day: Day, provider: str) -> None:
        self.day = day
        self.on_roads = provider != "great_circle"
        self.known = not self.on_roads or (day.roads is not None and day.roads.provider == provider)
        self.legs = day.roads.pairs() if self.on_roads and day.roads is not None else {}

    def drive_s(self, a: str, b: str) -> float:
        """Least seconds from a to b: what the roads' provider said, else great-circle distance × detour ÷ speed."""
        if self.on_roads:
            return self.legs[a, b][0]
        return self.road_m(a, b) * 3.6 / self.day.speed_kmh

    def pace(self, a: str, b: str, leaves: int, arrives: int) -> float:
        """How many times as long the drive takes at the slowest of the hours during which it is driven."""
        if self.day.pace is None:
            return 1.0
        own = next((p.percent for p in self.day.pace.pairs if (p.origin, p.target) == (a, b)), None)
        bands = [band for band in self.day.pace.bands if band.from_s < arrives and leaves < band.until_s]
        covered = sum(min(band.until_s, arrives) - max(band.from_s, leaves) for band in bands)
        slow = [own if band.by_pair and own is not None else band.percent for band in bands]
        if covered < arrives - leaves or not slow:
            slow.append(100)
        return (max(slow) if self.on_roads else max(100, *slow)) / 100

    def road_m(self, a: str, b: str) -> float:
        """Metres from a to b by the same source."""
        if self.on_roads:
            return self.legs[a, b][1]
        p, q = self.day.places[a], self.day.places[b]
        north = math.radians(q.latitude - p.latitude) / 2
        east = math.radians(q.longitude - p.longitude) / 2
        h = math.sin(north) ** 2
        h += math.cos(math.radians(p.latitude)) * math.cos(math.radians(q.latitude)) * math.sin(east) ** 2
        return 2 * EARTH_RADIUS_M * math.atan2(math.sqrt(h), math.sqrt(1 - h)) * self.day.detour
