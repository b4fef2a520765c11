"""Lifting a pause that too many wrong passwords or codes brought about."""

from __future__ import annotations

from axes.models import AccessAttempt
from django.db import transaction

from foodbank.accounts.models import EventKind, User
from foodbank.accounts.policies import JOINING
from foodbank.accounts.services.events import record
from foodbank.accounts.services.people import guard_administrator


@transaction.atomic
def lift_pause(*, user: User, actor: User) -> None:
    """The person may try to sign in again at once. Refuses ``accounts.administrator``."""
    guard_administrator(user=user, actor=actor)
    AccessAttempt.objects.filter(username=user.username).delete()
    record(user=user, kind=EventKind.PAUSE_LIFTED, actor=actor)


@transaction.atomic
def let_join_again(*, actor: User) -> None:
    """Everybody may join by a day's code again. At a venue all come from one network address, so that a few slips there keep out
    the rest."""
    AccessAttempt.objects.filter(username=JOINING).delete()
    record(user=actor, kind=EventKind.PAUSE_LIFTED, actor=actor)
