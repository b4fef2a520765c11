"""What a draft changes of the plan that it was made from, and what a driver has not seen yet: in words, with names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from foodbank.catalog.models import Item
from foodbank.core.templatetags.words import clock, kilograms
from foodbank.partners.models import Order
from foodbank.sites.models import Site
from logistics.dispatch.models import Plan, PlanStatus, RouteNews
from logistics.dispatch.planner.difference import Arrival, Change, Difference, ReceiverChange, StopChange, difference

GOODS_NAMED = 3


@dataclass(frozen=True, slots=True)
class StopRow:
    """One changed stop: ``what`` says how, in words; ``was`` and ``now`` are its times; ``kind`` picks the shape beside it."""

    kind: str
    place: str
    what: str
    was: dt.datetime | None
    now: dt.datetime | None


@dataclass(frozen=True, slots=True)
class ReceiverRow:
    kind: str
    ref: str
    name: str
    was: str
    now: str
    worse: bool


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """``live``: the plan is a draft that goes on from the plan that counts now, and can take its place."""

    plan: Plan
    base: Plan
    live: bool
    difference: Difference
    vehicles: list[tuple[str, list[StopRow]]]
    receivers: list[ReceiverRow]

    @property
    def stops(self) -> int:
        return sum(len(rows) for _code, rows in self.vehicles)


def changes_page(plan: Plan) -> ChangesPage | None:
    """``None`` for a plan that was made while none counted."""
    if plan.base is None:
        return None
    found = difference(plan.base.document, plan.document)
    names = _Names([plan.base.document, plan.document])
    return ChangesPage(
        plan=plan,
        base=plan.base,
        live=plan.status == PlanStatus.DRAFT and plan.base.status in (PlanStatus.PUBLISHED, PlanStatus.STARTED),
        difference=found,
        vehicles=[(code, [names.stop(change) for change in changes]) for code, changes in found.vehicles.items()],
        receivers=[names.receiver(change) for change in found.receivers],
    )


def news_of(news: RouteNews, plan: Plan, vehicle: str) -> list[StopRow]:
    """What the driver of ``vehicle`` has not seen yet, by ``plan``."""
    changes = difference(news.since.document, plan.document).vehicles.get(vehicle, ())
    names = _Names([news.since.document, plan.document])
    return [names.stop(change) for change in changes]


class _Names:
    """Sites, items and orders of the documents by what they are called; three queries."""

    def __init__(self, documents: Iterable[Mapping[str, Any]]) -> None:
        stops = [stop for document in documents for route in document["routes"] for stop in route["stops"]]
        units = [unit for stop in stops for name in ("pick_up", "drop_off") for unit in stop[name]]
        self._sites = dict(Site.objects.filter(code__in={stop["site"] for stop in stops}).values_list("code", "name"))
        self._items = dict(Item.objects.filter(gtin__in={unit["gtin"] for unit in units}).values_list("gtin", "name"))
        refs = {unit["order_ref"] for unit in units if "order_ref" in unit}
        self._orders = dict(Order.objects.filter(ref__in=refs).values_list("ref", "partner__site__name"))

    def stop(self, change: StopChange) -> StopRow:
        place = self._sites.get(change.site, change.site)
        return StopRow(change.changes[0], place, "、".join(self._said(change)), change.was, change.now)

    def _said(self, change: StopChange) -> list[str]:
        other = {"vehicle": change.other}
        if Change.ADDED in change.changes:
            said = [_("増えました（%(vehicle)s から）") % other if change.other else _("増えました")]
        elif Change.REMOVED in change.changes:
            return [_("なくなりました（%(vehicle)s が行きます）") % other if change.other else _("なくなりました")]
        else:
            said = [_("順番が変わりました")] if Change.ORDER in change.changes else []
            said += [_("時刻が変わりました")] if Change.TIME in change.changes else []
        if Change.GOODS in change.changes:
            said += [_("品が増えました：%(goods)s") % {"goods": self._goods(change.more)}] if change.more else []
            said += [_("品が減りました：%(goods)s") % {"goods": self._goods(change.less)}] if change.less else []
        return said

    def _goods(self, units: tuple[tuple[str, int], ...]) -> str:
        named = "・".join(f"{self._items.get(gtin, gtin)} {n}" for gtin, n in units[:GOODS_NAMED])
        more = len(units) - GOODS_NAMED
        return named + (_("ほか %(n)d 品") % {"n": more} if more > 0 else "")

    def receiver(self, change: ReceiverChange) -> ReceiverRow:
        name = self._orders.get(change.ref) if change.kind == "order" else self._sites.get(change.site)
        worse = change.now is None or (change.was is not None and change.now.grams < change.was.grams)
        return ReceiverRow(change.kind, change.ref, name or change.ref, _arrival(change.was), _arrival(change.now), worse)


def _arrival(arrival: Arrival | None) -> str:
    if arrival is None:
        return _("届きません")
    return f"{clock(arrival.start)} {kilograms(arrival.grams)} {'・'.join(arrival.vehicles)}"
