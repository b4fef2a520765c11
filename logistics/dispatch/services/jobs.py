"""Planning in the background: progress that a page can show, and a stop that keeps the best so far."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.core.jobs import send_after_commit
from logistics.dispatch.models import JobState, Plan, PlanJob
from logistics.dispatch.services.planning import PlanRejected, make_plan

logger = logging.getLogger(__name__)
PLAN_TASK = "dispatch.plan_job"
TELL_EVERY_S = 0.4
_WORDS = {
    "allocate": Text("だれに何を届けるか決めています。", "Deciding what goes to whom."),
    "route": Text("ルートを組み立てています。", "Building the routes."),
    "explain": Text("できなかった理由と対処を調べています。", "Finding reasons and fixes."),
    "check": Text("計画を確かめています。", "Checking the plan."),
}


def start_planning(*, day: dt.date, actor: User, seconds: float = 10.0, seed: int = 1, locks_from: Plan | None = None) -> PlanJob:
    """Queue the planning of ``day``, under the locks of ``locks_from``. Refuses ``dispatch.job_running`` while another one is on its way
    for that day, and ``dispatch.seconds`` outside 1–600."""
    if not 1 <= seconds <= 600:
        raise Refusal("dispatch.seconds", Text("計算時間は1〜600秒にしてください。", "Seconds go from 1 to 600."), status=422)
    with transaction.atomic():
        _give_up_lost(day)
        try:
            with transaction.atomic():  # two who ask at the same moment: the constraint lets one of them
                job = PlanJob.objects.create(
                    day=day,
                    seconds=seconds,
                    seed=seed,
                    locks_from=locks_from,
                    actor=actor,
                    message_ja="順番を待っています。",
                    message_en="Waiting for its turn.",
                )
        except IntegrityError as busy:
            raise Refusal(
                "dispatch.job_running",
                Text("この日の計画は、いま計算中です。", "This day is being planned right now."),
                params={"date": day.isoformat()},
            ) from busy
        send_after_commit(PLAN_TASK, job.pk)
    return job


def _give_up_lost(day: dt.date) -> None:
    now = timezone.now()
    text = Text("計算が途中で止まりました。もう一度お試しください。", "Planning stopped halfway. Please try again.")
    for job in PlanJob.objects.filter(day=day, state__in=(JobState.WAITING, JobState.RUNNING)):
        if job.lost(now):
            _finish(job.pk, state=JobState.FAILED, message=text)


def request_stop(*, job: PlanJob, actor: User) -> None:
    """Ask a job to end and keep the best plan so far. A job that has ended stays as it is."""
    PlanJob.objects.filter(pk=job.pk, state__in=(JobState.WAITING, JobState.RUNNING)).update(stop_requested=True)


def run_job(*, job_id: int) -> PlanJob | None:
    """Do a waiting job; somebody else's or a finished one is left alone (a task may be delivered twice, R8)."""
    claimed = PlanJob.objects.filter(pk=job_id, state=JobState.WAITING).update(state=JobState.RUNNING, started_at=timezone.now())
    if not claimed:
        return None
    job = PlanJob.objects.select_related("actor", "locks_from").get(pk=job_id)
    try:
        plan = make_plan(
            day=job.day,
            actor=job.actor,
            seconds=job.seconds,
            seed=job.seed,
            locks_from=job.locks_from,
            on_progress=_teller(job_id),
            should_stop=_stopper(job_id),
        )
    except Refusal as refusal:
        return _finish(job_id, state=JobState.FAILED, message=refusal.text)
    except PlanRejected:
        logger.exception("plan rejected by the check on %s", job.day)
        text = Text("計画の検査で誤りが見つかったため、保存していません。", "The check rejected the plan; nothing was stored.")
        return _finish(job_id, state=JobState.FAILED, message=text)
    except Exception:
        text = Text("計算中に問題が起きました。もう一度お試しください。", "Planning failed. Please try again.")
        _finish(job_id, state=JobState.FAILED, message=text)
        raise
    return _finish(job_id, state=JobState.DONE, message=Text("計画ができました。", "The plan is ready."), plan_id=plan.pk)


def _finish(job_id: int, *, state: JobState, message: Text, plan_id: int | None = None) -> PlanJob:
    PlanJob.objects.filter(pk=job_id).update(
        state=state,
        percent=100,
        message_ja=message.ja,
        message_en=message.en,
        plan_id=plan_id,
        finished_at=timezone.now(),
    )
    return PlanJob.objects.get(pk=job_id)


def _teller(job_id: int) -> Callable[[float, str], None]:
    told_at, told_what = 0.0, ""

    def tell(part: float, what: str) -> None:
        nonlocal told_at, told_what
        now = time.monotonic()
        if what == told_what and now - told_at < TELL_EVERY_S:
            return
        told_at, told_what = now, what
        text = _WORDS[what]
        PlanJob.objects.filter(pk=job_id).update(percent=min(99, int(part * 100)), message_ja=text.ja, message_en=text.en)

    return tell


def _stopper(job_id: int) -> Callable[[], bool]:
    asked = {"at": 0.0, "stop": False}

    def stop() -> bool:
        now = time.monotonic()
        if not asked["stop"] and now - float(asked["at"]) >= TELL_EVERY_S:
            asked.update(at=now, stop=PlanJob.objects.filter(pk=job_id, stop_requested=True).exists())
        return bool(asked["stop"])

    return stop
