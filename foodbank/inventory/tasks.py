"""Timed work of the stock. Each may run twice, or late, without harm (R8)."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from foodbank.accounts.services.system import system_user
from foodbank.inventory.services.reservations import expire_due


@shared_task(name="inventory.expire_reservations")
def expire_reservations() -> int:
    """Give back what reservations past their time keep; due every minute."""
    return expire_due(now=timezone.now(), actor=system_user())
