"""The first person of a new installation."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from foodbank.accounts.models import EventKind, User
from foodbank.accounts.services.events import record
from foodbank.accounts.services.passwords import reset_link
from foodbank.core.errors import Refusal, Text


@transaction.atomic
def create_administrator(*, username: str, email: str, actor: User) -> str:
    """An administrator without a password yet; returns the link that sets one, once. Refuses ``accounts.username`` (taken or
    unfit) and ``accounts.email``."""
    user = User(username=User.normalize_username(username.strip()), email=email.strip(), is_staff=True, is_superuser=True)
    user.set_unusable_password()
    try:
        user.full_clean()
    except ValidationError as refused:
        if "email" in refused.error_dict:
            raise Refusal(
                "accounts.email", Text("メールアドレスの形が違います。", "That is not an e-mail address."), status=400
            ) from None
        raise Refusal(
            "accounts.username",
            Text(
                "その利用者名は使えません。もう使われているか、使えない文字があります（文字・数字と @ . + - _）。",
                "That user name is taken, or has characters other than letters, digits and @ . + - _.",
            ),
            status=400,
        ) from None
    user.save()
    record(user=user, kind=EventKind.CREATED, actor=actor)
    return reset_link(user=user, actor=user)
