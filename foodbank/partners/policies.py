"""What an order must satisfy, on every face, and until when a partner may place it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from foodbank.core.dates import at, format_day
from foodbank.core.errors import FieldsRefused, Refusal, Text
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


def cut_off_of(day: dt.date, *, days_before: int, time: dt.time) -> dt.datetime:
    """The moment from which a partner can no longer order for ``day``, in Japan's time."""
    return at(day - dt.timedelta(days=days_before), time)


def cut_off_refusal(day: dt.date, *, cut_off: dt.datetime, now: dt.datetime) -> Refusal | None:
    """May a partner still order, change or cancel for ``day``? From the moment of the cut-off on: no."""
    if now < cut_off:
        return None
    local = cut_off.astimezone(at(day, dt.time()).tzinfo)
    return Refusal(
        "order.cut_off_passed",
        Text(
            f"{format_day(day)}のお届けの締切（{format_day(local.date())} {local:%-H:%M}）を過ぎました。フードバンクへ電話してください。",
            f"Orders for {day} closed at {local:%Y-%m-%d %H:%M}. Please call the food bank.",
        ),
        params={"delivery_date": day.isoformat(), "cut_off": local.isoformat()},
    )


def day_refusal(day: dt.date, *, today: dt.date, days_ahead: int, closed: bool) -> FieldsRefused | None:
    """Is ``day`` one that a partner can order for: not over, not too far ahead, not a day off?"""
    if day < today:
        return FieldsRefused(
            "order.day_past",
            {"delivery_date": Text("過ぎた日には注文できません。", "That day is over. Choose a later one.")},
        )
    if day > today + dt.timedelta(days=days_ahead):
        return FieldsRefused(
            "order.too_far_ahead",
            {
                "delivery_date": Text(
                    f"注文できるのは{days_ahead}日先までです。", f"Orders are taken at most {days_ahead} days ahead."
                )
            },
        )
    if closed:
        return FieldsRefused(
            "order.day_closed",
            {
                "delivery_date": Text(
                    f"{format_day(day)}はお休みです。ほかの日を選んでください。",
                    f"There are no deliveries on {day}. Choose another day.",
                )
            },
        )
    return None


def opening_refusal(window: tuple[dt.time, dt.time], *, hours: Sequence[tuple[dt.time, dt.time]]) -> FieldsRefused | None:
    """Somebody must be there to take the food: the window has to touch the hours at which the partner is open."""
    if any(window[0] < closes and opens < window[1] for opens, closes in hours):
        return None
    shown = "、".join(f"{opens:%-H:%M}–{closes:%-H:%M}" for opens, closes in hours)
    english = ", ".join(f"{opens:%H:%M} to {closes:%H:%M}" for opens, closes in hours)
    return FieldsRefused(
        "order.outside_opening_hours",
        {
            "window_from": Text(
                f"登録されている時間（{shown}）の中で選んでください。",
                f"Choose a window inside the opening hours on record ({english}).",
            )
        },
    )
