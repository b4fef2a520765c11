"""Using goods past their 賞味期限 (D6): one person writes the grounds, another one grants it. Never past a 消費期限."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from foodbank.accounts.models import User
from foodbank.core.dates import DateMark
from foodbank.core.errors import Refusal, Text
from foodbank.core.locking import lock_rows
from foodbank.inventory.models import Lot, Release, ReleaseRequest
from foodbank.inventory.selectors.facts import releases_on

MIN_GROUNDS = 10
"""Characters below which a text cannot be grounds."""


def request_release(*, lot: Lot, until: dt.date, grounds: str, actor: User) -> ReleaseRequest:
    """The first person asks for ``lot`` to be usable up to and including ``until``, with written scientific grounds.

    Refuses ``inventory.releases_off``, ``inventory.release_not_best_before`` (a 消費期限 has no release),
    ``inventory.release_grounds_missing`` and ``inventory.release_day`` (not after the lot's last day).
    """
    _check_allowed(lot)
    if len(grounds.strip()) < MIN_GROUNDS:
        raise Refusal(
            "inventory.release_grounds_missing",
            Text("科学的根拠を文章で書いてください。", "Please write down the scientific grounds."),
            params={"minimum": MIN_GROUNDS},
            status=400,
        )
    if lot.last_day is None or until <= lot.last_day:
        raise Refusal(
            "inventory.release_day",
            Text("賞味期限より後の日を選んでください。", "Choose a day after the best-before date."),
            params={"until": until.isoformat()},
            status=400,
        )
    return ReleaseRequest.objects.create(lot=lot, until=until, grounds=grounds.strip(), first=actor)


@transaction.atomic
def grant_release(*, request: ReleaseRequest, actor: User) -> Release:
    """The second person grants it. Refuses ``inventory.release_same_person``, ``inventory.release_granted`` (already), and what
    :func:`request_release` refuses of the lot."""
    locked = lock_rows(ReleaseRequest.objects.all(), [request.pk])[request.pk]
    if locked.first_id == actor.pk:
        raise Refusal(
            "inventory.release_same_person",
            Text("申請した人とは別の人の許可が必要です。", "Somebody other than the one who asked has to grant it."),
            params={"lot": locked.lot.code},
        )
    if locked.granted_at is not None:
        raise Refusal(
            "inventory.release_granted",
            Text("この申請はすでに許可されています。", "This request was granted already."),
            params={"lot": locked.lot.code},
        )
    _check_allowed(locked.lot)
    locked.second, locked.granted_at = actor, timezone.now()
    locked.save(update_fields=["second", "granted_at"])
    release, _ = Release.objects.update_or_create(
        lot=locked.lot,
        defaults={"until": locked.until, "grounds": locked.grounds, "first": locked.first, "second": actor},
    )
    return release


def _check_allowed(lot: Lot) -> None:
    if lot.date_mark != DateMark.BEST_BEFORE:
        raise Refusal(
            "inventory.release_not_best_before",
            Text(
                "期限後の使用を許可できるのは賞味期限の品だけです。消費期限の品には許可はありません。",
                "Only goods with a best-before date can be released; a use-by date has no release.",
            ),
            params={"lot": lot.code, "date_mark": lot.date_mark},
        )
    if not releases_on():
        raise Refusal(
            "inventory.releases_off",
            Text("この拠点では期限後の使用許可を行っていません。", "Releases are switched off in this installation."),
        )
