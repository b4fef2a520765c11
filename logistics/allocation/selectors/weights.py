"""The weights of a day's plan."""

from __future__ import annotations

import datetime as dt

from logistics.allocation.facts import Weights
from logistics.allocation.models import PlanWeights
from logistics.allocation.weights import WeightsKm, weights_of


def weights_on(day: dt.date) -> Weights:
    """What counts in plans of that ``day``; the built-in weights where nothing has been settled. One query."""
    return weights_of(settled_on(day))


def settled_on(day: dt.date) -> WeightsKm:
    """The same as it was entered."""
    row = PlanWeights.objects.in_force(day)
    return WeightsKm() if row is None else WeightsKm(**{name: getattr(row, name) for name in WeightsKm.names()})
