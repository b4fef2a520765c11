"""What the coordinator sees of one day. Query count: constant, whatever the day holds (a test pins it)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from foodbank.core.templatetags.words import kilograms
from foodbank.donations.models import Offer, OfferStatus
from foodbank.inventory.selectors.flows import Flows, flows
from foodbank.inventory.selectors.stock import StockRow, stock_on
from foodbank.pantry.models import PickupDay
from foodbank.partners.models import Order, OrderLine, OrderStatus
from logistics.dispatch.models import Job, JobState, MobileVisit, Plan, PlanJob, Unserved, UnservedKind, WhatIf
from logistics.dispatch.selectors.duty import vehicles_out
from logistics.dispatch.selectors.needs import Needs, read_needs
from logistics.dispatch.selectors.plan_view import PlanView, plan_view
from logistics.dispatch.selectors.route_map import RouteMap, route_map
from logistics.dispatch.selectors.slots import PickupFigures, bookings_by_slot
from logistics.dispatch.selectors.stock_chart import StockByZone, stock_by_zone
from logistics.dispatch.selectors.time_chart import TimeChart, time_chart
from logistics.dispatch.selectors.what_if import Found, newest_findings
from logistics.fleet.models import Shift

NOBODY_AFTER = dt.timedelta(seconds=30)
ROUTES_IN_FULL = 12
"""With more routes than this only the chosen vehicle's table is on the page; the others are a press away."""
ROWS_SHOWN = 200
"""Longer lists are cut here and lead to the page that has them all."""


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: str
    note: str = ""
    tone: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that wants a person now. ``kind``: error, warning or info; ``url`` is a part of the page."""

    kind: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class LineView:
    line: OrderLine
    asked_g: int
    allocated_g: int

    @property
    def permille(self) -> int:
        """How much of it is allocated, 0 to 1000."""
        return min(1000, round(1000 * self.allocated_g / self.asked_g)) if self.asked_g else 1000


@dataclass(frozen=True, slots=True)
class OrderView:
    order: Order
    lines: list[LineView]

    @property
    def asked_g(self) -> int:
        return sum(line.asked_g for line in self.lines)

    @property
    def allocated_g(self) -> int:
        return sum(line.allocated_g for line in self.lines)


@dataclass(frozen=True, slots=True)
class OfferView:
    offer: Offer
    vehicle: str
    when: dt.datetime | None


@dataclass(frozen=True, slots=True)
class UnservedView:
    """``name`` says in words what ``row.ref`` stands for: partner and category, shop and product, or the site. ``look`` is the newest longer
    look into it."""

    row: Unserved
    name: str
    look: WhatIf | None = None

    @property
    def found(self) -> Found | None:
        """What that look came to, once it is over."""
        return Found(**self.look.answer) if self.look is not None and self.look.answer is not None else None


@dataclass(frozen=True, slots=True)
class VisitView:
    """``car_out``: the kitchen car that was settled for it goes out that day; else any may make it."""

    visit: MobileVisit
    car_out: bool


@dataclass(frozen=True, slots=True)
class DayPage:
    day: dt.date
    previous: dt.date
    following: dt.date
    figures: list[Figure]
    concerns: list[Concern]
    offers: list[OfferView]
    offer_count: int
    offer_g: int
    stock: list[StockRow]
    stock_count: int
    stock_chart: StockByZone
    orders: list[OrderView]
    order_count: int
    ordered_g: int
    visits: list[VisitView]
    pickup_days: list[PickupDay]
    shifts: list[Shift]
    plan: PlanView | None
    unserved: list[UnservedView]
    newer_draft: Plan | None
    route_map: RouteMap | None
    time_chart: TimeChart | None
    job: PlanJob | None
    needs: Needs
    slots: list[PickupFigures]

    @property
    def job_runs(self) -> bool:
        return self.job is not None and self.job.runs

    @property
    def nobody_plans(self) -> bool:
        return self.job is not None and nobody_plans(self.job)

    @property
    def many_routes(self) -> bool:
        return self.plan is not None and len(self.plan.routes) > ROUTES_IN_FULL

    @property
    def empty(self) -> bool:
        """Nothing has been entered for this day."""
        return not (self.offer_count or self.order_count or self.visits or self.pickup_days or self.shifts)


@dataclass(frozen=True, slots=True)
class JobPage:
    """As much of the day page as its progress bar needs."""

    job: PlanJob
    job_runs: bool
    nobody_plans: bool
    plan: None = None


def nobody_plans(job: Job) -> bool:
    """The job has waited so long that no worker seems to be there to take it."""
    return job.state == JobState.WAITING and timezone.now() - job.created_at > NOBODY_AFTER


def job_page(job: PlanJob) -> JobPage:
    return JobPage(job, job.runs, nobody_plans(job))


def day_page(day: dt.date, *, chosen_vehicle: str = "") -> DayPage:
    current = Plan.objects.defer("document").current(day)
    newest = Plan.objects.filter(day=day).defer("document").order_by("-pk").first()
    plan = plan_view(current) if current else None
    offers = list(
        Offer.objects.filter(day=day).select_related("donor__site", "item").order_by("ready_until", "donor__site__code", "pk")
    )
    orders = list(
        Order.objects.filter(delivery_date=day)
        .exclude(status=OrderStatus.CANCELLED)
        .select_related("partner__site")
        .prefetch_related("lines__category", "lines__item", "excluded_allergens")
        .order_by("window_from", "ref")
    )
    order_views = [_order_view(order, plan) for order in orders]
    visits = list(MobileVisit.objects.filter(day=day).select_related("site", "vehicle"))
    out = vehicles_out(day) if any(visit.vehicle_id for visit in visits) else set()
    slots = bookings_by_slot(day)
    pickup_days = list(PickupDay.objects.filter(day=day).with_figures().select_related("site"))
    stock = stock_on(day)
    flow = flows(day)
    wanted = [offer for offer in offers if offer.status in (OfferStatus.OPEN, OfferStatus.COLLECTED)]
    left_out = _left_out(plan, wanted)
    return DayPage(
        day=day,
        previous=day - dt.timedelta(days=1),
        following=day + dt.timedelta(days=1),
        figures=_figures(flow, offers, order_views, plan),
        concerns=_concerns(stock, plan, offers, order_views),
        offers=[_offer_view(offer, plan) for offer in offers[:ROWS_SHOWN]],
        offer_count=len(offers),
        offer_g=sum(offer.grams for offer in wanted),
        stock=stock[:ROWS_SHOWN],
        stock_count=len(stock),
        stock_chart=stock_by_zone(stock),
        orders=order_views[:ROWS_SHOWN],
        order_count=len(orders),
        ordered_g=sum(order.asked_g for order in order_views),
        visits=[VisitView(visit, visit.vehicle_id in out) for visit in visits],
        pickup_days=pickup_days,
        shifts=list(Shift.objects.filter(day=day).select_related("vehicle").order_by("vehicle__code")),
        plan=plan,
        unserved=_unserved(plan, orders, offers, [*visits, *pickup_days]) if plan else [],
        newer_draft=newest if newest and current and newest.pk > current.pk else None,
        route_map=route_map(plan.routes, left_out, chosen=chosen_vehicle) if plan else None,
        time_chart=time_chart(plan.routes) if plan else None,
        job=PlanJob.objects.filter(day=day).order_by("-pk").first(),
        needs=read_needs(day, current, slots),
        slots=slots,
    )


def _order_view(order: Order, plan: PlanView | None) -> OrderView:
    carried = plan.carried_by_line if plan else {}
    return OrderView(order, [LineView(line, line.asked_g, carried.get(line.pk, 0)) for line in order.lines.all()])


def _offer_view(offer: Offer, plan: PlanView | None) -> OfferView:
    vehicle, when = plan.offer_stops.get(offer.pk, ("", None)) if plan else ("", None)
    return OfferView(offer, vehicle, when)


def _left_out(plan: PlanView | None, offers: list[Offer]) -> list[tuple[float, float, str]]:
    """Shops with open offers that no vehicle drives to."""
    if plan is None:
        return []
    reached = {view.site.pk for route in plan.routes for view in route.stops}
    sites = {o.donor.site for o in offers if o.status == OfferStatus.OPEN and o.donor.site_id not in reached}
    return sorted((s.latitude, s.longitude, f"{s.code} {s.name}") for s in sites)


def _unserved(
    plan: PlanView, orders: list[Order], offers: list[Offer], meetings: Sequence[MobileVisit | PickupDay]
) -> list[UnservedView]:
    """Visits and pickup days first, then orders, then offers; within each the heaviest first."""
    names = {meeting.site.code: meeting.site.name for meeting in meetings}
    names |= {offer.ref: f"{offer.donor.site.name} – {offer.item.name}" for offer in offers}
    for order in orders:
        for line in order.lines.all():
            wanted = _(line.category.name) if line.category else line.item.name if line.item else ""
            names[line.ref] = f"{order.partner.site.name} – {wanted}"
    kinds = (UnservedKind.VISIT, UnservedKind.PICKUP_DAY, UnservedKind.ORDER_LINE, UnservedKind.DONATION)
    rows = sorted(plan.unserved, key=lambda row: (kinds.index(UnservedKind(row.kind)), -row.grams, row.ref))
    looks = newest_findings(plan.plan) if rows else {}
    return [UnservedView(row, names.get(row.ref, ""), looks.get(row.pk)) for row in rows]


def _figures(flow: Flows, offers: list[Offer], orders: list[OrderView], plan: PlanView | None) -> list[Figure]:
    open_g = sum(o.grams for o in offers if o.status == OfferStatus.OPEN)
    asked = sum(o.asked_g for o in orders)
    # more than asked for on one line does not make up for another
    allocated = sum(min(line.asked_g, line.allocated_g) for o in orders for line in o.lines)
    return [
        Figure(_("在庫"), kilograms(flow.on_hand_g)),
        Figure(_("今日の受入"), kilograms(flow.in_g), _("引取前 %(kg)s") % {"kg": kilograms(open_g)}),
        Figure(_("今日のお渡し"), kilograms(flow.out_g), _("注文 %(kg)s") % {"kg": kilograms(asked)}),
        Figure(_("今日の廃棄"), kilograms(flow.discarded_g), tone="bad" if flow.discarded_g else ""),
        Figure(
            _("注文への割当"),
            f"{100 * allocated / asked:.0f} %" if asked and plan else "–",
            f"{kilograms(allocated)} / {kilograms(asked)}" if plan else _("計画はまだありません"),
        ),
    ]


def _concerns(stock: list[StockRow], plan: PlanView | None, offers: list[Offer], orders: list[OrderView]) -> list[Concern]:
    found: list[Concern] = []
    groups = (
        ("error", [r for r in stock if r.past and not r.released],
         _("期限を過ぎた在庫が %(n)d ロットあります（%(kg)s）。出せません。廃棄を記録してください。")),
        ("error", [r for r in stock if r.days_left == 0],
         _("今日が期限の在庫が %(n)d ロットあります（%(kg)s）。今日のうちに届け先を決めてください。")),
        ("warning", [r for r in stock if r.days_left == 1],
         _("明日が期限の在庫が %(n)d ロットあります（%(kg)s）。")),
        ("warning", [r for r in stock if r.held],
         _("保留中の在庫が %(n)d ロットあります（%(kg)s）。理由を確かめてください。")),
    )  # fmt: skip
    for kind, rows, text in groups:
        if rows:
            found.append(Concern(kind, text % {"n": len(rows), "kg": kilograms(sum(r.grams for r in rows))}, "#stock"))
    if plan is None and (orders or offers):
        found.append(Concern("warning", _("配送計画がまだありません。「計画を作る」を押してください。"), "#planner"))
    if plan is not None:
        for kind, text in (
            (UnservedKind.VISIT, _("移動パントリーで足りない食べものがあります（%(n)d 件、%(kg)s）。")),
            (UnservedKind.PICKUP_DAY, _("受取日で足りない食べものがあります（%(n)d 件、%(kg)s）。")),
            (UnservedKind.ORDER_LINE, _("届けられない注文が %(n)d 件あります（%(kg)s）。")),
            (UnservedKind.DONATION, _("引き取れない提供が %(n)d 件あります（%(kg)s）。")),
        ):
            left = plan.unserved_of(kind)
            if left:
                values = {"n": len(left), "kg": kilograms(sum(r.grams for r in left))}
                found.append(Concern("info" if kind == UnservedKind.DONATION else "warning", text % values, "#unserved"))
    return found
