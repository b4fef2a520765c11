"""Settling what plans weigh things by."""

from __future__ import annotations

import dataclasses
import datetime as dt

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.core.dates import today
from foodbank.core.errors import FieldsRefused, Text
from logistics.allocation.models import PlanWeights
from logistics.allocation.weights import WeightsKm, weight_faults


@transaction.atomic
def settle_weights(*, valid_from: dt.date, weights: WeightsKm, actor: User) -> PlanWeights:
    """Plans of ``valid_from`` and later weigh by these; what was settled for the same day before is replaced. Refuses
    ``weights.refused`` by field: a day that has passed, or an order of importance that a plan must not have."""
    faults = weight_faults(weights)
    if valid_from < today():
        faults["valid_from"] = Text("今日から先の日にしてください。", "Choose today or a later day.")
    if faults:
        raise FieldsRefused("weights.refused", faults)
    row, _ = PlanWeights.objects.update_or_create(valid_from=valid_from, defaults={**dataclasses.asdict(weights), "actor": actor})
    return row
