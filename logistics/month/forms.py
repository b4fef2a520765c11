"""What the coordinator enters about a month."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foodbank.core.forms import ClockField, DayField, EntryForm
from foodbank.sites.models import Site
from logistics.fleet.models import Vehicle, VehicleKind
from logistics.fleet.policies import MAX_BREAK_MINUTES
from logistics.month.models import Candidate, CarHours, PlannedVisit, Weekday
from logistics.month.selectors.question import candidates_in_use
from logistics.month.services.candidates import FIRST_HOUSEHOLDS, FIRST_MINUTES, CandidateData
from logistics.month.services.cars import CarHoursData

WINDOWS = 2
"""Periods that can be entered for each weekday."""
_SHORT = {"class": "short"}


class _WeekForm(EntryForm):
    """Times for each weekday, side by side; a weekday left empty has none."""

    periods = 1

    def add_week(self, hours: list[tuple[int, dt.time, dt.time]]) -> None:
        for weekday in Weekday:
            own = [row for row in hours if row[0] == weekday]
            for number in range(self.periods):
                for edge, label in enumerate((_("から"), _("まで"))):
                    name = f"w{weekday.value}_{number}_{'from' if edge == 0 else 'until'}"
                    field = ClockField(label=label, required=False)
                    field.widget.attrs["aria-label"] = f"{gettext(str(weekday.label))} {gettext(str(label))}" + (
                        f" {number + 1}" if number else ""
                    )
                    if number < len(own):
                        field.initial = own[number][1 + edge]
                    self.fields[name] = field

    def week_rows(self) -> list[dict[str, Any]]:
        """For the template: weekday and its fields."""
        rows = []
        for weekday in Weekday:
            pairs = [
                (self[f"w{weekday.value}_{number}_from"], self[f"w{weekday.value}_{number}_until"])
                for number in range(self.periods)
            ]
            rows.append({"weekday": weekday, "pairs": pairs})
        return rows

    def plain_fields(self) -> list[forms.BoundField]:
        return [field for field in self if not field.name.startswith("w") or not field.name[1:2].isdigit()]

    def clean(self) -> dict[str, Any]:
        values = dict(super().clean() or {})
        hours = []
        for weekday in Weekday:
            for number in range(self.periods):
                start = values.pop(f"w{weekday.value}_{number}_from", None)
                until = values.pop(f"w{weekday.value}_{number}_until", None)
                if (start is None) != (until is None):
                    name = f"w{weekday.value}_{number}_{'from' if start is None else 'until'}"
                    if name not in self.errors:
                        self.add_error(name, gettext("「から」と「まで」を両方入力してください。"))
                elif start is not None and until is not None:
                    hours.append((int(weekday), start, until))
        values["hours"] = hours
        return values


class CandidateForm(_WeekForm):
    periods = WINDOWS

    households = forms.IntegerField(
        label=_("必要とする世帯数"), min_value=1, help_text=_("1回の訪問に来る見込みの数。"), widget=forms.NumberInput(_SHORT)
    )
    visit_minutes = forms.IntegerField(
        label=_("1回の長さ（分）"),
        min_value=1,
        help_text=_("開いている時間。準備と片づけは入りません。"),
        widget=forms.NumberInput(_SHORT),
    )
    least_visits = forms.IntegerField(
        label=_("月に最低（回）"),
        min_value=0,
        help_text=_("これより少なくなるときは、理由が出ます。"),
        widget=forms.NumberInput(_SHORT),
    )
    most_visits = forms.IntegerField(label=_("月に最高（回）"), min_value=1, widget=forms.NumberInput(_SHORT))
    days_between = forms.IntegerField(
        label=_("訪問の間隔（日以上）"), min_value=1, help_text=_("例: 2週間に1回までなら 14。"), widget=forms.NumberInput(_SHORT)
    )
    on_holidays = forms.BooleanField(label=_("祝日も訪問する"), required=False)
    active = forms.BooleanField(label=_("候補にする"), required=False)

    def __init__(self, *args: Any, candidate: Candidate | None = None, site: Site, **kwargs: Any) -> None:
        names = ("households", "visit_minutes", "least_visits", "most_visits", "days_between", "on_holidays", "active")
        first = {
            "households": FIRST_HOUSEHOLDS, "visit_minutes": FIRST_MINUTES, "least_visits": 1, "most_visits": 4, "days_between": 7,
            "active": True,
        }  # fmt: skip
        kwargs["initial"] = {name: getattr(candidate, name) for name in names} if candidate else first
        super().__init__(*args, **kwargs)
        self.site = site
        self.add_week([(row.weekday, row.start, row.end) for row in candidate.hours.all()] if candidate else [])

    def data_of(self, values: dict[str, Any]) -> CandidateData:
        return CandidateData(site=self.site, **values)


class CarWeekForm(_WeekForm):
    break_minutes = forms.IntegerField(
        label=_("休憩（分）"), min_value=0, max_value=MAX_BREAK_MINUTES, help_text=_("4時間を超えるときに、続けて一度取ります。"),
        widget=forms.NumberInput(_SHORT),
    )  # fmt: skip

    def __init__(self, *args: Any, rows: list[CarHours], **kwargs: Any) -> None:
        kwargs["initial"] = {"break_minutes": rows[0].break_minutes if rows else 45}
        super().__init__(*args, **kwargs)
        self.add_week([(row.weekday, row.start, row.end) for row in rows])

    @staticmethod
    def data_of(values: dict[str, Any]) -> list[CarHoursData]:
        return [
            CarHoursData(weekday=weekday, start=start, end=end, break_minutes=values["break_minutes"])
            for weekday, start, end in values["hours"]
        ]


class KitchenCarField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.code} {obj.name}"


def _kitchen_cars() -> Any:
    return Vehicle.objects.filter(kind=VehicleKind.KITCHEN_CAR, active=True).order_by("code")


class DayOffForm(EntryForm):
    day = DayField(label=_("日"))
    vehicle = KitchenCarField(
        label=_("車両"), queryset=Vehicle.objects.none(), required=False, empty_label=_("すべてのキッチンカー")
    )
    note = forms.CharField(label=_("理由"), max_length=100, required=False, help_text=_("例: 車検、大掃除。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["vehicle"].queryset = _kitchen_cars()  # type: ignore[attr-defined]


class ForbiddenDayForm(EntryForm):
    day = DayField(label=_("訪問できない日"))


class VisitForm(EntryForm):
    """Where one visit stands in the calendar. A visit that a person has put somewhere is locked unless they say otherwise."""

    day = DayField(label=_("日"))
    start = ClockField(label=_("開始"), help_text=_("終わりは、1回の長さで決まります。"))
    vehicle = KitchenCarField(label=_("車両"), queryset=Vehicle.objects.none(), empty_label=None)
    households = forms.IntegerField(label=_("見込み世帯数"), min_value=1, widget=forms.NumberInput(_SHORT))
    locked = forms.BooleanField(
        label=_("固定する"), required=False, help_text=_("固定した訪問は、計画を作り直しても動きません。")
    )

    def __init__(self, *args: Any, visit: PlannedVisit | None = None, **kwargs: Any) -> None:
        if visit is not None:
            names = ("day", "start", "vehicle", "households")
            kwargs["initial"] = {name: getattr(visit, name) for name in names} | {"locked": True}
        super().__init__(*args, **kwargs)
        self.fields["vehicle"].queryset = _kitchen_cars()  # type: ignore[attr-defined]


class CandidateField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return gettext("%(site)s（%(n)d 世帯）") % {"site": f"{obj.site.code} {obj.site.name}", "n": obj.households}


class AddVisitForm(VisitForm):
    candidate = CandidateField(label=_("会場"), queryset=Candidate.objects.none(), empty_label=_("選んでください"))
    field_order = ("candidate", "day", "start", "vehicle", "households", "locked")

    def __init__(self, *args: Any, month: dt.date, day: dt.date | None, **kwargs: Any) -> None:
        kwargs["initial"] = {"day": day or month, "start": dt.time(10), "locked": True}
        super().__init__(*args, **kwargs)
        self.fields["candidate"].queryset = candidates_in_use()  # type: ignore[attr-defined]
        self.fields["households"].required = False
        self.fields["households"].help_text = _("空けておくと、会場の世帯数になります。")

    def clean(self) -> dict[str, Any]:
        values = dict(super().clean() or {})
        candidate = values.get("candidate")
        if candidate is not None and values.get("households") is None and "households" not in self.errors:
            values["households"] = candidate.households
        return values
