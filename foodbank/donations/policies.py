"""What may be offered and what may come in (D2, D9)."""

from __future__ import annotations

import datetime as dt

from foodbank.core.dates import DateMark
from foodbank.core.errors import Refusal, Text
from foodbank.core.limits import MAX_DAYS_AHEAD, MAX_LOT_G, MAX_UNITS


def offer_faults(
    *,
    day: dt.date,
    quantity: int,
    unit_weight_g: int,
    date_mark: str,
    last_day: dt.date | None,
    ready_from: dt.time,
    ready_until: dt.time,
    safe_until: dt.time | None = None,
    whole_day_known: bool = True,
) -> dict[str, Text]:
    """What is wrong with an offer for ``day``, by field; empty when all is well. ``whole_day_known``: its date names a day, not only a
    month."""
    faults: dict[str, Text] = {}
    if not 1 <= quantity <= MAX_UNITS or quantity * unit_weight_g > MAX_LOT_G:
        faults["quantity"] = Text(
            f"点数は1から{MAX_UNITS:,}まで、合計{MAX_LOT_G // 1_000_000}トンまでにしてください。",
            f"1 to {MAX_UNITS:,} units and at most {MAX_LOT_G // 1_000_000} t.",
        )
    if ready_until <= ready_from:
        faults["ready_until"] = Text("引取の終わりは始まりより後にしてください。", "The window must end after it starts.")
    refusal = date_refusal(date_mark=date_mark, last_day=last_day, day=day)
    if refusal is not None:
        faults["last_day"] = refusal.text
    elif last_day is not None and (last_day - day).days > MAX_DAYS_AHEAD:
        faults["last_day"] = Text("期限が遠すぎます。年を確かめてください。", "The date is too far away; check the year.")
    if safe_until is not None and (last_day is None or not whole_day_known):
        faults["safe_until"] = Text(
            "時刻を入れるときは、期限を日まで入力してください。", "With a time, give the date with its day."
        )
    elif safe_until is not None and last_day == day and safe_until <= ready_from:
        faults["safe_until"] = Text(
            "引取可能になる前に期限が切れます。時刻を確かめてください。", "It is no longer safe when it can be collected."
        )
    return faults


def date_refusal(*, date_mark: str, last_day: dt.date | None, day: dt.date) -> Refusal | None:
    """D9: no date where the law asks for one, or past it on ``day``: not taken. ``code`` ends in the refusal list's code."""
    if last_day is None:
        if date_mark == DateMark.NONE:
            return None
        return Refusal(
            "donation.no_date",
            Text("期限の表示がない品は受け取れません。", "Goods that need a date and have none are not taken."),
        )
    if last_day < day and date_mark != DateMark.NONE:
        return Refusal(
            "donation.date_past",
            Text(f"期限（{last_day}）が過ぎているため受け取れません。", f"Past its date ({last_day}); not taken."),
            params={"last_day": last_day.isoformat(), "day": day.isoformat()},
        )
    return None
