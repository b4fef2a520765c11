"""Who may drive."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from foodbank.accounts.models import Role, RoleGrant, User


def drivers_on(day: dt.date) -> QuerySet[User]:
    """People with the driver's role, or the coordinator's, on ``day``."""
    return _with_role(RoleGrant.objects.in_force(day))


def drivers_from(day: dt.date) -> QuerySet[User]:
    """The same on ``day`` or any later one: who can be chosen for a shift of which the day is not known yet."""
    return _with_role(RoleGrant.objects.filter(valid_until__gte=day, revoked_at__isnull=True))


def _with_role(grants: QuerySet[RoleGrant]) -> QuerySet[User]:
    held = grants.filter(user=OuterRef("pk"), role__in=(Role.DRIVER, Role.COORDINATOR))
    return User.objects.filter(Q(is_superuser=True) | Exists(held), is_active=True).order_by(
        "last_name", "first_name", "username"
    )
