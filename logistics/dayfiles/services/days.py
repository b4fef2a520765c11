"""Bringing in a whole day: looked at first, then applied all or not at all."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from foodbank.accounts.models import User
from foodbank.catalog.models import Allergen, Category
from foodbank.core.errors import InputRefused, Problem, Refusal, Text
from foodbank.core.locking import lock_rows
from foodbank.core.units import grams_from_kg
from foodbank.donations.imports import OfferRow
from foodbank.donations.services.imports import save_offers
from foodbank.inventory.models import Lot
from foodbank.pantry.services.pickup_days import SessionData, SlotData, open_pickup_day
from foodbank.partners.models import Order, OrderSource, Partner
from foodbank.partners.services.orders import LineData, OrderData, create_orders
from foodbank.sites.models import Site, SiteKind
from logistics.dayfiles.changes import DayChanges, compare, differences
from logistics.dayfiles.check import check_day
from logistics.dayfiles.models import ImportedDay, ImportedRow
from logistics.dayfiles.parse import DayTables, parse_day
from logistics.dayfiles.rows import OrderRow, SlotRow, VisitRow, record_of
from logistics.dayfiles.selectors import known_for
from logistics.dayfiles.services.masters import save_items, save_sites, save_vehicles
from logistics.dayfiles.services.replacing import clear_day
from logistics.dayfiles.services.stock import STOCK_FILE, open_stock, settle_lists
from logistics.dispatch.services.visits import VisitData, create_visits

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Prepared:
    """A day's files, read and checked. ``changes`` is there when nothing is wrong."""

    day: dt.date
    tables: DayTables
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    changes: DayChanges | None


def prepare_day(*, files: Mapping[str, bytes], day: dt.date) -> Prepared:
    """Read and check the files and find out what they would change. Writes nothing."""
    known = known_for(day)
    tables = parse_day(files, allergens=known.allergens)
    check_day(tables, known, day=day)
    problems = tuple(tables.problems)
    return Prepared(day, tables, problems, tuple(tables.notes), None if problems else compare(tables, day=day))


def import_day(*, prepared: Prepared, replace: bool, actor: User) -> DayChanges:
    """Apply what was prepared, in one transaction.

    The same rows again change nothing. Refuses (:class:`InputRefused`) files with problems, and other rows for a day that is
    already there unless ``replace``; with it, ``dayfiles.already_moved`` once something has come of that day. What would change is looked
    at again inside the transaction: ``dayfiles.changed_meanwhile`` when it is no longer what was prepared.
    """
    if prepared.problems or prepared.changes is None:
        raise InputRefused(prepared.problems)
    refuse_differences(prepared=prepared, replace=replace)
    if prepared.changes.same_day:
        return prepared.changes
    try:
        with transaction.atomic():
            earlier = prepared.changes.earlier
            lock_rows(ImportedDay.objects.all(), [] if earlier is None else [earlier.pk])
            changes = compare(prepared.tables, day=prepared.day)
            _need_same(changes, prepared.changes)
            kept = {} if earlier is None else clear_day(imported=earlier, tables=prepared.tables, actor=actor)
            _apply(prepared.tables, changes, kept=kept, actor=actor)
    except IntegrityError:
        # Somebody else brought in the same at the same moment; anything else is a fault and stays one.
        _need_same(compare(prepared.tables, day=prepared.day), prepared.changes)
        raise
    return changes


def _need_same(now: DayChanges, before: DayChanges) -> None:
    if now.fingerprint() != before.fingerprint():
        raise Refusal(
            "dayfiles.changed_meanwhile",
            Text(
                "確認の後でデータが変わりました。もう一度内容を確かめてください。",
                "The data changed after you looked at it; please check again.",
            ),
        )


def refuse_differences(*, prepared: Prepared, replace: bool) -> None:
    """Refuses ``dayfiles.day_differs``, one problem per difference, when the day is already there with other rows; writes nothing."""
    if prepared.changes is None or prepared.changes.earlier is None or prepared.changes.same_day or replace:
        return
    earlier = prepared.changes.earlier
    raise InputRefused(differences(prepared.tables, earlier=earlier), code="dayfiles.day_differs")


def _apply(tables: DayTables, changes: DayChanges, *, kept: Mapping[int, Lot], actor: User) -> None:
    day = changes.day
    save_sites(rows=tables.sites.rows, day=day, actor=actor)
    sites = Site.objects.in_bulk(field_name="code")
    save_items(rows=tables.items.rows, actor=actor)
    save_vehicles(rows=tables.vehicles.rows, day=day, depots=sites, actor=actor)
    lots = {line: (lot, True) for line, lot in kept.items()}
    fresh = [row for row in tables.stock.rows if row.line not in kept]
    lots |= open_stock(rows=fresh, day=day, depot=_depot(tables, sites), actor=actor)
    offers = save_offers(rows=tables.donations.rows, day=day, actor=actor)
    orders = _save_orders(tables.orders.rows, day, actor)
    _save_visits(tables.mobile_visits.rows, day, sites, actor)
    _save_pickup_days(tables.pickup_day.rows, day, sites, actor)
    imported = ImportedDay(pk=changes.earlier.pk if changes.earlier else None, date=day, digest=changes.digest, actor=actor)
    imported.save(force_insert=changes.earlier is None)
    rows = []
    for one in tables.all:
        for row in one.rows:
            kept_row = ImportedRow(day=imported, file=one.table.file, line=row.line, content=record_of(row))
            if one.table.file == STOCK_FILE:
                kept_row.lot, kept_row.made = lots[row.line]
            elif isinstance(row, OfferRow):
                kept_row.offer, kept_row.made = offers[row.line]
            elif isinstance(row, OrderRow):
                kept_row.order, kept_row.made = orders[row.order_ref], True
            rows.append(kept_row)
    ImportedRow.objects.bulk_create(rows, batch_size=_BATCH)
    settle_lists(day=day)


def _depot(tables: DayTables, sites: Mapping[str, Site]) -> Site:
    """Where the stock list's places are: the first depot of the files, else the first that is known."""
    named = [row.code for row in tables.sites.rows if row.kind == SiteKind.DEPOT]
    known = sorted(code for code, site in sites.items() if site.kind == SiteKind.DEPOT)
    return sites[(named or known)[0]]


def _save_orders(rows: Sequence[OrderRow], day: dt.date, actor: User) -> dict[str, Order]:
    partners = {partner.site.code: partner for partner in Partner.objects.select_related("site")}
    categories = Category.objects.in_bulk(field_name="code")
    allergens = Allergen.objects.in_bulk(field_name="name")
    lines: dict[str, list[OrderRow]] = defaultdict(list)
    for row in rows:
        lines[row.order_ref].append(row)
    orders = create_orders(
        orders=[
            OrderData(
                ref=ref,
                partner=partners[of_order[0].partner_code],
                delivery_date=day,
                window_from=of_order[0].window_from,
                window_until=of_order[0].window_until,
                children=of_order[0].children,
                excluded_allergens=[allergens[name] for name in of_order[0].excluded_allergens],
                lines=[
                    LineData(category=categories[row.category], quantity_g=grams_from_kg(row.quantity_kg)) for row in of_order
                ],
                source=OrderSource.IMPORT,
            )
            for ref, of_order in lines.items()
        ],
        actor=actor,
    )
    return {order.ref: order for order in orders}


def _save_visits(rows: Sequence[VisitRow], day: dt.date, sites: Mapping[str, Site], actor: User) -> None:
    create_visits(
        day=day,
        visits=[
            VisitData(
                site=sites[row.site_code],
                open_from=row.open_from,
                open_until=row.open_until,
                expected_households=row.expected_households,
            )
            for row in rows
        ],
        actor=actor,
    )


def _save_pickup_days(rows: Sequence[SlotRow], day: dt.date, sites: Mapping[str, Site], actor: User) -> None:
    by_site: dict[str, list[SlotRow]] = defaultdict(list)
    for row in rows:
        by_site[row.site_code].append(row)
    for code, slots in by_site.items():
        open_pickup_day(
            day=day,
            site=sites[code],
            slots=[SlotData(start=row.slot_from, end=row.slot_until, capacity=row.capacity) for row in slots],
            session=_session(slots[0]),
            actor=actor,
        )


def _session(row: SlotRow) -> SessionData | None:
    if row.exchange_theme is None or row.exchange_from is None or row.exchange_until is None or row.exchange_capacity is None:
        return None
    return SessionData(
        theme=row.exchange_theme,
        start=row.exchange_from,
        end=row.exchange_until,
        capacity=row.exchange_capacity,
        childcare_places=row.childcare_places or 0,
    )
