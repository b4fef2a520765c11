"""A whole example day in the database, brought in as a user would, and plans of it. Each is made once in a process."""

import datetime as dt
import io

import pytest
from django.core.management import call_command

from foodbank.accounts.services.system import system_user
from logistics.dispatch.models import Plan
from logistics.dispatch.services.planning import make_plan
from logistics.dispatch.services.publishing import publish
from tests.factories.kept import kept
from tests.shared_data import EXAMPLE, day_dir

DAY = dt.date(2026, 12, 5)
WORK = 40


@pytest.fixture
def example_day(db) -> dt.date:
    kept(_imported, str(EXAMPLE / "day"))
    return DAY


@pytest.fixture
def takamatsu_day(db) -> dt.date:
    kept(_imported, str(day_dir("takamatsu")))
    return DAY


def draft_of_the_example(work: int = WORK) -> Plan:
    """The day and a draft."""
    kept(_planned, work)
    return Plan.objects.get()


def plan_of_the_example(work: int = WORK) -> Plan:
    """The day and its published plan."""
    kept(_published, work)
    return Plan.objects.get()


def _imported(folder: str) -> None:
    call_command("import_day", folder, date=DAY.isoformat(), stdout=io.StringIO())


def _planned(work: int) -> None:
    _imported(str(EXAMPLE / "day"))
    make_plan(day=DAY, actor=system_user(), work=work)


def _published(work: int) -> None:
    _planned(work)
    publish(plan=Plan.objects.get(), actor=system_user())
