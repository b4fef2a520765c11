"""What waits for hands at a place today."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from foodbank.catalog.models import Zone
from foodbank.core.dates import DateMark, today
from foodbank.donations.models import Offer
from foodbank.donations.selectors import received_units
from foodbank.inventory.models import Balance
from foodbank.inventory.models.places import receiving_code
from foodbank.sites.models import Site, SiteKind
from logistics.dispatch.models import Shipment
from logistics.warehouse.selectors.routes import LIVE, RouteLoad, route_loads
from logistics.warehouse.selectors.sites import standing


@dataclass(frozen=True, slots=True)
class Home:
    """Counts of what is to be done. ``expiring``: lots on the shelves whose last day is today; ``past``: that are past it."""

    site: Site
    to_receive: int
    to_put_away: int
    expiring: int
    past: int
    routes: list[RouteLoad]

    @property
    def to_load(self) -> int:
        return sum(route.open_count for route in self.routes)


@dataclass(frozen=True, slots=True)
class OfferRow:
    """An open offer; ``vehicle`` fetches it according to the published plan, or nobody does: then somebody brings it."""

    offer: Offer
    vehicle: str
    came: int

    @property
    def left(self) -> int:
        return max(0, self.offer.quantity - self.came)


def home(site: Site) -> Home:
    """Six queries, whatever waits."""
    day = today()
    there = standing(site).exclude(lot__date_mark=DateMark.NONE)
    counts = {
        "expiring": there.filter(lot__last_day=day).values("lot").distinct().count(),
        "past": there.filter(lot__last_day__lt=day).values("lot").distinct().count(),
    }
    return Home(
        site=site,
        to_receive=len(open_offers(site)),
        to_put_away=to_put_away(site).count(),
        routes=route_loads(site),
        **counts,
    )


def open_offers(site: Site) -> list[OfferRow]:
    """Today's open offers, those that nobody fetches first; two queries. They come to depots, not to venues."""
    if site.kind != SiteKind.DEPOT:
        return []
    offers = list(Offer.objects.open_on(today()).select_related("donor__site", "item__category"))
    fetched = dict(
        Shipment.objects.filter(offer__in=offers, plan__status__in=LIVE).values_list("offer", "pick_stop__route__vehicle__code")
    )
    came = received_units(offers) if offers else {}
    rows = [OfferRow(offer, fetched.get(offer.pk, ""), came.get(offer.pk, 0)) for offer in offers]
    return sorted(rows, key=lambda row: (bool(row.vehicle), row.offer.donor.site.code, row.offer.item.name, row.offer.pk))


def to_put_away(site: Site) -> QuerySet[Balance]:
    """What still stands where it was received."""
    return standing(site).filter(place__code__in=[receiving_code(site, zone) for zone in Zone.values])


def expiring(site: Site) -> list[Balance]:
    """What is on the shelves and has its last day today, or is past it; the oldest first."""
    return list(standing(site).exclude(lot__date_mark=DateMark.NONE).filter(lot__last_day__lte=today()))
