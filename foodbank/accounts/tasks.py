"""Timed work on accounts. Each may run twice, or late, without harm (R8)."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from foodbank.accounts.services.retention import forget_old


@shared_task(name="accounts.forget_old")
def forget_old_task() -> int:
    """Once a day."""
    return forget_old(now=timezone.now())
