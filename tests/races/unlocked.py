"""The program with its locks taken away, for control runs: ``TOGETHER`` requests read what is scarce before any of them writes.

Served by gunicorn in the place of ``foodbank.wsgi:application``: slots of a pickup day and balances of the stock are then unprotected.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterable
from typing import Any

from django.db import models

from foodbank.wsgi import application

_PATIENCE_S = 10
_everyone_has_read = threading.Barrier(int(os.environ.get("TOGETHER", "1")))


def _read_only(queryset: models.QuerySet[Any], keys: Iterable[object]) -> dict[object, Any]:
    rows = {row.pk: row for row in queryset.filter(pk__in=set(keys)).order_by("pk")}
    if queryset.model.__name__ in ("Slot", "Balance"):
        # The last ones may be fewer than TOGETHER: from then on nobody waits.
        with contextlib.suppress(threading.BrokenBarrierError):
            _everyone_has_read.wait(_PATIENCE_S)
    return rows


def _unlock() -> None:
    from foodbank.inventory.services import books  # noqa: PLC0415 - models are there once the application is
    from foodbank.pantry.services import rows  # noqa: PLC0415

    books.lock_rows = _read_only
    rows.lock_rows = _read_only


_unlock()
__all__ = ["application"]
