"""A whole example day in the database, brought in as a user would."""

import datetime as dt

import pytest
from django.core.management import call_command

from tests.shared_data import EXAMPLE

DAY = dt.date(2026, 12, 5)
WORK = 40


@pytest.fixture
def example_day(db, capsys):
    call_command("import_day", str(EXAMPLE / "day"), date=DAY.isoformat())
    capsys.readouterr()
    return DAY
