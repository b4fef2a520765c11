"""Items. Categories and allergens are those that every installation starts with; they come back if a test emptied the tables."""

from __future__ import annotations

import datetime as dt

import factory

from foodbank.catalog.models import Allergen, AllergenList, AllergenListEntry, Category, Item, Zone
from foodbank.core.dates import DateMark


def gtin(number: int) -> str:
    """GTIN-13 with GS1's example prefix 952 and a right check digit."""
    body = f"952{number:09d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return body + str(-total % 10)


def category(code: str = "dairy") -> Category:
    """The category with this code."""
    return Category.objects.get_or_create(code=code, defaults={"name": code, "name_en": code})[0]


def allergen(name: str = "乳") -> Allergen:
    """The allergen with this label name."""
    return Allergen.objects.get_or_create(name=name, defaults={"name_en": name})[0]


def allergen_list() -> AllergenList:
    """Some edition of the list, with 卵, 乳 and 小麦 if the installation's own are gone."""
    found = AllergenList.objects.first()
    if found is None:
        found = AllergenList.objects.create(effective_from=dt.date(2023, 3, 9), source="試験用")
        AllergenListEntry.objects.bulk_create(
            [AllergenListEntry(list=found, allergen=allergen(name), mandatory=True) for name in ("卵", "乳", "小麦")]
        )
    return found


class ItemFactory(factory.django.DjangoModelFactory[Item]):
    """A 1 kg carton, chilled, with a best-before date, that contains nothing on the list."""

    class Meta:
        model = Item

    gtin = factory.Sequence(lambda n: gtin(500_000 + n))
    name = factory.Sequence(lambda n: f"見本の品{n}")
    category = factory.LazyFunction(category)
    zone = Zone.CHILLED
    date_mark = DateMark.BEST_BEFORE
    unit_weight_g = 1000
