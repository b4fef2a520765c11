"""The rows of a day's files. After ``line`` the fields of each class are the columns of its file, in the file's order; those with a
default are columns that a file may leave out."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import enum
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from foodbank.catalog.models import Zone
from foodbank.core.dates import DateMark
from foodbank.donations.imports import OfferRow
from foodbank.sites.models import SiteKind
from logistics.fleet.models import VehicleKind


@dataclass(frozen=True, slots=True)
class SiteRow:
    line: int
    code: str
    name: str
    kind: SiteKind
    latitude: Decimal
    longitude: Decimal
    address: str
    opens: dt.time
    closes: dt.time
    pause_from: dt.time | None = None
    pause_until: dt.time | None = None


@dataclass(frozen=True, slots=True)
class ItemRow:
    line: int
    gtin: str
    name: str
    category: str
    zone: Zone
    date_mark: DateMark
    unit_weight_g: int
    allergens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StockRow:
    line: int
    gtin: str
    quantity: int
    expires_in_days: int
    location: str


@dataclass(frozen=True, slots=True)
class OrderRow:
    line: int
    order_ref: str
    partner_code: str
    category: str
    quantity_kg: Decimal
    children: int
    excluded_allergens: tuple[str, ...]
    window_from: dt.time
    window_until: dt.time

    @property
    def head(self) -> tuple[object, ...]:
        """What all lines of one order must agree on."""
        return self.partner_code, self.children, self.excluded_allergens, self.window_from, self.window_until


@dataclass(frozen=True, slots=True)
class VisitRow:
    line: int
    site_code: str
    open_from: dt.time
    open_until: dt.time
    expected_households: int


@dataclass(frozen=True, slots=True)
class SlotRow:
    """``exchange_*`` and ``childcare_places`` are all ``None`` where the pickup day has no exchange session."""

    line: int
    site_code: str
    slot_from: dt.time
    slot_until: dt.time
    capacity: int
    exchange_theme: str | None
    exchange_from: dt.time | None
    exchange_until: dt.time | None
    exchange_capacity: int | None
    childcare_places: int | None

    @property
    def session(self) -> tuple[object, ...]:
        """What all slots of one venue must agree on."""
        return self.exchange_theme, self.exchange_from, self.exchange_until, self.exchange_capacity, self.childcare_places


@dataclass(frozen=True, slots=True)
class VehicleRow:
    line: int
    code: str
    name: str
    kind: VehicleKind
    depot_code: str
    ambient_kg: Decimal
    chilled_kg: Decimal
    frozen_kg: Decimal
    shift_start: dt.time
    shift_end: dt.time
    break_minutes: int
    yen_per_km: int | None = None
    yen_per_day: int | None = None


DayRow = SiteRow | ItemRow | StockRow | OfferRow | OrderRow | VisitRow | SlotRow | VehicleRow


def columns_of(row_type: type[DayRow]) -> tuple[str, ...]:
    """The columns of a file, from the class of its rows."""
    return tuple(field.name for field in dataclasses.fields(row_type) if field.name != "line")


def needed_of(row_type: type[DayRow]) -> tuple[str, ...]:
    """Those of the columns without which a file is refused."""
    fields = (field for field in dataclasses.fields(row_type) if field.default is dataclasses.MISSING)
    return tuple(field.name for field in fields if field.name != "line")


def values_of(row: DayRow) -> tuple[str, ...]:
    """What the row says, in one spelling: two files that mean the same give the same values."""
    return tuple(_plain(getattr(row, column)) for column in columns_of(type(row)))


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, enum.Enum):
        return str(value.value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    if isinstance(value, tuple):
        return ";".join(value)
    return str(value)


KEYS: dict[type[DayRow], tuple[str, ...]] = {
    SiteRow: ("code",),
    ItemRow: ("gtin",),
    VehicleRow: ("code",),
    StockRow: ("gtin", "expires_in_days", "location"),
    OfferRow: ("donor_code", "gtin"),
    OrderRow: ("order_ref", "category"),
    VisitRow: ("site_code", "open_from"),
    SlotRow: ("site_code", "slot_from"),
}
"""By which columns a row of one file is the same thing as a row of another; where several are, their order decides."""


def record_of(row: DayRow) -> str:
    """A row's values as one CSV record, for keeping. Optional columns at its end that say nothing are left out: a file without them and
    one where they are empty mean the same."""
    values, needed = list(values_of(row)), len(needed_of(type(row)))
    while len(values) > needed and not values[-1]:
        values.pop()
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(values)
    return out.getvalue()


def values_from(record: str, row_type: type[DayRow]) -> tuple[str, ...]:
    """The values of a kept record of a row of that type."""
    values = next(csv.reader([record]))
    return (*values, *[""] * (len(columns_of(row_type)) - len(values)))


def by_key(
    row_type: type[DayRow], rows: Iterable[tuple[int, tuple[str, ...]]]
) -> dict[tuple[str, ...], tuple[int, tuple[str, ...]]]:
    """(line, values) by key; the second row with one key gets ``2`` added to its key, and so on."""
    positions = [columns_of(row_type).index(column) for column in KEYS[row_type]]
    result: dict[tuple[str, ...], tuple[int, tuple[str, ...]]] = {}
    counts: Counter[tuple[str, ...]] = Counter()
    for line, values in rows:
        key = tuple(values[position] for position in positions)
        counts[key] += 1
        result[(*key, str(counts[key]))] = (line, values)
    return result
