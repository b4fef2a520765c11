"""What came of the day, in a table that somebody who has never seen the program can read."""

from __future__ import annotations

import unicodedata
from typing import Any

from deploy.tools.demo.day import Day

_KIND = {
    "order_line": "注文 / order",
    "donation": "寄付 / donation",
    "visit": "訪問 / visit",
    "pickup_day": "受取日 / pickup day",
}


def table(day: Day) -> str:
    """Figures come from the plan that ``plan_day --json`` wrote; kilograms with one decimal."""
    plan, total = day.plan, day.plan["summary"]
    visits = {stop["visit"]["open_from"] for route in plan["routes"] for stop in route["stops"] if "visit" in stop}
    missing = {entry["ref"] for entry in plan["unserved"] if entry["kind"] in {"visit", "pickup_day"}}
    shops = {
        stop["site"] for route in plan["routes"] for stop in route["stops"] if stop["pick_up"] and stop["site"].startswith("D")
    }
    rows = [
        ("食堂などの注文", "ordered", _kg(total["ordered_g"])),
        (
            "  うち届く",
            "  of it delivered",
            f"{_kg(total['delivered_g'])} ({_percent(total['delivered_g'], total['ordered_g'])})",
        ),
        ("お店からの寄付", "offered by shops", _kg(total["donated_g"])),
        (
            "  うち引き取る",
            "  of it collected",
            f"{_kg(total['collected_g'])} ({_percent(total['collected_g'], total['donated_g'])}), {len(shops)} 店 / shops",
        ),
        ("キッチンカーの訪問", "kitchen-car visits", f"{len(visits)} か所 / sites, {_kg(_dropped(plan, 'visit_ref'))}"),
        ("受取日の食品", "for the pickup day", _kg(_dropped(plan, "pickup_ref"))),
        ("ルート", "routes", ", ".join(f"{r['vehicle']} {r['depart'][11:16]}–{r['return'][11:16]}" for r in plan["routes"])),
        ("走行距離", "distance", f"{total['distance_m'] / 1000:.1f} km"),
        (
            "できなかったこと",
            "not possible",
            f"{len(plan['unserved'])} 件" + (f"（訪問・受取日 {len(missing)}）" if missing else ""),
        ),
    ]
    lines = [f"  {_pad(ja, 22)}{_pad(en, 20)}{value}" for ja, en, value in rows]
    for entry in plan["unserved"]:
        kind = _KIND.get(entry["kind"], entry["kind"])
        lines.append(f"      {entry['ref']} ({kind}, {_kg(entry['grams'])}): {entry.get('fix') or entry['reason']}")
    lines += ["", f"  {_pad('QRラベル', 22)}{_pad('labels', 20)}{day.shown(day.labels)}"]
    folder = day.shown(day.sheets_folder)
    lines.append(f"  {_pad('運行表', 22)}{_pad('route sheets', 20)}{folder}/ ({', '.join(path.name for path in day.sheets)})")
    return "\n".join(lines)


def addresses(day: Day) -> str:
    account, site = day.accounts["coordinator"], day.site
    return "\n".join(
        [
            "  だれとして開くか / open as",
            f"    コーディネーター / coordinator  {site.address}{day.page}",
            f"    利用者名 / user {account.username}    パスワード / password {account.password}",
            "  ここの人・店・団体・住所はすべて架空です。 / Every person, shop and place here is made up.",
        ]
    )


def _dropped(plan: dict[str, Any], ref: str) -> int:
    return sum(unit["grams"] for route in plan["routes"] for stop in route["stops"] for unit in stop["drop_off"] if ref in unit)


def _kg(grams: int) -> str:
    return f"{grams / 1000:,.1f} kg"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def _pad(text: str, width: int) -> str:
    """Full-width characters take two columns on a terminal."""
    used = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
    return text + " " * max(1, width - used)
