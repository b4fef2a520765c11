"""What somebody has dealt with is off the list of what wants a person."""

from __future__ import annotations

import datetime as dt
import re

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.core.errors import Refusal, Text
from logistics.dispatch.models import DeliveryReceipt, Settled, StopProgress


@transaction.atomic
def settle(*, day: dt.date, what: str, actor: User) -> Settled:
    """``actor`` has dealt with ``stop/12`` or ``receipt/3`` of ``day``; whoever said so first stays. Refuses ``needs.unknown``."""
    if not _there(day, what):
        raise Refusal(
            "needs.unknown",
            Text("この用件はもうありません。ページを開き直してください。", "This is no longer on the list. Open the page again."),
            params={"what": what[:40]},
            status=404,
        )
    return Settled.objects.get_or_create(what=what, defaults={"day": day, "actor": actor})[0]


def _there(day: dt.date, what: str) -> bool:
    match = re.fullmatch(r"(stop|receipt)/([1-9][0-9]{0,17})", what)
    if match is None:
        return False
    kind, pk = match[1], int(match[2])
    if kind == "stop":
        return StopProgress.objects.filter(stop=pk, stop__route__plan__day=day).exists()
    return DeliveryReceipt.objects.filter(pk=pk, delivery__plan__day=day).exists()
