"""Entering and correcting vehicles, their permits and when they go out."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.core.locking import lock_rows
from foodbank.sites.models import PermitClass, Site
from foodbank.sites.policies import size_faults
from logistics.fleet.models import Permit, Shift, Vehicle, VehicleKind
from logistics.fleet.policies import cost_faults, permit_faults, shift_faults, stops_faults, vehicle_faults
from logistics.fleet.selectors import drivers_on

_BATCH = 500
_GROUPS = ("limits", "costs")  # fields of VehicleData that hold several values


@dataclass(frozen=True, slots=True)
class VehicleLimits:
    """Height and loaded weight (``None``: unknown, and then it fits no limit of a place); most stops in a day (``None``: no limit)."""

    height_cm: int | None = None
    weight_kg: int | None = None
    max_stops: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleCosts:
    """Whole yen for a kilometre and for a day on which it goes out; ``None`` leaves what is stored."""

    yen_per_km: int | None = None
    yen_per_day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleData:
    """What is entered of a vehicle; capacities in grams, zero: the zone is not carried. ``active``, ``limits`` and either of ``costs``:
    ``None`` leaves what is stored."""

    code: str
    name: str
    kind: VehicleKind
    depot: Site
    ambient_g: int
    chilled_g: int = 0
    frozen_g: int = 0
    active: bool | None = None
    limits: VehicleLimits | None = None
    costs: VehicleCosts = VehicleCosts()

    def values(self) -> dict[str, Any]:
        """What of it is to be stored, by the name of the field."""
        own = {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name not in _GROUPS}
        said = {name: value for name, value in (own | dataclasses.asdict(self.costs)).items() if value is not None}
        return said | (dataclasses.asdict(self.limits) if self.limits is not None else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftData:
    """When a vehicle goes out."""

    vehicle: Vehicle
    start: dt.time
    end: dt.time
    break_minutes: int = 0


_FIELDS = tuple(
    f.name for kind in (VehicleData, VehicleLimits, VehicleCosts) for f in dataclasses.fields(kind) if f.name not in _GROUPS
)


def create_vehicle(*, data: VehicleData, actor: User) -> Vehicle:
    """A new vehicle. Refuses ``vehicle.code_taken`` and ``vehicle.refused`` with what is wrong by field."""
    if Vehicle.objects.filter(code=data.code).exists():
        raise FieldsRefused("vehicle.code_taken", {"code": Text("このコードは使われています。", "This code is already in use.")})
    return put_vehicles(vehicles=[data], actor=actor)[data.code]


def change_vehicle(*, vehicle: Vehicle, data: VehicleData, actor: User) -> Vehicle:
    """Correct a vehicle; its code stays. Refuses ``vehicle.code_changes`` and ``vehicle.refused``."""
    if data.code != vehicle.code:
        raise FieldsRefused("vehicle.code_changes", {"code": Text("コードは変えられません。", "A code cannot change.")})
    return put_vehicles(vehicles=[data], actor=actor)[data.code]


@transaction.atomic
def put_vehicles(*, vehicles: Sequence[VehicleData], actor: User) -> dict[str, Vehicle]:
    """Create these vehicles, or correct those whose code is known; all or none. Returns them by code.

    Refuses ``vehicle.refused`` (by field, of the first vehicle that is wrong).
    """
    for data in vehicles:
        faults = vehicle_faults(
            code=data.code, name=data.name, ambient_g=data.ambient_g, chilled_g=data.chilled_g, frozen_g=data.frozen_g
        )
        faults |= cost_faults(yen_per_km=data.costs.yen_per_km, yen_per_day=data.costs.yen_per_day)
        if data.limits is not None:
            faults |= size_faults(
                height_cm=data.limits.height_cm,
                weight_kg=data.limits.weight_kg,
                height_field="height_cm",
                weight_field="weight_kg",
            )
            faults |= stops_faults(data.limits.max_stops)
        if faults:
            raise FieldsRefused("vehicle.refused", faults)
    known = Vehicle.objects.in_bulk([data.code for data in vehicles], field_name="code")
    new: dict[str, Vehicle] = {}
    changed: list[Vehicle] = []
    for data in vehicles:
        values = data.values()
        vehicle = known.get(data.code)
        if vehicle is None:
            new[data.code] = Vehicle(**values)
            continue
        for name, value in values.items():
            setattr(vehicle, name, value)
        changed.append(vehicle)
    Vehicle.objects.bulk_create(new.values(), batch_size=_BATCH)
    Vehicle.objects.bulk_update(changed, [name for name in _FIELDS if name != "code"], batch_size=_BATCH)
    return known | new


@transaction.atomic
def set_shifts(*, day: dt.date, shifts: Sequence[ShiftData], actor: User) -> None:
    """Each of these vehicles goes out on ``day`` as said here, whatever was said before. Refuses ``shift.refused``."""
    for data in shifts:
        faults = shift_faults(start=data.start, end=data.end, break_minutes=data.break_minutes)
        if faults:
            raise FieldsRefused("shift.refused", faults)
    Shift.objects.bulk_create(
        [
            Shift(vehicle=data.vehicle, day=day, start=data.start, end=data.end, break_minutes=data.break_minutes)
            for data in shifts
        ],
        update_conflicts=True,
        unique_fields=["vehicle", "day"],
        update_fields=["start", "end", "break_minutes"],
        batch_size=_BATCH,
    )


def set_shift(
    *,
    vehicle: Vehicle,
    day: dt.date,
    start: dt.time,
    end: dt.time,
    break_minutes: int,
    actor: User,
    driver: User | None = None,
    begins_at: Site | None = None,
    ends_at: Site | None = None,
) -> Shift:
    """``vehicle`` goes out on ``day``, from ``begins_at`` to ``ends_at`` (``None``: its depot); a shift that it has that day is corrected.
    Refuses ``shift.refused``, also when ``driver`` may not drive on that day (P7) or a kitchen car would not come back to its depot."""
    begins_at = None if begins_at == vehicle.depot else begins_at
    ends_at = None if ends_at == vehicle.depot else ends_at
    kitchen_car = vehicle.kind == VehicleKind.KITCHEN_CAR
    faults = shift_faults(
        start=start, end=end, break_minutes=break_minutes, kitchen_car_ends_elsewhere=kitchen_car and ends_at is not None
    )
    if driver is not None and not drivers_on(day).filter(pk=driver.pk).exists():
        faults["driver"] = Text(
            "この人には、その日の運転の役割がありません。「人と役割」で役割を加えてください。",
            "This person has no driver's role on that day. Add it under people and roles.",
        )
    if faults:
        raise FieldsRefused("shift.refused", faults)
    values: dict[str, Any] = {"start": start, "end": end, "break_minutes": break_minutes, "driver": driver}
    values |= {"begins_at": begins_at, "ends_at": ends_at}
    return Shift.objects.update_or_create(vehicle=vehicle, day=day, defaults=values)[0]


@transaction.atomic
def take_shift(*, shift: Shift, driver: User) -> Shift:
    """``driver`` takes a vehicle that nobody drives; taking one's own again changes nothing. Refuses ``shift.taken``."""
    locked = lock_rows(Shift.objects.select_related("vehicle"), [shift.pk])[shift.pk]
    if locked.driver_id not in (None, driver.pk):
        raise Refusal(
            "shift.taken",
            Text(
                f"{locked.vehicle.code}には、もう別の人が乗ることになりました。ほかの車を選んでください。",
                f"Somebody else drives {locked.vehicle.code} now. Choose another vehicle.",
            ),
            params={"vehicle": locked.vehicle.code},
        )
    locked.driver = driver
    locked.save(update_fields=["driver"])
    return locked


def remove_shift(*, shift: Shift, actor: User) -> None:
    """``vehicle`` stays in on that day after all. Plans that exist keep their routes until somebody plans again."""
    shift.delete()


def record_permit(
    *,
    vehicle: Vehicle,
    valid_from: dt.date,
    actor: User,
    valid_until: dt.date | None = None,
    permit_class: str = "",
    area: str = "",
) -> Permit:
    """``vehicle`` has a permit. Refuses ``permit.refused``: backwards, or a kitchen car without class and area (D17)."""
    faults = permit_faults(
        kitchen_car=vehicle.kind == VehicleKind.KITCHEN_CAR,
        permit_class=permit_class,
        area=area,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    if faults:
        raise FieldsRefused("permit.refused", faults)
    return Permit.objects.create(
        vehicle=vehicle, valid_from=valid_from, valid_until=valid_until, permit_class=permit_class, area=area
    )


def ensure_permits(*, day: dt.date, areas: Mapping[Vehicle, str], permit_class: PermitClass, actor: User) -> int:
    """Record a permit from ``day`` on for each vehicle that has none valid on that day; class and area are for kitchen cars.

    Returns how many.
    """
    permitted = set(Permit.objects.valid_on(day).filter(vehicle__in=areas).values_list("vehicle_id", flat=True))
    missing = [vehicle for vehicle in areas if vehicle.pk not in permitted]
    for vehicle in missing:
        kitchen = vehicle.kind == VehicleKind.KITCHEN_CAR
        record_permit(
            vehicle=vehicle,
            valid_from=day,
            permit_class=permit_class if kitchen else "",
            area=areas[vehicle] if kitchen else "",
            actor=actor,
        )
    return len(missing)
