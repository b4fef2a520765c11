"""Requests that may come twice (R4): a lost reply, a double tap, a queue sent again. The first answer is given again."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils import timezone

from foodbank.core.errors import Refusal, Text
from foodbank.core.models import IdempotencyRecord

LEASE = dt.timedelta(seconds=60)
"""After this a request without an answer counts as lost, and its repeat is worked on."""
KEPT = dt.timedelta(days=14)
LONGEST_KEY = 128


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = b""
    content_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    replayed: bool = False


class _TakenBack(Exception):
    """Carries an answer out of a transaction that must leave nothing behind."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


class LeaseLost(RuntimeError):
    """The request took longer than its lease and a repeat has taken over: what was done here is rolled back."""


def fingerprint(*parts: bytes) -> str:
    """What tells one request from another that bears the same key: method, path and body."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def once(*, scope: str, key: str, fingerprint: str, run: Callable[[], Answer]) -> Answer:
    """``run`` at most once for this ``key`` of ``scope``; its answer is stored in its own transaction and given to every repeat.

    An answer of 400 to 499 takes back what ``run`` did and is kept; 500 and above, or an exception, takes back and forgets, so that
    a repeat is worked on. Refuses ``idempotency.key`` (400: empty or too long), ``idempotency.other_body`` (422) and
    ``idempotency.in_flight`` (409).
    """
    if not key or len(key) > LONGEST_KEY:
        raise Refusal(
            "idempotency.key",
            Text(
                f"操作番号（Idempotency-Key）は1～{LONGEST_KEY}文字です。", f"Idempotency-Key has 1 to {LONGEST_KEY} characters."
            ),
            status=400,
        )
    token = uuid.uuid4()
    before = _begin(scope, key, fingerprint, token)
    if before is not None:
        return before
    try:
        with transaction.atomic():
            answer = run()
            if answer.status >= 400:
                raise _TakenBack(answer)
            _finish(scope, key, token, answer)
            return answer
    except _TakenBack as taken:
        if taken.answer.status < 500:
            _finish(scope, key, token, taken.answer)
        else:
            _forget(scope, key, token)
        return taken.answer
    except BaseException:
        _forget(scope, key, token)
        raise


def forget_old(*, now: dt.datetime) -> int:
    """Delete what is older than :data:`KEPT`; returns how many."""
    return IdempotencyRecord.objects.filter(created_at__lt=now - KEPT).delete()[0]


def _begin(scope: str, key: str, fingerprint: str, token: uuid.UUID) -> Answer | None:
    """The stored answer, or nothing when it is this request's turn."""
    now = timezone.now()
    until = now + LEASE
    try:
        with transaction.atomic():
            IdempotencyRecord.objects.create(scope=scope, key=key, fingerprint=fingerprint, token=token, lease_until=until)
        return None
    except IntegrityError:
        pass
    with transaction.atomic():
        row = IdempotencyRecord.objects.select_for_update().filter(scope=scope, key=key).first()
        if row is None:  # forgotten between the two looks: the other one ended with a fault
            raise _in_flight()
        if row.fingerprint != fingerprint:
            raise Refusal(
                "idempotency.other_body",
                Text("この操作番号は別の内容で使われています。", "This Idempotency-Key was used for something else."),
                status=422,
            )
        if row.status is not None:
            return Answer(row.status, bytes(row.body), row.content_type, dict(row.headers), replayed=True)
        if row.lease_until > now:
            raise _in_flight()
        row.token, row.lease_until = token, until
        row.save(update_fields=["token", "lease_until"])
    return None


def _finish(scope: str, key: str, token: uuid.UUID, answer: Answer) -> None:
    changed = IdempotencyRecord.objects.filter(scope=scope, key=key, token=token).update(
        status=answer.status, body=answer.body, content_type=answer.content_type, headers=answer.headers
    )
    if not changed:
        raise LeaseLost(key)


def _forget(scope: str, key: str, token: uuid.UUID) -> None:
    IdempotencyRecord.objects.filter(scope=scope, key=key, token=token, status__isnull=True).delete()


def _in_flight() -> Refusal:
    return Refusal(
        "idempotency.in_flight",
        Text(
            "同じ操作を処理しています。少し待って、もう一度お試しください。",
            "The same request is being worked on. Try again shortly.",
        ),
        status=409,
    )
