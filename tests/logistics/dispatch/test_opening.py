"""The first routes lead past every place."""

from __future__ import annotations

from logistics.dispatch.planner.opening import opening
from logistics.dispatch.planner.optimise import optimise
from logistics.solver.search import solve
from tests.factories.days import clock, day, line, offer, pickup_day, shelf, travel, van, visit


def test_every_place_is_called_at_in_its_hours():
    facts = day(
        places={"P1": 2, "P2": 3, "D1": 4, "M1": 1, "V1": 5},
        goods=[offer("BREAD/1", "D1", 3), shelf("RICE", 90)],
        lines=[
            line("O1/rice", "P1", 10),
            line("O1/bread", "P1", 5),
            line("O2/rice", "P1", 5, window="15:00-16:00"),
            line("O3/rice", "P2", 5),
        ],
        sites=[pickup_day("V1", 5, "13:00-14:00"), visit("M1", 5, "11:00-12:00")],
        vans=[van(), van("CAR1", kind="kitchen_car")],
    )
    _, problem = opening(facts, travel(facts))
    result = solve(problem, seconds=None, work=200, processes=1)
    assert result.unserved == ()
    called = [
        (problem.sites[stop.site].code, stop.start_s, q)
        for route in result.routes
        for stop in route.stops
        for q in stop.deliveries
    ]
    at_p1 = sorted(start for code, start, _ in called if code == "P1")
    assert len(at_p1) == 2  # two orders of one hour are one call, the third has its own
    assert clock("10:00") <= at_p1[0] <= clock("12:00") < clock("15:00") <= at_p1[1] <= clock("16:00")
    assert {code for code, _, _ in called} == {"P1", "P2", "M1", "V1", "W01"}
    assert next(start for code, start, _ in called if code == "V1") <= clock("13:00") - facts.stop_s
    # 5 kg more asked in that hour, and the price of an order left out
    weights = facts.weights
    assert sorted(r.penalty for r in problem.requests if r.ref.startswith("P1@")) == [
        weights.line_left_out + 5_000 * weights.line_per_g,
        weights.line_left_out + 15_000 * weights.line_per_g,
    ]


def test_a_day_without_anybody_on_duty_has_no_routes():
    facts = day(places={"P1": 2}, goods=[shelf("RICE", 9)], lines=[line("O1/rice", "P1", 5)], vans=[])
    loads, problem = opening(facts, travel(facts))
    assert loads == ()
    assert solve(problem, seconds=None, work=10).routes == ()


def test_who_cannot_be_served_is_not_called_at():
    """A closed order has no hour left, one without an agreement gets nothing."""
    facts = day(
        places={"P1": 2, "P2": 3, "P3": 4},
        goods=[shelf("RICE", 9)],
        lines=[
            line("O1/rice", "P1", 5),
            line("O2/rice", "P2", 5, window="12:00-10:00", blocked="closed"),
            line("O3/rice", "P3", 5, blocked="no_agreement"),
        ],
        vans=[van()],
    )
    loads, _ = opening(facts, travel(facts))
    assert [load.drop for load in loads] == ["P1"]
    assert optimise(facts, travel(facts), seconds=None, work=40).result.unserved == ()
