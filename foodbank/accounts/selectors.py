"""Questions about people and what they may do."""

from __future__ import annotations

from foodbank.accounts.models import User
from foodbank.accounts.models.roles import RoleGrantQuerySet


def grants_of(user: User) -> RoleGrantQuerySet:
    """Every role that ``user`` was ever given, with its place, the latest first."""
    return user.role_grants.select_related("site").order_by("-valid_until", "role", "pk")
