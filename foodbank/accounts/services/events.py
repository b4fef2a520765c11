"""The record of what is done to accounts."""

from __future__ import annotations

from foodbank.accounts.models import AccountEvent, EventKind, Role, User


def record(*, user: User, kind: EventKind, actor: User, role: Role | str = "") -> AccountEvent:
    return AccountEvent.objects.create(user=user, kind=kind, role=str(role), actor=actor)
