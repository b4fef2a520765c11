"""What was edited by hand about a plan: its standing edits and locks, and the table that they are made on."""

from __future__ import annotations

import functools
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Max

from foodbank.core.errors import Text
from logistics.allocation.facts import Day, HandLock
from logistics.dispatch.models import Lapse, Plan, PlanEdit, PlanLock, Stop, Unserved
from logistics.dispatch.planner.board import Base, Judged, Table, base_of
from logistics.dispatch.planner.document import Left
from logistics.dispatch.planner.edit import Edit, Hold, LetGo, from_json, replay, start_of
from logistics.dispatch.planner.loads import Travel
from logistics.dispatch.planner.read_back import read_back
from logistics.dispatch.selectors.begun import now_on
from logistics.dispatch.selectors.stored_plan import stored_plan

KEPT_S = 600  # how long the day's facts are taken to be as they were; what is stored is checked on fresh ones
ON_THE_ROAD_S = 300  # and while vehicles are out


@dataclass(frozen=True)
class Kept:
    """What stays between two requests of somebody who edits a plan. ``token`` tells it from any other reading of the day."""

    token: str
    facts: Day
    base: Base


@dataclass(frozen=True)
class State:
    """A plan on the table: its standing edits, the state they lead to, and the state before the last of them."""

    plan: Plan
    kept: Kept
    table: Table
    edits: Sequence[PlanEdit]
    judged: Judged
    note: Text | None = None

    @property
    def version(self) -> int:
        return version_of(self.edits)


def standing(plan: Plan) -> list[PlanEdit]:
    """The plan's edits that were not undone, in order."""
    return [edit for edit in PlanEdit.objects.filter(plan=plan).select_related("actor") if not edit.undone]


def version_of(edits: Sequence[PlanEdit]) -> int:
    """Tells every state of a plan from every other: the last standing edit (0: none). An edit always follows the same ones."""
    return edits[-1].pk if edits else 0


def stored_locks(plan: Plan) -> tuple[HandLock, ...]:
    """The locks that the plan was made under and that bind."""
    rows = PlanLock.objects.filter(plan=plan, lapsed=Lapse.NONE).select_related("vehicle")
    return tuple(
        HandLock(
            row.target,
            row.vehicle.code if row.vehicle else None,
            None if row.start_from_s is None or row.start_until_s is None else (row.start_from_s, row.start_until_s),
        )
        for row in rows
    )


def locks_of(plan: Plan) -> tuple[HandLock, ...]:
    """What is settled about the plan: its own locks, changed by its standing edits."""
    locks = {lock.target: lock for lock in stored_locks(plan)}
    for row in standing(plan):
        edit = edit_of(row)
        if isinstance(edit, Hold):
            locks |= {lock.target: lock for lock in edit.locks}
        elif isinstance(edit, LetGo):
            locks = {target: lock for target, lock in locks.items() if target not in edit.targets}
    return tuple(locks.values())


def edit_of(row: PlanEdit) -> Edit:
    return from_json(row.kind, row.params)


class _Near:
    """What this process has at hand of what the cache keeps for all: reading a day out of the cache takes longer than an edit."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._held: OrderedDict[str, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[], Any]) -> Any:
        """What is held under ``key``, or what ``make`` gives (nothing is not held)."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        made = make()
        if made is not None:
            self.put(key, made)
        return made

    def put(self, key: str, value: Any) -> None:
        with self._lock:
            self._held[key] = value
            self._held.move_to_end(key)
            while len(self._held) > self.most:
                self._held.popitem(last=False)


_DAYS, _TABLES, _STATES = _Near(4), _Near(4), _Near(64)


def kept_of(plan: Plan) -> Kept | None:
    """What an earlier request left behind, in this or another process."""
    token = cache.get(_key(plan, _on_the_road(plan)))
    if token is None:
        return None
    found = _DAYS.get(token, lambda: cache.get(_key(plan, token)))
    return found if isinstance(found, Kept) else None


def keep(plan: Plan, facts: Day, travel: Travel) -> Kept:
    """The plan on the day's facts, ready to be edited, for this request and the next ones."""
    kept = Kept(uuid.uuid4().hex, facts, base_of(read_back(facts, stored_plan(plan), travel), travel))
    cache.set(_key(plan, kept.token), kept, KEPT_S)
    cache.set(_key(plan, _on_the_road(plan)), kept.token, KEPT_S)
    _DAYS.put(kept.token, kept)
    return kept


def _on_the_road(plan: Plan) -> str:
    """Changes with whatever drivers say, and every few minutes of the day itself: vehicles are somewhere else by then."""
    said = Stop.objects.filter(route__plan__day=plan.day).aggregate(
        last=Max("steps"), back=Count("steps__taken_back_at"), there=Max("progress__updated_at")
    )  # arriving and being late are no steps
    there = said["there"].timestamp() if said["there"] is not None else 0
    return f"{said['last'] or 0}-{said['back']}-{there}-{now_on(plan.day) // ON_THE_ROAD_S}"


def table_of(kept: Kept) -> Table:
    """The table that the day's plan lies on."""
    found: Table = _TABLES.get(kept.token, lambda: Table(kept.base))
    return found


def state_of(plan: Plan, kept: Kept, table: Table, edits: Sequence[PlanEdit]) -> Judged:
    """The plan with ``edits``; from the newest state that is still known."""
    for known in range(len(edits), -1, -1):
        key = _key(plan, kept.token, version_of(edits[:known]))
        judged = _STATES.get(key, functools.partial(cache.get, key))
        if isinstance(judged, Judged):
            break
    else:
        known, judged = 0, start_of(table, stored_locks(plan))
        remember(plan, kept, (), judged)
    for number in range(known, len(edits)):
        judged = replay(table, judged, [edit_of(edits[number])])
        remember(plan, kept, edits[: number + 1], judged)
    return judged


def remember(plan: Plan, kept: Kept, edits: Sequence[PlanEdit], judged: Judged) -> None:
    """Spare the next request the work."""
    key = _key(plan, kept.token, version_of(edits))
    cache.set(key, judged, KEPT_S)
    _STATES.put(key, judged)


def _key(plan: Plan, *more: object) -> str:
    return ":".join(["dispatch-by-hand", str(plan.pk), f"{plan.created_at:%Y%m%d%H%M%S%f}", *map(str, more)])


def known_left(plan: Plan) -> list[Left]:
    """What the stored plan leaves out, with its reasons and fixes."""
    return [
        Left(
            row.kind,
            row.ref,
            row.grams,
            row.reason,
            Text(row.reason_ja, row.reason_en),
            Text(row.fix_ja, row.fix_en) if row.fix_ja else None,
            tried=row.tried,
            change=row.change,
        )
        for row in Unserved.objects.filter(plan=plan)
    ]
