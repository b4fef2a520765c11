"""Edits by hand: what moves with what, what breaks and by how much, and that the verdict agrees with the independent check."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foodbank.core.errors import Refusal
from logistics.allocation.facts import Day, HandLock
from logistics.dispatch.planner.board import Judged, Table, base_of
from logistics.dispatch.planner.by_hand import written
from logistics.dispatch.planner.check import check_plan
from logistics.dispatch.planner.document import PlanDocument
from logistics.dispatch.planner.edit import (
    ANYWHERE,
    Edit,
    Hold,
    LetGo,
    Move,
    PutIn,
    Swap,
    TakeOut,
    apply,
    from_json,
    locked_route,
    replay,
    start_of,
    to_json,
)
from logistics.dispatch.planner.read_back import as_stored, read_back
from tests.factories.days import clock, day, line, offer, shelf, travel, van, visit
from tests.logistics.dispatch.test_any_day import days
from tests.logistics.dispatch.test_read_back import planned


def table_of(facts: Day, plan: PlanDocument | None = None) -> tuple[Table, PlanDocument]:
    plan = plan or planned(facts, 10)
    table = travel(facts)
    return Table(base_of(read_back(facts, as_stored(plan), table), table)), plan


def document(facts: Day, table: Table, judged: Judged, plan: PlanDocument) -> dict:
    made = written(facts, table, judged, travel(facts), known=plan.unserved, seconds=None, seed=1)
    return made.to_json()


def sites(table: Table, judged: Judged, vehicle: str) -> list[str]:
    index = [v.code for v in table.base.day.vans].index(vehicle)
    if index not in judged.verdicts:
        return []
    return [table.base.problem.sites[s.site].code for s in judged.verdicts[index].route.stops]


def tasks_at(table: Table, judged: Judged, site: str) -> tuple[str, ...]:
    for verdict in judged.verdicts.values():
        for stop in verdict.route.stops:
            if table.base.problem.sites[stop.site].code == site:
                names = [f"pick:{table.base.loads[q].ref}" for q in stop.pickups]
                return (*names, *(f"drop:{table.base.loads[q].ref}" for q in stop.deliveries))
    raise AssertionError(f"nobody is at {site}")


@st.composite
def an_edit(draw, table: Table, judged: Judged) -> Edit:
    """Any edit, sensible or not."""
    vans = [v.code for v in table.base.day.vans]
    loads = [load.ref for load in table.base.loads]
    stops = [s for v in judged.verdicts.values() for s in v.route.stops]
    names = [(*(f"pick:{loads[q]}" for q in s.pickups), *(f"drop:{loads[q]}" for q in s.deliveries)) for s in stops]
    kinds = ["swap"] + (["move", "take_out"] if stops else []) + (["put_in"] if judged.board.aside(table.base) else [])
    kind = draw(st.sampled_from(kinds))
    if kind == "move":
        anchors = [ANYWHERE, "", *(name for group in names for name in group)]
        inner = [g for g, s in zip(names, stops, strict=True) if table.base.problem.sites[s.site].code != "W01"]
        return Move(draw(st.sampled_from(inner or names)), draw(st.sampled_from(vans)), draw(st.sampled_from(anchors)))
    if kind == "take_out":
        return TakeOut(tuple(name.split(":", 1)[1] for name in draw(st.sampled_from(names))))
    if kind == "put_in":
        return PutIn((loads[draw(st.sampled_from(judged.board.aside(table.base)))],))
    return Swap(draw(st.sampled_from(vans)), draw(st.sampled_from(vans)))


@given(days().filter(lambda facts: facts.vans), st.data())
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_any_edits_can_be_made_again_and_the_check_agrees_with_the_verdict(facts, data):
    table, plan = table_of(facts)
    first = judged = start_of(table, ())
    done: list[Edit] = []
    for _ in range(4):
        edit = data.draw(an_edit(table, judged))
        try:
            after = apply(table, judged, edit).judged
        except Refusal as refusal:
            assert refusal.code in ("dispatch.hand_no_place", "dispatch.hand_nothing")
            continue
        done.append(edit)
        judged = after
        text = document(facts, table, judged, plan)
        faults = check_plan(facts, text)
        assert judged.holds == (faults == []), (faults, [v.broken for v in judged.verdicts.values()])
        again = replay(table, first, [from_json(*json.loads(json.dumps(to_json(e)))) for e in done])
        assert document(facts, table, again, plan) == text
    assert document(facts, table, first, plan)["routes"] == plan.to_json()["routes"]


def two_vans() -> tuple[Day, Table, Judged]:
    """VAN1 brings P1 (2 km north) and P2 (4 km north) their rice; VAN2 stays at home. A shop D1 lies 3 km north."""
    facts = day(
        places={"P1": 2, "P2": 4, "D1": 3},
        goods=[shelf("A/1", 40), offer("B/1", "D1", 5, category="bread", window="09:00-12:00")],
        lines=[line("O1/rice", "P1", 5), line("O2/rice", "P2", 6), line("O2/bread", "P2", 5)],
        vans=[van(), van("VAN2", capacity_g=(8_000, 0, 0))],
    )
    table, _ = table_of(facts)
    judged = start_of(table, ())
    if not sites(table, judged, "VAN1"):
        judged = apply(table, judged, Swap("VAN1", "VAN2")).judged
    return facts, table, judged


def test_a_partner_s_stop_moves_with_the_shop_that_it_gets_its_bread_from():
    _, table, judged = two_vans()
    assert {"P1", "P2", "D1"} <= set(sites(table, judged, "VAN1"))
    after = apply(table, judged, Move(tasks_at(table, judged, "P2"), "VAN2", ANYWHERE))
    assert {"D1", "P2"} <= set(sites(table, after.judged, "VAN2"))
    assert "D1" not in sites(table, after.judged, "VAN1")


def test_too_heavy_a_stop_is_shown_with_the_kilograms_over():
    """6 kg of rice and 5 kg of bread in a van for 8 kg: 3 kg too much."""
    _, table, judged = two_vans()
    after = apply(table, judged, Move(tasks_at(table, judged, "P2"), "VAN2", "")).judged
    (broken,) = after.verdicts[1].broken
    assert (broken.code, broken.zone, broken.amount, broken.limit) == ("capacity", "ambient", 3_000, 8_000)
    assert not after.holds


def test_a_pickup_stays_before_its_delivery_and_that_is_said():
    _, table, judged = two_vans()
    after = apply(table, judged, Move(tasks_at(table, judged, "P2"), "VAN1", ""))
    order = sites(table, after.judged, "VAN1")
    assert order.index("D1") < order.index("P2")
    assert after.note is not None


def test_lateness_is_counted_from_the_end_of_the_window():
    """From 8:30 to P1 30 km away: 30 × 195 = 5,850 s, so at 10:07:30; the window closed at 9:00. 67.5 minutes late."""
    facts = day(places={"P1": 30, "P2": 1}, goods=[shelf("A/1", 40)], lines=[line("O1/rice", "P1", 5)], vans=[van()])
    table, plan = table_of(facts)
    tight = replace(facts, lines=(replace(facts.lines[0], window=(clock("08:00"), clock("09:00"))),))
    back = read_back(tight, as_stored(plan), travel(tight))
    assert [g.code for g in back.gone] == ["does_not_fit"]
    table = Table(base_of(back, travel(tight)))
    judged = start_of(table, ())
    ref = table.base.loads[0].ref
    with pytest.raises(Refusal) as refused:
        apply(table, judged, PutIn((ref,)))
    assert refused.value.code == "dispatch.hand_no_place"
    after = apply(table, judged, Move((f"drop:{ref}",), "VAN1", "")).judged
    (broken,) = after.verdicts[0].broken
    assert (broken.code, broken.amount, broken.limit) == ("late", 4_050, clock("09:00"))


def test_a_lock_stops_edits_and_a_broken_one_is_shown():
    _, table, judged = two_vans()
    held = apply(table, judged, Hold((HandLock("order/O1", "VAN1"),))).judged
    assert held.holds
    with pytest.raises(Refusal) as refused:
        apply(table, held, Move(tasks_at(table, held, "P1"), "VAN2", ANYWHERE))
    assert refused.value.code == "dispatch.hand_locked"
    free = apply(table, held, LetGo(("order/O1",))).judged
    assert apply(table, free, Move(tasks_at(table, free, "P1"), "VAN2", ANYWHERE)).judged.holds
    early = apply(table, judged, Hold((HandLock("order/O1", "VAN1", (clock("07:00"), clock("07:30"))),))).judged
    assert "locked" in {b.code for b in early.verdicts[0].broken}


def test_a_route_locked_as_it_is_holds():
    _, table, judged = two_vans()
    hold = locked_route(judged, table.base, "VAN1", 300)
    assert {lock.target for lock in hold.locks} == {"order/O1", "order/O2"}
    after = apply(table, judged, hold).judged
    assert after.holds
    assert [v.route for v in after.verdicts.values()] == [v.route for v in judged.verdicts.values()]


def test_a_visit_goes_with_its_food_and_comes_back_to_a_kitchen_car_only():
    facts = day(
        places={"M1": 2},
        goods=[shelf("A/1", 40), shelf("B/1", 40)],
        sites=[visit("M1", 2, "11:00-12:00")],
        vans=[van(), van("CAR1", kind="kitchen_car")],
    )
    table, _ = table_of(facts)
    judged = start_of(table, ())
    out = apply(table, judged, TakeOut(tuple(t.partition(":")[2] for t in tasks_at(table, judged, "M1")))).judged
    assert (out.totals.served_g, out.totals.vehicles) == (0, 0)
    back = apply(table, out, PutIn(tuple(load.ref for load in table.base.loads))).judged
    assert back.totals == judged.totals
    wrong = apply(table, judged, Move(tasks_at(table, judged, "M1"), "VAN1", ANYWHERE)).judged
    assert {b.code for b in wrong.verdicts[0].broken} == {"vehicle"}
