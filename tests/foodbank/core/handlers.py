"""What the outbox's tests send to: handlers that remember, fail or refuse. Named by dotted path, as settings name real ones."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from foodbank.core.outbox import Gone, Undeliverable

SENT: list[tuple[str, uuid.UUID]] = []
SECRET = "hanako@example.jp"


class MailboxFull(Exception):
    """As a mail server says it: with the address in it."""


def remember(*, payload: Mapping[str, Any], public_id: uuid.UUID) -> None:
    SENT.append((payload["text"], public_id))


def fail(*, payload: Mapping[str, Any], public_id: uuid.UUID) -> None:
    raise MailboxFull(f"550 {SECRET}: mailbox full")


def refuse(*, payload: Mapping[str, Any], public_id: uuid.UUID) -> None:
    raise Undeliverable("no such channel")


def gone(*, payload: Mapping[str, Any], public_id: uuid.UUID) -> None:
    raise Gone


TOPICS = {name: f"{__name__}.{name}" for name in ("remember", "fail", "refuse", "gone")}
