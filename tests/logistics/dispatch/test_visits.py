from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from foodbank.core.errors import FieldsRefused
from foodbank.sites.models import SiteKind
from logistics.dispatch.models import MobileVisit
from logistics.dispatch.services.visits import VisitData, create_visits
from tests.factories import SiteFactory, UserFactory

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 12, 5)


def created(**changed: Any) -> list[MobileVisit]:
    given = {
        "site": SiteFactory(kind=changed.pop("kind", SiteKind.MOBILE)),
        "open_from": dt.time(11),
        "open_until": dt.time(13),
        "expected_households": 18,
    } | changed
    return create_visits(day=DAY, visits=[VisitData(**given)], actor=UserFactory())


def test_a_visit():
    [visit] = created()
    assert MobileVisit.objects.get() == visit
    assert visit.day == DAY


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": SiteKind.PARTNER}, "site"),
        ({"open_until": dt.time(11)}, "open_until"),
        ({"expected_households": 0}, "expected_households"),
        ({"expected_households": 10_001}, "expected_households"),
    ],
)
def test_what_is_refused(changed: dict[str, Any], field: str):
    with pytest.raises(FieldsRefused) as refused:
        created(**changed)
    assert list(refused.value.fields) == [field]
    assert not MobileVisit.objects.exists()
