"""Rules of the road as pure functions: who gets what when a shop gives another number than planned, and when the next stops begin."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """What one shipment was to get of a shop's goods; ``to_people``: an order, a visit or a pickup day waits for it."""

    key: int
    planned: int
    to_people: bool


def share_out(given: int, parts: Sequence[Part]) -> dict[int, int]:
    """``given`` units among ``parts``, which come in the plan's order: people first, each up to what was planned, so that a shortage
    falls on what was to go to the shelf, and then on the last who were to get some. More than planned rides with the part for the
    shelf, or else with the last part, and comes back to the depot. Every unit is in the answer once."""
    if not parts:
        raise ValueError("nobody to share out to")
    shares: dict[int, int] = {}
    left = given
    for part in sorted(parts, key=lambda part: not part.to_people):
        shares[part.key] = min(part.planned, left)
        left -= shares[part.key]
    if left:
        spare = next((part for part in parts if not part.to_people), parts[-1])
        shares[spare.key] += left
    return shares


@dataclass(frozen=True, slots=True)
class Timing:
    """A stop as planned, and what happened. ``rest`` is the part of the waiting before ``start`` that is the driver's break;
    ``fixed_end``: a visit, which closes on time however late it opened. ``said``: when the driver says to be there.
    ``set_out``: when the vehicle was to set out for it, where that is not when the stop before was to be left."""

    arrive: dt.datetime
    start: dt.datetime
    leave: dt.datetime
    rest: dt.timedelta = dt.timedelta(0)
    fixed_end: bool = False
    set_out: dt.datetime | None = None
    said: dt.datetime | None = None
    arrived_at: dt.datetime | None = None
    closed_at: dt.datetime | None = None


_ON_TIME = dt.timedelta(0)


def expected_times(stops: Sequence[Timing]) -> list[dt.datetime]:
    """When each stop began, or is now expected to begin, in the order driven.

    A delay runs on to the next stops; waiting takes it up, the driver's break does not shrink. Nothing is expected earlier than
    planned: doors and windows open when they open. Nor is it expected earlier than the driver says, until somebody is there.
    Where the rest was planned again, what was late by then is planned for, and only what comes on top of it is late.
    """
    found = []
    late = _ON_TIME
    before: Timing | None = None
    for stop in stops:
        if before is not None and stop.set_out is not None:
            late += before.leave - stop.set_out
        before = stop
        if stop.closed_at is not None:
            found.append(stop.arrived_at or stop.closed_at)
            late = stop.closed_at - stop.leave
        elif stop.arrived_at is not None:
            found.append(stop.arrived_at)
            late = _after(stop, max(_ON_TIME, stop.arrived_at - stop.start))
        else:
            waiting = max(_ON_TIME, stop.start - stop.arrive - stop.rest)
            late = max(_ON_TIME, late - waiting)
            if stop.said is not None:
                late = max(late, stop.said - stop.start)
            found.append(stop.start + late)
            late = _after(stop, late)
    return found


def _after(stop: Timing, late: dt.timedelta) -> dt.timedelta:
    """How late the next drive begins when this stop began ``late``."""
    return max(_ON_TIME, stop.start + late - stop.leave) if stop.fixed_end else late


LATER_MINUTES = (10, 20, 30, 60)
_ROUND = dt.timedelta(minutes=5)
LATEST = dt.timedelta(hours=4)
"""Somebody who will be later than this telephones: the day has to be planned again."""


def later_times(*, planned: dt.datetime, expected: dt.datetime, now: dt.datetime) -> list[dt.datetime]:
    """What a driver who is late may choose from: so many minutes after what is expected, or after now where that is later, at five
    minutes by the clock; none more than ``LATEST`` after what was planned."""
    base = max(expected, now)
    base += -(base - base.replace(minute=0, second=0, microsecond=0)) % _ROUND
    found = [base + dt.timedelta(minutes=minutes) for minutes in LATER_MINUTES]
    return [time for time in found if time <= planned + LATEST]
