"""Which goods may go to whom and could be there in time: rules, vehicles on duty, windows. Worked out once a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property

from logistics.allocation.facts import Day, Demand, Goods, LineDemand, SiteDemand, Van, first_expiring
from logistics.allocation.policies import light_enough, longest_ride_s, low_enough, may_stand, refused_because
from logistics.allocation.shares import fair_shares

TravelS = Callable[[str, str], int]
Pair = tuple[str, tuple[int, int] | None, str]  # shop, when it is ready, where the goods go
PairPrice = Callable[[Goods, Demand], int]

ZONES = ("ambient", "chilled", "frozen")
# Prices in the planner's cost units (one metre driven = 1).
DIRECT_PAIR = 1_500
DIRECT_PAIR_PER_TRAVEL_S = 3
TIGHT_S = 3_600  # less slack than this between shop and partner makes a direct pair dearer
SITE_FACTOR = 3  # a visit's or pickup day's food comes from the shelf unless that is not enough
NEAREST_SHOPS = 14


class Reach:
    """``refusals`` names, per goods and demand key, the rule that says no (``None``: allowed); ``slack_s`` the seconds to spare on the
    fastest way of those that are allowed and can be in time."""

    def __init__(self, day: Day, travel_s: TravelS) -> None:
        self.day = day
        self.travel_s = travel_s
        self.goods = day.goods_by_key()
        self.demands: dict[str, Demand] = {d.key: d for d in day.demands}
        self._vans = _different(day)
        self._cars = {d.key: {v.code for v in day.cars_for(d)} for d in day.sites if d.kind == "visit"}
        self.refusals: dict[tuple[str, str], str | None] = {}
        self.slack_s: dict[tuple[str, str], int] = {}
        by_name = {(line.order, line.gtin) for line in day.lines if line.gtin is not None}
        for demand in self.demands.values():
            blocked = demand.blocked if isinstance(demand, LineDemand) else None
            for g in day.goods:
                refusal = blocked or refused_because(g, demand, day=day.date, rules=day.days_left)
                if isinstance(demand, LineDemand) and demand.gtin is None and (demand.order, g.gtin) in by_name:
                    refusal = refusal or "other_item"  # a plan tells the lines of an order apart by product, then by category
                self.refusals[g.key, demand.key] = refusal
                if refusal is None:
                    slack = max((self._slack(v, g, demand) for v in self._vans), default=-1)
                    if slack >= 0:
                        self.slack_s[g.key, demand.key] = slack

    def can(self, goods: Goods, demand: Demand) -> bool:
        """Allowed and possible in time."""
        return (goods.key, demand.key) in self.slack_s

    def for_demand(self, demand: Demand) -> list[Goods]:
        return self._for_demand[demand.key]

    @cached_property
    def _for_demand(self) -> dict[str, list[Goods]]:
        return {key: [g for g in self.day.goods if (g.key, key) in self.slack_s] for key in self.demands}

    @cached_property
    def shares(self) -> dict[str, int]:
        """Grams that each line (by key) may get when food is scarce."""
        return fair_shares(self.day.lines, [g for g in self.day.goods if not g.blocked], self.can)

    @cached_property
    def pools(self) -> list[list[Goods]]:
        """Lots on the shelf that are the same to everybody, first expiring first; an offer is a pool of its own."""
        takers: dict[str, list[str]] = defaultdict(list)
        for goods, demand in self.slack_s:
            takers[goods].append(demand)
        found: dict[object, list[Goods]] = defaultdict(list)
        for g in self.day.goods:
            if takers[g.key]:
                found[(g.gtin, g.unit_g, tuple(takers[g.key])) if g.on_shelf else g.key].append(g)
        for pool in found.values():
            pool.sort(key=first_expiring)
        return list(found.values())

    def _slack(self, van: Van, goods: Goods, demand: Demand) -> int:
        """Seconds to spare when ``van`` does nothing else; negative: not in time, not back in time, or not carried."""
        on_visit = not isinstance(demand, LineDemand) and demand.kind == "visit"
        if (on_visit and van.code not in self._cars[demand.key]) or van.capacity_g[ZONES.index(goods.zone)] < goods.unit_g:
            return -1
        stop, place = self.day.stop_s, self.day.places[demand.site]
        if not all(low_enough(van, at) and light_enough(van, at) for at in (place, self.day.places[goods.site])):
            return -1
        if on_visit and not may_stand(van, place):
            return -1
        if goods.window is None:
            sets_out = van.stands_at is None and goods.site == van.start
            load = 0 if sets_out else self.travel_s(van.start, goods.site) + stop
            there = van.shift[0] + load + self.travel_s(goods.site, demand.site)
        else:
            shop = self.day.places[goods.site]
            at_shop = shop.opened(max(goods.window[0], van.shift[0] + self.travel_s(van.start, goods.site)))
            if at_shop > goods.window[1]:
                return -1
            handling = -(-self.day.per_kg_s * goods.unit_g // 1000)
            there = at_shop + stop + handling + self.travel_s(goods.site, demand.site)
        if isinstance(demand, LineDemand):
            there = place.opened(there)
            latest, done = demand.window[1], max(there, demand.window[0]) + stop
        else:
            latest = demand.open_from_s - stop - self.day.per_kg_s * demand.asked_g // 1000
            done = demand.open_until_s if on_visit else max(there, place.opens_s) + stop
        if done + self.travel_s(demand.site, van.end) > van.shift[1] or self._too_long(goods, demand):
            return -1
        return (latest if goods.safe_until_s is None else min(latest, goods.safe_until_s)) - there

    def _too_long(self, goods: Goods, demand: Demand) -> bool:
        """Are the goods longer on board than they may be, however soon they are handed over?"""
        longest = longest_ride_s(self.day.ride_limits, category=goods.category, zone=goods.zone)
        if longest is None:
            return False
        ride = self.travel_s(goods.site, demand.site)
        if goods.window is not None and isinstance(demand, LineDemand):
            leaves = goods.window[1] + self.day.stop_s + -(-self.day.per_kg_s * goods.grams // 1000)
            ride = max(ride, demand.window[0] - leaves)
        return ride > longest

    def car_capacity(self, demand: SiteDemand) -> dict[str, int]:
        """Grams per zone that the largest kitchen car takes to a visit; empty for a pickup day, which vans may share."""
        if demand.kind != "visit":
            return {}
        cars = self.day.cars_for(demand)
        return {zone: max((v.capacity_g[i] for v in cars), default=0) for i, zone in enumerate(ZONES)}

    def pair_cost(self, goods: Goods, demand: Demand) -> int:
        """What binding this shop and this demand to one route is likely to cost."""
        tight = max(0, TIGHT_S - self.slack_s[goods.key, demand.key])
        cost = DIRECT_PAIR + DIRECT_PAIR_PER_TRAVEL_S * self.travel_s(goods.site, demand.site) + tight
        return cost if isinstance(demand, LineDemand) else SITE_FACTOR * cost

    def candidates(self, demand: Demand) -> list[Goods]:
        """Everything on the shelf that may go there, and the nearest shops' offers."""
        return self._candidates[demand.key]

    @cached_property
    def _candidates(self) -> dict[str, list[Goods]]:
        found = {}
        for key, demand in self.demands.items():
            fits = self._for_demand[key]
            direct = sorted((g for g in fits if not g.on_shelf), key=lambda g: (self.pair_cost(g, demand), g.key))
            most = NEAREST_SHOPS if isinstance(demand, LineDemand) else 3 * NEAREST_SHOPS
            nearest = set(list(dict.fromkeys(g.site for g in direct))[:most])
            found[key] = [g for g in fits if g.on_shelf] + [g for g in direct if g.site in nearest]
        return found

    def reason(self, demand: Demand, missing_g: int, left: Callable[[Goods], int]) -> str:
        """Why ``missing_g`` grams are missing: the narrowest rule that, lifted, would leave goods for it."""
        if isinstance(demand, LineDemand) and demand.blocked:
            return demand.blocked
        alike = [
            g for g in self.day.goods if self.refusals[g.key, demand.key] not in ("other_item", "other_category", "not_food")
        ]
        free = [g for g in alike if left(g) > 0]
        usable = [g for g in free if self.can(g, demand)]
        if usable:
            small = isinstance(demand, LineDemand) and all(g.unit_g > missing_g for g in usable)
            return "smaller_than_a_unit" if small else "no_time_left"
        stopped = {self._stopped_by(g, demand) for g in free if self.refusals[g.key, demand.key] is None}
        for code in (
            "window", "deliver_by", "longest_ride", "window_unreachable", "too_heavy", "zone_not_carried", "no_permit",
            "too_heavy_for_road", "too_high", "no_vehicle_allowed",
        ):  # fmt: skip
            if code in stopped:
                return code
        return _most_telling(str(self.refusals[g.key, demand.key]) for g in free)

    def _stopped_by(self, goods: Goods, demand: Demand) -> str:
        """Why goods that are allowed cannot be there."""
        on_visit = not isinstance(demand, LineDemand) and demand.kind == "visit"
        vans = [v for v in self._vans if not on_visit or v.code in self._cars[demand.key]]
        if not vans:
            return "no_vehicle_allowed"
        places = [self.day.places[code] for code in (goods.site, demand.site)]
        for code, fits in (("too_high", low_enough), ("too_heavy_for_road", light_enough)):
            vans = [v for v in vans if all(fits(v, place) for place in places)]
            if not vans:
                return code
        vans = [v for v in vans if not on_visit or may_stand(v, places[1])]
        if not vans:
            return "no_permit"
        rooms = [v.capacity_g[ZONES.index(goods.zone)] for v in vans]
        if max(rooms) < goods.unit_g:
            return "too_heavy" if max(rooms) else "zone_not_carried"
        if self._too_long(goods, demand):
            return "longest_ride"
        if goods.safe_until_s is not None and (not isinstance(demand, LineDemand) or goods.safe_until_s < demand.window[1]):
            return "deliver_by"
        return "window_unreachable" if goods.on_shelf else "window"


def _different(day: Day) -> list[Van]:
    """One of each kind of vehicle, and each that was settled for a visit."""
    settled = {site.vehicle for site in day.sites}
    same = {"vehicle_id": None, "yen_per_km": 0, "yen_per_day": 0}
    return list({replace(v, code=v.code if v.code in settled else "", **same): v for v in day.vans}.values())  # type: ignore[arg-type]


def _most_telling(codes: Iterable[str]) -> str:
    found = set(codes)
    for code in ("allergen", "days_left", "safe_until", "mixed_box"):
        if code in found:
            return code
    return min(found, default="no_stock")
