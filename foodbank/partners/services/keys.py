"""Keys for a partner's own programs: made, replaced, taken back (P14). A secret is shown once and never stored."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.core.locking import lock_rows
from foodbank.partners.models import KeyScope, Partner, PartnerKey

SECRET_BYTES = 32
OVERLAP = dt.timedelta(days=7)
"""How long a replaced key goes on working, unless said otherwise."""
LONGEST_OVERLAP = dt.timedelta(days=90)
USE_NOTED_EVERY = dt.timedelta(minutes=1)
_NAME = 80


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """``secret`` is all that is needed to act for the partner: show it once, keep it nowhere."""

    key: PartnerKey
    secret: str = field(repr=False)


@transaction.atomic
def issue_key(
    *, partner: Partner, name: str, actor: User, scope: KeyScope = KeyScope.ORDER, expires_at: dt.datetime | None = None
) -> IssuedKey:
    """A new key for ``partner``. Refuses ``key.refused`` by field."""
    faults: dict[str, Text] = {}
    if not name.strip() or len(name.strip()) > _NAME:
        faults["name"] = Text(f"名前を1〜{_NAME}文字で入力してください。", f"The name needs 1 to {_NAME} characters.")
    if expires_at is not None and expires_at <= timezone.now():
        faults["expires_on"] = Text("期限は明日以降にしてください。", "The key must expire in the future.")
    if faults:
        raise FieldsRefused("key.refused", faults)
    prefix = f"fbk_{secrets.token_hex(4)}"
    secret = f"{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    key = PartnerKey.objects.create(
        partner=partner,
        name=name.strip(),
        prefix=prefix,
        secret_hash=secret_hash(secret),
        scope=scope,
        user=_account(partner),
        issued_by=actor,
        expires_at=expires_at,
    )
    return IssuedKey(key, secret)


@transaction.atomic
def rotate_key(*, key: PartnerKey, actor: User, old_until: dt.datetime | None = None) -> IssuedKey:
    """A new key of the same name and scope; the old one works until ``old_until`` (a week from now unless said) at most, so that
    programs can change over. Refuses ``key.over`` (revoked or expired) and ``key.refused``."""
    now = timezone.now()
    until = now + OVERLAP if old_until is None else old_until
    if until > now + LONGEST_OVERLAP:
        raise FieldsRefused(
            "key.refused",
            {
                "old_until": Text(
                    f"古いキーを残せるのは{LONGEST_OVERLAP.days}日までです。",
                    f"The old key can stay for at most {LONGEST_OVERLAP.days} days.",
                )
            },
        )
    locked = _in_force(key, now)
    new = issue_key(partner=locked.partner, name=locked.name, scope=KeyScope(locked.scope), actor=actor)
    locked.expires_at = until if locked.expires_at is None else min(locked.expires_at, until)
    locked.save(update_fields=["expires_at"])
    return new


@transaction.atomic
def revoke_key(*, key: PartnerKey, actor: User) -> PartnerKey:
    """The key stops working at once. Refuses ``key.over``."""
    now = timezone.now()
    locked = _in_force(key, now)
    locked.revoked_at = now
    locked.save(update_fields=["revoked_at"])
    return locked


def note_use(*, key: PartnerKey) -> None:
    """Remember that the key was used, at most once a minute, so that reading stays reading."""
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at >= USE_NOTED_EVERY:
        PartnerKey.objects.filter(pk=key.pk).update(last_used_at=now)


def secret_hash(secret: str) -> str:
    """What is stored of a secret. 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _in_force(key: PartnerKey, now: dt.datetime) -> PartnerKey:
    locked = lock_rows(PartnerKey.objects.select_related("partner"), [key.pk])[key.pk]
    if not locked.valid(now):
        raise Refusal(
            "key.over",
            Text(
                "このキーはもう使えません。新しいキーを発行してください。",
                "This key is revoked or expired. Issue a new one.",
            ),
            params={"key": locked.prefix},
        )
    return locked


def _account(partner: Partner) -> User:
    """The account in whose name the partner's programs act. It cannot sign in."""
    user, created = User.objects.get_or_create(
        username=f"api-partner-{partner.pk}", defaults={"last_name": "APIキー", "is_active": False}
    )
    if created:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return user
