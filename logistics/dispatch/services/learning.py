"""Learning how long driving really takes from the food bank's own arrivals."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.utils import timezone

from foodbank.core.dates import today
from foodbank.sites.models import Site
from logistics.dispatch.selectors.driven import Drive, drives_until
from logistics.travel.great_circle import GreatCircle
from logistics.travel.models import PaceBand
from logistics.travel.policies import ENOUGH_FOR_BAND, ENOUGH_FOR_PAIR, believable, learned_percent
from logistics.travel.selectors.legs import known_roads
from logistics.travel.services.paces import Seen, keep_learned


def learn_paces(*, until: dt.date | None = None) -> tuple[int, int]:
    """Compare the drives of the last 90 days with what the provider says of them now, and keep per cent by band of hours and by pair of
    sites. Nobody is asked for roads: pairs that are not kept are not learned from. May run at any time and twice. Returns how many drives
    count and how many pairs are known."""
    drives = drives_until(until or today())
    said = _said({site.code: site for drive in drives for site in (drive.origin, drive.target)})
    ratios: list[tuple[Drive, float]] = []
    for drive in drives:
        base = said.get((drive.origin.code, drive.target.code))
        if base is not None and believable(drive.seconds, base):
            ratios.append((drive, drive.seconds / base))
    by_pair: dict[tuple[int, int], list[float]] = defaultdict(list)
    sites: dict[int, Site] = {}
    for drive, ratio in ratios:
        by_pair[drive.origin.pk, drive.target.pk].append(ratio)
        sites |= {drive.origin.pk: drive.origin, drive.target.pk: drive.target}
    bands = {}
    for band in PaceBand.objects.all():
        own = [ratio for drive, ratio in ratios if band.start_min <= _minute(drive) < band.end_min]
        bands[band.pk] = Seen(learned_percent(own, enough=ENOUGH_FOR_BAND), len(own))
    pairs = keep_learned(
        bands=bands,
        pairs=[
            (sites[a], sites[b], Seen(learned_percent(own, enough=ENOUGH_FOR_PAIR), len(own)))
            for (a, b), own in sorted(by_pair.items())
        ],
    )
    return len(ratios), pairs


def _minute(drive: Drive) -> int:
    """Of the day, halfway."""
    middle = timezone.localtime(drive.left + (drive.arrived - drive.left) / 2)
    return 60 * middle.hour + middle.minute


def _said(places: dict[str, Site]) -> dict[tuple[str, str], int]:
    """Seconds that planning would start from, by the codes of both ends."""
    circle = GreatCircle()
    roads = known_roads(places, circle=circle)
    codes = list(places)
    if roads is not None:
        estimated = roads.estimated.tolist()
        at = {code: i for i, code in enumerate(roads.codes)}
        return {(a, b): s for (a, b), (s, _) in roads.pairs().items() if not estimated[at[a]][at[b]]}
    seconds, _ = circle.matrices([(site.latitude, site.longitude) for site in places.values()])
    table = seconds.tolist()
    return {(a, b): table[i][j] for i, a in enumerate(codes) for j, b in enumerate(codes)}
