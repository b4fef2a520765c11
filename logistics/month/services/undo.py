"""The last changes of a calendar, and taking them back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.core.locking import lock_rows
from logistics.month.models import Calendar, CalendarChange, PlannedVisit

KEPT = 20
_FIELDS = ("candidate_id", "vehicle_id", "households", "locked")


def remember(*, calendar: Calendar, what: str, actor: User) -> CalendarChange:
    """What stands in the calendar now, before it changes. To be called inside the change's own transaction."""
    change = CalendarChange.objects.create(calendar=calendar, what=what, before=_as_it_stands(calendar), actor=actor)
    old = CalendarChange.objects.filter(calendar=calendar).values_list("pk", flat=True)[KEPT:]
    CalendarChange.objects.filter(pk__in=list(old)).delete()
    return change


@transaction.atomic
def undo(*, calendar: Calendar, actor: User) -> CalendarChange:
    """Take the last change back, also a planning. What is accepted stays accepted until somebody accepts again. Refuses
    ``month.nothing_to_undo``."""
    lock_rows(Calendar.objects.all(), [calendar.pk])
    change = CalendarChange.objects.filter(calendar=calendar).first()
    if change is None:
        raise Refusal("month.nothing_to_undo", Text("元に戻せる変更がありません。", "There is nothing to undo."))
    PlannedVisit.objects.filter(calendar=calendar).delete()
    PlannedVisit.objects.bulk_create([_row(calendar, kept) for kept in change.before])
    Calendar.objects.filter(pk=calendar.pk).update(changed_at=timezone.now(), proven=False)
    change.delete()
    return change


def _as_it_stands(calendar: Calendar) -> list[dict[str, Any]]:
    return [
        {name: getattr(row, name) for name in _FIELDS}
        | {"day": row.day.isoformat(), "start": f"{row.start:%H:%M}", "end": f"{row.end:%H:%M}"}
        for row in PlannedVisit.objects.filter(calendar=calendar)
    ]


def _row(calendar: Calendar, kept: dict[str, Any]) -> PlannedVisit:
    return PlannedVisit(
        calendar=calendar,
        day=dt.date.fromisoformat(kept["day"]),
        start=dt.time.fromisoformat(kept["start"]),
        end=dt.time.fromisoformat(kept["end"]),
        **{name: kept[name] for name in _FIELDS},
    )
