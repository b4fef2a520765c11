"""What volunteers type. Whether it is acceptable is asked of the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foodbank.catalog.models import Allergen, Item, Zone
from foodbank.core.dates import DateMark, DatePrecision, FoodDate, today
from foodbank.core.forms import AllergensField, ClockField, EntryForm, FoodDateField, WordChoiceField, choices
from foodbank.core.limits import MAX_UNITS
from foodbank.donations.forms import DonorChoiceField, ItemChoiceField
from foodbank.donations.models import Donor, RefusalReason
from foodbank.donations.services.intake import NotTaken
from foodbank.inventory.models import Balance, Condition, Lot, Movement, Place
from foodbank.inventory.policies import stricter_zone
from foodbank.inventory.services.discard import DISCARD_REASONS
from foodbank.inventory.services.places import ensure_receiving_place
from foodbank.sites.models import Site
from logistics.warehouse.selectors.sites import shelves


def number_field(label: Any, *, least: int = 1, **kwargs: Any) -> forms.IntegerField:
    """Whole units, with the number keys of the phone."""
    widget = forms.NumberInput(attrs={"class": "short", "inputmode": "numeric"})
    return forms.IntegerField(label=label, min_value=least, max_value=MAX_UNITS, widget=widget, **kwargs)


class ReceiveForm(EntryForm):
    """Goods of one item from one donor. ``offered`` units are still to come: more than that wants a note."""

    quantity = number_field(_("受け取る点数"))
    last_day = FoodDateField(label=_("期限"), required=False)
    safe_until = ClockField(label=_("期限の時刻"), required=False, help_text=_("表示にあるときだけ。例: 18:00。"))
    zone = forms.ChoiceField(
        label=_("表示の温度帯"),
        choices=lambda: choices(Zone),
        widget=forms.RadioSelect,
        help_text=_("袋や箱の表示のほうが厳しければ、そちらを選びます。"),
    )
    condition = forms.ChoiceField(
        label=_("状態"), choices=lambda: choices(Condition), initial=Condition.GOOD, widget=forms.RadioSelect
    )
    mixed_box = forms.BooleanField(label=_("個別の表示がない詰合せ"), required=False)
    allergens_stated = forms.BooleanField(label=_("アレルゲンの表示がある"), required=False)
    allergens = AllergensField(label=_("含むアレルゲン"), queryset=Allergen.objects.all())
    maker_lot = forms.CharField(label=_("製造ロット"), max_length=40, required=False)
    place = forms.ModelChoiceField(
        label=_("置く所"), queryset=Place.objects.none(), required=False, empty_label=_("受入場所（あとでしまう）")
    )
    refused_quantity = number_field(_("受け取らない点数"), least=0, required=False)
    refused_reason = WordChoiceField(
        label=_("受け取らない理由"), queryset=RefusalReason.objects.none(), required=False, empty_label=_("選んでください")
    )
    more_to_come = forms.BooleanField(label=_("この提供情報の残りが、あとから来る"), required=False)
    note = forms.CharField(label=_("備考"), max_length=200, required=False)

    def __init__(self, *args: Any, site: Site, item: Item | None, offered: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.site, self.goods, self.offered = site, item, offered
        self.fields["place"].queryset = shelves(site)  # type: ignore[attr-defined]
        self.fields["refused_reason"].queryset = RefusalReason.objects.in_force(today())  # type: ignore[attr-defined]
        if item is not None:
            self.initial.setdefault("zone", item.zone)
            self.initial.setdefault("allergens_stated", item.allergens_stated)
            self.fields["last_day"].label = gettext(str(DateMark(item.date_mark).label))
            self.fields["last_day"].required = item.date_mark != DateMark.NONE
            if item.date_mark != DateMark.USE_BY and not self.initial.get("safe_until"):
                del self.fields["safe_until"]
            if item.allergens_stated:
                del self.fields["allergens_stated"], self.fields["allergens"]
            if not item.category.is_food:
                del self.fields["mixed_box"]
        if offered is None:
            del self.fields["more_to_come"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("refused_quantity") and not values.get("refused_reason"):
            self.add_error("refused_reason", gettext("受け取らない理由を選んでください。"))
        many = self.offered is not None and (values.get("quantity") or 0) > self.offered
        if many and not values.get("note"):
            text = gettext("提供情報の残りは {offered} 点です。それより多いときは、備考にわけを書いてください。")
            self.add_error("quantity", text.format(offered=self.offered))
        return values

    def how(self, *, actor: Any) -> dict[str, Any]:
        """The keyword arguments of the intake services."""
        values = self.cleaned_data
        date: FoodDate | None = values["last_day"]
        zone = stricter_zone(self.goods.zone if self.goods else values["zone"], values["zone"])
        refused = values.get("refused_quantity")
        how: dict[str, Any] = {
            "quantity": values["quantity"],
            "place": values["place"] or ensure_receiving_place(site=self.site, zone=zone, actor=actor),
            "last_day": date.last_day if date else None,
            "date_precision": date.precision if date else DatePrecision.DAY,
            "safe_until": values.get("safe_until"),
            "zone": values["zone"],
            "condition": Condition(values["condition"]),
            "mixed_box": bool(values.get("mixed_box")),
            "maker_lot": values["maker_lot"],
            "note": values["note"],
            "not_taken": [NotTaken(refused, values["refused_reason"], values["note"])] if refused else [],
        }
        if how["mixed_box"]:
            how |= {"allergens": (), "allergens_stated": False}
        elif "allergens" in self.fields:
            how |= {"allergens": list(values["allergens"]), "allergens_stated": bool(values["allergens_stated"])}
        if "more_to_come" in self.fields:
            how["complete"] = not values["more_to_come"]
        return how


class WalkInForm(ReceiveForm):
    """Goods that nobody had offered: who brings them, and what they are."""

    donor = DonorChoiceField(
        label=_("寄付者"),
        queryset=Donor.objects.select_related("site").filter(site__active=True).order_by("site__code"),
        empty_label=_("選んでください"),
    )
    item = ItemChoiceField(
        label=_("品目"), queryset=Item.objects.filter(active=True).order_by("name"), empty_label=_("選んでください")
    )
    field_order = ("donor", "item")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, offered=None, **kwargs)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        self.goods = values.get("item")
        return values


class RefuseOfferForm(EntryForm):
    reason = WordChoiceField(label=_("理由"), queryset=RefusalReason.objects.none(), empty_label=_("選んでください"))
    note = forms.CharField(label=_("備考"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].queryset = RefusalReason.objects.in_force(today())  # type: ignore[attr-defined]


class SourceField(forms.ModelChoiceField):
    """One of the places where a lot stands."""

    def label_from_instance(self, obj: Balance) -> str:
        return gettext("{place}（{quantity} 点）").format(place=obj.place.code, quantity=obj.quantity)


class FromForm(EntryForm):
    """Something with a lot at one of its places; the field is left out where there is only one."""

    source = SourceField(label=_("どこから"), queryset=Balance.objects.none(), widget=forms.RadioSelect, empty_label=None)

    def __init__(self, *args: Any, lot: Lot, site: Site, balances: list[Balance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["source"]
        assert isinstance(field, SourceField)  # noqa: S101 - for the type checker
        # Whoever emptied a shelf a moment ago left its row: then the stock says that too little is there, not the form.
        field.queryset = Balance.objects.filter(lot=lot, place__in=shelves(site)).select_related("place")
        field.choices = [(one.pk, field.label_from_instance(one)) for one in balances]
        self.initial.setdefault("source", balances[0].pk if balances else None)
        if len(balances) == 1:
            field.widget = forms.HiddenInput()

    @property
    def chosen(self) -> Place:
        found: Balance = self.cleaned_data["source"]
        return found.place


class MoveForm(FromForm):
    quantity = number_field(_("点数"))


class DiscardForm(FromForm):
    quantity = number_field(_("点数"))
    reason = forms.ChoiceField(
        label=_("理由"),
        choices=lambda: [(one.value, gettext(str(one.label))) for one in DISCARD_REASONS],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("備考"), max_length=300, required=False)


class CountForm(FromForm):
    counted = number_field(_("数えた点数"), least=0)
    note = forms.CharField(label=_("備考"), max_length=300, required=False)


class CorrectForm(EntryForm):
    quantity = number_field(_("正しい点数"), least=0, help_text=_("なかったことにするときは 0 にします。"))
    note = forms.CharField(label=_("まちがいのわけ"), max_length=300)

    def __init__(self, *args: Any, movement: Movement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.movement = movement
