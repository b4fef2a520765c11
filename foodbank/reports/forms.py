"""Which days a report is about."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foodbank.core.dates import today
from foodbank.core.forms import DayField

_LONGEST_DAYS = 3660


class PeriodForm(forms.Form):
    """``from`` and ``until`` of the address; what is not given is this month up to today."""

    use_required_attribute = False

    def __init__(self, data: Any = None) -> None:
        super().__init__({name: (data or {}).get(name) or day for name, day in self.usual().items()})
        self.fields = {
            name: DayField(label=label, error_messages={"invalid": _("日付を 2026-12-05 のように入力してください。")})
            for name, label in self.labels().items()
        }

    @staticmethod
    def usual() -> dict[str, str]:
        day = today()
        return {"from": day.replace(day=1).isoformat(), "until": day.isoformat()}

    @staticmethod
    def labels() -> dict[str, Any]:
        return {"from": _("いつから"), "until": _("いつまで")}

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        first, last = values.get("from"), values.get("until")
        if first and last and last < first:
            self.add_error("until", _("終わりの日は、はじめの日と同じかあとにしてください。"))
        elif first and last and (last - first).days > _LONGEST_DAYS:
            self.add_error("until", _("期間は10年までにしてください。"))
        return values


class UsePeriodForm(PeriodForm):
    """Also ``as_of``: what was known at the end of that day."""

    @staticmethod
    def usual() -> dict[str, str]:
        return {**PeriodForm.usual(), "as_of": today().isoformat()}

    @staticmethod
    def labels() -> dict[str, Any]:
        return {**PeriodForm.labels(), "as_of": _("いつの時点まで")}

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("as_of") and values.get("from") and values["as_of"] < values["from"]:
            self.add_error("as_of", _("はじめの日と同じかあとにしてください。"))
        return values
