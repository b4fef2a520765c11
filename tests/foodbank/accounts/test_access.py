"""Every role × every address × own and foreign objects. The rows, and how to add one: ``tests/foodbank/accounts/access``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from foodbank.accounts.models import Role, RoleGrant
from foodbank.core.dates import today
from tests.factories import UserFactory
from tests.foodbank.accounts.access import api, collect
from tests.foodbank.accounts.access.table import Who, ask, person

pytestmark = pytest.mark.sqlite  # who may open what is the same on every database, and there are more than a thousand of these

TABLE = collect()
ROLES: list[Role | None] = [*Role, None]


def _routes(
    patterns: list[Any], spaces: tuple[str, ...] = (), above: tuple[str, ...] = ()
) -> Iterator[tuple[str, set[str], Any]]:
    """Name, arguments that are about an object, and view of every address."""
    for one in patterns:
        taken = (*above, *(name for name, kind in one.pattern.converters.items() if type(kind).__name__ != "DayConverter"))
        if isinstance(one, URLResolver):
            if one.namespace == "admin":
                continue  # Django's own admin: see the test below
            yield from _routes(one.url_patterns, (*spaces, *([one.namespace] if one.namespace else [])), taken)
        elif isinstance(one, URLPattern):
            assert one.name, f"an address without a name: {one.pattern}"
            yield ":".join((*spaces, one.name)), set(taken), one.callback


ROUTES = {name: (taken, view) for name, taken, view in _routes(get_resolver().url_patterns)}
GUARDED = [name for name, row in TABLE.items() if row.who not in (Who.PUBLIC, Who.KEY)]
BY_ROLE = [name for name, row in TABLE.items() if isinstance(row.who, frozenset)]
KNOWN = [name for name in TABLE if name in ROUTES]


def _reached(answer: Any) -> None:
    """It got past the door and did not break on the way."""
    assert answer.status_code < 500, answer.status_code
    assert answer.status_code not in (401, 403), answer.status_code
    assert not answer.get("Location", "").startswith(f"{reverse('accounts:login')}?next="), "sent to the sign-in page"


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert sorted(ROUTES) == sorted(TABLE)


@pytest.mark.parametrize("name", KNOWN)
def test_the_row_says_what_the_view_does(name: str) -> None:
    """The roles of the row are those of ``role_required``; an address about an object says whose objects there are; and only
    programs, which send no cookie, may post without a CSRF token."""
    row, (taken, view) = TABLE[name], ROUTES[name]
    assert getattr(view, "roles", None) == (row.who if isinstance(row.who, frozenset) else None)
    if taken:
        assert row.args, "an object that does not exist: args"
        assert row.wide or (row.own and row.other), "own and other, or wide"
        assert not (row.wide and row.other), "wide, and yet somebody else's"
    assert not getattr(view, "csrf_exempt", False) or name.startswith("api:") or row.who == Who.KEY


@pytest.mark.django_db
@pytest.mark.parametrize("name", GUARDED)
def test_strangers_are_sent_to_the_sign_in_page(client: Client, name: str) -> None:
    answer = ask(client, name, TABLE[name], TABLE[name].args)
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{reverse(TABLE[name].door)}?next=")


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.who == Who.KEY])
def test_programs_without_a_key_get_401_and_so_does_a_coordinator_in_the_browser(client: Client, name: str) -> None:
    for _ in range(2):
        answer = ask(client, name, TABLE[name], TABLE[name].args)
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        client.force_login(UserFactory.create())


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.who == Who.KEY])
def test_a_key_opens_what_is_its_partners_and_nothing_else(client: Client, name: str) -> None:
    row, who = TABLE[name], person(Role.PARTNER)
    headers = api.headers(who)
    answer = ask(client, name, row, row.own(who) if row.own else row.args, **headers)
    _reached(answer)
    assert answer.status_code != 404
    if row.own:
        for args in (row.args, row.other(who)):
            assert ask(client, name, row, args, **headers).status_code == 404


ALLOWED = [(name, role) for name in BY_ROLE for role in sorted(TABLE[name].roles)]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "role"), ALLOWED, ids=[f"{name}-{role}" for name, role in ALLOWED])
def test_each_role_opens_what_its_row_says(client: Client, name: str, role: Role) -> None:
    row, who = TABLE[name], person(role)
    client.force_login(who.user)
    answer = ask(client, name, row, row.own(who) if row.own else row.args)
    _reached(answer)
    if row.own:
        assert answer.status_code != 404, "one's own is not found"
    elif ROUTES[name][0]:
        assert answer.status_code == 404, "what is not there"


@pytest.mark.django_db
@pytest.mark.parametrize("name", BY_ROLE)
def test_no_other_role_opens_it(client: Client, name: str) -> None:
    answers = {}
    for role in ROLES:
        if role not in TABLE[name].roles:
            client.force_login(person(role).user)
            answers[role] = ask(client, name, TABLE[name], TABLE[name].args).status_code
    assert set(answers.values()) == {403}, answers


@pytest.mark.django_db
@pytest.mark.parametrize("name", BY_ROLE)
def test_a_role_that_ended_yesterday_opens_nothing(client: Client, name: str) -> None:
    row = TABLE[name]
    for role in row.roles:
        who = person(role)
        RoleGrant.objects.filter(user=who.user).update(valid_until=today() - dt.timedelta(days=1))
        client.force_login(who.user)
        assert ask(client, name, row, row.args).status_code == 403


FOREIGN = [
    (name, role)
    for name, row in TABLE.items()
    if row.other and row.who not in (Who.PUBLIC, Who.KEY)
    for role in (sorted(row.roles - {Role.COORDINATOR}) if row.roles else [None])
]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "role"), FOREIGN, ids=[f"{name}-{role}" for name, role in FOREIGN])
def test_what_belongs_to_somebody_else_is_not_found(client: Client, name: str, role: Role | None) -> None:
    """404 as for what does not exist: not even that it is there is told (P13)."""
    row, who = TABLE[name], person(role)
    client.force_login(who.user)
    assert ask(client, name, row, row.other(who)).status_code == 404
    assert ask(client, name, row, row.args).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.who == Who.SIGNED_IN])
def test_whoever_has_an_account_opens_their_own(client: Client, name: str) -> None:
    row, who = TABLE[name], person(None)
    client.force_login(who.user)
    answer = ask(client, name, row, row.own(who) if row.own else row.args)
    _reached(answer)
    assert answer.status_code != 404


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.who == Who.PUBLIC])
def test_public_addresses_ask_nobody_to_sign_in(client: Client, name: str) -> None:
    """What they are about is named by a secret in the address: with another one there is nothing."""
    row, who = TABLE[name], person(None)
    answer = ask(client, name, row, row.own(who) if row.own else row.args)
    assert answer.status_code < 500
    assert answer.status_code != 403
    if row.own:
        assert answer.status_code != 404
    if row.other:
        assert ask(client, name, row, row.other(who)).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.method == "post" and row.who != Who.KEY])
def test_pages_that_change_something_do_not_answer_to_get(client: Client, name: str) -> None:
    row = TABLE[name]
    if name == "set_language":  # Django's own: leads back without a change
        assert client.get(reverse(name)).status_code == 302
        return
    who = person(sorted(row.roles)[0] if row.roles else None)
    client.force_login(who.user)
    assert client.get(reverse(name, args=list(row.args))).status_code == 405


@pytest.mark.django_db
def test_the_admin_is_for_administrators(client: Client) -> None:
    assert client.get("/admin/").status_code == 302
    client.force_login(UserFactory.create(is_staff=False))
    assert client.get("/admin/").status_code == 302
