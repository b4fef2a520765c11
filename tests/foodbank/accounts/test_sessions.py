"""Sessions end by themselves, answers are not kept, and every page carries the same strict headers."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from foodbank.accounts.middleware import SEEN
from foodbank.accounts.models import AccountEvent, EventKind, Role, User
from foodbank.accounts.services.events import record
from foodbank.accounts.services.retention import ATTEMPTS_KEPT, EVENTS_KEPT, forget_old
from foodbank.accounts.tasks import forget_old_task
from foodbank.messaging.addresses import Address, address_of
from tests.factories import UserFactory
from tests.foodbank.accounts.access import collect
from tests.foodbank.accounts.access.table import Who, ask, person

pytestmark = pytest.mark.django_db
HOUR = 3_600
TABLE = collect()


def idle(client: Client, seconds: int) -> None:
    """As if the last request had been so long ago."""
    session = client.session
    session[SEEN] = int(timezone.now().timestamp()) - seconds
    session.save()


@pytest.mark.parametrize(
    ("role", "hours", "status"),
    [
        (Role.DRIVER, 23.9, 200),
        (Role.DRIVER, 24.1, 302),
        (None, 23.9, 200),
        (None, 24.1, 302),
        (Role.COORDINATOR, 11.9, 200),
        (Role.COORDINATOR, 12.1, 302),
    ],
)
def test_who_was_away_too_long_signs_in_again(client: Client, role: Role | None, hours: float, status: int):
    client.force_login(UserFactory.create(roles=[] if role is None else [role]))
    idle(client, round(hours * HOUR))
    assert client.get(reverse("accounts:me")).status_code == status
    assert ("_auth_user_id" in client.session) == (status == 200)


def test_who_was_signed_out_for_being_away_is_shown_no_menu(client: Client):
    client.force_login(UserFactory.create())
    idle(client, 13 * HOUR)
    page = client.get(reverse("accounts:join"))
    assert page.status_code == 200
    assert not page.context["access"].is_coordinator


def test_each_visit_begins_the_time_anew(client: Client):
    client.force_login(UserFactory.create())
    for _ in range(3):
        idle(client, 11 * HOUR)
        assert client.get(reverse("accounts:me")).status_code == 200


def test_most_requests_write_nothing(client: Client, django_assert_num_queries: Any):
    client.force_login(UserFactory.create())
    with django_assert_num_queries(4) as asked:  # session, user, one's roles for the page and for the menu
        client.get(reverse("accounts:me"))
    assert not [one["sql"] for one in asked.captured_queries if one["sql"].startswith("UPDATE")]


def test_the_cookie_is_not_kept_longer_than_a_day(client: Client):
    user = UserFactory.create(username="mihon")
    user.set_password("a-long-made-up-word")
    user.save()
    client.post(reverse("accounts:login"), {"username": "mihon", "password": "a-long-made-up-word"})
    cookie = client.cookies["sessionid"]
    assert int(cookie["max-age"]) == 24 * HOUR
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_signing_out_everywhere_ends_all_of_ones_own_sessions(client: Client):
    user = UserFactory.create(roles=[Role.DRIVER])
    phones = [client, Client(), Client()]
    for phone in phones:
        phone.force_login(user)
    assert client.post(reverse("accounts:leave_everywhere")).status_code == 302
    assert [phone.get(reverse("accounts:me")).status_code for phone in phones] == [302, 302, 302]
    client.force_login(User.objects.get(pk=user.pk))
    assert client.get(reverse("accounts:me")).status_code == 200


@pytest.mark.sqlite  # headers are the same on every database
@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.who != Who.KEY])
def test_every_answer_carries_the_same_strict_headers(client: Client, name: str):
    row = TABLE[name]
    who = person(min(row.roles) if row.roles else None)
    if row.who != Who.PUBLIC:
        client.force_login(who.user)
    answer = ask(client, name, row, row.own(who) if row.own else row.args)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "camera=(self)" in answer["Permissions-Policy"]
    assert "geolocation=()" in answer["Permissions-Policy"]
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'self'"
    assert policy["object-src"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
    assert "'unsafe-eval'" not in answer["Content-Security-Policy"]
    if row.who != Who.PUBLIC:
        assert "no-store" in answer["Cache-Control"], "what somebody signed in sees is not kept"


def test_a_wrong_password_names_nobody_in_the_log_nor_in_what_is_kept(client: Client, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO):
        client.post(reverse("accounts:login"), {"username": "mihon-canary", "password": "secret-canary"})
    assert "axes" in {record.name.split(".")[0] for record in caplog.records}
    assert "canary" not in caplog.text
    kept = AccessAttempt.objects.get()
    assert "canary" not in kept.post_data


def test_attempts_go_after_thirty_days_and_the_record_after_three_years():
    user = UserFactory.create(roles=[])
    now = timezone.now()
    for age in (dt.timedelta(0), ATTEMPTS_KEPT - dt.timedelta(hours=1), ATTEMPTS_KEPT + dt.timedelta(hours=1)):
        made = AccessAttempt.objects.create(username=str(age), ip_address="192.0.2.1", failures_since_start=1)
        AccessAttempt.objects.filter(pk=made.pk).update(attempt_time=now - age)
    for age in (EVENTS_KEPT - dt.timedelta(hours=1), EVENTS_KEPT + dt.timedelta(hours=1)):
        event = record(user=user, kind=EventKind.CREATED, actor=user)
        AccountEvent.objects.filter(pk=event.pk).update(at=now - age)
    Session.objects.create(session_key="old", session_data="", expire_date=now - dt.timedelta(hours=1))
    Session.objects.create(session_key="new", session_data="", expire_date=now + dt.timedelta(hours=1))
    assert forget_old(now=now) == 2
    assert (AccessAttempt.objects.count(), AccountEvent.objects.count()) == (2, 1)
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
    assert forget_old_task() == 0


def test_messages_reach_people_by_the_address_of_their_account():
    known, closed = UserFactory.create(email="mihon@example.jp"), UserFactory.create(is_active=False)
    assert address_of("user", known.pk) == Address(email="mihon@example.jp")
    assert address_of("user", closed.pk) is None
    assert address_of("user", 0) is None
