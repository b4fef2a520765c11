"""Edits by hand as functions from one state of the table to the next.

Edits name loads and tasks, never positions in a list, so that the same edits can be made again on the day's facts of a later moment:
what is not there any more is passed over. A state that breaks rules is allowed, shown, and never stored as a plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

from foodbank.core.errors import Refusal, Text
from logistics.allocation.facts import HandLock, is_shop
from logistics.dispatch.planner.board import Base, Board, Judged, Table
from logistics.dispatch.planner.holding import Routes, only
from logistics.dispatch.planner.loads import is_meant, target_of
from logistics.solver.model import T_SITE, V_END, V_START, Arrays
from logistics.solver.place import cheapest
from logistics.solver.schedule import Stops, carries, schedule, stops_from_tasks

ANYWHERE = "*"
"""``Move.after``: wherever it costs least."""
NEAREST_GAPS = 6
"""So many places on the way are looked at closely for what comes along with a stop."""


@dataclass(frozen=True, slots=True)
class Move:
    """The tasks ``drop:LOAD`` and ``pick:LOAD`` of one stop go to vehicle ``to``, behind the stop of the task ``after`` (empty: first of
    all; ``ANYWHERE``). On another vehicle everything that belongs to their loads goes with them."""

    tasks: tuple[str, ...]
    to: str
    after: str = ANYWHERE


@dataclass(frozen=True, slots=True)
class TakeOut:
    """These loads go on no vehicle."""

    loads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PutIn:
    """These loads, so far on no vehicle, go where they cost least; ``to`` limits that to one vehicle."""

    loads: tuple[str, ...]
    to: str = ""


@dataclass(frozen=True, slots=True)
class Swap:
    """Vehicle ``one`` drives what ``two`` drove, and the other way round."""

    one: str
    two: str


@dataclass(frozen=True, slots=True)
class Hold:
    """A person settles these locks; a lock on the same target is replaced."""

    locks: tuple[HandLock, ...]


@dataclass(frozen=True, slots=True)
class LetGo:
    """Nothing is settled about these targets any more."""

    targets: tuple[str, ...]


Edit = Move | TakeOut | PutIn | Swap | Hold | LetGo
KINDS: dict[str, Callable[..., Edit]] = {
    "move": Move,
    "take_out": TakeOut,
    "put_in": PutIn,
    "swap": Swap,
    "hold": Hold,
    "let_go": LetGo,
}


@dataclass(frozen=True)
class Applied:
    """The new state, and what was done otherwise than asked, in words."""

    judged: Judged
    note: Text | None = None


def to_json(edit: Edit) -> tuple[str, dict[str, Any]]:
    """Kind and parameters."""
    kind = next(name for name, made in KINDS.items() if type(edit) is made)
    params = {f.name: getattr(edit, f.name) for f in fields(edit)}
    if isinstance(edit, Hold):
        params = {"locks": [{"target": k.target, "vehicle": k.vehicle, "start": k.start} for k in edit.locks]}
    return kind, {name: list(value) if isinstance(value, tuple) else value for name, value in params.items()}


def from_json(kind: str, params: Mapping[str, Any]) -> Edit:
    """The other way round."""
    if kind == "hold":
        return Hold(
            tuple(HandLock(k["target"], k["vehicle"], tuple(k["start"]) if k["start"] else None) for k in params["locks"])
        )
    return KINDS[kind](**{name: tuple(value) if isinstance(value, list) else value for name, value in params.items()})


def apply(table: Table, judged: Judged, edit: Edit) -> Applied:
    """``edit`` made on a state. Refuses ``dispatch.hand_locked`` (what it would move is settled), ``dispatch.hand_aboard`` (it is on
    a vehicle that is on the road), ``dispatch.hand_no_place`` (no place holds), ``dispatch.hand_nothing`` (what it names is not there)."""
    hand = _Hand(table, judged.board)
    note: Text | None = None
    match edit:
        case Move():
            note = hand.move(edit)
        case TakeOut():
            hand.take_out(edit)
        case PutIn():
            hand.put_in(edit)
        case Swap():
            hand.swap(edit)
        case Hold():
            hand.hold(edit)
        case LetGo():
            hand.locks = tuple(k for k in hand.locks if k.target not in edit.targets)
    board = Board({v: s for v, s in sorted(hand.routes.items()) if any(s)}, hand.locks)
    return Applied(table.judge(board, judged), note)


class _Hand:
    """One edit being made."""

    def __init__(self, table: Table, board: Board) -> None:
        self.table = table
        self.base: Base = table.base
        self.a: Arrays = table.rules(board.locks)[1]
        self.locks = board.locks
        self.routes: Routes = {v: [list(s) for s in stops] for v, stops in board.routes.items()}
        self.vans = {van.code: i for i, van in enumerate(self.base.day.vans)}
        self.number = self.base.number_of()

    def move(self, edit: Move) -> Text | None:
        tasks = [t for name in edit.tasks if (t := self._task(name)) is not None]
        to = self._van(edit.to)
        self._refuse_aboard({t >> 1 for t in tasks}, to)
        moved = {t >> 1 for t in tasks}
        sources = {v for v, stops in self.routes.items() for s in stops for t in s if t >> 1 in moved}
        if not tasks:
            raise _nothing()
        self._refuse_locked(moved)
        if edit.after == ANYWHERE:
            self._remove(moved)
            return self._anywhere(to, sorted(moved))
        if sources and sources <= {to}:
            return self._within(to, tasks, edit.after)
        self._remove(moved)
        self._between(to, tasks, edit.after)
        return None

    def take_out(self, edit: TakeOut) -> None:
        moved = self._known(edit.loads)
        moved |= {q for q in range(len(self.base.loads)) if self.base.problem.requests[q].with_visit in moved}
        self._refuse_aboard(moved)
        self._refuse_locked(moved)
        self._remove(moved)

    def put_in(self, edit: PutIn) -> None:
        moved = self._known(edit.loads) - {t >> 1 for stops in self.routes.values() for s in stops for t in s}
        if not moved:
            raise _nothing()
        visits = {visit for q in moved if (visit := self.base.problem.requests[q].with_visit) is not None}
        ordered = sorted(moved, key=lambda q: (self.base.problem.requests[q].with_visit is not None, q))
        if visits - moved - {t >> 1 for stops in self.routes.values() for s in stops for t in s}:
            ordered = sorted(visits - moved) + ordered
        found = cheapest(self.a, self.routes, ordered, [self._van(edit.to)] if edit.to else None)
        if found is None:
            raise Refusal(
                "dispatch.hand_no_place",
                Text(
                    "どの車両にも、決まりを守って入る場所がありません。ほかの立寄先を外すか、車両と順番を選んで入れてください。",
                    "No vehicle has a place for it that keeps the rules. Take something else out, or choose vehicle and place.",
                ),
            )
        self.routes |= found

    def swap(self, edit: Swap) -> None:
        one, two = self._van(edit.one), self._van(edit.two)
        flat = {v: [t for s in self.routes.get(v, []) for t in s] for v in (one, two)}
        self._refuse_aboard({t >> 1 for tasks in flat.values() for t in tasks})
        self._refuse_locked({t >> 1 for tasks in flat.values() for t in tasks})
        self.routes[one] = stops_from_tasks(self.a, one, flat[two])
        self.routes[two] = stops_from_tasks(self.a, two, flat[one])

    def hold(self, edit: Hold) -> None:
        for lock in edit.locks:
            meant = {q for q, load in enumerate(self.base.loads) if is_meant(load, lock.target)}
            there = {v for v, stops in self.routes.items() if meant & {t >> 1 for s in stops for t in s}}
            if lock.vehicle is not None and there - {self._van(lock.vehicle)}:
                raise Refusal(
                    "dispatch.hand_split",
                    Text(
                        "この行き先の荷は、ほかの車両にも分かれています。固定する前に、1台にまとめてください。",
                        "Its goods are on several vehicles. Bring them onto one before locking.",
                    ),
                    params={"target": lock.target},
                )
        replaced = {k.target for k in edit.locks}
        self.locks = (*(k for k in self.locks if k.target not in replaced), *edit.locks)

    def _task(self, name: str) -> int | None:
        """``drop:LOAD`` as a number; nothing when there is no such load any more."""
        what, _, ref = name.partition(":")
        return None if ref not in self.number else 2 * self.number[ref] + (what == "drop")

    def _known(self, refs: Iterable[str]) -> set[int]:
        found = {self.number[ref] for ref in refs if ref in self.number}
        if not found:
            raise _nothing()
        return found

    def _van(self, code: str) -> int:
        if code not in self.vans:
            raise Refusal(
                "dispatch.hand_no_vehicle",
                Text(f"{code}は、この日は使えません。", f"{code} is not on duty on this day."),
                params={"vehicle": code},
            )
        return self.vans[code]

    def _refuse_locked(self, moved: set[int]) -> None:
        held = next((k for k in self.locks for q in moved if is_meant(self.base.loads[q], k.target)), None)
        if held is not None:
            raise Refusal(
                "dispatch.hand_locked",
                Text("固定されています。動かす前に、固定を外してください。", "It is locked. Unlock it before moving it."),
                params={"target": held.target},
            )

    def _refuse_aboard(self, moved: set[int], to: int = -1) -> None:
        """What a vehicle has with it cannot be taken off it, nor put on another (``to``)."""
        vehicle = next((v for q in moved if (v := self.base.loads[q].vehicle) is not None and self.vans[v] != to), None)
        if vehicle is not None:
            raise Refusal(
                "dispatch.hand_aboard",
                Text(
                    f"もう{vehicle}に積んであるか、{vehicle}が向かっています。{vehicle}の中での順番だけ変えられます。",
                    f"It is aboard {vehicle} already, or {vehicle} is on its way there. Only its place on {vehicle} can change.",
                ),
                params={"vehicle": vehicle},
            )

    def _remove(self, moved: set[int]) -> None:
        for vehicle, stops in list(self.routes.items()):
            kept = {t >> 1 for s in stops for t in s} - moved
            if len(kept) < len({t >> 1 for s in stops for t in s}):
                self.routes[vehicle] = self._tidy(vehicle, only(stops, kept))

    def _tidy(self, vehicle: int, stops: Stops) -> Stops:
        """Neighbours at one place that can be one stop are one."""
        return stops_from_tasks(self.a, vehicle, [t for s in stops for t in s])

    def _anywhere(self, to: int, moved: list[int]) -> Text | None:
        found = cheapest(self.a, self.routes, moved, [to])
        if found is not None:
            self.routes |= found
            return None
        self._between(to, [2 * q + 1 for q in moved], self._nearest(to, 2 * moved[0] + 1))
        return Text(
            "決まりを守れる場所がないため、いちばん近い立寄先の次に入れました。",
            "No place keeps the rules, so it stands behind the nearest stop.",
        )

    def _nearest(self, vehicle: int, task: int) -> str:
        """The stop on the route nearest to the task's place."""
        here = self.a.task[task, T_SITE]
        inner = [s for s in self.routes.get(vehicle, [[], []])[1:-1] if s]
        best = min(inner, key=lambda s: int(self.a.travel_m[self.a.task[s[0], T_SITE], here]), default=None)
        return "" if best is None else self._name(best[0])

    def _name(self, task: int) -> str:
        return f"{'drop' if task & 1 else 'pick'}:{self.base.loads[task >> 1].ref}"

    def _gap(self, stops: Stops, after: str) -> int:
        """How many inner stops lie before the wanted place."""
        task = self._task(after) if after else None
        at = next((i for i, s in enumerate(stops) if task in s), 0)
        return min(at, len(stops) - 2)

    def _within(self, vehicle: int, tasks: list[int], after: str) -> Text | None:
        """Another place on the same route; what belongs to the tasks stays where it is, and the order pickup, delivery too."""
        old = self.routes[vehicle]
        anchor = self._task(after) if after else None
        if anchor in tasks:
            return None
        stops = [[t for t in s if t not in tasks] for s in old]
        stops = [stops[0], *(s for s in stops[1:-1] if s), stops[-1]]
        wanted = gap = self._gap(stops, after)
        at = {t: i for i, s in enumerate(stops) for t in s}
        picks = [at[t - 1] for t in tasks if t & 1 and t - 1 in at]
        drops = [at[t + 1] for t in tasks if not t & 1 and t + 1 in at]
        gap = min(max([gap, *(p for p in picks)]), len(stops) - 2)
        gap = min([gap, *(d - 1 for d in drops)])
        group = [t for t in tasks if t & 1] + [t for t in tasks if not t & 1]
        self.routes[vehicle] = self._tidy(vehicle, [*stops[: gap + 1], group, *stops[gap + 1 :]])
        if gap == wanted:
            return None
        return Text(
            "受け取りはお届けより先でなければならないため、いちばん近い場所に置きました。",
            "A pickup comes before its delivery, so it stands at the nearest place where that is so.",
        )

    def _between(self, vehicle: int, tasks: list[int], after: str) -> None:
        """To another route: the named tasks at the wanted place, the rest of their loads where it fits."""
        stops = [list(s) for s in self.routes.get(vehicle, [[], []])]
        gap = self._gap(stops, after)
        group = [t for t in tasks if t & 1] + [t for t in tasks if not t & 1]
        stops = [*stops[: gap + 1], group, *stops[gap + 1 :]]
        mark = group[0]
        for task in tasks:
            other = task ^ 1
            if other not in tasks:
                stops = self._settled(vehicle, stops, other, mark)
        self.routes[vehicle] = self._tidy(vehicle, stops)

    def _settled(self, vehicle: int, stops: Stops, task: int, mark: int) -> Stops:
        """``stops`` with one more task, a pickup before or a delivery behind the stop of ``mark``, where it does least harm."""
        place = next(i for i, s in enumerate(stops) if mark in s)
        site = int(self.a.task[task, T_SITE])
        options: list[Stops] = []
        last = len(stops) - 1
        if not task & 1:
            if site == int(self.a.vehicle[vehicle, V_START]):
                options.append([[*stops[0], task], *stops[1:]])
            around = range(1, place)
            gaps = range(1, place + 1)
        else:
            if site == int(self.a.vehicle[vehicle, V_END]):
                options.append([*stops[:-1], [*stops[-1], task]])
            around = range(place + 1, last)
            gaps = range(place + 1, last + 1)
        same = [i for i in around if stops[i] and int(self.a.task[stops[i][0], T_SITE]) == site]
        options += [[*stops[:i], [task, *stops[i]] if task & 1 else [*stops[i], task], *stops[i + 1 :]] for i in same]
        if not options:
            near = sorted(gaps, key=lambda i: (self._detour(vehicle, stops, i, site), i))[:NEAREST_GAPS]
            options = [[*stops[:i], [task], *stops[i:]] for i in near]
        return min(options, key=lambda option: self._price(vehicle, option))

    def _detour(self, vehicle: int, stops: Stops, gap: int, site: int) -> int:
        """Metres more for a stop at ``site`` before the stop ``gap``."""
        before = int(self.a.task[stops[gap - 1][0], T_SITE]) if gap > 1 else int(self.a.vehicle[vehicle, V_START])
        behind = int(self.a.task[stops[gap][0], T_SITE]) if gap < len(stops) - 1 else int(self.a.vehicle[vehicle, V_END])
        return int(self.a.travel_m[before, site] + self.a.travel_m[site, behind] - self.a.travel_m[before, behind])

    def _price(self, vehicle: int, stops: Stops) -> tuple[int, int]:
        """Routes that hold first, then the shorter."""
        whole = {t for s in stops for t in s}
        paired = only(stops, {t >> 1 for t in whole if t ^ 1 in whole})
        route = schedule(self.a, vehicle, paired) if carries(self.a, vehicle, paired) else None
        if route is not None:
            return 0, route.distance_m + route.return_s - route.depart_s
        sites = [int(self.a.task[s[0], T_SITE]) for s in stops[1:-1] if s]
        path = [int(self.a.vehicle[vehicle, V_START]), *sites, int(self.a.vehicle[vehicle, V_END])]
        return 1, int(sum(self.a.travel_m[x, y] for x, y in pairwise(path)))


def replay(table: Table, start: Judged, edits: Sequence[Edit]) -> Judged:
    """All edits one after the other; those that are refused by now are passed over."""
    judged = start
    for edit in edits:
        try:
            judged = apply(table, judged, edit).judged
        except Refusal:
            continue
    return judged


def start_of(table: Table, locks: tuple[HandLock, ...]) -> Judged:
    """The plan as it is, with the locks it has."""
    board = Board({v: [list(s) for s in stops] for v, stops in table.base.routes.items()}, locks)
    return table.judge(board)


def locked_route(judged: Judged, base: Base, vehicle: str, slack_s: int) -> Hold:
    """ "This route as it is": everything stays with its vehicle and each delivery starts within ``slack_s`` of its present time. What other
    vehicles have a part of is left open. Refuses ``dispatch.hand_nothing`` where nothing is left to lock."""
    index = next((i for i, van in enumerate(base.day.vans) if van.code == vehicle), -1)
    if index not in judged.verdicts:
        raise _nothing()
    elsewhere = {
        target_of(base.loads[t >> 1]) for v, stops in judged.board.routes.items() if v != index for s in stops for t in s
    }
    found: dict[str, HandLock] = {}
    for stop in judged.verdicts[index].route.stops:
        for q in stop.deliveries:
            target = target_of(base.loads[q])
            start = None if is_shop(target) else (max(0, stop.start_s - slack_s), stop.start_s + slack_s)
            if target not in elsewhere:
                found[target] = HandLock(target, vehicle, start)
    if not found:
        raise _nothing()
    return Hold(tuple(found.values()))


def _nothing() -> Refusal:
    return Refusal(
        "dispatch.hand_nothing",
        Text("動かすものが見つかりません。画面を開き直してください。", "There is nothing of that to move. Open the page again."),
    )
