"""The usual week of the kitchen cars, and days on which they stay in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.core.errors import FieldsRefused, Refusal, Text
from logistics.fleet.models import Vehicle, VehicleKind
from logistics.fleet.policies import shift_faults
from logistics.month.models import CarHours, DayOff


@dataclass(frozen=True, slots=True, kw_only=True)
class CarHoursData:
    """On ``weekday`` (Monday 0) the car goes out between two times."""

    weekday: int
    start: dt.time
    end: dt.time
    break_minutes: int


@transaction.atomic
def set_week(*, vehicle: Vehicle, hours: Sequence[CarHoursData], actor: User) -> list[CarHours]:
    """The car's usual week, instead of the one before. Refuses ``car_hours.refused`` (by field, ``weekday0`` …) and
    ``car_hours.no_kitchen_car``."""
    if vehicle.kind != VehicleKind.KITCHEN_CAR:
        raise Refusal(
            "car_hours.no_kitchen_car",
            Text("キッチンカーだけに入力できます。", "Only kitchen cars have a week here."),
            status=422,
        )
    faults: dict[str, Text] = {}
    for row in hours:
        wrong = shift_faults(start=row.start, end=row.end, break_minutes=row.break_minutes)
        if wrong:
            faults[f"weekday{row.weekday}"] = next(iter(wrong.values()))
    if faults:
        raise FieldsRefused("car_hours.refused", faults)
    CarHours.objects.filter(vehicle=vehicle).delete()
    return CarHours.objects.bulk_create(
        [
            CarHours(vehicle=vehicle, weekday=row.weekday, start=row.start, end=row.end, break_minutes=row.break_minutes)
            for row in hours
        ]
    )


def add_day_off(*, day: dt.date, vehicle: Vehicle | None, actor: User, note: str = "") -> DayOff:
    """``vehicle``, or every kitchen car, stays in on ``day``. Saying so again changes the note."""
    return DayOff.objects.update_or_create(day=day, vehicle=vehicle, defaults={"note": note.strip()})[0]


def remove_day_off(*, day_off: DayOff, actor: User) -> None:
    """The car goes out on that day after all."""
    day_off.delete()
