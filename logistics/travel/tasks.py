"""Timed work on driving times; may run twice (R8)."""

from __future__ import annotations

from celery import shared_task

from logistics.travel.services.roads import forget_old_roads


@shared_task(name="travel.forget_old")
def forget_old() -> int:
    return forget_old_roads()
