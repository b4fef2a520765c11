"""An order as programs send it: categories, products and allergens by name. Unknown names are refused, field by field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from foodbank.catalog.models import Allergen, Category, Item
from foodbank.core.errors import FieldsRefused, Text
from foodbank.core.units import grams_from_kg
from foodbank.labels.gtin import GtinRefused, short_gtin
from foodbank.partners.models import OrderSource, Partner
from foodbank.partners.services.orders import LineData, OrderData


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedLine:
    """Either so many kilograms of a category by its code, or so many units of a product by its GTIN (8, 12, 13 or 14 digits)."""

    category: str = ""
    quantity_kg: Decimal = Decimal()
    gtin: str = ""
    quantity: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedOrder:
    """Allergens go by their Japanese label name or their English name."""

    delivery_date: dt.date
    window_from: dt.time
    window_until: dt.time
    children: int
    lines: Sequence[NamedLine]
    excluded_allergens: Sequence[str] = ()
    external_ref: str = ""
    note: str = ""


def order_data(*, named: NamedOrder, partner: Partner, source: OrderSource) -> OrderData:
    """The same with rows for names. Refuses ``order.refused``: ``lines.0.category``, ``lines.0.gtin``, ``lines.0.quantity_kg`` (finer than
    a gram), ``excluded_allergens.0``; all that is wrong at once."""
    faults: dict[str, Text] = {}
    lines = _lines(named.lines, faults)
    allergens = _allergens(named.excluded_allergens, faults)
    if faults:
        raise FieldsRefused("order.refused", faults)
    return OrderData(
        partner=partner,
        delivery_date=named.delivery_date,
        window_from=named.window_from,
        window_until=named.window_until,
        children=named.children,
        lines=lines,
        excluded_allergens=allergens,
        source=source,
        external_ref=named.external_ref,
        note=named.note,
    )


def _lines(lines: Sequence[NamedLine], faults: dict[str, Text]) -> list[LineData]:
    categories = {row.code: row for row in Category.objects.all()}
    gtins: dict[int, str] = {}
    for number, line in enumerate(lines):
        if line.gtin:
            try:
                gtins[number] = short_gtin(line.gtin)
            except GtinRefused as refusal:
                faults[f"lines.{number}.gtin"] = refusal.text
    items = {item.gtin: item for item in Item.objects.filter(gtin__in=set(gtins.values()), active=True)}
    found = []
    for number, line in enumerate(lines):
        if number in gtins:
            item = items.get(gtins[number])
            if item is None:
                faults[f"lines.{number}.gtin"] = Text(
                    f"商品コード {gtins[number]} の品目は登録されていません。GET stock/ で注文できる品を確かめてください。",
                    f"There is no item {gtins[number]}. GET stock/ lists what can be ordered.",
                )
            found.append(LineData(item=item, quantity=line.quantity))
        elif not line.gtin:
            found.append(_by_weight(number, line, categories, faults))
    return found


def _by_weight(number: int, line: NamedLine, categories: dict[str, Category], faults: dict[str, Text]) -> LineData:
    category, grams = categories.get(line.category), 0
    if category is None:
        faults[f"lines.{number}.category"] = Text(
            f"「{line.category}」という分類はありません（{'・'.join(categories)}）。",
            f"There is no category {line.category!r}; there are {', '.join(categories)}.",
        )
    try:
        grams = grams_from_kg(line.quantity_kg)
    except ValueError:
        faults[f"lines.{number}.quantity_kg"] = Text(
            "重さは小数第3位（1 g）までにしてください。", "Give kilograms to the gram: three decimals at most."
        )
    return LineData(category=category, quantity_g=grams)


def _allergens(names: Sequence[str], faults: dict[str, Text]) -> list[Allergen]:
    if not names:
        return []
    known: dict[str, Allergen] = {}
    for row in Allergen.objects.all():
        known[row.name] = known[row.name_en.casefold()] = row
    found = []
    for number, name in enumerate(names):
        allergen = known.get(name) or known.get(name.casefold())
        if allergen is None:
            faults[f"excluded_allergens.{number}"] = Text(
                f"「{name}」というアレルゲンはありません。表示名（例: 卵）か英語名（例: Egg）で書いてください。",
                f"There is no allergen {name!r}. Use its label name (卵) or its English name (Egg).",
            )
        else:
            found.append(allergen)
    return found
