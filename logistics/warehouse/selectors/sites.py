"""Where somebody works, and what stands there. Everything that the pages show is narrowed by this."""

from __future__ import annotations

from django.db.models import QuerySet

from foodbank.accounts.access import Access
from foodbank.accounts.models import Role
from foodbank.inventory.models import Balance, Lot, Place, PlaceKind
from foodbank.sites.models import Site, SiteKind


def workplaces(access: Access) -> QuerySet[Site]:
    """Depots and pickup venues in use where somebody with ``access`` works in the warehouse, depots first."""
    sites = Site.objects.filter(kind__in=(SiteKind.DEPOT, SiteKind.VENUE), active=True)
    allowed = access.only_sites(Role.WAREHOUSE)
    if allowed is not None:
        sites = sites.filter(pk__in=allowed)
    return sites.order_by("kind", "code")


def shelves(site: Site) -> QuerySet[Place]:
    """The places of ``site`` that goods can stand at."""
    return Place.objects.filter(site=site, kind=PlaceKind.STORAGE, active=True).order_by("code")


def standing(site: Site) -> QuerySet[Balance]:
    """What stands at the places of ``site`` now, first expiring first (D20)."""
    return (
        Balance.objects.there()
        .filter(place__site=site, place__kind=PlaceKind.STORAGE)
        .select_related("lot__item__category", "lot__release", "place")
        .order_by("lot__last_day", "lot__received_on", "lot__code", "place__code")
    )


def lots_known_at(site: Site) -> QuerySet[Lot]:
    """Lots that are or were at ``site``, also when all of it has gone."""
    return Lot.objects.filter(balances__place__site=site, balances__place__kind=PlaceKind.STORAGE).distinct()
