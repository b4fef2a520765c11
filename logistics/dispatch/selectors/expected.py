"""When the stops of a route began, or are now expected to begin."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from logistics.dispatch.models import RouteBreak, Stop, StopState
from logistics.dispatch.policies import Timing, expected_times


def expected_starts(stops: Sequence[Stop], breaks: Sequence[RouteBreak], *, unsaid: Stop | None = None) -> dict[int, dt.datetime]:
    """By the stop's primary key; ``stops`` of one route in the order driven, read with their progress. ``unsaid``: without what the
    driver says of that stop. No query."""
    timings = [_timing(stop, breaks, said=stop != unsaid) for stop in stops]
    return {stop.pk: time for stop, time in zip(stops, expected_times(timings), strict=True)}


def _timing(stop: Stop, breaks: Sequence[RouteBreak], *, said: bool) -> Timing:
    progress = getattr(stop, "progress", None)
    closed = progress is not None and progress.state in (StopState.DONE, StopState.FAILED)
    rests = (min(rest.end, stop.start) - max(rest.start, stop.arrive) for rest in breaks)
    return Timing(
        arrive=stop.arrive,
        start=stop.start,
        leave=stop.leave,
        rest=sum((rest for rest in rests if rest > dt.timedelta(0)), dt.timedelta(0)),
        fixed_end=stop.visit_id is not None,
        set_out=stop.set_out,
        said=progress.said if progress is not None and said else None,
        arrived_at=progress.arrived_at if progress is not None else None,
        closed_at=progress.closed_at if progress is not None and closed else None,
    )
