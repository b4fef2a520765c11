"""Coming in by a link that works once."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from foodbank.accounts.access import access_of_user
from foodbank.accounts.models import Invitation, Role, RoleGrant, User
from foodbank.accounts.selectors import secret_hash
from foodbank.accounts.services.invitations import invite, revoke_invitation
from foodbank.core.dates import today
from foodbank.core.errors import FieldsRefused
from tests.factories import PartnerFactory, UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-made-up-word"


@pytest.fixture
def boss() -> User:
    return UserFactory.create(last_name="見本", first_name="調整")


def invited(actor: User, role: Role = Role.WAREHOUSE, **changes: Any) -> tuple[Invitation, str]:
    given = {"site_id": None, "valid_from": today(), "valid_until": today() + dt.timedelta(days=30), **changes}
    return invite(name="見本 新人", role=role, actor=actor, **given)


def entered(**changes: str) -> dict[str, str]:
    fields = {
        "last_name": "見本",
        "first_name": "新人",
        "username": "shinjin",
        "password": PASSWORD,
        "again": PASSWORD,
        "email": "",
    }
    return fields | changes


def test_the_coordinator_gets_a_link_and_whoever_opens_it_becomes_what_it_says(client: Client, boss: User):
    client.force_login(boss)
    site = PartnerFactory.create().site
    page = client.post(
        reverse("accounts:invite"),
        {
            "name": "見本 新人", "role": "partner", "site": site.pk, "valid_from": today().isoformat(),
            "valid_until": (today() + dt.timedelta(days=30)).isoformat(),
        },
    )  # fmt: skip
    secret = re.search(r"/invited/([\w-]+)/", page.content.decode())[1]
    phone = Client()
    shown = phone.get(reverse("accounts:invited", args=[secret])).content.decode()
    assert "見本 調整 さんからの招待です" in shown
    assert site.name in shown
    answer = phone.post(reverse("accounts:invited", args=[secret]), entered())
    assert answer.status_code == 302
    user = User.objects.get(username="shinjin")
    assert user.check_password(PASSWORD)
    assert (user.is_staff, user.is_superuser) == (False, False)
    assert access_of_user(user).only_sites(Role.PARTNER) == {site.pk}
    assert RoleGrant.objects.get(user=user).granted_by == boss
    assert phone.get(reverse("accounts:me")).status_code == 200  # signed in already


def test_of_the_link_only_a_hash_is_kept_and_it_has_256_bits(boss: User):
    made, secret = invited(boss)
    assert len(secret) == 43  # 32 bytes in base64 without padding: 32 × 4 ÷ 3 → 43
    assert made.secret_hash == secret_hash(secret)
    stored = [str(value) for value in Invitation.objects.values_list().get()]
    assert not any(secret in value for value in stored)


def _expired(made: Invitation, boss: User) -> None:
    Invitation.objects.filter(pk=made.pk).update(expires_at=timezone.now())


def _revoked(made: Invitation, boss: User) -> None:
    revoke_invitation(invitation=made, actor=boss)


def _used(made: Invitation, boss: User) -> None:
    Invitation.objects.filter(pk=made.pk).update(used_at=timezone.now(), used_by=boss)


def _inviter_gone(made: Invitation, boss: User) -> None:
    """Who is sent away does not come back by a link made before."""
    User.objects.filter(pk=boss.pk).update(is_active=False)


@pytest.mark.parametrize("end", [_expired, _revoked, _used, _inviter_gone])
def test_expired_revoked_used_and_wrong_links_look_the_same(client: Client, boss: User, end: Any):
    made, secret = invited(boss)
    end(made, boss)

    def seen(who: Client, secret: str) -> tuple[int, str]:
        page = who.get(reverse("accounts:invited", args=[secret]))
        return page.status_code, re.sub(
            r'nonce="[^"]*"|value="[^"]*"|X-CSRFToken": "\w+|/invited/[\w-]+', "", page.content.decode()
        )

    gone, wrong = seen(client, secret), seen(client, "x" * 43)
    assert gone == wrong
    assert gone[0] == 404
    assert "このリンクは使えません" in gone[1]
    assert client.post(reverse("accounts:invited", args=[secret]), entered()).status_code == 404
    other = UserFactory.create(roles=[])
    client.force_login(other)
    assert client.post(reverse("accounts:invited_as_me", args=[secret])).status_code == 404
    assert not User.objects.filter(username="shinjin").exists()
    assert not RoleGrant.objects.filter(user=other).exists()


def test_a_link_works_once(client: Client, boss: User):
    _made, secret = invited(boss)
    assert client.post(reverse("accounts:invited", args=[secret]), entered()).status_code == 302
    assert Client().post(reverse("accounts:invited", args=[secret]), entered(username="second")).status_code == 404
    assert not User.objects.filter(username="second").exists()


def test_who_is_signed_in_gets_the_role_in_the_same_account(client: Client, boss: User):
    driver = UserFactory.create(roles=[Role.DRIVER])
    client.force_login(driver)
    _made, secret = invited(boss)
    page = client.get(reverse("accounts:invited", args=[secret])).content.decode()
    assert "このアカウントに役割を追加する" in page
    assert 'name="password"' not in page
    assert client.post(reverse("accounts:invited_as_me", args=[secret])).status_code == 302
    access = access_of_user(driver)
    assert access.has(Role.DRIVER)
    assert access.has(Role.WAREHOUSE)
    assert User.objects.count() == 2  # the coordinator and the driver


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": "short", "again": "short"}, "最低 10 文字以上必要です"),
        ({"password": "1qaz2wsx3edc", "again": "1qaz2wsx3edc"}, "一般的すぎます"),
        ({"password": "shinjin-shinjin", "username": "shinjin-shinji", "again": "shinjin-shinjin"}, "似すぎています"),
        ({"again": "another-long-word"}, "2回の入力が違います"),
        ({"username": "mihon"}, "もう使われています"),
        ({"username": "人 間"}, "username"),
        ({"last_name": ""}, "last_name"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_the_link_still_works(
    client: Client, boss: User, changes: dict[str, str], said: str
):
    UserFactory.create(username="mihon")
    _made, secret = invited(boss)
    page = client.post(reverse("accounts:invited", args=[secret]), entered(**changes))
    assert page.status_code == 422
    assert said in page.content.decode()
    assert User.objects.count() == 2
    assert client.post(reverse("accounts:invited", args=[secret]), entered()).status_code == 302


def test_an_invitation_keeps_to_the_rules_of_roles(boss: User):
    with pytest.raises(FieldsRefused) as refused:
        invited(boss, Role.REGISTRAR)
    assert list(refused.value.fields) == ["role"]
    with pytest.raises(FieldsRefused):
        invited(boss, Role.PARTNER)
    assert not Invitation.objects.exists()


def test_open_invitations_are_listed_and_taken_back(client: Client, boss: User):
    client.force_login(boss)
    made, secret = invited(boss)
    assert "見本 新人" in client.get(reverse("accounts:people")).content.decode()
    client.post(reverse("accounts:invitation_revoke", args=[made.pk]))
    assert "見本 新人" not in client.get(reverse("accounts:people")).content.decode()
    assert Client().get(reverse("accounts:invited", args=[secret])).status_code == 404
