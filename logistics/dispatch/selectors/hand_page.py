"""The page for editing a plan by hand: one lane a vehicle with its stops, what each breaks, and what can be done with the chosen one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from foodbank.core.dates import format_clock
from foodbank.core.errors import Text
from logistics.allocation.facts import Place, shop_target
from logistics.dispatch.models import PlanEdit, PlanLock
from logistics.dispatch.planner.board import Base, Judged, Totals, Verdict
from logistics.dispatch.planner.edit_words import broken_words, change_words, gone_words, target_words
from logistics.dispatch.planner.loads import is_meant, target_of
from logistics.dispatch.selectors.by_hand import State, state_of
from logistics.dispatch.selectors.plan_view import Style
from logistics.solver.problem import ZONES
from logistics.solver.result import Stop

SEPARATOR = "|"
"""Between vehicle and task in the value of a place."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one order, visit or shop has at a stop. ``tasks`` are its tasks there."""

    target: str
    name: str
    kind: str
    grams: int
    tasks: tuple[str, ...]
    loads: tuple[str, ...]
    locked: bool

    @property
    def code(self) -> str:
        """The order's number; nothing for what has none."""
        kind, _, key = self.target.partition("/")
        return key if kind == "order" else ""


@dataclass(frozen=True, slots=True)
class StopItem:
    """One stop of a lane; ``number`` counts the places driven to (none for a depot). ``anchor`` is what a place behind it is called."""

    id: str
    number: int | None
    site: Place
    arrive_s: int
    start_s: int
    leave_s: int
    window: tuple[int, int] | None
    visit: bool
    pick_up_g: int
    drop_off_g: int
    parts: tuple[Part, ...]
    broken: tuple[Text, ...]

    @property
    def code(self) -> str:
        return self.site.code

    @property
    def name(self) -> str:
        return self.site.name

    @property
    def tasks(self) -> tuple[str, ...]:
        return tuple(task for part in self.parts for task in part.tasks)

    @property
    def anchor(self) -> str:
        return self.tasks[0]

    @property
    def task_words(self) -> str:
        """All tasks in one attribute."""
        return "\n".join(self.tasks)

    @property
    def lock_targets(self) -> list[str]:
        """What a lock here is about: those who get something, else the shop."""
        getting = [part.target for part in self.parts if any(task.startswith("drop:") for task in part.tasks)]
        return getting or [shop_target(self.code)]

    @property
    def targets(self) -> list[str]:
        """Every target that may be locked here."""
        return [*(part.target for part in self.parts), shop_target(self.code)]

    @property
    def locked(self) -> bool:
        return any(part.locked for part in self.parts)

    @property
    def times(self) -> str:
        return f"{format_clock(self.start_s)}–{format_clock(self.leave_s)}"

    @property
    def window_words(self) -> str:
        return "" if self.window is None else f"{format_clock(self.window[0])}–{format_clock(self.window[1])}"


@dataclass(frozen=True, slots=True)
class Room:
    """The most aboard of a zone; ``permille`` of the room there is (over 1000: too much)."""

    zone: str
    peak_g: int
    room_g: int

    @property
    def permille(self) -> int:
        return min(1000, round(1000 * self.peak_g / self.room_g)) if self.room_g else 1000

    @property
    def over(self) -> bool:
        return self.peak_g > self.room_g


@dataclass(frozen=True, slots=True)
class Lane:
    """A vehicle and what it does; without stops it stays at the depot."""

    vehicle: int
    code: str
    style: Style
    shift: tuple[int, int]
    depart_s: int
    return_s: int
    distance_m: int
    breaks: tuple[tuple[int, int], ...]
    stops: tuple[StopItem, ...]
    rooms: tuple[Room, ...]
    broken: tuple[Text, ...]
    depot: Place
    start: Place
    end: Place

    @property
    def name(self) -> str:
        return self.code

    @property
    def places(self) -> int:
        return len(self.driven)

    @property
    def work_s(self) -> int:
        return self.return_s - self.depart_s

    @property
    def times(self) -> str:
        return f"{format_clock(self.depart_s)}–{format_clock(self.return_s)}"

    @property
    def driven(self) -> list[StopItem]:
        """The stops away from the depot."""
        return [stop for stop in self.stops if stop.number is not None]

    @property
    def locked(self) -> bool:
        return bool(self.driven) and all(stop.locked for stop in self.driven)


@dataclass(frozen=True, slots=True)
class Aside:
    """What no vehicle takes, by order, visit or shop."""

    target: str
    name: str
    kind: str
    grams: int
    loads: tuple[str, ...]

    @property
    def code(self) -> str:
        kind, _, key = self.target.partition("/")
        return key if kind == "order" else ""


@dataclass(frozen=True, slots=True)
class Behind:
    """A place that something can be moved to: behind the stop of the task ``anchor``."""

    id: str
    anchor: str
    words: str


@dataclass(frozen=True)
class HandPage:
    """Everything on the page; ``lanes`` are those that are drawn, ``places`` the stops of every vehicle."""

    state: State
    lanes: list[Lane]
    places: dict[str, list[Behind]]
    aside: list[Aside]
    chosen: StopItem | None
    chosen_lane: Lane | None
    start: Totals
    before: Totals
    undone: int
    lapsed: list[PlanLock] = field(default_factory=list)

    @property
    def totals(self) -> Totals:
        return self.state.judged.totals

    @property
    def edits(self) -> Sequence[PlanEdit]:
        return self.state.edits

    @property
    def version(self) -> int:
        return self.state.version

    @cached_property
    def change(self) -> Text:
        """What the last edit changed."""
        return change_words(self.before, self.totals)

    @cached_property
    def whole_change(self) -> Text:
        """What all edits together changed."""
        return change_words(self.start, self.totals)

    @property
    def icon(self) -> str:
        return "error" if self.totals.broken else "success"

    @property
    def locked_count(self) -> int:
        return len(self.state.judged.board.locks)

    @property
    def newest_first(self) -> list[PlanEdit]:
        return list(reversed(self.edits))

    @cached_property
    def broken(self) -> list[tuple[str, Text]]:
        """Vehicle and rule, over all vehicles."""
        base = self.state.kept.base
        return [
            (base.day.vans[vehicle].code, broken_words(base, verdict, one))
            for vehicle, verdict in self.state.judged.verdicts.items()
            for one in verdict.broken
        ]

    @property
    def lapsed_words(self) -> list[tuple[str, PlanLock]]:
        return [(target_words(self.state.kept.base, row.target), row) for row in self.lapsed]

    @property
    def gone(self) -> list[Text]:
        """What the plan had and the day no longer has, each once."""
        return [gone_words(code, ref) for code, ref in dict.fromkeys((one.code, one.ref) for one in self.state.kept.base.gone)]


def hand_page(state: State, chosen: str = "", only: Collection[int] | None = None) -> HandPage:
    """``chosen`` is the id of a stop, or a task there; ``only``: draw no other vehicles than these. Few queries: edits, locks; the rest is
    worked out."""
    base, judged = state.kept.base, state.judged
    reader = _Reader(base, judged)
    places = reader.places()
    found: tuple[Lane, StopItem] | None = None
    at = reader.vehicle_of(chosen) if chosen else None
    if at is not None:
        lane = reader.lane(at)
        stop = next((stop for stop in lane.driven if chosen in (stop.id, *stop.tasks)), None)
        found = None if stop is None else (lane, stop)
    before = state_of(state.plan, state.kept, state.table, state.edits[:-1]) if state.edits else judged
    start = state_of(state.plan, state.kept, state.table, ()) if state.edits else judged
    return HandPage(
        state=state,
        lanes=[reader.lane(vehicle) for vehicle in range(len(base.day.vans)) if only is None or vehicle in only],
        places=places,
        aside=reader.aside(),
        chosen=found[1] if found else None,
        chosen_lane=found[0] if found else None,
        start=start.totals,
        before=before.totals,
        undone=PlanEdit.objects.filter(plan=state.plan, undone=True).count(),
        lapsed=list(PlanLock.objects.filter(plan=state.plan).exclude(lapsed="").select_related("vehicle")),
    )


def touched(base: Base, before: Judged, after: Judged) -> set[int]:
    """Vehicles that look different in two states."""
    vehicles = {*before.verdicts, *after.verdicts}
    found = {v for v in vehicles if before.verdicts.get(v) != after.verdicts.get(v)}
    targets = {lock.target for lock in {*before.board.locks} ^ {*after.board.locks}}
    for vehicle in vehicles - found if targets else ():
        loads = {q for s in after.verdicts[vehicle].route.stops for q in (*s.pickups, *s.deliveries)}
        if any(is_meant(base.loads[q], target) for q in loads for target in targets):
            found.add(vehicle)
    return found


class _Reader:
    def __init__(self, base: Base, judged: Judged) -> None:
        self.base = base
        self.judged = judged
        self.unit_g = {key: g.unit_g for key, g in base.day.goods_by_key().items()}
        self.locked = {lock.target for lock in judged.board.locks}
        self.depots = {van.depot for van in base.day.vans}
        self.kinds = {demand.key: demand.kind for demand in base.day.sites}

    def places(self) -> dict[str, list[Behind]]:
        """Every stop away from the depot, by vehicle."""
        found: dict[str, list[Behind]] = {van.code: [] for van in self.base.day.vans}
        for vehicle, verdict in self.judged.verdicts.items():
            code = self.base.day.vans[vehicle].code
            for index, stop in enumerate(verdict.route.stops):
                place = self.base.day.places[self.base.problem.sites[stop.site].code]
                if place.code not in self.depots and not self._on_the_road(stop):
                    what, q = ("drop", stop.deliveries[0]) if stop.deliveries else ("pick", stop.pickups[0])
                    words = f"{len(found[code]) + 1} {place.name}"
                    found[code].append(Behind(f"{code}.{index}", f"{what}:{self.base.loads[q].ref}", words))
        return found

    def vehicle_of(self, chosen: str) -> int | None:
        """Who has a stop or task."""
        what, colon, ref = chosen.partition(":")
        if not colon:
            code = chosen.rpartition(".")[0]
            return next((v for v in self.judged.verdicts if self.base.day.vans[v].code == code), None)
        for vehicle, verdict in self.judged.verdicts.items():
            for stop in verdict.route.stops:
                if any(self.base.loads[q].ref == ref for q in (stop.deliveries if what == "drop" else stop.pickups)):
                    return vehicle
        return None

    def lane(self, vehicle: int) -> Lane:
        van = self.base.day.vans[vehicle]
        verdict = self.judged.verdicts.get(vehicle)
        route = verdict.route if verdict else None
        peak = verdict.peak_g if verdict else (0, 0, 0)
        return Lane(
            vehicle=vehicle,
            code=van.code,
            style=Style.number(vehicle),
            shift=van.shift,
            depart_s=route.depart_s if route else van.shift[0],
            return_s=route.return_s if route else van.shift[0],
            distance_m=route.distance_m if route else 0,
            breaks=route.breaks if route else (),
            stops=self._stops(vehicle, verdict) if verdict else (),
            rooms=tuple(Room(zone, peak[i], van.capacity_g[i]) for i, zone in enumerate(ZONES) if van.capacity_g[i] or peak[i]),
            broken=tuple(broken_words(self.base, verdict, one) for one in verdict.broken) if verdict else (),
            depot=self.base.day.places[van.depot],
            start=self.base.day.places[van.start],
            end=self.base.day.places[van.end],
        )

    def _stops(self, vehicle: int, verdict: Verdict) -> tuple[StopItem, ...]:
        found = []
        number = 0
        for index, stop in enumerate(verdict.route.stops):
            if self._on_the_road(stop):
                continue
            place = self.base.day.places[self.base.problem.sites[stop.site].code]
            away = place.code not in self.depots
            number += away
            parts = self._parts(stop)
            found.append(
                StopItem(
                    id=f"{self.base.day.vans[vehicle].code}.{index}",
                    number=number if away else None,
                    site=place,
                    arrive_s=stop.arrive_s,
                    start_s=stop.start_s,
                    leave_s=stop.leave_s,
                    window=self._window(stop),
                    visit=any(self.base.loads[q].visit for q in stop.deliveries),
                    pick_up_g=sum(self._grams(q) for q in stop.pickups),
                    drop_off_g=sum(self._grams(q) for q in stop.deliveries),
                    parts=parts,
                    broken=tuple(broken_words(self.base, verdict, one) for one in verdict.broken if one.stop == index),
                )
            )
        return tuple(found)

    def _on_the_road(self, stop: Stop) -> bool:
        """Where a vehicle stands with what it has aboard: no stop of its rest."""
        return bool(stop.pickups) and all(self.base.loads[q].vehicle for q in stop.pickups)

    def _window(self, stop: Stop) -> tuple[int, int] | None:
        """When the stop may begin; of several windows those in which it does."""
        requests = self.base.problem.requests
        tasks = [requests[q].pickup for q in stop.pickups] + [requests[q].delivery for q in stop.deliveries]
        own = [next((w for w in t.windows if w[0] <= stop.start_s <= w[1]), (t.windows[0][0], t.windows[-1][1])) for t in tasks]
        begin, end = max(w[0] for w in own), min(w[1] for w in own)
        return (begin, end) if begin <= end else None

    def _parts(self, stop: Stop) -> tuple[Part, ...]:
        grouped: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for q in stop.deliveries:
            grouped[target_of(self.base.loads[q])].append((f"drop:{self.base.loads[q].ref}", q))
        for q in stop.pickups:
            grouped[target_of(self.base.loads[q])].append((f"pick:{self.base.loads[q].ref}", q))
        shop = shop_target(self.base.problem.sites[stop.site].code)
        return tuple(
            Part(
                target=target,
                name=target_words(self.base, target),
                kind=self._kind(target),
                grams=sum(self._grams(q) for _, q in tasks),
                tasks=tuple(name for name, _ in tasks),
                loads=tuple(self.base.loads[q].ref for _, q in tasks),
                locked=target in self.locked or shop in self.locked,
            )
            for target, tasks in grouped.items()
        )

    def _kind(self, target: str) -> str:
        kind = target.partition("/")[0]
        return kind if kind in ("order", "shop") else self.kinds.get(target, "")

    def _grams(self, load: int) -> int:
        return sum(p.units * self.unit_g[p.goods] for p in self.base.loads[load].pieces)

    def aside(self) -> list[Aside]:
        refs: dict[str, list[str]] = defaultdict(list)
        grams: Counter[str] = Counter()
        for q in self.judged.board.aside(self.base):
            target = target_of(self.base.loads[q])
            refs[target].append(self.base.loads[q].ref)
            grams[target] += self._grams(q)
        return [Aside(t, target_words(self.base, t), self._kind(t), grams[t], tuple(refs[t])) for t in sorted(refs)]
