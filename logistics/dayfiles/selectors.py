"""What the database already knows, as far as a day's files are checked and compared against it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from foodbank.catalog.models import Allergen, Category, Item
from foodbank.donations.imports import OfferKey
from foodbank.donations.selectors import existing_offers
from foodbank.inventory.models import Place
from foodbank.pantry.models import PickupDay
from foodbank.partners.models import Order
from foodbank.sites.models import Site
from logistics.dayfiles.models import ImportedRow
from logistics.dayfiles.rows import DayRow, SlotRow, VisitRow, values_from
from logistics.dispatch.models import MobileVisit


@dataclass(frozen=True, slots=True)
class Known:
    """``sites``: kind by code; ``items``: (zone, grams per unit) by GTIN; ``places``: (kind, zone) by code. The rest is what the day
    already has from elsewhere: its order numbers, offers, visits (site, opening) and pickup days (site)."""

    sites: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    places: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    categories: frozenset[str] = frozenset()
    allergens: tuple[str, ...] = ()
    order_refs: frozenset[str] = frozenset()
    offers: Mapping[OfferKey, Sequence[int]] = field(default_factory=dict)
    visits: frozenset[tuple[str, dt.time]] = frozenset()
    pickup_sites: frozenset[str] = frozenset()


def known_for(day: dt.date) -> Known:
    """Read it all. What this day's own import made does not count as coming from elsewhere."""
    own = ImportedRow.objects.filter(day__date=day, made=True)
    kinds: dict[str, type[DayRow]] = {"mobile_visits.csv": VisitRow, "pickup_day.csv": SlotRow}
    imported = {file: [values_from(content, kind) for content in _contents(day, file)] for file, kind in kinds.items()}
    own_visits = {(values[0], values[1]) for values in imported["mobile_visits.csv"]}
    own_venues = {values[0] for values in imported["pickup_day.csv"]}
    visits = MobileVisit.objects.filter(day=day).values_list("site__code", "open_from")
    venues = PickupDay.objects.filter(day=day).values_list("site__code", flat=True)
    orders = Order.objects.filter(delivery_date=day).exclude(pk__in=own.filter(order__isnull=False).values("order_id"))
    return Known(
        sites=dict(Site.objects.values_list("code", "kind")),
        items={gtin: (zone, grams) for gtin, zone, grams in Item.objects.values_list("gtin", "zone", "unit_weight_g")},
        places={code: (kind, zone) for code, kind, zone in Place.objects.values_list("code", "kind", "zone")},
        categories=frozenset(Category.objects.values_list("code", flat=True)),
        allergens=tuple(Allergen.objects.values_list("name", flat=True)),
        order_refs=frozenset(orders.values_list("ref", flat=True)),
        offers=existing_offers(
            day=day,
            leaving_out=own.filter(offer__isnull=False).values_list("offer_id", flat=True),
        ),
        visits=frozenset((code, start) for code, start in visits if (code, f"{start:%H:%M}") not in own_visits),
        pickup_sites=frozenset(venues) - own_venues,
    )


def _contents(day: dt.date, file: str) -> list[str]:
    return list(ImportedRow.objects.filter(day__date=day, file=file).values_list("content", flat=True))
