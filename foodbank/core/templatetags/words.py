"""Numbers with units, dates in words and labels in the reader's language."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext, ngettext

from foodbank.core import dates
from foodbank.core.errors import Text
from foodbank.core.units import format_kg

register = template.Library()

_TIED = "\N{NO-BREAK SPACE}"  # a number and its unit stay on one line
_SHOWN_IN_GRAMS = 100
ZONE_WORDS = {"ambient": "常温", "chilled": "冷蔵", "frozen": "冷凍"}


def _english() -> bool:
    return (get_language() or "").startswith("en")


@register.filter
def word(text: object) -> str:
    """A label that the models hold in Japanese, in the reader's language."""
    return gettext(str(text)) if text not in (None, "") else ""


@register.filter
def zone_word(zone: str) -> str:
    return gettext(ZONE_WORDS.get(zone, zone))


@register.filter
def kilograms(grams: int | None) -> str:
    """``1234567`` → ``1,234.6 kg``; what a tenth of a kilogram would hide stays in grams: ``40`` → ``40 g``."""
    if grams is None:
        return ""
    if 0 < abs(grams) < _SHOWN_IN_GRAMS:
        return f"{grams}{_TIED}g"
    return format_kg(grams).replace(" ", _TIED)


@register.filter
def kilometres(metres: int | None) -> str:
    return "" if metres is None else f"{number_format(metres / 1000, 1, force_grouping=True)}{_TIED}km"


@register.filter
def yen(amount: int | None) -> str:
    """``12340`` → ``12,340円`` / ``¥12,340``."""
    if amount is None:
        return ""
    grouped = number_format(amount, 0, force_grouping=True)
    return f"¥{grouped}" if _english() else f"{grouped}円"


@register.filter
def duration(seconds: int | None) -> str:
    """``6180`` → ``1時間43分`` / ``1 h 43 min``."""
    if seconds is None:
        return ""
    hours, minutes = divmod(round(seconds / 60), 60)
    if _english():
        return f"{hours} h {minutes} min" if hours else f"{minutes} min"
    return f"{hours}時間{minutes}分" if hours else f"{minutes}分"


@register.filter
def clock(moment: dt.datetime | dt.time | None) -> str:
    """``9:05``, in Japan."""
    if moment is None:
        return ""
    if isinstance(moment, dt.datetime):
        moment = timezone.localtime(moment).time()
    return f"{moment.hour}:{moment.minute:02}"


@register.filter
def day(value: dt.date | None) -> str:
    """``12月5日(土)`` / ``Sat 5 Dec``, with the year where it is not this one."""
    if value is None:
        return ""
    if _english():
        return value.strftime("%a ") + f"{value.day} " + value.strftime("%b" if value.year == dates.today().year else "%b %Y")
    plain = dates.format_day(value)
    return plain if value.year == dates.today().year else f"{value.year}年{plain}"


@register.filter
def moment_day(value: dt.datetime | None) -> str:
    """The day of a moment, in Japan, like ``near_day``."""
    return "" if value is None else near_day(timezone.localtime(value).date())


@register.filter
def near_day(value: dt.date | None) -> str:
    """Like ``day``, with 今日, 明日 or 昨日 in front."""
    if value is None:
        return ""
    near = {-1: gettext("昨日"), 0: gettext("今日"), 1: gettext("明日")}.get((value - dates.today()).days)
    return f"{near} {day(value)}" if near else day(value)


@register.filter
def days_left(days: int | None) -> str:
    """Whole days until the last valid day, in words; negative when it has passed."""
    if days is None:
        return gettext("期限なし")
    if days < 0:
        return ngettext("%(days)d 日過ぎています", "%(days)d 日過ぎています", -days) % {"days": -days}
    near = {0: gettext("今日まで"), 1: gettext("明日まで")}.get(days)
    return near or ngettext("あと %(days)d 日", "あと %(days)d 日", days) % {"days": days}


@register.simple_tag
def food_date(mark: str, last_day: dt.date | None, precision: str, until: dt.time | None = None) -> str:
    """``賞味期限 2027年3月``, with the time ``until`` where the last day has one, in the reader's language. 賞味期限 and 消費期限 are
    never mixed."""
    if not _english() or last_day is None:
        return dates.format_food_date(mark, last_day, precision, until) if last_day or not _english() else gettext("期限表示なし")
    shown = last_day.strftime("%B %Y") if precision == dates.DatePrecision.MONTH else f"{last_day.day} {last_day:%b %Y}"
    if until:
        shown += f" {until:%H:%M}"
    if mark == dates.DateMark.NONE:
        return gettext("期限表示なし（目安 %(date)s）") % {"date": shown}
    return f"{dates.DateMark(mark).label} {shown}"


@register.filter
def own_words(thing: Any, name: str) -> str:
    """``thing.reason_ja`` or ``thing.reason_en``, by the reader's language."""
    return str(getattr(thing, f"{name}_{'en' if _english() else 'ja'}"))


@register.filter
def other_words(thing: Any, name: str) -> str:
    """The same in the other language, for the line below."""
    return str(getattr(thing, f"{name}_{'ja' if _english() else 'en'}"))


@register.filter
def why(thing: Any) -> str:
    """A bilingual ``why``, in the reader's language."""
    return "" if thing.why is None else str(thing.why.en if _english() else thing.why.ja)


@register.filter
def own_text(refusal: Any) -> str:
    """What a refusal says in the reader's language; nothing when there is none."""
    return str(refusal.text.en if _english() else refusal.text.ja) if refusal else ""


@register.filter
def other_text(refusal: Any) -> str:
    """The same in the other language, for the line below."""
    return str(refusal.text.ja if _english() else refusal.text.en) if refusal else ""


@register.filter
def own_said(text: Text) -> str:
    """A sentence in the reader's language."""
    return text.en if _english() else text.ja


@register.simple_tag
def other_language() -> str:
    return "ja" if _english() else "en"


@register.simple_tag(takes_context=True)
def query_with(context: dict[str, Any], **changes: object) -> str:
    """The page's own query string with some parts changed; ``None`` takes a part away."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        if value is None:
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}"
