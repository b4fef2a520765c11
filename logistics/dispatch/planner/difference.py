"""What one plan changes of another: a function of the two documents, for those who drive, those who wait and those who decide."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

NOTICED_S = 300  # a stop that begins so little earlier or later is the same to everybody


class Change(StrEnum):
    """What is different about a stop of a vehicle. ``ORDER``: it comes before or after others than before, by more than its time."""

    ADDED = "added"
    REMOVED = "removed"
    ORDER = "order"
    TIME = "time"
    GOODS = "goods"


@dataclass(frozen=True, slots=True)
class StopChange:
    """A stop at ``site`` before (``was``) and after (``now``), each its start, ``None`` where there is none. ``other`` is the vehicle that
    had the place, or has it now. ``more`` and ``less`` are the units of each GTIN that it picks up or drops more or less than before."""

    vehicle: str
    site: str
    changes: tuple[Change, ...]
    was: dt.datetime | None
    now: dt.datetime | None
    other: str | None = None
    more: tuple[tuple[str, int], ...] = ()
    less: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a receiver gets by one plan: when the first of it comes, how many grams in all, with which vehicles."""

    start: dt.datetime
    grams: int
    vehicles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReceiverChange:
    """``kind`` is ``order``, ``visit`` or ``pickup_day``; ``ref`` the order's number or the site's code."""

    kind: str
    ref: str
    site: str
    was: Arrival | None
    now: Arrival | None

    @property
    def other_time(self) -> bool:
        """Whoever waits has to know another time."""
        return bool(self.was and self.now and abs((self.now.start - self.was.start).total_seconds()) > NOTICED_S)


@dataclass(frozen=True, slots=True)
class Difference:
    """Per vehicle the stops that change, in the order of the day; the receivers; metres and grams delivered more than before."""

    vehicles: Mapping[str, tuple[StopChange, ...]]
    receivers: tuple[ReceiverChange, ...]
    distance_m: int
    delivered_g: int

    @property
    def nothing(self) -> bool:
        return not (self.vehicles or self.receivers)


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    """What ``after`` changes of ``before``, both documents of one day."""
    old, new = _stops(before), _stops(after)
    vehicles = {}
    for vehicle in sorted({*old, *new}):
        changes = _changes(vehicle, old.get(vehicle, []), new.get(vehicle, []), old, new)
        if changes:
            vehicles[vehicle] = changes
    return Difference(
        vehicles=vehicles,
        receivers=tuple(_receivers(before, after)),
        distance_m=after["summary"]["distance_m"] - before["summary"]["distance_m"],
        delivered_g=after["summary"]["delivered_g"] - before["summary"]["delivered_g"],
    )


_Stops = dict[str, list[Mapping[str, Any]]]


def _stops(document: Mapping[str, Any]) -> _Stops:
    return {route["vehicle"]: list(route["stops"]) for route in document["routes"]}


def _changes(
    vehicle: str, old: list[Mapping[str, Any]], new: list[Mapping[str, Any]], all_old: _Stops, all_new: _Stops
) -> tuple[StopChange, ...]:
    pairs = _paired(old, new)
    in_line = _in_line([pairs[j] for j in range(len(new)) if j in pairs])
    found = []
    for j, stop in enumerate(new):
        if j not in pairs:
            other = _who(stop["site"], all_old, all_new, but=vehicle)
            more, _ = _goods({"pick_up": [], "drop_off": []}, stop)
            found.append(StopChange(vehicle, stop["site"], (Change.ADDED,), None, _start(stop), other, more))
            continue
        was = old[pairs[j]]
        changes = [Change.ORDER] if pairs[j] not in in_line else []
        if abs((_start(stop) - _start(was)).total_seconds()) > NOTICED_S:
            changes.append(Change.TIME)
        more, less = _goods(was, stop)
        if more or less:
            changes.append(Change.GOODS)
        if changes:
            found.append(StopChange(vehicle, stop["site"], tuple(changes), _start(was), _start(stop), None, more, less))
    for i, stop in enumerate(old):
        if i not in pairs.values():
            other = _who(stop["site"], all_new, all_old, but=vehicle)
            _, less = _goods(stop, {"pick_up": [], "drop_off": []})
            found.append(StopChange(vehicle, stop["site"], (Change.REMOVED,), _start(stop), None, other, (), less))
    return tuple(sorted(found, key=lambda change: (change.now or change.was, change.site)))


def _paired(old: list[Mapping[str, Any]], new: list[Mapping[str, Any]]) -> dict[int, int]:
    """For each stop of ``new`` that was there before, which of ``old`` it was: at the same place, with the most units in common, then in
    the order driven."""
    pairs: dict[int, int] = {}
    by_site: dict[str, list[int]] = defaultdict(list)
    for i, stop in enumerate(old):
        by_site[stop["site"]].append(i)
    for j, stop in enumerate(new):
        left = [i for i in by_site[stop["site"]] if i not in pairs.values()]
        if left:
            pairs[j] = max(left, key=lambda i: (len(_units(old[i]) & _units(stop)), -i))
    return pairs


def _in_line(order: list[int]) -> set[int]:
    """The longest run of old positions that are still in their order: the others have changed places with them."""
    best: list[list[int]] = []
    for value in order:
        before: list[int] = []
        for run in best:
            if run[-1] < value and len(run) > len(before):
                before = run
        best.append([*before, value])
    longest: list[int] = []
    for run in best:
        longest = run if len(run) > len(longest) else longest
    return set(longest)


def _who(site: str, there: _Stops, elsewhere: _Stops, *, but: str) -> str | None:
    """The vehicle that comes to ``site`` by one plan and no longer, or not yet, by the other."""
    for vehicle, stops in there.items():
        if vehicle != but:
            here = sum(stop["site"] == site for stop in stops)
            if here > sum(stop["site"] == site for stop in elsewhere.get(vehicle, [])):
                return vehicle
    return None


def _goods(was: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]:
    more: Counter[str] = Counter()
    less: Counter[str] = Counter()
    for name in ("pick_up", "drop_off"):
        old, new = _counted(was[name]), _counted(now[name])
        more += new - old
        less += old - new
    return tuple(sorted(more.items())), tuple(sorted(less.items()))


def _counted(units: Iterable[Mapping[str, Any]]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for unit in units:
        counted[unit["gtin"]] += unit["quantity"]
    return counted


def _units(stop: Mapping[str, Any]) -> set[str]:
    return {unit["unit"] for name in ("pick_up", "drop_off") for unit in stop[name]}


def _start(stop: Mapping[str, Any]) -> dt.datetime:
    return dt.datetime.fromisoformat(stop["start"])


def _receivers(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[ReceiverChange]:
    old, new = _arrivals(before), _arrivals(after)
    found = []
    for key in sorted({*old, *new}):
        change = ReceiverChange(*key, old.get(key), new.get(key))
        was, now = change.was, change.now
        if was is None or now is None or change.other_time or (was.grams, was.vehicles) != (now.grams, now.vehicles):
            found.append(change)
    return found


def _arrivals(document: Mapping[str, Any]) -> dict[tuple[str, str, str], Arrival]:
    found: dict[tuple[str, str, str], Arrival] = {}
    for route in document["routes"]:
        for stop in route["stops"]:
            for unit in stop["drop_off"]:
                for name, kind in (("order_ref", "order"), ("visit_ref", "visit"), ("pickup_ref", "pickup_day")):
                    if name not in unit:
                        continue
                    key = kind, unit[name], stop["site"]
                    known, start = found.get(key), _start(stop)
                    vehicles = {route["vehicle"], *(known.vehicles if known else ())}
                    found[key] = Arrival(
                        min(start, known.start) if known else start,
                        unit["grams"] + (known.grams if known else 0),
                        tuple(sorted(vehicles)),
                    )
    return found
