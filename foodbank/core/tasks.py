"""Timed work of the core. Each may run twice, or late, without harm (R8)."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from foodbank.core import idempotency, outbox


@shared_task(name="core.relay_outbox")
def relay_outbox() -> int:
    """Send what is due; on commit of a message, and every ten seconds."""
    return outbox.relay().sent


@shared_task(name="core.forget_idempotency")
def forget_idempotency() -> int:
    return idempotency.forget_old(now=timezone.now())


@shared_task(name="core.forget_sent")
def forget_sent() -> int:
    return outbox.forget_sent(now=timezone.now())
