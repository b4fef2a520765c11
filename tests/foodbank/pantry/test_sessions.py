"""The exchange session and childcare: two capacities, two lines, and food that depends on neither (P6)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from foodbank.accounts.services.system import system_user
from foodbank.core.errors import Refusal
from foodbank.core.models import OutboxMessage
from foodbank.pantry.models import ChildcarePlace, ExchangeSession, SessionPlace
from foodbank.pantry.services.day_changes import put_session
from foodbank.pantry.services.pickup_days import SessionData
from foodbank.pantry.services.sessions import join_session, leave_session
from tests.factories.pantry import booking, household, pickup_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor():
    return system_user()


@pytest.fixture
def session():
    """Two places, three in childcare."""
    return pickup_day(session=True).sessions.get()


def states(model: type[SessionPlace] | type[ChildcarePlace]) -> list[str]:
    return list(model.objects.order_by("pk").values_list("state", flat=True))


def test_two_lines(session, actor):
    who = [household() for _ in range(4)]
    for one, children in zip(who, (2, 0, 1, 1), strict=True):
        join_session(household=one, session=session, actor=actor, children=children)
    assert states(SessionPlace) == ["in", "in", "waiting", "waiting"]
    # one place in childcare is free, but for children of those who have a place in the session
    assert states(ChildcarePlace) == ["in", "waiting", "waiting"]
    leave_session(household=who[1], session=session, actor=actor)
    assert states(SessionPlace) == ["in", "cancelled", "in", "waiting"]
    assert states(ChildcarePlace) == ["in", "in", "waiting"]
    session.refresh_from_db()
    assert (session.taken, session.childcare_taken) == (2, 2 + 1)
    told = OutboxMessage.objects.order_by("pk").values_list("payload__template", "payload__to__pk")
    assert list(told) == [("session_moved_up", who[2].pk), ("childcare_place", who[2].pk)]


def test_a_smaller_family_does_not_wait_behind_room_that_is_too_small(session, actor):
    one, large, small = (household() for _ in range(3))
    put_session(
        pickup_day=session.pickup_day, session=session, actor=actor,
        data=SessionData(theme="話", start=session.start, end=session.end, capacity=9, childcare_places=3),
    )  # fmt: skip
    for who, children in ((one, 2), (large, 3), (small, 1)):
        join_session(household=who, session=session, actor=actor, children=children)
    assert states(ChildcarePlace) == ["in", "waiting", "in"]
    leave_session(household=one, session=session, actor=actor)
    assert states(ChildcarePlace) == ["cancelled", "waiting", "in"]  # 2 free, 3 asked
    leave_session(household=small, session=session, actor=actor)
    assert states(ChildcarePlace) == ["cancelled", "in", "cancelled"]


def test_fewer_children_keep_their_place_and_more_wait_again(session, actor):
    who = household()
    join_session(household=who, session=session, actor=actor, children=3)
    join_session(household=who, session=session, actor=actor, children=1)
    assert [(one.children, one.state) for one in ChildcarePlace.objects.all()] == [(1, "in")]
    join_session(household=who, session=session, actor=actor, children=4)
    assert [(one.children, one.state) for one in ChildcarePlace.objects.order_by("pk")] == [(1, "cancelled"), (4, "waiting")]
    assert SessionPlace.objects.count() == 1


def test_food_never_depends_on_the_session(session, actor):
    who = household()
    slot = session.pickup_day.slots.first()
    assert booking(slot=slot, of=who).state == "booked"  # without
    other = household()
    join_session(household=other, session=session, actor=actor)  # and the other way round
    leave_session(household=other, session=session, actor=actor)
    assert booking(slot=slot, of=other).state == "booked"
    assert not {field.name for field in type(slot.bookings.first())._meta.get_fields()} & {"session", "session_place"}


def test_the_database_has_the_last_word(session):
    for over in ({"taken": 3}, {"childcare_taken": 4}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ExchangeSession.objects.filter(pk=session.pk).update(**over)


def test_no_absurd_number_of_children(session, actor):
    with pytest.raises(Refusal) as refused:
        join_session(household=household(), session=session, actor=actor, children=11)
    assert refused.value.code == "session.children"
    assert not SessionPlace.objects.exists()
