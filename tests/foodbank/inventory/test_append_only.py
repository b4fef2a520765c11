"""Ledger rows are never changed or deleted: not by the models, and not behind their back (R3)."""

from __future__ import annotations

import importlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from foodbank.inventory.models import AppendOnly, Movement, Reason
from foodbank.inventory.services.ledger import post
from tests.factories import PlaceFactory, UserFactory, stocked

guard = importlib.import_module("foodbank.inventory.migrations.0003_append_only")


@pytest.fixture
def row(db):
    lot, shelf = stocked(3)
    return post(lot=lot, source=shelf, target=PlaceFactory.create(), quantity=1, reason=Reason.MOVE, actor=UserFactory.create())


@pytest.mark.parametrize(
    "change",
    [
        lambda row: row.save(),
        lambda row: row.delete(),
        lambda row: Movement.objects.update(quantity=2),
        lambda row: Movement.objects.filter(pk=row.pk).delete(),
        lambda row: Movement.objects.bulk_update([row], ["quantity"]),
    ],
)
def test_models_refuse(row, change):
    with pytest.raises(AppendOnly):
        change(row)


@pytest.mark.parametrize(
    "statement", ["UPDATE inventory_movement SET note = 'x' WHERE id = %s", "DELETE FROM inventory_movement WHERE id = %s"]
)
def test_the_database_refuses(row, statement):
    if connection.vendor == "sqlite":
        # Emptying tables between tests is a DELETE there, so the suite runs without this one trigger.
        with connection.cursor() as cursor:
            cursor.execute(guard.SQLITE["movement_no_delete"])
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [row.pk])
    assert Movement.objects.get(pk=row.pk).note == ""


@pytest.mark.sqlite
@pytest.mark.django_db
def test_a_migrated_file_has_both_triggers(tmp_path):
    """Changing a table on SQLite makes it anew and drops its triggers: no later migration may leave them out."""
    file = tmp_path / "fresh.sqlite3"
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0", "inventory"],
        cwd=Path(__file__).parents[3],
        env={**os.environ, "DATABASE_URL": f"sqlite:///{file}"},
        check=True,
        timeout=120,
    )
    with sqlite3.connect(file) as database:
        found = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    assert set(guard.SQLITE) <= found
