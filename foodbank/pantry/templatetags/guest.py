"""Texts of the recipients' pages, in the language of the page (``lang`` in the context)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.utils.safestring import SafeString

from foodbank.pantry import guest_words

register = template.Library()


@register.simple_tag(takes_context=True)
def say(context: dict[str, Any], key: str, **params: object) -> SafeString:
    """With readings as ruby."""
    return guest_words.html_of(guest_words.say(key, context["lang"], **params))


@register.simple_tag(takes_context=True)
def say_plain(context: dict[str, Any], key: str, **params: object) -> str:
    """Without readings: titles, labels that are only heard."""
    return guest_words.plain(guest_words.say(key, context["lang"], **params))


@register.simple_tag(takes_context=True)
def guest_day(context: dict[str, Any], day: dt.date) -> SafeString:
    return guest_words.html_of(guest_words.day_text(day, context["lang"]))


@register.simple_tag(takes_context=True)
def guest_time(context: dict[str, Any], thing: Any) -> SafeString:
    """From when until when a slot or session lasts."""
    return guest_words.html_of(guest_words.time_text(thing.start, thing.end, context["lang"]))


@register.simple_tag(takes_context=True)
def opening(context: dict[str, Any], moment: dt.datetime) -> SafeString:
    """``12月1日(火) 9:00 から予約できます``."""
    language = context["lang"]
    return guest_words.html_of(guest_words.say("opens_at", language, moment=guest_words.moment_text(moment, language)))
