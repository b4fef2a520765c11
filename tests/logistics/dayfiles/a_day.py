"""A very small invented day, as files; each test changes what it is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from foodbank.accounts.services.system import system_user
from logistics.dayfiles.changes import DayChanges
from logistics.dayfiles.services.days import import_day, prepare_day

DAY = dt.date(2026, 12, 5)
YOGURT, BREAD, RICE = "9520000000042", "9520000000011", "9520000000110"

FILES: Mapping[str, str] = {
    "sites.csv": """code,name,kind,latitude,longitude,address,opens,closes
W01,見本フードバンク,depot,34.34,134.05,香川県高松市見本町1-1,08:00,19:00
D001,みほん青果店(例),donor,34.33,134.00,高松市見本町2,08:00,21:00
D002,見本ベーカリー(例),donor,34.31,134.05,高松市見本町3,08:00,21:00
P001,みどり食堂(例),partner,34.28,134.04,高松市見本町4,09:00,18:00
M01,見本コミュニティセンター(例),mobile,34.30,134.08,高松市見本町5,10:00,19:00
V01,見本会館(例),venue,34.28,134.00,高松市見本町6,09:00,17:00
""",
    "items.csv": """gtin,name,category,zone,date_mark,unit_weight_g,allergens
9520000000011,食パン6枚切,bread,ambient,use_by,340,小麦;乳
9520000000042,ヨーグルト400g,dairy,chilled,best_before,420,乳
9520000000110,精米5kg,rice,ambient,best_before,5000,
9520000000165,玉ねぎ1kg,produce,ambient,none,1000,
""",
    "vehicles.csv": """code,name,kind,depot_code,ambient_kg,chilled_kg,frozen_kg,shift_start,shift_end,break_minutes
VAN1,保冷車,van,W01,350,200,60.5,08:30,16:30,45
CAR1,キッチンカー,kitchen_car,W01,200,80,40,09:30,18:30,45
""",
    "stock.csv": """gtin,quantity,expires_in_days,location
9520000000042,16,3,C-02
9520000000110,10,198,A-03
9520000000165,5,7,A-01
""",
    "donations.csv": """donor_code,gtin,quantity,expires_in_days,ready_from,ready_until
D001,9520000000042,17,6,10:00,12:00
D001,9520000000110,6,180,10:00,14:00
D002,9520000000011,8,1,11:00,17:00
""",
    "orders.csv": """order_ref,partner_code,category,quantity_kg,children,excluded_allergens,window_from,window_until
O001,P001,dairy,12.1,58,卵;そば,10:00,12:00
O001,P001,rice,10,58,卵;そば,10:00,12:00
""",
    "mobile_visits.csv": """site_code,open_from,open_until,expected_households
M01,11:00,13:00,18
""",
    "pickup_day.csv": """site_code,slot_from,slot_until,capacity,exchange_theme,exchange_from,exchange_until,exchange_capacity,childcare_places
V01,11:00,11:30,10,子育ての話,12:00,13:00,12,6
V01,11:30,12:00,10,子育ての話,12:00,13:00,12,6
""",
}


def files(**changed: str | bytes) -> dict[str, bytes]:
    """The day's files; ``orders="…"`` puts another ``orders.csv`` in its place."""
    found = {name: text.encode() for name, text in FILES.items()}
    for name, content in changed.items():
        found[f"{name}.csv"] = content if isinstance(content, bytes) else content.encode()
    return found


def with_line(name: str, line: int, text: str) -> str:
    """The file with another text on ``line`` (the header is line 1)."""
    lines = FILES[f"{name}.csv"].splitlines()
    lines[line - 1] = text
    return "\n".join(lines) + "\n"


def with_row(name: str, text: str) -> str:
    """The file with one more row."""
    return FILES[f"{name}.csv"] + text + "\n"


def bring_in(given: Mapping[str, bytes] | None = None, *, day: dt.date = DAY, replace: bool = False) -> DayChanges:
    """Import the day as the command does."""
    prepared = prepare_day(files=given if given is not None else files(), day=day)
    return import_day(prepared=prepared, replace=replace, actor=system_user())


def write_folder(folder: Path, given: Mapping[str, bytes] | None = None) -> Path:
    """The files in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in (given if given is not None else files()).items():
        (folder / name).write_bytes(data)
    return folder
