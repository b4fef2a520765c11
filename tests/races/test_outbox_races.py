"""Two relays at once send each message once; without the claim they send it twice."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from foodbank.core import outbox
from foodbank.core.models import OutboxMessage, OutboxState
from foodbank.core.outbox import put, relay
from tests.races.parallel import at_once, faults

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
MESSAGES, RELAYS = 20, 4
SENT: Counter[uuid.UUID] = Counter()
_both = threading.Event()


def remember(*, payload: Mapping[str, Any], public_id: uuid.UUID) -> None:
    """Slow enough for the others to come by: as long as it takes until somebody else has sent something too."""
    SENT[public_id] += 1
    if len(SENT) > 1 or SENT[public_id] > 1:
        _both.set()
    _both.wait(0.2)


@pytest.fixture
def messages(settings: Any) -> Iterator[None]:
    settings.OUTBOX_HANDLERS = {"slow": f"{__name__}.remember"}
    SENT.clear()
    _both.clear()
    with transaction.atomic():
        for number in range(MESSAGES):
            put(topic="slow", payload={}, key=f"k{number}")
    yield
    SENT.clear()


def test_each_message_is_sent_by_one_of_them(messages: None):
    results = at_once([relay] * RELAYS)
    assert faults(results, ValueError) == []
    assert sum(one.sent for one in results) == MESSAGES
    assert len(SENT) == MESSAGES
    assert set(SENT.values()) == {1}
    assert OutboxMessage.objects.filter(state=OutboxState.SENT).count() == MESSAGES


def test_without_the_claim_they_are_sent_more_than_once(messages: None, monkeypatch: pytest.MonkeyPatch):
    """The control: looking without claiming."""

    def look() -> OutboxMessage | None:
        return (
            OutboxMessage.objects.filter(state=OutboxState.WAITING, due_at__lte=timezone.now()).order_by("due_at", "pk").first()
        )

    monkeypatch.setattr(outbox, "_claim", look)
    at_once([relay] * RELAYS)
    assert max(SENT.values()) > 1
