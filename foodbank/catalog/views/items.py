"""Products: list, enter, correct."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from foodbank.accounts.access import actor_of, coordinator_required
from foodbank.catalog.forms import ItemForm
from foodbank.catalog.models import Category, Item, Zone
from foodbank.catalog.services.items import change_item, create_item
from foodbank.core.listing import Column, listing
from foodbank.core.pages import bound, entry_page


@coordinator_required
def item_list(request: HttpRequest) -> HttpResponse:
    rows = Item.objects.select_related("category").prefetch_related("allergens")
    zone, category = request.GET.get("zone", ""), request.GET.get("category", "")
    if zone in Zone.values:
        rows = rows.filter(zone=zone)
    if category:
        rows = rows.filter(category__code=category)
    columns = (
        Column("name", _("品名"), ("name",)),
        Column("gtin", _("商品コード"), ("gtin",)),
        Column("category", _("分類"), ("category__pk", "name")),
        Column("zone", _("温度帯"), ("zone", "name")),
        Column("mark", _("期限の種類"), ("date_mark", "name")),
        Column("weight", _("1点の重さ"), ("unit_weight_g",), number=True),
        Column("allergens", _("アレルゲン")),
    )
    found = listing(request, rows, columns=columns, search=("name", "gtin"), filters=("zone", "category"))
    context = {
        "listing": found, "zones": Zone.choices, "zone": zone, "categories": Category.objects.all(), "category": category,
    }  # fmt: skip
    return render(request, "catalog/items.html", context)


@coordinator_required
def item_new(request: HttpRequest) -> HttpResponse:
    def save(values: dict[str, Any]) -> object:
        return create_item(data=ItemForm.data_of(values), actor=actor_of(request))

    return entry_page(
        request, bound(request, ItemForm), save=save, template="components/entry.html", back=reverse("catalog:item_list"),
        done=_("品目を登録しました。"), context={"heading": _("品目を登録する")},
    )  # fmt: skip


@coordinator_required
def item_edit(request: HttpRequest, gtin: str) -> HttpResponse:
    item = get_object_or_404(Item.objects.select_related("category"), gtin=gtin)

    def save(values: dict[str, Any]) -> object:
        return change_item(item=item, data=ItemForm.data_of(values), actor=actor_of(request))

    return entry_page(
        request, bound(request, ItemForm, item=item), save=save, template="components/entry.html",
        back=reverse("catalog:item_list"), done=_("品目を直しました。"),
        context={"heading": item.name, "lead": _("すでに受け入れたロットの記録は変わりません。")},
    )  # fmt: skip
