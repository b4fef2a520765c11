"""What counts how much when a month is chosen. One place; in points, all whole numbers.

In words: first every site gets its least number of visits. Then food goes where most households get something they have not had for
long: a visit to 48 households that had none in three months is worth 48 × 1,000 points, their second 48 × 250, their third 48 × 111.
And each day that a household waits for the next visit costs 2 points times the days since its last one, so that visits spread evenly
over sites and over the month. With that a site four times as large as another gets about twice as many visits, and of two equal sites
the one that has waited longer comes first. Habit, kilometres and days on the road count for less: they decide between plans that
serve people alike.
"""

from __future__ import annotations

from logistics.solver.month.problem import QUARTER_DAYS

LEAST_MISSING = 1_000_000
"""For each visit that a site lacks to its least number; and the same per household as a visit is worth, so that of two that cannot
both have it the larger gets it."""

FIRST_VISIT = 1_000
"""Per household for the first visit in three months. The n-th is worth this ÷ n²."""

WAITING = 2
"""Per household and day, times the days since the last visit of the site: 14 days without a visit cost 2 × (1 + 2 + … + 13) = 182."""

TURNED_AWAY = 10
"""Per household that a visit cannot serve because the car is too small."""

OFF_HABIT = 20
"""Per household for a visit on another weekday or at another time than the site's own of this month."""

NEW_HABIT = 40
"""Per household when the site's own weekday and time of this month are not those that people know from the past three."""

KILOMETRE = 10
"""Per kilometre driven."""

CAR_DAY = 100
"""Per day on which a car goes out."""


def visit_points(households: int, rank: int) -> int:
    """What the ``rank``-th visit within three months is worth."""
    return households * FIRST_VISIT // (rank * rank)


def waiting_points(households: int, gap: int) -> int:
    """What ``gap`` days from one visit to the next cost: the days between wait 1, 2, … ``gap`` − 1 days; nobody is taken to have waited
    longer than a quarter."""
    grows = min(gap, QUARTER_DAYS)
    days = grows * (grows - 1) // 2 + (gap - grows) * QUARTER_DAYS
    return WAITING * households * days


def missing_points(households: int) -> int:
    """What one visit costs that is missing to a site's least number."""
    return LEAST_MISSING + households * FIRST_VISIT
