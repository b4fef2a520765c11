"""A new password: by mail, by a link from the staff, or with the old one; and the first administrator."""

from __future__ import annotations

import datetime as dt
import re
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from foodbank.accounts.access import access_of_user
from foodbank.accounts.models import AccountEvent, EventKind, Role, User
from foodbank.accounts.services.passwords import reset_link
from foodbank.core.models import OutboxMessage, OutboxState
from foodbank.core.outbox import relay
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
OLD, NEW = "a-long-made-up-word", "another-long-made-up-word"


@pytest.fixture
def somebody() -> User:
    user = UserFactory.create(username="mihon", email="mihon@example.jp", roles=[Role.DRIVER])
    user.set_password(OLD)
    user.save()
    return user


def ask(client: Client, typed: str) -> Any:
    return client.post(reverse("accounts:reset"), {"typed": typed})


def mailed_link() -> str:
    return re.search(r"https?://[^/]+(/password/\S+)", mail.outbox[-1].body)[1]


def choose(client: Client, link: str, password: str = NEW) -> Any:
    return client.post(link, {"password": password, "again": password})


@pytest.mark.parametrize("typed", ["mihon", " mihon ", "ｍｉｈｏｎ", "MIHON@example.jp", "ｍｉｈｏｎ＠example.jp"])
def test_the_link_comes_by_mail_and_sets_the_password(client: Client, somebody: User, typed: str):
    ask(client, typed)
    assert relay().sent == 1
    assert mail.outbox[0].to == ["mihon@example.jp"]
    link = mailed_link()
    assert "mihon" in client.get(link).content.decode()
    answer = choose(client, link)
    assert answer.status_code == 302
    somebody.refresh_from_db()
    assert somebody.check_password(NEW)
    assert client.get(reverse("accounts:me")).status_code == 200  # and is in
    assert Client().get(link).status_code == 404  # once


def test_neither_the_outbox_nor_the_record_knows_address_name_or_link(client: Client, somebody: User):
    ask(client, "mihon")
    row = OutboxMessage.objects.get()
    assert row.payload == {"user": somebody.pk}
    assert "mihon" not in row.key
    relay()
    token = mailed_link().split("/")[-2]
    row.refresh_from_db()
    assert token not in str(row.payload) + row.key + row.last_error


@pytest.mark.parametrize("typed", ["mihon", "nobody", "closed", "nomail"])
def test_the_answer_is_the_same_whether_or_not_there_is_such_an_account(client: Client, somebody: User, typed: str):
    UserFactory.create(username="closed", email="closed@example.jp", is_active=False)
    UserFactory.create(username="nomail")
    answer = ask(client, typed)
    assert (answer.status_code, answer["Location"]) == (302, reverse("accounts:reset_sent"))
    assert OutboxMessage.objects.count() == (typed == "mihon")


def test_pressing_ten_times_sends_one_mail(client: Client, somebody: User, monkeypatch: pytest.MonkeyPatch):
    noon = dt.datetime(2026, 12, 5, 12, 0, 30, tzinfo=dt.UTC)
    monkeypatch.setattr("foodbank.accounts.services.passwords.timezone.now", lambda: noon)
    for _ in range(10):
        ask(client, "mihon")
    assert OutboxMessage.objects.filter(topic="password_reset").count() == 1


def test_an_account_that_closed_in_the_meantime_gets_no_mail(client: Client, somebody: User):
    ask(client, "mihon")
    User.objects.filter(pk=somebody.pk).update(is_active=False)
    relay()
    assert mail.outbox == []
    assert OutboxMessage.objects.get().state == OutboxState.DEAD


def test_a_link_is_old_after_a_day(client: Client, somebody: User, monkeypatch: pytest.MonkeyPatch):
    link = reset_link(user=somebody, actor=somebody)
    path = "/" + link.split("/", 3)[3]
    now = dt.datetime.now()  # noqa: DTZ005 - what the generator compares with
    for hours, status in ((23, 200), (25, 404)):
        later = now + dt.timedelta(hours=hours)
        monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self, later=later: later)
        assert client.get(path).status_code == status, hours


def test_a_new_password_ends_every_session(client: Client, somebody: User):
    phones = [Client(), Client()]
    for phone in phones:
        phone.post(reverse("accounts:login"), {"username": "mihon", "password": OLD})
        assert phone.get(reverse("accounts:me")).status_code == 200
    somebody.refresh_from_db()  # the link is bound to the last sign-in
    assert choose(client, "/" + reset_link(user=somebody, actor=somebody).split("/", 3)[3]).status_code == 302
    assert [phone.get(reverse("accounts:me")).status_code for phone in phones] == [302, 302]


def test_a_password_that_is_easy_to_guess_is_refused_and_the_link_still_works(client: Client, somebody: User):
    path = "/" + reset_link(user=somebody, actor=somebody).split("/", 3)[3]
    assert choose(client, path, "12345678901").status_code == 422
    assert client.post(path, {"password": NEW, "again": OLD}).status_code == 422
    assert choose(client, path).status_code == 302


def test_the_staff_hands_a_link_to_somebody_without_mail(client: Client):
    boss, helper = UserFactory.create(), UserFactory.create(roles=[Role.WAREHOUSE])
    client.force_login(boss)
    page = client.post(reverse("accounts:person_link", args=[helper.pk])).content.decode()
    path = re.search(r"(/password/\w+/[\w-]+/)", page)[1]
    assert choose(Client(), path).status_code == 302
    helper.refresh_from_db()
    assert helper.check_password(NEW)
    kinds = AccountEvent.objects.filter(user=helper).values_list("kind", "actor")
    assert set(kinds) == {(EventKind.RESET_LINK, boss.pk), (EventKind.PASSWORD_SET, helper.pk)}


def test_one_changes_ones_own_with_the_old_one(client: Client, somebody: User):
    client.post(reverse("accounts:login"), {"username": "mihon", "password": OLD})
    elsewhere = Client()
    elsewhere.post(reverse("accounts:login"), {"username": "mihon", "password": OLD})
    wrong = client.post(reverse("accounts:password"), {"old": "wrong", "password": NEW, "again": NEW})
    assert wrong.status_code == 422
    assert "いまのパスワードが違います" in wrong.content.decode()
    assert client.post(reverse("accounts:password"), {"old": OLD, "password": NEW, "again": NEW}).status_code == 302
    assert client.get(reverse("accounts:me")).status_code == 200  # here one stays
    assert elsewhere.get(reverse("accounts:me")).status_code == 302


def test_the_name_and_address_are_ones_own_to_change(client: Client, somebody: User):
    client.force_login(somebody)
    client.post(
        reverse("accounts:profile"), {"last_name": "見本", "first_name": "新", "email": "new@example.jp", "is_superuser": "1"}
    )
    somebody.refresh_from_db()
    assert (somebody.shown_name, somebody.email, somebody.is_superuser) == ("見本 新", "new@example.jp", False)


def test_the_first_administrator_comes_from_the_command_line(client: Client, settings: Any):
    settings.BASE_URL = "https://foodbank.example.jp"
    out = StringIO()
    call_command("create_admin", "mihon", email="mihon@example.jp", stdout=out)
    link = re.search(r"https://foodbank\.example\.jp(/password/\S+)", out.getvalue())[1]
    user = User.objects.get(username="mihon")
    assert user.is_superuser
    assert not user.has_usable_password()
    assert choose(client, link).status_code == 302
    assert access_of_user(User.objects.get(pk=user.pk)).is_coordinator
    assert client.get(reverse("home"))["Location"] == reverse("dispatch:today")


@pytest.mark.parametrize("arguments", [["mihon"], ["み 本"], [""], ["other", "--email", "not-an-address"]])
def test_the_command_refuses_in_one_line_and_changes_nothing(arguments: list[str]):
    UserFactory.create(username="mihon")
    err = StringIO()
    before = User.objects.exclude(username="system").count()
    with pytest.raises(SystemExit) as ended:
        call_command("create_admin", *arguments, stderr=err)
    assert ended.value.code == 2
    assert len(err.getvalue().splitlines()) == 1
    assert User.objects.exclude(username="system").count() == before
