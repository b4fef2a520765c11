"""The page of what a month's visits need: the proposal for each, and by category what is there against what it takes."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext as _

from foodbank.catalog.models import Category
from foodbank.core.dates import format_food_date
from foodbank.core.units import format_kg, kg
from foodbank.reports.spreadsheet import Cell
from logistics.dispatch.models import PlanStatus, Shipment
from logistics.month.models import Calendar
from logistics.month.selectors.packing import Packing, VisitPack, month_packing
from logistics.solver.month.problem import QUARTER_DAYS


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """``needed_g`` is the month's need, shared out among categories as ``StockPage.shares_from`` says. ``short_by``: the day of the first visit
    for which what is there does not last."""

    name: str
    needed_g: int
    usable_g: int
    packed_g: int
    short_g: int
    short_by: dt.date | None


@dataclass(frozen=True, slots=True)
class StockPage:
    calendar: Calendar
    visits: list[VisitPack]
    categories: list[CategoryRow]
    from_past: bool
    """Categories are shared out as in the visits of the past three months; else as they lie on the shelf now."""
    needed_g: int
    packed_g: int

    @property
    def short(self) -> list[VisitPack]:
        """Visits that lack food or kinds, the first one first."""
        return [one for one in self.visits if one.missing_g or one.missing_kinds]

    @property
    def missing_g(self) -> int:
        return sum(one.missing_g for one in self.visits)


def stock_page(calendar: Calendar) -> StockPage:
    """The month as it would be supplied from what is there and on its way now."""
    packing = month_packing(calendar)
    past = _past_shares(calendar.first)
    visits = packing.visits
    return StockPage(
        calendar=calendar,
        visits=visits,
        categories=_categories(packing, past or packing.usable_g),
        from_past=bool(past),
        needed_g=sum(one.asked_g for one in visits),
        packed_g=sum(one.grams for one in visits),
    )


def _past_shares(first: dt.date) -> dict[str, int]:
    """Grams by category that went to visits in the three months before."""
    since = first - dt.timedelta(days=QUARTER_DAYS)
    rows = (
        Shipment.objects.filter(visit__day__gte=since, visit__day__lt=first, item__category__is_food=True)
        .filter(plan__status__in=(PlanStatus.PUBLISHED, PlanStatus.STARTED))
        .values_list("item__category__code")
        .annotate(grams=Sum("grams"))
    )
    return dict(rows)


def _categories(packing: Packing, shares: dict[str, int]) -> list[CategoryRow]:
    names = dict(Category.objects.values_list("code", "name"))
    packed: dict[str, int] = defaultdict(int)
    for one in packing.visits:
        for pack in one.packs:
            packed[pack.goods.category] += pack.grams
    open_visits = [one for one in packing.visits if not one.settled]
    needed, whole = sum(one.asked_g for one in open_visits), sum(shares.values())
    rows = []
    for code in sorted(set(shares) | set(packing.usable_g) | set(packed)):
        wanted = needed * shares.get(code, 0) // whole if whole else 0
        usable = packing.usable_g.get(code, 0)
        short_by = None
        if wanted > usable:
            so_far = 0
            for one in open_visits:
                so_far += one.asked_g
                if so_far * shares[code] // whole > usable:
                    short_by = one.visit.day
                    break
        rows.append(CategoryRow(_(names.get(code, code)), wanted, usable, packed[code], max(0, wanted - usable), short_by))
    return rows


def stock_table(page: StockPage) -> list[list[Cell]]:
    """The proposal as rows: one for each item of each visit, and one for what a visit lacks."""
    names = dict(Category.objects.values_list("code", "name"))
    rows: list[list[Cell]] = [
        [
            _("日"), _("会場コード"), _("会場"), _("車両"), _("世帯数"), "GTIN", _("品名"), _("分類"), _("温度帯"), _("期限"),
            _("点数"), "kg", _("備考"),
        ]
    ]  # fmt: skip
    for one in page.visits:
        visit, site = one.visit, one.visit.candidate.site
        head: list[Cell] = [visit.day.isoformat(), site.code, site.name, visit.vehicle.code, visit.households]
        for pack in one.packs:
            g = pack.goods
            shown = format_food_date(g.date_mark, g.last_day, "day")
            rows.append(
                [
                    *head, g.gtin, g.name, _(names.get(g.category, g.category)), g.zone, shown, pack.units, kg(pack.grams, 3),
                    _("引取予定") if pack.expected else "",
                ]
            )  # fmt: skip
        if one.missing_g or one.missing_kinds:
            lacks = _("足りない %(kg)s、あと %(n)d 種類") % {"kg": format_kg(one.missing_g), "n": one.missing_kinds}
            rows.append([*head, "", "", "", "", "", "", kg(one.missing_g, 3), lacks])
    return rows
