"""What the database already knows, as far as a day's files are checked and compared against it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from foodbank.catalog.models import Allergen, Category, Item
from foodbank.inventory.models import Place
from foodbank.partners.models import Order
from foodbank.sites.models import Site
from logistics.dayfiles.models import ImportedRow


@dataclass(frozen=True, slots=True)
class Known:
    """``sites``: kind by code; ``items``: (zone, grams per unit) by GTIN; ``places``: (kind, zone) by code; ``order_refs``: those that
    somebody else's orders have taken on the day."""

    sites: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    places: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    categories: frozenset[str] = frozenset()
    allergens: tuple[str, ...] = ()
    order_refs: frozenset[str] = frozenset()


def known_for(day: dt.date) -> Known:
    """Read it all, in six queries. Orders that this day's own import made do not count as somebody else's."""
    own = ImportedRow.objects.filter(day__date=day, file="orders.csv").values("order_id")
    others = Order.objects.filter(delivery_date=day).exclude(pk__in=own)
    return Known(
        sites=dict(Site.objects.values_list("code", "kind")),
        items={gtin: (zone, grams) for gtin, zone, grams in Item.objects.values_list("gtin", "zone", "unit_weight_g")},
        places={code: (kind, zone) for code, kind, zone in Place.objects.values_list("code", "kind", "zone")},
        categories=frozenset(Category.objects.values_list("code", flat=True)),
        allergens=tuple(Allergen.objects.values_list("name", flat=True)),
        order_refs=frozenset(others.values_list("ref", flat=True)),
    )
