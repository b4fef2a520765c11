"""Background jobs; each calls one service and may run twice (R8)."""

from __future__ import annotations

from celery import shared_task

from logistics.dispatch.services.jobs import PLAN_TASK, run_job
from logistics.dispatch.services.learning import learn_paces
from logistics.dispatch.services.parts import PART_TASK, work_on
from logistics.dispatch.services.planning import plan_area
from logistics.dispatch.services.what_if import WHAT_IF_TASK, run


@shared_task(name=PLAN_TASK)
def plan_job(job_id: int) -> None:
    run_job(job_id=job_id)


@shared_task(name=PART_TASK)
def plan_part(part_id: int) -> None:
    work_on(part_id, plan_area)


@shared_task(name=WHAT_IF_TASK)
def what_if(what_if_id: int) -> None:
    run(what_if_id=what_if_id)


@shared_task(name="dispatch.learn_paces")
def learn() -> int:
    """Returns how many drives count."""
    return learn_paces()[0]
