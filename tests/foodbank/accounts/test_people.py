"""The coordinator's pages about people, and the rules behind them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from foodbank.accounts.access import access_of_user
from foodbank.accounts.models import AccountEvent, EventKind, Role, RoleGrant, User
from foodbank.accounts.services.grants import end_role, give_role, renew_role
from foodbank.accounts.services.people import close_account, open_account
from foodbank.core.dates import today
from foodbank.core.errors import Refusal
from foodbank.core.models import OutboxMessage
from foodbank.sites.models import SiteKind
from tests.factories import PartnerFactory, RoleGrantFactory, SiteFactory, UserFactory
from tests.factories.pantry import household

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    return UserFactory.create(username="boss", last_name="見本", first_name="調整")


@pytest.fixture
def desk(client: Client, boss: User) -> Client:
    client.force_login(boss)
    return client


@pytest.fixture
def helper() -> User:
    return UserFactory.create(is_staff=False, last_name="見本", first_name="手伝い")


def days(first: int, last: int) -> dict[str, dt.date]:
    """From so many days after today to so many."""
    return {"valid_from": today() + dt.timedelta(days=first), "valid_until": today() + dt.timedelta(days=last)}


def entered(role: Role, site: Any = None, *, first: int = 0, last: int = 30) -> dict[str, Any]:
    return {"role": role.value, "site": site.pk if site else "", **{k: v.isoformat() for k, v in days(first, last).items()}}


def test_a_role_is_given_at_a_place_and_holds_there_only(desk: Client, helper: User, boss: User):
    depot, other = SiteFactory.create(kind=SiteKind.DEPOT), SiteFactory.create(kind=SiteKind.DEPOT)
    answer = desk.post(reverse("accounts:grant_new", args=[helper.pk]), entered(Role.WAREHOUSE, depot))
    assert answer.status_code == 302
    access = access_of_user(helper)
    assert access.at(Role.WAREHOUSE, depot.pk)
    assert not access.at(Role.WAREHOUSE, other.pk)
    assert not access.at(Role.WAREHOUSE, None)
    assert access.only_sites(Role.WAREHOUSE) == {depot.pk}
    assert not access.has(Role.DRIVER, Role.RECEPTION, Role.COORDINATOR)
    event = AccountEvent.objects.get(user=helper, kind=EventKind.ROLE_GIVEN)
    assert (event.role, event.actor) == (Role.WAREHOUSE, boss)


@pytest.mark.parametrize(("first", "last", "there"), [(-2, 0, True), (0, 0, True), (0, 9, True), (1, 9, False), (-2, -1, False)])
def test_a_role_is_there_from_its_first_day_to_its_last(helper: User, first: int, last: int, there: bool):
    RoleGrantFactory.create(user=helper, role=Role.DRIVER, **days(first, last))
    assert access_of_user(helper).has(Role.DRIVER) is there


@pytest.mark.parametrize(
    ("role", "kind", "first", "last", "field"),
    [
        (Role.PARTNER, None, 0, 9, "site"),  # a partner's role is always that of one partner
        (Role.PARTNER, SiteKind.DEPOT, 0, 9, "site"),
        (Role.WAREHOUSE, SiteKind.PARTNER, 0, 9, "site"),
        (Role.RECEPTION, SiteKind.DEPOT, 0, 9, "site"),
        (Role.COORDINATOR, SiteKind.DEPOT, 0, 9, "site"),  # holds everywhere
        (Role.DRIVER, None, 5, 4, "valid_until"),
        (Role.DRIVER, None, -9, -1, "valid_until"),
        (Role.DRIVER, None, 0, 367, "valid_until"),  # no role lasts more than a year
        (Role.DRIVER, None, -300, 367, "valid_until"),
        (Role.REGISTRAR, None, 0, 9, "role"),  # contact data: by administrators only
    ],
)
def test_what_no_role_can_be_given_for(role: Role, kind: Any, first: int, last: int, field: str):
    boss, helper = UserFactory.create(), UserFactory.create(roles=[])
    site = SiteFactory.create(kind=kind) if kind else None
    with pytest.raises(Refusal) as refused:
        give_role(user=helper, role=role, site_id=site.pk if site else None, actor=boss, **days(first, last))
    assert refused.value.code == "accounts.role"
    assert refused.value.params == {"fields": [field]}
    assert not RoleGrant.objects.filter(user=helper).exists()


def test_an_administrator_gives_the_role_that_opens_contact_data(helper: User):
    administrator = UserFactory.create(is_superuser=True)
    give_role(user=helper, role=Role.REGISTRAR, site_id=None, actor=administrator, **days(0, 366))
    assert access_of_user(helper).has(Role.REGISTRAR)


def test_the_form_comes_back_with_the_reason_at_its_field(desk: Client, helper: User):
    page = desk.post(reverse("accounts:grant_new", args=[helper.pk]), entered(Role.PARTNER))
    assert page.status_code == 422
    assert "場所を選んでください" in page.content.decode()
    registrar = desk.post(reverse("accounts:grant_new", args=[helper.pk]), entered(Role.REGISTRAR))
    assert registrar.status_code == 422
    assert not RoleGrant.objects.filter(user=helper).exists()


def test_the_same_role_twice_is_one_to_renew(boss: User, helper: User):
    partner = PartnerFactory.create().site
    give_role(user=helper, role=Role.PARTNER, site_id=partner.pk, actor=boss, **days(0, 30))
    with pytest.raises(Refusal, match="延ばす"):
        give_role(user=helper, role=Role.PARTNER, site_id=partner.pk, actor=boss, **days(30, 60))
    give_role(user=helper, role=Role.PARTNER, site_id=PartnerFactory.create().site.pk, actor=boss, **days(0, 30))
    give_role(user=helper, role=Role.PARTNER, site_id=partner.pk, actor=boss, **days(31, 60))
    assert RoleGrant.objects.filter(user=helper).count() == 3


def test_renewing_brings_back_what_ended_by_itself(desk: Client, helper: User):
    grant = RoleGrantFactory.create(user=helper, role=Role.DRIVER, **days(-30, -1))
    assert not access_of_user(helper).has(Role.DRIVER)
    until = today() + dt.timedelta(days=60)
    desk.post(reverse("accounts:grant_renew", args=[helper.pk, grant.pk]), {"valid_until": until.isoformat()})
    grant.refresh_from_db()
    assert grant.valid_until == until
    assert access_of_user(helper).has(Role.DRIVER)


def test_renewing_keeps_to_the_rules_and_ended_is_ended(desk: Client, boss: User, helper: User):
    grant = RoleGrantFactory.create(user=helper, role=Role.DRIVER, **days(0, 10))
    address = reverse("accounts:grant_renew", args=[helper.pk, grant.pk])
    for wrong in ((today() + dt.timedelta(days=367)).isoformat(), (today() - dt.timedelta(days=1)).isoformat(), "", "あした"):
        assert desk.post(address, {"valid_until": wrong}).status_code == 302
        grant.refresh_from_db()
        assert grant.valid_until == today() + dt.timedelta(days=10), wrong
    end_role(grant=grant, actor=boss)
    with pytest.raises(Refusal) as refused:
        renew_role(grant=grant, valid_until=today(), actor=boss)
    assert refused.value.code == "accounts.role_ended"


def test_a_role_of_somebody_else_is_not_reached_by_ones_own_address(desk: Client, helper: User):
    grant = RoleGrantFactory.create(user=UserFactory.create(roles=[]), role=Role.DRIVER)
    assert desk.post(reverse("accounts:grant_end", args=[helper.pk, grant.pk])).status_code == 404
    grant.refresh_from_db()
    assert grant.revoked_at is None


def test_ending_a_role_counts_from_the_very_next_request(desk: Client, helper: User):
    grant = RoleGrantFactory.create(user=helper, role=Role.COORDINATOR)
    phone = Client()
    phone.force_login(helper)
    assert phone.get(reverse("catalog:item_list")).status_code == 200
    desk.post(reverse("accounts:grant_end", args=[helper.pk, grant.pk]))
    assert phone.get(reverse("catalog:item_list")).status_code == 403


def test_signing_somebody_out_ends_every_session_of_theirs_and_no_other(desk: Client, helper: User):
    RoleGrantFactory.create(user=helper, role=Role.COORDINATOR)
    phones = [Client(), Client()]
    for phone in phones:
        phone.force_login(helper)
        assert phone.get(reverse("accounts:me")).status_code == 200
    desk.post(reverse("accounts:person_sign_out", args=[helper.pk]))
    assert [phone.get(reverse("accounts:me")).status_code for phone in phones] == [302, 302]
    assert desk.get(reverse("accounts:me")).status_code == 200


def test_a_closed_account_is_out_at_once_and_comes_back_when_opened(desk: Client, helper: User):
    RoleGrantFactory.create(user=helper, role=Role.WAREHOUSE)
    phone = Client()
    phone.force_login(helper)
    desk.post(reverse("accounts:person_close", args=[helper.pk]))
    assert phone.get(reverse("accounts:me")).status_code == 302
    helper.refresh_from_db()
    assert not access_of_user(helper).has(Role.WAREHOUSE)
    desk.post(reverse("accounts:person_open", args=[helper.pk]))
    helper.refresh_from_db()
    assert access_of_user(helper).has(Role.WAREHOUSE)


def test_a_paused_sign_in_is_lifted_by_the_coordinator(desk: Client, helper: User):
    helper.set_password("a-long-made-up-word")
    helper.save()

    def sign_in(password: str) -> int:
        return Client().post(reverse("accounts:login"), {"username": helper.username, "password": password}).status_code

    address = reverse("accounts:person", args=[helper.pk])
    assert [sign_in("wrong") for _ in range(10)][-1] == 429
    assert "ログインの停止を解く" in desk.get(address).content.decode()
    desk.post(reverse("accounts:person_lift", args=[helper.pk]))
    assert "ログインの停止を解く" not in desk.get(address).content.decode()
    assert sign_in("a-long-made-up-word") == 302


def test_nobody_removes_the_last_coordinator(boss: User, helper: User):
    grant = boss.role_grants.get()
    for remove in (lambda: end_role(grant=grant, actor=boss), lambda: close_account(user=boss, actor=helper)):
        with pytest.raises(Refusal) as refused:
            remove()
        assert refused.value.code == "accounts.last_coordinator"
    RoleGrantFactory.create(user=helper, role=Role.COORDINATOR, **days(-9, -1))  # one that is over does not count
    with pytest.raises(Refusal):
        end_role(grant=grant, actor=boss)
    other = RoleGrantFactory.create(user=helper, role=Role.COORDINATOR)
    end_role(grant=grant, actor=boss)
    with pytest.raises(Refusal):
        end_role(grant=other, actor=helper)


def test_nobody_closes_their_own_account(boss: User):
    UserFactory.create()
    with pytest.raises(Refusal) as refused:
        close_account(user=boss, actor=boss)
    assert refused.value.code == "accounts.yourself"


@pytest.mark.parametrize("more", [{"is_superuser": True}, {"roles": [Role.REGISTRAR]}], ids=["administrator", "registrar"])
@pytest.mark.parametrize("act", ["person_close", "person_sign_out", "person_link"])
def test_a_coordinator_cannot_take_over_who_may_do_more(desk: Client, more: dict[str, Any], act: str):
    above = UserFactory.create(**{"roles": [], **more})
    page = desk.post(reverse(f"accounts:{act}", args=[above.pk]), follow=True)
    assert "管理者だけが扱えます" in page.content.decode()
    assert "/password/" not in page.content.decode()
    above.refresh_from_db()
    assert (above.is_active, above.session_epoch) == (True, 0)


def test_opening_an_administrators_account_is_for_administrators(boss: User):
    above = UserFactory.create(roles=[], is_superuser=True, is_active=False)
    with pytest.raises(Refusal):
        open_account(user=above, actor=boss)


def test_the_list_shows_who_has_a_role_now_or_soon_and_the_others_when_asked(desk: Client):
    for name, first, last in (("今", 0, 5), ("先", 5, 9), ("昔", -9, -1)):
        user = UserFactory.create(is_staff=False, last_name="見本", first_name=name)
        RoleGrantFactory.create(user=user, role=Role.DRIVER, **days(first, last))

    def shown(query: str) -> set[str]:
        page = desk.get(reverse("accounts:people") + query).content.decode()
        return {name for name in ("今", "先", "昔", "調整") if f"見本 {name}" in page.split("<tbody>")[-1].split("</tbody>")[0]}

    assert shown("") == {"今", "先", "調整"}
    assert shown("?all=1") == {"今", "先", "昔", "調整"}
    assert shown("?role=driver") == {"今", "先"}
    assert shown("?q=先") == {"先"}


def test_the_list_asks_as_often_for_sixty_people_as_for_one(desk: Client, django_assert_num_queries: Any):
    address = reverse("accounts:people")
    with django_assert_num_queries(7):  # session, user, roles, count, rows, their roles, open invitations
        desk.get(address)
    for user in UserFactory.create_batch(60, is_staff=False):
        RoleGrantFactory.create(user=user, role=Role.WAREHOUSE, site=SiteFactory.create(kind=SiteKind.DEPOT))
    with django_assert_num_queries(7):
        desk.get(address)


def test_a_persons_page_says_what_was_done_and_by_whom(desk: Client, helper: User):
    desk.post(reverse("accounts:grant_new", args=[helper.pk]), entered(Role.DRIVER))
    page = desk.get(reverse("accounts:person", args=[helper.pk])).content.decode()
    assert "役割を追加" in page
    assert "見本 調整" in page


def test_accounts_of_households_are_nobodys_here(desk: Client):
    """A coordinator who could set such an account's password would read contact data without being a registrar (P7)."""
    account = household().account
    assert account is not None
    assert account.username not in desk.get(reverse("accounts:people") + "?all=1").content.decode()
    assert desk.get(reverse("accounts:person", args=[account.pk])).status_code == 404
    assert desk.post(reverse("accounts:person_link", args=[account.pk])).status_code == 404


@pytest.mark.parametrize("asker", ["coordinator", "administrator"])
def test_who_comes_in_by_a_personal_link_gets_no_password(client: Client, asker: str):
    """Also one who works here besides, and is in the list for that."""
    client.force_login(UserFactory.create(is_superuser=asker == "administrator"))
    account = household().account
    assert account is not None
    RoleGrantFactory.create(user=account, role=Role.WAREHOUSE)
    User.objects.filter(pk=account.pk).update(email="mihon@example.jp")
    assert client.get(reverse("accounts:person", args=[account.pk])).status_code == 200
    answer = client.post(reverse("accounts:person_link", args=[account.pk]))
    assert answer.status_code == 409
    assert "個人用リンクで入る" in answer.content.decode()
    assert "/password/" not in answer.content.decode().split("<main")[-1].split("個人用リンクで入る")[0]
    Client().post(reverse("accounts:reset"), {"typed": account.username})
    Client().post(reverse("accounts:reset"), {"typed": "mihon@example.jp"})
    assert not OutboxMessage.objects.exists()
