"""Background jobs; each calls one service and may run twice (R8)."""

from __future__ import annotations

from celery import shared_task

from logistics.month.services.planning import MONTH_TASK, run_waiting


@shared_task(name=MONTH_TASK)
def plan(calendar_id: int) -> None:
    run_waiting(calendar_id=calendar_id)
