"""Background jobs; each calls one service and may run twice (R8)."""

from __future__ import annotations

from celery import shared_task

from logistics.dispatch.services.jobs import PLAN_TASK, run_job


@shared_task(name=PLAN_TASK)
def plan_job(job_id: int) -> None:
    run_job(job_id=job_id)
