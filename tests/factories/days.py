"""Small days as plain facts, for the tests of allocation and planning.

Everything lies on one meridian near Takamatsu; ``north_km`` says how far north of the depot. A kilometre on the great circle is
1.3 km of road, which takes 1.3 × 3600 ÷ 24 = 195 s.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import Any

from logistics.allocation.facts import Day, Goods, LineDemand, Place, SiteDemand, Van
from logistics.dispatch.planner.loads import Travel
from logistics.dispatch.planner.travel import Roads
from logistics.travel.great_circle import EARTH_RADIUS_M, GreatCircle

DATE = dt.date(2026, 12, 5)
DEPOT = "W01"
SECONDS_PER_KM = 195


def clock(text: str) -> int:
    """``10:30`` → seconds since midnight."""
    hours, minutes = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def span(text: str) -> tuple[int, int]:
    """``10:00-12:00`` → a window."""
    a, b = text.split("-")
    return clock(a), clock(b)


def place(code: str, north_km: float, hours: str = "08:00-19:00") -> Place:
    opens, closes = span(hours)
    return Place(code, code, 34.3 + math.degrees(north_km * 1000 / EARTH_RADIUS_M), 134.0, opens, closes)


def shelf(key: str, units: int, unit_g: int = 1000, *, days: int | None = 30, **changes: Any) -> Goods:
    fields: dict[str, Any] = {
        "site": DEPOT, "gtin": key.split("/", maxsplit=1)[0], "name": key, "category": "rice", "is_food": True, "zone": "ambient",
        "date_mark": "best_before", "allergens": frozenset(),
    }  # fmt: skip
    last_day = None if days is None else DATE + dt.timedelta(days=days)
    return Goods(key=key, quantity=units, unit_g=unit_g, last_day=last_day, **(fields | changes))


def offer(key: str, site: str, units: int, unit_g: int = 1000, *, window: str = "09:00-12:00", **changes: Any) -> Goods:
    return shelf(key, units, unit_g, site=site, window=span(window), **changes)


def line(ref: str, site: str, kg: float, *, children: int = 10, window: str = "10:00-12:00", **changes: Any) -> LineDemand:
    order, category = ref.split("/")
    fields: dict[str, Any] = {"category": category, "excluded": frozenset()}
    return LineDemand(
        key=ref, order=order, site=site, window=span(window), children=children, asked_g=round(kg * 1000), **(fields | changes)
    )


def visit(site: str, households: int, hours: str, *, kinds: int = 2) -> SiteDemand:
    opens, closes = span(hours)
    return SiteDemand(f"visit/{site}", "visit", site, opens, closes, households, 4000 * households, kinds)


def pickup_day(site: str, households: int, hours: str, *, kinds: int = 2) -> SiteDemand:
    opens, closes = span(hours)
    return SiteDemand(f"pickup/{site}", "pickup_day", site, opens, closes, households, 4000 * households, kinds)


def van(code: str = "VAN1", *, kind: str = "van", shift: str = "08:30-18:00", break_minutes: int = 45, **changes: Any) -> Van:
    fields: dict[str, Any] = {"depot": DEPOT, "capacity_g": (500_000, 100_000, 50_000)}
    return Van(code, kind, shift=span(shift), break_s=break_minutes * 60, **(fields | changes))


def day(
    *, places: dict[str, float], goods: list[Goods] = (), lines: list[LineDemand] = (), sites: list[SiteDemand] = (),
    vans: list[Van] | None = None, **changes: Any,
) -> Day:  # fmt: skip
    """``places`` maps codes to kilometres north of the depot, which is always there."""
    known = {code: place(code, km) for code, km in {DEPOT: 0.0, **places}.items()}
    fleet = [van(), van("CAR1", kind="kitchen_car")] if vans is None else vans
    return Day(DATE, known, tuple(goods), tuple(lines), tuple(sites), tuple(fleet), **changes)


def travel(facts: Day) -> Travel:
    provider = GreatCircle(facts.detour, facts.speed_kmh)
    return Travel(tuple(facts.places), *provider.matrices([(p.latitude, p.longitude) for p in facts.places.values()]))


def roads(facts: Day) -> Roads:
    """Travel between whatever places are asked for, as on ``facts``."""
    return lambda places: travel(replace(facts, places=dict(places)))


def travel_s(facts: Day) -> Any:
    return travel(facts).between()
