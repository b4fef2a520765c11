"""What bringing in a day's files would change. Reads the database, writes nothing; page and command show the same."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from foodbank.catalog.models import Item
from foodbank.core.errors import Problem, Text
from foodbank.core.units import grams_from_kg
from foodbank.sites.models import Site
from logistics.dayfiles.models import ImportedDay, ImportedRow
from logistics.dayfiles.parse import FILES, ROW_TYPES, DayTables
from logistics.dayfiles.rows import DayRow, ItemRow, SiteRow, VehicleRow, by_key, columns_of, record_of, values_from, values_of
from logistics.fleet.models import Vehicle

MASTER_FILES = ("sites.csv", "items.csv", "vehicles.csv")


class What(StrEnum):
    """What happens to the thing that a row stands for."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Change:
    """``line`` is the row's in the new file, or in the earlier one when it is removed. ``differences``: column, before, after."""

    file: str
    line: int
    what: What
    values: tuple[str, ...]
    differences: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DayChanges:
    """``earlier`` is the import of the same day that is already there; ``same_day`` says that it was of exactly these rows."""

    day: dt.date
    digest: str
    earlier: ImportedDay | None
    changes: tuple[Change, ...] = field(repr=False)

    @property
    def same_day(self) -> bool:
        return self.earlier is not None and self.earlier.digest == self.digest

    def counts(self, file: str) -> Counter[What]:
        """How many rows of ``file`` are created, changed, unchanged, removed."""
        return Counter(change.what for change in self.changes if change.file == file)

    def fingerprint(self) -> str:
        """Equal only while the same rows would change the same things: what was previewed is what is applied."""
        parts = [str(self.day), self.digest, str(self.earlier and (self.earlier.pk, self.earlier.digest))]
        parts += [f"{c.file}|{c.line}|{c.what}|{c.differences}" for c in self.changes if c.what != What.UNCHANGED]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def digest_of(tables: DayTables) -> str:
    """Over what the rows mean, in any order; not over encoding, line ends or spelling of numbers."""
    whole = hashlib.sha256()
    for name, rows in _rows_by_file(tables).items():
        for record in sorted(record_of(row) for row in rows):
            whole.update(f"{name}:{record}\n".encode())
    return whole.hexdigest()


def compare(tables: DayTables, *, day: dt.date) -> DayChanges:
    """What the rows would change on ``day``: masters against the database, the day's rows against its earlier import."""
    earlier = ImportedDay.objects.filter(date=day).first()
    changes: list[Change] = []
    changes += _sites(tables.sites.rows)
    changes += _items(tables.items.rows)
    changes += _vehicles(tables.vehicles.rows)
    for name, rows in _rows_by_file(tables).items():
        if name not in MASTER_FILES:
            kept = [] if earlier is None else _kept_rows(earlier, name)
            changes += _against(name, kept, [(row.line, values_of(row)) for row in rows])
    return DayChanges(day, digest_of(tables), earlier, tuple(changes))


def differences(tables: DayTables, *, earlier: ImportedDay) -> list[Problem]:
    """What the files say otherwise than those imported before for the same day: one problem for each column or row."""
    found: list[Problem] = []
    for name, rows in _rows_by_file(tables).items():
        for change in _against(name, _kept_rows(earlier, name), [(row.line, values_of(row)) for row in rows]):
            found += _as_problems(change)
    return found


def _as_problems(change: Change) -> Iterator[Problem]:
    first = columns_of(ROW_TYPES[change.file])[0]
    if change.what == What.CREATED:
        text = Text("前回の取込みにはない行です。", "This row was not in the earlier import.")
        yield Problem(change.file, change.line, first, "day.row_added", text)
    elif change.what == What.REMOVED:
        shown = ",".join(change.values)
        text = Text(
            f"前回の{change.line}行目がありません（{shown}）。", f"Line {change.line} of the earlier import is gone ({shown})."
        )
        yield Problem(change.file, change.line, first, "day.row_gone", text)
    for column, before, after in change.differences:
        text = Text(
            f"前回は「{before}」でしたが、今回は「{after}」です。", f"Was {before!r} in the earlier import, is {after!r} now."
        )
        yield Problem(change.file, change.line, column, "day.differs", text)


def _rows_by_file(tables: DayTables) -> dict[str, Sequence[DayRow]]:
    found = {one.table.file: one.rows for one in tables.all}
    return {name: found[name] for name in FILES}


def _kept_rows(earlier: ImportedDay, name: str) -> list[tuple[int, tuple[str, ...]]]:
    rows = ImportedRow.objects.filter(day=earlier, file=name).order_by("line").values_list("line", "content")
    return [(line, values_from(content, ROW_TYPES[name])) for line, content in rows]


def _against(
    name: str, before: Sequence[tuple[int, tuple[str, ...]]], after: Sequence[tuple[int, tuple[str, ...]]]
) -> list[Change]:
    row_type = ROW_TYPES[name]
    columns = columns_of(row_type)
    old, new = by_key(row_type, before), by_key(row_type, after)
    changes = []
    for key, (line, values) in new.items():
        if key not in old:
            changes.append(Change(name, line, What.CREATED, values))
            continue
        differing = tuple((column, was, now) for column, was, now in zip(columns, old[key][1], values, strict=True) if was != now)
        changes.append(Change(name, line, What.CHANGED if differing else What.UNCHANGED, values, differing))
    changes += [Change(name, line, What.REMOVED, values) for key, (line, values) in old.items() if key not in new]
    return changes


def _master(name: str, row: DayRow, stored: dict[str, str] | None) -> Change:
    values = values_of(row)
    if stored is None:
        return Change(name, row.line, What.CREATED, values)
    given = dict(zip(columns_of(type(row)), values, strict=True))
    differing = tuple((column, was, given[column]) for column, was in stored.items() if was != given[column])
    return Change(name, row.line, What.CHANGED if differing else What.UNCHANGED, values, differing)


def _sites(rows: Sequence[SiteRow]) -> list[Change]:
    known = {site.code: site for site in Site.objects.filter(code__in=[row.code for row in rows])}
    return [_master("sites.csv", row, _stored_site(row, known.get(row.code))) for row in rows]


def _stored_site(row: SiteRow, site: Site | None) -> dict[str, str] | None:
    if site is None:
        return None
    stored = {
        "name": site.name,
        "address": site.address,
        "opens": f"{site.opens:%H:%M}",
        "closes": f"{site.closes:%H:%M}",
    }
    for column, now, given in (("latitude", site.latitude, row.latitude), ("longitude", site.longitude, row.longitude)):
        if now != float(given):
            stored[column] = str(now)
    if row.pause_from is not None:
        stored["pause_from"] = f"{site.pause_from:%H:%M}" if site.pause_from else ""
        stored["pause_until"] = f"{site.pause_until:%H:%M}" if site.pause_until else ""
    return stored


def _items(rows: Sequence[ItemRow]) -> list[Change]:
    found = Item.objects.filter(gtin__in=[row.gtin for row in rows]).select_related("category").prefetch_related("allergens")
    known = {item.gtin: item for item in found}
    return [_master("items.csv", row, _stored_item(known.get(row.gtin))) for row in rows]


def _stored_item(item: Item | None) -> dict[str, str] | None:
    if item is None:
        return None
    return {
        "name": item.name,
        "category": item.category.code,
        "zone": item.zone,
        "date_mark": item.date_mark,
        "unit_weight_g": str(item.unit_weight_g),
        "allergens": ";".join(sorted(a.name for a in item.allergens.all())) if item.allergens_stated else "?",
    }


def _vehicles(rows: Sequence[VehicleRow]) -> list[Change]:
    found = Vehicle.objects.filter(code__in=[row.code for row in rows]).select_related("depot")
    known = {vehicle.code: vehicle for vehicle in found}
    return [_master("vehicles.csv", row, _stored_vehicle(row, known.get(row.code))) for row in rows]


def _stored_vehicle(row: VehicleRow, vehicle: Vehicle | None) -> dict[str, str] | None:
    """The shift is the day's, not the vehicle's: it is set anew without counting as a change of the vehicle."""
    if vehicle is None:
        return None
    stored = {"name": vehicle.name, "kind": vehicle.kind, "depot_code": vehicle.depot.code}
    for column, grams, given in (
        ("ambient_kg", vehicle.ambient_g, row.ambient_kg),
        ("chilled_kg", vehicle.chilled_g, row.chilled_kg),
        ("frozen_kg", vehicle.frozen_g, row.frozen_kg),
    ):
        if grams != grams_from_kg(given):
            stored[column] = format((Decimal(grams) / 1000).normalize(), "f")
    for column, yen, said in (
        ("yen_per_km", vehicle.yen_per_km, row.yen_per_km),
        ("yen_per_day", vehicle.yen_per_day, row.yen_per_day),
    ):
        if said is not None and yen != said:
            stored[column] = str(yen)
    return stored
