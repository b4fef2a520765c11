"""Edits by hand: what moves with what, what breaks and by how much, and that the verdict agrees with the independent check."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foodbank.core.errors import Refusal
from logistics.allocation.facts import Day
from logistics.dispatch.planner.board import Judged, Table, base_of
from logistics.dispatch.planner.by_hand import written
from logistics.dispatch.planner.check import check_plan
from logistics.dispatch.planner.document import PlanDocument
from logistics.dispatch.planner.edit import (
    ANYWHERE,
    Edit,
    Move,
    PutIn,
    Swap,
    TakeOut,
    apply,
    from_json,
    replay,
    start_of,
    to_json,
)
from logistics.dispatch.planner.read_back import as_stored, read_back
from tests.factories.days import travel
from tests.logistics.dispatch.test_any_day import days
from tests.logistics.dispatch.test_read_back import planned


def table_of(facts: Day, plan: PlanDocument | None = None) -> tuple[Table, PlanDocument]:
    plan = plan or planned(facts)
    table = travel(facts)
    return Table(base_of(read_back(facts, as_stored(plan), table), table)), plan


def document(facts: Day, table: Table, judged: Judged, plan: PlanDocument) -> dict:
    made = written(facts, table, judged, known=plan.unserved, seconds=None, seed=1)
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
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
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
