"""Who acts when a command or a job acts by itself."""

from __future__ import annotations

from foodbank.accounts.models import User

SYSTEM_USERNAME = "system"


def system_user() -> User:
    """The account that commands and timed jobs act as. It cannot sign in."""
    user, created = User.objects.get_or_create(username=SYSTEM_USERNAME, defaults={"last_name": "自動処理", "is_active": False})
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user
