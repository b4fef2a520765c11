"""Entering partners and their orders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foodbank.catalog.models import Allergen, Category, Item
from foodbank.core.forms import AllergensField, ClockField, CodeField, DayField, EntryForm, GramsField, choices, own_language
from foodbank.core.limits import MAX_LINE_KG, MAX_PEOPLE, MAX_UNITS
from foodbank.labels.gtin import GtinRefused, short_gtin
from foodbank.partners.models import KeyScope, Order, Partner, PartnerKind
from foodbank.partners.selectors import partners_in_use
from foodbank.partners.services.orders import LineData, OrderData
from foodbank.sites.forms import SiteForm
from foodbank.sites.models import Site

_MOST_ITEMS = 100
_LONGEST_VERSION = 10
_LAST = ("excluded_allergens", "note")


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
        queryset=partners_in_use(),
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

    def __init__(
        self, *args: Any, order: Order | None = None, like: Order | None = None, gtins: Iterable[str] = (), **kwargs: Any
    ) -> None:
        """``order`` is to be corrected; ``like`` is copied but for its day; ``gtins`` are products to offer a field for."""
        initial = kwargs.pop("initial", None) or {}
        self.categories = list(Category.objects.all())
        self.items: dict[str, Item] = {}
        if like is not None:
            initial = self._values_of(like) | initial
        if order is not None:
            initial |= self._values_of(order) | {"delivery_date": order.delivery_date}
        kwargs["initial"] = initial
        data = kwargs.get("data") or (args[0] if args else None) or {}
        asked = {*gtins, *(name.removeprefix("units_") for name in data if name.startswith("units_"))} - set(self.items)
        if asked:
            self.items |= {item.gtin: item for item in Item.objects.filter(gtin__in=sorted(asked)[:_MOST_ITEMS], active=True)}
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
        if order is not None and "partner" in self.fields:
            # A partner no longer in use may still have an order that has to be corrected.
            self._only_partner(order.partner_id)
        self._version = None if order is None else order.version

    @property
    def version(self) -> int | None:
        """At which version the page shows the order that is to be corrected: what was sent along with it, else as it is now."""
        sent = self.data.get("version", "")
        return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < _LONGEST_VERSION else self._version

    def _only_partner(self, pk: int) -> None:
        self.fields["partner"].queryset = Partner.objects.select_related("site").filter(pk=pk)  # type: ignore[attr-defined]
        self.fields["partner"].disabled = True

    def _values_of(self, order: Order) -> dict[str, Any]:
        names = ("partner", "window_from", "window_until", "children", "note")
        values: dict[str, Any] = {name: getattr(order, name) for name in names}
        values["excluded_allergens"] = list(order.excluded_allergens.all())
        for line in order.lines.select_related("category", "item"):
            if line.category is not None:
                values[f"kg_{line.category.code}"] = line.quantity_g
            elif line.item is not None:
                self.items[line.item.gtin] = line.item
                values[f"units_{line.item.gtin}"] = line.quantity
        return values

    def first_fields(self) -> Iterator[BoundField]:
        """Who, when and for how many; then come the goods."""
        return (self[name] for name in self.base_fields if name not in _LAST)

    def last_fields(self) -> Iterator[BoundField]:
        return (self[name] for name in self.base_fields if name in _LAST)

    def line_fields(self) -> Iterator[BoundField]:
        return (self[name] for name in self.fields if name not in self.base_fields)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        gtin, units = values.get("new_gtin"), values.get("new_units")
        values["new_item"] = None
        if gtin:
            try:
                values["new_item"] = Item.objects.filter(gtin=short_gtin(gtin), active=True).first()
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

    def data_of(self, values: dict[str, Any], **more: Any) -> OrderData:
        """What was entered; ``more`` is what the form does not ask for."""
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
        return OrderData(**{name: values[name] for name in self.base_fields}, lines=lines, **more)

    def add_error(self, field: str | None, error: Any) -> None:
        """What the rules say of ``lines`` stands above the form: it is about all of them."""
        super().add_error(None if field == "lines" else field, error)


class OwnOrderForm(OrderForm):
    """The same for a partner itself, which orders for nobody else."""

    partner = None  # type: ignore[assignment] # how Django takes a field out


class OrderRulesForm(EntryForm):
    cut_off = ClockField(label=_("締切の時刻"))
    days_before = forms.IntegerField(
        label=_("お届けの何日前まで"),
        min_value=0,
        help_text=_("1なら前日、0なら当日です。"),
        widget=forms.NumberInput(attrs={"class": "short"}),
    )
    days_ahead = forms.IntegerField(
        label=_("何日先まで注文できるか"), min_value=1, widget=forms.NumberInput(attrs={"class": "short"})
    )


class ClosedDayForm(EntryForm):
    day = DayField(label=_("お休みの日"))
    reason = forms.CharField(label=_("理由"), max_length=80, required=False)


class KeyForm(EntryForm):
    name = forms.CharField(label=_("名前"), max_length=80, help_text=_("どのシステムが使うか、あとで分かるように。"))
    scope = forms.ChoiceField(label=_("できること"), choices=lambda: choices(KeyScope), initial=KeyScope.ORDER)
    expires_on = DayField(label=_("期限（この日まで使えます）"), required=False)


class RotateForm(EntryForm):
    old_until = DayField(label=_("古いキーを使える最後の日"))
