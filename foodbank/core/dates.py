"""Dates on food (D5, D6, D8) and the food bank's own calendar. All days are days in Japan."""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foodbank.core.errors import Text
from foodbank.core.limits import FIRST_YEAR, LAST_YEAR

WEEKDAYS = "月火水木金土日"
_ERAS = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988}


class DateMark(TextChoices):
    """The kind of date the law puts on a product. 賞味期限 and 消費期限 are never mixed."""

    BEST_BEFORE = "best_before", _("賞味期限")
    USE_BY = "use_by", _("消費期限")
    NONE = "none", _("期限表示なし")


class DatePrecision(TextChoices):
    DAY = "day", _("日まで")
    MONTH = "month", _("月まで")


class UnreadableDate(ValueError):
    """``text`` says why, in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


@dataclass(frozen=True, slots=True)
class FoodDate:
    """A printed date: the last day on which it is kept, and how precisely it was printed."""

    last_day: dt.date
    precision: DatePrecision


def last_of_month(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def read_food_date(text: str) -> FoodDate:
    """Read what stands on a package: ``2027-03-05``, ``2027.3``, ``27.03.05``, ``270305``, ``R9.3``, ``令和9年3月5日``, full-width digits.

    A month alone means the month's last day (D8), and so does GS1's day 00. Raises :class:`UnreadableDate`.
    """
    cleaned = unicodedata.normalize("NFKC", text).strip().upper()
    match = re.fullmatch(r"(\d{2})(\d{2})(\d{2})|(\d{4})(\d{2})(\d{2})", cleaned)
    if match:
        parts = [int(g) for g in match.groups() if g is not None]
        return _food_date(text, parts[0] + (2000 if parts[0] < 100 else 0), parts[1], parts[2])
    match = re.fullmatch(r"(令和|平成|R|H)?\s*(\d{1,4}|元)\s*[-./年]\s*(\d{1,2})\s*(?:[-./月]\s*(?:(\d{1,2})\s*日?)?)?", cleaned)
    if not match:
        raise UnreadableDate(Text(f"「{text}」は期限として読めません。", f"{text!r} is not a date."))
    era, year_text, month, day = match.groups()
    year = 1 if year_text == "元" else int(year_text)
    if era:
        year += _ERAS[era]
    elif year < 100:
        year += 2000
    return _food_date(text, year, int(month), int(day) if day else 0)


def _food_date(text: str, year: int, month: int, day: int) -> FoodDate:
    try:
        if day == 0:
            return FoodDate(last_of_month(year, month), DatePrecision.MONTH)
        return FoodDate(dt.date(year, month, day), DatePrecision.DAY)
    except (ValueError, calendar.IllegalMonthError):
        raise UnreadableDate(Text(f"「{text}」という日付はありません。", f"There is no date {text!r}.")) from None


def today() -> dt.date:
    """Today in Japan."""
    return timezone.localdate()


def day_fault(day: dt.date) -> Text | None:
    """Why ``day`` cannot be a day of ours, or nothing when it can: a mistyped year."""
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return None
    return Text(
        f"年は{FIRST_YEAR}から{LAST_YEAR}の間で入力してください。", f"The year must be between {FIRST_YEAR} and {LAST_YEAR}."
    )


def at(day: dt.date, time: dt.time) -> dt.datetime:
    """That local time on that day, aware."""
    return timezone.make_aware(dt.datetime.combine(day, time))


def moment_of(day: dt.date, seconds: int) -> dt.datetime:
    """The moment ``seconds`` after 00:00 local time of ``day``."""
    return timezone.localtime(at(day, dt.time()) + dt.timedelta(seconds=seconds))


def seconds_on(day: dt.date, moment: dt.datetime) -> int:
    """Seconds from 00:00 local time of ``day`` to ``moment``, whole ones."""
    return round((moment - at(day, dt.time())).total_seconds())


def format_clock(seconds: int) -> str:
    """Seconds since 00:00 as ``9:05``."""
    return f"{seconds // 3600}:{seconds % 3600 // 60:02d}"


def format_day(day: dt.date, *, relative_to: dt.date | None = None) -> str:
    """``12月5日(土)``, with ``今日``/``明日`` in front where it helps."""
    plain = f"{day.month}月{day.day}日({WEEKDAYS[day.weekday()]})"
    if relative_to is not None:
        word = {0: "今日 ", 1: "明日 "}.get((day - relative_to).days)
        if word:
            return word + plain
        if day.year != relative_to.year:
            return f"{day.year}年{plain}"
    return plain


def format_food_date(mark: str, last_day: dt.date | None, precision: str, until: dt.time | None = None) -> str:
    """``賞味期限 2027年3月`` / ``消費期限 2026年12月7日 18:00`` / ``期限表示なし（目安 2026年12月10日）``."""
    if last_day is None:
        return "期限表示なし"
    if precision == DatePrecision.MONTH:
        shown = f"{last_day.year}年{last_day.month}月"
    else:
        shown = f"{last_day.year}年{last_day.month}月{last_day.day}日"
    if until:
        shown += f" {until:%H:%M}"
    if mark == DateMark.NONE:
        return f"期限表示なし（目安 {shown}）"
    return f"{DateMark(mark).label} {shown}"
