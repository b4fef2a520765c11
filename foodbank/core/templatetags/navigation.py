"""The menu of the desk. Entries are names, so that nothing here depends on the apps that it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()


@dataclass(frozen=True, slots=True)
class Entry:
    label: str | Promise
    url: str
    current: bool


# (label, route, the namespaces or routes whose pages count as being there)
MENU: tuple[tuple[str | Promise, str, tuple[str, ...]], ...] = (
    (_("今日の仕事"), "dispatch:today", ("dispatch",)),
    (_("取り込み"), "dayfiles:upload", ("dayfiles",)),
    (_("提供情報"), "donations:offer_list", ("donations:offer",)),
    (_("注文"), "partners:order_list", ("partners:order",)),
    (_("寄付者"), "donations:donor_list", ("donations:donor",)),
    (_("提供先"), "partners:partner_list", ("partners:partner",)),
    (_("品目"), "catalog:item_list", ("catalog",)),
    (_("車両"), "fleet:vehicle_list", ("fleet",)),
    (_("合意書"), "sites:agreement_list", ("sites",)),
    (_("コードを調べる"), "inventory:find", ("inventory",)),
)


@register.simple_tag(takes_context=True)
def menu(context: dict[str, Any]) -> list[Entry]:
    """The entries whose pages exist, with the current one marked."""
    request = context.get("request")
    match = getattr(request, "resolver_match", None)
    here = match.view_name if match else ""
    entries = []
    for label, route, places in MENU:
        try:
            url = reverse(route)
        except NoReverseMatch:
            continue
        entries.append(Entry(label, url, any(here.startswith(place) for place in places)))
    return entries
