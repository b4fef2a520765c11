"""What many tests begin from, made once in a process: later calls put the same rows back instead of making them again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

Rows = dict[Any, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class _Table:
    """Rows of one table that came or changed; ``key`` is the column of their primary key."""

    name: str
    columns: list[str]
    key: str
    new: list[tuple[Any, ...]]
    changed: list[tuple[Any, ...]]

    def put_back(self) -> None:
        quote, marks = connection.ops.quote_name, ", ".join(["%s"] * len(self.columns))
        names = [quote(column) for column in self.columns]
        table, at = quote(self.name), self.columns.index(self.key)
        with connection.cursor() as cursor:
            if self.new:
                cursor.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", self.new)  # noqa: S608
            for row in self.changed:
                values = ", ".join(f"{name} = %s" for name in names)
                cursor.execute(f"UPDATE {table} SET {values} WHERE {names[at]} = %s", [*row, row[at]])  # noqa: S608


_kept: dict[tuple[Any, ...], list[_Table]] = {}


def kept(make: Callable[..., Any], *facts: Any) -> None:
    """``make(*facts)`` the first time, then its rows as they were left: new ones and those that it changed.

    ``facts`` and what migrations put there must be all that ``make`` depends on, and rows all that it leaves behind.
    """
    what = (make.__module__, make.__qualname__, *facts)
    if what not in _kept:
        before = everything()
        _number_apart(len(_kept) + 1)
        make(*facts)
        _kept[what] = _difference(before, everything())
        return
    with transaction.atomic():  # foreign keys are looked at when it ends
        for table in _kept[what]:
            table.put_back()


def _number_apart(block: int) -> None:
    """PostgreSQL never gives a number twice, also not after a rollback; SQLite would give those of these rows to others."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM sqlite_sequence")
            numbered = "SELECT name, %s FROM sqlite_master WHERE type = 'table' AND sql LIKE '%%AUTOINCREMENT%%'"
            cursor.execute(f"INSERT INTO sqlite_sequence (name, seq) {numbered}", [1_000_000 * block])


def everything() -> dict[str, tuple[list[str], str, Rows]]:
    """Columns, key and rows of every table."""
    found = {}
    with connection.cursor() as cursor:
        for name in sorted(connection.introspection.django_table_names(only_existing=True, include_views=False)):
            key = connection.introspection.get_primary_key_column(cursor, name)
            assert key is not None, f"{name} has no primary key of one column"
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")  # noqa: S608
            columns = [column[0] for column in cursor.description]
            at = columns.index(key)
            found[name] = (columns, key, {row[at]: tuple(map(_stored, row)) for row in cursor.fetchall()})
    return found


def _stored(value: Any) -> Any:
    """SQLite's driver reads a time of day and does not write one."""
    return connection.ops.adapt_timefield_value(value) if isinstance(value, dt.time) else value


def _difference(before: dict[str, Any], after: dict[str, Any]) -> list[_Table]:
    tables = []
    for name, (columns, key, rows) in after.items():
        old = before[name][2]
        assert set(old) <= set(rows), f"rows of {name} were deleted"
        new = [row for at, row in rows.items() if at not in old]
        changed = [row for at, row in rows.items() if at in old and old[at] != row]
        if new or changed:
            tables.append(_Table(name, columns, key, new, changed))
    return tables
