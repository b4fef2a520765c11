"""What the partner's own pages show in several places."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from foodbank.core.templatetags.navigation import Entry
from foodbank.core.templatetags.words import clock, near_day

register = template.Library()


@register.filter
def day_clock(moment: dt.datetime | None) -> str:
    """``明日 12月4日(金) 18:00``."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return f"{near_day(local.date())} {clock(local)}"


@register.simple_tag(takes_context=True)
def portal_tabs(context: dict[str, Any]) -> list[Entry]:
    """The partner's pages, with the current one marked."""
    code, here = context["partner"].site.code, context["request"].resolver_match.view_name
    tabs = (
        (_("届くもの"), "portal:overview", ("portal:overview", "portal:delivery")),
        (_("注文"), "portal:orders", ("portal:order",)),
        (_("いまある品"), "portal:stock", ("portal:stock",)),
        (_("APIキー"), "portal:keys", ("portal:key",)),
    )
    return [Entry(label, reverse(route, args=[code]), here.startswith(places)) for label, route, places in tabs]
