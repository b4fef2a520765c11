"""What a route sheet says, as plain data. No prices (D4), no names of recipients (P7)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import chain

from foodbank.labels.marks import Allergens


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One shipment at one stop. ``source`` is the lot's code, or empty for goods that ``shop`` hands out directly (店頭引取);
    ``shelf`` is where they stand before loading, ``goes_to`` the number of the stop that gets them (0: back to the depot)."""

    unit: str
    item: str
    quantity: int
    grams: int
    zone: str
    zone_word: str
    counter: str = "点"
    source: str = ""
    shop: str = ""
    shelf: str = ""
    order_ref: str = ""
    date_mark: str = "none"
    date_text: str = ""
    allergens: Allergens | None = None
    goes_to: int | None = None


@dataclass(frozen=True, slots=True)
class SheetStop:
    """One stop in the order driven; times are aware. ``number`` is 1, 2, 3 … for places driven to and 0 at the depot."""

    number: int
    site_code: str
    name: str
    arrive: dt.datetime
    start: dt.datetime
    leave: dt.datetime
    latitude: float
    longitude: float
    address: str = ""
    phone: str = ""
    access_note: str = ""
    kind_word: str = ""
    windows: tuple[tuple[dt.time, dt.time], ...] = ()
    visit: tuple[dt.time, dt.time] | None = None
    notes: tuple[str, ...] = ()
    pick_up: tuple[SheetLine, ...] = ()
    drop_off: tuple[SheetLine, ...] = ()
    code: str = ""
    url: str = ""
    latest_leave: dt.datetime | None = None

    @property
    def is_depot(self) -> bool:
        return self.number == 0


@dataclass(frozen=True, slots=True)
class SheetBreak:
    start: dt.datetime
    end: dt.datetime

    @property
    def minutes(self) -> int:
        return round((self.end - self.start).total_seconds() / 60)


@dataclass(frozen=True, slots=True)
class Point:
    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class RouteSheet:
    """One vehicle's day. ``stops`` are in the order driven; a first stop at the depot is the loading. ``begins_at`` and ``ends_at``:
    where that is not the depot."""

    vehicle_code: str
    vehicle_name: str
    day: dt.date
    depart: dt.datetime
    back: dt.datetime
    distance_m: int
    depot_name: str
    depot_latitude: float
    depot_longitude: float
    stops: tuple[SheetStop, ...]
    breaks: tuple[SheetBreak, ...] = ()
    driver: str = ""
    draft: bool = False
    begins_at: Point | None = None
    ends_at: Point | None = None

    @property
    def start(self) -> Point:
        return self.begins_at or Point(self.depot_name, self.depot_latitude, self.depot_longitude)

    @property
    def end(self) -> Point:
        return self.ends_at or Point(self.depot_name, self.depot_latitude, self.depot_longitude)

    @property
    def driven_to(self) -> tuple[SheetStop, ...]:
        """All stops but those at the depot."""
        return tuple(stop for stop in self.stops if not stop.is_depot)

    def in_order(self) -> list[SheetStop | SheetBreak]:
        """Stops and breaks by the time their work or rest begins: a break while waiting at a stop stands before that stop."""
        return sorted(chain(self.stops, self.breaks), key=lambda entry: (entry.start, isinstance(entry, SheetStop)))
