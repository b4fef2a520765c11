"""What the driver says, or may say, of the stop that the vehicle drives to: when it will be there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from foodbank.sites.models import SiteKind
from logistics.dispatch.models import RouteBreak, Stop, StopState
from logistics.dispatch.policies import LATEST, later_times
from logistics.dispatch.selectors.begun import CLOSED, said_of, state_of
from logistics.dispatch.selectors.expected import expected_starts


@dataclass(frozen=True, slots=True)
class DriversWord:
    """``said``: what the driver says of ``stop``, if anything; ``otherwise``: when it is expected without that."""

    stop: Stop
    said: dt.datetime | None
    otherwise: dt.datetime
    now: dt.datetime

    @property
    def choices(self) -> list[tuple[dt.datetime, int]]:
        """Times that may be said, and how many minutes after the plan they are."""
        times = later_times(planned=self.stop.start, expected=self.otherwise, now=self.now)
        return [(timezone.localtime(time), round((time - self.stop.start).total_seconds() / 60)) for time in times]

    @property
    def latest(self) -> dt.datetime:
        return self.stop.start + LATEST

    @property
    def on_time(self) -> bool:
        """Were it not for what was said, the vehicle could still be there as planned."""
        return max(self.otherwise, self.now) <= self.stop.start


def drivers_word(stops: Sequence[Stop], breaks: Sequence[RouteBreak], *, departed: bool) -> DriversWord | None:
    """Of the first stop that is still to come; ``None`` while the vehicle loads at its depot or stands at a stop, and when all is over.
    ``stops`` of one route in the order driven, read with their progress and site. No query."""
    to_come = [stop for stop in stops if state_of(stop) not in CLOSED]
    if to_come and to_come[0].sequence == 1 and to_come[0].site.kind == SiteKind.DEPOT:
        to_come = to_come[1:] if departed else []
    if not to_come or state_of(to_come[0]) != StopState.PLANNED:
        return None
    stop = to_come[0]
    otherwise = expected_starts(stops, breaks, unsaid=stop)[stop.pk]
    return DriversWord(stop, said_of(stop), otherwise, timezone.now())
