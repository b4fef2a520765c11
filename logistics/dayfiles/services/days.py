"""Bringing in a whole day: looked at first, then applied all or not at all."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.catalog.models import Allergen, Category, Item
from foodbank.core.errors import InputRefused, Problem, Refusal, Text
from foodbank.core.units import grams_from_kg
from foodbank.donations.imports import OfferRow
from foodbank.donations.models import Donor, Offer, OfferSource
from foodbank.inventory.models import Lot
from foodbank.pantry.models import ExchangeSession, PickupDay, Slot
from foodbank.partners.models import Order, OrderLine, OrderSource, Partner
from foodbank.sites.models import Site, SiteKind
from logistics.dayfiles.changes import DayChanges, compare, differences
from logistics.dayfiles.check import check_day
from logistics.dayfiles.models import ImportedDay, ImportedRow
from logistics.dayfiles.parse import DayTables, parse_day
from logistics.dayfiles.rows import OrderRow, SlotRow, VisitRow, record_of, values_of
from logistics.dayfiles.selectors import known_for
from logistics.dayfiles.services.masters import save_items, save_sites, save_vehicles
from logistics.dayfiles.services.replacing import clear_day
from logistics.dayfiles.services.stock import STOCK_FILE, open_stock, settle_lists
from logistics.dispatch.models import MobileVisit

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
    check_day(tables, known)
    problems = tuple(tables.problems)
    return Prepared(day, tables, problems, tuple(tables.notes), None if problems else compare(tables, day=day))


def import_day(*, prepared: Prepared, replace: bool, actor: User, fingerprint: str | None = None) -> DayChanges:
    """Apply what was prepared, in one transaction.

    The same rows again change nothing. Refuses (:class:`InputRefused`) files with problems, and other rows for a day that is
    already there unless ``replace``; with it, ``dayfiles.already_moved`` once goods of that day have moved. ``fingerprint`` is that
    of the changes shown to whoever confirmed them: ``dayfiles.changed_meanwhile`` when they are no longer the same.
    """
    if prepared.problems or prepared.changes is None:
        raise InputRefused(prepared.problems)
    day, tables = prepared.day, prepared.tables
    earlier = prepared.changes.earlier
    if earlier is not None and not prepared.changes.same_day and not replace:
        raise InputRefused(differences(tables, earlier=earlier), code="dayfiles.day_differs")
    if prepared.changes.same_day:
        return prepared.changes
    with transaction.atomic():
        changes = compare(tables, day=day)
        if changes.fingerprint() != (fingerprint or prepared.changes.fingerprint()):
            raise Refusal(
                "dayfiles.changed_meanwhile",
                Text(
                    "確認の後でデータが変わりました。もう一度内容を確かめてください。",
                    "The data changed after you looked at it; please check again.",
                ),
            )
        kept = clear_day(imported=changes.earlier, tables=tables, actor=actor) if changes.earlier else {}
        _apply(tables, changes, kept=kept, actor=actor)
    return changes


def _apply(tables: DayTables, changes: DayChanges, *, kept: Mapping[int, Lot], actor: User) -> None:
    day = changes.day
    save_sites(rows=tables.sites.rows, day=day, actor=actor)
    save_items(rows=tables.items.rows, actor=actor)
    save_vehicles(rows=tables.vehicles.rows, day=day, actor=actor)
    depot_code = next((row.code for row in tables.sites.rows if row.kind == SiteKind.DEPOT), None)
    depot = Site.objects.get(code=depot_code) if depot_code else Site.objects.filter(kind=SiteKind.DEPOT).order_by("code")[0]
    lots = {line: (lot, True) for line, lot in kept.items()}
    fresh = [row for row in tables.stock.rows if row.line not in kept]
    lots |= open_stock(rows=fresh, day=day, depot=depot, actor=actor)
    offers = save_offers(rows=tables.donations.rows, day=day, actor=actor)
    orders = _save_orders(tables.orders.rows, day)
    _save_visits(tables.mobile_visits.rows, day)
    _save_pickup_days(tables.pickup_day.rows, day)
    imported, _ = ImportedDay.objects.update_or_create(date=day, defaults={"digest": changes.digest, "actor": actor})
    rows = []
    for one in tables.all:
        for row in one.rows:
            kept_row = ImportedRow(day=imported, file=one.table.file, line=row.line, content=record_of(values_of(row)))
            if one.table.file == STOCK_FILE:
                kept_row.lot, kept_row.opened = lots[row.line]
            elif isinstance(row, OfferRow):
                kept_row.offer = offers[row.line]
            elif isinstance(row, OrderRow):
                kept_row.order = orders[row.order_ref]
            rows.append(kept_row)
    ImportedRow.objects.bulk_create(rows, batch_size=_BATCH)
    settle_lists()


def save_offers(*, rows: Sequence[OfferRow], day: dt.date, actor: User) -> dict[int, Offer]:
    """One open offer for each row, by line."""
    donors = {donor.site.code: donor for donor in Donor.objects.select_related("site")}
    items = Item.objects.in_bulk([row.gtin for row in rows], field_name="gtin")
    offers = {
        row.line: Offer(
            donor=donors[row.donor_code],
            item=items[row.gtin],
            day=day,
            quantity=row.quantity,
            last_day=day + dt.timedelta(row.expires_in_days),
            ready_from=row.ready_from,
            ready_until=row.ready_until,
            source=OfferSource.IMPORT,
        )
        for row in rows
    }
    Offer.objects.bulk_create(offers.values(), batch_size=_BATCH)
    return offers


def _save_orders(rows: Sequence[OrderRow], day: dt.date) -> dict[str, Order]:
    partners = {partner.site.code: partner for partner in Partner.objects.select_related("site")}
    categories = Category.objects.in_bulk(field_name="code")
    allergens = Allergen.objects.in_bulk(field_name="name")
    first = {row.order_ref: row for row in reversed(rows)}
    orders = {
        ref: Order(
            ref=ref,
            partner=partners[row.partner_code],
            delivery_date=day,
            window_from=row.window_from,
            window_until=row.window_until,
            children=row.children,
            source=OrderSource.IMPORT,
        )
        for ref, row in sorted(first.items())
    }
    Order.objects.bulk_create(orders.values(), batch_size=_BATCH)
    OrderLine.objects.bulk_create(
        [
            OrderLine(order=orders[row.order_ref], category=categories[row.category], quantity_g=grams_from_kg(row.quantity_kg))
            for row in rows
        ],
        batch_size=_BATCH,
    )
    through = Order.excluded_allergens.through
    through.objects.bulk_create(
        [
            through(order_id=orders[ref].pk, allergen_id=allergens[name].pk)
            for ref, row in first.items()
            for name in row.excluded_allergens
        ],
        batch_size=_BATCH,
    )
    return orders


def _save_visits(rows: Sequence[VisitRow], day: dt.date) -> None:
    sites = Site.objects.in_bulk([row.site_code for row in rows], field_name="code")
    MobileVisit.objects.bulk_create(
        [
            MobileVisit(
                day=day,
                site=sites[row.site_code],
                open_from=row.open_from,
                open_until=row.open_until,
                expected_households=row.expected_households,
            )
            for row in rows
        ],
        batch_size=_BATCH,
    )


def _save_pickup_days(rows: Sequence[SlotRow], day: dt.date) -> None:
    sites = Site.objects.in_bulk([row.site_code for row in rows], field_name="code")
    by_site: dict[str, list[SlotRow]] = defaultdict(list)
    for row in rows:
        by_site[row.site_code].append(row)
    for code, slots in by_site.items():
        pickup_day = PickupDay.objects.create(day=day, site=sites[code])
        Slot.objects.bulk_create(
            [Slot(pickup_day=pickup_day, start=row.slot_from, end=row.slot_until, capacity=row.capacity) for row in slots],
            batch_size=_BATCH,
        )
        session = slots[0]
        if session.exchange_theme and session.exchange_from and session.exchange_until:
            ExchangeSession.objects.create(
                pickup_day=pickup_day,
                theme=session.exchange_theme,
                start=session.exchange_from,
                end=session.exchange_until,
                capacity=session.exchange_capacity or 0,
                childcare_places=session.childcare_places or 0,
            )
