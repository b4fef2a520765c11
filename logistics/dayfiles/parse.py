"""From the bytes of a day's files to rows. Pure: reads no database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, TypeVar, cast

from foodbank.catalog.models import Zone
from foodbank.core.cells import Cells
from foodbank.core.dates import DateMark
from foodbank.core.errors import Problem, Text
from foodbank.core.limits import MAX_LINE_KG, MAX_PEOPLE, MAX_UNIT_G, MAX_UNITS
from foodbank.core.tabular import Table, narrow, read_table
from foodbank.donations.imports import OfferRow, days_ahead, read_offer, time_window
from foodbank.labels.gtin import short_gtin
from foodbank.sites.models import SiteKind
from foodbank.sites.policies import coordinate_faults, in_japan
from logistics.dayfiles.rows import (
    DayRow,
    ItemRow,
    OrderRow,
    SiteRow,
    SlotRow,
    StockRow,
    VehicleRow,
    VisitRow,
    columns_of,
    needed_of,
)
from logistics.fleet.models import VehicleKind
from logistics.fleet.policies import MAX_BREAK_MINUTES, MAX_CAPACITY_KG, MAX_YEN_PER_DAY, MAX_YEN_PER_KM

RowT = TypeVar("RowT", bound=DayRow)
R = TypeVar("R", SiteRow, ItemRow, StockRow, OfferRow, OrderRow, VisitRow, SlotRow, VehicleRow)


@dataclass(slots=True)
class DayTable(Generic[RowT]):
    """A file's readable rows beside its table. ``seen`` holds the readable cells of all rows, ``named`` their first cells as given."""

    table: Table
    rows: list[RowT] = field(default_factory=list)
    seen: dict[int, Mapping[str, object]] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    complete: bool = False
    """Whether the file could be read as a table at all, so that what it does not name is truly missing."""


@dataclass(slots=True)
class DayTables:
    """The files of a day, each as a table."""

    sites: DayTable[SiteRow]
    items: DayTable[ItemRow]
    stock: DayTable[StockRow]
    donations: DayTable[OfferRow]
    orders: DayTable[OrderRow]
    mobile_visits: DayTable[VisitRow]
    pickup_day: DayTable[SlotRow]
    vehicles: DayTable[VehicleRow]

    @property
    def all(self) -> tuple[DayTable[DayRow], ...]:
        return cast(
            "tuple[DayTable[DayRow], ...]",
            (
                self.sites,
                self.items,
                self.vehicles,
                self.stock,
                self.donations,
                self.orders,
                self.mobile_visits,
                self.pickup_day,
            ),
        )

    @property
    def problems(self) -> list[Problem]:
        """Every problem, file by file, by line."""
        return [problem for one in self.all for problem in one.table.by_place(one.table.problems)]

    @property
    def notes(self) -> list[Problem]:
        """Everything doubtful, file by file, by line."""
        return [note for one in self.all for note in one.table.by_place(one.table.notes)]


ROW_TYPES: dict[str, type[DayRow]] = {
    "sites.csv": SiteRow,
    "items.csv": ItemRow,
    "vehicles.csv": VehicleRow,
    "stock.csv": StockRow,
    "donations.csv": OfferRow,
    "orders.csv": OrderRow,
    "mobile_visits.csv": VisitRow,
    "pickup_day.csv": SlotRow,
}
FILES = tuple(ROW_TYPES)


def parse_day(files: Mapping[str, bytes], *, allergens: Collection[str]) -> DayTables:
    """Read the eight files, given by name. A file that is not there is a problem of its own. ``allergens`` are the known names."""
    known = tuple(allergens)

    def read(name: str, row_type: type[R], one: Callable[[Cells], R | None]) -> DayTable[R]:
        if name not in files:
            table = Table(name, columns_of(row_type))
            text = Text("ファイルがありません。", "The file is missing.")
            table.problems.append(Problem(name, 0, "", "file.missing", text))
            return DayTable(table)
        return _read(name, files[name], row_type, one)

    return DayTables(
        sites=read("sites.csv", SiteRow, _site),
        items=read("items.csv", ItemRow, lambda cells: _item(cells, known)),
        stock=read("stock.csv", StockRow, _stock),
        donations=read("donations.csv", OfferRow, read_offer),
        orders=read("orders.csv", OrderRow, lambda cells: _order(cells, known)),
        mobile_visits=read("mobile_visits.csv", VisitRow, _visit),
        pickup_day=read("pickup_day.csv", SlotRow, _slot),
        vehicles=read("vehicles.csv", VehicleRow, _vehicle),
    )


def _read(name: str, data: bytes, row_type: type[R], one: Callable[[Cells], R | None]) -> DayTable[R]:
    columns, needed = columns_of(row_type), needed_of(row_type)
    table = read_table(data, file=name, columns=needed, optional=columns[len(needed) :])
    result = DayTable[R](table, complete=not table.problems or bool(table.rows))
    for row in table.rows:
        cells = Cells(table, row)
        read = one(cells)
        if read is not None and cells.fine:
            result.rows.append(read)
        result.seen[row.line] = cells.values
        result.named.add(narrow(row.cells[columns[0]]))
    return result


def _site(cells: Cells) -> SiteRow | None:
    code = cells.code("code")
    name = cells.text("name", longest=200)
    kind = cells.choice("kind", SiteKind)
    latitude, longitude = _coordinates(cells)
    address = cells.text("address", longest=300, optional=True)
    hours = time_window(cells, "opens", "closes")
    if code is None or name is None or kind is None or latitude is None or longitude is None or address is None or hours is None:
        return None
    pause = () if cells.empty("pause_from") and cells.empty("pause_until") else time_window(cells, "pause_from", "pause_until")
    return None if pause is None else SiteRow(cells.row.line, code, name, kind, latitude, longitude, address, *hours, *pause)


def _coordinates(cells: Cells) -> tuple[Decimal | None, Decimal | None]:
    latitude = cells.decimal("latitude", least="-180", most="180", places=20, unit="°")
    longitude = cells.decimal("longitude", least="-180", most="180", places=20, unit="°")
    if latitude is None or longitude is None:
        return latitude, longitude
    faults = coordinate_faults(float(latitude), float(longitude))
    for column, text in faults.items():
        cells.refuse(column, "site.coordinates", text.ja, text.en)
    if not faults and not in_japan(float(latitude), float(longitude)):
        cells.note(
            "longitude" if in_japan(float(latitude), 135) else "latitude",
            "site.abroad",
            f"日本の外の場所です（{latitude:.4f}, {longitude:.4f}）。車では回れないかもしれません。座標を確かめてください。",
            f"This place is not in Japan ({latitude:.4f}, {longitude:.4f}); no vehicle may reach it. Check the coordinates.",
        )
    return latitude, longitude


def _item(cells: Cells, allergens: tuple[str, ...]) -> ItemRow | None:
    gtin = cells.parsed("gtin", short_gtin)
    name = cells.text("name", longest=120)
    category = cells.code("category", longest=30)
    zone = cells.choice("zone", Zone)
    date_mark = cells.choice("date_mark", DateMark)
    weight = cells.whole("unit_weight_g", least=1, most=MAX_UNIT_G, unit="g")
    contains = cells.names("allergens", allergens)
    if gtin is None or name is None or category is None or zone is None:
        return None
    if date_mark is None or weight is None or contains is None:
        return None
    return ItemRow(cells.row.line, gtin, name, category, zone, date_mark, weight, contains)


def _stock(cells: Cells) -> StockRow | None:
    gtin = cells.parsed("gtin", short_gtin)
    quantity = cells.whole("quantity", least=1, most=MAX_UNITS, unit="点")
    expires_in_days = days_ahead(cells, "expires_in_days")
    location = cells.code("location", longest=40)
    if location is not None:
        location = location.upper()
        if location[0] not in ZONE_OF_PREFIX:
            cells.refuse(
                "location",
                "place.prefix",
                f"保管場所「{location}」はA（常温）・C（冷蔵）・F（冷凍）のどれかで始まります。",
                f"{location!r} must begin with A (ambient), C (chilled) or F (frozen).",
            )
    if gtin is None or quantity is None or expires_in_days is None or location is None:
        return None
    return StockRow(cells.row.line, gtin, quantity, expires_in_days, location)


ZONE_OF_PREFIX = {"A": Zone.AMBIENT, "C": Zone.CHILLED, "F": Zone.FROZEN}


def _order(cells: Cells, allergens: tuple[str, ...]) -> OrderRow | None:
    order_ref = cells.code("order_ref", longest=40)
    partner_code = cells.code("partner_code")
    category = cells.code("category", longest=30)
    quantity_kg = cells.decimal("quantity_kg", least="0.001", most=str(MAX_LINE_KG), places=3, unit="kg")
    children = cells.whole("children", least=0, most=MAX_PEOPLE, unit="人")
    excluded = cells.names("excluded_allergens", allergens)
    window = time_window(cells, "window_from", "window_until")
    if order_ref is None or partner_code is None or category is None or quantity_kg is None:
        return None
    if children is None or excluded is None or window is None:
        return None
    return OrderRow(cells.row.line, order_ref, partner_code, category, quantity_kg, children, excluded, *window)


def _visit(cells: Cells) -> VisitRow | None:
    site_code = cells.code("site_code")
    window = time_window(cells, "open_from", "open_until")
    households = cells.whole("expected_households", least=1, most=MAX_PEOPLE, unit="世帯")
    if site_code is None or window is None or households is None:
        return None
    return VisitRow(cells.row.line, site_code, *window, households)


def _slot(cells: Cells) -> SlotRow | None:
    site_code = cells.code("site_code")
    window = time_window(cells, "slot_from", "slot_until")
    capacity = cells.whole("capacity", least=1, most=MAX_PEOPLE, unit="世帯")
    if all(cells.empty(column) for column in columns_of(SlotRow)[4:]):
        if site_code is None or window is None or capacity is None:
            return None
        return SlotRow(cells.row.line, site_code, *window, capacity, None, None, None, None, None)
    theme = cells.text("exchange_theme", longest=200)
    session = time_window(cells, "exchange_from", "exchange_until")
    places = cells.whole("exchange_capacity", least=1, most=MAX_PEOPLE, unit="人")
    childcare = cells.whole("childcare_places", least=0, most=MAX_PEOPLE, unit="人")
    if site_code is None or window is None or capacity is None or session is None:
        return None
    return SlotRow(cells.row.line, site_code, *window, capacity, theme, *session, places, childcare)


def _vehicle(cells: Cells) -> VehicleRow | None:
    code = cells.code("code")
    name = cells.text("name", longest=100)
    kind = cells.choice("kind", VehicleKind)
    depot_code = cells.code("depot_code")
    ambient = cells.decimal("ambient_kg", least="0", most=str(MAX_CAPACITY_KG), places=3, unit="kg")
    chilled = cells.decimal("chilled_kg", least="0", most=str(MAX_CAPACITY_KG), places=3, unit="kg")
    frozen = cells.decimal("frozen_kg", least="0", most=str(MAX_CAPACITY_KG), places=3, unit="kg")
    shift = time_window(cells, "shift_start", "shift_end")
    minutes = cells.whole("break_minutes", least=0, most=MAX_BREAK_MINUTES, unit="分")
    per_km = None if cells.empty("yen_per_km") else cells.whole("yen_per_km", least=0, most=MAX_YEN_PER_KM, unit="円")
    per_day = None if cells.empty("yen_per_day") else cells.whole("yen_per_day", least=0, most=MAX_YEN_PER_DAY, unit="円")
    if code is None or name is None or kind is None or depot_code is None:
        return None
    if ambient is None or chilled is None or frozen is None or shift is None or minutes is None:
        return None
    return VehicleRow(cells.row.line, code, name, kind, depot_code, ambient, chilled, frozen, *shift, minutes, per_km, per_day)
