"""Settling what does not ride together and how long food may ride (D12)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.catalog.models import Category, KeptApart, RideLimit, Zone
from foodbank.catalog.policies import apart_faults, ride_limit_faults
from foodbank.core.dates import today
from foodbank.core.errors import FieldsRefused, Text


@transaction.atomic
def keep_apart(
    *,
    first: Category,
    second: Category,
    effective_from: dt.date,
    actor: User,
    effective_until: dt.date | None = None,
) -> KeptApart:
    """Goods of the two categories, in either order, are never in one vehicle at the same time from that day on. Refuses
    ``carrying.refused`` by field."""
    faults = apart_faults(same=first.pk == second.pk, effective_from=effective_from, effective_until=effective_until)
    low, high = sorted((first, second), key=lambda category: int(category.pk))
    if KeptApart.objects.in_force(effective_from).filter(first=low, second=high).exists():
        faults["second"] = Text("この組み合わせは、もう登録されています。", "This pair is already there.")
    if faults:
        raise FieldsRefused("carrying.refused", faults)
    return KeptApart.objects.create(first=low, second=high, effective_from=effective_from, effective_until=effective_until)


@transaction.atomic
def limit_ride(
    *,
    minutes: int,
    effective_from: dt.date,
    actor: User,
    category: Category | None = None,
    zone: Zone | str = "",
    effective_until: dt.date | None = None,
) -> RideLimit:
    """Goods of ``category``, of ``zone``, or of both at once, ride at most ``minutes`` from that day on. Refuses ``carrying.refused`` by
    field."""
    faults = ride_limit_faults(
        minutes=minutes,
        of_something=category is not None or bool(zone),
        effective_from=effective_from,
        effective_until=effective_until,
    )
    if RideLimit.objects.in_force(effective_from).filter(category=category, zone=zone).exists():
        faults["category"] = Text(
            "同じ分類と温度帯の決まりが、もうあります。先にそれをやめてください。",
            "There is a limit for this category and zone already. End it first.",
        )
    if faults:
        raise FieldsRefused("carrying.refused", faults)
    return RideLimit.objects.create(
        category=category, zone=zone, minutes=minutes, effective_from=effective_from, effective_until=effective_until
    )


@transaction.atomic
def end_carrying_rule(*, rule: KeptApart | RideLimit, actor: User) -> None:
    """``rule`` holds no longer from today on; one that never held before today is taken out. Days that are over keep theirs."""
    last = today() - dt.timedelta(days=1)
    if rule.effective_from > last:
        rule.delete()
    elif rule.effective_until is None or rule.effective_until > last:
        rule.effective_until = last
        rule.save(update_fields=["effective_until"])
