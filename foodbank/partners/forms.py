"""Entering partners and their orders."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foodbank.catalog.models import Allergen, Category, Item
from foodbank.core.forms import AllergensField, ClockField, CodeField, DayField, EntryForm, GramsField, choices, own_language
from foodbank.core.limits import MAX_LINE_KG, MAX_PEOPLE, MAX_UNITS
from foodbank.labels.gtin import GtinRefused, short_gtin
from foodbank.partners.models import Order, Partner, PartnerKind
from foodbank.partners.services.orders import LineData, OrderData
from foodbank.sites.forms import SiteForm
from foodbank.sites.models import Site


class PartnerForm(SiteForm):
    kind = forms.ChoiceField(label=_("種類"), choices=lambda: choices(PartnerKind))
    contact_name = forms.CharField(label=_("担当者"), max_length=80, required=False)
    contact_email = forms.EmailField(label=_("メール"), required=False)
    health_notified_on = DayField(label=_("保健所への届出日"), required=False)
    agreement_from = DayField(
        label=_("合意書の開始日"), required=False, help_text=_("合意書がないと、ここへは渡せません。あとからでも登録できます。")
    )

    def __init__(self, *args: Any, site: Site | None = None, partner: Partner | None = None, **kwargs: Any) -> None:
        if partner is not None:
            names = ("kind", "contact_name", "contact_email", "health_notified_on")
            kwargs["initial"] = {name: getattr(partner, name) for name in names}
        super().__init__(*args, site=site, **kwargs)
        if site is not None:
            del self.fields["agreement_from"]


class PartnerChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.site.code} {obj.site.name}"


class OrderForm(EntryForm):
    """One kilogram field a category; products by count where the order names them, and one more row for a product by its code."""

    partner = PartnerChoiceField(
        label=_("提供先"),
        queryset=Partner.objects.select_related("site").filter(site__active=True),
        empty_label=_("選んでください"),
    )
    delivery_date = DayField(label=_("お届け日"))
    window_from = ClockField(label=_("時間帯（から）"))
    window_until = ClockField(label=_("時間帯（まで）"))
    children = forms.IntegerField(
        label=_("子どもの人数"), min_value=0, max_value=MAX_PEOPLE, widget=forms.NumberInput(attrs={"class": "short"})
    )
    excluded_allergens = AllergensField(label=_("除くアレルゲン"), queryset=Allergen.objects.all())
    note = forms.CharField(label=_("備考"), max_length=500, required=False)

    def __init__(self, *args: Any, order: Order | None = None, **kwargs: Any) -> None:
        initial = kwargs.pop("initial", None) or {}
        self.categories = list(Category.objects.all())
        self.items: dict[str, Item] = {}
        if order is not None:
            names = ("partner", "delivery_date", "window_from", "window_until", "children", "note")
            initial |= {name: getattr(order, name) for name in names}
            initial["excluded_allergens"] = list(order.excluded_allergens.all())
            for line in order.lines.select_related("category", "item"):
                if line.category is not None:
                    initial[f"kg_{line.category.code}"] = line.quantity_g
                elif line.item is not None:
                    self.items[line.item.gtin] = line.item
                    initial[f"units_{line.item.gtin}"] = line.quantity
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        for category in self.categories:
            self.fields[f"kg_{category.code}"] = GramsField(
                label=f"{gettext(category.name)}（kg）", required=False, max_value=MAX_LINE_KG
            )
        for gtin, item in self.items.items():
            self.fields[f"units_{gtin}"] = forms.IntegerField(
                label=f"{item.name}（{gettext('点')}）", min_value=0, max_value=MAX_UNITS, required=False
            )
        self.fields["new_gtin"] = CodeField(label=_("品目を指定（商品コード）"), required=False, max_length=20)
        self.fields["new_units"] = forms.IntegerField(label=_("その点数"), min_value=1, max_value=MAX_UNITS, required=False)
        if order is not None:
            # A partner no longer in use may still have an order that has to be corrected.
            self.fields["partner"].queryset = Partner.objects.select_related("site").filter(pk=order.partner_id)  # type: ignore[attr-defined]
            self.fields["partner"].disabled = True

    def main_fields(self) -> Iterator[BoundField]:
        return (self[name] for name in self.base_fields)

    def line_fields(self) -> Iterator[BoundField]:
        return (self[name] for name in self.fields if name not in self.base_fields)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        gtin, units = values.get("new_gtin"), values.get("new_units")
        values["new_item"] = None
        if gtin:
            try:
                values["new_item"] = Item.objects.filter(gtin=short_gtin(gtin)).first()
            except GtinRefused as refusal:
                self.add_error("new_gtin", own_language(refusal.text))
                return values
            if values["new_item"] is None:
                self.add_error("new_gtin", gettext("この商品コードの品目は登録されていません。先に品目を登録してください。"))
            elif not units:
                self.add_error("new_units", gettext("点数を入力してください。"))
        elif units:
            self.add_error("new_gtin", gettext("商品コードを入力してください。"))
        return values

    def data_of(self, values: dict[str, Any]) -> OrderData:
        lines = [
            LineData(category=category, quantity_g=values[f"kg_{category.code}"])
            for category in self.categories
            if values[f"kg_{category.code}"]
        ]
        lines += [
            LineData(item=item, quantity=values[f"units_{gtin}"]) for gtin, item in self.items.items() if values[f"units_{gtin}"]
        ]
        if values["new_item"] is not None:
            lines.append(LineData(item=values["new_item"], quantity=values["new_units"]))
        return OrderData(**{name: values[name] for name in self.base_fields}, lines=lines)

    def add_error(self, field: str | None, error: Any) -> None:
        """What the rules say of ``lines`` stands above the form: it is about all of them."""
        super().add_error(None if field == "lines" else field, error)
