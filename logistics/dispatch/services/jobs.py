"""Planning in the background: progress that a page can show, and a stop that keeps the best so far."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from foodbank.core.jobs import send_after_commit
from logistics.dispatch.models import Plan, PlanJob
from logistics.dispatch.services.background import WAITS, claim, give_up_lost, see_through, stop, stopper, teller
from logistics.dispatch.services.planning import make_plan

PLAN_TASK = "dispatch.plan_job"


def start_planning(*, day: dt.date, actor: User, seconds: float = 10.0, seed: int = 1, locks_from: Plan | None = None) -> PlanJob:
    """Queue the planning of ``day``, under the locks of ``locks_from``. Refuses ``dispatch.job_running`` while another one is on its way
    for that day, and ``dispatch.seconds`` outside 1–600."""
    refuse_seconds(seconds)
    with transaction.atomic():
        give_up_lost(PlanJob.objects.filter(day=day))
        try:
            with transaction.atomic():  # two who ask at the same moment: the constraint lets one of them
                job = PlanJob.objects.create(
                    day=day,
                    seconds=seconds,
                    seed=seed,
                    locks_from=locks_from,
                    actor=actor,
                    message_ja=WAITS.ja,
                    message_en=WAITS.en,
                )
        except IntegrityError as busy:
            raise Refusal(
                "dispatch.job_running",
                Text("この日の計画は、いま計算中です。", "This day is being planned right now."),
                params={"date": day.isoformat()},
            ) from busy
        send_after_commit(PLAN_TASK, job.pk)
    return job


def refuse_seconds(seconds: float) -> None:
    """Refuses ``dispatch.seconds`` outside 1–600."""
    if not 1 <= seconds <= 600:
        raise Refusal("dispatch.seconds", Text("計算時間は1〜600秒にしてください。", "Seconds go from 1 to 600."), status=422)


def request_stop(*, job: PlanJob, actor: User) -> None:
    """Ask a job to end and keep the best plan so far. A job that has ended stays as it is."""
    stop(job)


def run_job(*, job_id: int) -> PlanJob | None:
    """Do a waiting job; somebody else's or a finished one is left alone (a task may be delivered twice, R8)."""
    if not claim(PlanJob.objects.all(), job_id):
        return None
    job = PlanJob.objects.select_related("actor", "locks_from").get(pk=job_id)

    def make() -> dict[str, Any]:
        plan = make_plan(
            day=job.day,
            actor=job.actor,
            seconds=job.seconds,
            seed=job.seed,
            locks_from=job.locks_from,
            on_progress=teller(job),
            should_stop=stopper(job),
        )
        return {"plan_id": plan.pk}

    rejected = Text("計画の検査で誤りが見つかったため、保存していません。", "The check rejected the plan; nothing was stored.")
    see_through(job, make, rejected=rejected, done=Text("計画ができました。", "The plan is ready."))
    return PlanJob.objects.get(pk=job_id)
