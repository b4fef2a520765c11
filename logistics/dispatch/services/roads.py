"""Asking for the roads of a day."""

from __future__ import annotations

from dataclasses import replace

from logistics.allocation.facts import Day
from logistics.travel.great_circle import GreatCircle
from logistics.travel.services.roads import travel_table


def with_roads(facts: Day) -> Day:
    """``facts`` with the driving times between their places, asked for where they are not kept; the same facts where this installation
    has no provider of roads. Never raises for a provider's sake, and lasts no longer than ``TRAVEL_SECONDS``. Not inside a transaction."""
    return replace(facts, roads=travel_table(facts.places, circle=GreatCircle(facts.detour, facts.speed_kmh)))
