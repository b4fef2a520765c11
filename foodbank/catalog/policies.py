"""What an item's data and the rules of carrying must satisfy, on every face."""

from __future__ import annotations

import datetime as dt

from foodbank.core.errors import Text
from foodbank.core.limits import MAX_UNIT_G

MAX_RIDE_MINUTES = 24 * 60


def item_faults(*, name: str, unit_weight_g: int) -> dict[str, Text]:
    """What is wrong, by field; empty when all is well."""
    faults: dict[str, Text] = {}
    if not name.strip() or len(name) > 120:
        faults["name"] = Text("品名を1〜120文字で入力してください。", "The name needs 1 to 120 characters.")
    if not 1 <= unit_weight_g <= MAX_UNIT_G:
        faults["unit_weight_g"] = Text(
            f"1点の重さは1 gから{MAX_UNIT_G:,} gの間で入力してください。", f"A unit weighs 1 to {MAX_UNIT_G:,} g."
        )
    return faults


def apart_faults(*, same: bool, effective_from: dt.date, effective_until: dt.date | None) -> dict[str, Text]:
    """What is wrong with a pair that does not ride together, by field."""
    faults = _dates(effective_from, effective_until)
    if same:
        faults["second"] = Text("ちがう分類を選んでください。", "Choose another category.")
    return faults


def ride_limit_faults(
    *, minutes: int, of_something: bool, effective_from: dt.date, effective_until: dt.date | None
) -> dict[str, Text]:
    """What is wrong with a longest ride, by field."""
    faults = _dates(effective_from, effective_until)
    if not of_something:
        faults["category"] = Text("分類か温度帯を選んでください。", "Choose a category or a zone.")
    if not 1 <= minutes <= MAX_RIDE_MINUTES:
        faults["minutes"] = Text(
            f"1分から{MAX_RIDE_MINUTES:,}分の間で入力してください。", f"Must be 1 to {MAX_RIDE_MINUTES:,} minutes."
        )
    return faults


def _dates(effective_from: dt.date, effective_until: dt.date | None) -> dict[str, Text]:
    if effective_until is None or effective_until >= effective_from:
        return {}
    return {"effective_until": Text("終わりの日は始まりの日以降にしてください。", "The end must not be before the start.")}
