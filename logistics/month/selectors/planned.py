"""What stands in a calendar."""

from __future__ import annotations

import datetime as dt

from logistics.month.models import Calendar, PlannedVisit
from logistics.month.policies import first_of


def calendar_on(month: dt.date) -> Calendar:
    """The calendar of the month in which ``month`` lies; a new one that is not stored when nobody has worked on it yet."""
    return Calendar.objects.filter(first=first_of(month)).first() or Calendar(first=first_of(month))


def planned_visits(calendar: Calendar) -> list[PlannedVisit]:
    """In order of time; one query."""
    rows = PlannedVisit.objects.filter(calendar_id=calendar.pk).select_related("candidate__site", "vehicle__depot")
    return list(rows.order_by("day", "start", "candidate__site__code"))
