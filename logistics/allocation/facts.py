"""A day as plain, immutable facts: what the allocation, the planner's problem and the plan's check all start from.

Weights are grams, times are seconds since 00:00 local time of the day, keys are those of the database rows.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from foodbank.sites.policies import open_parts
from logistics.allocation.fairness import LEAST_RATE
from logistics.travel.pace import Pace
from logistics.travel.table import Roads


@dataclass(frozen=True, slots=True)
class Weights:
    """What things are worth against each other, in metres driven: ``*_per_g`` a gram that is missing or left behind. ``km_yen`` yen
    weigh as much as a kilometre, ``move`` is the price of bringing a load on another vehicle than the plan that counts. Rules are not
    among them; they are never traded."""

    site_per_g: int = 200
    line_per_g: int = 40
    line_left_out: int = 200_000
    offer_per_g: int = 10
    offer_soon_per_g: int = 10
    soon_days: int = 7
    offer_left: int = 20_000
    vehicle: int = 5_000
    per_s: int = 1
    km_yen: int = 50
    move: int = 3_000

    def offer_g(self, offer: Goods, day: dt.date) -> int:
        """What leaving a gram of a shop's offer behind costs: more when it keeps for ``soon_days`` at most."""
        soon = offer.last_day is not None and (offer.last_day - day).days <= self.soon_days
        return self.offer_per_g + (self.offer_soon_per_g if soon else 0)

    def missing_g(self, demand: LineDemand | SiteDemand) -> int:
        """What a gram costs that a demand lacks."""
        return self.line_per_g if isinstance(demand, LineDemand) else self.site_per_g


@dataclass(frozen=True, slots=True)
class Place:
    """A site with its opening hours (``pause``: it is closed in between), and what a vehicle must be to get there (``None``: no limit). A
    kitchen car stands there only with a permit for ``area`` and of ``permit_class`` or a higher one (empty: any will do)."""

    code: str
    name: str
    latitude: float
    longitude: float
    opens_s: int
    closes_s: int
    max_height_cm: int | None = None
    max_weight_kg: int | None = None
    area: str = ""
    permit_class: str = ""
    pause: tuple[int, int] | None = None

    def parts(self, window: tuple[int, int]) -> tuple[tuple[int, int], ...]:
        """What of ``window`` it is open in, once or twice."""
        return open_parts(*window, self.pause)

    def opened(self, at_s: int) -> int:
        """The first moment from ``at_s`` on that does not lie in its pause."""
        return self.pause[1] if self.pause is not None and self.pause[0] < at_s < self.pause[1] else at_s


@dataclass(frozen=True, slots=True)
class Goods:
    """``quantity`` whole units of one item with one date: a lot on a shelf of the depot, or an offer at a shop.

    ``window`` is when a shop has it ready, inside its opening hours (``None``: on the shelf, any time). ``blocked`` is the code of
    the rule that keeps it from leaving (``None``: fine); ``released`` goods may leave past their 賞味期限 (D6). ``allergens`` are
    those that it is not known to be free of (D13: unknown counts as contains). ``for_households`` is false for an unlabelled mixed
    box (D2). They are handed over by ``safe_until_s`` at the latest (``None``: any time of the day).
    """

    key: str
    site: str
    gtin: str
    name: str
    category: str
    is_food: bool
    zone: str
    quantity: int
    unit_g: int
    last_day: dt.date | None
    date_mark: str
    allergens: frozenset[str]
    for_households: bool = True
    window: tuple[int, int] | None = None
    lot_id: int | None = None
    place_id: int | None = None
    offer_id: int | None = None
    blocked: str | None = None
    released: bool = False
    safe_until_s: int | None = None

    @property
    def grams(self) -> int:
        return self.quantity * self.unit_g

    @property
    def on_shelf(self) -> bool:
        return self.window is None

    def unsafe_for(self, excluded: frozenset[str]) -> bool:
        return not self.allergens.isdisjoint(excluded)


def first_expiring(goods: Goods) -> tuple[bool, dt.date, str]:
    """Sort key: first expiring first, no date last."""
    return goods.last_day is None, goods.last_day or dt.date.max, goods.key


@dataclass(frozen=True, slots=True)
class LineDemand:
    """One line of a partner's order: ``asked_g`` of a category or of an item (its units in grams).
    ``had_rate`` is the part of what its partner asked for in the 28 days before that it got (R13)."""

    key: str
    order: str
    site: str
    window: tuple[int, int]
    children: int
    excluded: frozenset[str]
    asked_g: int
    category: str | None = None
    gtin: str | None = None
    line_id: int | None = None
    blocked: str | None = None
    had_rate: float = 1.0

    def share_g(self, grams: int) -> float:
        """``grams`` as they count where food is shared: per child, and less for a partner that got less before, by half at most."""
        return grams / max(1, self.children) * max(LEAST_RATE, self.had_rate)


@dataclass(frozen=True, slots=True)
class SiteDemand:
    """Food that has to be at a site before it opens: a mobile visit or a pickup day. ``kinds`` different items are wanted. A
    visit with a ``vehicle`` is made by that one as long as it is among the day's vans."""

    key: str
    kind: str  # "visit" or "pickup_day"
    site: str
    open_from_s: int
    open_until_s: int
    households: int
    asked_g: int
    kinds: int = 10
    row_id: int | None = None
    vehicle: str = ""


Demand = LineDemand | SiteDemand


@dataclass(frozen=True, slots=True)
class VanPermit:
    """A permit valid that day; ``areas`` are the names that it holds for (none: anywhere)."""

    permit_class: str
    areas: frozenset[str]


def yen_for(per_day: int, per_km: int, distance_m: int) -> int:
    """What a vehicle costs that goes out over ``distance_m`` metres, in whole yen, rounded up."""
    return per_day - (-per_km * distance_m // 1000)


@dataclass(frozen=True, slots=True)
class Van:
    """A vehicle on duty. It sets out from ``begins_at`` and comes back to ``ends_at`` (empty: its depot), and stops elsewhere at most
    ``max_stops`` times. One that is on the road ``stands_at`` a site (its code) when ``shift`` begins, and has been under way since
    ``begun_s``; ``break_s`` is 0 once its break was had. One of which height or weight is unknown (``None``) goes to no place with such a
    limit. What its driver's day is longer than ``fair_s`` (``None``: nobody to share with) costs ``cost_per_s_over_fair`` more a second."""

    code: str
    kind: str
    depot: str
    shift: tuple[int, int]
    capacity_g: tuple[int, int, int]
    break_s: int
    vehicle_id: int | None = None
    height_cm: int | None = None
    weight_kg: int | None = None
    permits: tuple[VanPermit, ...] = ()
    begins_at: str = ""
    ends_at: str = ""
    max_stops: int | None = None
    fair_s: int | None = None
    cost_per_s_over_fair: int = 0
    stands_at: str | None = None
    begun_s: int | None = None
    yen_per_km: int = 0
    yen_per_day: int = 0

    def yen(self, distance_m: int) -> int:
        """What the food bank pays for going out over ``distance_m`` metres."""
        return yen_for(self.yen_per_day, self.yen_per_km, distance_m)

    @property
    def start(self) -> str:
        """Where the part of its day that is planned begins."""
        return self.stands_at or self.begins_at or self.depot

    @property
    def end(self) -> str:
        return self.ends_at or self.depot


@dataclass(frozen=True, slots=True)
class DaysLeftRule:
    """Row of the food bank's table (D7). ``None`` matches everything."""

    channel: str
    category: str | None
    zone: str | None
    days: int


@dataclass(frozen=True, slots=True)
class RideRule:
    """Row of the food bank's table (D12): goods of this category and zone (``None``: any) ride at most ``seconds``."""

    category: str | None
    zone: str | None
    seconds: int


_SHOP = "shop/"


def shop_target(code: str) -> str:
    """What a lock on everything that is picked up at a shop is called."""
    return f"{_SHOP}{code}"


def order_target(code: str) -> str:
    """What a lock on all lines of an order is called."""
    return f"order/{code}"


def is_shop(target: str) -> bool:
    """Whether :func:`shop_target` made it."""
    return target.startswith(_SHOP)


@dataclass(frozen=True, slots=True)
class HandLock:
    """What a coordinator has settled about ``target``: an order (:func:`order_target`), a visit or pickup day (its demand key) or
    everything picked up at a shop (:func:`shop_target`) stays with ``vehicle``, and its delivery starts in ``start``; ``None``: not settled."""

    target: str
    vehicle: str | None = None
    start: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Aboard:
    """A unit of the document that a vehicle has, or will have when it leaves the stop that it is bound to. ``goods`` are the pieces that
    are really there, as goods of their own at the vehicle's start; ``entry`` is what the document says of picking them up. ``demand`` is
    the key of who waits for them (``None``: nobody any more, or the shelf), ``dropped_s`` when they were to get them,
    ``left_s`` when the stop is left where it was picked up."""

    unit: str
    vehicle: str
    goods: Goods
    demand: str | None
    entry: Mapping[str, Any]
    dropped_s: int
    left_s: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit of the plan that stands which no vehicle has yet: what was settled, and stays so unless something better is worth a change.

    ``goods`` and ``demand`` are keys (``demand`` ``None``: the shelf). ``picked_s`` and ``dropped_s`` are when, by that plan.
    """

    unit: str
    vehicle: str
    goods: str
    demand: str | None
    units: int
    picked_s: int
    dropped_s: int


@dataclass(frozen=True, slots=True)
class KeptRoute:
    """A route that has begun. ``route`` is what of the plan's document stays as it is, without what was called off: all of it, or, when
    the rest is ``open`` to be planned again, the beginning up to the stop that the vehicle is bound to.

    ``brings`` is what it has handed over or still will within that, in grams per demand key, ``visits`` the keys of the visits where it
    stands, ``collected_g`` what it has from shops or still gets there, ``last_unit`` the highest number among its units. ``aboard`` is
    what it has to bring on from there, ``ahead`` the keys of the visits that it is on its way to; ``back_s`` is when it came back to its
    depot, if it has and may go out again.
    """

    vehicle: str
    route: Mapping[str, Any]
    brings: Mapping[str, int]
    visits: frozenset[str]
    collected_g: int
    last_unit: int
    open: bool = False
    aboard: tuple[Aboard, ...] = ()
    ahead: frozenset[str] = frozenset()
    back_s: int | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """Everything that is known about the day before anybody plans. ``apart`` are pairs of categories that are never in one vehicle at
    the same time. ``roads`` are the driving times between ``places`` where somebody gives them; without, the great circle with
    ``detour`` and ``speed_kmh`` counts. ``pace``: the hours at which driving takes longer. Of a day with a plan that counts: ``kept`` are
    the routes that have begun; ``goods`` and ``vans`` are without what those take, ``lines`` and ``sites`` still ask for all that they
    asked for; ``standing`` is what else that plan (``plan_id``) has settled."""

    date: dt.date
    places: dict[str, Place]
    goods: tuple[Goods, ...]
    lines: tuple[LineDemand, ...]
    sites: tuple[SiteDemand, ...]
    vans: tuple[Van, ...]
    days_left: tuple[DaysLeftRule, ...] = field(default=())
    stop_s: int = 300
    per_kg_s: int = 2
    detour: float = 1.3
    speed_kmh: float = 24.0
    kept: tuple[KeptRoute, ...] = ()
    weights: Weights = Weights()
    apart: frozenset[frozenset[str]] = frozenset()
    ride_limits: tuple[RideRule, ...] = ()
    roads: Roads | None = field(default=None, compare=False)
    pace: Pace | None = None
    locks: tuple[HandLock, ...] = ()
    standing: tuple[Standing, ...] = ()
    plan_id: int | None = None

    @property
    def demands(self) -> tuple[LineDemand | SiteDemand, ...]:
        """Visits and pickup days first, then order lines."""
        return (*self.sites, *self.lines)

    @property
    def depot(self) -> str:
        """Where offered goods are brought and visits are loaded: of the vehicles' depots the one with the most on its shelves, then
        with the most vehicles. Needs a vehicle on duty."""
        shelves: Counter[str] = Counter()
        for g in self.goods:
            if g.on_shelf:
                shelves[g.site] += g.grams
        based = Counter(v.depot for v in self.vans)
        return min(based, key=lambda code: (-shelves[code], -based[code], code))

    def brought_g(self) -> Counter[str]:
        """What the kept routes bring, in grams per demand key."""
        brought: Counter[str] = Counter()
        for route in self.kept:
            brought.update(route.brings)
        return brought

    def aboard(self) -> tuple[Aboard, ...]:
        """What the kept routes have to bring on, whose rest is planned again."""
        return tuple(unit for route in self.kept for unit in route.aboard)

    def on_the_road(self) -> frozenset[str]:
        """The vehicles that are out and can be given other work: no vehicle more when they are."""
        return frozenset(route.vehicle for route in self.kept if route.open and route.back_s is None)

    def cars_for(self, visit: SiteDemand) -> tuple[Van, ...]:
        """The kitchen cars that may make ``visit``: the one that was settled, or all when none was or it does not go out."""
        cars = tuple(v for v in self.vans if v.kind == "kitchen_car")
        return tuple(v for v in cars if v.code == visit.vehicle) or cars

    def goods_by_key(self) -> dict[str, Goods]:
        """Everything that can be moved, also what is aboard."""
        return {g.key: g for g in (*self.goods, *(unit.goods for unit in self.aboard()))}
