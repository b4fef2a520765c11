"""Places in the exchange session and in childcare: two capacities, two lines, and neither has anything to do with food (P6)."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.dates import at
from foodbank.core.errors import Refusal, Text
from foodbank.pantry.models import OPEN_PLACE, ChildcarePlace, ExchangeSession, Household, PlaceState, SessionPlace
from foodbank.pantry.services.rows import locked_household, locked_session
from foodbank.pantry.services.telling import tell_session

MOST_CHILDREN = 10


@transaction.atomic
def join_session(*, household: Household, session: ExchangeSession, actor: User, children: int = 0) -> SessionPlace:
    """One adult's place, and places in childcare for ``children``; each of the two may be a turn in its line. Joining again changes the
    number of children (who asks for more waits again). Refuses ``session.over``, ``session.called_off`` and ``session.children``."""
    fresh = locked_household(household.pk)
    row = locked_session(session.pk)
    if getattr(row.pickup_day, "call_off", None) is not None:
        raise Refusal("session.called_off", Text("この日は中止になりました。", "This day has been called off."))
    if timezone.now() >= at(row.pickup_day.day, row.end):
        raise Refusal("session.over", Text("交流会は終わりました。", "The session is over."))
    if not 0 <= children <= MOST_CHILDREN:
        raise Refusal(
            "session.children",
            Text(f"託児の人数は0～{MOST_CHILDREN}です。", f"Childcare is for 0 to {MOST_CHILDREN} children."),
            status=400,
        )
    place = SessionPlace.objects.filter(household=fresh, session=row, state__in=OPEN_PLACE).first()
    if place is None:
        state = PlaceState.IN if row.taken < row.capacity else PlaceState.WAITING
        place = SessionPlace.objects.create(household=fresh, session=row, state=state)
        row.taken += state == PlaceState.IN
    _ask_childcare(fresh, row, children)
    _settle(row, asking=fresh.pk)
    place.refresh_from_db()
    return place


@transaction.atomic
def leave_session(*, household: Household, session: ExchangeSession, actor: User) -> None:
    """Give up the place and childcare with it; who waits moves up and is told. Leaving again changes nothing."""
    row = locked_session(session.pk)
    place = SessionPlace.objects.filter(household=household, session=row, state__in=OPEN_PLACE).first()
    if place is None:
        return
    row.taken -= place.state == PlaceState.IN
    place.state = PlaceState.CANCELLED
    place.save(update_fields=["state"])
    _ask_childcare(household, row, 0)
    _settle(row, asking=household.pk)


def settle(*, session: ExchangeSession, actor: User) -> None:
    """Let those who wait move up, after places were added."""
    _settle(locked_session(session.pk), asking=None)


def _ask_childcare(household: Household, session: ExchangeSession, children: int) -> None:
    known = ChildcarePlace.objects.filter(household=household, session=session, state__in=OPEN_PLACE).first()
    if known is not None and known.children == children:
        return
    if known is not None:
        session.childcare_taken -= known.children if known.state == PlaceState.IN else 0
        if 0 < children < known.children and known.state == PlaceState.IN:  # fewer: they keep what they have
            known.children = children
            known.save(update_fields=["children"])
            session.childcare_taken += children
            return
        known.state = PlaceState.CANCELLED
        known.save(update_fields=["state"])
    if children:
        ChildcarePlace.objects.create(household=household, session=session, children=children, state=PlaceState.WAITING)


def _settle(session: ExchangeSession, *, asking: int | None) -> None:
    """Whoever waits and fits moves up, in the order in which they came; in childcare a smaller family does not wait behind a larger one
    for which there is no room, so that no place stays empty. Childcare is for those who have a place in the session. The household that
    is ``asking`` sees it on its page and needs no message."""
    for place in session.places.filter(state=PlaceState.WAITING).order_by("pk")[: max(session.capacity - session.taken, 0)]:
        place.state = PlaceState.IN
        place.save(update_fields=["state"])
        session.taken += 1
        if place.household_id != asking:
            tell_session(place.household_id, session, "session_moved_up", f"session_place/{place.pk}")
    inside = set(session.places.filter(state=PlaceState.IN).values_list("household_id", flat=True))
    for childcare in session.childcare.filter(state=PlaceState.WAITING).order_by("pk"):
        free = session.childcare_places - session.childcare_taken
        if childcare.children <= free and childcare.household_id in inside:
            childcare.state = PlaceState.IN
            childcare.save(update_fields=["state"])
            session.childcare_taken += childcare.children
            if childcare.household_id != asking:
                tell_session(childcare.household_id, session, "childcare_place", f"childcare_place/{childcare.pk}")
    session.save(update_fields=["taken", "childcare_taken"])
