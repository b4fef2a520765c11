"""Who drives what on a day, and who could take over."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import QuerySet

from foodbank.accounts.models import Role, RoleGrant, User
from logistics.dispatch.models import CallOff, CallOffKind
from logistics.fleet.models import Shift


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may drive that day; ``busy`` names the vehicles that they drive already."""

    user: User
    busy: str

    @property
    def label(self) -> str:
        return f"{self.user.shown_name}（{self.busy}）" if self.busy else self.user.shown_name


@dataclass(frozen=True, slots=True)
class DriversPage:
    shifts: list[Shift]
    candidates: list[Candidate]

    @property
    def free(self) -> list[Candidate]:
        return [one for one in self.candidates if not one.busy]


def may_drive(day: dt.date) -> QuerySet[User]:
    """Whoever has the role of a driver, or of a coordinator, that day, and has not been called off."""
    granted = RoleGrant.objects.in_force(day).filter(role__in=(Role.DRIVER, Role.COORDINATOR)).values("user")
    away = CallOff.objects.standing(day).filter(kind=CallOffKind.DRIVER).values("driver")
    return User.objects.filter(pk__in=granted, is_active=True).exclude(pk__in=away).order_by("username")


def drivers_page(day: dt.date) -> DriversPage:
    """Two queries."""
    shifts = list(Shift.objects.filter(day=day).select_related("vehicle", "driver").order_by("vehicle__code"))
    busy: dict[int, list[str]] = defaultdict(list)
    for shift in shifts:
        if shift.driver_id is not None:
            busy[shift.driver_id].append(shift.vehicle.code)
    candidates = [Candidate(user, "・".join(busy[user.pk])) for user in may_drive(day)]
    return DriversPage(shifts, sorted(candidates, key=lambda one: bool(one.busy)))
