"""What the papers have in common: who writes them, and how they say days and moments."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import get_language, gettext

from foodbank.core.dates import format_day
from foodbank.inventory.selectors.label_page import own_address
from foodbank.reports.paper import Issuer


def english() -> bool:
    return (get_language() or "").startswith("en")


def issuer() -> Issuer:
    """The food bank as its first depot in use is registered; one query."""
    depot = own_address()
    if depot is None:
        return Issuer(gettext("フードバンク（拠点が登録されていません）"))
    return Issuer(depot.name, depot.address, depot.phone)


def full_day(day: dt.date) -> str:
    """``2026年12月5日(土)`` / ``Sat 5 Dec 2026``: papers are kept, so the year is always said."""
    return f"{day:%a} {day.day} {day:%b %Y}" if english() else f"{day.year}年{format_day(day)}"


def short_day(day: dt.date) -> str:
    """Without the weekday, for columns."""
    return f"{day.day} {day:%b %Y}" if english() else f"{day.year}年{day.month}月{day.day}日"


def period(first: dt.date, last: dt.date) -> str:
    return full_day(first) if first == last else f"{short_day(first)} ～ {short_day(last)}"


def moment(when: dt.datetime) -> str:
    local = timezone.localtime(when)
    return f"{full_day(local.date())} {local.hour}:{local.minute:02}"
