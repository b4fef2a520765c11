"""The menu. Entries and roles are names, so that nothing here depends on the apps that it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

COORDINATOR = frozenset({"coordinator"})


@dataclass(frozen=True, slots=True)
class Item:
    """``places``: the namespaces, or beginnings of routes, whose pages count as being there. ``roles``: one of them sees it (values of
    ``accounts.Role``). ``hand``: a page for the phone; on those the menu shows only its like, and the way back to the desk."""

    label: str | Promise
    route: str
    places: tuple[str, ...]
    roles: frozenset[str] = COORDINATOR
    hand: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    label: str | Promise
    url: str
    current: bool


MENU: tuple[Item, ...] = (
    Item(_("今日の仕事"), "dispatch:today", ("dispatch",)),
    Item(_("取り込み"), "dayfiles:upload", ("dayfiles",)),
    Item(_("提供情報"), "donations:offer_list", ("donations:offer",)),
    Item(_("注文"), "partners:order_list", ("partners:order",)),
    Item(_("寄付者"), "donations:donor_list", ("donations:donor",)),
    Item(_("提供先"), "partners:partner_list", ("partners:partner",)),
    Item(_("品目"), "catalog:item_list", ("catalog",)),
    Item(_("車両"), "fleet:vehicle_list", ("fleet", "travel")),
    Item(_("月間計画"), "month:now", ("month",)),
    Item(_("合意書"), "sites:agreement_list", ("sites",)),
    Item(_("受取日"), "pantry:pickup_days", ("pantry:pickup_day", "pantry:figures", "pantry:slot")),
    Item(_("世帯"), "pantry:households", ("pantry:household", "pantry:registration_link"), frozenset({"registrar"})),
    Item(_("報告書"), "reports:receipts", ("reports",)),
    Item(_("コードを調べる"), "inventory:find", ("inventory",)),
    Item(_("人と役割"), "accounts:people", ("accounts:people", "accounts:person", "accounts:invite", "accounts:day_code")),
    Item(_("倉庫"), "warehouse:home", ("warehouse",), frozenset({"warehouse"}), hand=True),
    Item(_("運転"), "driving:home", ("driving",), frozenset({"driver"}), hand=True),
    Item(_("受付"), "pantry:check_in", ("pantry:check_in",), frozenset({"reception"}), hand=True),
    Item(_("私たちの団体"), "portal:home", ("portal",), frozenset({"partner"})),
)
_DESK = MENU[0]


@register.simple_tag(takes_context=True)
def menu(context: dict[str, Any]) -> list[Entry]:
    """The entries that the reader's roles open, with the current one marked."""
    request, access = context.get("request"), context.get("access")
    match = getattr(request, "resolver_match", None)
    here = match.view_name if match else ""
    seen = [item for item in MENU if access and access.has(*item.roles)]
    if any(item.hand and _is_at(item, here) for item in seen):
        seen = [item for item in seen if item.hand or item is _DESK]
    return [Entry(item.label, reverse(item.route), _is_at(item, here)) for item in seen]


def _is_at(item: Item, here: str) -> bool:
    return any(here.startswith(place) for place in item.places)
