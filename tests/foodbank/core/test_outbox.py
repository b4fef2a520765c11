"""What is committed is sent, what is rolled back never is; what fails comes again, and in the end is seen (R7)."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from foodbank.core import outbox
from foodbank.core.locking import NotInTransaction
from foodbank.core.models import OutboxMessage, OutboxState
from foodbank.core.outbox import BACKOFF_S, CLAIM, KEPT, put, relay, try_again
from tests.foodbank.core.handlers import SECRET, SENT, TOPICS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def topics(settings: Any) -> Iterator[None]:
    settings.OUTBOX_HANDLERS = TOPICS
    SENT.clear()
    yield
    SENT.clear()


def row(topic: str = "remember", key: str = "k1") -> OutboxMessage:
    with transaction.atomic():
        return put(topic=topic, payload={"text": key}, key=key)


def later(message: OutboxMessage, seconds: float) -> None:
    """Time goes by for this message."""
    OutboxMessage.objects.filter(pk=message.pk).update(due_at=timezone.now() - dt.timedelta(seconds=seconds))


def test_what_is_committed_is_sent_once():
    message = row()
    assert relay().sent == 1
    assert relay().sent == 0
    assert [("k1", message.public_id)] == SENT
    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == (OutboxState.SENT, 1, "")
    assert message.closed_at is not None


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_never_sent():
    def fail() -> None:
        with transaction.atomic():
            put(topic="remember", payload={"text": "never"}, key="k1")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    relay()
    assert SENT == []
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_can_be_put_in():
    assert not connection.in_atomic_block
    with pytest.raises(NotInTransaction):
        put(topic="remember", payload={}, key="k1")


def test_the_same_key_is_one_message_with_the_first_content():
    first = row()
    with transaction.atomic():
        again = put(topic="remember", payload={"text": "other"}, key="k1")
    assert again.pk == first.pk
    relay()
    assert [text for text, _ in SENT] == ["k1"]


def test_a_topic_that_nobody_handles_is_found_where_it_is_written():
    with pytest.raises(KeyError):
        row("pigeon")


def test_a_message_for_later_waits():
    with transaction.atomic():
        message = put(topic="remember", payload={"text": "k"}, key="k", due_at=timezone.now() + dt.timedelta(minutes=5))
    assert relay().sent == 0
    later(message, 0)
    assert relay().sent == 1


def test_a_failure_comes_again_after_longer_and_longer_and_in_the_end_is_a_dead_letter():
    message = row("fail")
    for attempt, wait in enumerate(BACKOFF_S, start=1):
        before = timezone.now()
        assert relay().failed == 1
        message.refresh_from_db()
        assert (message.state, message.attempts) == (OutboxState.WAITING, attempt)
        assert wait <= (message.due_at - before).total_seconds() < wait + 30
        assert relay().failed == 0  # not before its time
        later(message, 0)
    assert relay().dead == 1
    message.refresh_from_db()
    assert (message.state, message.attempts) == (OutboxState.DEAD, len(BACKOFF_S) + 1)
    assert list(OutboxMessage.objects.unsent()) == [message]


def test_what_keeps_failing_is_seen_before_it_is_dead():
    message = row("fail")
    relay()
    assert not OutboxMessage.objects.unsent().exists()
    later(message, 0)
    relay()
    assert list(OutboxMessage.objects.unsent()) == [message]


def test_a_dead_letter_is_sent_again_when_somebody_says_so(settings: Any):
    message = row("refuse")
    assert relay().dead == 1
    message.refresh_from_db()
    assert (message.state, message.last_error) == (OutboxState.DEAD, "no such channel")
    settings.OUTBOX_HANDLERS = {**TOPICS, "refuse": TOPICS["remember"]}
    try_again(message=message)
    assert relay().sent == 1
    assert [("k1", message.public_id)] == SENT
    try_again(message=message)  # sent is sent
    assert relay().sent == 0


def test_for_somebody_who_is_gone_nobody_is_asked_to_look():
    message = row("gone")
    assert relay().dead == 1
    message.refresh_from_db()
    assert message.state == OutboxState.DEAD
    assert not OutboxMessage.objects.unsent().exists()


def test_neither_the_row_nor_the_log_repeats_what_a_mail_server_says(caplog: pytest.LogCaptureFixture):
    message = row("fail")
    with caplog.at_level(logging.DEBUG):
        relay()
    message.refresh_from_db()
    assert message.last_error == "MailboxFull"
    assert SECRET not in caplog.text
    assert "MailboxFull" in caplog.text


def test_one_that_fails_does_not_hold_up_the_others():
    row("fail", "k1")
    row("remember", "k2")
    outcome = relay()
    assert (outcome.sent, outcome.failed) == (1, 1)


def test_a_claim_of_a_worker_that_died_runs_out():
    message = row()
    claimed = outbox._claim()
    assert claimed is not None
    assert relay().sent == 0
    OutboxMessage.objects.filter(pk=message.pk).update(claimed_until=timezone.now() - CLAIM)
    assert relay().sent == 1


def test_a_worker_whose_claim_ran_out_does_not_write_over_the_other_ones_outcome():
    message = row("fail")
    slow = outbox._claim()
    assert slow is not None
    OutboxMessage.objects.filter(pk=message.pk).update(state=OutboxState.SENT, closed_at=timezone.now(), claimed_until=None)
    outbox._send(slow)
    message.refresh_from_db()
    assert (message.state, message.attempts) == (OutboxState.SENT, 0)


def test_what_was_sent_is_forgotten_after_a_time_and_what_was_not_is_not():
    sent, dead, waiting = row("remember", "k1"), row("refuse", "k2"), row("fail", "k3")
    gone = row("gone", "k4")
    relay()
    assert outbox.forget_sent(now=timezone.now() + KEPT - dt.timedelta(minutes=1)) == 0
    assert outbox.forget_sent(now=timezone.now() + KEPT + dt.timedelta(minutes=1)) == 2
    left = set(OutboxMessage.objects.values_list("pk", flat=True))
    assert left == {dead.pk, waiting.pk}
    assert not left & {sent.pk, gone.pk}
