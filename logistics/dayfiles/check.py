"""What is wrong between the rows of a day's files, and with what they name. Pure: reads no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable
from itertools import pairwise
from operator import attrgetter

from foodbank.core.tabular import Table
from foodbank.core.units import grams_from_kg
from foodbank.donations.imports import Seen, check_against, check_items_named, check_offers, check_sites_named, refuse_twice
from foodbank.inventory.models import PlaceKind
from foodbank.inventory.policies import zone_allowed
from foodbank.sites.models import SiteKind
from foodbank.sites.policies import pause_faults
from logistics.dayfiles.parse import ZONE_OF_PREFIX, DayTables
from logistics.dayfiles.rows import DayRow, SlotRow, VisitRow, values_of
from logistics.dayfiles.selectors import Known
from logistics.fleet.policies import shift_faults, vehicle_faults

Sites = dict[str, str | None] | None


def check_day(tables: DayTables, known: Known, *, day: dt.date) -> None:
    """Note every problem in the tables themselves. Rows that could not be read in full still count as named."""
    sites = _sites(tables, known)
    _check_sites(tables, known)
    _check_items(tables, known)
    _check_vehicles(tables, sites)
    _check_stock(tables, known)
    donations = tables.donations
    check_offers(donations.table, donations.rows, donations.seen, sites=sites, items=_weights(tables, known))
    check_against(donations.table, donations.rows, day=day, existing=known.offers)
    _check_orders(tables, known, sites)
    _check_visits(tables, known, sites)
    _check_pickup_day(tables, known, sites)


def _sites(tables: DayTables, known: Known) -> Sites:
    """Kinds by code; ``None`` where the row says it illegibly, and for the whole when the file could not be read."""
    if not tables.sites.complete:
        return None
    return {**known.sites, **dict.fromkeys(tables.sites.named), **{row.code: row.kind.value for row in tables.sites.rows}}


def _weights(tables: DayTables, known: Known) -> dict[str, int | None] | None:
    if not tables.items.complete:
        return None
    return {
        **{gtin: grams for gtin, (_, grams) in known.items.items()},
        **dict.fromkeys(tables.items.named),
        **{row.gtin: row.unit_weight_g for row in tables.items.rows},
    }


def _refuse_repeats(table: Table, rows: Iterable[DayRow], column: str, key: Callable[[DayRow], Hashable]) -> None:
    seen: dict[Hashable, int] = {}
    for row in rows:
        first = seen.setdefault(key(row), row.line)
        if first != row.line:
            refuse_twice(table, row.line, column, first)


def _check_sites(tables: DayTables, known: Known) -> None:
    sites = tables.sites
    _refuse_repeats(sites.table, sites.rows, "code", attrgetter("code"))
    for row in sites.rows:
        kind = known.sites.get(row.code, row.kind)
        if kind != row.kind:
            sites.table.refuse(
                row.line,
                "kind",
                "site.kind_changes",
                f"「{row.code}」は{SiteKind(kind).label}として登録済みです。種類は変えられません。別のコードにしてください。",
                f"{row.code!r} is already known as a {kind}; use another code.",
            )
        faults = pause_faults(
            pause_from=row.pause_from,
            pause_until=row.pause_until,
            opens=row.opens,
            closes=row.closes,
            hands_over=row.kind in (SiteKind.DONOR, SiteKind.PARTNER),
        )
        for field, text in faults.items():
            sites.table.refuse(row.line, field, "site.pause", text.ja, text.en)
    depot_known = SiteKind.DEPOT in known.sites.values() or any(row.kind == SiteKind.DEPOT for row in sites.rows)
    if sites.complete and not sites.table.problems and not depot_known:
        sites.table.refuse(1, "kind", "site.no_depot", "拠点（depot）の行がありません。", "No row is a depot.")


def _check_items(tables: DayTables, known: Known) -> None:
    items = tables.items
    _refuse_repeats(items.table, items.rows, "gtin", attrgetter("gtin"))
    _check_categories(items.table, items.seen, known)


def _check_categories(table: Table, seen: Seen, known: Known) -> None:
    names = ", ".join(sorted(known.categories))
    for line, values in seen.items():
        category = values.get("category")
        if isinstance(category, str) and category not in known.categories:
            table.refuse(
                line,
                "category",
                "category.unknown",
                f"「{category}」という分類はありません。使えるのは: {names}",
                f"{category!r} is not a category. Known: {names}",
            )


def _check_vehicles(tables: DayTables, sites: Sites) -> None:
    table = tables.vehicles.table
    _refuse_repeats(table, tables.vehicles.rows, "code", attrgetter("code"))
    check_sites_named(table, tables.vehicles.seen, "depot_code", sites=sites, kind=SiteKind.DEPOT)
    for row in tables.vehicles.rows:
        faults = vehicle_faults(
            code=row.code,
            name=row.name,
            ambient_g=grams_from_kg(row.ambient_kg),
            chilled_g=grams_from_kg(row.chilled_kg),
            frozen_g=grams_from_kg(row.frozen_kg),
        )
        for field, text in faults.items():
            table.refuse(row.line, field.replace("_g", "_kg"), "vehicle.refused", text.ja, text.en)
        for text in shift_faults(start=row.shift_start, end=row.shift_end, break_minutes=row.break_minutes).values():
            table.refuse(row.line, "break_minutes", "shift.refused", text.ja, text.en)


def _check_stock(tables: DayTables, known: Known) -> None:
    table = tables.stock.table
    _refuse_repeats(table, tables.stock.rows, "gtin", values_of)
    check_items_named(table, tables.stock.seen, items=_weights(tables, known))
    zones = {gtin: zone for gtin, (zone, _) in known.items.items()} | {row.gtin: row.zone.value for row in tables.items.rows}
    for row in tables.stock.rows:
        place_zone = ZONE_OF_PREFIX[row.location[0]]
        item_zone = zones.get(row.gtin)
        if item_zone is not None and not zone_allowed(item_zone, place_zone):
            table.refuse(
                row.line,
                "location",
                "place.warmer",
                f"「{row.location}」（{place_zone.label}）は、この品目の温度帯（{item_zone}）より暖かい場所です。",
                f"{row.location!r} ({place_zone.value}) is warmer than the item's zone ({item_zone}).",
            )
        kind, zone = known.places.get(row.location, (PlaceKind.STORAGE, place_zone))
        if kind != PlaceKind.STORAGE or zone != place_zone:
            table.refuse(
                row.line,
                "location",
                "place.other",
                f"「{row.location}」は別の種類または別の温度帯の場所として登録済みです（{kind}、{zone}）。",
                f"{row.location!r} is already a place of another kind or zone ({kind}, {zone}).",
            )


def _check_orders(tables: DayTables, known: Known, sites: Sites) -> None:
    table = tables.orders.table
    _refuse_repeats(table, tables.orders.rows, "category", attrgetter("order_ref", "category"))
    heads: dict[str, tuple[int, tuple[object, ...]]] = {}
    check_sites_named(table, tables.orders.seen, "partner_code", sites=sites, kind=SiteKind.PARTNER)
    _check_categories(table, tables.orders.seen, known)
    for row in tables.orders.rows:
        if row.order_ref in known.order_refs:
            table.refuse(
                row.line,
                "order_ref",
                "order.ref_taken",
                f"注文番号「{row.order_ref}」は、この日の別の注文に使われています。",
                f"Order {row.order_ref!r} already exists on this day.",
            )
        first_line, head = heads.setdefault(row.order_ref, (row.line, row.head))
        names = ("partner_code", "children", "excluded_allergens", "window_from", "window_until")
        differing = next((name for name, one, other in zip(names, head, row.head, strict=True) if one != other), None)
        if differing:
            table.refuse(
                row.line,
                differing,
                "order.lines_differ",
                f"同じ注文「{row.order_ref}」の{first_line}行目と違います。",
                f"Differs from line {first_line} of the same order {row.order_ref!r}.",
                first=first_line,
            )


def _check_visits(tables: DayTables, known: Known, sites: Sites) -> None:
    table = tables.mobile_visits.table
    check_sites_named(table, tables.mobile_visits.seen, "site_code", sites=sites, kind=SiteKind.MOBILE)
    for row in tables.mobile_visits.rows:
        if (row.site_code, row.open_from) in known.visits:
            _refuse_entered(table, row.line, "open_from")
    _refuse_overlaps(table, tables.mobile_visits.rows, "open_from", attrgetter("open_from", "open_until"))


def _check_pickup_day(tables: DayTables, known: Known, sites: Sites) -> None:
    table = tables.pickup_day.table
    sessions: dict[str, tuple[int, tuple[object, ...]]] = {}
    check_sites_named(table, tables.pickup_day.seen, "site_code", sites=sites, kind=SiteKind.VENUE)
    for row in tables.pickup_day.rows:
        if row.site_code in known.pickup_sites:
            _refuse_entered(table, row.line, "site_code")
        first_line, session = sessions.setdefault(row.site_code, (row.line, row.session))
        names = ("exchange_theme", "exchange_from", "exchange_until", "exchange_capacity", "childcare_places")
        differing = next((name for name, one, other in zip(names, session, row.session, strict=True) if one != other), None)
        if differing:
            table.refuse(
                row.line,
                differing,
                "pickup.sessions_differ",
                f"交流会の内容が{first_line}行目と違います。",
                f"The exchange session differs from line {first_line}.",
                first=first_line,
            )
    _refuse_overlaps(table, tables.pickup_day.rows, "slot_from", attrgetter("slot_from", "slot_until"))


def _refuse_entered(table: Table, line: int, column: str) -> None:
    table.refuse(
        line,
        column,
        "day.entered_already",
        "同じものが、この日にすでに登録されています（ファイル以外から）。",
        "The day already has this one, entered by other means.",
    )


def _refuse_overlaps(
    table: Table, rows: Iterable[VisitRow | SlotRow], column: str, times: Callable[[VisitRow | SlotRow], tuple[object, object]]
) -> None:
    """Two visits or slots at one site at the same time."""
    by_time = sorted(rows, key=lambda row: (row.site_code, times(row), row.line))
    for before, after in pairwise(by_time):
        if before.site_code == after.site_code and times(after)[0] < times(before)[1]:  # type: ignore[operator]
            table.refuse(
                max(before.line, after.line),
                column,
                "window.overlaps",
                f"{min(before.line, after.line)}行目の時間帯と重なっています。",
                f"Overlaps the times on line {min(before.line, after.line)}.",
            )
