"""Rules of a month as pure functions: whole months, public holidays, what people are used to."""

from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping

import holidays

from foodbank.core.errors import Text
from foodbank.core.limits import MAX_PEOPLE

MAX_VISITS = 31
MIN_VISIT_MINUTES, MAX_VISIT_MINUTES = 15, 600
HABIT_FROM = 2
"""So many visits at one weekday and time within three months are a habit."""


def first_of(day: dt.date) -> dt.date:
    return day.replace(day=1)


def days_in(first: dt.date) -> int:
    return calendar.monthrange(first.year, first.month)[1]


def public_holidays(first: dt.date, language: str = "ja") -> Mapping[dt.date, str]:
    """Japan's holidays in the month, by day, with their names in Japanese, or in English."""
    of_year = holidays.country_holidays("JP", years=first.year, language="en_US" if language.startswith("en") else "ja")
    return {day: name for day, name in sorted(of_year.items()) if first_of(day) == first}


def habit(visits: Iterable[tuple[dt.date, dt.time]]) -> tuple[int, dt.time] | None:
    """The weekday and time at which most of ``visits`` began, the later one of two; nothing when each was at another."""
    counted: Counter[tuple[int, dt.time]] = Counter()
    latest: dict[tuple[int, dt.time], dt.date] = {}
    for day, start in visits:
        key = (day.weekday(), start)
        counted[key] += 1
        latest[key] = max(day, latest.get(key, day))
    known = [key for key, times in counted.items() if times >= HABIT_FROM]
    return max(known, key=lambda key: (counted[key], latest[key])) if known else None


def candidate_faults(
    *,
    households: int,
    visit_minutes: int,
    least_visits: int,
    most_visits: int,
    days_between: int,
    hours: Iterable[tuple[int, dt.time, dt.time]],
) -> dict[str, Text]:
    """What is wrong, by field; empty when all is well."""
    faults: dict[str, Text] = {}
    if not 1 <= households <= MAX_PEOPLE:
        faults["households"] = Text(
            f"世帯数は1から{MAX_PEOPLE:,}の間で入力してください。", f"Households are 1 to {MAX_PEOPLE:,}."
        )
    if not MIN_VISIT_MINUTES <= visit_minutes <= MAX_VISIT_MINUTES:
        faults["visit_minutes"] = Text(
            f"1回の長さは{MIN_VISIT_MINUTES}分から{MAX_VISIT_MINUTES}分の間で入力してください。",
            f"A visit lasts {MIN_VISIT_MINUTES} to {MAX_VISIT_MINUTES} minutes.",
        )
    if not 0 <= least_visits <= MAX_VISITS:
        faults["least_visits"] = Text(f"0から{MAX_VISITS}の間で入力してください。", f"Between 0 and {MAX_VISITS}.")
    elif not max(1, least_visits) <= most_visits <= MAX_VISITS:
        faults["most_visits"] = Text(
            f"最低の回数（{least_visits}回）以上、{MAX_VISITS}以下で入力してください。",
            f"Not fewer than the least ({least_visits}) and not more than {MAX_VISITS}.",
        )
    if not 1 <= days_between <= 90:
        faults["days_between"] = Text("間隔は1日から90日の間で入力してください。", "The gap is 1 to 90 days.")
    elif least_visits > 1 and (least_visits - 1) * days_between > 30:
        faults["days_between"] = Text(
            f"月に{least_visits}回を{days_between}日おきにすると、ひと月に入りません。間隔を短くするか、回数を減らしてください。",
            f"{least_visits} visits {days_between} days apart do not fit a month. Make the gap shorter or the number smaller.",
        )
    fault = _hours_fault(list(hours), visit_minutes)
    if fault is not None:
        faults["hours"] = fault
    return faults


def _hours_fault(hours: list[tuple[int, dt.time, dt.time]], visit_minutes: int) -> Text | None:
    if not hours:
        return Text("訪問できる曜日と時間を1つ以上入力してください。", "Give at least one weekday with its hours.")
    for weekday, start, end in hours:
        if end <= start:
            return Text("終わりの時刻は始まりより後にしてください。", "The hours must end after they start.")
        if minutes(end) - minutes(start) < visit_minutes:
            return Text(
                f"{start:%H:%M}–{end:%H:%M}は、1回の長さ（{visit_minutes}分）より短い時間です。",
                f"{start:%H:%M}–{end:%H:%M} is shorter than a visit ({visit_minutes} min).",
            )
        others = [(s, e) for w, s, e in hours if w == weekday and (s, e) != (start, end)]
        if any(s < end and start < e for s, e in others) or hours.count((weekday, start, end)) > 1:
            return Text("同じ曜日の時間が重なっています。", "Hours of one weekday overlap.")
    return None


def minutes(time: dt.time) -> int:
    return time.hour * 60 + time.minute


def seconds(time: dt.time) -> int:
    return minutes(time) * 60


def clock(of_day_s: int) -> dt.time:
    """The time so many seconds after midnight, to the minute."""
    return dt.time(of_day_s // 3600, of_day_s % 3600 // 60)
