"""The page of the kitchen cars' usual weeks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from logistics.fleet.models import Permit, Shift, Vehicle
from logistics.month.models import CarHours, DayOff
from logistics.month.selectors.cars import kitchen_cars


@dataclass(frozen=True, slots=True)
class CarRow:
    vehicle: Vehicle
    hours: list[CarHours]
    shifts: int
    """Entered from today on; they count instead of the usual week."""
    permits: list[Permit]


@dataclass(frozen=True, slots=True)
class CarsPage:
    cars: list[CarRow]
    days_off: list[DayOff]


def cars_page(day: dt.date) -> CarsPage:
    """Five queries."""
    cars = kitchen_cars()
    hours = list(CarHours.objects.filter(vehicle__in=cars))
    shifts = list(Shift.objects.filter(vehicle__in=cars, day__gte=day).values_list("vehicle", flat=True))
    permits = [p for p in Permit.objects.filter(vehicle__in=cars) if p.valid_until is None or p.valid_until >= day]
    return CarsPage(
        cars=[
            CarRow(
                car,
                [row for row in hours if row.vehicle_id == car.pk],
                shifts.count(car.pk),
                [permit for permit in permits if permit.vehicle_id == car.pk],
            )
            for car in cars
        ],
        days_off=list(DayOff.objects.filter(day__gte=day).select_related("vehicle").order_by("day", "vehicle__code")),
    )
