"""What a partner can order: by item, what is free on the shelf and may go to partners on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from foodbank.catalog.models import AllergenList
from foodbank.core.dates import DateMark
from foodbank.inventory.models.places import PlaceKind
from foodbank.inventory.policies import AllergenState, LotFacts, allergen_state
from foodbank.inventory.selectors.stock import StockRow, stock_on
from logistics.allocation.facts import DaysLeftRule
from logistics.allocation.models import MinimumDaysLeft
from logistics.allocation.policies import PARTNER, days_needed, too_few_days


@dataclass(frozen=True, slots=True)
class OrderableItem:
    """``units`` (``grams``) of one item in one zone that nobody has reserved. ``earliest`` is the first last day among them; ``contains``
    and ``unknown`` are label names: what one of the lots contains, and what nobody has stated about one of them (D13)."""

    gtin: str
    name: str
    category: str
    category_name: str
    zone: str
    contains: tuple[str, ...]
    unknown: tuple[str, ...]
    date_mark: str
    earliest: dt.date | None
    precision: str
    units: int
    grams: int

    @property
    def key(self) -> str:
        return f"{self.category}/{self.gtin}/{self.zone}"


def days_left_rules() -> tuple[DaysLeftRule, ...]:
    """The food bank's table of minimum days (D7); one query."""
    return tuple(
        DaysLeftRule(rule.channel, rule.category.code if rule.category else None, rule.zone or None, rule.days)
        for rule in MinimumDaysLeft.objects.select_related("category")
    )


def orderable_on(day: dt.date) -> list[OrderableItem]:
    """By category, item and zone. Goods that are held, reserved, past their day or too close to it are not among them. Seven queries
    at most, however much there is."""
    rules = days_left_rules()
    names = listed_on(day)
    found: dict[tuple[str, str, str], list[StockRow]] = {}
    for row in stock_on(day, kinds=(PlaceKind.STORAGE,)):
        if row.free > 0 and row.blocked is None and row.place.site_id is not None and not _too_late(row, day, rules):
            item = row.lot.item
            found.setdefault((item.category.code, item.gtin, row.zone), []).append(row)
    return [_item(rows, names) for _, rows in sorted(found.items())]


def listed_on(day: dt.date) -> list[str]:
    """Label names of the allergens on the list in force that ``day``, as it orders them; two queries."""
    edition = AllergenList.objects.in_force(day)
    return list(edition.allergens.order_by("pk").values_list("name", flat=True))


def told(lots: Sequence[LotFacts], names: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What one of ``lots`` contains, and what of ``names`` nobody has stated about one of them (D13)."""
    contains = {name for lot in lots for name in lot.contains}
    listed = list(dict.fromkeys([*names, *sorted(contains)]))
    unknown = {name for name in listed for lot in lots if allergen_state(lot, name) is AllergenState.UNKNOWN} - contains
    return tuple(name for name in listed if name in contains), tuple(name for name in listed if name in unknown)


def _too_late(row: StockRow, day: dt.date, rules: Iterable[DaysLeftRule]) -> bool:
    needed = days_needed(rules, channel=PARTNER, category=row.lot.item.category.code, zone=row.zone)
    may_be_past = row.released or row.lot.date_mark == DateMark.NONE
    return too_few_days(row.lot.last_day, day=day, needed=needed, may_be_past=may_be_past)


def _item(rows: list[StockRow], names: list[str]) -> OrderableItem:
    first = rows[0]  # first expiring first
    contains, unknown = told([row.facts for row in rows], names)
    item = first.lot.item
    return OrderableItem(
        gtin=item.gtin,
        name=item.name,
        category=item.category.code,
        category_name=item.category.name,
        zone=first.zone,
        contains=contains,
        unknown=unknown,
        date_mark=first.lot.date_mark,
        earliest=first.lot.last_day,
        precision=first.lot.date_precision,
        units=sum(row.free for row in rows),
        grams=sum(row.free_g for row in rows),
    )
