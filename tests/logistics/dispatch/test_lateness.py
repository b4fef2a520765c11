"""The latest departures of a plan, driven on by somebody else: in time then, and not a minute later."""

from __future__ import annotations

import datetime as dt

import pytest

from logistics.dispatch.planner.check import check_plan
from logistics.dispatch.planner.check_lateness import Lateness
from logistics.dispatch.planner.document import PlanDocument, summary_of
from logistics.dispatch.planner.optimise import optimise
from tests.factories.days import day, line, offer, pickup_day, shelf, travel, visit

FACTS = day(
    places={"P1": 3, "P2": 5, "D1": 4, "D2": -3, "M1": -2, "V1": 1},
    goods=[
        shelf("RICE", 90, 1_000),
        shelf("CAN", 90, 500, category="protein"),
        offer("BREAD", "D1", 9, category="bread", window="09:00-09:40"),
        offer("MILK", "D2", 9, category="dairy", zone="chilled", window="10:00-11:00"),
    ],
    lines=[line("O1/rice", "P1", 5), line("O1/bread", "P1", 4), line("O2/rice", "P2", 5, window="13:00-13:30")],
    sites=[visit("M1", 3, "13:00-15:00"), pickup_day("V1", 3, "14:00-15:00")],
)


@pytest.fixture(scope="module")
def plan() -> dict:
    outcome = optimise(FACTS, travel(FACTS), seconds=None, work=60)
    return PlanDocument(FACTS, None, 1, outcome.routes, (), summary_of(FACTS, outcome.routes)).to_json()


def seconds(text: str) -> int:
    moment = dt.datetime.fromisoformat(text)
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def test_every_stop_may_be_left_so_late_and_not_a_minute_later(plan):
    vans = {v.code: v for v in FACTS.vans}
    told = 0
    for route in plan["routes"]:
        for number, stop in enumerate(route["stops"]):
            if "latest_leave" in stop:
                latest = seconds(stop["latest_leave"])
                assert Lateness(FACTS).late_enough(vans[route["vehicle"]], route, number, latest), stop
                assert not Lateness(FACTS).late_enough(vans[route["vehicle"]], route, number, latest + 60), stop
                told += 1
    assert told >= 6


def test_a_departure_that_is_told_too_late_is_a_fault(plan):
    assert not [f for f in check_plan(FACTS, plan) if f.code == "latest_leave"]
    stop = plan["routes"][0]["stops"][0]
    said = stop["latest_leave"]
    stop["latest_leave"] = (dt.datetime.fromisoformat(said) + dt.timedelta(minutes=1)).isoformat()
    assert [f.code for f in check_plan(FACTS, plan) if f.code == "latest_leave"] == ["latest_leave"]
    stop["latest_leave"] = said
