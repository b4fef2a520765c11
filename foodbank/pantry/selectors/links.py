"""Whom a link's secret stands for."""

from __future__ import annotations

from foodbank.pantry.models import Household, RegistrationLink
from foodbank.pantry.sealing import secret_hash


def household_behind(secret: str) -> Household | None:
    """The household of a personal link that has not ended."""
    return (
        Household.objects.known()
        .filter(links__secret_hash=secret_hash(secret), links__revoked_at__isnull=True, account__is_active=True)
        .select_related("account")
        .first()
    )


def registration_behind(secret: str) -> RegistrationLink | None:
    """The open link with that secret, also when it is over."""
    return RegistrationLink.objects.filter(secret_hash=secret_hash(secret)).first()
