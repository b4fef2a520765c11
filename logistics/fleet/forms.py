"""Entering vehicles, permits and shifts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foodbank.accounts.models import User
from foodbank.core.dates import today
from foodbank.core.forms import ClockField, CodeField, DayField, EntryForm, GramsField, choices
from foodbank.sites.forms import SiteChoiceField, SizeField
from foodbank.sites.models import PermitClass, Site, SiteKind
from logistics.fleet.models import Vehicle, VehicleKind
from logistics.fleet.policies import MAX_BREAK_MINUTES, MAX_YEN_PER_DAY, MAX_YEN_PER_KM
from logistics.fleet.selectors import drivers_from
from logistics.fleet.services.vehicles import VehicleCosts, VehicleData, VehicleLimits

_LIMITS = ("height_cm", "weight_kg", "max_stops")
_COSTS = ("yen_per_km", "yen_per_day")


def _yen(label: Any, most: int, help_text: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=0,
        max_value=most,
        initial=0,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "short"}),
    )


class VehicleForm(EntryForm):
    code = CodeField(
        label=_("コード"), max_length=20, help_text=_("運行表とファイルで使う短い番号。例: VAN1。あとから変えられません。")
    )
    name = forms.CharField(label=_("名称"), max_length=100)
    kind = forms.ChoiceField(label=_("種類"), choices=lambda: choices(VehicleKind), widget=forms.RadioSelect)
    depot = SiteChoiceField(label=_("拠点"), queryset=Site.objects.filter(kind=SiteKind.DEPOT), empty_label=None)
    ambient_g = GramsField(label=_("常温で積める重さ（kg）"))
    chilled_g = GramsField(label=_("冷蔵で積める重さ（kg）"), initial=0, help_text=_("積めないときは 0。"))
    frozen_g = GramsField(label=_("冷凍で積める重さ（kg）"), initial=0, help_text=_("積めないときは 0。"))
    height_cm = SizeField(
        label=_("高さ（cm）"),
        help_text=_("車検証の高さ。例: 1.98 mは 198。空けておくと分からないものとして、高さ制限があるところへは行きません。"),
    )
    weight_kg = SizeField(
        label=_("車両総重量（kg）"),
        help_text=_("車検証の車両総重量（荷も人も含めた重さ）。空けておくと、重さ制限があるところへは行きません。"),
    )
    max_stops = SizeField(
        label=_("1日に回れる立寄先の数"),
        help_text=_("出発する場所と終える場所（ふつうは拠点）は数えません。空けておくと、数は決めません。"),
    )
    yen_per_km = _yen(
        _("走る1 kmの費用（円）"),
        MAX_YEN_PER_KM,
        _("燃料代、距離でかかるレンタカー代、ボランティアに払う車代など。走る道のりの重さに足します。かからなければ 0。"),
    )
    yen_per_day = _yen(
        _("使う日の費用（円）"),
        MAX_YEN_PER_DAY,
        _(
            "その日に走るときだけかかる費用（1日のレンタカー代など）。ほかの車で足りる日には使わない計画になります。かからなければ 0。"
        ),
    )
    active = forms.BooleanField(label=_("使用中"), required=False, initial=True)

    def __init__(self, *args: Any, vehicle: Vehicle | None = None, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"kind": VehicleKind.VAN}
        if vehicle is not None:
            own = [name for name in VehicleData.__dataclass_fields__ if name not in ("limits", "costs")]
            initial = {name: getattr(vehicle, name) for name in (*own, *_LIMITS, *_COSTS)}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        if vehicle is not None:
            self.fields["code"].disabled = True

    @staticmethod
    def data_of(values: dict[str, Any]) -> VehicleData:
        limits = VehicleLimits(**{name: values[name] for name in _LIMITS})
        costs = VehicleCosts(**{name: values[name] or 0 for name in _COSTS})
        own = {name: value for name, value in values.items() if name not in (*_LIMITS, *_COSTS)}
        return VehicleData(**{**own, "kind": VehicleKind(values["kind"])}, limits=limits, costs=costs)


class PermitForm(EntryForm):
    prefix = "permit"

    permit_class = forms.ChoiceField(
        label=_("区分"),
        required=False,
        choices=lambda: [("", "–"), *PermitClass.choices],
        help_text=_("キッチンカーだけ。水のタンクの大きさ。"),
    )
    area = forms.CharField(
        label=_("区域"),
        max_length=100,
        required=False,
        help_text=_(
            "キッチンカーだけ。例: 高松市。いくつもあるときは「高松市、三木町」のように「、」で区切ります。会場の区域と同じ名前にします。"
        ),
    )
    valid_from = DayField(label=_("開始日"))
    valid_until = DayField(label=_("終了日"), required=False)


class DriverChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.shown_name)


class ShiftForm(EntryForm):
    prefix = "shift"

    day = DayField(label=_("日"))
    start = ClockField(label=_("から"))
    end = ClockField(label=_("まで"))
    break_minutes = forms.IntegerField(
        label=_("休憩（分）"), min_value=0, max_value=MAX_BREAK_MINUTES, initial=45,
        help_text=_("4時間を超えるときに、続けて一度取ります。"), widget=forms.NumberInput(attrs={"class": "short"}),
    )  # fmt: skip
    driver = DriverChoiceField(
        label=_("運転者"),
        required=False,
        queryset=User.objects.none(),
        empty_label=_("決めていない"),
        help_text=_("運転の役割がある人から選びます。"),
    )

    begins_at = SiteChoiceField(
        label=_("出発する場所"),
        required=False,
        queryset=Site.objects.filter(active=True),
        empty_label=_("拠点"),
        help_text=_("自分の車で来る人など、拠点でない所から出るときだけ。自宅の住所は入れず、登録してある場所から選びます。"),
    )
    ends_at = SiteChoiceField(
        label=_("終える場所"),
        required=False,
        queryset=Site.objects.filter(active=True),
        empty_label=_("拠点"),
        help_text=_("渡せなかった品があるときは、先に拠点で下ろします。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["driver"].queryset = drivers_from(today())  # type: ignore[attr-defined]
