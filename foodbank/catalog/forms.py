"""Entering products, and the rules of carrying them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foodbank.catalog.models import Allergen, Category, Item, Zone
from foodbank.catalog.policies import MAX_RIDE_MINUTES
from foodbank.catalog.services.items import ItemData
from foodbank.core.dates import DateMark
from foodbank.core.forms import AllergensField, CodeField, DayField, EntryForm, WordChoiceField, choices
from foodbank.core.limits import MAX_UNIT_G


class ItemForm(EntryForm):
    gtin = CodeField(
        label=_("商品コード（JAN）"), max_length=20, help_text=_("バーコードの下の数字。8・12・13・14 桁。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    name = forms.CharField(label=_("品名"), max_length=120)
    category = WordChoiceField(label=_("分類"), queryset=Category.objects.all(), empty_label=_("選んでください"))
    zone = forms.ChoiceField(label=_("温度帯"), choices=lambda: choices(Zone), widget=forms.RadioSelect)
    date_mark = forms.ChoiceField(label=_("期限の種類"), choices=lambda: choices(DateMark), widget=forms.RadioSelect)
    unit_weight_g = forms.IntegerField(
        label=_("1点の重さ（g）"), min_value=1, max_value=MAX_UNIT_G, widget=forms.NumberInput(attrs={"class": "short"})
    )
    weight_estimated = forms.BooleanField(label=_("重さは推定"), required=False)
    allergens = AllergensField(label=_("含むアレルゲン"), queryset=Allergen.objects.all())
    allergens_stated = forms.BooleanField(
        label=_("アレルゲンの表示を確かめた"), required=False, initial=True,
        help_text=_("チェックがないと、選ばなかったアレルゲンは「不明」になり、避ける必要がある人には届けません。"),
    )  # fmt: skip
    active = forms.BooleanField(label=_("使用中"), required=False, initial=True)

    def __init__(self, *args: Any, item: Item | None = None, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"zone": Zone.AMBIENT, "date_mark": DateMark.BEST_BEFORE}
        if item is not None:
            names = (
                "gtin",
                "name",
                "category",
                "zone",
                "date_mark",
                "unit_weight_g",
                "weight_estimated",
                "allergens_stated",
                "active",
            )
            initial = {name: getattr(item, name) for name in names} | {"allergens": list(item.allergens.all())}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        if item is not None:
            self.fields["gtin"].disabled = True

    @staticmethod
    def data_of(values: dict[str, Any]) -> ItemData:
        return ItemData(**{**values, "zone": Zone(values["zone"]), "date_mark": DateMark(values["date_mark"])})


class KeptApartForm(EntryForm):
    prefix = "apart"

    first = WordChoiceField(label=_("分類"), queryset=Category.objects.all(), empty_label=_("選んでください"))
    second = WordChoiceField(label=_("いっしょに積まない分類"), queryset=Category.objects.all(), empty_label=_("選んでください"))
    effective_from = DayField(label=_("この日から"))
    effective_until = DayField(label=_("この日まで（空けると、ずっと）"), required=False)


class RideLimitForm(EntryForm):
    prefix = "ride"

    category = WordChoiceField(label=_("分類"), queryset=Category.objects.all(), required=False, empty_label=_("どの分類も"))
    zone = forms.ChoiceField(label=_("温度帯"), required=False, choices=lambda: [("", gettext("どの温度帯も")), *choices(Zone)])
    minutes = forms.IntegerField(
        label=_("時間（分）"),
        min_value=1,
        max_value=MAX_RIDE_MINUTES,
        widget=forms.NumberInput(attrs={"class": "short", "inputmode": "numeric"}),
    )
    effective_from = DayField(label=_("この日から"))
    effective_until = DayField(label=_("この日まで（空けると、ずっと）"), required=False)
