"""Planning while vehicles are on the road: what is left to plan beside the routes that go on as they are."""

from __future__ import annotations

from dataclasses import replace

from logistics.allocation.facts import Day
from logistics.dispatch.planner.document import Left
from logistics.dispatch.planner.reasons import REASONS

UNDER_WAY = "under_way"


def still_wanted(day: Day) -> Day:
    """The day as the planner sees it: each demand less what the kept routes bring. A visit whose car has left is not planned again."""
    brought = day.brought_g()
    standing = frozenset(key for route in day.kept for key in route.visits)
    return replace(
        day,
        lines=tuple(
            replace(line, asked_g=line.asked_g - brought[line.key]) for line in day.lines if line.asked_g > brought[line.key]
        ),
        sites=tuple(
            replace(site, asked_g=site.asked_g - brought[site.key])
            for site in day.sites
            if site.key not in standing and site.asked_g > brought[site.key]
        ),
    )


def under_way(day: Day) -> tuple[Left, ...]:
    """Visits whose car has left with less than was wanted: nobody can bring the rest."""
    brought = day.brought_g()
    standing = frozenset(key for route in day.kept for key in route.visits)
    return tuple(
        Left(site.kind, site.site, site.asked_g - brought[site.key], UNDER_WAY, REASONS[UNDER_WAY])
        for site in day.sites
        if site.key in standing and site.asked_g > brought[site.key]
    )
