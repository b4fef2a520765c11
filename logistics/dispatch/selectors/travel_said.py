"""Where a stored plan's driving times come from, in words: on the day page and in ``plan_day``."""

from __future__ import annotations

from dataclasses import dataclass

from foodbank.core.errors import Text
from logistics.dispatch.models import Plan
from logistics.travel.words import PROVIDERS, extract_day, fallback_words, no_way_words


@dataclass(frozen=True, slots=True)
class Said:
    text: Text


@dataclass(frozen=True, slots=True)
class TravelSaid:
    """``source`` names who gave the times and from which road data; ``notes`` what to know before relying on them."""

    source: Said
    notes: tuple[Said, ...]


def travel_said(plan: Plan) -> TravelSaid:
    known = PROVIDERS.get(plan.travel_provider, Text(plan.travel_provider, plan.travel_provider))
    if plan.travel_extract:
        date = extract_day(plan.travel_extract)
        known = Text(f"{known.ja}・データ {date}", f"{known.en}, data of {date}")
    notes = []
    if plan.travel_fallback:
        whole = plan.travel_provider == "great_circle"
        notes.append(fallback_words(asked=plan.travel_asked, reason=plan.travel_fallback, whole=whole, pairs=plan.travel_flagged))
    elif plan.travel_flagged:
        notes.append(no_way_words(pairs=plan.travel_flagged, legs=plan.travel_flagged_legs))
    return TravelSaid(Said(known), tuple(Said(note) for note in notes))
