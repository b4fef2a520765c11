"""Two plans of one day side by side, as figures: what each brings, how far it drives, and what is different about its routes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Totals:
    """``orders_g``, ``meetings_g`` (visits and pickup days) and ``collected_g`` (shops' offers) are moved; ``on_duty_s`` is the time from
    departure to return of all vehicles together."""

    orders_g: int
    meetings_g: int
    collected_g: int
    vehicles: int
    distance_m: int
    on_duty_s: int


@dataclass(frozen=True, slots=True)
class Served:
    """What ``ref`` gets, or what is collected of it, by the one plan and by the other. ``kind`` and ``ref`` as in a plan's ``unserved``,
    but for visits and pickup days ``visit`` and ``pickup_day`` with the site's code."""

    kind: str
    ref: str
    was_g: int
    now_g: int


@dataclass(frozen=True, slots=True)
class RouteChange:
    """A vehicle's route by the one plan and by the other: places in order, metres, seconds from departure to return. ``more`` and ``less``
    are the places that it comes to, or no longer comes to."""

    vehicle: str
    was: tuple[int, int, int]
    now: tuple[int, int, int]
    more: tuple[str, ...]
    less: tuple[str, ...]


def totals(plan: Document, depots: frozenset[str]) -> Totals:
    grams: Counter[str] = Counter()
    for (kind, _), moved in served(plan, depots).items():
        grams[kind] += moved
    driven = [route for route in plan["routes"] if route["stops"]]
    return Totals(
        orders_g=grams["order_line"],
        meetings_g=grams["visit"] + grams["pickup_day"],
        collected_g=grams["donation"],
        vehicles=len(driven),
        distance_m=plan["summary"]["distance_m"],
        on_duty_s=sum(_lasts_s(route) for route in driven),
    )


def served(plan: Document, depots: frozenset[str]) -> Counter[tuple[str, str]]:
    """Grams by kind and ref of everything that the plan brings, or collects elsewhere than from the shelves of ``depots``."""
    found: Counter[tuple[str, str]] = Counter()
    for route in plan["routes"]:
        for stop in route["stops"]:
            for unit in stop["drop_off"]:
                if "order_ref" in unit:
                    found["order_line", f"{unit['order_ref']}/{unit['category']}"] += unit["grams"]
                elif "visit_ref" in unit:
                    found["visit", unit["visit_ref"]] += unit["grams"]
                elif "pickup_ref" in unit:
                    found["pickup_day", unit["pickup_ref"]] += unit["grams"]
            if stop["site"] not in depots:
                for unit in stop["pick_up"]:
                    found["donation", f"{stop['site']}/{unit['gtin']}"] += unit["grams"]
    return found


def differences(before: Document, after: Document, depots: frozenset[str]) -> list[Served]:
    """What is served less first, then what is served more; the most grams first."""
    was, now = served(before, depots), served(after, depots)
    rows = [Served(*key, was[key], now[key]) for key in {*was, *now} if was[key] != now[key]]
    return sorted(rows, key=lambda r: (r.now_g > r.was_g, -abs(r.now_g - r.was_g), r.kind, r.ref))


def route_changes(before: Document, after: Document) -> list[RouteChange]:
    """The vehicles that go elsewhere, in another order, or with other goods; by their codes."""
    old, new = ({r["vehicle"]: r for r in plan["routes"] if r["stops"]} for plan in (before, after))
    found = []
    for vehicle in sorted({*old, *new}):
        was, now = old.get(vehicle), new.get(vehicle)
        if _work(was) == _work(now):
            continue
        there, here = Counter(_places(was)), Counter(_places(now))
        found.append(
            RouteChange(
                vehicle,
                _figures(was),
                _figures(now),
                tuple(sorted((here - there).elements())),
                tuple(sorted((there - here).elements())),
            )
        )
    return found


def side_by_side(present: Document, unchanged: Document, changed: Document, *, depots: frozenset[str]) -> dict[str, Any]:
    """The answer to a what-if as plain data: the plan that there is, the same day planned again as it is, and with the changes.
    ``anyway`` marks what planning again brings as well without any change."""
    anyway = served(unchanged, depots)
    rows = []
    for row in differences(present, changed, depots):
        more = row.now_g > row.was_g
        same = anyway[row.kind, row.ref] >= row.now_g if more else anyway[row.kind, row.ref] <= row.now_g
        rows.append({**asdict(row), "anyway": same})
    return {
        "totals": {
            "present": asdict(totals(present, depots)),
            "unchanged": asdict(totals(unchanged, depots)),
            "changed": asdict(totals(changed, depots)),
        },
        "served": rows,
        "routes": [asdict(change) for change in route_changes(present, changed)],
    }


def _lasts_s(route: Document) -> int:
    return round((dt.datetime.fromisoformat(route["return"]) - dt.datetime.fromisoformat(route["depart"])).total_seconds())


def _places(route: Document | None) -> list[str]:
    return [site for site, _ in groupby(stop["site"] for stop in route["stops"])] if route else []


def _figures(route: Document | None) -> tuple[int, int, int]:
    return (len(_places(route)), route["distance_m"], _lasts_s(route)) if route else (0, 0, 0)


def _work(route: Document | None) -> list[Any]:
    """Where it goes and what moves there, whatever the units are called."""
    if route is None:
        return []
    return [(stop["site"], *(sorted(_moved(stop[part]).items()) for part in ("pick_up", "drop_off"))) for stop in route["stops"]]


def _moved(units: list[Document]) -> Counter[tuple[str, str]]:
    moved: Counter[tuple[str, str]] = Counter()
    for unit in units:
        to = next((str(unit[name]) for name in ("order_ref", "visit_ref", "pickup_ref") if name in unit), "")
        moved[to, unit["gtin"]] += unit["quantity"]
    return moved
