"""Entering places and agreements."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foodbank.core.forms import ClockField, CodeField, DayField, EntryForm, choices
from foodbank.sites.models import Agreement, PermitClass, Site, SiteKind
from foodbank.sites.services.sites import Access, Pause, SiteData

_COORDINATES = {"inputmode": "decimal", "data-coordinates": "", "autocomplete": "off"}


_STORED = ("code", "name", "address", "latitude", "longitude", "opens", "closes", "access_note", "phone", "active")
_ACCESS = ("max_height_cm", "max_weight_kg")
_PERMIT = ("area", "permit_class")
_PAUSE = ("pause_from", "pause_until")


class SizeField(forms.IntegerField):
    """A height or weight of vehicles; empty is an answer too, which ``help_text`` explains."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.NumberInput(attrs={"class": "short", "inputmode": "numeric"}), **kwargs)


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
    pause_from = ClockField(
        label=_("中休み（から）"),
        required=False,
        help_text=_(
            "途中で受け渡しをしない時間。例: 9–11時と14–16時に開くところは、11:00から14:00。この間は受け渡しの計画に入りません。"
            "なければ空けておきます。"
        ),
    )
    pause_until = ClockField(label=_("中休み（まで）"), required=False)
    access_note = forms.CharField(
        label=_("入り方・駐車"),
        max_length=500,
        required=False,
        help_text=_("運行表に印刷されます。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    max_height_cm = SizeField(
        label=_("高さ制限（cm）"),
        help_text=_(
            "ここに入れる車両の高さ。例: 2.3 mまでなら 230。制限がなければ空けておきます。"
            "制限があるところへは、高さを登録していない車両は行きません。"
        ),
    )
    max_weight_kg = SizeField(
        label=_("重さ制限（kg）"),
        help_text=_(
            "道路標識の最大重量（車両と荷の合計）。例: 2 tまでなら 2000。制限がなければ空けておきます。"
            "制限があるところへは、総重量を登録していない車両は行きません。"
        ),
    )
    phone = forms.CharField(label=_("電話"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    active = forms.BooleanField(label=_("使用中"), required=False, initial=True)

    def __init__(self, *args: Any, site: Site | None = None, **kwargs: Any) -> None:
        initial = kwargs.pop("initial", None) or {}
        kwargs["initial"] = (site_initial(site) if site else {}) | initial
        super().__init__(*args, **kwargs)
        if site is not None:
            self.fields["code"].disabled = True


class PlaceForm(SiteForm):
    """A depot, kitchen-car site or pickup venue, which have no other side; ``site``: the one that is corrected, whose kind stays."""

    KINDS = (SiteKind.DEPOT, SiteKind.MOBILE, SiteKind.VENUE)

    kind = forms.ChoiceField(
        label=_("種類"), choices=lambda: [one for one in choices(SiteKind) if one[0] in PlaceForm.KINDS], widget=forms.RadioSelect
    )
    area = forms.CharField(
        label=_("許可の区域"),
        max_length=100,
        required=False,
        help_text=_(
            "移動パントリーの会場だけ。例: 高松市。営業許可の区域に同じ名前があるキッチンカーだけが行きます。"
            "空けておくと、区域は確かめません。"
        ),
    )
    permit_class = forms.ChoiceField(
        label=_("許可の区分"),
        required=False,
        choices=lambda: [("", "–"), *PermitClass.choices],
        help_text=_("移動パントリーの会場だけ。ここで要る水のタンクの大きさ。それ以上の許可があるキッチンカーだけが行きます。"),
    )

    field_order = ("kind", *_STORED[:-2], *_ACCESS, *_PERMIT, *_STORED[-2:])

    def __init__(self, *args: Any, site: Site | None = None, **kwargs: Any) -> None:
        if site is not None:
            kwargs["initial"] = {"kind": site.kind}
        super().__init__(*args, site=site, **kwargs)
        for name in _PAUSE:  # visits and pickup days have times of their own
            del self.fields[name]
        if site is not None:
            self.fields["kind"].disabled = True


def site_initial(site: Site) -> dict[str, Any]:
    return {name: getattr(site, name) for name in (*_STORED, *_ACCESS, *_PERMIT, *_PAUSE)}


def site_data(values: dict[str, Any], kind: SiteKind) -> SiteData:
    """What a form's ``values`` say; what it does not ask stays as it is."""
    entered = {name: values[name] for name in (*_STORED, *_PERMIT) if name in values}
    pause = Pause(**{name: values[name] for name in _PAUSE}) if "pause_from" in values else None
    return SiteData(kind=kind, access=Access(**{name: values[name] for name in _ACCESS}), pause=pause, **entered)


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
