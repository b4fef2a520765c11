"""A gunicorn configuration for control runs: balances are read without being locked, and everybody has read before anybody writes."""

from __future__ import annotations

import threading
from typing import Any


def post_worker_init(worker: Any) -> None:
    from foodbank.inventory.services import books  # noqa: PLC0415 - the application is loaded by now

    pause = threading.Event()

    def read_only(queryset: Any, keys: Any) -> dict[object, Any]:
        rows = {row.pk: row for row in queryset.filter(pk__in=set(keys))}
        pause.wait(0.3)  # the others read meanwhile; with the lock they would be waiting for it
        return rows

    books.lock_rows = read_only
