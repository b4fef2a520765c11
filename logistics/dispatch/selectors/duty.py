"""Which vehicles go out on a day."""

from __future__ import annotations

import datetime as dt

from logistics.dispatch.models import CallOff, CallOffKind
from logistics.fleet.models import Permit, Shift


def vehicles_out(day: dt.date) -> set[int]:
    """Primary keys of those with a shift and a permit that day (D17) that nobody has called off. One query."""
    off = CallOff.objects.standing(day).filter(kind=CallOffKind.VEHICLE).values("vehicle")
    shifts = Shift.objects.filter(day=day, vehicle__active=True, vehicle__in=Permit.objects.valid_on(day).values("vehicle"))
    return set(shifts.exclude(vehicle__in=off).values_list("vehicle_id", flat=True))
