"""Keys: shown once, kept as a hash, replaced with an overlap, taken back at once."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.utils import timezone

from deploy.tools.process import ROOT
from foodbank.core.errors import FieldsRefused, Refusal
from foodbank.partners.models import KeyScope, PartnerKey
from foodbank.partners.services.keys import issue_key, note_use, revoke_key, rotate_key, secret_hash
from tests.factories import PartnerFactory, UserFactory, a_key

pytestmark = pytest.mark.django_db


def test_a_secret_has_256_bits_and_is_stored_nowhere():
    first, secret = a_key(PartnerFactory.create())
    _, other = a_key(PartnerFactory.create())
    assert len(secret.removeprefix(first.prefix)) == 1 + 43  # "_" and 32 bytes in base64 without padding: ⌈32 × 8 ÷ 6⌉ = 43
    assert secret != other
    stored = PartnerKey.objects.filter(pk=first.pk).values().get()
    assert stored["secret_hash"] == secret_hash(secret)
    assert not any(secret.removeprefix(first.prefix + "_") in str(value) for value in stored.values())


def test_keys_of_a_partner_act_in_one_name_that_cannot_sign_in():
    partner = PartnerFactory.create()
    first, _ = a_key(partner)
    second, _ = a_key(partner)
    foreign, _ = a_key(PartnerFactory.create())
    assert first.user == second.user != foreign.user
    assert not first.user.is_active
    assert not first.user.has_usable_password()


def test_whoever_may_order_may_read_and_not_the_other_way_round():
    assert a_key(PartnerFactory.create())[0].scopes == {KeyScope.READ, KeyScope.ORDER}
    assert a_key(PartnerFactory.create(), scope=KeyScope.READ)[0].scopes == {KeyScope.READ}


def test_a_replaced_key_works_on_until_the_day_that_was_said():
    actor, (old, secret) = UserFactory.create(), a_key(PartnerFactory.create())
    until = timezone.now() + dt.timedelta(days=2)
    new = rotate_key(key=old, actor=actor, old_until=until)
    old.refresh_from_db()
    assert (new.key.name, new.key.partner, new.key.scope) == (old.name, old.partner, old.scope)
    assert new.secret != secret
    assert old.valid(until - dt.timedelta(seconds=1))
    assert not old.valid(until)
    assert set(PartnerKey.objects.in_force(until)) == {new.key}


def test_replacing_never_makes_an_old_key_live_longer():
    soon = timezone.now() + dt.timedelta(hours=1)
    old, _ = a_key(PartnerFactory.create(), expires_at=soon)
    rotate_key(key=old, actor=UserFactory.create())
    old.refresh_from_db()
    assert old.expires_at == soon
    with pytest.raises(FieldsRefused) as refused:
        rotate_key(key=old, actor=UserFactory.create(), old_until=timezone.now() + dt.timedelta(days=91))
    assert set(refused.value.fields) == {"old_until"}


def test_a_revoked_key_is_over_for_good():
    key, _ = a_key(PartnerFactory.create())
    actor = UserFactory.create()
    assert not revoke_key(key=key, actor=actor).valid(timezone.now())
    for late in (lambda: revoke_key(key=key, actor=actor), lambda: rotate_key(key=key, actor=actor)):
        with pytest.raises(Refusal) as refused:
            late()
        assert refused.value.code == "key.over"
    assert PartnerKey.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "あ" * 81}, "name"),
        ({"expires_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}, "expires_on"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(changes, field):
    with pytest.raises(FieldsRefused) as refused:
        issue_key(**{"partner": PartnerFactory.create(), "name": "見本", "actor": UserFactory.create(), **changes})
    assert set(refused.value.fields) == {field}
    assert not PartnerKey.objects.exists()


def test_use_is_noted_at_most_once_a_minute(django_assert_num_queries):
    key, _ = a_key(PartnerFactory.create())
    with django_assert_num_queries(1):
        note_use(key=key)
    key.refresh_from_db()
    with django_assert_num_queries(0):
        note_use(key=key)
    key.last_used_at -= dt.timedelta(seconds=61)
    with django_assert_num_queries(1):
        note_use(key=key)


def test_the_command_prints_the_key_and_nothing_else(capsys):
    partner = PartnerFactory.create(site__code="P001")
    call_command("issue_key", "P001", name="見本")
    shown = capsys.readouterr()
    assert shown.out.count("\n") == 1
    key = PartnerKey.objects.get(secret_hash=secret_hash(shown.out.strip()))
    assert (key.partner, key.name, key.issued_by.username) == (partner, "見本", "system")
    assert shown.out.strip() not in shown.err


def test_the_command_refuses_an_unknown_partner_in_one_line(capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("issue_key", "P999")
    assert ended.value.code == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert "P999" in shown.err


def test_the_command_needs_a_partner():
    ran = subprocess.run([sys.executable, "manage.py", "issue_key"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
