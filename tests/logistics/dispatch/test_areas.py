"""A day of several depots: how it is cut, planned side by side and put together again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from logistics.allocation.facts import Day, KeptRoute
from logistics.dispatch.models import PartState, PlanPart
from logistics.dispatch.planner import areas as planner
from logistics.dispatch.planner.areas import Part, areas, joined
from logistics.dispatch.planner.check import check_plan
from logistics.dispatch.planner.document import PlanDocument, summary_of
from logistics.dispatch.services.parts import plan_parts, work_on
from logistics.dispatch.services.planning import plan_area, plan_document
from tests.factories.days import day, line, offer, shelf, van, visit

NORTH = "W02"


@pytest.fixture
def cut_always(monkeypatch):
    monkeypatch.setattr(planner, "WHOLE_UP_TO", 0)


def two_depots() -> Day:
    """W01 with a partner, a shop and a visit around it; W02 60 km north with a partner and a shop."""
    return day(
        places={NORTH: 60, "P1": 2, "D1": 3, "M1": 4, "P2": 61, "D2": 58},
        goods=[
            shelf("rice/1", 200),
            shelf("rice/2", 30, site=NORTH),
            offer("bread/1", "D1", 5, category="bread"),
            offer("bread/2", "D2", 7, category="bread"),
        ],
        lines=[line("O1/rice", "P1", 20), line("O2/rice", "P2", 10), line("O3/bread", "P2", 4)],
        sites=[visit("M1", 10, "13:00-14:00", kinds=1)],
        vans=[van("VAN1"), van("CAR1", kind="kitchen_car"), van("VAN2", depot=NORTH)],
    )


def test_a_small_day_stays_whole() -> None:
    facts = two_depots()
    assert areas(facts) == (facts,)


def test_a_large_day_is_cut_by_depot(cut_always) -> None:
    south, north = areas(two_depots())
    assert [v.code for v in south.vans] == ["VAN1", "CAR1"]
    assert [v.code for v in north.vans] == ["VAN2"]
    assert set(south.places) == {"W01", "P1", "D1", "M1"}
    assert set(north.places) == {NORTH, "P2", "D2"}
    assert {g.key for g in north.goods} == {"rice/2", "bread/2"}
    assert {x.key for x in north.lines} == {"O2/rice", "O3/bread"}


def test_a_visit_goes_where_a_kitchen_car_is(cut_always) -> None:
    facts = two_depots()
    facts = replace(facts, sites=(visit("P2", 3, "13:00-14:00", kinds=1),))
    south, north = areas(facts)
    assert [s.site for s in south.sites] == ["P2"]
    assert north.sites == ()
    assert {x.site for x in south.lines} == {"P1", "P2"}  # a place is in one area with all that it wants


def test_who_has_no_hours_left_sends_customers_on(cut_always) -> None:
    """Ten partners lie nearer to W01, whose van has an hour; W02's nine hours take those that are not much nearer to W01."""
    places = {NORTH: 20} | {f"P{n}": 5 + n for n in range(4)}
    facts = day(
        places=places,
        lines=[line(f"O{n}/rice", f"P{n}", 5) for n in range(4)],
        vans=[van("VAN1", shift="09:00-10:00"), van("VAN2", depot=NORTH)],
    )
    south, north = areas(facts)
    # 300 + 600 + 10 s each: 15 minutes; 60 × 0.8 = 48 minutes hold three
    assert [x.site for x in south.lines] == ["P0", "P1", "P2"]
    assert [x.site for x in north.lines] == ["P3"]


def test_a_day_under_way_is_not_cut(cut_always) -> None:
    begun = KeptRoute("VAN9", {"stops": []}, {}, frozenset(), 0, 0)
    facts = replace(two_depots(), kept=(begun,))
    assert areas(facts) == (facts,)


@pytest.mark.django_db
def test_the_areas_together_are_a_plan_that_the_check_passes(cut_always) -> None:
    facts = two_depots()
    document = plan_document(facts, seconds=None, work=30, seed=1)
    assert check_plan(facts, document.to_json()) == []
    assert {"CAR1", "VAN2"} <= {r.vehicle for r in document.routes}
    assert document.summary["delivered_g"] == 34_000  # 20 + 10 + 4 kg
    assert document.summary["collected_g"] == 12_000  # 5 + 7 kg
    units = [u.code for r in document.routes for s in r.stops for u in s.pick_up]
    assert len(units) == len(set(units))
    assert PlanPart.objects.count() == 0
    assert document.to_json() == plan_document(facts, seconds=None, work=30, seed=1).to_json()


def test_an_empty_part_leaves_the_others_as_they_are() -> None:
    assert joined([Part((), (), 3), Part((), (), 4)]) == Part((), (), 7)


@pytest.mark.django_db
def test_parts_survive_the_way_to_a_worker_and_back(cut_always) -> None:
    cut = areas(two_depots())
    direct = [plan_area(one, None, 20, 1) for one in cut]
    sent = plan_parts(cut, plan_area, seconds=None, work=20, seed=1)
    assert sent == direct
    assert [summary_of(a, p.routes) for a, p in zip(cut, sent, strict=True)] == [
        PlanDocument(a, None, 1, p.routes, p.unserved, summary_of(a, p.routes)).summary for a, p in zip(cut, direct, strict=True)
    ]


@pytest.mark.django_db
def test_a_part_is_planned_once_however_often_it_is_asked_for(cut_always) -> None:
    calls: list[str] = []

    def plan(facts: Day, seconds: float | None, work: int | None, seed: int) -> Part:
        calls.append(facts.vans[0].code)
        if len(calls) == 1:  # while it runs, its task arrives a second time
            assert not work_on(PlanPart.objects.get(state=PartState.RUNNING).pk, plan)
        return Part((), (), len(calls))

    found = plan_parts(areas(two_depots()), plan, seconds=None, work=1, seed=1)
    assert calls == ["VAN1", "VAN2"]
    assert [p.cost for p in found] == [1, 2]
    assert not work_on(12_345, plan)


@pytest.mark.django_db
def test_a_part_that_fails_for_a_worker_is_done_by_who_waits_and_a_fault_is_not_swallowed(cut_always) -> None:
    failed: list[str] = []

    def once_broken(facts: Day, seconds: float | None, work: int | None, seed: int) -> Part:
        other = PlanPart.objects.filter(state=PartState.WAITING).first()
        if other is not None:
            # a worker takes the other part meanwhile and breaks down
            with pytest.raises(RuntimeError):
                work_on(other.pk, broken)
        return Part((), (), 1)

    def broken(facts: Day, seconds: float | None, work: int | None, seed: int) -> Part:
        failed.append(facts.vans[0].code)
        raise RuntimeError("broken")

    found = plan_parts(areas(two_depots()), once_broken, seconds=None, work=1, seed=1)
    assert failed == ["VAN2"]
    assert [p.cost for p in found] == [1, 1]
    with pytest.raises(RuntimeError, match="broken"):
        plan_parts(areas(two_depots()), broken, seconds=None, work=1, seed=1)
    assert PlanPart.objects.count() == 0


@pytest.mark.django_db
def test_each_area_gets_its_share_of_the_seconds_and_hurries_when_asked_to_end(cut_always) -> None:
    given: list[float | None] = []

    def plan(facts: Day, seconds: float | None, work: int | None, seed: int) -> Part:
        given.append(seconds)
        return Part((), (), 0)

    plan_parts(areas(two_depots()), plan, seconds=20.0, work=None, seed=1)
    assert given == [10.0, 10.0]
    given.clear()
    plan_parts(areas(two_depots()), plan, seconds=2.0, work=None, seed=1)
    assert given == [2.0, 2.0]
    given.clear()
    plan_parts(areas(two_depots()), plan, seconds=20.0, work=None, seed=1, should_stop=lambda: bool(given))
    assert given == [10.0, 1.0]
