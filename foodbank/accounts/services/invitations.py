"""Letting people in by a link that works once."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from foodbank.accounts import policies
from foodbank.accounts.models import EventKind, Invitation, Role, RoleGrant, User
from foodbank.accounts.selectors import open_invitation, open_invitations, secret_hash
from foodbank.accounts.services.events import record
from foodbank.accounts.services.grants import check_grant
from foodbank.accounts.services.passwords import check_password_fits
from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.core.locking import lock_rows

VALID_DAYS = 7
_SECRET_BYTES = 32


class InvitationGone(Refusal):
    """Expired, used, revoked or never made: which of these is not told."""

    status = 404


@transaction.atomic
def invite(
    *, name: str, role: Role, site_id: int | None, valid_from: dt.date, valid_until: dt.date, actor: User
) -> tuple[Invitation, str]:
    """An invitation and its secret, which is kept nowhere else: who lost the link gets another. Refuses ``accounts.role`` (fields)."""
    check_grant(role=role, site_id=site_id, valid_from=valid_from, valid_until=valid_until, actor=actor)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    made = Invitation.objects.create(
        secret_hash=secret_hash(secret),
        name=policies.shown_name(name),
        role=role,
        site_id=site_id,
        valid_from=valid_from,
        valid_until=valid_until,
        invited_by=actor,
        expires_at=timezone.now() + dt.timedelta(days=VALID_DAYS),
    )
    return made, secret


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, actor: User) -> None:
    """The link is dead. One that was used stays as it is: end the role instead."""
    Invitation.objects.filter(pk=invitation.pk, used_at__isnull=True).update(revoked_at=timezone.now())


@transaction.atomic
def accept_as_new(*, secret: str, username: str, last_name: str, first_name: str, email: str, password: str) -> User:
    """A new account with the invitation's role. Refuses ``accounts.invitation`` (404), ``accounts.person``
    and ``accounts.password`` (fields)."""
    invitation = _locked(secret)
    user = User(
        username=User.normalize_username(username), last_name=policies.shown_name(last_name),
        first_name=policies.shown_name(first_name), email=email.strip(),
    )  # fmt: skip
    check_password_fits(user, password)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise FieldsRefused(
            "accounts.person",
            {
                "username": Text(
                    "この利用者名はもう使われています。別の名前にしてください。", "This user name is taken; choose another."
                )
            },
        ) from None
    record(user=user, kind=EventKind.CREATED, actor=invitation.invited_by)
    _use(invitation, user)
    return user


@transaction.atomic
def accept_as(*, secret: str, actor: User) -> RoleGrant:
    """The role goes to the account that is signed in. Refuses ``accounts.invitation`` (404)."""
    return _use(_locked(secret), actor)


def _locked(secret: str) -> Invitation:
    found = open_invitation(secret)
    locked: dict[Any, Invitation] = lock_rows(open_invitations(), [found.pk]) if found else {}
    if found is None or found.pk not in locked:
        raise InvitationGone(
            "accounts.invitation",
            Text(
                "このリンクは使えません。期限が過ぎたか、もう使われています。招いた人に新しいリンクを頼んでください。",
                "This link does not work: it is too old, or was used already. Ask whoever invited you for a new one.",
            ),
        )
    return locked[found.pk]


def _use(invitation: Invitation, user: User) -> RoleGrant:
    invitation.used_at, invitation.used_by = timezone.now(), user
    invitation.save(update_fields=["used_at", "used_by"])
    grant = RoleGrant.objects.create(
        user=user, role=invitation.role, site_id=invitation.site_id, valid_from=invitation.valid_from,
        valid_until=invitation.valid_until, granted_by=invitation.invited_by,
    )  # fmt: skip
    record(user=user, kind=EventKind.ROLE_GIVEN, role=invitation.role, actor=invitation.invited_by)
    return grant
