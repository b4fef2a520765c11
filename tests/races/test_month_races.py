"""A month accepted twice at the same moment."""

from __future__ import annotations

import datetime as dt

import pytest

from foodbank.core.errors import Refusal
from logistics.dispatch.models import MobileVisit
from logistics.fleet.models import Shift
from logistics.month.models import AcceptedVisit
from logistics.month.services.accepting import accept
from logistics.month.services.adjusting import add_visit
from logistics.month.services.planning import calendar_of
from tests.factories import UserFactory
from tests.factories.month import MONTH, a_candidate, a_car
from tests.races.parallel import at_once, faults

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_month_accepted_by_three_at_once_comes_once() -> None:
    car, candidate, actor = a_car(), a_candidate("M01"), UserFactory.create()
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
    calendar = calendar_of(month=MONTH)
    results = at_once([lambda: accept(calendar=calendar, actor=actor) for _ in range(3)])
    assert faults(results, Refusal) == []
    assert (MobileVisit.objects.count(), AcceptedVisit.objects.count(), Shift.objects.count()) == (2, 2, 2)
