"""A vehicle's day with everything in it, and eyes for the ledger."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pytest

from foodbank.accounts.models import User
from foodbank.core.dates import at
from foodbank.donations.models import Offer
from foodbank.inventory.models import Balance, PlaceKind
from logistics.dispatch.models import Shipment, ShipmentProgress
from logistics.dispatch.services import handover
from tests.factories.driving import Drive, a_venue_day, a_visit, an_offer, an_order
from tests.factories.under_way import Clock


@dataclass
class FullDay:
    """Stops: 0 depot, 1 shop, 2 first partner, 3 second partner, 4 venue, 5 visit. All goods are 1 kg, chilled.

    Shelf: 6 of 10 to the first partner (u01), 5 to the venue (u02), 8 to the visit (u03). Shop: of 15 offered, 6 go to the first
    partner (u04), 4 to the second (u05), 5 to the depot's shelf (u06).
    """

    drive: Drive
    offer: Offer

    def __getattr__(self, name: str) -> Shipment:
        """``day.u04``."""
        return next(one for one in self.drive.shipments if one.unit == name)

    def hour(self, text: str) -> dt.datetime:
        """``day.hour("09:50")``."""
        return at(self.drive.day, dt.time.fromisoformat(text))

    def set_out(self, clock: Clock, *, now: str = "09:50", actor: User | None = None) -> None:
        """The vehicle left at 9:10 and is on its way to the shop, which is planned for ten; ``now`` is the time."""
        depot, by = self.drive.stops[0], actor or self.drive.actor
        clock(self.hour("09:10"))
        handover.load_all(stop=depot, actor=by)
        handover.finish_stop(stop=depot, actor=by)
        clock(self.hour(now))


@pytest.fixture
def full() -> FullDay:
    drive = Drive()
    offer = an_offer(15)
    first, second, venue, visit = an_order(), an_order(), a_venue_day(), a_visit()
    depot = drive.stop(drive.depot)
    shop = drive.stop(offer.donor.site)
    to_first, to_second = drive.stop(first.order.partner.site), drive.stop(second.order.partner.site)
    to_venue, stand = drive.stop(venue.site), drive.stop(visit.site, minutes=60, visit=visit)
    home = drive.stop(drive.depot)
    drive.shelf(6, depot, to_first, stock=10, order_line=first)
    drive.shelf(5, depot, to_venue, pickup_day=venue)
    drive.shelf(8, depot, stand, visit=visit)
    drive.shop(6, shop, to_first, offer=offer, order_line=first)
    drive.shop(4, shop, to_second, offer=offer, order_line=second)
    drive.shop(5, shop, home, offer=offer)
    drive.published()
    return FullDay(drive, offer)


def aboard_by_ledger(drive: Drive) -> int:
    rows = Balance.objects.filter(place__kind=PlaceKind.VEHICLE, place__code__startswith=f"{drive.code}/")
    return sum(row.quantity for row in rows)


def aboard_by_progress(drive: Drive) -> int:
    return sum(row.aboard for row in ShipmentProgress.objects.filter(shipment__pick_stop__route__vehicle__code=drive.code))


def stands_at(code: str) -> int:
    """Units at the place with this code, of whatever lot."""
    return sum(row.quantity for row in Balance.objects.filter(place__code=code))
