"""Entering and correcting products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.catalog.models import Allergen, Category, Item, Zone
from foodbank.catalog.policies import item_faults
from foodbank.core.dates import DateMark
from foodbank.core.errors import FieldsRefused, Text
from foodbank.labels.gtin import GtinRefused, short_gtin

_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemData:
    """What is entered of an item. ``allergens`` are those it contains; with ``allergens_stated`` false the others are unknown."""

    gtin: str
    name: str
    category: Category
    zone: Zone
    date_mark: DateMark
    unit_weight_g: int
    allergens: Sequence[Allergen] = ()
    allergens_stated: bool = True
    weight_estimated: bool | None = None
    active: bool | None = None


def create_item(*, data: ItemData, actor: User) -> Item:
    """A new item. Refuses ``item.gtin_taken`` and ``item.refused`` with what is wrong by field."""
    gtin = _gtin(data)
    if Item.objects.filter(gtin=gtin).exists():
        raise FieldsRefused(
            "item.gtin_taken", {"gtin": Text("この商品コードは登録済みです。", "This product code is known already.")}
        )
    return put_items(items=[data], actor=actor)[gtin]


def change_item(*, item: Item, data: ItemData, actor: User) -> Item:
    """Correct an item. Lots already here keep what was known when they came. Refuses ``item.gtin_changes``, ``item.refused``."""
    if _gtin(data) != item.gtin:
        raise FieldsRefused(
            "item.gtin_changes",
            {"gtin": Text("商品コードは変えられません。別の品目として登録してください。", "A product code cannot change.")},
        )
    return put_items(items=[data], actor=actor)[item.gtin]


@transaction.atomic
def put_items(*, items: Sequence[ItemData], actor: User) -> dict[str, Item]:
    """Create these items, or correct those whose GTIN is known; all or none. Returns them by GTIN.

    Refuses ``item.refused`` (by field, of the first item that is wrong).
    """
    wanted: dict[str, ItemData] = {}
    for data in items:
        faults = item_faults(name=data.name, unit_weight_g=data.unit_weight_g)
        if faults:
            raise FieldsRefused("item.refused", faults)
        wanted[_gtin(data)] = data
    known = {item.gtin: item for item in Item.objects.filter(gtin__in=wanted)}
    new: dict[str, Item] = {}
    changed: list[Item] = []
    for gtin, data in wanted.items():
        values = {
            "name": data.name,
            "category_id": data.category.pk,
            "zone": data.zone,
            "date_mark": data.date_mark,
            "unit_weight_g": data.unit_weight_g,
            "allergens_stated": data.allergens_stated,
        }
        if data.weight_estimated is not None:
            values["weight_estimated"] = data.weight_estimated
        if data.active is not None:
            values["active"] = data.active
        item = known.get(gtin)
        if item is None:
            new[gtin] = Item(gtin=gtin, **values)
        elif any(getattr(item, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(item, name, value)
            changed.append(item)
    Item.objects.bulk_create(new.values(), batch_size=_BATCH)
    fields = ["name", "category", "zone", "date_mark", "unit_weight_g", "allergens_stated", "weight_estimated", "active"]
    Item.objects.bulk_update(changed, fields, batch_size=_BATCH)
    stored = known | new
    _set_allergens({stored[gtin].pk: {one.pk for one in data.allergens} for gtin, data in wanted.items()})
    return stored


def _set_allergens(wanted: dict[int, set[int]]) -> None:
    through = Item.allergens.through
    there: dict[int, dict[int, int]] = {pk: {} for pk in wanted}
    rows = through.objects.filter(item_id__in=list(wanted)).values_list("pk", "item_id", "allergen_id")
    for pk, item_id, allergen_id in rows:
        there[item_id][allergen_id] = pk
    gone = [pk for item_id, links in there.items() for allergen_id, pk in links.items() if allergen_id not in wanted[item_id]]
    if gone:
        through.objects.filter(pk__in=gone).delete()
    through.objects.bulk_create(
        [
            through(item_id=item_id, allergen_id=allergen_id)
            for item_id, allergens in wanted.items()
            for allergen_id in sorted(allergens - there[item_id].keys())
        ],
        batch_size=_BATCH,
    )


def _gtin(data: ItemData) -> str:
    try:
        return short_gtin(data.gtin)
    except GtinRefused as refusal:
        raise FieldsRefused(refusal.code, {"gtin": refusal.text}) from None
