"""Entering the hours at which driving takes longer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foodbank.core.forms import ClockField, EntryForm
from logistics.travel.models import PaceBand
from logistics.travel.policies import DAY_MINUTES


def _clock(minutes: int) -> dt.time:
    return dt.time(minutes // 60 % 24, minutes % 60)


class BandForm(EntryForm):
    start = ClockField(label=_("から"))
    end = ClockField(label=_("まで"), help_text=_("夜の12時までは 0:00。"))
    percent = forms.IntegerField(
        label=_("補正（%）"), initial=100, widget=forms.NumberInput(attrs={"class": "short"}),
        help_text=_("100で調べた時間のまま、130で3割長くみます。直線距離から見積もるときは、100より小さくしても100として計画します。"),
    )  # fmt: skip
    use_learned = forms.BooleanField(
        label=_("実績を使う"),
        required=False,
        help_text=_("自分たちの走行の実績があれば、上の数の代わりに使います。よく走る区間は、その区間の実績を先に使います。"),
    )

    def __init__(self, *args: Any, band: PaceBand | None = None, **kwargs: Any) -> None:
        if band is not None:
            kwargs["initial"] = {
                "start": _clock(band.start_min),
                "end": _clock(band.end_min),
                "percent": band.percent,
                "use_learned": band.use_learned,
            }
        super().__init__(*args, **kwargs)

    @staticmethod
    def minutes_of(values: dict[str, Any]) -> dict[str, Any]:
        start, end = values["start"], values["end"]
        return {
            "start_min": 60 * start.hour + start.minute,
            "end_min": 60 * end.hour + end.minute or DAY_MINUTES,
            "percent": values["percent"],
            "use_learned": values["use_learned"],
        }
