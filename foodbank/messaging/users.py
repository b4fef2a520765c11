"""How somebody with an account is reached."""

from __future__ import annotations

from foodbank.accounts.models import User
from foodbank.messaging.addresses import Address


def user_address(pk: int) -> Address | None:
    """``None``: the account is closed, or not there."""
    email = User.objects.filter(pk=pk, is_active=True).values_list("email", flat=True).first()
    return None if email is None else Address(email=email)
