"""What a person changes in a calendar. Each change keeps what stood before, so that it can be undone; what it breaks is said by the
calendar's check, and accepting refuses what cannot be driven."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.dates import format_day, today
from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.core.limits import MAX_PEOPLE
from foodbank.core.locking import lock_rows
from logistics.fleet.models import Vehicle
from logistics.month.models import Calendar, Candidate, PlannedVisit
from logistics.month.policies import first_of, minutes
from logistics.month.selectors.question import begun_visits
from logistics.month.services.planning import calendar_of
from logistics.month.services.undo import remember

_LAST_MINUTE = 23 * 60 + 59


@transaction.atomic
def add_visit(
    *,
    month: dt.date,
    candidate: Candidate,
    day: dt.date,
    start: dt.time,
    vehicle: Vehicle,
    households: int,
    actor: User,
    locked: bool = True,
) -> PlannedVisit:
    """A further visit of the month, as long as the site's visits are. Refuses ``month.visit_refused`` by field."""
    calendar = _locked(calendar_of(month=month))
    _refuse_wrong(calendar, candidate, day, start, candidate.visit_minutes, households, but=None)
    remember(calendar=calendar, what=f"{format_day(day)} {candidate.site.name}を加える前", actor=actor)
    _changed(calendar)
    return PlannedVisit.objects.create(
        calendar=calendar, candidate=candidate, vehicle=vehicle, day=day, start=start, end=_end(start, candidate.visit_minutes),
        households=households, locked=locked,
    )  # fmt: skip


@transaction.atomic
def move_visit(
    *, visit: PlannedVisit, day: dt.date, start: dt.time, vehicle: Vehicle, households: int, locked: bool, actor: User
) -> PlannedVisit:
    """Another day, time, car or number of households; the visit stays as long as it is. Refuses ``month.visit_refused`` by field and
    ``month.visit_begun``."""
    calendar = _locked(visit.calendar)
    _refuse_begun(visit)
    length = minutes(visit.end) - minutes(visit.start)
    _refuse_wrong(calendar, visit.candidate, day, start, length, households, but=visit)
    remember(calendar=calendar, what=f"{format_day(visit.day)} {visit.candidate.site.name}を変える前", actor=actor)
    visit.day, visit.start, visit.end = day, start, _end(start, length)
    visit.vehicle, visit.households, visit.locked = vehicle, households, locked
    visit.save(update_fields=["day", "start", "end", "vehicle", "households", "locked"])
    _changed(calendar)
    return visit


@transaction.atomic
def remove_visit(*, visit: PlannedVisit, actor: User) -> None:
    """The visit is not made. Refuses ``month.visit_begun``."""
    calendar = _locked(visit.calendar)
    _refuse_begun(visit)
    remember(calendar=calendar, what=f"{format_day(visit.day)} {visit.candidate.site.name}を消す前", actor=actor)
    visit.delete()
    _changed(calendar)


@transaction.atomic
def lock_visit(*, visit: PlannedVisit, locked: bool, actor: User) -> PlannedVisit:
    """Planning again leaves it where it is, or may move it again."""
    calendar = _locked(visit.calendar)
    remember(calendar=calendar, what=f"{format_day(visit.day)} {visit.candidate.site.name}の固定を変える前", actor=actor)
    visit.locked = locked
    visit.save(update_fields=["locked"])
    _changed(calendar)
    return visit


def _locked(calendar: Calendar) -> Calendar:
    return lock_rows(Calendar.objects.all(), [calendar.pk])[calendar.pk]


def _changed(calendar: Calendar) -> None:
    Calendar.objects.filter(pk=calendar.pk).update(changed_at=timezone.now(), proven=False)


def _end(start: dt.time, length: int) -> dt.time:
    total = minutes(start) + length
    return dt.time(total // 60, total % 60)


def _refuse_begun(visit: PlannedVisit) -> None:
    begun = (visit.candidate.site_id, visit.day) in begun_visits(visit.calendar)
    if begun or visit.day <= today():
        raise Refusal(
            "month.visit_begun",
            Text(
                "この訪問は、確定した配送計画に入っているか、もう当日です。変えるときは、その日のページで中止してください。",
                "This visit is part of a published plan, or its day has come. Call it off on the page of its day.",
            ),
        )


def _refuse_wrong(
    calendar: Calendar,
    candidate: Candidate,
    day: dt.date,
    start: dt.time,
    length: int,
    households: int,
    *,
    but: PlannedVisit | None,
) -> None:
    faults: dict[str, Text] = {}
    if first_of(day) != calendar.first:
        faults["day"] = Text("この月の日を選んでください。", "Choose a day of this month.")
    elif day <= today():
        faults["day"] = Text("明日からの日を選んでください。", "Choose a day from tomorrow on.")
    else:
        others = PlannedVisit.objects.filter(candidate=candidate, day=day)
        if (others.exclude(pk=but.pk) if but else others).exists():
            faults["day"] = Text("この日は、同じ会場の訪問がもう入っています。", "The site is visited on that day already.")
    if minutes(start) + length > _LAST_MINUTE:
        faults["start"] = Text("日をまたぐ訪問はできません。", "A visit ends on the day on which it starts.")
    if not 1 <= households <= MAX_PEOPLE:
        faults["households"] = Text(
            f"世帯数は1から{MAX_PEOPLE:,}の間で入力してください。", f"Households are 1 to {MAX_PEOPLE:,}."
        )
    if faults:
        raise FieldsRefused("month.visit_refused", faults)
