"""What the what-if pages show. Query count: constant, whatever the day holds (a test pins it)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from foodbank.catalog.models import Category, Item
from foodbank.core.errors import Text
from foodbank.core.forms import own_language
from foodbank.core.templatetags.words import duration, kilograms, kilometres
from foodbank.partners.models import Order
from foodbank.sites.models import Site
from logistics.dispatch.models import Plan, UnservedKind, WhatIf

EARLIER_SHOWN = 10


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """``words`` say the change as a condition; ``url`` is where it would be made for real, ``place`` what that page is called."""

    code: str
    words: str
    url: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure of the plan that there is, of the day planned again without a change, and with the changes; ``more`` is the difference that
    the changes make, ``tone`` good, bad or neither."""

    label: str
    present: str
    unchanged: str
    changed: str
    more: str
    tone: str


@dataclass(frozen=True, slots=True)
class ServedRow:
    kind: str
    name: str
    ref: str
    was_g: int
    now_g: int
    anyway: bool

    @property
    def worse(self) -> bool:
        return self.now_g < self.was_g

    @property
    def by_g(self) -> int:
        return abs(self.now_g - self.was_g)


@dataclass(frozen=True, slots=True)
class RouteRow:
    """``was`` and ``now`` in words (empty: it does not go out); ``more`` and ``less`` name places."""

    vehicle: str
    was: str
    now: str
    more: list[str]
    less: list[str]


@dataclass(frozen=True, slots=True)
class Found:
    """What a longer look into one thing left out came to; ``served``: nothing of it is missing any more."""

    served: bool
    grams: int = 0
    reason: str = ""
    reason_ja: str = ""
    reason_en: str = ""
    fix_ja: str = ""
    fix_en: str = ""
    change: str = ""
    tried: bool = True


@dataclass(frozen=True, slots=True)
class ResultPage:
    row: WhatIf
    changes: list[ChangeRow]
    headline: list[str]
    figures: list[FigureRow]
    served: list[ServedRow]
    routes: list[RouteRow]
    found: Found | None = None

    @property
    def query(self) -> str:
        return urlencode([("change", change.code) for change in self.changes])


@dataclass(frozen=True, slots=True)
class EarlierRow:
    row: WhatIf
    words: list[str]
    headline: list[str]


def result_page(row: WhatIf) -> ResultPage:
    """A what-if with its answer in words, as far as there is one."""
    day = row.plan.day
    changes = change_rows([(c["code"], own_language(Text(c["ja"], c["en"]))) for c in row.changes], day)
    answer = row.answer
    if answer is None or row.unserved_id is not None:
        return ResultPage(row, changes, [], [], [], [], None if answer is None else Found(**answer))
    names = _Names(answer, day)
    return ResultPage(
        row,
        changes,
        _headline(answer),
        _figures(answer["totals"]),
        [names.served(one) for one in answer["served"]],
        [names.route(one) for one in answer["routes"]],
    )


def newest_findings(plan: Plan) -> dict[int, WhatIf]:
    """By row of what the plan leaves out the newest longer look into it, also one that is still going on. One query."""
    return {row.unserved_id: row for row in WhatIf.objects.filter(plan=plan, unserved__isnull=False).order_by("pk")}  # type: ignore[misc]


def earlier(plan: Plan) -> list[EarlierRow]:
    """The newest questions about this plan that were answered. One query."""
    rows = WhatIf.objects.filter(plan=plan, unserved__isnull=True, answer__isnull=False)[:EARLIER_SHOWN]
    return [
        EarlierRow(row, [own_language(Text(c["ja"], c["en"])) for c in row.changes], _headline(row.answer or {})) for row in rows
    ]


def change_rows(changes: Sequence[tuple[str, str]], day: dt.date) -> list[ChangeRow]:
    """Codes and words with the pages where the changes would be made. One query at most."""
    refs = {_subject(code) for code, _words in changes if code.partition("|")[0] in _OF_ORDERS}
    orders = {ref.rpartition("/")[0] for ref in refs} | refs
    pages = dict(Order.objects.filter(delivery_date=day, ref__in=orders).values_list("ref", "pk")) if orders else {}
    return [ChangeRow(code, words, *_for_real(code, day, pages)) for code, words in changes]


_OF_ORDERS = ("order", "less", "wants", "elsewhere", "off")


def _subject(code: str) -> str:
    """What a code is about, without its figures: an order's ref, a demand's key, a shop."""
    kind, _separator, rest = code.partition("|")
    figures = {"off": 0, "order": 2}.get(kind, 1)
    return rest.rsplit("|", figures)[0] if figures else rest


def _for_real(code: str, day: dt.date, orders: dict[str, int]) -> tuple[str, str]:
    """Address and name of the page where this is changed."""
    kind, _separator, rest = code.partition("|")
    subject = _subject(code)
    on_day = f"?day={day.isoformat()}"
    if kind in ("shift", "room", "more", "permit"):
        vehicle = rest.partition("|")[0]
        found = reverse("fleet:vehicle_edit", args=[vehicle]), _("車両 %(code)s") % {"code": vehicle}
    elif kind == "out" and rest.endswith("|no_driver"):
        found = reverse("dispatch:drivers", args=[day]), _("運転する人")
    elif kind == "out" or subject.startswith("shop/"):
        what, called = ("vehicle", rest.rpartition("|")[0]) if kind == "out" else ("shop", subject.removeprefix("shop/"))
        found = reverse("dispatch:call_off", args=[day, what, called]), _("%(code)s の中止") % {"code": called}
    elif kind == "shop":
        found = reverse("donations:offer_list") + on_day, _("提供情報")
    elif kind == "stock":
        found = reverse("donations:offer_new") + on_day, _("提供情報を入力")
    elif kind == "agreed":
        found = reverse("sites:agreement_list"), _("合意書")
    elif subject.startswith("pickup/"):
        found = reverse("pantry:pickup_day", args=[int(subject.removeprefix("pickup/"))]), _("受取日")
    elif subject.startswith("visit/"):
        found = reverse("month:calendar", args=[day.replace(day=1)]), _("移動パントリーの月の予定")
    else:
        found = _order_page(subject, orders)
    return found


def _order_page(subject: str, orders: dict[str, int]) -> tuple[str, str]:
    """Of an order's ref, or the key of one of its lines; nothing when it has gone."""
    ref = subject if subject in orders else subject.rpartition("/")[0]
    if ref not in orders:
        return "", ""
    return reverse("partners:order_edit", args=[orders[ref]]), _("注文 %(ref)s") % {"ref": ref}


def _figures(totals: dict[str, dict[str, int]]) -> list[FigureRow]:
    rows = (
        ("orders_g", _("注文に届く量"), kilograms, 1),
        ("meetings_g", _("移動パントリーと受取日に届く量"), kilograms, 1),
        ("collected_g", _("店から引き取る量"), kilograms, 1),
        ("vehicles", _("出る車両"), lambda n: _("%(n)d 台") % {"n": n}, -1),
        ("distance_m", _("走る距離"), kilometres, -1),
        ("on_duty_s", _("車両が出ている時間の合計"), duration, -1),
    )
    found = []
    for name, label, show, good in rows:
        values = [totals[side][name] for side in ("present", "unchanged", "changed")]
        more = values[2] - values[1]
        sign = "+" if more > 0 else "−"
        tone = "" if not more else "good" if more * good > 0 else "bad"
        shown = f"{sign}{show(abs(more))}" if more else _("同じ")
        found.append(FigureRow(label, show(values[0]), show(values[1]), show(values[2]), shown, tone))
    return found


def _headline(answer: Mapping[str, Any]) -> list[str]:
    """What the changes alone bring, one short sentence each."""
    unchanged, changed = answer["totals"]["unchanged"], answer["totals"]["changed"]
    said = []
    for name, more_words, less_words in (
        ("orders_g", _("注文に届く量が %(kg)s 増えます。"), _("注文に届く量が %(kg)s 減ります。")),
        (
            "meetings_g",
            _("移動パントリーと受取日に届く量が %(kg)s 増えます。"),
            _("移動パントリーと受取日に届く量が %(kg)s 減ります。"),
        ),
        ("collected_g", _("店から引き取る量が %(kg)s 増えます。"), _("店から引き取る量が %(kg)s 減ります。")),
    ):
        more = changed[name] - unchanged[name]
        if more:
            said.append((more_words if more > 0 else less_words) % {"kg": kilograms(abs(more))})
    if not said:
        said.append(_("届く量と引き取る量は変わりません。"))
    more = changed["distance_m"] - unchanged["distance_m"]
    if more:
        words = _("走る距離は %(km)s 長くなります。") if more > 0 else _("走る距離は %(km)s 短くなります。")
        said.append(words % {"km": kilometres(abs(more))})
    return said


class _Names:
    """Sites, orders, categories and items of an answer by what they are called; four queries."""

    def __init__(self, answer: dict[str, Any], day: dt.date) -> None:
        rows = answer["served"]
        parts = [row["ref"].partition("/") for row in rows]
        sites = {head for head, _slash, _tail in parts}
        sites |= {site for route in answer["routes"] for site in (*route["more"], *route["less"])}
        self._sites = dict(Site.objects.filter(code__in=sites).values_list("code", "name"))
        refs = {ref.rpartition("/")[0] for ref in (row["ref"] for row in rows if row["kind"] == UnservedKind.ORDER_LINE)}
        orders = Order.objects.filter(delivery_date=day, ref__in=refs)
        self._orders = dict(orders.values_list("ref", "partner__site__name"))
        self._categories = dict(Category.objects.values_list("code", "name"))
        tails = {tail for _head, _slash, tail in parts}
        self._items = dict(Item.objects.filter(gtin__in=tails).values_list("gtin", "name"))

    def served(self, row: dict[str, Any]) -> ServedRow:
        kind = UnservedKind(row["kind"])
        head, _slash, tail = row["ref"].rpartition("/") if kind == UnservedKind.ORDER_LINE else row["ref"].partition("/")
        place = self._orders.get(head) if kind == UnservedKind.ORDER_LINE else self._sites.get(head)
        what = self._items.get(tail) or (_(self._categories[tail]) if tail in self._categories else tail)
        name = " – ".join(filter(None, (place or head, what)))
        return ServedRow(_(str(kind.label)), name, row["ref"], row["was_g"], row["now_g"], row["anyway"])

    def route(self, row: dict[str, Any]) -> RouteRow:
        def named(codes: list[str]) -> list[str]:
            return [self._sites.get(code, code) for code in codes]

        return RouteRow(row["vehicle"], _figure(row["was"]), _figure(row["now"]), named(row["more"]), named(row["less"]))


def _figure(figures: Sequence[int]) -> str:
    places, metres, seconds = figures
    if not places:
        return ""
    return _("%(n)d か所・%(km)s・%(time)s") % {"n": places, "km": kilometres(metres), "time": duration(seconds)}
