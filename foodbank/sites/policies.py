"""What a site's data must satisfy, on every face."""

from __future__ import annotations

import datetime as dt

from foodbank.core.errors import Text

# Japan from 与那国島 to 南鳥島 and 宗谷岬, so that swapped or forgotten coordinates are seen.
SOUTH, NORTH, WEST, EAST = 20.0, 46.0, 122.0, 154.5


def site_faults(*, code: str, name: str, latitude: float, longitude: float, opens: dt.time, closes: dt.time) -> dict[str, Text]:
    """What is wrong, by field; empty when all is well."""
    faults: dict[str, Text] = {}
    if not code.strip() or len(code) > 20 or "/" in code:
        faults["code"] = Text(
            "コードは1〜20文字で入力してください（「/」は使えません）。", "The code needs 1 to 20 characters and no slash."
        )
    if not name.strip():
        faults["name"] = Text("名称を入力してください。", "Please give a name.")
    if not SOUTH <= latitude <= NORTH:
        faults["latitude"] = Text(
            f"緯度は{SOUTH:g}から{NORTH:g}の間で入力してください。", f"The latitude must be between {SOUTH:g} and {NORTH:g}."
        )
    if not WEST <= longitude <= EAST:
        faults["longitude"] = Text(
            f"経度は{WEST:g}から{EAST:g}の間で入力してください。", f"The longitude must be between {WEST:g} and {EAST:g}."
        )
    if closes <= opens:
        faults["closes"] = Text("閉まる時刻は開く時刻より後にしてください。", "It must close after it opens.")
    return faults
