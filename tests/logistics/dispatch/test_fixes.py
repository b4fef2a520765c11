"""A fix that is offered works when it is applied and the day is planned again; a smaller step of it does not."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from logistics.allocation.facts import Day
from logistics.dispatch.planner.changes import Change, MoreRoom, MoreStops, OneMore, OrderHours, ShiftHours, ShopHours
from logistics.dispatch.planner.document import tally
from logistics.dispatch.planner.fixes import Options, smallest_fix
from logistics.dispatch.planner.left_out import Limits, left_out
from logistics.dispatch.planner.optimise import optimise
from logistics.dispatch.planner.trials import Goal, Trials
from tests.factories.days import clock, day, line, offer, place, roads, shelf, travel, van, visit

MINUTE = 60
WORK = 300


def offered(facts: Day, key: str, options: Options | None = None) -> Change | None:
    """The fix for what the plan leaves out of ``key``."""
    outcome = optimise(facts, travel(facts), seconds=None, work=WORK)
    loads = {i for i in outcome.result.unserved for p in outcome.loads[i].pieces if key in (p.demand, p.goods)}
    trials = Trials(facts, outcome, roads(facts), seed=1)
    goal = Goal(key, frozenset(loads), fill=not loads)
    fix = smallest_fix(trials, goal, options=options or Options(), work=200, enough=lambda: False)
    return fix.change if fix else None


def brought(facts: Day) -> dict[str, int]:
    """Grams per demand and offer that a new plan of the day brings."""
    moved = tally(optimise(facts, travel(facts), seconds=None, work=WORK).routes)
    return {**moved.collected, **moved.delivered}


def wanted(facts: Day, key: str) -> int:
    return next((d.asked_g for d in facts.demands if d.key == key), 0) or facts.goods_by_key()[key].grams


def smaller(change: Change) -> Change | None:
    """One step less; None where that is no change at all."""
    match change:
        case OrderHours() | ShopHours():
            step = replace(change, later_s=max(0, change.later_s - 300), earlier_s=max(0, change.earlier_s - 300))
            return step if step.later_s + step.earlier_s else None
        case ShiftHours():
            shift = replace(change, later_s=max(0, change.later_s - 900), earlier_s=max(0, change.earlier_s - 900))
            return shift if shift.later_s + shift.earlier_s else None
        case MoreStops():
            return replace(change, count=change.count - 1) if change.count > 1 else None
        case MoreRoom():
            return replace(change, grams=change.grams - 1000) if change.grams > 1000 else None
    raise AssertionError(change)


# A kilometre takes 195 s. 5 km are 975 s = 16 min 15 s.
FIVE_KM_S = 975


def test_a_partner_takes_it_later() -> None:
    # Out at 8:30, there at 8:46:15; the window closed at 8:40. Two steps of five minutes.
    facts = day(places={"P1": 5}, goods=[shelf("A", 9)], lines=[line("O1/rice", "P1", 5, window="08:30-08:40")], vans=[van()])
    assert offered(facts, "O1/rice") == OrderHours("O1", later_s=10 * MINUTE)


def test_a_shop_keeps_it_longer() -> None:
    # Out at 8:30, there at 8:46:15; the shop gives it out until 8:35: three steps, and a shift of a quarter more is dearer (30 points).
    facts = day(places={"D1": 5}, goods=[offer("A", "D1", 9, window="08:20-08:35")], vans=[van()])
    assert offered(facts, "A") == ShopHours("D1", (clock("08:20"), clock("08:35")), later_s=15 * MINUTE)


def test_a_shift_lasts_longer() -> None:
    # There and back 32:30, the stop 5:10 (5 kg): 37:40 from the opening at 18:00 on. The window cannot help: nobody is back by 18:20.
    facts = day(
        places={"P1": 5},
        goods=[shelf("A", 9)],
        lines=[line("O1/rice", "P1", 5, window="18:00-18:50")],
        vans=[van(shift="17:40-18:20")],
    )
    # taken at 18:00:00 it is back at 18:21:25; a partner that opens five minutes earlier costs 5 points, a shift of 15 minutes 30
    assert offered(facts, "O1/rice") == OrderHours("O1", earlier_s=5 * MINUTE)
    early = replace(
        facts, lines=(replace(facts.lines[0], window=(clock("17:57"), clock("18:50"))),), vans=(van(shift="17:45-18:10"),)
    )
    # 37:40 do not fit into 25 minutes however early it opens: 15 minutes more
    assert offered(early, "O1/rice") == ShiftHours("VAN1", later_s=15 * MINUTE)


def test_a_vehicle_has_more_room() -> None:
    # 20 kg chilled for a van of 12 kg, in units of 20 kg: 8 kg more.
    facts = day(
        places={"D1": 5},
        goods=[offer("A", "D1", 1, 20_000, zone="chilled")],
        vans=[van(capacity_g=(100_000, 12_000, 0))],
    )
    assert offered(facts, "A") == MoreRoom("VAN1", "chilled", 8_000)


def test_a_vehicle_stops_more_often() -> None:
    # Two partners, and one stop allowed: the lighter order stays behind, and one stop more serves it.
    facts = day(
        places={"P1": 5, "P2": 6},
        goods=[shelf("A", 20)],
        lines=[line("O1/rice", "P1", 5, window="10:00-16:00"), line("O2/rice", "P2", 6, window="10:00-16:00")],
        vans=[van(max_stops=1)],
    )
    outcome = optimise(facts, travel(facts), seconds=None, work=WORK)
    assert [outcome.loads[i].drop for i in outcome.result.unserved] == ["P1"]
    [left] = left_out(facts, outcome, roads(facts), limits=Limits(None, WORK, 1), category_names={}, options=Options())
    assert (left.code, left.change) == ("stop_limit", "stops|VAN1|1")
    change = offered(facts, "O1/rice")
    assert change == MoreStops("VAN1", 1)
    assert brought(change.apply(facts))["O1/rice"] == 5_000


def test_one_more_driver_for_as_long_as_it_takes() -> None:
    # Two visits at the same time for one kitchen car. A second car has no shift: out by 9:30 and back after 15:30.
    sites = [visit("M1", 3, "10:00-15:00"), visit("M2", 3, "10:00-15:00")]
    facts = day(
        places={"M1": 5, "M2": -5}, goods=[shelf("A", 30), shelf("B", 30)], sites=sites, vans=[van("CAR1", kind="kitchen_car")]
    )
    left = next(s.key for s in facts.sites if brought(facts).get(s.key, 0) == 0)
    idle = van("CAR2", kind="kitchen_car", shift="08:00-19:00")
    change = offered(facts, left, Options(idle=(idle,)))
    assert isinstance(change, OneMore)
    # Work begins at 9:54:36 or before (5 min and 24 s for 12 kg), after a break of 45 minutes and 16:15 of driving: out at 8:53:21.
    # It stands until 15:05 and is back at 15:21:15.
    assert (change.from_s, change.until_s) == (clock("08:45"), clock("15:30"))
    assert brought(change.apply(facts))[left] == 12_000
    for less in (replace(change, until_s=change.until_s - 900), replace(change, from_s=change.from_s + 900)):
        assert brought(less.apply(facts)).get(left, 0) == 0


def test_another_place_near_by() -> None:
    # 40 km are 130 minutes: the car would be there at 10:40 and the visit opens at 9:00 for four hours of shift.
    facts = day(
        places={"M1": 40},
        goods=[shelf("A", 30)],
        sites=[visit("M1", 3, "09:00-11:30")],
        vans=[van("CAR1", kind="kitchen_car", shift="08:00-12:00")],
    )
    near = place("M9", 5)
    change = offered(facts, "visit/M1", Options(elsewhere={"visit/M1": (near,)}))
    assert change is not None
    assert change.code == "elsewhere|visit/M1|M9"
    assert brought(change.apply(facts))["visit/M1"] == 12_000


def any_day(seed: int) -> Day:
    """Two to five partners with short windows, one to four shops, one or two vans with little room for cold food."""
    r = Random(seed)
    shops, partners = [f"D{i}" for i in range(r.randint(1, 4))], [f"P{i}" for i in range(r.randint(2, 5))]
    places = {code: r.choice([1, 2, 3, 5, 8, -2, -4]) + r.random() for code in (*shops, *partners)}
    kinds = (("rice", "ambient"), ("dairy", "chilled"), ("snack", "ambient"))

    def window(lengths: list[int]) -> str:
        begin, length = r.randint(9 * 12, 14 * 12) * 5, r.choice(lengths)
        return "-".join(f"{t // 60:02d}:{t % 60:02d}" for t in (begin, begin + length))

    goods = []
    for number in range(r.randint(3, 6)):
        category, zone = r.choice(kinds)
        goods.append(shelf(f"{category}/{number}", r.randint(10, 60), 1000, category=category, zone=zone))
    for shop in shops:
        category, zone = r.choice(kinds)
        goods.append(
            offer(f"{category}/{shop}", shop, r.randint(5, 40), category=category, zone=zone, window=window([10, 30, 60]))
        )
    lines = []
    for number, partner in enumerate(partners):
        at = window([5, 15, 30])
        lines += [
            line(f"O{number}/{c}", partner, r.choice([3, 10, 20]), window=at) for c in r.sample(["rice", "dairy", "snack"], 1)
        ]
    vans = []
    for number in range(r.randint(1, 2)):
        begin = r.randint(8, 10)
        room = (r.choice([30_000, 100_000]), r.choice([0, 20_000, 50_000]), 0)
        vans.append(van(f"V{number}", shift=f"{begin:02d}:00-{min(19, begin + r.randint(3, 8)):02d}:00", capacity_g=room))
    return day(places=places, goods=goods, lines=lines, vans=vans)


@pytest.mark.parametrize("seed", [0, 2, 5, 6, 8, 9])
def test_any_fix_works_and_a_smaller_step_does_not(seed: int) -> None:
    facts = any_day(seed)
    outcome = optimise(facts, travel(facts), seconds=None, work=WORK)
    before = tally(outcome.routes)
    had = {**before.collected, **before.delivered}
    for left in left_out(facts, outcome, roads(facts), limits=Limits(None, WORK, 1), category_names={}):
        change = change_of(left.change, facts)
        if change is None or (left.fix and left.fix.ja.startswith("うち")):
            continue
        key = left.ref if left.kind == "order_line" else next(g.key for g in facts.goods if f"{g.site}/{g.gtin}" == left.ref)
        changed = change.apply(facts)
        after = brought(changed)
        assert after.get(key, 0) >= wanted(changed, key), (seed, left)
        assert lost(facts, had, after) == set(), (seed, left)
        less = smaller(change)
        if less is not None:
            fewer = brought(less.apply(facts))
            assert fewer.get(key, 0) < wanted(facts, key) or lost(facts, had, fewer), (seed, left)


def lost(facts: Day, before: dict[str, int], after: dict[str, int]) -> set[str]:
    """What the plan brought and now brings less of."""
    keys = {d.key for d in facts.demands} | {g.key for g in facts.goods if not g.on_shelf}
    return {key for key in keys if after.get(key, 0) < min(before.get(key, 0), wanted(facts, key))}


def change_of(code: str, facts: Day) -> Change | None:
    """The hours, shifts and rooms among the changes, back from their short form."""
    kind, *rest = code.split("|")
    if kind == "order":
        return OrderHours(rest[0], int(rest[1]), int(rest[2]))
    if kind == "shop":
        return ShopHours(rest[0], (int(rest[1]), int(rest[2])), int(rest[3]), int(rest[4]))
    if kind == "shift":
        return ShiftHours(rest[0], int(rest[1]), int(rest[2]))
    if kind == "stops":
        return MoreStops(rest[0], int(rest[1]))
    if kind == "room":
        return MoreRoom(rest[0], rest[1], int(rest[2]))
    return None
