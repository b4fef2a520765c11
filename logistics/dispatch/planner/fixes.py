"""The smallest change that would serve what a plan leaves out, over all kinds of change, each tried by solving again.

Kinds are compared by how hard they are for people (``…_POINTS``: about a minute that somebody waits is one point). Of each kind the
smallest step on its ladder is found; of all kinds the one with the fewest points is offered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from logistics.allocation.facts import Day, LineDemand, Place, SiteDemand, Van
from logistics.allocation.policies import may_stand
from logistics.dispatch.planner.changes import (
    Agreed,
    Change,
    Elsewhere,
    LessWanted,
    MoreRoom,
    MoreStops,
    OneMore,
    OrderHours,
    Permitted,
    ShiftHours,
    ShopHours,
    VisitHours,
)
from logistics.dispatch.planner.trials import Goal, Trials
from logistics.fleet.policies import MAX_STOPS
from logistics.solver.explain import smallest
from logistics.solver.problem import ZONES

MINUTE_S, KG = 60, 1_000
WINDOW_STEP_S, WINDOW_STEPS = 5 * MINUTE_S, 48  # up to four hours
VISIT_STEP_S, VISIT_STEPS = 15 * MINUTE_S, 12
SHIFT_STEP_S, SHIFT_STEPS = 15 * MINUTE_S, 16
ROOM_STEP_G, LESS_STEP_G = KG, KG
MOST_STEPS = 400
DAY_END_S = 24 * 3600 - MINUTE_S

# How hard a change is for people.
PARTNER_MINUTE_POINTS = 1.0
SHOP_MINUTE_POINTS = 1.5
VISIT_MINUTE_POINTS = 4.0  # it has been announced to households
SHIFT_MINUTE_POINTS = 2.0
ROOM_KG_POINTS = 1.0
STOP_POINTS, STOP_STEPS = 20.0, 10
LESS_KG_POINTS = 5.0  # people get less
AGREEMENT_POINTS, PERMIT_POINTS = 60.0, 600.0  # a permit takes weeks
PLACE_POINTS = 120.0
VEHICLE_POINTS, VEHICLE_MINUTE_POINTS, ANOTHER_VEHICLE_POINTS = 180.0, 0.5, 60.0


@dataclass(frozen=True, slots=True)
class Ladder:
    """``steps`` changes of one kind, ``change(1)`` the smallest; ``points(k)`` says how hard step ``k`` is."""

    steps: int
    change: Callable[[int], Change]
    points: Callable[[int], float]


@dataclass(frozen=True, slots=True)
class Options:
    """What the food bank has beside the day's facts: vehicles without a shift that day, and places where a visit or pickup day (its
    demand's key) could be held, or an order (its ref) be taken instead, nearest first."""

    idle: tuple[Van, ...] = ()
    elsewhere: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that was tried, and how hard it is for people."""

    change: Change
    points: float


def smallest_fix(trials: Trials, goal: Goal, *, options: Options, work: int, enough: Callable[[], bool]) -> Fix | None:
    """The change with the fewest points that serves ``goal``, or None. ``enough`` says when to stop looking: a ladder that has not
    been climbed to its end is then not offered."""
    best: Fix | None = None
    for ladder in _ladders(trials, goal, options, work):
        if enough():
            break
        steps = ladder.steps
        while steps and best is not None and ladder.points(steps) >= best.points:
            steps -= 1

        def works(step: int, rounds: int, ladder: Ladder = ladder) -> bool:
            return trials.works(ladder.change(step).apply(trials.day), goal, work=rounds)

        step = smallest(steps, works, work=work)
        if step is not None and not enough() and trials.fair(ladder.change(step).apply(trials.day), goal):
            best = Fix(ladder.change(step), ladder.points(step))
    return _one_more(trials, goal, best, options, work, enough)


def _ladders(trials: Trials, goal: Goal, options: Options, work: int) -> Iterator[Ladder]:
    """The cheapest kinds first, so that dearer ones need fewer trials."""
    day = trials.day
    demand = next((d for d in day.demands if d.key == goal.key), None)
    yield from _agreements(day, demand, goal)
    yield from _permits(day, demand)
    if isinstance(demand, LineDemand):
        order = demand.order
        for sign in (1, -1):
            yield _stepped(
                lambda s, sign=sign: OrderHours(order, **_side(sign * s)),  # type: ignore[misc]
                WINDOW_STEP_S,
                min(WINDOW_STEPS, _room_s(demand.window, sign) // WINDOW_STEP_S),
                PARTNER_MINUTE_POINTS,
            )
    yield from _shops(trials, goal)
    yield from _shifts(trials, goal, work)
    yield from _rooms(trials, goal, work)
    yield from _stops(trials, goal, work)
    if isinstance(demand, SiteDemand):
        for sign in (1, -1):
            hours = (demand.open_from_s, demand.open_until_s)
            yield _stepped(
                lambda s, sign=sign: VisitHours(demand.key, sign * s),  # type: ignore[misc]
                VISIT_STEP_S,
                min(VISIT_STEPS, _room_s(hours, sign) // VISIT_STEP_S),
                VISIT_MINUTE_POINTS,
            )
    if demand is not None:
        steps = min(MOST_STEPS, (demand.asked_g - 1) // LESS_STEP_G)
        yield Ladder(steps, lambda k: LessWanted(demand.key, k * LESS_STEP_G), lambda k: k * LESS_KG_POINTS * LESS_STEP_G / KG)
    if demand is not None:
        held = demand.order if isinstance(demand, LineDemand) else demand.key
        for index, place in enumerate(options.elsewhere.get(held, ())):
            yield Ladder(
                1,
                lambda _, place=place: Elsewhere(held, place),  # type: ignore[misc]
                lambda _, index=index: PLACE_POINTS + index,  # type: ignore[misc]
            )


def _agreements(day: Day, demand: LineDemand | SiteDemand | None, goal: Goal) -> Iterator[Ladder]:
    sites = {demand.site} if isinstance(demand, LineDemand) and demand.blocked == "no_agreement" else set()
    sites |= {g.site for g in day.goods if g.key == goal.key and g.blocked == "no_agreement"}
    for site in sorted(sites):
        yield Ladder(1, lambda _, site=site: Agreed(site), lambda _: AGREEMENT_POINTS)  # type: ignore[misc]


def _permits(day: Day, demand: LineDemand | SiteDemand | None) -> Iterator[Ladder]:
    if not isinstance(demand, SiteDemand) or demand.kind != "visit":
        return
    place = day.places[demand.site]
    for v in day.vans:
        if v.kind == "kitchen_car" and not may_stand(v, place):
            yield Ladder(1, lambda _, code=v.code: Permitted(code, place.code), lambda _: PERMIT_POINTS)  # type: ignore[misc]


def _side(seconds: int) -> dict[str, int]:
    return {"later_s": seconds} if seconds >= 0 else {"earlier_s": -seconds}


def _room_s(span: tuple[int, int], sign: int) -> int:
    """Seconds that a span can be moved without leaving the day."""
    return max(0, DAY_END_S - span[1] if sign > 0 else span[0])


def _stepped(change: Callable[[int], Change], step_s: int, steps: int, per_minute: float) -> Ladder:
    return Ladder(steps, lambda k: change(k * step_s), lambda k: k * step_s / MINUTE_S * per_minute)


def _shops(trials: Trials, goal: Goal) -> Iterator[Ladder]:
    """The shops that give to the goal, or could."""
    goods = trials.day.goods_by_key()
    keys = {p.goods for index in goal.loads for p in trials.outcome.loads[index].pieces}
    own = {goal.key} & set(goods)
    for site, window in sorted({(goods[k].site, goods[k].window) for k in keys | own if goods[k].window is not None}, key=str):
        if window is None:
            continue
        for sign in (1, -1):
            yield _stepped(
                lambda s, site=site, window=window, sign=sign: ShopHours(site, window, **_side(sign * s)),  # type: ignore[misc]
                WINDOW_STEP_S,
                min(WINDOW_STEPS, _room_s(window, sign) // WINDOW_STEP_S),
                SHOP_MINUTE_POINTS,
            )


def _shifts(trials: Trials, goal: Goal, work: int) -> Iterator[Ladder]:
    """Longer shifts, vehicle by vehicle; none where longer shifts of all of them would not help."""
    day = trials.day
    for sign in (1, -1):
        steps = {v.code: min(SHIFT_STEPS, _room_s(v.shift, sign) // SHIFT_STEP_S) for v in day.vans}
        changed = day
        for v in day.vans:
            changed = ShiftHours(v.code, **_side(sign * steps[v.code] * SHIFT_STEP_S)).apply(changed)
        if not trials.works(changed, goal, work=work):
            continue
        for v in day.vans:
            yield _stepped(
                lambda s, code=v.code, sign=sign: ShiftHours(code, **_side(sign * s)),  # type: ignore[misc]
                SHIFT_STEP_S,
                steps[v.code],
                SHIFT_MINUTE_POINTS,
            )


def _rooms(trials: Trials, goal: Goal, work: int) -> Iterator[Ladder]:
    """More room, vehicle by vehicle, in the zones that the goal needs."""
    day = trials.day
    goods = day.goods_by_key()
    missing: dict[str, int] = dict.fromkeys(ZONES, 0)
    for index in goal.loads:
        for piece in trials.outcome.loads[index].pieces:
            missing[goods[piece.goods].zone] += piece.units * goods[piece.goods].unit_g
    for zone, grams in missing.items():
        steps = min(MOST_STEPS, -(-grams // ROOM_STEP_G))
        changed = day
        for v in day.vans:
            changed = MoreRoom(v.code, zone, steps * ROOM_STEP_G).apply(changed)
        if not steps or not trials.works(changed, goal, work=work):
            continue
        for v in day.vans:
            yield Ladder(
                steps,
                lambda k, code=v.code, zone=zone: MoreRoom(code, zone, k * ROOM_STEP_G),  # type: ignore[misc]
                lambda k: k * ROOM_KG_POINTS * ROOM_STEP_G / KG,
            )


def _stops(trials: Trials, goal: Goal, work: int) -> Iterator[Ladder]:
    """More stops, vehicle by vehicle; none where more of them for all would not help."""
    changed = trials.day
    steps = {v.code: min(STOP_STEPS, MAX_STOPS - v.max_stops) for v in changed.vans if v.max_stops is not None}
    for code, count in steps.items():
        changed = MoreStops(code, count).apply(changed)
    if not steps or not trials.works(changed, goal, work=work):
        return
    for code, count in steps.items():
        yield Ladder(count, lambda k, code=code: MoreStops(code, k), lambda k: k * STOP_POINTS)  # type: ignore[misc]


def _one_more(
    trials: Trials, goal: Goal, best: Fix | None, options: Options, work: int, enough: Callable[[], bool]
) -> Fix | None:
    """One more vehicle and driver for as short as it takes, where nothing easier helps."""
    for more in (*(OneMore(v, *v.shift, idle=True) for v in options.idle), *(OneMore(v, *v.shift) for v in _kinds(trials.day))):
        if enough() or (best is not None and best.points <= VEHICLE_POINTS):
            break
        found = trials.served(more.apply(trials.day), goal, work=work)
        if found is None or not found.worth:
            continue
        extra = next((r for r in found.routes if r.vehicle == len(trials.day.vans)), None)
        tight = more if extra is None else _in_quarters(more, extra.depart_s, extra.return_s)
        if tight != more and not trials.works(tight.apply(trials.day), goal, work=work):
            tight = more
        tight = _tightened(trials, goal, tight, work)
        minutes = (tight.until_s - tight.from_s) / MINUTE_S
        fix = Fix(tight, VEHICLE_POINTS + VEHICLE_MINUTE_POINTS * minutes + (0 if tight.idle else ANOTHER_VEHICLE_POINTS))
        if not enough() and (best is None or fix.points < best.points):
            best = fix
    return best


def _in_quarters(more: OneMore, depart_s: int, return_s: int) -> OneMore:
    """The hours around a route, in full quarters."""
    begin = max(more.from_s, depart_s // SHIFT_STEP_S * SHIFT_STEP_S)
    return replace(more, from_s=begin, until_s=min(more.until_s, -(-return_s // SHIFT_STEP_S) * SHIFT_STEP_S))


def _tightened(trials: Trials, goal: Goal, more: OneMore, work: int) -> OneMore:
    """Hours of which no quarter can be left away at either end."""
    full = -(-(more.until_s - more.from_s) // SHIFT_STEP_S)

    def tried(shorter: OneMore, rounds: int) -> bool:
        return trials.works(shorter.apply(trials.day), goal, work=rounds)

    steps = smallest(full, lambda k, n: tried(replace(more, until_s=more.from_s + k * SHIFT_STEP_S), n), work=work)
    if steps is None:
        return more
    until = more.from_s + steps * SHIFT_STEP_S
    ended = replace(more, until_s=until)
    steps = smallest(steps, lambda k, n: tried(replace(ended, from_s=until - k * SHIFT_STEP_S), n), work=work)
    return ended if steps is None else replace(ended, from_s=until - steps * SHIFT_STEP_S)


def _kinds(day: Day) -> list[Van]:
    """One vehicle of each kind."""
    seen: dict[object, Van] = {}
    for v in day.vans:
        seen.setdefault((v.kind, v.depot, v.capacity_g, v.shift), v)
    return list(seen.values())


__all__ = ["Fix", "Options", "smallest_fix"]
