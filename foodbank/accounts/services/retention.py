"""What is forgotten by itself (P9)."""

from __future__ import annotations

import datetime as dt

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

from foodbank.accounts.models import AccountEvent

ATTEMPTS_KEPT = dt.timedelta(days=30)
"""Who tried to sign in from which network address."""
EVENTS_KEPT = dt.timedelta(days=3 * 365 + 1)


@transaction.atomic
def forget_old(*, now: dt.datetime) -> int:
    """Delete what is older than it may be; returns how many rows. Twice does no harm."""
    gone = 0
    for attempts in (AccessAttempt, AccessFailureLog, AccessLog):
        gone += attempts.objects.filter(attempt_time__lt=now - ATTEMPTS_KEPT).delete()[0]
    gone += AccountEvent.objects.filter(at__lt=now - EVENTS_KEPT).delete()[0]
    SessionStore.clear_expired()
    return gone
