"""The codes of a day: volunteers join with a name, a code and nothing else."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import IntegrityError, transaction
from django.utils import timezone

from foodbank.accounts import policies
from foodbank.accounts.models import DayCode, DayJoin, EventKind, Role, RoleGrant, User
from foodbank.accounts.selectors import site_kind
from foodbank.accounts.services.events import record
from foodbank.core.dates import today
from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.core.locking import lock_rows
from foodbank.labels.codes import ALPHABET, tidy

LENGTH = 6
AHEAD_DAYS = 60


@transaction.atomic
def make_day_code(*, day: dt.date, site_id: int, role: Role, actor: User) -> DayCode:
    """The code for ``role`` at that site on ``day``; the one that is there when there is one. Refuses ``accounts.day_code`` (fields)."""
    faults: dict[str, Text] = {}
    if not 0 <= (day - today()).days <= AHEAD_DAYS:
        faults["day"] = Text(
            f"今日から{AHEAD_DAYS}日先までの日を選んでください。", f"Choose a day from today to {AHEAD_DAYS} days ahead."
        )
    if role not in policies.BY_DAY:
        faults["role"] = Text("この役割は当日コードでは渡せません。", "A day's code does not give this role.")
    elif (wrong := policies.place_fault(role, site_kind(site_id), needed=True)) is not None:
        faults["site"] = wrong
    if faults:
        raise FieldsRefused("accounts.day_code", faults)
    known = DayCode.objects.filter(day=day, site_id=site_id, role=role, revoked_at__isnull=True).first()
    return known or _new(day=day, site_id=site_id, role=role, actor=actor)


@transaction.atomic
def revoke_day_code(*, day_code: DayCode, actor: User) -> None:
    """Nobody joins by it any more, and whoever did has lost the role with their next request."""
    locked = lock_rows(DayCode.objects.filter(revoked_at__isnull=True), [day_code.pk]).get(day_code.pk)
    if locked is None:
        return
    now = timezone.now()
    locked.revoked_at = now
    locked.save(update_fields=["revoked_at"])
    RoleGrant.objects.filter(join__code=locked, revoked_at__isnull=True).update(revoked_at=now, revoked_by=actor)


@transaction.atomic
def renew_day_code(*, day_code: DayCode, actor: User) -> DayCode:
    """Another code for the same work: the old poster is worthless, and everybody joins anew."""
    revoke_day_code(day_code=day_code, actor=actor)
    return make_day_code(day=day_code.day, site_id=day_code.site_id, role=Role(day_code.role), actor=actor)


@transaction.atomic
def join(*, code: str, name: str, account: User | None) -> User | None:
    """The role of today's ``code`` for ``account``, or for the account of that name that came by the same code, which is made when
    there is none. ``None``: no such code today. Refuses ``accounts.name`` (field), ``accounts.name_taken`` and ``accounts.sent_away``."""
    found = DayCode.objects.filter(day=today(), code=tidy(code), revoked_at__isnull=True).first()
    day_code = lock_rows(DayCode.objects.filter(revoked_at__isnull=True), [found.pk]).get(found.pk) if found else None
    if day_code is None:
        return None
    if account is not None:
        _join_as(day_code, account)
        return account
    key = policies.name_key(name)
    if not key:
        raise FieldsRefused("accounts.name", {"name": Text("お名前を入力してください。", "Enter your name.")})
    before = DayJoin.objects.filter(code=day_code, name_key=key).select_related("grant__user").first()
    if before is None:
        user = User(username=f"day-{secrets.token_hex(8)}", last_name=policies.shown_name(name)[:150])
        user.set_unusable_password()
        user.save()
        record(user=user, kind=EventKind.CREATED, actor=day_code.made_by)
        DayJoin.objects.create(code=day_code, grant=_grant(day_code, user), name_key=key)
        return user
    if before.grant.revoked_at is not None or not before.grant.user.is_active:
        raise _sent_away()
    if _may_do_more(before.grant):
        raise FieldsRefused(
            "accounts.name_taken",
            {
                "name": Text(
                    "このお名前の人には、ほかの役割もあります。ほかの呼び名で参加するか、コーディネーターに声をかけてください。",
                    "Whoever has this name may do more here. Join by another name, or talk to a coordinator.",
                )
            },
        )
    return before.grant.user


def _may_do_more(grant: RoleGrant) -> bool:
    """Does the account open more than this day's work? Then a name and the code on the wall are too little to get into it."""
    others = grant.user.role_grants.filter(revoked_at__isnull=True, valid_until__gte=today()).exclude(pk=grant.pk)
    return grant.user.is_superuser or grant.user.has_usable_password() or others.exists()


def _join_as(day_code: DayCode, account: User) -> None:
    before = DayJoin.objects.filter(code=day_code, grant__user=account).select_related("grant").first()
    if before is None:
        DayJoin.objects.create(code=day_code, grant=_grant(day_code, account))
    elif before.grant.revoked_at is not None:
        raise _sent_away()


def _grant(day_code: DayCode, user: User) -> RoleGrant:
    return RoleGrant.objects.create(
        user=user, role=day_code.role, site_id=day_code.site_id, valid_from=day_code.day, valid_until=day_code.day,
        granted_by=day_code.made_by,
    )  # fmt: skip


def _new(*, day: dt.date, site_id: int, role: Role, actor: User) -> DayCode:
    for _ in range(10):
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        try:
            with transaction.atomic():
                return DayCode.objects.create(code=code, day=day, site_id=site_id, role=role, made_by=actor)
        except IntegrityError:  # that code is taken, or somebody made one for the same work just now
            known = DayCode.objects.filter(day=day, site_id=site_id, role=role, revoked_at__isnull=True).first()
            if known is not None:
                return known
    raise RuntimeError("ten codes of a day were all taken")


def _sent_away() -> Refusal:
    """Whose role a person ended does not get it back by the same code."""
    return Refusal(
        "accounts.sent_away",
        Text(
            "この名前では参加できません。コーディネーターに声をかけてください。",
            "You cannot join by this name. Please talk to a coordinator.",
        ),
    )
