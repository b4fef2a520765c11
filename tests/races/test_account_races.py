"""One link, one name, one last coordinator: at the same moment by several people."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest

from foodbank.accounts.models import DayJoin, Role, RoleGrant, User
from foodbank.accounts.selectors import coordinators_left
from foodbank.accounts.services import day_codes, grants, invitations
from foodbank.accounts.services.day_codes import join, make_day_code
from foodbank.accounts.services.grants import end_role
from foodbank.accounts.services.invitations import accept_as_new, invite
from foodbank.core.dates import today
from foodbank.core.errors import Refusal
from foodbank.sites.models import SiteKind
from tests.factories import SiteFactory, UserFactory
from tests.races.parallel import at_once, faults

pytestmark = pytest.mark.django_db(transaction=True)


def _accept(secret: str, number: int) -> User:
    return accept_as_new(
        secret=secret, username=f"shinjin{number}", last_name="見本", first_name="", email="", password="a-long-made-up-word"
    )


def _secret() -> str:
    until = today() + dt.timedelta(days=9)
    actor = UserFactory.create()
    return invite(name="見本", role=Role.WAREHOUSE, site_id=None, valid_from=today(), valid_until=until, actor=actor)[1]


def test_a_link_opened_by_four_at_once_makes_one_account():
    secret = _secret()
    results = at_once([lambda number=number: _accept(secret, number) for number in range(4)])
    assert faults(results, Refusal) == []
    assert sum(isinstance(one, User) for one in results) == 1
    assert RoleGrant.objects.filter(role=Role.WAREHOUSE).count() == 1


@pytest.mark.postgres
def test_without_the_lock_a_link_makes_two(monkeypatch: pytest.MonkeyPatch):
    """The control: those who do not wait for each other, held together between looking and using."""
    secret, gate = _secret(), threading.Barrier(2, timeout=30)

    def unlocked(rows: Any, keys: Any) -> dict[Any, Any]:
        found = {row.pk: row for row in rows.filter(pk__in=keys)}
        gate.wait()
        return found

    monkeypatch.setattr(invitations, "lock_rows", unlocked)
    results = at_once([lambda number=number: _accept(secret, number) for number in range(2)])
    assert faults(results, Refusal) == []
    assert sum(isinstance(one, User) for one in results) == 2


def _code() -> str:
    site = SiteFactory.create(kind=SiteKind.DEPOT)
    return make_day_code(day=today(), site_id=site.pk, role=Role.WAREHOUSE, actor=UserFactory.create()).code


def test_one_name_that_joins_four_times_at_once_is_one_account():
    code = _code()
    results = at_once([lambda: join(code=code, name="はなこ", account=None) for _ in range(4)])
    assert [one for one in results if isinstance(one, Exception)] == []
    assert len({one.pk for one in results}) == 1
    assert DayJoin.objects.count() == 1


@pytest.mark.postgres
def test_without_the_lock_only_the_constraint_keeps_the_name_one(monkeypatch: pytest.MonkeyPatch):
    """The control: both look before either has written; the database refuses the second, who sees a fault."""
    code, gate = _code(), threading.Barrier(2, timeout=30)
    make = day_codes.record

    def together(**given: Any) -> Any:
        gate.wait()
        return make(**given)

    monkeypatch.setattr(day_codes, "lock_rows", lambda rows, keys: {row.pk: row for row in rows.filter(pk__in=keys)})
    monkeypatch.setattr(day_codes, "record", together)
    results = at_once([lambda: join(code=code, name="はなこ", account=None) for _ in range(2)])
    assert sorted(type(one).__name__ for one in results) == ["IntegrityError", "User"]
    assert DayJoin.objects.count() == 1


def _two_coordinators() -> list[RoleGrant]:
    return [UserFactory.create().role_grants.get() for _ in range(2)]


def test_two_coordinators_who_end_each_other_leave_one():
    one, other = _two_coordinators()
    results = at_once([lambda: end_role(grant=one, actor=other.user), lambda: end_role(grant=other, actor=one.user)])
    assert faults(results, Refusal) == []
    assert [result.code for result in results if isinstance(result, Refusal)] == ["accounts.last_coordinator"]
    assert len(coordinators_left(today())) == 1


@pytest.mark.postgres
def test_without_the_lock_they_leave_nobody(monkeypatch: pytest.MonkeyPatch):
    one, other = _two_coordinators()
    gate = threading.Barrier(2, timeout=30)
    look = grants.coordinators_left

    def together(day: dt.date, **without: Any) -> set[int]:
        found = look(day, **without)
        if without:
            gate.wait()
        return found

    monkeypatch.setattr(grants, "lock_rows", lambda rows, keys: {row.pk: row for row in rows.filter(pk__in=keys)})
    monkeypatch.setattr(grants, "coordinators_left", together)
    results = at_once([lambda: end_role(grant=one, actor=other.user), lambda: end_role(grant=other, actor=one.user)])
    assert [result for result in results if isinstance(result, Exception)] == []
    assert coordinators_left(today()) == set()
