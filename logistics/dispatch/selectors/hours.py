"""How long people drove for the food bank."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection

from logistics.dispatch.models import RouteProgress

WINDOW_DAYS = 28


def driven_s(drivers: Collection[int], *, before: dt.date) -> Counter[int]:
    """Seconds from leaving to coming back, by driver (user's key), on the 28 days before that day. Routes that nobody ended do not count.
    One query."""
    rows = RouteProgress.objects.filter(
        driver__in=drivers,
        route__plan__day__gte=before - dt.timedelta(days=WINDOW_DAYS),
        route__plan__day__lt=before,
        departed_at__isnull=False,
        back_at__isnull=False,
    ).values_list("driver_id", "departed_at", "back_at")
    total: Counter[int] = Counter()
    for driver, left, back in rows:
        if left is not None and back is not None:
            total[driver] += max(0, round((back - left).total_seconds()))
    return total
