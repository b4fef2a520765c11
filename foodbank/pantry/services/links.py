"""Links: the personal one that signs a household in, and the open one through which households register themselves."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.dates import today
from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.core.locking import lock_rows
from foodbank.pantry.models import CheckKind, ContactRead, Household, HouseholdLink, ReadReason, RegistrationLink
from foodbank.pantry.sealing import new_secret, secret_hash
from foodbank.pantry.services.households import ContactData, HouseholdData, check_eligibility, register_household
from foodbank.pantry.services.rows import locked_household

CHECK_HOLDS = dt.timedelta(days=365)
"""How long a check through an office's link holds."""
SENT_AGAIN_WITHIN = dt.timedelta(hours=1)
"""So long a registration whose answer was lost may be sent again. Later the same page, found in somebody's browser, opens nothing."""


@transaction.atomic
def new_link(*, household: Household, actor: User) -> str:
    """A new personal link's secret, for somebody of the staff to hand over, shown this once; earlier links end. Who has it can open
    the household's own page with the contact data, so making one is on record like reading them (P7). Refuses
    ``household.forgotten``."""
    secret = _fresh_link(household, actor)
    ContactRead.objects.create(household=household, actor=actor, reason=ReadReason.ASKED)
    return secret


def _fresh_link(household: Household, actor: User) -> str:
    fresh = locked_household(household.pk)
    fresh.links.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())
    secret = new_secret()
    HouseholdLink.objects.create(household=fresh, secret_hash=secret_hash(secret), made_by=actor)
    return secret


@transaction.atomic
def end_links(*, household: Household, actor: User) -> int:
    """No link of theirs works any more, for instance when a phone was lost. Returns how many ended."""
    return locked_household(household.pk).links.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())


@transaction.atomic
def new_registration_link(
    *, title: str, expires_at: dt.datetime, actor: User, most: int = 100, check_kind: CheckKind | None = None
) -> tuple[RegistrationLink, str]:
    """An open link and its secret, shown this once. Refuses ``registration_link.refused`` by field."""
    faults: dict[str, Text] = {}
    if not title.strip():
        faults["title"] = Text("どこで配るかを書いてください。", "Say where it is given out.")
    if expires_at <= timezone.now():
        faults["expires_on"] = Text("今日より後の日を入力してください。", "Enter a day that is not over.")
    if not 1 <= most <= 10_000:
        faults["most"] = Text("1～10000で入力してください。", "Enter 1 to 10000.")
    if faults:
        raise FieldsRefused("registration_link.refused", faults)
    secret = new_secret()
    link = RegistrationLink.objects.create(
        secret_hash=secret_hash(secret), title=title.strip(), expires_at=expires_at, most=most, check_kind=check_kind or "",
        made_by=actor,
    )  # fmt: skip
    return link, secret


@transaction.atomic
def end_registration_link(*, link: RegistrationLink, actor: User) -> None:
    """Nobody registers through it any more."""
    RegistrationLink.objects.filter(pk=link.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())


@transaction.atomic
def register_through(
    *, link: RegistrationLink, data: HouseholdData, contact: ContactData, actor: User, request_id: uuid.UUID
) -> tuple[Household, str]:
    """A household registers itself; the answer is it and its personal link's secret. Sent again with the same ``request_id`` it is still
    one household (with a fresh link: the first answer was lost), for an hour. Refuses ``registration_link.done`` after that,
    ``registration_link.closed`` and what :func:`~foodbank.pantry.services.households.register_household` refuses."""
    fresh = lock_rows(RegistrationLink.objects.all(), [link.pk])[link.pk]
    known = Household.objects.filter(request_id=request_id).first()
    if known is not None:
        if known.registered_by_id is not None or timezone.now() >= known.registered_at + SENT_AGAIN_WITHIN:
            raise Refusal(
                "registration_link.done",
                Text(
                    "この登録は済んでいます。個人用リンクを開いてください。なくしたときは、登録した窓口にお知らせください。",
                    "You have registered already. Open your personal link; if you lost it, tell the office where you registered.",
                ),
            )
        return known, _fresh_link(known, actor)
    if not fresh.open_at(timezone.now()):
        raise Refusal(
            "registration_link.closed",
            Text(
                "このリンクの受付は終わりました。配った人にお知らせください。",
                "This link is closed. Tell whoever gave it to you.",
            ),
        )
    household = register_household(data=data, contact=contact, actor=actor, by_themselves=True, request_id=request_id)
    fresh.used += 1
    fresh.save(update_fields=["used"])
    if fresh.check_kind:
        kind = CheckKind(fresh.check_kind)
        check_eligibility(household=household, kind=kind, valid_until=today() + CHECK_HOLDS, actor=fresh.made_by)
    return household, _fresh_link(household, actor)
