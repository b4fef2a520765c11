"""Places and lots. ``stocked`` puts goods somewhere the way they come in life: by a movement."""

from __future__ import annotations

import datetime as dt
from typing import Any

import factory

from foodbank.accounts.models import User
from foodbank.catalog.models import Zone
from foodbank.core.dates import today
from foodbank.inventory.models import Lot, Place, PlaceKind, Reason
from foodbank.inventory.services.ledger import post
from foodbank.inventory.services.places import ensure_counterpart
from foodbank.labels.codes import make_code
from tests.factories.accounts import UserFactory
from tests.factories.catalog import ItemFactory, allergen_list
from tests.factories.people import SiteFactory


class PlaceFactory(factory.django.DjangoModelFactory[Place]):
    """A chilled rack."""

    class Meta:
        model = Place

    code = factory.Sequence(lambda n: f"C-{n:03d}")
    kind = PlaceKind.STORAGE
    zone = Zone.CHILLED


class LotFactory(factory.django.DjangoModelFactory[Lot]):
    """A lot of the item, good for ten more days, with all that is asked about goods."""

    class Meta:
        model = Lot

    code = factory.Sequence(lambda n: make_code(1_000_000 + n))
    item = factory.SubFactory(ItemFactory)
    donor_site = factory.SubFactory(SiteFactory)
    received_on = factory.LazyFunction(today)
    date_mark = factory.SelfAttribute("item.date_mark")
    last_day = factory.LazyFunction(lambda: today() + dt.timedelta(days=10))
    zone = factory.SelfAttribute("item.zone")
    unit_weight_g = factory.SelfAttribute("item.unit_weight_g")
    allergens_stated = True
    allergen_list = factory.LazyFunction(allergen_list)


def stocked(quantity: int, *, place: Place | None = None, actor: User | None = None, **lot: Any) -> tuple[Lot, Place]:
    """A new lot with ``quantity`` units at ``place`` (default: a chilled rack of its own)."""
    actor = actor or UserFactory.create()
    made = LotFactory.create(**lot)
    place = place or PlaceFactory.create(zone=made.zone)
    supply = ensure_counterpart(kind=PlaceKind.SUPPLY, actor=actor)
    post(lot=made, source=supply, target=place, quantity=quantity, reason=Reason.OPENING, actor=actor)
    return made, place
