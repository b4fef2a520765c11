"""Volunteers join by the poster of the day."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from foodbank.accounts.access import access_of_user
from foodbank.accounts.models import DayCode, Role, RoleGrant, User
from foodbank.accounts.services import day_codes
from foodbank.accounts.services.day_codes import make_day_code, renew_day_code, revoke_day_code
from foodbank.accounts.services.grants import end_role
from foodbank.core.dates import today
from foodbank.core.errors import FieldsRefused
from foodbank.labels.codes import ALPHABET
from foodbank.sites.models import Site, SiteKind
from tests.factories import RoleGrantFactory, SiteFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    return UserFactory.create(last_name="見本", first_name="調整")


@pytest.fixture
def depot() -> Site:
    return SiteFactory.create(kind=SiteKind.DEPOT, name="見本倉庫")


@pytest.fixture
def code(boss: User, depot: Site) -> DayCode:
    return make_day_code(day=today(), site_id=depot.pk, role=Role.WAREHOUSE, actor=boss)


def join(client: Client, code: DayCode | str, name: str = "はなこ", **more: Any) -> Any:
    typed = code if isinstance(code, str) else code.code
    return client.post(reverse("accounts:join"), {"name": name, "code": typed}, **more)


def test_a_name_and_a_code_and_nothing_else(client: Client, code: DayCode, depot: Site, boss: User):
    answer = join(client, code)
    assert answer.status_code == 302
    user = User.objects.get(last_name="はなこ")
    assert not user.has_usable_password()
    assert (user.is_staff, user.email) == (False, "")
    grant = RoleGrant.objects.get(user=user)
    assert (grant.role, grant.site, grant.valid_from, grant.valid_until) == (Role.WAREHOUSE, depot, today(), today())
    assert grant.granted_by == boss
    access = access_of_user(user)
    assert access.only_sites(Role.WAREHOUSE) == {depot.pk}
    assert not access.has(Role.DRIVER, Role.RECEPTION, Role.COORDINATOR, Role.REGISTRAR, Role.PARTNER)
    assert client.get(reverse("catalog:item_list")).status_code == 403


def test_the_session_ends_at_midnight_in_japan(client: Client, code: DayCode):
    join(client, code)
    midnight = dt.datetime.combine(today() + dt.timedelta(days=1), dt.time(), tzinfo=timezone.get_default_timezone())
    assert abs(client.session.get_expiry_date() - midnight) < dt.timedelta(seconds=5)
    before = client.session.get_expiry_age()
    client.get(reverse("accounts:me"))
    assert client.session.get_expiry_age() <= before


def test_the_next_day_the_role_is_gone_even_with_a_session(client: Client, code: DayCode, monkeypatch: pytest.MonkeyPatch):
    join(client, code)
    assert access_of_user(User.objects.get(last_name="はなこ")).has(Role.WAREHOUSE)
    tomorrow = today() + dt.timedelta(days=1)
    monkeypatch.setattr("foodbank.accounts.access.today", lambda: tomorrow)
    assert not access_of_user(User.objects.get(last_name="はなこ")).has(Role.WAREHOUSE)


@pytest.mark.parametrize("again", ["はなこ", " はなこ ", "ハナコ", "は な こ", "ﾊﾅｺ"])
def test_the_same_name_by_the_same_code_is_the_same_account(client: Client, code: DayCode, again: str):
    join(client, code)
    join(Client(), code, again)
    assert User.objects.filter(username__startswith="day-").count() == 1
    assert RoleGrant.objects.filter(role=Role.WAREHOUSE).count() == 1


def test_another_name_or_another_code_is_another_account(client: Client, code: DayCode, depot: Site, boss: User):
    driving = make_day_code(day=today(), site_id=depot.pk, role=Role.DRIVER, actor=boss)
    join(client, code)
    join(Client(), code, "たろう")
    join(Client(), driving)
    assert User.objects.filter(username__startswith="day-").count() == 3


def test_the_code_may_be_typed_any_way(client: Client, code: DayCode):
    wide = "".join(chr(ord(char) + 0xFEE0) for char in code.code.lower())
    assert join(client, f" {wide[:3]}－{wide[3:]} ").status_code == 302


@pytest.mark.parametrize("kind", ["wrong", "yesterday", "tomorrow", "revoked"])
def test_a_code_that_is_not_todays_lets_nobody_in(client: Client, code: DayCode, boss: User, kind: str):
    typed = code.code
    if kind == "wrong":
        typed = "".join(ALPHABET[(ALPHABET.index(char) + 1) % len(ALPHABET)] for char in typed)
    elif kind == "revoked":
        revoke_day_code(day_code=code, actor=boss)
    else:
        DayCode.objects.update(day=today() + dt.timedelta(days=1 if kind == "tomorrow" else -1))
    page = join(client, typed)
    assert page.status_code == 422
    assert "コードが違うか、今日のコードではありません" in page.content.decode()
    assert not User.objects.filter(username__startswith="day-").exists()
    assert "_auth_user_id" not in client.session


def test_looking_at_the_page_tells_nothing_about_a_code(client: Client, code: DayCode, django_assert_num_queries: Any):
    with django_assert_num_queries(0):
        right = client.get(reverse("accounts:join_code", args=[code.code]))
    with django_assert_num_queries(0):
        wrong = client.get(reverse("accounts:join_code", args=["000000"]))
    assert (right.status_code, wrong.status_code) == (200, 200)
    assert len(right.content) == len(wrong.content)


def test_ten_wrong_codes_pause_the_door_also_for_the_right_one(client: Client, code: DayCode):
    wrong = "".join(ALPHABET[(ALPHABET.index(char) + 1) % len(ALPHABET)] for char in code.code)
    answers = [join(client, wrong, f"名前{n}").status_code for n in range(10)]
    assert answers == [422] * 9 + [429]
    assert join(client, code).status_code == 429  # the eleventh, with the right code
    assert join(Client(), code, REMOTE_ADDR="198.51.100.7").status_code == 302  # from elsewhere
    kept = AccessAttempt.objects.values_list("post_data", "get_data", "username").get()
    assert wrong not in "".join(kept)
    assert "名前" not in "".join(kept)


def test_the_coordinator_opens_the_door_again(client: Client, code: DayCode, boss: User):
    desk = Client()
    desk.force_login(boss)
    assert "参加を止めています" not in desk.get(reverse("accounts:day_codes")).content.decode()
    wrong = "".join(ALPHABET[(ALPHABET.index(char) + 1) % len(ALPHABET)] for char in code.code)
    for n in range(10):  # ten people with a slip each, on different phones of one venue
        join(Client(), wrong, f"名前{n}", HTTP_USER_AGENT=f"phone {n}")
    assert join(client, code).status_code == 429
    assert "参加を止めています" in desk.get(reverse("accounts:day_codes")).content.decode()
    desk.post(reverse("accounts:joining_lift"))
    assert join(client, code).status_code == 302


def test_the_address_is_the_one_that_the_proxy_saw(client: Client, code: DayCode, settings: Any):
    settings.BEHIND_PROXY = True
    wrong = "".join(ALPHABET[(ALPHABET.index(char) + 1) % len(ALPHABET)] for char in code.code)
    for n in range(10):  # the client's own word, which changes, stands before the proxy's
        join(client, wrong, HTTP_X_FORWARDED_FOR=f"203.0.113.{n}, 198.51.100.7")
    assert join(client, code, HTTP_X_FORWARDED_FOR="192.0.2.1, 198.51.100.7").status_code == 429
    assert join(client, code, HTTP_X_FORWARDED_FOR="203.0.113.1, 198.51.100.8").status_code == 302
    assert join(Client(), code, HTTP_X_FORWARDED_FOR="nonsense").status_code == 302


def test_who_is_signed_in_keeps_the_account_and_gets_the_role(client: Client, code: DayCode):
    guest = UserFactory.create(is_staff=False)  # somebody who receives, without any role
    client.force_login(guest)
    page = client.get(reverse("accounts:join_code", args=[code.code])).content.decode()
    assert 'name="name"' not in page
    assert join(client, code, name="").status_code == 302
    assert join(client, code, name="").status_code == 302
    assert access_of_user(guest).has(Role.WAREHOUSE)
    assert RoleGrant.objects.filter(user=guest).count() == 1
    assert int(client.session["_auth_user_id"]) == guest.pk
    assert not User.objects.filter(username__startswith="day-").exists()


def test_nobody_gets_into_an_account_of_ones_own_by_its_name(client: Client, code: DayCode):
    guest = UserFactory.create(is_staff=False, last_name="はなこ", first_name="")
    client.force_login(guest)
    join(client, code)
    stranger = Client()
    join(stranger, code, "はなこ")
    assert int(stranger.session["_auth_user_id"]) != guest.pk


@pytest.mark.parametrize("signed_in", [False, True])
def test_whose_role_a_coordinator_ended_does_not_get_it_back_by_the_code(code: DayCode, boss: User, signed_in: bool):
    phone = Client()
    if signed_in:
        phone.force_login(UserFactory.create(is_staff=False))
    join(phone, code)
    grant = RoleGrant.objects.get(role=Role.WAREHOUSE)
    end_role(grant=grant, actor=boss)
    assert "コーディネーターに声をかけてください" in join(phone, code).content.decode()
    if not signed_in:
        assert "コーディネーターに声をかけてください" in join(Client(), code).content.decode()
    assert not access_of_user(grant.user).has(Role.WAREHOUSE)


def test_a_new_code_ends_what_the_old_one_gave(client: Client, code: DayCode, boss: User):
    join(client, code)
    user = User.objects.get(last_name="はなこ")
    new = renew_day_code(day_code=code, actor=boss)
    assert new.code != code.code
    assert not access_of_user(user).has(Role.WAREHOUSE)
    assert join(Client(), code).status_code == 422
    assert join(Client(), new).status_code == 302


def test_one_code_a_day_place_and_role(boss: User, depot: Site, code: DayCode):
    assert make_day_code(day=today(), site_id=depot.pk, role=Role.WAREHOUSE, actor=boss) == code
    assert DayCode.objects.count() == 1


def test_a_code_has_six_characters_that_nobody_confuses(boss: User):
    for _ in range(30):
        made = make_day_code(day=today(), site_id=SiteFactory.create().pk, role=Role.DRIVER, actor=boss).code
        assert len(made) == 6
        assert not set(made) - set(ALPHABET)
    assert not set("IOQUZ") & set(ALPHABET)


def test_a_code_that_is_taken_is_made_again(boss: User, code: DayCode, monkeypatch: pytest.MonkeyPatch):
    other = "".join(reversed(code.code)) if code.code != code.code[::-1] else "234567"
    drawn = iter(code.code + other)
    monkeypatch.setattr(day_codes.secrets, "choice", lambda letters: next(drawn))
    made = make_day_code(day=today(), site_id=SiteFactory.create().pk, role=Role.WAREHOUSE, actor=boss)
    assert made.code == other


@pytest.mark.parametrize(
    ("day", "role", "kind", "field"),
    [
        (-1, Role.WAREHOUSE, SiteKind.DEPOT, "day"),
        (61, Role.WAREHOUSE, SiteKind.DEPOT, "day"),
        (0, Role.COORDINATOR, SiteKind.DEPOT, "role"),
        (0, Role.REGISTRAR, SiteKind.DEPOT, "role"),
        (0, Role.WAREHOUSE, SiteKind.VENUE, "site"),
        (0, Role.RECEPTION, SiteKind.DONOR, "site"),
    ],
)
def test_what_no_code_is_made_for(boss: User, day: int, role: Role, kind: SiteKind, field: str):
    site = SiteFactory.create(kind=kind)
    with pytest.raises(FieldsRefused) as refused:
        make_day_code(day=today() + dt.timedelta(days=day), site_id=site.pk, role=role, actor=boss)
    assert list(refused.value.fields) == [field]


def test_the_coordinator_makes_shows_and_takes_back_codes(client: Client, boss: User, depot: Site):
    client.force_login(boss)
    entered = {"day": today().isoformat(), "role": "warehouse", "site": depot.pk}
    made = client.post(reverse("accounts:day_code_new"), entered, follow=True).content.decode()
    code = DayCode.objects.get()
    assert f"{code.code[:3]} {code.code[3:]}" in made
    join(Client(), code)
    listed = client.get(reverse("accounts:day_codes")).content.decode()
    assert "はなこ" in listed
    assert "参加 1 人" in listed
    client.post(reverse("accounts:day_code_revoke", args=[code.pk]))
    assert client.get(reverse("accounts:day_code", args=[code.pk])).status_code == 404
    assert client.post(reverse("accounts:day_code_new"), {**entered, "day": "2020-01-01"}).status_code == 422


def test_the_days_page_asks_as_often_for_forty_joined_as_for_one(
    client: Client, boss: User, code: DayCode, django_assert_num_queries: Any
):
    client.force_login(boss)
    join(Client(), code)
    address = reverse("accounts:day_codes")
    with django_assert_num_queries(7):  # session, user, roles, codes, who joined, places of the form, whether joining is paused
        client.get(address)
    for number in range(39):
        join(Client(), code, f"見本{number}")
    with django_assert_num_queries(7):
        client.get(address)


def test_the_poster_is_one_page_whose_qr_opens_the_door(client: Client, boss: User, code: DayCode, settings: Any):
    settings.BASE_URL = "https://foodbank.example.jp"
    client.force_login(boss)
    answer = client.get(reverse("accounts:day_code_poster", args=[code.pk]))
    document = pypdfium2.PdfDocument(io.BytesIO(b"".join(answer.streaming_content)))
    assert len(document) == 1
    page = document[0]
    assert [round(side) for side in page.get_size()] == [595, 842]  # A4
    read = zxingcpp.read_barcodes(page.render(scale=2).to_pil().convert("L"))
    assert [found.text for found in read] == [f"https://foodbank.example.jp/join/{code.code}"]
    text = page.get_textpage().get_text_range()
    assert f"{code.code[:3]} {code.code[3:]}" in text
    assert "見本倉庫" in text
    assert "倉庫のお手伝いの方へ" in text
    assert boss.last_name not in text.replace("見本倉庫", "")


@pytest.mark.parametrize("more", ["role", "registrar", "password", "administrator"])
def test_a_name_and_the_code_on_the_wall_do_not_get_into_an_account_that_may_do_more(code: DayCode, more: str):
    join(Client(), code)
    user = User.objects.get(last_name="はなこ")
    if more == "password":
        user.set_password("a-password-of-ones-own")
    user.is_superuser = more == "administrator"
    user.save()
    if more in {"role", "registrar"}:
        RoleGrantFactory.create(user=user, role=Role.DRIVER if more == "role" else Role.REGISTRAR)
    stranger = Client()
    answer = join(stranger, code)
    assert answer.status_code == 422
    assert "ほかの呼び名で参加" in answer.content.decode()
    assert "_auth_user_id" not in stranger.session
    assert join(stranger, code, "はなこ2").status_code == 302  # by another name the day's work is open


def test_what_is_over_does_not_keep_anybody_from_coming_back(code: DayCode):
    join(Client(), code)
    user = User.objects.get(last_name="はなこ")
    RoleGrantFactory.create(user=user, role=Role.DRIVER, valid_until=today() - dt.timedelta(days=1))
    again = Client()
    join(again, code)
    assert int(again.session["_auth_user_id"]) == user.pk
