"""Hours at which driving takes longer, in the planner's times and in the check."""

from dataclasses import replace

import numpy as np
import pytest

from logistics.dispatch.planner.check import check_plan
from logistics.dispatch.planner.document import PlanDocument, summary_of
from logistics.dispatch.planner.optimise import optimise
from logistics.dispatch.planner.travel import hours_of, travel_of
from logistics.travel.pace import Band, Pace, PairPercent
from logistics.travel.table import Roads
from tests.factories.days import DEPOT, SECONDS_PER_KM, clock, day, line, offer, shelf, van, visit

MORNING = Pace((Band(clock("07:00"), clock("10:00"), 150),))


def facts(**changes):
    return day(
        places={"P1": 4, "P2": 6, "D1": 5, "M1": 3},
        goods=[shelf("RICE", 20, 5_000), offer("BREAD/1", "D1", 30, 200, window="08:30-10:30", category="bread", days=1)],
        lines=[line("O1/rice", "P1", 10, window="10:00-11:00"), line("O2/bread", "P2", 4, window="15:00-16:00")],
        sites=[visit("M1", 1, "11:00-13:00")],
        vans=[van(shift="08:00-18:00"), van("CAR1", kind="kitchen_car", shift="09:00-17:00")],
        **changes,
    )


def made(known, work=20):
    outcome = optimise(known, travel_of(known), seconds=None, work=work, seed=1)
    return PlanDocument(known, None, 1, outcome.routes, (), summary_of(known, outcome.routes)).to_json()


def test_when_places_can_be_left_and_reached():
    """The depot within the shifts; a shop from when it is ready; a partner in its window; a visit is left when it closes."""
    known = facts()
    codes = (DEPOT, "P1", "D1", "M1")
    leaves, arrives = hours_of(known, codes)
    assert leaves.tolist() == [clock(t) for t in ("08:00", "10:00", "08:30", "13:00")]
    assert arrives.tolist() == [clock(t) for t in ("18:00", "11:00", "10:30", "11:00")]


def test_a_pair_takes_as_long_as_at_its_slowest_hour():
    """4 km to P1 take 4 × 195 = 780 s, a fraction more on the globe, so 781. There they may be driven before ten: 781 × 1.5 = 1171.5, so
    1,172 s; back they may not."""
    plain, slow = travel_of(facts()).between(), travel_of(facts(pace=MORNING)).between()
    assert (plain(DEPOT, "P1"), slow(DEPOT, "P1")) == (4 * SECONDS_PER_KM + 1, 1_172)
    assert slow("P1", DEPOT) == plain("P1", DEPOT) == 781
    assert slow("M1", DEPOT) == plain("M1", DEPOT)


def test_the_great_circle_is_never_faster_than_it_says_and_roads_may_be():
    quiet = Pace((Band(0, 86_400, 80),))
    assert travel_of(facts(pace=quiet)).between()(DEPOT, "P1") == 781
    codes = tuple(facts().places)
    n = len(codes)
    times = np.full((n, n), 1_000) - 1_000 * np.eye(n, dtype=np.int64)
    roads = Roads(codes, times.astype(np.int64), times.astype(np.int64), np.zeros((n, n), dtype=bool), "osrm", "osrm")
    assert travel_of(facts(pace=quiet, roads=roads)).between()(DEPOT, "P1") == 800


def test_a_plan_keeps_to_the_slow_hours_and_says_which():
    known = facts(pace=MORNING)
    plan = made(known)
    assert {fault.code for fault in check_plan(known, plan)} <= {"unserved"}  # nothing is listed here
    assert plan["travel"]["factors"] == [{"from": "07:00", "until": "10:00", "percent": 150, "learned": False}]


@pytest.mark.parametrize(
    "pace",
    [
        Pace((Band(0, 86_400, 150),)),
        Pace((Band(0, 86_400, 100, by_pair=True),), tuple(PairPercent(DEPOT, b, 160) for b in ("P1", "P2", "D1", "M1"))),
    ],
)
def test_a_plan_that_ignores_the_slow_hours_is_seen(pace):
    plan = made(facts())
    assert "travel_time" not in {f.code for f in check_plan(facts(), plan)}
    assert "travel_time" in {f.code for f in check_plan(replace(facts(), pace=pace), plan)}


def test_slow_hours_in_which_nobody_drives_change_nothing():
    plan = made(facts())
    night = replace(facts(), pace=Pace((Band(0, clock("05:00"), 300),)))
    assert "travel_time" not in {f.code for f in check_plan(night, plan)}
