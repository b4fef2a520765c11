"""The hours at which driving takes longer, for planning and for their page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from logistics.travel.models import LearnedPair, PaceBand, RoadData, RoadLeg
from logistics.travel.pace import Band, Pace, PairPercent
from logistics.travel.selectors.legs import newest_data, road_provider
from logistics.travel.table import Located, point_of

PAIRS_SHOWN = 50


def place_text(place: Located) -> str:
    """Where a place is, as learned pairs keep it."""
    latitude, longitude = point_of(place)
    return f"{latitude:.6f},{longitude:.6f}"


def pace_of(places: Mapping[str, Located]) -> Pace | None:
    """What counts for planning between ``places``; ``None`` when the table says nothing. One query, two where drives were learned from."""
    bands = list(PaceBand.objects.all())
    if not bands:
        return None
    pairs: list[PairPercent] = []
    if any(band.use_learned for band in bands):
        rows = LearnedPair.objects.filter(origin__code__in=places, target__code__in=places)
        for origin, target, origin_at, target_at, percent in rows.values_list(
            "origin__code", "target__code", "origin_at", "target_at", "percent"
        ):
            if (origin_at, target_at) == (place_text(places[origin]), place_text(places[target])):
                pairs.append(PairPercent(origin, target, percent))
    return Pace(
        tuple(Band(60 * b.start_min, 60 * b.end_min, b.counts, by_pair=b.use_learned) for b in bands),
        tuple(sorted(pairs, key=lambda p: (p.origin, p.target))),
    )


@dataclass(frozen=True, slots=True)
class TravelPage:
    """``pair_count`` learned pairs, of which the ones driven most are shown; ``legs`` pairs of points kept of the road data ``data``."""

    provider: str
    address: str
    data: RoadData | None
    legs: int
    bands: list[PaceBand]
    pairs: list[LearnedPair]
    pair_count: int

    @property
    def learned_in_use(self) -> bool:
        return any(band.use_learned for band in self.bands)


def travel_page() -> TravelPage:
    provider = road_provider()
    data = newest_data(provider) if provider is not None else None
    pairs = LearnedPair.objects.select_related("origin", "target")
    return TravelPage(
        provider=settings.TRAVEL_PROVIDER,
        address=settings.TRAVEL_URL if provider is not None else "",
        data=data,
        legs=RoadLeg.objects.filter(data=data).count() if data is not None else 0,
        bands=list(PaceBand.objects.all()),
        pairs=list(pairs[:PAIRS_SHOWN]),
        pair_count=LearnedPair.objects.count(),
    )
