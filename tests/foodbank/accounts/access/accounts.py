from __future__ import annotations

import datetime as dt
from typing import Any

from foodbank.accounts.models import Role
from foodbank.accounts.services.invitations import invite
from foodbank.accounts.services.passwords import reset_link
from foodbank.core.dates import today
from tests.factories import UserFactory
from tests.foodbank.accounts.access.table import DESK, Person, Row, Who

NOBODYS_LINK = ["MQ", "abc-0123456789abcdef"]


def _link(who: Person) -> list[Any]:
    *_, number, token, _end = reset_link(user=who.user, actor=who.user).split("/")
    return [number, token]


def _somebody_elses_token(who: Person) -> list[Any]:
    return [_link(who)[0], _link(Person(UserFactory.create(roles=[])))[1]]


def _invitation(who: Person) -> list[Any]:
    actor = UserFactory.create()
    until = today() + dt.timedelta(days=30)
    return [invite(name="見本", role=Role.WAREHOUSE, site_id=None, valid_from=today(), valid_until=until, actor=actor)[1]]


def _wrong_secret(who: Person) -> list[Any]:
    secret = _invitation(who)[0]
    return [secret.swapcase()]


ROWS = {
    "accounts:login": Row(Who.PUBLIC),
    "accounts:logout": Row(Who.PUBLIC, "post"),
    "accounts:reset": Row(Who.PUBLIC),
    "accounts:reset_sent": Row(Who.PUBLIC),
    "accounts:reset_confirm": Row(Who.PUBLIC, args=NOBODYS_LINK, own=_link, other=_somebody_elses_token),
    "accounts:invited": Row(Who.PUBLIC, args=["x"], own=_invitation, other=_wrong_secret),
    "accounts:invited_as_me": Row(Who.SIGNED_IN, "post", args=["x"], own=_invitation, other=_wrong_secret),
    "accounts:join": Row(Who.PUBLIC),
    "accounts:join_code": Row(Who.PUBLIC, args=["0A1B2C"], wide=True),  # the same page for every code: test in views
    "accounts:me": Row(Who.SIGNED_IN),
    "accounts:profile": Row(Who.SIGNED_IN),
    "accounts:password": Row(Who.SIGNED_IN),
    "accounts:leave_everywhere": Row(Who.SIGNED_IN, "post"),
    "accounts:people": Row(DESK),
    "accounts:invite": Row(DESK),
    "accounts:invitation_revoke": Row(DESK, "post", args=[0], wide=True),
    "accounts:person": Row(DESK, args=[0], wide=True),
    "accounts:grant_new": Row(DESK, "post", args=[0], wide=True),
    "accounts:grant_renew": Row(DESK, "post", args=[0, 0], wide=True),
    "accounts:grant_end": Row(DESK, "post", args=[0, 0], wide=True),
    "accounts:person_link": Row(DESK, "post", args=[0], wide=True),
    "accounts:person_sign_out": Row(DESK, "post", args=[0], wide=True),
    "accounts:person_lift": Row(DESK, "post", args=[0], wide=True),
    "accounts:person_close": Row(DESK, "post", args=[0], wide=True),
    "accounts:person_open": Row(DESK, "post", args=[0], wide=True),
    "accounts:day_codes": Row(DESK),
    "accounts:joining_lift": Row(DESK, "post"),
    "accounts:day_code_new": Row(DESK, "post"),
    "accounts:day_code": Row(DESK, args=[0], wide=True),
    "accounts:day_code_poster": Row(DESK, args=[0], wide=True),
    "accounts:day_code_renew": Row(DESK, "post", args=[0], wide=True),
    "accounts:day_code_revoke": Row(DESK, "post", args=[0], wide=True),
}
