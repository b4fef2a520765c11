"""What a coordinator presses on the page for editing by hand, as an edit."""

from __future__ import annotations

from django.http import QueryDict

from foodbank.core.errors import Refusal, Text
from logistics.allocation.facts import HandLock, shop_target
from logistics.dispatch.planner.edit import Edit, Hold, LetGo, Move, PutIn, Swap, TakeOut, locked_route
from logistics.dispatch.planner.loads import target_of
from logistics.dispatch.selectors.by_hand import State
from logistics.dispatch.selectors.hand_page import SEPARATOR

AS_IT_IS_S = 300  # a route locked as it is may still shift by so much


def wanted_edit(data: QueryDict, state: State) -> Edit:
    """Refuses ``dispatch.hand_unreadable`` when the form is not one of the page's."""
    match data.get("do", ""):
        case "move":
            vehicle, _, after = data.get("place", "").partition(SEPARATOR)
            return Move(_tasks(data, state), vehicle, after)
        case "take_out":
            return TakeOut(tuple(dict.fromkeys(task.partition(":")[2] for task in _tasks(data, state))))
        case "put_in":
            base = state.kept.base
            aside = (base.loads[q] for q in state.judged.board.aside(base))
            return PutIn(tuple(load.ref for load in aside if target_of(load) == data.get("aside")))
        case "swap":
            return Swap(data.get("one", ""), data.get("two", ""))
        case "hold":
            start = _span(data.get("from", ""), data.get("until", ""))
            return Hold(tuple(HandLock(target, data.get("vehicle") or None, start) for target in data.getlist("target")))
        case "hold_route":
            return locked_route(state.judged, state.kept.base, data.get("vehicle", ""), AS_IT_IS_S)
        case "let_go":
            return LetGo(tuple(data.getlist("target")))
        case "let_go_route":
            return LetGo(_targets(state, data.get("vehicle", "")))
    raise _unreadable()


def version_in(data: QueryDict) -> int:
    """Which state the person saw."""
    text = data.get("version", "")
    if not text.isdecimal():
        raise _unreadable()
    return int(text)


def _tasks(data: QueryDict, state: State) -> tuple[str, ...]:
    """The tasks named, or those that the chosen parts have at the stop of the task ``stop``."""
    if data.getlist("task"):
        return tuple(data.getlist("task"))
    base, parts = state.kept.base, data.getlist("part")
    for verdict in state.judged.verdicts.values():
        for stop in verdict.route.stops:
            tasks = [(f"drop:{base.loads[q].ref}", q) for q in stop.deliveries] + [
                (f"pick:{base.loads[q].ref}", q) for q in stop.pickups
            ]
            if data.get("stop", "") in (name for name, _ in tasks):
                return tuple(name for name, q in tasks if target_of(base.loads[q]) in parts)
    raise _unreadable()


def _targets(state: State, code: str) -> tuple[str, ...]:
    """Everything that has to do with a vehicle's stops."""
    base = state.kept.base
    found: dict[str, None] = {}
    for vehicle, verdict in state.judged.verdicts.items():
        if base.day.vans[vehicle].code == code:
            for stop in verdict.route.stops:
                for q in (*stop.deliveries, *stop.pickups):
                    found[target_of(base.loads[q])] = found[shop_target(base.loads[q].pick)] = None
    return tuple(found)


def _span(begin: str, end: str) -> tuple[int, int] | None:
    """Two times of the day; one alone stands for an open end."""
    a, b = _seconds(begin), _seconds(end)
    if a is None and b is None:
        return None
    span = (0 if a is None else a, 24 * 3600 - 1 if b is None else b)
    if span[1] < span[0]:
        raise Refusal(
            "dispatch.hand_times",
            Text("「から」は「まで」より前の時刻にしてください。", "“From” has to be before “until”."),
            status=422,
        )
    return span


def _seconds(text: str) -> int | None:
    hours, _, minutes = text.strip().partition(":")
    if not text.strip():
        return None
    if not (hours.isdecimal() and minutes.isdecimal() and int(hours) < 24 and int(minutes) < 60):
        raise Refusal(
            "dispatch.hand_times", Text("時刻は 10:30 のように入力してください。", "Write times like 10:30."), status=422
        )
    return int(hours) * 3600 + int(minutes) * 60


def _unreadable() -> Refusal:
    return Refusal(
        "dispatch.hand_unreadable",
        Text("操作を読み取れませんでした。画面を開き直してください。", "This could not be read. Open the page again."),
        status=400,
    )
