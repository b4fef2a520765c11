"""The driving times that a day is planned with, and what its document says of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.allocation.facts import Day, Place
from logistics.dispatch.planner.loads import Travel
from logistics.travel.great_circle import GreatCircle
from logistics.travel.pace import AS_SAID, DAY_S, slowest
from logistics.travel.words import extract_day, fallback_words

Roads = Callable[[Mapping[str, Place]], Travel]
"""Seconds and metres between places; those of the day come first, in their order."""


def travel_of(day: Day) -> Travel:
    """Seconds and metres between the day's places: from the roads where somebody gave them, else by the great circle; each pair at the
    slowest hour at which it can be driven at all, since the planner knows one time per pair."""
    return _paced(day, _as_said(day))


def _as_said(day: Day) -> Travel:
    if day.roads is not None:
        return Travel(day.roads.codes, day.roads.seconds, day.roads.metres)
    circle = GreatCircle(day.detour, day.speed_kmh)
    return Travel(tuple(day.places), *circle.matrices([(p.latitude, p.longitude) for p in day.places.values()]))


def _paced(day: Day, said: Travel) -> Travel:
    if day.pace is None:
        return said
    percent = slowest(day.pace, said.codes, *hours_of(day, said.codes))
    if provider_of(day) == "great_circle":
        percent = np.maximum(percent, AS_SAID)  # whoever reads such a plan may count on the great circle's time at least
    return replace(said, seconds=-(-said.seconds * percent // 100))


def hours_of(day: Day, codes: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The earliest second of the day at which a vehicle can leave each place, and the latest at which it can arrive there: from the windows
    of what is to do there, the opening hours and the shifts."""
    first = min((van.shift[0] for van in day.vans), default=0)
    last = max((van.shift[1] for van in day.vans), default=DAY_S)
    begins: dict[str, list[int]] = defaultdict(list)
    ends: dict[str, list[int]] = defaultdict(list)
    for site, begin, end in _tasks(day):
        begins[site].append(begin)
        ends[site].append(end)
    depots = {code for van in day.vans for code in (van.depot, van.begins_at, van.ends_at) if code}
    leaves, arrives = [], []
    for code in codes:
        place = day.places[code]
        if code in depots:
            leaves.append(first)
            arrives.append(last)
        else:
            leaves.append(max(first, min(begins[code], default=place.opens_s)))
            arrives.append(min(last, max(ends[code], default=place.closes_s)))
    return np.array(leaves, dtype=np.int64), np.array(arrives, dtype=np.int64)


def _tasks(day: Day) -> Iterator[tuple[str, int, int]]:
    """Place, earliest leaving and latest arrival of everything that may be done somewhere."""
    for g in day.goods:
        place = day.places[g.site]
        begin, end = g.window or (place.opens_s, place.closes_s)
        yield g.site, begin, end
    for line in day.lines:
        yield line.site, *line.window
    for site in day.sites:
        place = day.places[site.site]
        stays = site.kind == "visit"
        yield site.site, site.open_until_s if stays else min(place.opens_s, site.open_from_s), site.open_from_s


def roads_of(day: Day) -> Roads:
    """Travel between any places as the day's plan has it; places that the day's roads do not know are estimated by the great circle."""
    known: dict[tuple[str, ...], Travel] = {}

    def roads(places: Mapping[str, Place]) -> Travel:
        codes = tuple(places)
        if codes not in known:
            wider = replace(day, places=dict(places))
            travel = _as_said(replace(wider, roads=None))
            if day.roads is not None:
                at = {code: index for index, code in enumerate(day.roads.codes)}
                here = [index for index, code in enumerate(codes) if code in at]
                there = [at[codes[index]] for index in here]
                travel.seconds[np.ix_(here, here)] = day.roads.seconds[np.ix_(there, there)]
                travel.metres[np.ix_(here, here)] = day.roads.metres[np.ix_(there, there)]
            known[codes] = _paced(wider, travel)
        return known[codes]

    return roads


def travel_json(day: Day, driven: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The document's ``travel``. What is not the plain great circle adds keys: ``profile`` and ``extract_date`` of the roads,
    ``flagged_pairs`` (how many pairs of places are estimated), ``flagged_legs`` (those of them that are ``driven``), ``fallback``, and
    ``factors`` by time of day."""
    said: dict[str, Any] = {"provider": provider_of(day), "detour": day.detour, "speed_kmh": day.speed_kmh}
    roads = day.roads
    if day.pace is not None:
        said["factors"] = [
            {"from": _clock(b.from_s), "until": _clock(b.until_s), "percent": b.percent, "learned": b.by_pair}
            for b in day.pace.bands
        ]
    if roads is None:
        return said
    if roads.provider != "great_circle":
        said |= {"profile": roads.profile, "extract_date": extract_day(roads.extract) or None}
    said |= {"flagged_pairs": roads.flagged_pairs, "flagged_legs": [list(leg) for leg in flagged_legs(day, driven)]}
    if roads.fallback:
        whole = roads.provider == "great_circle"
        words = fallback_words(asked=roads.asked, reason=roads.fallback, whole=whole, pairs=roads.flagged_pairs)
        said["fallback"] = {"provider": roads.asked, "reason": roads.fallback, "ja": words.ja, "en": words.en}
    return said


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"


def provider_of(day: Day) -> str:
    return "great_circle" if day.roads is None else day.roads.provider


def flagged_legs(day: Day, driven: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of ``driven`` that are estimated although roads were asked for."""
    if day.roads is None:
        return []
    at = {code: i for i, code in enumerate(day.roads.codes)}
    return [(a, b) for a, b in dict.fromkeys(driven) if day.roads.estimated[at[a], at[b]]]
