"""What can be called off on a day, and what has been: the choice before the question."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q

from foodbank.donations.models import OfferStatus
from foodbank.sites.models import Site, SiteKind
from logistics.dispatch.models import CallOff, CallOffKind
from logistics.fleet.models import Shift


@dataclass(frozen=True, slots=True)
class CallOffPage:
    """``shops`` have open offers that day (``offers`` says how many)."""

    standing: list[CallOff]
    undone: list[CallOff]
    shops: list[Site]
    shifts: list[Shift]

    @property
    def whole_day(self) -> CallOff | None:
        return next((row for row in self.standing if row.kind == CallOffKind.DAY), None)

    @property
    def vehicles(self) -> list[Shift]:
        """Shifts of vehicles that are not called off yet."""
        away = {row.vehicle_id for row in self.standing if row.kind == CallOffKind.VEHICLE}
        return [shift for shift in self.shifts if shift.vehicle_id not in away]

    @property
    def drivers(self) -> list[Shift]:
        return [shift for shift in self.shifts if shift.driver is not None]


def call_off_page(day: dt.date) -> CallOffPage:
    """Three queries."""
    rows = list(CallOff.objects.filter(day=day).select_related("site", "vehicle", "driver", "actor", "undone_by").order_by("-pk"))
    open_offers = Count("donor__offers", filter=Q(donor__offers__day=day, donor__offers__status=OfferStatus.OPEN))
    return CallOffPage(
        standing=[row for row in rows if row.undone_at is None],
        undone=[row for row in rows if row.undone_at is not None],
        shops=list(Site.objects.filter(kind=SiteKind.DONOR).annotate(offers=open_offers).filter(offers__gt=0).order_by("code")),
        shifts=list(Shift.objects.filter(day=day).select_related("vehicle", "driver").order_by("vehicle__code")),
    )
