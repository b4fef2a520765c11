"""Making lots: every fact about the goods is settled here and inherited from here on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.catalog.models import Allergen, AllergenList, Item
from foodbank.core.dates import DateMark, DatePrecision, last_of_month
from foodbank.core.errors import Refusal, Text
from foodbank.inventory.models import Condition, Lot, LotAllergen
from foodbank.inventory.policies import stricter_zone
from foodbank.inventory.services.holds import hold_lot, unhold_lot
from foodbank.inventory.services.lot_codes import free_codes
from foodbank.inventory.services.releases import grant_release, request_release
from foodbank.inventory.services.splits import split_lot
from foodbank.sites.models import Site

__all__ = [
    "LotDraft",
    "create_lot",
    "create_lots",
    "grant_release",
    "hold_lot",
    "request_release",
    "split_lot",
    "unhold_lot",
]
_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class LotDraft:
    """What is known of goods that come in; ``None`` means: as the item says. ``zone`` is what the label says."""

    item: Item
    received_on: dt.date
    last_day: dt.date | None
    date_precision: DatePrecision = DatePrecision.DAY
    date_mark: DateMark | None = None
    donor_site: Site | None = None
    allergens: Sequence[Allergen] | None = None
    allergens_stated: bool | None = None
    zone: str | None = None
    unit_weight_g: int | None = None
    weight_estimated: bool | None = None
    maker_lot: str = ""
    source_ref: str = ""
    mixed_box: bool = False
    condition: Condition = Condition.GOOD
    safe_until: dt.time | None = None


def create_lot(
    *,
    item: Item,
    received_on: dt.date,
    last_day: dt.date | None,
    actor: User,
    date_precision: DatePrecision = DatePrecision.DAY,
    date_mark: DateMark | None = None,
    donor_site: Site | None = None,
    allergens: Sequence[Allergen] | None = None,
    allergens_stated: bool | None = None,
    zone: str | None = None,
    unit_weight_g: int | None = None,
    weight_estimated: bool | None = None,
    maker_lot: str = "",
    source_ref: str = "",
    mixed_box: bool = False,
    condition: Condition = Condition.GOOD,
    safe_until: dt.time | None = None,
) -> Lot:
    """One new lot with a code of its own, without goods yet: a movement brings them. Refuses like :func:`create_lots`."""
    draft = LotDraft(
        item=item,
        received_on=received_on,
        last_day=last_day,
        date_precision=date_precision,
        date_mark=date_mark,
        donor_site=donor_site,
        allergens=allergens,
        allergens_stated=allergens_stated,
        zone=zone,
        unit_weight_g=unit_weight_g,
        weight_estimated=weight_estimated,
        maker_lot=maker_lot,
        source_ref=source_ref,
        mixed_box=mixed_box,
        condition=condition,
        safe_until=safe_until,
    )
    return create_lots(drafts=[draft], actor=actor)[0]


@transaction.atomic
def create_lots(*, drafts: Sequence[LotDraft], actor: User) -> list[Lot]:
    """New lots in the order of ``drafts``, in a fixed number of queries for each 500 of them.

    A month-only date becomes the month's last day (D8); the colder of item and label is the zone (D11); the list edition in force
    on the day of receipt is kept with the allergens (D13). Refuses ``inventory.date_missing`` where the law asks for a date,
    ``inventory.weight_missing``, ``inventory.safe_time_without_day``, and ``inventory.mixed_box_stated`` for a mixed box that claims
    to know its allergens.
    """
    if not drafts:
        return []
    for draft in drafts:
        _check(draft)
    editions = {day: AllergenList.objects.in_force(day) for day in {draft.received_on for draft in drafts}}
    codes = free_codes(len(drafts))
    lots = [_lot(draft, code, editions[draft.received_on]) for draft, code in zip(drafts, codes, strict=True)]
    Lot.objects.bulk_create(lots, batch_size=_BATCH)
    of_item = _allergens_of_items({draft.item.pk for draft in drafts if draft.allergens is None})
    LotAllergen.objects.bulk_create(
        [
            LotAllergen(lot=lot, allergen_id=pk)
            for lot, draft in zip(lots, drafts, strict=True)
            for pk in (of_item.get(draft.item.pk, ()) if draft.allergens is None else _ids(draft.allergens))
        ],
        batch_size=_BATCH,
    )
    return lots


def _lot(draft: LotDraft, code: str, edition: AllergenList) -> Lot:
    item = draft.item
    last_day = draft.last_day
    if last_day is not None and draft.date_precision == DatePrecision.MONTH:
        last_day = last_of_month(last_day.year, last_day.month)
    measured = draft.unit_weight_g is not None
    estimated = draft.weight_estimated if draft.weight_estimated is not None else (not measured and item.weight_estimated)
    stated = draft.allergens_stated
    if stated is None:
        stated = item.allergens_stated and not draft.mixed_box
    return Lot(
        code=code,
        item=item,
        donor_site=draft.donor_site,
        received_on=draft.received_on,
        date_mark=draft.date_mark or item.date_mark,
        last_day=last_day,
        date_precision=draft.date_precision,
        zone=stricter_zone(item.zone, draft.zone),
        unit_weight_g=draft.unit_weight_g if draft.unit_weight_g is not None else item.unit_weight_g,
        weight_estimated=estimated,
        maker_lot=draft.maker_lot,
        allergens_stated=stated,
        allergen_list=edition,
        mixed_box=draft.mixed_box,
        condition=draft.condition,
        source_ref=draft.source_ref,
        safe_until=draft.safe_until,
    )


def _check(draft: LotDraft) -> None:
    name, gtin = draft.item.name, draft.item.gtin
    if draft.last_day is None and (draft.date_mark or draft.item.date_mark) != DateMark.NONE:
        mark = DateMark(draft.date_mark or draft.item.date_mark)
        raise Refusal(
            "inventory.date_missing",
            Text(f"「{name}」の{mark.label}を入力してください。", f"{gtin} needs its {mark.value.replace('_', '-')} date."),
            params={"gtin": gtin, "date_mark": mark.value},
            status=400,
        )
    if draft.unit_weight_g is not None and draft.unit_weight_g <= 0:
        raise Refusal(
            "inventory.weight_missing",
            Text(f"「{name}」の1点の重さは1 g以上にしてください。", f"The unit weight of {gtin} must be at least 1 g."),
            params={"gtin": gtin},
            status=400,
        )
    if draft.safe_until is not None and (draft.last_day is None or draft.date_precision != DatePrecision.DAY):
        raise Refusal(
            "inventory.safe_time_without_day",
            Text(f"「{name}」の期限の時刻には、日までの期限が要ります。", f"The time on {gtin} needs a date with its day."),
            params={"gtin": gtin},
            status=400,
        )
    if draft.mixed_box and draft.allergens_stated:
        raise Refusal(
            "inventory.mixed_box_stated",
            Text(
                "個別表示のない詰合せは、アレルゲン不明として登録してください。",
                "An unlabelled mixed box cannot state its allergens; they are unknown.",
            ),
            params={"gtin": gtin},
            status=400,
        )


def _allergens_of_items(item_ids: Iterable[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    rows = Item.allergens.through.objects.filter(item_id__in=list(item_ids)).values_list("item_id", "allergen_id")
    for item_id, allergen_id in rows:
        found.setdefault(item_id, []).append(allergen_id)
    return found


def _ids(allergens: Iterable[Allergen]) -> list[int]:
    return sorted({allergen.pk for allergen in allergens})
