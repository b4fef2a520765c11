"""What every template may ask about its reader."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from foodbank.accounts.access import access_of


def access(request: HttpRequest) -> dict[str, object]:
    """``access``, asked of the database when first used, and then once per request."""
    return {"access": SimpleLazyObject(lambda: access_of(request))}
