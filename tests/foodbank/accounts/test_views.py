from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-made-up-word"


@pytest.fixture
def somebody():
    user = UserFactory.create(username="mihon")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, password: str = PASSWORD, **more: str):
    return client.post(reverse("accounts:login"), {"username": "mihon", "password": password, **more})


def test_signing_in_leads_to_today(client: Client, somebody):
    answer = sign_in(client)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("dispatch:today")
    assert client.get(reverse("dispatch:today"), follow=True).status_code == 200


def test_a_user_name_may_be_typed_in_any_width(client: Client, somebody):
    """As a Japanese keyboard gives it; the password is taken as it is."""
    assert client.post(reverse("accounts:login"), {"username": "ｍｉｈｏｎ　", "password": PASSWORD}).status_code == 302


def test_signing_in_leads_back_to_where_one_wanted_to_go(client: Client, somebody):
    assert sign_in(client, next="/items/")["Location"] == "/items/"


def test_signing_in_never_leads_to_another_server(client: Client, somebody):
    assert sign_in(client, next="https://elsewhere.example/")["Location"] == reverse("dispatch:today")


def test_a_wrong_password_says_how_to_go_on_and_not_which_part_was_wrong(client: Client, somebody):
    page = sign_in(client, "wrong")
    assert page.status_code == 200
    assert "利用者名かパスワードが違います" in page.content.decode()
    assert "_auth_user_id" not in client.session


def test_ten_wrong_passwords_pause_the_sign_in(client: Client, somebody):
    answers = [sign_in(client, f"wrong{n}").status_code for n in range(10)]
    assert answers == [200] * 9 + [429]
    page = sign_in(client)  # the right one does not help now
    assert page.status_code == 429
    assert "しばらく受け付けられません" in page.content.decode()


def test_signing_out_is_a_button_not_a_link(client: Client, somebody):
    sign_in(client)
    assert client.get(reverse("accounts:logout")).status_code == 405
    client.post(reverse("accounts:logout"))
    assert "_auth_user_id" not in client.session


def test_the_language_is_switched_for_everything(client: Client, somebody):
    assert "利用者名" in client.get(reverse("accounts:login")).content.decode()
    answer = client.post(reverse("set_language"), {"language": "en", "next": reverse("accounts:login")})
    assert answer["Location"] == reverse("accounts:login")
    page = client.get(reverse("accounts:login")).content.decode()
    assert '<html lang="en">' in page
    assert "User name" in page
    assert "利用者名" not in page


@pytest.mark.parametrize(
    ("path", "status", "japanese", "english"),
    [
        ("/nothing-here/", 404, "ページが見つかりません", "This page does not exist."),
        ("/items/", 403, "権限がありません", "You may not open this page."),
    ],
)
def test_refusals_are_said_in_both_languages(client: Client, path: str, status: int, japanese: str, english: str):
    client.force_login(UserFactory.create(is_staff=False))
    page = client.get(path)
    assert page.status_code == status
    assert japanese in page.content.decode()
    assert english in page.content.decode()


def test_the_page_about_a_fault_needs_nothing_to_work():
    from django.template.loader import render_to_string  # noqa: PLC0415 - as Django's own handler does it

    page = render_to_string("500.html")
    assert "うまく動きませんでした" in page
    assert "Something went wrong on our side." in page


def test_pages_carry_a_strict_policy_and_nothing_inline(client: Client):
    answer = client.get(reverse("accounts:login"))
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy
    assert answer["X-Frame-Options"] == "DENY"
