"""What is done to an account as a whole."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from foodbank.accounts import policies
from foodbank.accounts.models import EventKind, User
from foodbank.accounts.services.events import record
from foodbank.accounts.services.grants import keep_a_coordinator
from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.core.locking import lock_rows


@transaction.atomic
def change_person(*, user: User, last_name: str, first_name: str, email: str, actor: User) -> User:
    """Name and e-mail address, in one's own account. Refuses ``accounts.person`` (fields)."""
    user = lock_rows(User.objects.all(), [user.pk])[user.pk]
    user.last_name, user.first_name = policies.shown_name(last_name), policies.shown_name(first_name)
    user.email = email.strip()
    if not user.last_name and not user.first_name:
        raise FieldsRefused("accounts.person", {"last_name": Text("お名前を入力してください。", "Enter a name.")})
    user.save(update_fields=["last_name", "first_name", "email"])
    return user


@transaction.atomic
def sign_out_everywhere(*, user: User, actor: User) -> None:
    """Every session of the account ends with its next request."""
    guard_administrator(user=user, actor=actor)
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    record(user=user, kind=EventKind.SIGNED_OUT, actor=actor)


@transaction.atomic
def close_account(*, user: User, actor: User) -> None:
    """Nobody signs in with it any more, and its sessions end. Refuses ``accounts.last_coordinator``, ``accounts.yourself`` and
    ``accounts.administrator``."""
    if user.pk == actor.pk:
        raise Refusal(
            "accounts.yourself",
            Text(
                "自分のアカウントは停止できません。ほかのコーディネーターに頼んでください。",
                "You cannot close your own account; ask another coordinator.",
            ),
        )
    guard_administrator(user=user, actor=actor)
    keep_a_coordinator(without_user=user)
    User.objects.filter(pk=user.pk).update(is_active=False, session_epoch=F("session_epoch") + 1)
    record(user=user, kind=EventKind.CLOSED, actor=actor)


@transaction.atomic
def open_account(*, user: User, actor: User) -> None:
    """It can be used again, with the roles that have not ended."""
    guard_administrator(user=user, actor=actor)
    User.objects.filter(pk=user.pk).update(is_active=True)
    record(user=user, kind=EventKind.OPENED, actor=actor)


def guard_administrator(*, user: User, actor: User) -> None:
    """What opens or closes an account that may do more than a coordinator is for administrators, and for oneself: else a
    coordinator could take over what a coordinator may not do. Refuses ``accounts.administrator``."""
    if user.pk == actor.pk or actor.is_superuser:
        return
    more = user.is_superuser or user.role_grants.filter(role__in=policies.BY_ADMINISTRATOR, revoked_at__isnull=True).exists()
    if more:
        raise Refusal(
            "accounts.administrator",
            Text(
                "管理者と、連絡先を扱う人のアカウントは、管理者だけが扱えます。",
                "Accounts of administrators, and of those who see contact data, are handled by administrators.",
            ),
            status=403,
        )
