"""Sending jobs to the workers, by name, so that services need not know the tasks that call them."""

from __future__ import annotations

from celery import current_app
from django.db import transaction


def send_after_commit(task: str, *arguments: int | str) -> None:
    """Put the job with the registered name ``task`` on the queue once the transaction is through.

    What must not be lost when the broker is down needs a row of its own that somebody looks at again (R7).
    """
    transaction.on_commit(lambda: _send(task, arguments))


def _send(task: str, arguments: tuple[int | str, ...]) -> None:
    current_app.send_task(task, args=arguments)
