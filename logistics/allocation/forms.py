"""Entering what plans weigh things by."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foodbank.core.forms import DayField, EntryForm
from logistics.allocation.weights import MOST_KM, MOST_KM_YEN, WeightsKm

_TIME = (
    (0, _("数えない")),
    (1, _("1時間は、3.6 km走ることと同じ重さ")),
    (2, _("1時間は、7.2 km走ることと同じ重さ")),
    (5, _("1時間は、18 km走ることと同じ重さ")),
    (10, _("1時間は、36 km走ることと同じ重さ")),
)


def _km(label: Any, help_text: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=0,
        max_value=MOST_KM,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "short"}),
    )


class WeightsForm(EntryForm):
    valid_from = DayField(label=_("この日の計画から使う"))
    site_km_per_kg = _km(
        _("移動パントリーと受取日: 食品1 kg（km）"),
        _("200なら、1 kg足りないことは、200 km走ることと同じ重さです。いちばん大きくします。"),
    )
    line_km_per_kg = _km(
        _("提供先の注文: 食品1 kg（km）"),
        _("40なら、1 kg足りないことは、40 km走ることと同じ重さです。10 kgを届けるためなら、400 kmまで遠回りします。"),
    )
    line_left_out_km = _km(
        _("提供先の注文: お届け1回分（km）"),
        _("200なら、お届けがまるごと一つ抜けることは、足りない重さのほかに、200 km走ることと同じ重さです。"),
    )
    offer_km_per_kg = _km(
        _("提供品: 1 kg（km）"),
        _("10なら、引き取れない1 kgは、10 km走ることと同じ重さです。3 kgの引き取りに、30 kmまで遠回りします。"),
    )
    offer_soon_km_per_kg = _km(
        _("期限が近い提供品: 1 kgに足す（km）"),
        _("10なら、期限が近いものは、上の重さに10 kmを足します。先に傷むものから引き取ります。"),
    )
    soon_days = forms.IntegerField(
        label=_("期限が近いとみなす日数"),
        help_text=_("7なら、期限まで7日以内のものです。"),
        min_value=0,
        max_value=MOST_KM,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "short"}),
    )
    offer_left_km = _km(
        _("提供品: 1件（km）"), _("20なら、お店の品を一つまるごと残すことは、残る重さのほかに、20 km走ることと同じ重さです。")
    )
    vehicle_km = _km(
        _("車両: 1台（km）"), _("5なら、もう1台出すことは、5 km多く走ることと同じ重さです。大きくすると、出る台数がへります。")
    )
    km_yen = forms.IntegerField(
        label=_("費用: 1 km走ることと同じ重さの金額（円）"),
        help_text=_(
            "50なら、50円かかることは、1 km走ることと同じ重さです。"
            "小さくすると、費用のかかる車を使わない計画になります。費用は「車両」に登録します。"
        ),
        min_value=1,
        max_value=MOST_KM_YEN,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "short"}),
    )
    move_km = _km(
        _("当日の変更: 届け先の車を替える（km）"),
        _(
            "3なら、確定した計画の届け先をほかの車に移すことは、3 km走ることと同じ重さです。"
            "大きくすると、当日に計画し直しても、変わるところが少なくなります。時間だけが変わる届け先は、この3分の1です。"
        ),
    )
    driver_m_per_s = forms.TypedChoiceField(
        label=_("運転者の時間"),
        help_text=_("出発から帰るまでの時間です。大きくすると、待ち時間の少ない計画になります。"),
        choices=_TIME,
        coerce=int,
    )

    def __init__(self, *args: Any, weights: WeightsKm, valid_from: dt.date, **kwargs: Any) -> None:
        kwargs["initial"] = {**asdict(weights), "valid_from": valid_from}
        super().__init__(*args, **kwargs)
