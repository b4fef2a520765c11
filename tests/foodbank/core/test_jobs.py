"""A job leaves when its transaction is through, and not when it was rolled back."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from foodbank.core.jobs import send_after_commit


class Queue:
    """The real queue of files; ``waiting`` sees only what this test sent."""

    def __init__(self) -> None:
        self.mark = uuid.uuid4().hex
        self.folder = Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_out"])

    def files(self) -> Iterator[tuple[Path, dict[str, object]]]:
        for path in self.folder.glob("*.msg"):
            message = json.loads(path.read_text(encoding="utf-8"))
            if self.mark in base64.b64decode(message["body"]).decode():
                yield path, message

    def waiting(self) -> list[str]:
        return [message["headers"]["task"] for _, message in self.files()]  # type: ignore[index]


@pytest.fixture
def queue() -> Iterator[Queue]:
    found = Queue()
    yield found
    for path, _ in found.files():
        path.unlink()


@pytest.mark.django_db(transaction=True)
def test_it_is_sent_once_the_transaction_is_through(queue: Queue) -> None:
    with transaction.atomic():
        send_after_commit("house.example", queue.mark)
        assert queue.waiting() == []
    assert queue.waiting() == ["house.example"]


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_never_sent(queue: Queue) -> None:
    def fail() -> None:
        with transaction.atomic():
            send_after_commit("house.example", queue.mark)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert queue.waiting() == []
