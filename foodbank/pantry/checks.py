"""What ``check --deploy`` asks of a server that holds contact data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

SHORTEST = 40
"""Characters of a key that nobody guesses."""


@register(Tags.security, deploy=True)
def contact_key(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """``pantry.W001``: contact data would be sealed with ``SECRET_KEY``, and lost with it. ``pantry.W002``: a key that is too short."""
    keys: list[str] = settings.CONTACT_KEYS
    hint = "Set CONTACT_KEY to a long random text of its own, kept apart from the backups (docs/keys.md)."
    found: list[CheckMessage] = []
    if settings.SECRET_KEY in keys[:1]:
        found.append(Warning("Households' contact data are sealed with SECRET_KEY.", hint=hint, id="pantry.W001"))
    if any(len(key) < SHORTEST for key in keys):
        found.append(Warning(f"A CONTACT_KEY has fewer than {SHORTEST} characters.", hint=hint, id="pantry.W002"))
    return found
