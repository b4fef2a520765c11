"""Setting a password anew: by e-mail, or by a link that somebody of the staff hands over."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from foodbank.accounts.models import EventKind, User
from foodbank.accounts.selectors import user_of_link
from foodbank.accounts.services.events import record
from foodbank.accounts.services.people import guard_administrator
from foodbank.core import outbox
from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.core.locking import lock_rows

_AGAIN_S = 300

SUBJECT = Text("パスワードの再設定", "Set your password")
BODY = Text(
    "次のリンクを開いて、新しいパスワードを決めてください。リンクは24時間、1回だけ使えます。\n\n{link}\n\n"
    "心当たりがないときは、このメールを消してください。パスワードは変わりません。",
    "Open this link and choose a new password. It works once, within 24 hours.\n\n{link}\n\n"
    "If you did not ask for it, delete this mail. Your password stays as it is.",
)


@transaction.atomic
def ask_reset(*, typed: str) -> None:
    """A mail with a link to whoever has that user name or e-mail address, at most one in five minutes each; nothing when there is
    nobody, which the caller does not learn."""
    typed = typed.strip()
    moment = int(timezone.now().timestamp()) // _AGAIN_S
    named = User.objects.filter(Q(username=typed) | Q(email__iexact=typed), is_active=True, household__isnull=True).exclude(
        email=""
    )
    for pk in named.values_list("pk", flat=True) if typed else []:
        outbox.put(topic="password_reset", payload={"user": pk}, key=f"password-reset:{pk}:{moment}")


def send_reset(*, payload: Mapping[str, Any], public_id: uuid.UUID) -> None:
    """The outbox's handler: the link is made now, and is nowhere but in the mail."""
    user = User.objects.filter(pk=payload["user"], is_active=True).exclude(email="").first()
    if user is None:
        raise outbox.Gone
    link = _link(user)
    text = "\n\n――\n\n".join(text.format(link=link) for text in (BODY.ja, BODY.en))
    EmailMessage(f"{SUBJECT.ja} / {SUBJECT.en}", text, to=[user.email], headers={"Auto-Submitted": "auto-generated"}).send()


@transaction.atomic
def reset_link(*, user: User, actor: User) -> str:
    """A link for somebody without e-mail, to be handed over in person. Refuses ``accounts.administrator``, ``accounts.closed`` and
    ``accounts.household``: who has that account's password reads a household's contact data, which is for registrars, on record (P7)."""
    guard_administrator(user=user, actor=actor)
    if hasattr(user, "household"):
        raise Refusal(
            "accounts.household",
            Text(
                "この人は個人用リンクで入るため、パスワードは使いません。新しいリンクは、登録の担当に頼んでください。",
                "They come in by a personal link and use no password. Ask a registrar for a new link.",
            ),
        )
    if not user.is_active:
        raise Refusal(
            "accounts.closed", Text("停止中のアカウントです。先に再開してください。", "This account is closed; open it first.")
        )
    record(user=user, kind=EventKind.RESET_LINK, actor=actor)
    return _link(user)


@transaction.atomic
def set_password_by_link(*, number: str, token: str, password: str) -> User:
    """Whoever opened the link chooses the password; the link is used up, and every session of the account ends. Refuses
    ``accounts.link`` (404) and ``accounts.password`` (field)."""
    found = user_of_link(number, token)
    user = lock_rows(User.objects.filter(is_active=True), [found.pk]).get(found.pk) if found else None
    if user is None or not default_token_generator.check_token(user, token):
        raise Refusal(
            "accounts.link",
            Text(
                "このリンクは使えません。期限が過ぎたか、もう使われています。",
                "This link does not work: it is too old, or was used already.",
            ),
            status=404,
        )
    _set(user, password)
    return user


@transaction.atomic
def change_password(*, user: User, old: str, password: str, actor: User) -> User:
    """One's own, with the one until now; every other session ends. Refuses ``accounts.password`` (fields)."""
    user = lock_rows(User.objects.all(), [user.pk])[user.pk]
    if not user.check_password(old):
        raise FieldsRefused(
            "accounts.password", {"old": Text("いまのパスワードが違います。", "That is not the password until now.")}
        )
    _set(user, password)
    return user


def check_password_fits(user: User, password: str) -> None:
    """Raises :class:`FieldsRefused` ``accounts.password`` when it is too easy to guess."""
    try:
        validate_password(password, user)
    except ValidationError as refused:
        with translation.override("ja"):
            ja = " ".join(refused.messages)
        with translation.override("en"):
            en = " ".join(refused.messages)
        raise FieldsRefused("accounts.password", {"password": Text(ja, en)}) from None


def _set(user: User, password: str) -> None:
    check_password_fits(user, password)
    user.set_password(password)
    user.save(update_fields=["password"])
    record(user=user, kind=EventKind.PASSWORD_SET, actor=user)


def _link(user: User) -> str:
    number = urlsafe_base64_encode(force_bytes(user.pk))
    where = reverse("accounts:reset_confirm", args=[number, default_token_generator.make_token(user)])
    return f"{settings.BASE_URL}{where}"
