"""What became of a person's locks in a new plan."""

from __future__ import annotations

from collections.abc import Iterable

from logistics.allocation.facts import Day, HandLock, LineDemand, is_shop, order_target, shop_target
from logistics.dispatch.planner.document import PlanDocument, PlannedStop, Unit

GONE, VEHICLE_OFF, LEFT_OUT = "gone", "vehicle_off", "left_out"


def marked(document: PlanDocument, locks: Iterable[HandLock]) -> dict[HandLock, str]:
    """Per lock nothing where the plan keeps it, else why it binds nobody: what it is about is ``gone``, its vehicle is ``vehicle_off``
    duty, or no place kept it (``left_out``)."""
    day = document.day
    on_duty = {van.code for van in day.vans} | {kept.vehicle for kept in day.kept}
    found = {}
    for lock in locks:
        if not _is_there(day, lock.target):
            found[lock] = GONE
        elif lock.vehicle is not None and lock.vehicle not in on_duty:
            found[lock] = VEHICLE_OFF
        else:
            found[lock] = "" if _is_kept(document, lock) else LEFT_OUT
    return found


def _is_there(day: Day, target: str) -> bool:
    kind, _, key = target.partition("/")
    if kind == "order":
        return any(line.order == key for line in day.lines)
    if kind == "shop":
        return any(g.site == key for g in day.goods) or any(
            stop["site"] == key for kept in day.kept for stop in kept.route["stops"]
        )
    return any(demand.key == target for demand in day.sites)


def _is_kept(document: PlanDocument, lock: HandLock) -> bool:
    """A route that has begun keeps what it has; else everything that the lock is about is where and when it should be, and something of
    it is there."""
    if any(kept.vehicle == lock.vehicle for kept in document.day.kept):
        return True
    there = [(r.vehicle, s) for r in document.routes for s in r.stops if _is_meant(s, lock.target)]
    return bool(there) and all(
        lock.vehicle in (None, vehicle) and (lock.start is None or lock.start[0] <= stop.start_s <= lock.start[1])
        for vehicle, stop in there
    )


def _is_meant(stop: PlannedStop, target: str) -> bool:
    if is_shop(target):
        return target == shop_target(stop.site) and bool(stop.pick_up)
    if stop.visit is not None and stop.visit.key == target:
        return True
    return any(_target(unit) == target for unit in stop.drop_off)


def _target(unit: Unit) -> str:
    if unit.demand is None:
        return ""
    return order_target(unit.demand.order) if isinstance(unit.demand, LineDemand) else unit.demand.key
