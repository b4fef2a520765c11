"""Route sheets as plain data; times are on Saturday 5 December 2026."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from foodbank.labels.codes import CodeKind, code_url, make_code
from foodbank.labels.marks import Allergens
from logistics.sheets.model import RouteSheet, SheetBreak, SheetLine, SheetStop

DAY = dt.date(2026, 12, 5)
BASE_URL = "https://foodbank.example.jp"
_WORDS = {"ambient": "常温", "chilled": "冷蔵", "frozen": "冷凍"}


def at(hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 12, 5, hour, minute, tzinfo=ZoneInfo("Asia/Tokyo"))


def sheet_line(number: int, **changes: Any) -> SheetLine:
    zone = ("ambient", "chilled", "frozen")[number % 3]
    values: dict[str, Any] = {
        "unit": f"u{number}",
        "item": f"見本の品{number}",
        "quantity": number + 1,
        "grams": 500 * (number + 1),
        "zone": zone,
        "zone_word": _WORDS[zone],
        "source": make_code(number),
        "date_mark": "use_by",
        "date_text": "消費期限 2026年12月7日",
        "allergens": Allergens(("乳",)),
    }
    return SheetLine(**{**values, **changes})


def sheet_stop(number: int, **changes: Any) -> SheetStop:
    code = make_code(number, kind=CodeKind.STOP)
    arrive = at(9) + dt.timedelta(minutes=10 * number)
    values: dict[str, Any] = {
        "number": number,
        "site_code": f"P{number:03d}",
        "name": f"見本の食堂{number}",
        "arrive": arrive,
        "start": arrive,
        "leave": arrive + dt.timedelta(minutes=6),
        # On a small spiral: some stops are neighbours, none are at the same place.
        "latitude": 34.30 + 0.002 * number * (-1) ** number,
        "longitude": 134.05 + 0.003 * (number % 7),
        "address": f"見本市見本町{number}丁目1-{number}",
        "phone": f"000-000-{number:04d}",
        "windows": ((dt.time(9), dt.time(18)),),
        "drop_off": (sheet_line(number, order_ref=f"O{number:03d}"),),
        "code": code,
        "url": code_url(BASE_URL, code),
    }
    return SheetStop(**{**values, **changes})


def depot_stop(lines: int = 3, **changes: Any) -> SheetStop:
    code = make_code(9_000, kind=CodeKind.STOP)
    values: dict[str, Any] = {
        "number": 0,
        "site_code": "W01",
        "name": "見本の倉庫",
        "arrive": at(8, 30),
        "start": at(8, 30),
        "leave": at(8, 30),
        "latitude": 34.34,
        "longitude": 134.06,
        "pick_up": tuple(sheet_line(n, goes_to=n + 1, shelf=f"A-{n:02d}") for n in range(lines)),
        "code": code,
        "url": code_url(BASE_URL, code),
    }
    return SheetStop(**{**values, **changes})


def route_sheet(count: int = 5, **changes: Any) -> RouteSheet:
    values: dict[str, Any] = {
        "vehicle_code": "VAN1",
        "vehicle_name": "保冷車",
        "day": DAY,
        "depart": at(8, 30),
        "back": at(15, 10),
        "distance_m": 41_200,
        "depot_name": "見本の倉庫",
        "depot_latitude": 34.34,
        "depot_longitude": 134.06,
        "stops": (depot_stop(), *(sheet_stop(n) for n in range(1, count + 1))),
        "breaks": (SheetBreak(at(9, 27), at(10, 12)),),
        "driver": "見本 太郎",
    }
    return RouteSheet(**{**values, **changes})
