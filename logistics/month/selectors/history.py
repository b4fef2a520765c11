"""Past visits: what people have had, and what they are used to."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from logistics.dispatch.models import CallOff, CallOffKind, MobileVisit, PlanStatus, StopProgress, StopState
from logistics.month.models import PlannedVisit
from logistics.month.policies import habit
from logistics.solver.month.problem import QUARTER_DAYS


@dataclass(slots=True)
class Past:
    """Of one site: visits in the three months before the month, and those of the month that the calendar does not know."""

    visits: dict[dt.date, dt.time] = field(default_factory=dict)
    others: list[MobileVisit] = field(default_factory=list)

    @property
    def last(self) -> dt.date | None:
        return max(self.visits, default=None)

    @property
    def usual(self) -> tuple[int, dt.time] | None:
        return habit(self.visits.items())


def past_visits(site_ids: Sequence[int], first: dt.date, end: dt.date) -> dict[int, Past]:
    """By site. Visits that took place or are settled, and those that an earlier month's calendar still plans; not those of a day that
    was called off, nor those that failed on the road. Four queries."""
    since = first - dt.timedelta(days=QUARTER_DAYS)
    found: dict[int, Past] = defaultdict(Past)
    off = set(
        CallOff.objects.filter(kind=CallOffKind.DAY, undone_at__isnull=True, day__range=(since, end)).values_list(
            "day", flat=True
        )
    )
    failed = set(
        StopProgress.objects.filter(stop__visit__day__range=(since, end), state=StopState.FAILED)
        .exclude(stop__route__plan__status=PlanStatus.REPLACED)
        .values_list("stop__visit", flat=True)
    )
    visits = MobileVisit.objects.filter(site__in=site_ids, day__range=(since, end)).select_related("planned_as")
    for visit in visits.order_by("day", "open_from"):
        if visit.day in off or visit.pk in failed:
            continue
        if visit.day < first:
            found[visit.site_id].visits.setdefault(visit.day, visit.open_from)
        elif not hasattr(visit, "planned_as"):
            found[visit.site_id].others.append(visit)
    planned = PlannedVisit.objects.filter(candidate__site__in=site_ids, day__gte=since, day__lt=first)
    for site, day, start in planned.order_by("day").values_list("candidate__site", "day", "start"):
        if day not in off:
            found[site].visits.setdefault(day, start)
    return found
