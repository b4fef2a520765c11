"""Choosing a month's visits in the background."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.core.jobs import send_after_commit
from foodbank.core.locking import lock_rows
from logistics.month.models import Calendar, PlannedVisit, Work
from logistics.month.policies import first_of
from logistics.month.selectors.planned import planned_visits
from logistics.month.selectors.question import Question, month_question
from logistics.month.services.undo import remember
from logistics.solver.month import MonthResult, Visit, plan_month
from logistics.solver.month.search import WORK
from logistics.travel.great_circle import GreatCircle
from logistics.travel.services.roads import travel_table

logger = logging.getLogger(__name__)
MONTH_TASK = "month.plan"


def calendar_of(*, month: dt.date) -> Calendar:
    """The month's calendar, made when there is none yet."""
    return Calendar.objects.get_or_create(first=first_of(month))[0]


def ask_plan(*, month: dt.date, actor: User) -> Calendar:
    """Queue the planning of the month in which ``month`` lies. Refuses ``month.past`` and, while one is on its way, ``month.busy``."""
    if _last_day(month) <= timezone.localdate():
        raise Refusal(
            "month.past", Text("この月はもう終わります。次の月を計画してください。", "This month is over; plan the next one.")
        )
    with transaction.atomic():
        calendar = lock_rows(Calendar.objects.all(), [calendar_of(month=month).pk])[calendar_of(month=month).pk]
        if calendar.busy(timezone.now()):
            raise Refusal("month.busy", Text("この月は、いま計算中です。", "This month is being planned right now."))
        calendar.work, calendar.asked_at, calendar.asked_by = Work.WAITING, timezone.now(), actor
        calendar.message_ja = calendar.message_en = ""
        calendar.save(update_fields=["work", "asked_at", "asked_by", "message_ja", "message_en"])
        send_after_commit(MONTH_TASK, calendar.pk)
    return calendar


def _last_day(month: dt.date) -> dt.date:
    return (first_of(month) + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


def run_waiting(*, calendar_id: int) -> Calendar | None:
    """Do a plan that was asked for; one that somebody else does or has done is left alone (a task may be delivered twice, R8)."""
    if not Calendar.objects.filter(pk=calendar_id, work=Work.WAITING).update(work=Work.RUNNING):
        return None
    calendar = Calendar.objects.select_related("asked_by").get(pk=calendar_id)
    actor = calendar.asked_by
    if actor is None:
        raise ValueError("nobody asked for this plan")
    try:
        return make_month(calendar=calendar, actor=actor)
    except Refusal as refusal:
        return _failed(calendar_id, refusal.text)
    except Exception:
        _failed(calendar_id, Text("計算中に問題が起きました。もう一度お試しください。", "Planning failed. Please try again."))
        raise


def _failed(calendar_id: int, text: Text) -> Calendar:
    Calendar.objects.filter(pk=calendar_id).update(work=Work.FAILED, message_ja=text.ja, message_en=text.en)
    return Calendar.objects.get(pk=calendar_id)


def make_month(*, calendar: Calendar, actor: User, work: float = WORK, seed: int = 1) -> Calendar:
    """Choose the month's visits anew around its locks, and keep what stood before for undoing. Same facts, work and seed: same visits.
    Driving times that are not kept yet are asked for first; where nobody answers, the great circle counts. Not inside a transaction.

    Refuses ``month.no_candidates``, ``month.no_cars`` and, when somebody changed the calendar while it was thinking,
    ``month.changed_meanwhile``; then nothing is changed."""
    question = month_question(calendar, planned_visits(calendar))
    if question.roads is not None:  # ask for the ways that nobody has asked for yet
        travel_table(question.sites, circle=GreatCircle())
        question = month_question(calendar, planned_visits(calendar))
    if not question.candidates:
        raise Refusal(
            "month.no_candidates", Text("候補地がありません。先に候補地を登録してください。", "Enter candidate sites first.")
        )
    if not any(one.day >= question.problem.free_from for one in question.problem.car_days):
        raise Refusal(
            "month.no_cars",
            Text(
                "この月に出られるキッチンカーがありません。勤務（またはいつもの勤務）と許可を確かめてください。",
                "No kitchen car goes out this month: check shifts or its usual week, and its permit.",
            ),
        )
    result = plan_month(question.problem, work=work, seed=seed)
    return _store(calendar, question, result, actor)


@transaction.atomic
def _store(calendar: Calendar, question: Question, result: MonthResult, actor: User) -> Calendar:
    locked = lock_rows(Calendar.objects.all(), [calendar.pk])[calendar.pk]
    if locked.changed_at != calendar.changed_at:
        raise Refusal(
            "month.changed_meanwhile",
            Text(
                "計算している間に予定が変わりました。もう一度計算してください。",
                "The calendar was changed while it was being planned. Please plan again.",
            ),
        )
    remember(calendar=locked, what="計画を作る前", actor=actor)
    put_visits(locked, question, result.visits)
    locked.remarks = [
        {"candidate": question.candidates[short.site].pk} | {k: v for k, v in asdict(short).items() if k != "site"}
        for short in result.shorts
    ]
    locked.work, locked.message_ja, locked.message_en = Work.IDLE, "", ""
    locked.proven, locked.planned_at = result.proven, timezone.now()
    locked.changed_at = locked.planned_at
    locked.save()
    return locked


def put_visits(calendar: Calendar, question: Question, visits: Sequence[Visit]) -> None:
    """Exactly these visits of the question's candidates stand in the calendar; rows that stay keep their numbers."""
    known = {(row.candidate_id, row.day): row for row in planned_visits(calendar)}
    wanted: dict[tuple[int, dt.date], Visit] = {}
    for visit in visits:
        wanted[question.candidates[visit.site].pk, question.day(visit.day)] = visit
    PlannedVisit.objects.filter(pk__in=[row.pk for key, row in known.items() if key not in wanted]).delete()
    new, changed = [], []
    for key, visit in wanted.items():
        row = known.get(key)
        if row is not None and (row.locked or visit.locked):
            continue
        day, start, end = question.times(visit)
        values = {"vehicle": question.cars[visit.car], "start": start, "end": end, "households": visit.households}
        if row is None:
            new.append(PlannedVisit(calendar=calendar, candidate_id=key[0], day=day, **values))
        else:
            for name, value in values.items():
                setattr(row, name, value)
            changed.append(row)
    PlannedVisit.objects.bulk_create(new)
    PlannedVisit.objects.bulk_update(changed, ["vehicle", "start", "end", "households"])
