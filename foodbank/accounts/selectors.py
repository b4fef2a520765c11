"""Questions about people and what they may do."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from axes.models import AccessAttempt
from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.tokens import default_token_generator
from django.db.models import Prefetch, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.http import urlsafe_base64_decode

from foodbank.accounts.models import AccountEvent, DayCode, DayJoin, Invitation, Role, RoleGrant, User
from foodbank.accounts.models.roles import RoleGrantQuerySet
from foodbank.accounts.policies import SITE_KINDS


def grants_of(user: User) -> RoleGrantQuerySet:
    """Every role that ``user`` was ever given, with its place, the latest first."""
    return RoleGrant.objects.filter(user=user).select_related("site").order_by("-valid_until", "role", "pk")


def events_of(user: User) -> QuerySet[AccountEvent]:
    """The latest twenty things that were done to the account."""
    return AccountEvent.objects.filter(user=user).select_related("actor")[:20]


def people() -> QuerySet[User]:
    """Everybody who works here, or could: who was ever given a role, administrators, and who has a password; with the roles that have
    not ended under ``current_grants``. Accounts that households and programs act by are nobody's here."""
    open_grants = RoleGrant.objects.filter(revoked_at__isnull=True).select_related("site").order_by("role", "valid_from", "pk")
    return (
        User.objects.filter(
            Q(role_grants__isnull=False) | Q(is_superuser=True) | ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
        )
        .distinct()
        .prefetch_related(Prefetch("role_grants", queryset=open_grants, to_attr="current_grants"))
    )


def with_a_role(rows: QuerySet[User], day: dt.date) -> QuerySet[User]:
    """Those with a role on ``day`` or later, and administrators."""
    lasting = RoleGrant.objects.filter(revoked_at__isnull=True, valid_until__gte=day)
    return rows.filter(Q(pk__in=lasting.values("user")) | Q(is_superuser=True))


def sites_for(*roles: Role) -> QuerySet[Any]:
    """The places (``sites.Site``) in use where one of ``roles`` may be given, by code."""
    kinds = set().union(*(SITE_KINDS.get(role, frozenset()) for role in roles))
    return _sites().filter(active=True, kind__in=kinds).order_by("code")


def site_kind(site_id: int | None) -> str | None:
    """The kind of that place; ``None`` for everywhere."""
    return None if site_id is None else _sites().values_list("kind", flat=True).get(pk=site_id)


def _sites() -> QuerySet[Any]:
    """Sites know accounts by way of messages, so accounts know sites by name only."""
    return apps.get_model("sites", "Site")._default_manager.all()


def coordinators_left(day: dt.date, *, without_grant: RoleGrant | None = None, without_user: User | None = None) -> set[int]:
    """Who can sign in and let others in on ``day``: coordinators and administrators."""
    grants = RoleGrant.objects.filter(role=Role.COORDINATOR, user__is_active=True).in_force(day)
    if without_grant is not None:
        grants = grants.exclude(pk=without_grant.pk)
    administrators = User.objects.filter(is_superuser=True, is_active=True)
    found = set(grants.values_list("user", flat=True)) | set(administrators.values_list("pk", flat=True))
    return found - ({without_user.pk} if without_user else set())


def is_paused(username: str) -> bool:
    """Too many wrong passwords, or codes, for that name from some network address within the last hour."""
    since = timezone.now() - dt.timedelta(hours=settings.AXES_COOLOFF_TIME)
    recent = AccessAttempt.objects.filter(username=username, attempt_time__gt=since)
    per_address = recent.order_by().values("ip_address").annotate(failures=Sum("failures_since_start"))
    return per_address.filter(failures__gte=settings.AXES_FAILURE_LIMIT).exists()


def secret_hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def open_invitation(secret: str) -> Invitation | None:
    """The invitation of this link, while it can be used."""
    return open_invitations().filter(secret_hash=secret_hash(secret)).first()


def open_invitations() -> QuerySet[Invitation]:
    """Those that can still be used; whose inviter's account was closed cannot."""
    return Invitation.objects.filter(
        used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=timezone.now(), invited_by__is_active=True
    ).select_related("site", "invited_by")


def day_codes(day: dt.date) -> QuerySet[DayCode]:
    """The codes of ``day`` that let people in, with those who came by each."""
    return (
        DayCode.objects.filter(day=day, revoked_at__isnull=True)
        .select_related("site")
        .prefetch_related(Prefetch("joins", queryset=DayJoin.objects.select_related("grant__user")))
    )


def user_of_link(number: str, token: str) -> User | None:
    """Whose link for a new password this is, while it can be used."""
    try:
        pk = int(urlsafe_base64_decode(number))
    except ValueError:
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user if user and default_token_generator.check_token(user, token) else None
