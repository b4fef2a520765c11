from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from foodbank.core.errors import FieldsRefused
from foodbank.pantry.models import ExchangeSession, PickupDay
from foodbank.pantry.services.pickup_days import SessionData, SlotData, open_pickup_day
from foodbank.sites.models import SiteKind
from tests.factories import SiteFactory, UserFactory

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 12, 5)
FIRST = SlotData(start=dt.time(11), end=dt.time(11, 30), capacity=10)
SECOND = SlotData(start=dt.time(11, 30), end=dt.time(12), capacity=12)
SESSION = SessionData(theme="子育ての話", start=dt.time(12), end=dt.time(13), capacity=12, childcare_places=6)


def opened(**changed: Any) -> PickupDay:
    given: dict[str, Any] = {"slots": [FIRST, SECOND], "session": SESSION} | changed
    site = given.pop("site", None) or SiteFactory(kind=SiteKind.VENUE)
    return open_pickup_day(day=DAY, site=site, actor=UserFactory(), **given)


def test_slots_and_the_session_beside_them():
    pickup_day = opened()
    shown = PickupDay.objects.with_figures().get(pk=pickup_day.pk)
    assert (shown.first_slot, shown.last_slot, shown.places) == (dt.time(11), dt.time(12), 10 + 12)
    assert ExchangeSession.objects.get(pickup_day=pickup_day).childcare_places == 6


def test_food_without_a_session():
    assert not opened(session=None).sessions.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"slots": []}, "slots"),
        ({"slots": [FIRST, SlotData(start=dt.time(11, 15), end=dt.time(12), capacity=1)]}, "slots"),
        ({"slots": [SlotData(start=dt.time(12), end=dt.time(11), capacity=1)]}, "slots"),
        ({"slots": [SlotData(start=dt.time(11), end=dt.time(12), capacity=0)]}, "slots"),
        ({"session": SessionData(theme=" ", start=dt.time(12), end=dt.time(13), capacity=1)}, "session"),
        ({"session": SessionData(theme="話", start=dt.time(13), end=dt.time(12), capacity=1)}, "session"),
    ],
)
def test_what_is_refused(changed: dict[str, Any], field: str):
    with pytest.raises(FieldsRefused) as refused:
        opened(**changed)
    assert list(refused.value.fields) == [field]
    assert not PickupDay.objects.exists()


def test_a_venue_and_no_other_place():
    with pytest.raises(FieldsRefused) as refused:
        opened(site=SiteFactory(kind=SiteKind.MOBILE))
    assert list(refused.value.fields) == ["site"]


def test_once_a_day():
    site = SiteFactory(kind=SiteKind.VENUE)
    opened(site=site)
    with pytest.raises(FieldsRefused):
        opened(site=site)
