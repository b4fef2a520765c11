"""A stored plan comes back as it was, and where the day has changed only what no longer holds is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings

from foodbank.accounts.services.system import system_user
from logistics.allocation.facts import Day
from logistics.dispatch.planner.check import check_plan
from logistics.dispatch.planner.document import PlanDocument, routes_of, summary_of
from logistics.dispatch.planner.left_out import Limits, left_out
from logistics.dispatch.planner.optimise import optimise
from logistics.dispatch.planner.read_back import Gone, ReadBack, as_stored, read_back
from logistics.dispatch.selectors.facts import day_facts
from logistics.dispatch.selectors.stored_plan import stored_plan
from logistics.dispatch.services.planning import make_plan
from tests.factories.days import day, line, offer, roads, shelf, span, travel, van, visit
from tests.logistics.dispatch.conftest import DAY
from tests.logistics.dispatch.test_any_day import days
from tests.shared_data import day_dir


def planned(facts: Day, work: int = 30) -> PlanDocument:
    outcome = optimise(facts, travel(facts), seconds=None, work=work)
    limits = Limits(seconds=None, work=5, seed=1)
    unserved = left_out(facts, outcome, roads(facts), limits=limits, category_names={})
    return PlanDocument(facts, None, 1, outcome.routes, unserved, summary_of(facts, outcome.routes), cost=outcome.cost)


def written(facts: Day, back: ReadBack, plan: PlanDocument) -> PlanDocument:
    routes = routes_of(back.day, back.loads, back.problem, back.result)
    return replace(plan, day=facts, routes=routes, summary=summary_of(facts, routes))


@given(days())
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
def test_any_plan_comes_back_unit_by_unit(facts):
    plan = planned(facts)
    back = read_back(facts, as_stored(plan), travel(facts))
    assert back.gone == ()
    assert written(facts, back, plan).to_json()["routes"] == plan.to_json()["routes"]


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.parametrize("name", ["takamatsu"])
def test_a_plan_from_its_rows_is_the_same_document(capsys, name):
    call_command("import_day", str(day_dir(name)), date=DAY.isoformat())
    capsys.readouterr()
    plan = make_plan(day=DAY, actor=system_user(), work=60)
    facts = day_facts(DAY)
    back = read_back(facts, stored_plan(plan), travel(facts))
    assert back.gone == ()
    routes = routes_of(back.day, back.loads, back.problem, back.result)
    document = PlanDocument(facts, None, 1, routes, (), summary_of(facts, routes)).to_json()
    assert document["routes"] == plan.document["routes"]
    assert document["summary"] == plan.document["summary"]


def test_what_is_left_at_the_shops_is_there_to_be_planned():
    """A shop's second offer is ready after the shift: it is an unserved load, as it was for the planner."""
    facts = day(
        places={"D1": 2, "P1": 4},
        goods=[offer("A/1", "D1", 5), offer("B/1", "D1", 5, window="18:30-18:50")],
        lines=[line("O1/rice", "P1", 5)],
    )
    back = read_back(facts, as_stored(planned(facts)), travel(facts))
    assert [back.loads[q].pieces[0].goods for q in back.result.unserved] == ["B/1"]
    assert back.allocation.missing == {}


def two_stops() -> tuple[Day, PlanDocument]:
    """Rice for two partners and a visit, all from the shelf."""
    facts = day(
        places={"P1": 2, "P2": 4, "M1": 1},
        goods=[shelf("A/1", 40), shelf("B/1", 40)],
        lines=[line("O1/rice", "P1", 5), line("O2/rice", "P2", 6)],
        sites=[visit("M1", 2, "13:00-14:00")],
    )
    return facts, planned(facts)


def gone_after(change) -> list[Gone]:
    facts, plan = two_stops()
    changed = change(facts)
    back = read_back(changed, as_stored(plan), travel(changed))
    document = written(changed, back, plan)
    faults = {f.code for f in check_plan(changed, document.to_json())}
    assert faults <= {"unserved"}  # the old list of what is unserved
    return sorted(back.gone, key=lambda g: (g.code, g.ref, g.gtin))


def test_an_order_that_was_cancelled_is_named_and_the_rest_stands():
    gone = gone_after(lambda facts: replace(facts, lines=facts.lines[1:]))
    assert {(g.code, g.ref) for g in gone} == {("demand_gone", "O1/rice")}
    assert sum(g.grams for g in gone) == 5_000


def test_an_order_that_became_smaller_loses_whole_units_only():
    gone = gone_after(lambda facts: replace(facts, lines=(replace(facts.lines[0], asked_g=2_500), facts.lines[1])))
    assert {(g.code, g.ref) for g in gone} == {("asked_less", "O1/rice")}
    assert sum(g.quantity for g in gone) == 2  # 5 - 2 = 3 units of 1 kg: less than one over 2.5 kg


def test_a_lot_that_is_gone_or_shorter():
    lost = gone_after(lambda facts: replace(facts, goods=(facts.goods[1],)))
    assert {g.code for g in lost} == {"goods_gone"}
    assert {g.gtin for g in lost} == {"A"}
    short = gone_after(lambda facts: replace(facts, goods=tuple(replace(g, quantity=1) for g in facts.goods)))
    assert {g.code for g in short} == {"goods_short"}
    assert sum(g.quantity for g in short) == 5 + 6 + 8 - 2


def test_what_a_rule_forbids_by_now():
    gone = gone_after(lambda facts: replace(facts, lines=tuple(replace(ln, blocked="no_agreement") for ln in facts.lines)))
    assert {(g.code, g.ref) for g in gone} == {("no_agreement", "O1/rice"), ("no_agreement", "O2/rice")}


def test_a_vehicle_that_is_off_duty():
    _, plan = two_stops()
    used = {route.vehicle for route in plan.routes}
    gone = gone_after(lambda facts: replace(facts, vans=()))
    assert {g.code for g in gone} == {"vehicle_off"}
    assert {g.vehicle for g in gone} == used
    assert sum(g.grams for g in gone) == 19_000
    assert ("M1", "") in {(g.ref, g.unit) for g in gone}


def test_a_window_that_nobody_reaches_any_more_costs_this_stop_alone():
    gone = gone_after(lambda facts: replace(facts, lines=(facts.lines[0], replace(facts.lines[1], window=span("08:30-08:31")))))
    assert {(g.code, g.ref) for g in gone} == {("does_not_fit", "O2/rice")}


def test_a_shorter_shift_keeps_what_comes_first():
    """One van, two partners 2 and 30 km away: with the shift ending at 10:30 only the near one is left."""
    facts = day(
        places={"P1": 2, "P2": 30},
        goods=[shelf("A/1", 40)],
        lines=[line("O1/rice", "P1", 5), line("O2/rice", "P2", 6, window="10:00-15:00")],
        vans=[van()],
    )
    plan = planned(facts)
    shorter = replace(facts, vans=(van(shift="08:30-10:30"),))
    back = read_back(shorter, as_stored(plan), travel(shorter))
    assert {(g.code, g.ref) for g in back.gone} == {("does_not_fit", "O2/rice")}
    assert [s.site for r in written(shorter, back, plan).routes for s in r.stops] == ["W01", "P1"]
