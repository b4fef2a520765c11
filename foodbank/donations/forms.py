"""Entering shops and what they offer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foodbank.catalog.models import Item
from foodbank.core.dates import DatePrecision, FoodDate
from foodbank.core.forms import ClockField, DayField, EntryForm, FoodDateField
from foodbank.core.limits import MAX_UNITS
from foodbank.donations.models import Donor, Offer
from foodbank.donations.services.offers import OfferData
from foodbank.sites.forms import SiteForm
from foodbank.sites.models import Site


class DonorForm(SiteForm):
    contact_name = forms.CharField(label=_("担当者"), max_length=80, required=False)
    contact_email = forms.EmailField(label=_("メール"), required=False)
    agreement_from = DayField(
        label=_("合意書の開始日"),
        required=False,
        help_text=_("合意書がないと、この店からは受け取れません。あとからでも登録できます。"),
    )

    def __init__(self, *args: Any, site: Site | None = None, donor: Donor | None = None, **kwargs: Any) -> None:
        if donor is not None:
            kwargs["initial"] = {"contact_name": donor.contact_name, "contact_email": donor.contact_email}
        super().__init__(*args, site=site, **kwargs)
        if site is not None:
            del self.fields["agreement_from"]


class DonorChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.site.code} {obj.site.name}"


class ItemChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.gtin}）"


class OfferForm(EntryForm):
    donor = DonorChoiceField(
        label=_("寄付者"),
        queryset=Donor.objects.select_related("site").filter(site__active=True),
        empty_label=_("選んでください"),
    )
    item = ItemChoiceField(
        label=_("品目"), queryset=Item.objects.filter(active=True).order_by("name"), empty_label=_("選んでください")
    )
    day = DayField(label=_("引取日"))
    quantity = forms.IntegerField(
        label=_("点数"), min_value=1, max_value=MAX_UNITS, widget=forms.NumberInput(attrs={"class": "short"})
    )
    last_day = FoodDateField(label=_("期限"), required=False)
    safe_until = ClockField(
        label=_("期限の時刻"),
        required=False,
        help_text=_("弁当など、期限に時刻があるときだけ。例: 18:00。期限の日は、この時刻までに届けます。"),
    )
    ready_from = ClockField(label=_("引取可能（から）"))
    ready_until = ClockField(label=_("引取可能（まで）"))
    note = forms.CharField(label=_("備考"), max_length=300, required=False)

    def __init__(self, *args: Any, offer: Offer | None = None, **kwargs: Any) -> None:
        initial = kwargs.pop("initial", None) or {}
        if offer is not None:
            names = ("donor", "item", "day", "quantity", "safe_until", "ready_from", "ready_until", "note")
            initial |= {name: getattr(offer, name) for name in names}
            if offer.last_day is not None:
                initial["last_day"] = FoodDate(offer.last_day, DatePrecision(offer.date_precision))
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        if offer is not None:
            # What is no longer in use may still be on an offer that has to be corrected.
            self.fields["donor"].queryset = Donor.objects.select_related("site").filter(pk=offer.donor_id)  # type: ignore[attr-defined]
            self.fields["donor"].disabled = True
            self.fields["item"].queryset = Item.objects.filter(Q(active=True) | Q(pk=offer.item_id)).order_by("name")  # type: ignore[attr-defined]

    @staticmethod
    def data_of(values: dict[str, Any]) -> OfferData:
        date: FoodDate | None = values.pop("last_day")
        return OfferData(
            **values,
            last_day=date.last_day if date else None,
            date_precision=date.precision if date else DatePrecision.DAY,
        )
