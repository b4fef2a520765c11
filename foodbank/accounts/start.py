"""Where somebody begins, by what they may do."""

from __future__ import annotations

from django.urls import reverse

from foodbank.accounts.access import Access
from foodbank.accounts.models import Role

# The first role that somebody has decides.
FIRST_PAGES = (
    (Role.COORDINATOR, "dispatch:today"),
    (Role.DRIVER, "driving:home"),
    (Role.WAREHOUSE, "warehouse:home"),
    (Role.RECEPTION, "pantry:check_in"),
    (Role.PARTNER, "portal:home"),
    (Role.REGISTRAR, "pantry:households"),
)


def start_page(access: Access) -> str:
    """The address of the page that somebody with ``access`` begins on; their own account's without any role."""
    for role, route in FIRST_PAGES:
        if access.has(role):
            return reverse(route)
    return reverse("accounts:me")
