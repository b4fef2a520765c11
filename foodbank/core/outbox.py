"""The outbox (R7): what is committed is sent, what is rolled back never is.

``put`` writes a row in the caller's transaction; the relay (``core.relay_outbox``, on commit and every few seconds) claims due rows,
calls the handler that ``settings.OUTBOX_HANDLERS`` names for their topic, and tries again later when it fails. Sending is at least
once: a handler gets the row's ``public_id`` to pass on as the retry key of the outside service.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from foodbank.core.jobs import send_after_commit
from foodbank.core.locking import NotInTransaction
from foodbank.core.models import GONE, OutboxMessage, OutboxState

logger = logging.getLogger(__name__)

CLAIM = dt.timedelta(minutes=2)
"""How long a worker may take over one row before another may try."""
BACKOFF_S = (10, 60, 300, 1_800, 7_200, 21_600, 43_200)
"""Seconds until the next attempt after the first, second … failure; after the last the row is a dead letter."""

KEPT = dt.timedelta(days=90)


class Undeliverable(Exception):
    """It can never be sent (no address, an answer that forbids another attempt): a dead letter at once. The text holds no
    personal data."""


class Gone(Undeliverable):
    """Whom it was for is no longer known here (a household that was forgotten): closed without anybody being asked to look."""

    def __init__(self) -> None:
        super().__init__(GONE)


class Handler(Protocol):
    def __call__(self, *, payload: Mapping[str, Any], public_id: uuid.UUID) -> None: ...


@dataclass(frozen=True, slots=True)
class Relayed:
    sent: int = 0
    failed: int = 0
    dead: int = 0


def put(*, topic: str, payload: Mapping[str, Any], key: str, due_at: dt.datetime | None = None) -> OutboxMessage:
    """Write a message into the caller's transaction; the same ``key`` again gives the first row.

    Raises :class:`~foodbank.core.locking.NotInTransaction` outside a transaction and ``KeyError`` for a topic without a handler.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction("the outbox needs transaction.atomic()")
    if topic not in settings.OUTBOX_HANDLERS:
        raise KeyError(topic)
    row, created = OutboxMessage.objects.get_or_create(
        key=key, defaults={"topic": topic, "payload": dict(payload), "due_at": due_at or timezone.now()}
    )
    if created and due_at is None:
        send_after_commit("core.relay_outbox")
    return row


def relay(*, limit: int = 100) -> Relayed:
    """Send what is due, at most ``limit`` messages. Several workers may do this at once."""
    sent = failed = dead = 0
    for _ in range(limit):
        row = _claim()
        if row is None:
            break
        outcome = _send(row)
        sent += outcome == OutboxState.SENT
        failed += outcome == OutboxState.WAITING
        dead += outcome == OutboxState.DEAD
    return Relayed(sent, failed, dead)


@transaction.atomic
def try_again(*, message: OutboxMessage) -> None:
    """A dead letter goes back on its way."""
    changed = OutboxMessage.objects.filter(pk=message.pk, state=OutboxState.DEAD).update(
        state=OutboxState.WAITING, attempts=0, due_at=timezone.now(), closed_at=None, claimed_until=None
    )
    if changed:
        send_after_commit("core.relay_outbox")


def forget_sent(*, now: dt.datetime) -> int:
    """Delete what was sent, or was for somebody gone, longer than :data:`KEPT` ago; returns how many. Dead letters stay."""
    over = Q(state=OutboxState.SENT) | Q(state=OutboxState.DEAD, last_error=GONE)
    return OutboxMessage.objects.filter(over, closed_at__lt=now - KEPT).delete()[0]


@transaction.atomic
def _claim() -> OutboxMessage | None:
    now = timezone.now()
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=now)
    due = OutboxMessage.objects.filter(free, state=OutboxState.WAITING, due_at__lte=now).order_by("due_at", "pk")
    skip = connection.features.has_select_for_update_skip_locked
    row = due.select_for_update(skip_locked=skip).first()
    if row is not None:
        row.claimed_until = now + CLAIM
        row.save(update_fields=["claimed_until"])
    return row


def _send(row: OutboxMessage) -> str:
    """One attempt; its outcome is written only while the claim is still ours."""
    mine = OutboxMessage.objects.filter(pk=row.pk, claimed_until=row.claimed_until, state=OutboxState.WAITING)
    attempts = row.attempts + 1
    try:
        handler: Handler = import_string(settings.OUTBOX_HANDLERS[row.topic])
        handler(payload=row.payload, public_id=row.public_id)
    except Undeliverable as reason:
        return _closed(mine, OutboxState.DEAD, attempts, str(reason))
    except Exception as fault:  # whatever a channel raises: the row stays and is tried again
        # Not its text: mail servers and SDKs repeat addresses in there.
        error = type(fault).__name__
        logger.warning("outbox %s (%s), attempt %d: %s", row.public_id, row.topic, attempts, error)
        if attempts > len(BACKOFF_S):
            return _closed(mine, OutboxState.DEAD, attempts, error)
        later = timezone.now() + dt.timedelta(seconds=BACKOFF_S[attempts - 1])
        mine.update(attempts=attempts, due_at=later, claimed_until=None, last_error=error)
        return OutboxState.WAITING
    return _closed(mine, OutboxState.SENT, attempts, "")


def _closed(mine: Any, state: OutboxState, attempts: int, error: str) -> str:
    mine.update(state=state, attempts=attempts, closed_at=timezone.now(), claimed_until=None, last_error=error[:200])
    return state
