"""A small published plan to drive, made without the planner: VAN1 loads at the depot, collects at a shop, and serves two partners, a
pickup venue and the depot."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from foodbank.accounts.models import User
from foodbank.catalog.models import Zone
from foodbank.core.dates import at, today
from foodbank.donations.models import Donor, Offer
from foodbank.inventory.models import Place, PlaceKind
from foodbank.labels.codes import CodeKind, make_code
from foodbank.pantry.models import PickupDay
from foodbank.partners.models import Order, OrderLine, Partner
from foodbank.sites.models import Site, SiteKind
from logistics.dispatch.models import MobileVisit, Plan, Route, RouteBreak, Shipment, Stop
from logistics.dispatch.services.publishing import publish
from logistics.fleet.models import Shift, Vehicle, VehicleKind
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ItemFactory, category
from tests.factories.inventory import PlaceFactory, stocked
from tests.factories.people import DonorFactory, PartnerFactory, SiteFactory


@dataclass
class Drive:
    """One vehicle's day. Stops come every hour from 09:00 and last ten minutes; shipments are added with :meth:`shelf` and
    :meth:`shop`, then :meth:`published` makes it count."""

    actor: User = field(default_factory=UserFactory.create)
    day: dt.date = field(default_factory=today)
    depot: Site = field(default_factory=lambda: SiteFactory.create(kind=SiteKind.DEPOT))
    vehicle: Vehicle | None = None
    plan: Plan = field(init=False)
    route: Route = field(init=False)
    stops: list[Stop] = field(default_factory=list)
    shipments: list[Shipment] = field(default_factory=list)

    def __post_init__(self) -> None:
        number = Vehicle.objects.count() + 1
        self.vehicle = self.vehicle or Vehicle.objects.create(
            code=f"VAN{number}", name=f"見本の車{number}", kind=VehicleKind.VAN, depot=self.depot,
            ambient_g=500_000, chilled_g=100_000, frozen_g=0,
        )  # fmt: skip
        self.plan = a_plan(self.day, self.actor)
        self.route = a_route(self.plan, self.vehicle)
        self.shift = Shift.objects.update_or_create(
            vehicle=self.vehicle, day=self.day, defaults={"start": dt.time(8), "end": dt.time(18), "break_minutes": 45}
        )[0]

    @classmethod
    def beside(cls, other: Drive) -> Drive:
        """A second vehicle of the same plan."""
        made = cls(actor=other.actor, day=other.day, depot=other.depot)
        Plan.objects.filter(pk=made.plan.pk).delete()
        made.plan, made.route = other.plan, a_route(other.plan, made.vehicle)
        return made

    @property
    def code(self) -> str:
        assert self.vehicle is not None
        return self.vehicle.code

    def stop(self, site: Site, *, minutes: int = 10, wait: int = 0, visit: MobileVisit | None = None) -> Stop:
        """The next stop, an hour after the one before; ``wait`` minutes from arriving to starting."""
        sequence = len(self.stops) + 1
        arrive = at(self.day, dt.time(9)) + dt.timedelta(hours=sequence - 1)
        start = arrive + dt.timedelta(minutes=wait)
        made = Stop.objects.create(
            route=self.route, sequence=sequence, code=make_code(kind=CodeKind.STOP), site=site, arrive=arrive, start=start,
            leave=start + dt.timedelta(minutes=minutes), visit=visit,
        )  # fmt: skip
        self.stops.append(made)
        return made

    def rest(self, start: dt.time, end: dt.time) -> RouteBreak:
        return RouteBreak.objects.create(route=self.route, start=at(self.day, start), end=at(self.day, end))

    def shelf(self, quantity: int, pick: Stop, drop: Stop, *, stock: int | None = None, **fields: Any) -> Shipment:
        """``quantity`` units from a rack at the depot that holds ``stock`` of them; ``lot`` and ``place`` name goods that are there."""
        lot, place = fields.pop("lot", None), fields.pop("place", None)
        lot_fields = fields.pop("lot_fields", {})
        if lot is None:
            zone = lot_fields.pop("zone", Zone.CHILLED)
            place = place or PlaceFactory.create(zone=zone, site=pick.site)
            lot, place = stocked(
                stock or quantity, place=place, actor=self.actor, **{"item": ItemFactory.create(zone=zone), **lot_fields}
            )
        return self._shipment(
            pick, drop, item=lot.item, quantity=quantity, grams=quantity * lot.unit_weight_g, zone=lot.zone, lot=lot, place=place,
            **fields,
        )  # fmt: skip

    def shop(self, quantity: int, pick: Stop, drop: Stop, *, offer: Offer, **fields: Any) -> Shipment:
        """``quantity`` units of ``offer``, collected at the shop."""
        grams = quantity * offer.item.unit_weight_g
        return self._shipment(
            pick, drop, item=offer.item, quantity=quantity, grams=grams, zone=offer.item.zone, offer=offer, **fields
        )

    def _shipment(self, pick: Stop, drop: Stop, **fields: Any) -> Shipment:
        unit = f"u{Shipment.objects.filter(plan=self.plan).count() + 1:02d}"
        made = Shipment.objects.create(plan=self.plan, unit=unit, pick_stop=pick, drop_stop=drop, **fields)
        self.shipments.append(made)
        return made

    def published(self) -> Drive:
        publish(plan=self.plan, actor=self.actor)
        self.plan.refresh_from_db()
        return self


def a_plan(day: dt.date, actor: User) -> Plan:
    return Plan.objects.create(
        day=day, travel_provider="great_circle", detour=1.3, speed_kmh=24.0, stop_s=300, per_kg_s=2, ordered_g=0, delivered_g=0,
        donated_g=0, collected_g=0, distance_m=0, drive_s=0, cost=0, actor=actor,
        document={"routes": [], "summary": {"distance_m": 0, "delivered_g": 0}},
    )  # fmt: skip


def a_route(plan: Plan, vehicle: Vehicle) -> Route:
    return Route.objects.create(
        plan=plan, vehicle=vehicle, depart=at(plan.day, dt.time(9)), back=at(plan.day, dt.time(18)), distance_m=1000, drive_s=600
    )


def an_offer(quantity: int, *, donor: Donor | None = None, day: dt.date | None = None, **item: Any) -> Offer:
    """So many units at a shop, good for a week, to be collected all day."""
    donor = donor or DonorFactory.create()
    made = ItemFactory.create(**item)
    day = day or today()
    return Offer.objects.create(
        donor=donor, item=made, day=day, quantity=quantity, last_day=day + dt.timedelta(days=7), ready_from=dt.time(8),
        ready_until=dt.time(19),
    )  # fmt: skip


def an_order(partner: Partner | None = None, *, ref: str = "", day: dt.date | None = None, **fields: Any) -> OrderLine:
    """The one line (20 kg of dairy) of a new order."""
    day = day or today()
    order = Order.objects.create(
        ref=ref or f"O{Order.objects.count() + 1:03d}", partner=partner or PartnerFactory.create(), delivery_date=day,
        window_from=dt.time(9), window_until=dt.time(19), children=20, **fields,
    )  # fmt: skip
    return OrderLine.objects.create(order=order, category=category("dairy"), quantity_g=20_000)


def a_venue_day(day: dt.date | None = None) -> PickupDay:
    venue = SiteFactory.create(kind=SiteKind.VENUE)
    return PickupDay.objects.create(day=day or today(), site=venue)


def a_visit(day: dt.date | None = None) -> MobileVisit:
    site = SiteFactory.create(kind=SiteKind.MOBILE)
    return MobileVisit.objects.create(
        day=day or today(), site=site, open_from=dt.time(11), open_until=dt.time(12), expected_households=10
    )


def vehicle_place(drive: Drive, zone: str = Zone.CHILLED) -> Place:
    return Place.objects.get(code=f"{drive.code}/{zone}", kind=PlaceKind.VEHICLE)
