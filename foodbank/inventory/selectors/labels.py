"""What the labels of the lots on our shelves say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from foodbank.catalog.models import Allergen, Zone
from foodbank.core.dates import DateMark, format_day, format_food_date
from foodbank.core.units import format_kg
from foodbank.inventory.models import Balance, Lot, LotStatus
from foodbank.inventory.policies import may_leave
from foodbank.inventory.selectors.facts import lot_facts, movement_facts, releases_on
from foodbank.labels.codes import code_url
from foodbank.labels.draw import LotLabel
from foodbank.labels.marks import Allergens


def lot_labels(day: dt.date, *, base_url: str, lots: Collection[Lot] | None = None) -> list[LotLabel]:
    """One label per lot that is in one of our places on ``day``, in the order of the places, so that one walk sticks them all.
    ``lots`` narrows to these, also such as a stock list has left out."""
    there = (
        Balance.objects.there()
        .filter(lot__in=Lot.objects.usable_on(day) if lots is None else lots)
        .select_related("place", "lot__item__category", "lot__donor_site", "lot__release")
        .order_by("place__code", "lot__item__name", "lot__last_day", "lot__pk")
    )
    units: dict[int, int] = {}
    grams: dict[int, int] = {}
    found: dict[int, Lot] = {}
    for balance in there:
        found.setdefault(balance.lot_id, balance.lot)
        units[balance.lot_id] = units.get(balance.lot_id, 0) + balance.quantity
        grams[balance.lot_id] = grams.get(balance.lot_id, 0) + balance.grams
    allergens = lot_allergens(list(found.values()))
    released = releases_on()
    return [
        LotLabel(
            code=lot.code,
            url=code_url(base_url, lot.code),
            name=lot.item.name,
            date_mark=lot.date_mark,
            date_text=format_food_date(lot.date_mark, lot.last_day, lot.date_precision, lot.safe_until),
            zone=lot.zone,
            zone_word=Zone(lot.zone).label,
            allergens=allergens[pk],
            quantity_text=f"{units[pk]:,}点 {format_kg(grams[pk])}",
            donor_code=lot.donor_site.code if lot.donor_site else "",
            lot_number=lot.maker_lot,
            release_note=_note(lot, day, releases_on=released),
        )
        for pk, lot in found.items()
    ]


def lot_allergens(lots: list[Lot]) -> dict[int, Allergens]:
    """What is known of each lot's allergens, by the lot's primary key; three queries. Items come with their category."""
    facts = lot_facts(lots)
    # As the lists name them: the mandatory ones first.
    rank = {name: number for number, name in enumerate(Allergen.objects.order_by("pk").values_list("name", flat=True))}
    return {
        lot.pk: Allergens(
            contains=tuple(sorted(facts[lot.pk].contains, key=rank.__getitem__)),
            stated=facts[lot.pk].allergens_stated,
            listed=len(facts[lot.pk].listed) if lot.item.category.is_food else 0,
        )
        for lot in lots
    }


def _note(lot: Lot, day: dt.date, *, releases_on: bool) -> str:
    """What must not be overlooked: on hold, past its date, or released past its 賞味期限 (D6)."""
    release = lot.release.until if hasattr(lot, "release") else None
    refusal = may_leave(movement_facts(lot), day, release=release, releases_on=releases_on)
    if lot.status == LotStatus.HELD:
        return "保留中 使わないでください"
    if refusal is not None:
        return "期限切れ お渡しできません"
    if lot.date_mark == DateMark.BEST_BEFORE and lot.last_day is not None and day > lot.last_day and release is not None:
        return f"賞味期限後の使用許可 {format_day(release)}まで"
    return ""
