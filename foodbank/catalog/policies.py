"""What an item's data must satisfy, on every face."""

from __future__ import annotations

from foodbank.core.errors import Text
from foodbank.core.limits import MAX_UNIT_G


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
