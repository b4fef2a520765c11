"""What a coordinator asks "what if" about, each kind of change a small form of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foodbank.core.dates import format_clock
from foodbank.core.errors import Refusal
from foodbank.core.forms import ClockField, EntryForm, GramsField, own_language
from logistics.allocation.facts import Day, LineDemand, SiteDemand, shop_target
from logistics.allocation.policies import may_stand
from logistics.dispatch.planner.change_codes import DAY_S, Known, change_of, without_agreement
from logistics.dispatch.planner.changes import (
    ZONE_WORDS,
    Agreed,
    Change,
    Elsewhere,
    LessWanted,
    MoreRoom,
    MoreStock,
    OneMore,
    OrderHours,
    Permitted,
    ShiftHours,
    ShopHours,
    VisitHours,
)
from logistics.dispatch.planner.mishaps import CalledOff, MoreWanted, OutBecause, VehicleOut, demand_words
from logistics.dispatch.planner.reasons import category_words
from logistics.dispatch.planner.shortages import example_of


class ChangeForm(EntryForm):
    """One kind of change; ``what`` says about whom or what. The day is the one with the changes that were chosen before."""

    kind = ""
    title: str | Promise = ""
    what = forms.ChoiceField()
    what_label: str | Promise = _("どれを")

    def __init__(self, data: QueryDict | dict[str, str] | None = None, *, known: Known) -> None:
        super().__init__(data, auto_id=f"{self.kind}_%s")
        self.known = known
        field = self.fields["what"]
        field.label = str(self.what_label)
        field.choices = list(self.choices(known.day))  # type: ignore[attr-defined] # a ChoiceField
        self.possible = bool(field.choices)  # type: ignore[attr-defined]

    def choices(self, day: Day) -> Iterable[tuple[str, str]]:
        """What it can be about on ``day``: values and labels. A form without any is not shown."""
        return ()

    def change(self) -> Change:
        """The change that was entered."""
        return change_of(self.cleaned_data["what"], self.known)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors:
            try:
                self.code = change_of(self.change().code, self.known).code
            except Refusal as refusal:
                self.add_error(None, own_language(refusal.text))
        return values


class SpanForm(ChangeForm):
    """From when until when; what is left empty stays."""

    begin = ClockField(label=_("から"), required=False)
    end = ClockField(label=_("まで"), required=False)
    span_of: dict[str, tuple[int, int]]

    def clean(self) -> dict[str, Any]:
        begin, end = self.cleaned_data.get("begin"), self.cleaned_data.get("end")
        if not self.errors and begin is None and end is None:
            self.add_error("begin", gettext("変えるほうの時刻を入力してください。"))
        elif not self.errors:
            a, b = self._span()
            if b <= a:
                self.add_error("end", gettext("「から」より後の時刻にしてください。"))
            elif (a, b) == self.span_of[self.cleaned_data["what"]]:
                self.add_error("begin", gettext("いまと同じ時間です。変える時刻を入力してください。"))
        return super().clean()

    def _span(self) -> tuple[int, int]:
        was = self.span_of[self.cleaned_data["what"]]
        begin, end = self.cleaned_data["begin"], self.cleaned_data["end"]
        return was[0] if begin is None else _seconds(begin), was[1] if end is None else _seconds(end)

    def moved(self) -> tuple[int, int]:
        was, now = self.span_of[self.cleaned_data["what"]], self._span()
        return was[0] - now[0], now[1] - was[1]


class OrderTimeForm(SpanForm):
    kind, title, what_label = "order", _("食堂が受け取れる時間を変える"), _("注文")

    def choices(self, day: Day) -> Iterable[tuple[str, str]]:
        self.span_of = {line.order: line.window for line in day.lines}
        return _orders(day)

    def change(self) -> Change:
        return OrderHours(self.cleaned_data["what"], *self.moved())


class ShopTimeForm(SpanForm):
    kind, title, what_label = "shop", _("店が引き渡せる時間を変える"), _("店")

    def choices(self, day: Day) -> Iterable[tuple[str, str]]:
        self.shops = {f"{g.site}|{g.window[0]}": (g.site, g.window) for g in day.goods if g.window is not None}
        self.span_of = {key: window for key, (_site, window) in self.shops.items()}
        return sorted((key, f"{_named(day, site)} {_hours(window)}") for key, (site, window) in self.shops.items())

    def change(self) -> Change:
        return ShopHours(*self.shops[self.cleaned_data["what"]], *self.moved())


class VisitTimeForm(ChangeForm):
    kind, title, what_label = "visit", _("移動パントリーや受取日の始まりを変える"), _("訪問・受取日")
    begin = ClockField(label=_("始まる時刻"))

    def choices(self, day: Day) -> Iterable[tuple[str, str]]:
        return _meetings(day)

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            by_s = self.change().by_s
            site = self._site()
            if not by_s:
                self.add_error("begin", gettext("いまと同じ時刻です。変える時刻を入力してください。"))
            elif site.open_until_s + by_s >= DAY_S:
                self.add_error("begin", gettext("この日のうちに終わる時刻にしてください。"))
        return super().clean()

    def change(self) -> VisitHours:
        return VisitHours(self._site().key, _seconds(self.cleaned_data["begin"]) - self._site().open_from_s)

    def _site(self) -> SiteDemand:
        return next(s for s in self.known.day.sites if s.key == self.cleaned_data["what"])


class ShiftForm(SpanForm):
    kind, title, what_label = "shift", _("車両の勤務時間を変える"), _("車両")

    def choices(self, day: Day) -> Iterable[tuple[str, str]]:
        self.span_of = {v.code: v.shift for v in day.vans}
        return [(v.code, f"{v.code} {_hours(v.shift)}") for v in day.vans]

    def change(self) -> Change:
        return ShiftHours(self.cleaned_data["what"], *self.moved())


class MoreVehicleForm(ChangeForm):
    kind, title, what_label = "more", _("車両と運転する人がもう1組出る"), _("車両")
    begin = ClockField(label=_("から"))
    end = ClockField(label=_("まで"))

    def choices(self, day: Day) -> Iterable[tuple[str, str]]:
        on_duty = {v.code for v in day.vans}
        idle = [v for v in self.known.options.idle if v.code not in on_duty]
        self.vans = {v.code: OneMore(v, 0, 0, idle=v in idle) for v in (*idle, *day.vans)}
        for code, more in self.vans.items():
            yield (
                code,
                (gettext("%(code)s（この日は勤務なし）") if more.idle else gettext("%(code)s と同じ車両")) % {"code": code},
            )

    def clean(self) -> dict[str, Any]:
        if not self.errors and self.cleaned_data["end"] <= self.cleaned_data["begin"]:
            self.add_error("end", gettext("「から」より後の時刻にしてください。"))
        return super().clean()

    def change(self) -> Change:
        begin, end = _seconds(self.cleaned_data["begin"]), _seconds(self.cleaned_data["end"])
        return replace(self.vans[self.cleaned_data["what"]], from_s=begin, until_s=end)


class VehicleOutForm(ChangeForm):
    kind, title, what_label = "out", _("車両が出られない、運転する人が来られない"), _("車両")
    because = forms.ChoiceField(
        label=_("わけ"), choices=((OutBecause.BROKEN, _("車両の故障")), (OutBecause.NO_DRIVER, _("運転する人が来られない")))
    )

    def choices(self, day: Day) -> Iterable[tuple[str, str]]:
        return [(v.code, f"{v.code} {_hours(v.shift)}") for v in day.vans]

    def change(self) -> Change:
        return VehicleOut(self.cleaned_data["what"], OutBecause(self.cleaned_data["because"]))


class RoomForm(ChangeForm):
    kind, title, what_label = "room", _("車両に積める量を増やす"), _("車両")
    zone = forms.ChoiceField(label=_("温度帯"), choices=lambda: [(z, own_language(text)) for z, text in ZONE_WORDS.items()])
    grams = GramsField(label=_("増やす重さ（kg）"), min_value=0.001)

    def choices(self, day: Day) -> Iterable[tuple[str, str]]:
        return [(v.code, v.code) for v in day.vans]

    def change(self) -> Change:
        return MoreRoom(self.cleaned_data["what"], self.cleaned_data["zone"], self.cleaned_data["grams"])


class AmountForm(ChangeForm):
    kind, title, what_label = "amount", _("注文や訪問の量を変える"), _("だれの")
    direction = forms.ChoiceField(label=_("増減"), choices=(("more", _("増やす")), ("less", _("減らす"))))
    grams = GramsField(label=_("重さ（kg）"), min_value=0.001)

    def choices(self, day: Day) -> Iterable[tuple[str, str]]:
        for line in day.lines:
            wanted = own_language(category_words(line, self.known.names))
            yield line.key, f"{_named(day, line.site)} {wanted}（{line.key}）"
        yield from _meetings(day)

    def change(self) -> Change:
        make = MoreWanted if self.cleaned_data["direction"] == "more" else LessWanted
        return make(self.cleaned_data["what"], self.cleaned_data["grams"])


class ElsewhereForm(ChangeForm):
    kind, title, what_label = "elsewhere", _("別の場所で受け取る・開く"), _("何をどこで")

    def choices(self, day: Day) -> Iterable[tuple[str, str]]:
        for held, places in self.known.options.elsewhere.items():
            if any(held in (d.key, getattr(d, "order", None)) for d in day.demands):
                name = own_language(demand_words(day, held))
                for place in places:
                    yield Elsewhere(held, place).code, f"{name} → {place.name}（{place.code}）"


class StockForm(ChangeForm):
    kind, title, what_label = "stock", _("拠点の在庫が増える"), _("品")
    grams = GramsField(label=_("増える重さ（kg）"), min_value=0.001)

    def choices(self, day: Day) -> Iterable[tuple[str, str]]:
        """Each kind of food once: that which somebody wants."""
        seen: dict[str, str] = {}
        for demand in day.demands:
            seen.setdefault(own_language(category_words(demand, self.known.names)), demand.key)
        return [(key, words) for words, key in seen.items()]

    def change(self) -> Change:
        demand = next(d for d in self.known.day.demands if d.key == self.cleaned_data["what"])
        goods = example_of(self.known.day, demand)
        units = -(-self.cleaned_data["grams"] // goods.unit_g)
        return MoreStock(goods, units, category_words(demand, self.known.names))


class CalledOffForm(ChangeForm):
    kind, title, what_label = "off", _("注文・訪問・店の提供が取りやめになる"), _("何が")

    def choices(self, day: Day) -> Iterable[tuple[str, str]]:
        for key, label in (*_orders(day), *_meetings(day)):
            yield CalledOff(key).code, label
        for site in sorted({g.site for g in day.goods if not g.on_shelf}):
            yield CalledOff(shop_target(site)).code, gettext("%(name)s の提供") % {"name": _named(day, site)}


class PapersForm(ChangeForm):
    kind, title, what_label = "papers", _("合意書や許可がそろう"), _("何が")

    def choices(self, day: Day) -> Iterable[tuple[str, str]]:
        found: list[Change] = [Agreed(site) for site in sorted(without_agreement(day))]
        for visit in (s for s in day.sites if s.kind == "visit"):
            cars = (v for v in day.vans if v.kind == "kitchen_car" and not may_stand(v, day.places[visit.site]))
            found += [Permitted(car.code, visit.site) for car in cars]
        return [(change.code, own_language(change.words(day))) for change in found]


FORMS: tuple[type[ChangeForm], ...] = (
    OrderTimeForm,
    ShopTimeForm,
    VisitTimeForm,
    ShiftForm,
    MoreVehicleForm,
    VehicleOutForm,
    AmountForm,
    ElsewhereForm,
    CalledOffForm,
    StockForm,
    RoomForm,
    PapersForm,
)


def _seconds(time: dt.time) -> int:
    return time.hour * 3600 + time.minute * 60


def _named(day: Day, site: str) -> str:
    return f"{day.places[site].name}（{site}）"


def _hours(window: tuple[int, int]) -> str:
    return f"{format_clock(window[0])}–{format_clock(window[1])}"


def _orders(day: Day) -> list[tuple[str, str]]:
    lines: dict[str, LineDemand] = {}
    for line in day.lines:
        lines.setdefault(line.order, line)
    return [(ref, f"{_named(day, x.site)} {ref} {_hours(x.window)}") for ref, x in lines.items()]


def _meetings(day: Day) -> list[tuple[str, str]]:
    def label(site: SiteDemand) -> str:
        return f"{own_language(demand_words(day, site.key))} {_hours((site.open_from_s, site.open_until_s))}"

    return [(site.key, label(site)) for site in day.sites]
