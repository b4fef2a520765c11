"""What a call-off would change, and who would be told: what the page shows before, and what the service does."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import F, Q, QuerySet

from foodbank.accounts.models import User
from foodbank.donations.models import Donor, Offer
from foodbank.pantry.models import Booking, BookingState, PickupDay
from foodbank.partners.models import Order, Partner
from foodbank.sites.models import Site
from logistics.dispatch.models import CallOffKind, MobileVisit, Plan, PlanStatus, Shipment, StopState
from logistics.fleet.models import Shift, Vehicle

CLOSED = (StopState.DONE, StopState.FAILED)
_EXPECTED = (BookingState.BOOKED, BookingState.WAITING, BookingState.CHECKED_IN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What falls out: a shop's site, a vehicle, a driver with the vehicle that was theirs, or (none of them) the whole day."""

    kind: CallOffKind
    site: Site | None = None
    vehicle: Vehicle | None = None
    driver: User | None = None

    @property
    def name(self) -> str:
        if self.site is not None:
            return self.site.name
        if self.driver is not None:
            return self.driver.shown_name
        return f"{self.vehicle.code} {self.vehicle.name}" if self.vehicle is not None else ""


@dataclass(frozen=True, slots=True)
class Effects:
    """``shipments`` will not travel, ``aboard`` are those of them that are on the vehicle already; ``offers`` will not be collected.
    ``partners`` with the numbers of their orders, ``donors`` and ``drivers`` are told, and so many ``households``."""

    plan: Plan | None = None
    shipments: list[Shipment] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    partners: dict[Partner, list[str]] = field(default_factory=dict)
    donors: list[Donor] = field(default_factory=list)
    drivers: list[User] = field(default_factory=list)
    shifts: list[Shift] = field(default_factory=list)
    visits: list[MobileVisit] = field(default_factory=list)
    pickup_days: list[PickupDay] = field(default_factory=list)
    households: int = 0

    @property
    def aboard(self) -> list[Shipment]:
        return [s for s in self.shipments if s.progress.aboard]

    @property
    def grams(self) -> int:
        """What will not travel."""
        return sum(s.grams for s in self.shipments)

    @property
    def told(self) -> int:
        return len(self.partners) + len(self.donors) + len(self.drivers) + self.households

    @property
    def nothing(self) -> bool:
        return not (self.shipments or self.offers or self.shifts or self.pickup_days or self.visits or self.partners)

    def seen(self) -> str:
        """What was shown, in a few letters: asked for again when it has changed meanwhile."""
        parts = (
            sorted(s.pk for s in self.shipments),
            sorted(s.pk for s in self.aboard),
            sorted(o.pk for o in self.offers),
            sorted((p.pk, tuple(refs)) for p, refs in self.partners.items()),
            sorted(d.pk for d in self.donors),
            sorted(u.pk for u in self.drivers),
            self.households,
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def effects_of(day: dt.date, target: Target) -> Effects:
    """A fixed number of queries for each kind."""
    plan = Plan.objects.filter(day=day, status__in=(PlanStatus.PUBLISHED, PlanStatus.STARTED)).defer("document").first()
    shipments = list(_touched(plan, target)) if plan is not None else []
    shifts = Shift.objects.filter(day=day).select_related("vehicle", "driver").order_by("vehicle__code")
    match target.kind:
        case CallOffKind.SHOP:
            offers = _open_offers(day).filter(donor__site=target.site)
            donor = Donor.objects.filter(site=target.site).first()
            return Effects(
                plan, shipments, list(offers), _partners(shipments), [donor] if donor else [], _drivers(shipments, shifts)
            )
        case CallOffKind.VEHICLE:
            waiting = {s.offer.donor.pk: s.offer.donor for s in shipments if s.offer is not None and not s.progress.loaded}
            own = [shift for shift in shifts if shift.vehicle_id == (target.vehicle.pk if target.vehicle else None)]
            drivers = {u.pk: u for u in [*_drivers(shipments, shifts), *(s.driver for s in own if s.driver is not None)]}
            visits = {s.visit.pk: s.visit for s in shipments if s.visit is not None}
            return Effects(
                plan,
                shipments,
                [],
                _partners(shipments),
                list(waiting.values()),
                list(drivers.values()),
                own,
                list(visits.values()),
            )
        case CallOffKind.DRIVER:
            own = [s for s in shifts if s.driver == target.driver and s.vehicle == target.vehicle]
            return Effects(plan=plan, drivers=[target.driver] if own and target.driver else [], shifts=own)
        case _:
            return _whole_day(day, plan, shipments, list(shifts))


def _whole_day(day: dt.date, plan: Plan | None, shipments: list[Shipment], shifts: list[Shift]) -> Effects:
    offers = list(_open_offers(day))
    partners: dict[Partner, list[str]] = defaultdict(list)
    for order in Order.objects.open_on(day).select_related("partner__site").order_by("partner__site__code", "ref"):
        partners[order.partner].append(order.ref)
    pickup_days = list(PickupDay.objects.filter(day=day, call_off__isnull=True).select_related("site").order_by("site__code"))
    booked = Booking.objects.filter(slot__pickup_day__in=pickup_days, state__in=_EXPECTED)
    donors = {o.donor.pk: o.donor for o in offers}
    drivers = {s.driver.pk: s.driver for s in shifts if s.driver is not None}
    visits = list(MobileVisit.objects.filter(day=day).select_related("site"))
    return Effects(
        plan, shipments, offers, dict(partners), list(donors.values()), list(drivers.values()), shifts, visits, pickup_days,
        booked.values("household").distinct().count(),
    )  # fmt: skip


def _open_offers(day: dt.date) -> QuerySet[Offer]:
    return Offer.objects.open_on(day).select_related("donor__site", "item").order_by("donor__site__code", "pk")


def _touched(plan: Plan, target: Target) -> QuerySet[Shipment]:
    """Shipments of the plan that have not reached their receiver and cannot any more."""
    rows = Shipment.objects.filter(plan=plan, progress__called_off=False).filter(
        Q(drop_stop__progress__isnull=True) | ~Q(drop_stop__progress__state__in=CLOSED)
    )
    rows = rows.filter(Q(progress__loaded=0) | Q(progress__loaded__gt=F("progress__dropped") + F("progress__returned")))
    match target.kind:
        case CallOffKind.SHOP:
            rows = rows.filter(offer__donor__site=target.site, progress__loaded=0)
        case CallOffKind.VEHICLE:
            rows = rows.filter(pick_stop__route__vehicle=target.vehicle)
        case CallOffKind.DRIVER:
            rows = rows.none()
        case _:
            pass
    return rows.select_related(
        "progress__reservation", "item", "offer__donor__site", "order_line__order__partner__site", "visit__site", "pickup_day__site",
        "pick_stop__site", "pick_stop__route__vehicle", "pick_stop__route__progress__driver", "drop_stop__site",
    ).order_by("pk")  # fmt: skip


def _partners(shipments: list[Shipment]) -> dict[Partner, list[str]]:
    """Whose order lines lose food, by site code."""
    found: dict[Partner, set[str]] = defaultdict(set)
    for shipment in shipments:
        if shipment.order_line is not None:
            found[shipment.order_line.order.partner].add(shipment.order_line.order.ref)
    return {partner: sorted(refs) for partner, refs in sorted(found.items(), key=lambda pair: pair[0].site.code)}


def _drivers(shipments: list[Shipment], shifts: QuerySet[Shift]) -> list[User]:
    """Who drives the routes of these shipments: whoever drove off, else whoever the shift names."""
    routes = {s.pick_stop.route_id: s.pick_stop.route for s in shipments}
    named = {shift.vehicle_id: shift.driver for shift in shifts}
    found: dict[int, User] = {}
    for route in routes.values():
        progress = getattr(route, "progress", None)
        driver = progress.driver if progress is not None else named.get(route.vehicle_id)
        if driver is not None:
            found[driver.pk] = driver
    return sorted(found.values(), key=lambda user: user.pk)
