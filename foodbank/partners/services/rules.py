"""What the food bank chooses about ordering."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.core.errors import FieldsRefused, Text
from foodbank.partners.models import ClosedDay, OrderRules

MAX_DAYS_BEFORE = 14
MAX_DAYS_AHEAD = 366


@transaction.atomic
def change_order_rules(*, cut_off: dt.time, days_before: int, days_ahead: int, actor: User) -> OrderRules:
    """Until when partners may order. Refuses ``order.rules_refused`` by field."""
    faults: dict[str, Text] = {}
    if not 0 <= days_before <= MAX_DAYS_BEFORE:
        faults["days_before"] = Text(
            f"0日から{MAX_DAYS_BEFORE}日の間で入力してください。", f"Must be 0 to {MAX_DAYS_BEFORE} days."
        )
    if not max(1, days_before) <= days_ahead <= MAX_DAYS_AHEAD:
        faults["days_ahead"] = Text(
            f"締切の日数より多く、{MAX_DAYS_AHEAD}日までで入力してください。",
            f"Must be more than the days of the cut-off, at most {MAX_DAYS_AHEAD}.",
        )
    if faults:
        raise FieldsRefused("order.rules_refused", faults)
    values = {"cut_off": cut_off, "days_before": days_before, "days_ahead": days_ahead}
    return OrderRules.objects.update_or_create(pk=1, defaults=values)[0]


@transaction.atomic
def close_day(*, day: dt.date, reason: str, actor: User) -> ClosedDay:
    """Partners can no longer order for ``day``; orders that are there stay. The same day again changes the reason."""
    return ClosedDay.objects.update_or_create(day=day, defaults={"reason": reason})[0]


@transaction.atomic
def open_day(*, closed: ClosedDay, actor: User) -> None:
    """``closed`` is a day like any other again."""
    closed.delete()
