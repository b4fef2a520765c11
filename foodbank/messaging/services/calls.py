"""Calls to make: done once, by whoever was first."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.messaging.models import CallState, CallToMake


@transaction.atomic
def call_made(*, call: CallToMake, actor: User) -> bool:
    """Somebody has told them. Returns whether it was ``actor`` who did; a call already made keeps its first teller."""
    changed = CallToMake.objects.filter(pk=call.pk, state=CallState.OPEN).update(
        state=CallState.DONE, done_at=timezone.now(), actor=actor
    )
    return bool(changed)


@transaction.atomic
def call_again(*, call: CallToMake, actor: User) -> bool:
    """Pressed by mistake: it is still to be made. Only whoever said that it was made takes that back."""
    changed = CallToMake.objects.filter(pk=call.pk, state=CallState.DONE, actor=actor).update(
        state=CallState.OPEN, done_at=None, actor=None
    )
    return bool(changed)
