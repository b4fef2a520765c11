"""The stock list of a day: lots there at opening, and what it says about lots of earlier days."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Q

from foodbank.accounts.models import User
from foodbank.catalog.models import Item
from foodbank.inventory.models import Balance, Lot, PlaceKind, Reason
from foodbank.inventory.services.ledger import Move, post_many
from foodbank.inventory.services.lots import LotDraft, create_lots
from foodbank.inventory.services.places import ensure_counterpart, ensure_place
from foodbank.sites.models import Site
from logistics.dayfiles.models import ImportedDay, ImportedRow
from logistics.dayfiles.parse import ZONE_OF_PREFIX
from logistics.dayfiles.rows import StockRow

_BATCH = 500
STOCK_FILE = "stock.csv"


def open_stock(*, rows: Sequence[StockRow], day: dt.date, depot: Site, actor: User) -> dict[int, tuple[Lot, bool]]:
    """By line, the lot of each row and whether it was opened for it.

    A lot of an earlier day's list that still lies there, the same item, date, place and quantity, is that row's lot; every other row
    opens a lot of its own. ``expires_in_days`` counts from ``day``; for goods without a date in law it is our own estimate.
    """
    places = {
        code: ensure_place(
            code=code, kind=PlaceKind.STORAGE, zone=ZONE_OF_PREFIX[code[0]].value, site=depot, name=code, actor=actor
        )
        for code in sorted({row.location for row in rows})
    }
    items = Item.objects.in_bulk([row.gtin for row in rows], field_name="gtin")
    lots: dict[int, tuple[Lot, bool]] = {}
    still_there = _still_there(day)
    for row in rows:
        key = (items[row.gtin].pk, day + dt.timedelta(row.expires_in_days), places[row.location].pk, row.quantity)
        if still_there[key]:
            lots[row.line] = (still_there[key].pop(0), False)
    missing = [row for row in rows if row.line not in lots]
    drafts = [
        LotDraft(
            item=items[row.gtin],
            received_on=day,
            last_day=day + dt.timedelta(row.expires_in_days),
            source_ref=f"{STOCK_FILE} {day} {row.line}",
        )
        for row in missing
    ]
    made = dict(zip((row.line for row in missing), create_lots(drafts=drafts, actor=actor), strict=True))
    supply = ensure_counterpart(kind=PlaceKind.SUPPLY, actor=actor)
    moves = [
        Move(
            lot=made[row.line],
            source=supply,
            target=places[row.location],
            quantity=row.quantity,
            reason=Reason.OPENING,
            document=f"{STOCK_FILE} {day}",
        )
        for row in missing
    ]
    if moves:
        post_many(moves=moves, actor=actor)
    return lots | {line: (lot, True) for line, lot in made.items()}


def _still_there(day: dt.date) -> dict[tuple[int, dt.date | None, int, int], list[Lot]]:
    """Lots that earlier days' lists opened and no list before ``day`` left out, by item, last day, place and quantity there."""
    opened = ImportedRow.objects.filter(file=STOCK_FILE, made=True, day__date__lt=day).values("lot_id")
    usable = Lot.objects.filter(pk__in=opened).filter(Q(unlisted_from__isnull=True) | Q(unlisted_from__gte=day))
    found = defaultdict(list)
    there = Balance.objects.there().filter(lot__in=usable).select_related("lot__item")
    for balance in there.prefetch_related("lot__allergens", "lot__item__allergens").order_by("lot_id"):
        if _as_its_item_says(balance.lot):
            found[balance.lot.item_id, balance.lot.last_day, balance.place_id, balance.quantity].append(balance.lot)
    return found


def _as_its_item_says(lot: Lot) -> bool:
    """Whether the item still says what it said when the lot came; otherwise a list that names it means other goods."""
    item = lot.item
    return (
        (lot.unit_weight_g, lot.date_mark, lot.zone, lot.allergens_stated)
        == (item.unit_weight_g, item.date_mark, item.zone, item.allergens_stated)
    ) and set(lot.allergens.all()) == set(item.allergens.all())


def settle_lists(*, day: dt.date) -> None:
    """Say from which day on stock lists leave a lot out, after the list of ``day`` was brought in.

    A stock list is the whole truth of its day: a lot of an earlier list that it does not name is not planned with from ``day`` on. A
    lot that it brings is itself measured by the lists of later days. What was received outside of lists is not concerned.
    """
    listed: dict[int, set[dt.date]] = defaultdict(set)
    lots: dict[int, Lot] = {}
    there = Balance.objects.there().values("lot_id")
    for row in ImportedRow.objects.filter(file=STOCK_FILE, lot__in=there).select_related("lot", "day"):
        if row.lot is not None:
            listed[row.lot.pk].add(row.day.date)
            lots[row.lot.pk] = row.lot
    days = sorted(ImportedDay.objects.values_list("date", flat=True))
    changed = []
    for pk, lot in lots.items():
        before = lot.unlisted_from
        first = min(listed[pk])
        if first <= day and day in listed[pk] and day in (first, before):
            lot.unlisted_from = next((later for later in days if later > first and later not in listed[pk]), None)
        elif first < day and day not in listed[pk] and (before is None or before > day):
            lot.unlisted_from = day
        if lot.unlisted_from != before:
            changed.append(lot)
    Lot.objects.bulk_update(changed, ["unlisted_from"], batch_size=_BATCH)
