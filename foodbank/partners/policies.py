"""What an order must satisfy, on every face."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from foodbank.core.errors import Text
from foodbank.core.limits import MAX_LINE_KG, MAX_PEOPLE, MAX_UNITS


def order_faults(
    *,
    window_from: dt.time,
    window_until: dt.time,
    children: int,
    lines: Sequence[tuple[str, int | None, int | None]],
) -> dict[str, Text]:
    """What is wrong, by field; empty when all is well. Each line is (category or GTIN, grams, units): one of the two is given."""
    faults: dict[str, Text] = {}
    if window_until <= window_from:
        faults["window_until"] = Text("時間帯の終わりは始まりより後にしてください。", "The window must end after it starts.")
    if not 0 <= children <= MAX_PEOPLE:
        faults["children"] = Text(
            f"子どもの人数は0から{MAX_PEOPLE:,}の間で入力してください。", f"Children must be 0 to {MAX_PEOPLE:,}."
        )
    if not lines:
        faults["lines"] = Text("注文する品を1つ以上入力してください。", "Order at least one thing.")
    seen: set[str] = set()
    for name, grams, units in lines:
        if name in seen:
            faults["lines"] = Text(f"「{name}」が2回あります。1行にまとめてください。", f"{name} is ordered twice.")
        seen.add(name)
        right_weight = grams is not None and units is None and 0 < grams <= MAX_LINE_KG * 1000
        right_units = units is not None and grams is None and 0 < units <= MAX_UNITS
        if not (right_weight or right_units):
            faults["lines"] = Text(
                f"「{name}」の量は{MAX_LINE_KG:,} kgまで、または{MAX_UNITS:,}点までで入力してください。",
                f"{name}: more than 0, at most {MAX_LINE_KG:,} kg or {MAX_UNITS:,} units.",
            )
    return faults
