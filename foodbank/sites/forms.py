"""Entering places and agreements."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foodbank.core.forms import ClockField, CodeField, DayField, EntryForm
from foodbank.sites.models import Agreement, Site, SiteKind
from foodbank.sites.services.sites import SiteData

_COORDINATES = {"inputmode": "decimal", "data-coordinates": "", "autocomplete": "off"}


class SiteForm(EntryForm):
    """The place itself; shops and partners add their side to it. ``site``: the one that is corrected, whose code stays."""

    code = CodeField(
        label=_("コード"), max_length=20, help_text=_("ファイルや運行表で使う短い番号。例: D001。あとから変えられません。")
    )
    name = forms.CharField(label=_("名称"), max_length=200)
    address = forms.CharField(label=_("住所"), max_length=300, required=False)
    latitude = forms.FloatField(
        label=_("緯度"),
        help_text=_("地図のサービスで場所を右クリックして出る「34.3401, 134.0437」を、そのままここへ貼り付けられます。"),
        widget=forms.TextInput(attrs=_COORDINATES),
    )
    longitude = forms.FloatField(label=_("経度"), widget=forms.TextInput(attrs=_COORDINATES))
    opens = ClockField(label=_("開く時刻"))
    closes = ClockField(label=_("閉まる時刻"))
    access_note = forms.CharField(
        label=_("入り方・駐車"),
        max_length=500,
        required=False,
        help_text=_("運行表に印刷されます。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    phone = forms.CharField(label=_("電話"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    active = forms.BooleanField(label=_("使用中"), required=False, initial=True)

    def __init__(self, *args: Any, site: Site | None = None, **kwargs: Any) -> None:
        initial = kwargs.pop("initial", None) or {}
        kwargs["initial"] = (site_initial(site) if site else {}) | initial
        super().__init__(*args, **kwargs)
        if site is not None:
            self.fields["code"].disabled = True


def site_initial(site: Site) -> dict[str, Any]:
    names = ("code", "name", "address", "latitude", "longitude", "opens", "closes", "access_note", "phone", "active")
    return {name: getattr(site, name) for name in names}


def site_data(values: dict[str, Any], kind: SiteKind) -> SiteData:
    names = ("code", "name", "address", "latitude", "longitude", "opens", "closes", "access_note", "phone", "active")
    return SiteData(kind=kind, **{name: values[name] for name in names})


class SiteChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.code} {obj.name}"


class AgreementForm(EntryForm):
    site = SiteChoiceField(
        label=_("相手"),
        queryset=Site.objects.filter(kind__in=(SiteKind.DONOR, SiteKind.PARTNER)),
        empty_label=_("選んでください"),
    )
    valid_from = DayField(label=_("開始日"))
    valid_until = DayField(label=_("終了日"), required=False, help_text=_("終わりが決まっていなければ空けておきます。"))
    note = forms.CharField(label=_("備考"), max_length=300, required=False)

    def __init__(self, *args: Any, agreement: Agreement | None = None, **kwargs: Any) -> None:
        initial = kwargs.pop("initial", None) or {}
        if agreement is not None:
            names = ("site", "valid_from", "valid_until", "note")
            initial |= {name: getattr(agreement, name) for name in names}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        if agreement is not None:
            self.fields["site"].disabled = True
