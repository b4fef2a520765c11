"""From a calendar to the visits of its days, which the day's plan drives to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.dates import today
from foodbank.core.errors import Refusal, Text
from foodbank.core.locking import lock_rows
from logistics.dispatch.models import MobileVisit
from logistics.dispatch.services.visits import VisitData, change_visit, create_visits, withdraw_visit
from logistics.fleet.services.vehicles import set_shift
from logistics.month.models import AcceptedVisit, Calendar, PlannedVisit
from logistics.month.selectors.planned import planned_visits
from logistics.month.selectors.question import Question, month_question
from logistics.month.selectors.words import HARD, fault_text
from logistics.solver.month.check import month_faults

TOLD = 3
"""So many faults are named in a refusal."""


@dataclass(slots=True)
class Accepted:
    """How many visits came, changed and went, how many shifts were entered for their cars, and why others stay as they were."""

    created: int = 0
    changed: int = 0
    withdrawn: int = 0
    shifts: int = 0
    kept: list[Text] = field(default_factory=list)


@transaction.atomic
def accept(*, calendar: Calendar, actor: User) -> Accepted:
    """Make the calendar's visits from tomorrow on the visits of their days, each with its car, and enter a shift from the car's usual
    week where there is none. Accepting again brings only what has changed since: nothing comes twice, what is gone from the calendar is
    withdrawn, and a visit that a published plan drives to stays as it is.

    Refuses ``month.empty`` and, when a visit could not be driven or the car may not stand there (D17), ``month.cannot_be_driven``."""
    locked = lock_rows(Calendar.objects.all(), [calendar.pk])[calendar.pk]
    planned = planned_visits(locked)
    before = list(AcceptedVisit.objects.filter(calendar=locked).select_related("visit__site").order_by("pk"))
    if not planned and not before:
        raise Refusal(
            "month.empty",
            Text("この月の訪問がまだありません。先に計画を作ってください。", "There are no visits yet; plan first."),
        )
    question = month_question(locked, planned)
    _refuse_undrivable(question, planned)
    soon = today() + dt.timedelta(days=1)
    wanted = {(row.candidate.site_id, row.day): row for row in planned if row.day >= soon}
    done = Accepted()
    for known in before:
        if known.visit.day < soon:
            continue
        row = wanted.pop((known.visit.site_id, known.visit.day), None)
        try:
            with transaction.atomic():
                _carry_on(known, row, done, actor)
        except Refusal as refusal:
            done.kept.append(refusal.text)
    for row in wanted.values():
        _create(locked, row, done, actor)
    done.shifts = _shifts(question, planned, soon, actor)
    locked.accepted_at, locked.accepted_by = timezone.now(), actor
    locked.save(update_fields=["accepted_at", "accepted_by"])
    return done


def _refuse_undrivable(question: Question, planned: list[PlannedVisit]) -> None:
    faults = [
        fault_text(question, fault)
        for fault in month_faults(question.problem, question.as_visits(planned))
        if fault.code in HARD and fault.visit.day >= question.problem.free_from
    ]
    if faults:
        more = len(faults) - TOLD
        raise Refusal(
            "month.cannot_be_driven",
            Text(
                "このままでは決定できません。"
                + " ".join(text.ja for text in faults[:TOLD])
                + (f" ほか{more}件。" if more > 0 else ""),
                "This cannot be accepted. "
                + " ".join(text.en for text in faults[:TOLD])
                + (f" And {more} more." if more > 0 else ""),
            ),
            params={"faults": len(faults)},
            status=422,
        )


def _data(row: PlannedVisit) -> VisitData:
    return VisitData(
        site=row.candidate.site,
        open_from=row.start,
        open_until=row.end,
        expected_households=row.households,
        vehicle=row.vehicle,
    )


def _carry_on(known: AcceptedVisit, row: PlannedVisit | None, done: Accepted, actor: User) -> None:
    visit = known.visit
    if row is None:
        withdraw_visit(visit=visit, actor=actor)
        done.withdrawn += 1
        return
    stands = (visit.open_from, visit.open_until, visit.expected_households, visit.vehicle_id)
    if stands != (row.start, row.end, row.households, row.vehicle_id):
        change_visit(visit=visit, data=_data(row), actor=actor)
        done.changed += 1
    if known.vehicle_id != row.vehicle_id:
        known.vehicle = row.vehicle
        known.save(update_fields=["vehicle"])


def _create(calendar: Calendar, row: PlannedVisit, done: Accepted, actor: User) -> None:
    """A visit that another hand has entered for the site on that day stays as it is and becomes the calendar's."""
    visit = MobileVisit.objects.filter(site=row.candidate.site, day=row.day, planned_as__isnull=True).first()
    if visit is None:
        visit = create_visits(day=row.day, visits=[_data(row)], actor=actor)[0]
        done.created += 1
    AcceptedVisit.objects.create(calendar=calendar, visit=visit, vehicle=row.vehicle)


def _shifts(question: Question, planned: list[PlannedVisit], soon: dt.date, actor: User) -> int:
    """A car that is out by its usual week only gets the shift that the day's plan reads."""
    needed = {(row.vehicle.code, row.day) for row in planned if row.day >= soon}
    missing = [one for one in question.outings if not one.entered and (one.vehicle.code, one.day) in needed]
    for one in missing:
        set_shift(vehicle=one.vehicle, day=one.day, start=one.start, end=one.end, break_minutes=one.break_minutes, actor=actor)
    return len(missing)
