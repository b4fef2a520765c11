"""What recipients read: in Japanese, in やさしい日本語 and in English, side by side, so that none is forgotten (P15).

In やさしい日本語 all kanji carry their reading: ``[予約|よやく]`` becomes ruby. Nothing here speaks of food, need or place, so that nobody
reads over a shoulder what it is about (P4).
"""

from __future__ import annotations

import datetime as dt
import re

from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from foodbank.core.dates import WEEKDAYS, today
from foodbank.core.errors import FieldsRefused, Refusal, Text
from foodbank.pantry.guest_texts import WORDS

LANGUAGES = {"ja": "日本語", "easy": "やさしい日本語", "en": "English"}
_RUBY = re.compile(r"\[([^|\[\]]+)\|([^|\[\]]+)\]")
_WEEKDAY_READINGS = ("げつ", "か", "すい", "もく", "きん", "ど", "にち")


def html_of(text: str) -> SafeString:
    """Markup of readings as ruby; everything else is escaped."""
    parts, last = [], 0
    for match in _RUBY.finditer(text):
        parts += [conditional_escape(text[last : match.start()]), _ruby(match[1], match[2])]
        last = match.end()
    parts.append(conditional_escape(text[last:]))
    return mark_safe("".join(parts))  # noqa: S308 - every part was escaped


def plain(text: str) -> str:
    """Without readings, for titles and the like."""
    return _RUBY.sub(r"\1", text)


def say(key: str, language: str, **params: object) -> str:
    """The text with readings still in brackets. Raises ``KeyError`` for an unknown key."""
    return WORDS[key].in_language(language).format_map(params)


def refusal_text(refusal: Refusal, language: str) -> str:
    """A refusal in the reader's language."""
    if isinstance(refusal, FieldsRefused):
        return " ".join(_own(f"{refusal.code}.{name}", text, language) for name, text in refusal.fields.items())
    return _own(refusal.code, refusal.text, language)


def field_refusal_text(refusal: FieldsRefused, name: str, language: str) -> str:
    return _own(f"{refusal.code}.{name}", refusal.fields[name], language)


def _own(code: str, text: Text, language: str) -> str:
    if f"no.{code}" in WORDS:
        return say(f"no.{code}", language)
    return text.en if language == "en" else text.ja


def day_text(day: dt.date, language: str) -> str:
    """``12月5日(土)``, with 今日 or 明日 in front."""
    near = {0: "today", 1: "tomorrow"}.get((day - today()).days)
    front = f"{say(near, language)} " if near else ""
    if language == "en":
        return f"{front}{day:%A} {day.day} {day:%B}"
    if language == "easy":
        reading = _WEEKDAY_READINGS[day.weekday()]
        return f"{front}{day.month}[月|がつ]{day.day}[日|にち]（[{WEEKDAYS[day.weekday()]}|{reading}]）"
    return f"{front}{day.month}月{day.day}日({WEEKDAYS[day.weekday()]})"


def time_text(start: dt.time, end: dt.time, language: str) -> str:
    if language == "easy":
        return f"{_clock_easy(start)}から {_clock_easy(end)}まで"
    return f"{start.hour}:{start.minute:02}–{end.hour}:{end.minute:02}"


def moment_text(moment: dt.datetime, language: str) -> str:
    local = timezone.localtime(moment)
    clock = _clock_easy(local.time()) if language == "easy" else f"{local.hour}:{local.minute:02}"
    return f"{day_text(local.date(), language)} {clock}"


def _clock_easy(time: dt.time) -> str:
    return f"{time.hour}[時|じ]" + (f"{time.minute}[分|ふん]" if time.minute else "")


def _ruby(base: str, reading: str) -> SafeString:
    return format_html("<ruby>{}<rp>（</rp><rt>{}</rt><rp>）</rp></ruby>", base, reading)
