"""What background jobs have in common: taken up once (R8), progress that a page can show, a stop, and an end even where a worker is gone."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from foodbank.core.errors import Refusal, Text
from logistics.dispatch.models import Job, JobState
from logistics.dispatch.services.planning import PlanRejected

logger = logging.getLogger(__name__)

TELL_EVERY_S = 0.4
WAITS = Text("順番を待っています。", "Waiting for its turn.")
WORDS = {
    "allocate": Text("だれに何を届けるか決めています。", "Deciding what goes to whom."),
    "route": Text("ルートを組み立てています。", "Building the routes."),
    "explain": Text("できなかった理由と対処を調べています。", "Finding reasons and fixes."),
    "check": Text("計画を確かめています。", "Checking the plan."),
    "present": Text("いまの計画を、変えずに計算し直しています。", "Planning again without any change."),
    "changed": Text("変更したときの計画を計算しています。", "Planning with the changes."),
}


def unfinished(jobs: QuerySet[Any]) -> QuerySet[Any]:
    return jobs.filter(state__in=(JobState.WAITING, JobState.RUNNING))


def give_up_lost(jobs: QuerySet[Any]) -> None:
    """Jobs whose worker has gone have failed."""
    now = timezone.now()
    text = Text("計算が途中で止まりました。もう一度お試しください。", "Planning stopped halfway. Please try again.")
    for job in unfinished(jobs):
        if job.lost(now):
            finish(job, state=JobState.FAILED, message=text)


def claim(jobs: QuerySet[Any], job_id: int) -> bool:
    """Take up a waiting job; False when somebody else has it, or it is over (a task may be delivered twice, R8)."""
    return bool(jobs.filter(pk=job_id, state=JobState.WAITING).update(state=JobState.RUNNING, started_at=timezone.now()))


def stop(job: Job) -> None:
    """Ask a job to end with the best so far. One that has ended stays as it is."""
    unfinished(_rows(job)).update(stop_requested=True)


def see_through(job: Job, make: Callable[[], dict[str, Any]], *, rejected: Text, done: Text) -> None:
    """Do the work of a job that was taken up. ``make`` gives what is written down with its end; whatever happens, the row says in words
    how it ended. A fault of the program is raised all the same."""
    try:
        found = make()
    except Refusal as refusal:
        finish(job, state=JobState.FAILED, message=refusal.text)
    except PlanRejected:
        logger.exception("%s: rejected by the check", job)
        finish(job, state=JobState.FAILED, message=rejected)
    except Exception:
        text = Text("計算中に問題が起きました。もう一度お試しください。", "Planning failed. Please try again.")
        finish(job, state=JobState.FAILED, message=text)
        raise
    else:
        finish(job, state=JobState.DONE, message=done, **found)


def finish(job: Job, *, state: JobState, message: Text, **values: Any) -> None:
    _rows(job).update(
        state=state,
        percent=100,
        message_ja=message.ja,
        message_en=message.en,
        finished_at=timezone.now(),
        **values,
    )


def teller(job: Job) -> Callable[[float, str], None]:
    """Writes down how far the job is, now and then."""
    told_at, told_what = 0.0, ""

    def tell(part: float, what: str) -> None:
        nonlocal told_at, told_what
        now = time.monotonic()
        if what == told_what and now - told_at < TELL_EVERY_S:
            return
        told_at, told_what = now, what
        text = WORDS[what]
        _rows(job).update(percent=min(99, int(part * 100)), message_ja=text.ja, message_en=text.en, told_at=timezone.now())

    return tell


def stopper(job: Job) -> Callable[[], bool]:
    """Whether somebody has asked the job to end; looks now and then."""
    asked = {"at": 0.0, "stop": False}

    def stopped() -> bool:
        now = time.monotonic()
        if not asked["stop"] and now - float(asked["at"]) >= TELL_EVERY_S:
            asked.update(at=now, stop=_rows(job).filter(stop_requested=True).exists())
        return bool(asked["stop"])

    return stopped


def _rows(job: Job) -> QuerySet[Any]:
    return type(job)._default_manager.filter(pk=job.pk)
