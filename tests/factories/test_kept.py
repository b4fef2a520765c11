"""What is put back is what was made, and others' rows get other numbers."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from foodbank.accounts.models import User
from foodbank.catalog.models import Category
from tests.factories import UserFactory
from tests.factories.kept import everything, kept
from tests.factories.pantry import pickup_day

pytestmark = pytest.mark.django_db
MADE: list[str] = []


def _make(name: str) -> None:
    """Rows with a time of day, a changed row of a migration, and somebody who comes first."""
    MADE.append(name)
    pickup_day(day=dt.date(2026, 12, 5))
    Category.objects.filter(pk=Category.objects.earliest("pk").pk).update(name=name)
    UserFactory.create(last_name=name)


def test_the_second_time_the_same_rows_are_there_without_being_made() -> None:
    found = []
    for _ in range(2):
        with transaction.atomic():
            kept(_make, "見本の人")
            found.append(everything())
            other = UserFactory.create()
            assert other.pk != User.objects.get(last_name="見本の人").pk
            transaction.set_rollback(True)
    assert found[0] == found[1]
    assert MADE == ["見本の人"]


def test_rows_that_were_there_first_keep_their_numbers() -> None:
    with transaction.atomic():
        kept(_make, "あとから")
        transaction.set_rollback(True)
    mine = UserFactory.create(last_name="先に")
    kept(_make, "あとから")
    assert User.objects.get(last_name="先に") == mine
    assert User.objects.get(last_name="あとから") != mine
