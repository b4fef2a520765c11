"""A month's question and its answer, as plain immutable facts.

Days are numbers from the first day of the month (0), times are seconds since 00:00 local time of their day, weights grams. Sites and
depots are places, numbered as in the travel tables: site ``i`` is place ``i``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

QUARTER_DAYS = 91
"""Past visits count for so many days, and nobody is taken to have waited longer: three months."""


class MonthProblemError(ValueError):
    """The input contradicts itself; ``args[0]`` names the element and the fault."""


@dataclass(frozen=True, slots=True)
class Window:
    """On ``weekday`` (Monday 0) a car may stand open at the site between ``from_s`` and ``until_s``."""

    weekday: int
    from_s: int
    until_s: int


@dataclass(frozen=True, slots=True)
class Site:
    """``households`` in need come to each visit, which lasts ``visit_s``. ``least`` and ``most`` are visits in the month, ``gap_days``
    the fewest days from one visit to the next. ``closed`` are days on which nothing may be there. Of the past: ``last_visit`` is a
    day number below 0 (``None``: not in the last three months), ``past_visits`` how many there were in them, ``usual`` the weekday
    and the second of the day that people are used to."""

    code: str
    households: int
    windows: tuple[Window, ...]
    visit_s: int
    least: int = 0
    most: int = 31
    gap_days: int = 1
    closed: frozenset[int] = frozenset()
    last_visit: int | None = None
    past_visits: int = 0
    usual: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class CarDay:
    """``car`` goes out on ``day`` between ``start_s`` and ``end_s`` from and to place ``depot``, once loaded. ``sites`` are those where
    it may stand: it fits, and its permit is valid there on that day. A car that stands at place ``begins`` sets out there and loads at the
    depot on its way, which takes time then. ``most_visits``: it stops at so many places a day at most."""

    car: str
    day: int
    depot: int
    start_s: int
    end_s: int
    capacity_g: int
    sites: frozenset[int]
    break_s: int = 0
    begins: int | None = None
    most_visits: int | None = None


@dataclass(frozen=True, slots=True, order=True)
class Visit:
    """``car`` is open at ``site`` from ``start_s`` to ``end_s`` of ``day`` for ``households``. ``locked``: a person has settled it."""

    day: int
    start_s: int
    end_s: int
    car: str
    site: int
    households: int
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """What a stop takes, as everywhere in the plan: ``stop_s`` and ``per_kg_s`` before it opens, ``pack_up_s`` after it closes, and a
    break in one piece on every trip longer than ``break_after_s``. Visits start on a grid of ``step_s`` from the window's start."""

    household_g: int = 4_000
    stop_s: int = 300
    per_kg_s: int = 2
    pack_up_s: int = 300
    break_after_s: int = 4 * 3600
    step_s: int = 1800

    def ready_s(self, households: int) -> int:
        """From arriving to opening: setting up and unloading."""
        return self.stop_s + -(-self.per_kg_s * self.household_g * households // 1000)


@dataclass(frozen=True, slots=True)
class MonthProblem:
    """``free_from`` is the first day that may still be planned; ``locks`` stay whatever else is chosen, also those before it.
    ``travel_s`` and ``travel_m`` are square tables of seconds and metres between places."""

    first: dt.date
    days: int
    sites: tuple[Site, ...]
    car_days: tuple[CarDay, ...]
    travel_s: tuple[tuple[int, ...], ...]
    travel_m: tuple[tuple[int, ...], ...]
    locks: tuple[Visit, ...] = ()
    free_from: int = 0
    rules: Rules = field(default_factory=Rules)

    def __post_init__(self) -> None:
        places = len(self.travel_s)
        if len(self.sites) > places or len(self.travel_m) != places or any(len(row) != places for row in self.travel_s):
            raise MonthProblemError("travel: the tables need a row and a column for each place")
        for site in self.sites:
            if site.households < 1 or site.visit_s < 1 or site.gap_days < 1 or not 0 <= site.least <= site.most:
                raise MonthProblemError(f"{site.code}: households, length, gap and visits must be possible")
            if site.last_visit is not None and site.last_visit >= 0:
                raise MonthProblemError(f"{site.code}: the last visit lies before the month")
            if any(not 0 <= w.weekday <= 6 or w.until_s <= w.from_s for w in site.windows):
                raise MonthProblemError(f"{site.code}: a window must be on a weekday and end after it starts")
        seen = {(c.car, c.day) for c in self.car_days}
        if len(seen) != len(self.car_days):
            raise MonthProblemError("car_days: a car goes out once a day")
        for one in self.car_days:
            at = (one.depot, one.depot if one.begins is None else one.begins)
            if not (0 <= one.day < self.days and min(at) >= 0 and max(at) < places and one.start_s < one.end_s):
                raise MonthProblemError(f"{one.car} on day {one.day}: outside the month, or backwards")
        for lock in self.locks:
            if not (0 <= lock.day < self.days and 0 <= lock.site < len(self.sites) and lock.start_s < lock.end_s):
                raise MonthProblemError(f"a locked visit on day {lock.day}: outside the month, or backwards")
        if len({(lock.site, lock.day) for lock in self.locks}) != len(self.locks):
            raise MonthProblemError("locks: a site is visited once a day")

    def weekday(self, day: int) -> int:
        return (self.first.weekday() + day) % 7


@dataclass(frozen=True, slots=True)
class Change:
    """The smallest change that was found, and verified by solving again, to give a site its least number: ``kind`` is ``car_day``
    (``car`` out on ``day``), ``weekday`` (the site also open on ``weekday``), ``open_day`` (no longer closed on ``day``) or ``gap``
    (``days`` between visits are enough)."""

    kind: str
    car: str = ""
    day: int = -1
    weekday: int = -1
    days: int = -1


@dataclass(frozen=True, slots=True)
class Short:
    """``site`` gets ``missing`` visits fewer than its least number. ``reason``: see ``shortage.REASONS``."""

    site: int
    missing: int
    reason: str
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class MonthResult:
    """``visits`` in order of time, the locked ones among them. ``points`` is what they are worth by the weights; ``proven``: nothing is
    worth more (to the search's own precision)."""

    visits: tuple[Visit, ...]
    points: int
    proven: bool
    shorts: tuple[Short, ...] = ()
