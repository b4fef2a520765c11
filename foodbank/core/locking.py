"""Locking rows of something scarce: once, late, in primary-key order, then look again (R2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from django.db import connections, models

M = TypeVar("M", bound=models.Model)


class NotInTransaction(RuntimeError):
    """A lock outside a transaction is gone before it protects anything."""


def lock_rows(queryset: models.QuerySet[M], keys: Iterable[object]) -> dict[object, M]:
    """Lock the rows of ``queryset`` with these primary keys and return them fresh, by key.

    Rows that do not exist are missing from the answer. On SQLite the surrounding ``IMMEDIATE`` transaction is the lock.
    Raises :class:`NotInTransaction` outside ``transaction.atomic``.
    """
    if not connections[queryset.db].in_atomic_block:
        raise NotInTransaction("lock_rows needs transaction.atomic()")
    wanted = sorted(set(keys))  # type: ignore[type-var]
    rows = queryset.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")
    return {row.pk: row for row in rows}
