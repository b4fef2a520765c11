"""What a stop can be moved to, and what can be put in, as a select's options: hundreds on a large day, so no template writes them."""

from __future__ import annotations

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from foodbank.core.units import format_kg
from logistics.dispatch.planner.edit import ANYWHERE
from logistics.dispatch.selectors.hand_page import SEPARATOR, HandPage

register = template.Library()


@register.simple_tag
def place_options(page: HandPage) -> SafeString:
    """Per vehicle: the best place, the first one, and behind each of its stops but the chosen one."""
    best, first, behind = gettext("いちばんよい所"), gettext("最初"), gettext("このあとに")
    groups = []
    for code, places in page.places.items():
        options = [(f"{code}{SEPARATOR}{ANYWHERE}", f"{code}: {best}"), (f"{code}{SEPARATOR}", f"{code}: {first}")]
        options += [
            (f"{code}{SEPARATOR}{place.anchor}", f"{code}: {behind} {place.words}")
            for place in places
            if page.chosen is None or place.id != page.chosen.id
        ]
        groups.append((code, format_html_join("", '<option value="{}">{}</option>', options)))
    return format_html_join("", '<optgroup label="{}">{}</optgroup>', groups)


@register.simple_tag
def aside_options(page: HandPage) -> SafeString:
    """What no vehicle takes: number, name, kilograms."""
    rows = [(one.target, " ".join(filter(None, (one.code, one.name, format_kg(one.grams))))) for one in page.aside]
    return format_html_join("", '<option value="{}">{}</option>', rows)
