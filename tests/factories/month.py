"""Kitchen cars and candidate sites for a month, a few kilometres apart."""

from __future__ import annotations

import datetime as dt
from typing import Any

from foodbank.accounts.models import User
from foodbank.sites.models import PermitClass, Site, SiteKind
from logistics.fleet.models import Permit, Vehicle, VehicleKind
from logistics.month.models import Candidate, CarHours
from logistics.month.services.candidates import CandidateData, save_candidate
from tests.factories.accounts import UserFactory
from tests.factories.people import SiteFactory

MONTH = dt.date(2027, 12, 1)
"""A Wednesday, far enough in the future for any day on which the tests run."""


def a_car(code: str = "CAR1", *, depot: Site | None = None, weekdays: Any = range(5), area: str = "高松市") -> Vehicle:
    """Out 8:30–17:30 on these weekdays, 300 kg, with a permit for ``area`` from 2020 on (none: no permit)."""
    depot = depot or Site.objects.filter(kind=SiteKind.DEPOT).first() or SiteFactory.create(kind=SiteKind.DEPOT)
    car = Vehicle.objects.create(
        code=code, name=f"見本のキッチンカー{code}", kind=VehicleKind.KITCHEN_CAR, depot=depot,
        ambient_g=200_000, chilled_g=80_000, frozen_g=20_000,
    )  # fmt: skip
    if area:
        Permit.objects.create(vehicle=car, permit_class=PermitClass.L80, area=area, valid_from=dt.date(2020, 1, 1))
    CarHours.objects.bulk_create(
        [CarHours(vehicle=car, weekday=day, start=dt.time(8, 30), end=dt.time(17, 30), break_minutes=45) for day in weekdays]
    )
    return car


def a_candidate(
    code: str = "M01", *, actor: User | None = None, weekdays: Any = range(5), area: str = "高松市", **fields: Any
) -> Candidate:
    """40 households, two hours between 10 and 16 on these weekdays, one to four visits a week or more apart."""
    site = SiteFactory.create(
        code=code, name=f"見本広場{code}", kind=SiteKind.MOBILE, opens=dt.time(9), closes=dt.time(18), area=area
    )
    values: dict[str, Any] = {
        "households": 40, "visit_minutes": 120, "least_visits": 1, "most_visits": 4, "days_between": 7,
        "hours": [(day, dt.time(10), dt.time(16)) for day in weekdays],
    }  # fmt: skip
    return save_candidate(data=CandidateData(site=site, **(values | fields)), actor=actor or UserFactory.create())
