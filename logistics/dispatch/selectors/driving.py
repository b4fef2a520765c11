"""The driver's day: who drives what, and a route as the phone shows it. Nothing of households is read here (P7)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from foodbank.accounts.access import Access
from foodbank.accounts.models import Role, User
from foodbank.catalog.models import Item
from foodbank.core.dates import today
from foodbank.inventory.models import Lot
from foodbank.partners.models import Order
from foodbank.sites.models import Site, SiteKind
from foodbank.sites.policies import open_part
from logistics.dispatch.models import (
    PlanStatus,
    Route,
    RouteBreak,
    RouteNews,
    RouteProgress,
    Shipment,
    Step,
    StepKind,
    Stop,
    StopState,
)
from logistics.dispatch.selectors.changes import StopRow, news_of
from logistics.dispatch.selectors.drivers_word import DriversWord, drivers_word
from logistics.dispatch.selectors.expected import expected_starts
from logistics.fleet.models import Shift

LIVE = (PlanStatus.PUBLISHED, PlanStatus.STARTED)
CLOSED = (StopState.DONE, StopState.FAILED)
_ON_THE_ROAD = Q(progress__departed_at__isnull=False, progress__back_at__isnull=True)


@dataclass(frozen=True, slots=True)
class RouteRow:
    """A route in the list; ``shift`` says who drives, and may be missing when the shift was removed after planning."""

    route: Route
    shift: Shift | None
    stops: int
    closed: int

    @property
    def driver(self) -> User | None:
        return self.shift.driver if self.shift is not None else None


@dataclass(frozen=True, slots=True)
class DriversHome:
    """``mine``: routes to drive. ``free``: vehicles that may be taken. ``others``: what coordinators see besides."""

    day: dt.date
    mine: list[RouteRow]
    free: list[RouteRow]
    others: list[RouteRow]


def drivers_home(day: dt.date, *, user: User, access: Access) -> DriversHome:
    """Who drives what on ``day``. A driver sees their own routes, and while they have none, the free vehicles of their places; a
    coordinator sees all. What left yesterday and is not back is there too. Two queries, whatever the day holds."""
    rows = _rows(day)
    mine = [row for row in rows if row.driver == user]
    unmanned = [row for row in rows if row.shift is not None and row.driver is None and row.route.plan.day == day]
    if access.has(Role.COORDINATOR):
        others = [row for row in rows if row not in mine and row not in unmanned]
        return DriversHome(day, mine, unmanned, others)
    free = [row for row in unmanned if access.at(Role.DRIVER, row.route.vehicle.depot_id)]
    return DriversHome(day, mine, [] if mine else free, [])


def may_open(route: Route, *, user: User, access: Access) -> bool:
    """Coordinators open every route that counts, drivers their own of today, and one of yesterday that is still on the road (P7)."""
    if route.plan.status not in LIVE:
        return False
    if access.has(Role.COORDINATOR):
        return True
    return _drives_on(route) and Shift.objects.filter(vehicle=route.vehicle_id, day=route.plan.day, driver=user).exists()


def _drives_on(route: Route) -> bool:
    """Is it today's, or did it leave yesterday and is not back yet? Midnight takes nobody's goods out of their hands."""
    day = today()
    late = route.plan.day == day - dt.timedelta(days=1) and Route.objects.filter(_ON_THE_ROAD, pk=route.pk).exists()
    return route.plan.day == day or late


def may_take(route: Route, *, access: Access) -> bool:
    """The vehicle is one of their place, and goes out today."""
    return route.plan.status in LIVE and route.plan.day == today() and access.at(Role.DRIVER, route.vehicle.depot_id)


def routes() -> QuerySet[Route]:
    """With what every page needs of a route; the plan comes without its document."""
    return Route.objects.select_related("plan", "vehicle__depot").defer("plan__document")


@dataclass(frozen=True, slots=True)
class Goods:
    """A shipment at one of its two stops. ``units`` is what is to be moved there now, ``moved`` what was, ``coming`` what is to be
    picked up before."""

    shipment: Shipment
    units: int
    moved: int
    coming: int = 0

    @property
    def open(self) -> bool:
        return self.units > 0

    @property
    def shown(self) -> int:
        return self.units or self.coming or self.moved

    @property
    def unknown_allergens(self) -> bool:
        return self.shipment.item.category.is_food and not self._about.allergens_stated

    @property
    def contains(self) -> list[str]:
        return [one.name for one in sorted(self._about.allergens.all(), key=lambda one: one.pk)]

    @property
    def dated(self) -> tuple[str, dt.date | None, str, dt.time | None]:
        """Kind of date, last day, its precision and the time on it."""
        lot, offer, item = self.lot, self.shipment.offer, self.shipment.item
        if lot is not None:
            return lot.date_mark, lot.last_day, lot.date_precision, lot.safe_until
        if offer is None:
            return item.date_mark, None, "", None
        return item.date_mark, offer.last_day, offer.date_precision, offer.safe_until

    @property
    def lot(self) -> Lot | None:
        """What really travels, or is on the shelf to be loaded."""
        return self.shipment.progress.lot or self.shipment.lot

    @property
    def _about(self) -> Lot | Item:
        return self.lot or self.shipment.item


@dataclass(slots=True)
class AtShop:
    """An offer to be collected at a stop: ``planned`` units for this vehicle, as its shipments say."""

    goods: list[Goods]
    planned: int = 0
    collected: int | None = None

    @property
    def first(self) -> Goods:
        return self.goods[0]

    @property
    def open(self) -> bool:
        return self.collected is None and any(not one.shipment.progress.called_off for one in self.goods)


@dataclass(slots=True)
class StopCard:
    """A stop with its goods. ``number`` counts the places driven to; the depot has none."""

    stop: Stop
    number: int | None
    state: StopState
    expected: dt.datetime
    load: list[Goods] = field(default_factory=list)
    shop: list[AtShop] = field(default_factory=list)
    drop: list[Goods] = field(default_factory=list)
    break_before: RouteBreak | None = None

    @property
    def site(self) -> Site:
        return self.stop.site

    @property
    def closed(self) -> bool:
        return self.state in CLOSED

    @property
    def here(self) -> bool:
        """The vehicle is there; at the depot nobody has to say so."""
        return self.state == StopState.ARRIVED or (self.state == StopState.PLANNED and self.site.kind == SiteKind.DEPOT)

    @property
    def load_open(self) -> bool:
        return any(one.open for one in self.load)

    @property
    def shop_open(self) -> bool:
        return any(one.open for one in self.shop)

    @property
    def picks_open(self) -> bool:
        return self.load_open or self.shop_open

    @property
    def touched(self) -> bool:
        """Were goods moved here, so that the stop can no longer simply fail?"""
        moved = any(one.moved for one in [*self.load, *self.drop])
        return moved or any(one.collected is not None for one in self.shop)

    @property
    def drops_open(self) -> bool:
        return any(one.open for one in self.drop)

    @property
    def late_minutes(self) -> int:
        return max(0, round((self.expected - self.stop.start).total_seconds() / 60))

    @property
    def windows(self) -> list[tuple[dt.time, dt.time]]:
        """When goods may be fetched and handed over here, as shops and partners said; where that is twice a day, the time that is planned."""
        found = {(one.first.shipment.offer.ready_from, one.first.shipment.offer.ready_until) for one in self.shop}  # type: ignore[union-attr]
        orders = [one.shipment.order_line.order for one in self.drop if one.shipment.order_line is not None]
        found |= {(order.window_from, order.window_until) for order in orders}
        begins = timezone.localtime(self.stop.start).time()
        return sorted({open_part(begin, end, self.stop.site.pause, begins) for begin, end in found})

    @property
    def orders(self) -> list[Order]:
        """The orders served here, each once."""
        return list({o.pk: o for one in self.drop if one.shipment.order_line for o in [one.shipment.order_line.order]}.values())


@dataclass(slots=True)
class DrivePage:
    """``focus`` is the stop that the page is about: the one asked for, or the next that is open."""

    route: Route
    day: dt.date
    driver: User | None
    cards: list[StopCard]
    focus: StopCard | None
    next: StopCard | None
    progress: RouteProgress | None
    last: list[Step]
    breaks: list[RouteBreak]
    news: list[StopRow] = field(default_factory=list)
    """What a new plan changed that the driver has not said to have seen."""
    word: DriversWord | None = None
    """What may be said of the stop that the vehicle drives to."""

    @property
    def closed(self) -> int:
        return sum(card.closed for card in self.cards)

    @property
    def total(self) -> int:
        return len(self.cards)

    @property
    def late(self) -> DriversWord | None:
        """When the page is about the stop that the vehicle drives to."""
        return self.word if self.word is not None and self.focus is not None and self.word.stop == self.focus.stop else None

    @property
    def back(self) -> bool:
        return self.progress is not None and self.progress.back_at is not None

    @property
    def aboard(self) -> int:
        """Units that will come back to the depot as it looks when every stop is closed."""
        return sum(one.shipment.progress.aboard for card in self.cards for one in card.drop)


def drive_page(route: Route, *, stop: Stop | None = None) -> DrivePage:
    """The route as the phone shows it; a fixed number of queries, however many stops and shipments it has."""
    stops = list(Stop.objects.filter(route=route).select_related("site", "progress", "visit").order_by("sequence"))
    breaks = list(route.breaks.all())
    expected = expected_starts(stops, breaks)
    cards: dict[int, StopCard] = {}
    number = 0
    for one in stops:
        depot = one.site.kind == SiteKind.DEPOT
        number += not depot
        progress = getattr(one, "progress", None)
        state = StopState(progress.state) if progress is not None else StopState.PLANNED
        cards[one.pk] = StopCard(one, None if depot else number, state, expected[one.pk])
    steps = list(Step.objects.standing().filter(stop__route=route).select_related("shipment__item", "offer__item", "stop__site"))
    collected = {(s.stop_id, s.offer_id): s.quantity for s in steps if s.kind == StepKind.COLLECT}
    for shipment in _shipments(route):
        _place(shipment, cards, collected)
    in_order = list(cards.values())
    for rest in breaks:
        after = next((card for card in in_order if card.stop.start >= rest.end), None)
        if after is not None:
            after.break_before = rest
    following = next((card for card in in_order if not card.closed), None)
    shift = Shift.objects.filter(vehicle=route.vehicle_id, day=route.plan.day).select_related("driver").first()
    on_the_way = RouteProgress.objects.filter(route=route).first()
    return DrivePage(
        route=route,
        day=route.plan.day,
        driver=shift.driver if shift is not None else None,
        cards=in_order,
        focus=cards[stop.pk] if stop is not None else following,
        next=following,
        progress=on_the_way,
        last=[one for one in steps if one.batch == steps[-1].batch] if steps else [],
        breaks=breaks,
        news=_news(route),
        word=drivers_word(stops, breaks, departed=on_the_way is not None and on_the_way.departed_at is not None),
    )


def _news(route: Route) -> list[StopRow]:
    """One query while there is nothing new."""
    found = (
        RouteNews.objects.filter(route=route, seen_at__isnull=True)
        .select_related("since", "route__plan", "route__vehicle")
        .first()
    )
    return news_of(found, found.route.plan, found.route.vehicle.code) if found is not None else []


def _rows(day: dt.date) -> list[RouteRow]:
    days = Q(plan__day=day)
    if day == today():
        days |= Q(plan__day=day - dt.timedelta(days=1)) & _ON_THE_ROAD
    shifts = Shift.objects.filter(day__in=(day, day - dt.timedelta(days=1))).select_related("driver")
    found = (
        routes()
        .filter(days, plan__status__in=LIVE)
        .annotate(stop_count=Count("stops"), closed_count=Count("stops", filter=Q(stops__progress__state__in=CLOSED)))
        .prefetch_related(Prefetch("vehicle__shifts", queryset=shifts))
        .order_by("plan__day", "vehicle__code")
    )
    return [RouteRow(route, _shift(route), route.stop_count, route.closed_count) for route in found]


def _shift(route: Route) -> Shift | None:
    return next((shift for shift in route.vehicle.shifts.all() if shift.day == route.plan.day), None)


def _shipments(route: Route) -> QuerySet[Shipment]:
    return (
        Shipment.objects.filter(pick_stop__route=route)
        .select_related(
            "progress__lot", "item__category", "lot", "place", "offer", "order_line__order", "pick_stop", "drop_stop",
        )
        .prefetch_related(
            "item__allergens", "lot__allergens", "progress__lot__allergens", "order_line__order__excluded_allergens"
        )
        .order_by("zone", "item__name", "pk")
    )  # fmt: skip


def _place(shipment: Shipment, cards: dict[int, StopCard], collected: dict[tuple[int, int | None], int]) -> None:
    progress = shipment.progress
    pick, drop = cards[shipment.pick_stop_id], cards[shipment.drop_stop_id]
    left = 0 if progress.called_off else max(0, shipment.quantity - progress.loaded)
    if shipment.offer_id is None:
        pick.load.append(Goods(shipment, left, progress.loaded))
    else:
        goods = Goods(shipment, left, progress.loaded)
        at = next((one for one in pick.shop if one.first.shipment.offer_id == shipment.offer_id), None)
        if at is None:
            at = AtShop([])
            pick.shop.append(at)
        at.goods.append(goods)
        at.planned += 0 if progress.called_off and not progress.loaded else shipment.quantity
        at.collected = collected.get((pick.stop.pk, shipment.offer_id))
    due = min(progress.aboard, max(0, shipment.quantity - progress.dropped))
    coming = 0 if progress.called_off or progress.loaded or pick.closed else shipment.quantity
    drop.drop.append(Goods(shipment, due, progress.dropped, coming))
