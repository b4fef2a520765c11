"""The driving times that a day is planned with, and what its document says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from logistics.allocation.facts import Day, Place
from logistics.dispatch.planner.loads import Travel
from logistics.travel.great_circle import GreatCircle
from logistics.travel.words import fallback_words

Roads = Callable[[Mapping[str, Place]], Travel]
"""Seconds and metres between places; those of the day come first, in their order."""


def travel_of(day: Day) -> Travel:
    """Seconds and metres between the day's places: from the roads where somebody gave them, else by the great circle."""
    if day.roads is None:
        circle = GreatCircle(day.detour, day.speed_kmh)
        return Travel(tuple(day.places), *circle.matrices([(p.latitude, p.longitude) for p in day.places.values()]))
    return Travel(day.roads.codes, day.roads.seconds, day.roads.metres)


def roads_of(day: Day) -> Roads:
    """Travel between any places as the day's plan has it; places that the day's roads do not know are estimated by the great circle."""
    known: dict[tuple[str, ...], Travel] = {}

    def roads(places: Mapping[str, Place]) -> Travel:
        codes = tuple(places)
        if codes not in known:
            travel = travel_of(replace(day, places=dict(places), roads=None))
            if day.roads is not None:
                at = {code: index for index, code in enumerate(day.roads.codes)}
                here = [index for index, code in enumerate(codes) if code in at]
                there = [at[codes[index]] for index in here]
                travel.seconds[np.ix_(here, here)] = day.roads.seconds[np.ix_(there, there)]
                travel.metres[np.ix_(here, here)] = day.roads.metres[np.ix_(there, there)]
            known[codes] = travel
        return known[codes]

    return roads


def travel_json(day: Day, driven: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The document's ``travel``. What is not the plain great circle adds keys: ``profile`` and ``extract_date`` of the roads,
    ``flagged_pairs`` (how many pairs of places are estimated), ``flagged_legs`` (those of them that are ``driven``) and ``fallback``."""
    said: dict[str, Any] = {"provider": provider_of(day), "detour": day.detour, "speed_kmh": day.speed_kmh}
    roads = day.roads
    if roads is None:
        return said
    if roads.provider != "great_circle":
        said |= {"profile": roads.profile, "extract_date": roads.extract or None}
    said |= {"flagged_pairs": roads.flagged_pairs, "flagged_legs": [list(leg) for leg in flagged_legs(day, driven)]}
    if roads.fallback:
        whole = roads.provider == "great_circle"
        words = fallback_words(asked=roads.asked, reason=roads.fallback, whole=whole, pairs=roads.flagged_pairs)
        said["fallback"] = {"provider": roads.asked, "reason": roads.fallback, "ja": words.ja, "en": words.en}
    return said


def provider_of(day: Day) -> str:
    return "great_circle" if day.roads is None else day.roads.provider


def flagged_legs(day: Day, driven: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of ``driven`` that are estimated although roads were asked for."""
    if day.roads is None:
        return []
    at = {code: i for i, code in enumerate(day.roads.codes)}
    return [(a, b) for a, b in dict.fromkeys(driven) if day.roads.estimated[at[a], at[b]]]
