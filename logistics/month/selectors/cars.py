"""Which kitchen car goes out on which day of a month, and where it may stand."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from foodbank.sites.models import Site
from logistics.allocation.facts import Place, Van, VanPermit
from logistics.allocation.policies import light_enough, low_enough, may_stand
from logistics.dispatch.models import CallOff, CallOffKind
from logistics.fleet.models import Permit, Shift, Vehicle, VehicleKind
from logistics.fleet.policies import areas_of
from logistics.month.models import CarHours, DayOff
from logistics.month.policies import seconds


@dataclass(frozen=True, slots=True)
class Outing:
    """``vehicle`` goes out on ``day``; ``permits`` are those valid that day (D17)."""

    vehicle: Vehicle
    day: dt.date
    start: dt.time
    end: dt.time
    break_minutes: int
    permits: tuple[VanPermit, ...]
    entered: bool
    """From a shift that somebody has entered, not from the usual week."""
    begins_at: Site | None = None
    """Where the shift begins, if not at the depot."""

    @property
    def van(self) -> Van:
        """The car of that day as the planner sees it."""
        car = self.vehicle
        return Van(
            code=car.code,
            kind=car.kind,
            depot=car.depot.code,
            shift=(seconds(self.start), seconds(self.end)),
            capacity_g=(car.ambient_g, car.chilled_g, car.frozen_g),
            break_s=self.break_minutes * 60,
            vehicle_id=car.pk,
            height_cm=car.height_cm,
            weight_kg=car.weight_kg,
            permits=self.permits,
            begins_at=self.begins_at.code if self.begins_at is not None else "",
            max_stops=car.max_stops,
        )

    def may_stand_at(self, place: Place) -> bool:
        """It gets there, and one of its permits holds there (D17): the rules of the day's plan."""
        return may_stand(self.van, place) and low_enough(self.van, place) and light_enough(self.van, place)

    @property
    def capacity_g(self) -> int:
        return self.vehicle.ambient_g + self.vehicle.chilled_g + self.vehicle.frozen_g


def kitchen_cars() -> list[Vehicle]:
    return list(Vehicle.objects.filter(kind=VehicleKind.KITCHEN_CAR, active=True).select_related("depot").order_by("code"))


def outings(first: dt.date, days: int, cars: Sequence[Vehicle]) -> list[Outing]:
    """By day and car; five queries. A car without a permit valid on the day is not among them (D17), nor one that is called off."""
    last = first + dt.timedelta(days=days - 1)
    own = Shift.objects.filter(vehicle__in=cars, day__range=(first, last)).select_related("begins_at")
    shifts = {(shift.vehicle_id, shift.day): shift for shift in own}
    weekly = {(row.vehicle_id, row.weekday): row for row in CarHours.objects.filter(vehicle__in=cars)}
    off = set(DayOff.objects.filter(day__range=(first, last)).values_list("vehicle", "day"))
    standing = CallOff.objects.filter(kind=CallOffKind.VEHICLE, undone_at__isnull=True, day__range=(first, last))
    off |= set(standing.values_list("vehicle", "day"))
    permits: dict[int, list[Permit]] = defaultdict(list)
    for permit in Permit.objects.filter(vehicle__in=cars, valid_from__lte=last).order_by("valid_from"):
        permits[permit.vehicle_id].append(permit)
    found = []
    for number in range(days):
        day = first + dt.timedelta(days=number)
        for car in cars:
            if {(None, day), (car.pk, day)} & off:
                continue
            entered, usual = shifts.get((car.pk, day)), weekly.get((car.pk, day.weekday()))
            hours = entered or usual
            valid = [
                VanPermit(p.permit_class, areas_of(p.area))
                for p in permits[car.pk]
                if p.valid_from <= day and (p.valid_until is None or day <= p.valid_until)
            ]
            if hours is not None and valid:
                begins_at = entered.begins_at if entered is not None else None
                found.append(
                    Outing(car, day, hours.start, hours.end, hours.break_minutes, tuple(valid), entered is not None, begins_at)
                )
    return found
