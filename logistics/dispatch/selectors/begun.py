"""A route that has begun, split at its vehicle's next commitment.

What has happened and the stop that the vehicle is bound to (or where it stands) stay as they are; what comes after is open to be planned
again. Nothing is read here: the rows come with what hangs on them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from foodbank.core.dates import at, moment_of, seconds_on
from foodbank.donations.models import Offer
from foodbank.inventory.models import Lot
from logistics.allocation.facts import Aboard, Goods, KeptRoute
from logistics.dispatch.models import FailReason, Plan, Route, RouteBreak, Shipment, Stop, StopState
from logistics.dispatch.selectors.expected import expected_starts
from logistics.dispatch.selectors.stored_plan import demand_key

CLOSED = (StopState.DONE, StopState.FAILED)
OURS = (FailReason.CALLED_OFF, FailReason.VEHICLE)


@dataclass(frozen=True, slots=True)
class Onward:
    """How a vehicle goes on when the rest of its route is planned again: where and from when it is free, since when it is on its way,
    whether its break was had, how often it has stopped away from its depot, and what rides along that nobody will take from it before
    it is back (grams per zone)."""

    site: str
    free_s: int
    begun_s: int
    rested: bool
    stops: int
    spare_g: Mapping[str, int]


@dataclass(frozen=True)
class BegunRoute:
    """The rows of a begun route: all its stops in the order driven, all its shipments, its breaks, and its part of the plan's document.
    ``goes_on``: its vehicle may be given other work."""

    plan: Plan
    route: Route
    document: Mapping[str, Any] | None
    rows: list[Stop]
    shipments: list[Shipment]
    breaks: list[RouteBreak]
    goes_on: bool

    @property
    def open(self) -> bool:
        """The rest may be planned again."""
        return self.goes_on and self.document is not None

    @cached_property
    def driven(self) -> list[Stop]:
        """The stops without those that were called off before anybody was there."""
        return [stop for stop in self.rows if not _never_was(stop)]

    @cached_property
    def fixed(self) -> list[Stop]:
        """The stops that stay as they are."""
        if not self.open:
            return self.rows
        if self.back_at is not None:
            return self.driven
        closed = [self._closed(stop) for stop in self.driven]
        bound = closed.index(False) if False in closed else len(closed) - 1
        touched = max((i for i, stop in enumerate(self.driven) if closed[i] or state_of(stop) == StopState.ARRIVED), default=0)
        return self.driven[: max(bound, touched) + 1]

    @cached_property
    def own(self) -> list[Shipment]:
        """What was or will be picked up at the stops that stay."""
        fixed = {stop.pk for stop in self.fixed}
        return [row for row in self.shipments if row.pick_stop_id in fixed]

    @property
    def back_at(self) -> dt.datetime | None:
        progress = getattr(self.route, "progress", None)
        return progress.back_at if progress is not None else None

    def kept(self) -> KeptRoute:
        """The facts that planning and its check start from."""
        brings: Counter[str] = Counter()
        aboard: list[Aboard] = []
        collected_g = 0
        route = self._document()
        entries = {u["unit"]: u for stop in route["stops"] for u in stop["pick_up"]}
        for row in self.own:
            key, unit_g = demand_key(row), row.grams // row.quantity
            collected_g += sum(from_offers([row]).values()) * unit_g
            if self.rides_on(row):
                if row.unit in entries and carried(row) > 0:
                    aboard.append(self._aboard(row, key, entries[row.unit]))
            elif key is not None and units_to_come(row):
                brings[key] += units_to_come(row) * unit_g
        stands = [stop for stop in self.fixed if stop.visit_id is not None and state_of(stop) != StopState.FAILED]
        fixed = {stop.pk for stop in self.fixed}
        ahead = (
            [stop for stop in self.driven if stop.visit_id is not None and stop.pk not in fixed] if self.back_at is None else []
        )
        return KeptRoute(
            vehicle=self.route.vehicle.code,
            route=route,
            brings=dict(brings),
            visits=frozenset(f"visit/{stop.visit_id}" for stop in stands),
            collected_g=collected_g,
            last_unit=max((int(row.unit.lstrip("u")) for row in self.shipments), default=0),
            open=self.open,
            aboard=tuple(aboard),
            ahead=frozenset(f"visit/{stop.visit_id}" for stop in ahead),
            back_s=self._back_s() if self.open else None,
        )

    def onward(self) -> Onward:
        """Delays that are known move the time; nobody is free earlier than planned, or before now."""
        day, now = self.plan.day, now_on(self.plan.day)
        back_s = self._back_s()
        free_s = max(now, self._left_s(), seconds_on(day, self._leaves_last()))
        if back_s is not None:
            free_s = back_s + self.plan.stop_s
        spare: Counter[str] = Counter()
        for row in self.shipments:
            over = row.progress.called_off or state_of(row.drop_stop) in CLOSED
            if row.progress.aboard > 0 and over and not self.rides_on(row):
                spare[row.zone] += row.progress.aboard * (row.grams // row.quantity)
        began_s = seconds_on(day, self.route.depart)
        document, depot = self._document(), self.route.vehicle.depot.code
        stops = sum(stop["site"] != depot for stop in document["stops"])
        return Onward(self._place(), free_s, min(began_s, free_s), bool(document["breaks"]), stops, dict(spare))

    def rides_on(self, row: Shipment) -> bool:
        """Its goods are to be brought on from where the fixed part ends; what could not be handed over is tried again."""
        if not self.open or row.progress.called_off:
            return False
        failed = state_of(row.drop_stop) == StopState.FAILED and row.progress.dropped == 0
        return failed or row.drop_stop_id not in {stop.pk for stop in self.fixed}

    def _closed(self, stop: Stop) -> bool:
        return state_of(stop) in CLOSED or (stop.sequence == 1 and departed(self.route))

    def _aboard(self, row: Shipment, key: str | None, entry: Mapping[str, Any]) -> Aboard:
        day, lot = self.plan.day, row.progress.lot or row.lot or row.offer
        goods = Goods(
            key=f"aboard/{row.unit}",
            site=self._place(),
            gtin=row.item.gtin,
            name=row.item.name,
            category=row.item.category.code,
            is_food=row.item.category.is_food,
            zone=row.zone,
            quantity=carried(row),
            unit_g=row.grams // row.quantity,
            last_day=None,
            date_mark=row.item.date_mark,
            allergens=frozenset(),
            safe_until_s=None if lot is None else safe_until_s(lot, day),
        )
        left = max(
            row.pick_stop.leave, getattr(getattr(row.pick_stop, "progress", None), "closed_at", None) or row.pick_stop.leave
        )
        due_s = seconds_on(day, row.drop_stop.start)
        return Aboard(row.unit, self.route.vehicle.code, goods, key, entry, due_s, seconds_on(day, left))

    def _place(self) -> str:
        last = None if self.back_at is not None else self._last
        return str(self.route.vehicle.depot.code if last is None else last.site.code)

    def _back_s(self) -> int | None:
        """When a vehicle that came back is there by the document: not before the round that it planned, and not before now."""
        if self.back_at is None:
            return None
        day = self.plan.day
        return max(now_on(day), seconds_on(day, self.back_at), seconds_on(day, self.route.back))

    def _left_s(self) -> int:
        """When the last fixed stop is left by the plan."""
        return seconds_on(self.plan.day, self._last.leave if self._last else self.route.depart)

    def _leaves_last(self) -> dt.datetime:
        """When the last fixed stop was left or is now expected to be."""
        stop = self._last
        if stop is None:
            return self.route.depart
        progress = getattr(stop, "progress", None)
        if progress is not None and progress.closed_at is not None:
            return timezone.localtime(progress.closed_at)
        if stop.sequence == 1 and departed(self.route):
            return stop.leave
        begins = expected_starts(self.driven, self.breaks)[stop.pk]
        if progress is None or progress.arrived_at is None:
            begins = max(begins, moment_of(self.plan.day, now_on(self.plan.day)))
        return max(begins, stop.leave) if stop.visit_id is not None else begins + (stop.leave - stop.start)

    def _document(self) -> dict[str, Any]:
        """The part of the document that stays, less what was called off."""
        if self.document is None:  # everything on it was called off before the plan that stands was made
            return {"vehicle": self.route.vehicle.code, "breaks": [], "stops": []}
        off = {row.unit for row in self.shipments if row.progress.called_off and not row.progress.dropped}
        if not self.open:
            return _without(
                self.document, off, [stop for stop in self.rows if stop.visit_id and state_of(stop) == StopState.FAILED]
            )
        fixed = {stop.pk for stop in self.fixed}
        again = {row.unit for row in self.own if self.rides_on(row)}
        stops = []
        for stop in self.document["stops"]:
            if self._row_of(stop) in fixed:
                picks = [u for u in stop["pick_up"] if u["unit"] not in off]
                drops = [u for u in stop["drop_off"] if u["unit"] not in off | again]
                stops.append({**stop, "pick_up": picks, "drop_off": drops})
        until = _moment(stops[-1]["start"] if stops else self.document["depart"])
        had = [pause for pause in self.document["breaks"] if _moment(pause["start"]) < until]
        return {**self.document, "breaks": had, "stops": stops}

    @property
    def _last(self) -> Stop | None:
        """The last fixed stop."""
        documented = self.documented()
        return documented[-1] if documented else None

    def documented(self) -> list[Stop]:
        """The fixed stops that the document has, in its order."""
        fixed = {stop.pk: stop for stop in self.fixed}
        found = [self._row_of(stop) for stop in self.document["stops"]] if self.document is not None else []
        return [fixed[pk] for pk in found if pk in fixed]

    def _row_of(self, stop: Mapping[str, Any]) -> int | None:
        """The primary key of the row that a stop of the document is about."""
        for name in ("pick_up", "drop_off"):
            for unit in stop[name]:
                if unit["unit"] in self._by_unit:
                    row = self._by_unit[unit["unit"]]
                    return int(row.pick_stop_id if name == "pick_up" else row.drop_stop_id)
        start = _moment(stop["start"])
        return next((row.pk for row in self.rows if row.site.code == stop["site"] and row.start == start), None)

    @cached_property
    def _by_unit(self) -> dict[str, Shipment]:
        return {row.unit: row for row in self.shipments}


def _without(document: Mapping[str, Any], units: set[str], visits: list[Stop]) -> dict[str, Any]:
    """A whole route of the document less what was called off, and less the stops where nothing is left to do."""
    called_off = {(stop.site.code, at(stop.visit.day, stop.visit.open_from)) for stop in visits if stop.visit is not None}
    stops = []
    for stop in document["stops"]:
        moved = {name: [u for u in stop[name] if u["unit"] not in units] for name in ("pick_up", "drop_off")}
        stands = "visit" in stop and (stop["site"], _moment(stop["visit"]["open_from"])) not in called_off
        if stands or moved["pick_up"] or moved["drop_off"] or not (stop["pick_up"] or stop["drop_off"]):
            stops.append({**stop, **moved})
    return {**document, "stops": stops}


def now_on(day: dt.date) -> int:
    """Seconds of ``day`` that are over; 0 on a day that is not today."""
    now = timezone.localtime()
    return seconds_on(day, now) if now.date() == day else 0


def safe_until_s(goods: Lot | Offer, day: dt.date) -> int | None:
    """Seconds of ``day`` until which the goods may be handed over; ``None``: all day."""
    return seconds_on(day, at(day, goods.safe_until)) if goods.safe_until is not None and goods.last_day == day else None


def units_to_come(shipment: Shipment) -> int:
    """Units that its receiver has or will get, as far as it looks now: what was planned until the goods are aboard, then what is
    aboard, and once the receiver's stop is closed what was really handed over."""
    progress = shipment.progress
    if progress.called_off or state_of(shipment.drop_stop) in CLOSED:
        return int(progress.dropped)
    return carried(shipment)


def carried(shipment: Shipment) -> int:
    """Units that were or will be taken along."""
    progress = shipment.progress
    return int(progress.loaded - progress.returned) if _picked(shipment) else shipment.quantity


def from_offers(shipments: Iterable[Shipment]) -> Counter[int]:
    """Units that the shipments have or will get of each offer (primary key)."""
    units: Counter[int] = Counter()
    for shipment in shipments:
        if shipment.offer_id is not None:
            waiting = not shipment.progress.called_off and not _picked(shipment)
            units[shipment.offer_id] += shipment.quantity if waiting else shipment.progress.loaded
    return units


def state_of(stop: Stop) -> str:
    progress = getattr(stop, "progress", None)
    return StopState.PLANNED if progress is None else progress.state


def said_of(stop: Stop) -> dt.datetime | None:
    """When its driver says to be there."""
    progress = getattr(stop, "progress", None)
    return None if progress is None else progress.said


def departed(route: Route) -> bool:
    progress = getattr(route, "progress", None)
    return progress is not None and progress.departed_at is not None


def _picked(shipment: Shipment) -> bool:
    """Nothing more comes aboard: the stop is closed, or it is the depot where the route began and the vehicle has left."""
    stop = shipment.pick_stop
    gone = stop.sequence == 1 and departed(stop.route)
    return state_of(stop) in CLOSED or (gone and shipment.lot_id is not None)


def _never_was(stop: Stop) -> bool:
    progress = getattr(stop, "progress", None)
    return progress is not None and progress.fail_reason in OURS and progress.arrived_at is None


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
