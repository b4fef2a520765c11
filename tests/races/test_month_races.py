"""A month accepted several times at the same moment."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterable
from typing import Any

import pytest
from django.db import IntegrityError, models

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal
from logistics.dispatch.models import MobileVisit
from logistics.fleet.models import Shift
from logistics.month.models import AcceptedVisit, Calendar
from logistics.month.services import accepting
from logistics.month.services.accepting import accept
from logistics.month.services.adjusting import add_visit
from logistics.month.services.planning import calendar_of
from tests.factories import UserFactory
from tests.factories.month import MONTH, a_candidate, a_car
from tests.races.parallel import at_once, faults

pytestmark = pytest.mark.django_db(transaction=True)


def two_visits(actor: User) -> Calendar:
    car, candidate = a_car(), a_candidate("M01")
    for day in (7, 14):
        add_visit(
            month=MONTH,
            candidate=candidate,
            day=dt.date(2027, 12, day),
            start=dt.time(10),
            vehicle=car,
            households=40,
            actor=actor,
        )
    return calendar_of(month=MONTH)


def test_a_month_accepted_by_three_at_once_comes_once() -> None:
    actor = UserFactory.create()
    calendar = two_visits(actor)
    results = at_once([lambda: accept(calendar=calendar, actor=actor) for _ in range(3)])
    assert faults(results, Refusal) == []
    assert sorted(done.created for done in results) == [0, 0, 2]
    assert (MobileVisit.objects.count(), AcceptedVisit.objects.count(), Shift.objects.count()) == (2, 2, 2)


@pytest.mark.postgres
def test_without_the_lock_they_all_make_the_visits_and_collide(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: three that have all read an unaccepted month. The constraint has the last word, but two people see a fault."""
    actor = UserFactory.create()
    calendar = two_visits(actor)
    everyone_has_read = threading.Barrier(3)
    compared = accepting.month_question

    def read_only(queryset: models.QuerySet[Any], keys: Iterable[int]) -> dict[int, Any]:
        return {row.pk: row for row in queryset.filter(pk__in=set(keys))}

    def together(*arguments: Any) -> Any:
        everyone_has_read.wait(10)  # what was accepted before has been read by now
        return compared(*arguments)

    monkeypatch.setattr(accepting, "lock_rows", read_only)
    monkeypatch.setattr(accepting, "month_question", together)
    results = at_once([lambda: accept(calendar=calendar, actor=actor) for _ in range(3)])
    assert sum(isinstance(one, IntegrityError) for one in results) == 2
    assert MobileVisit.objects.count() == 2
