"""Giving, renewing and ending roles."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from foodbank.accounts import policies
from foodbank.accounts.models import EventKind, Role, RoleGrant, User
from foodbank.accounts.selectors import coordinators_left, site_kind
from foodbank.accounts.services.events import record
from foodbank.core.dates import today
from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.core.locking import lock_rows


def check_grant(*, role: Role, site_id: int | None, valid_from: dt.date, valid_until: dt.date, actor: User) -> None:
    """Raises :class:`FieldsRefused` ``accounts.role``, by field, when ``actor`` cannot give a role like that."""
    faults = policies.grant_faults(
        role=role, site_kind=site_kind(site_id), valid_from=valid_from, valid_until=valid_until, today=today()
    )
    if role in policies.BY_ADMINISTRATOR and not actor.is_superuser:
        faults["role"] = Text(
            "連絡先を扱う役割は、管理者だけが渡せます。", "Only an administrator can give the role that opens contact data."
        )
    if faults:
        raise FieldsRefused("accounts.role", faults)


@transaction.atomic
def give_role(
    *, user: User, role: Role, site_id: int | None, valid_from: dt.date, valid_until: dt.date, actor: User
) -> RoleGrant:
    """``user`` has ``role`` on those days, both included. Refuses ``accounts.role`` (fields) and ``accounts.role_twice``."""
    check_grant(role=role, site_id=site_id, valid_from=valid_from, valid_until=valid_until, actor=actor)
    lock_rows(User.objects.all(), [user.pk])
    place = Q(site__isnull=True) if site_id is None else Q(site_id=site_id)
    same = RoleGrant.objects.filter(place, user=user, role=role, revoked_at__isnull=True)
    if same.filter(valid_from__lte=valid_until, valid_until__gte=valid_from).exists():
        raise Refusal(
            "accounts.role_twice",
            Text(
                "この期間には、同じ役割がもうあります。長くするには、その役割の「延ばす」を使ってください。",
                "There is such a role in these days already; renew it to make it longer.",
            ),
        )
    grant = RoleGrant.objects.create(
        user=user, role=role, site_id=site_id, valid_from=valid_from, valid_until=valid_until, granted_by=actor
    )
    record(user=user, kind=EventKind.ROLE_GIVEN, role=role, actor=actor)
    return grant


@transaction.atomic
def renew_role(*, grant: RoleGrant, valid_until: dt.date, actor: User) -> RoleGrant:
    """The role's last day becomes ``valid_until``. Refuses ``accounts.role`` (fields) and ``accounts.role_ended``."""
    grant = _open(grant)
    check_grant(role=Role(grant.role), site_id=grant.site_id, valid_from=grant.valid_from, valid_until=valid_until, actor=actor)
    grant.valid_until = valid_until
    grant.save(update_fields=["valid_until"])
    record(user=grant.user, kind=EventKind.ROLE_RENEWED, role=grant.role, actor=actor)
    return grant


@transaction.atomic
def end_role(*, grant: RoleGrant, actor: User) -> RoleGrant:
    """The role is gone with the person's next request. Refuses ``accounts.role_ended`` and ``accounts.last_coordinator``."""
    if grant.role == Role.COORDINATOR:
        keep_a_coordinator(without_grant=grant)
    grant = _open(grant)
    grant.revoked_at, grant.revoked_by = timezone.now(), actor
    grant.save(update_fields=["revoked_at", "revoked_by"])
    record(user=grant.user, kind=EventKind.ROLE_ENDED, role=grant.role, actor=actor)
    return grant


def keep_a_coordinator(*, without_grant: RoleGrant | None = None, without_user: User | None = None) -> None:
    """Lock every coordinator, then refuse ``accounts.last_coordinator`` when nobody who can let others in would be left."""
    lock_rows(User.objects.all(), coordinators_left(today()))
    if not coordinators_left(today(), without_grant=without_grant, without_user=without_user):
        raise Refusal(
            "accounts.last_coordinator",
            Text(
                "最後のコーディネーターです。先に、ほかの人をコーディネーターにしてください。",
                "This is the last coordinator. Make somebody else a coordinator first.",
            ),
        )


def _open(grant: RoleGrant) -> RoleGrant:
    found = lock_rows(RoleGrant.objects.select_related("user"), [grant.pk]).get(grant.pk)
    if found is None or found.revoked_at is not None:
        raise Refusal(
            "accounts.role_ended",
            Text(
                "この役割はもう終わっています。必要なら、新しく追加してください。",
                "This role has ended; give it anew if it is needed.",
            ),
        )
    return found
