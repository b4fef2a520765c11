"""A volunteer's own van: it sets out from one place of the list and ends at another, and loads at the depot on the way."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from logistics.allocation.facts import Day
from logistics.allocation.reach import Reach
from logistics.dispatch.planner.check import check_plan
from logistics.dispatch.planner.document import PlanDocument, summary_of
from logistics.dispatch.planner.optimise import optimise
from tests.factories.days import DEPOT, clock, day, line, offer, shelf, travel, travel_s, van

Plan = dict[str, Any]


@cache
def facts() -> Day:
    """The van stands at P2, 6 km north of the depot (1,170 s), and stays at P1, 4 km north of it."""
    return day(
        places={"D1": 2, "P1": 4, "P2": 6, "P3": 3},
        goods=[shelf("RICE", 20), offer("BREAD/1", "D1", 5, window="09:00-12:00", category="bread", days=1)],
        lines=[line("O1/rice", "P3", 5), line("O2/rice", "P1", 5)],
        vans=[van("OWN", begins_at="P2", ends_at="P1")],
    )


@cache
def good() -> Plan:
    found = optimise(facts(), travel(facts()), seconds=None, work=100, seed=1)
    return PlanDocument(facts(), None, 1, found.routes, (), summary_of(facts(), found.routes)).to_json()


def faults_of(change: Callable[[Plan], None]) -> set[str]:
    plan = copy.deepcopy(good())
    change(plan)
    return {fault.code for fault in check_plan(facts(), plan)}


def shift(entry: Plan, seconds: int, *keys: str) -> None:
    for key in keys:
        entry[key] = (dt.datetime.fromisoformat(entry[key]) + dt.timedelta(seconds=seconds)).isoformat()


def at_depot(plan: Plan) -> Plan:
    return next(s for s in plan["routes"][0]["stops"] if s["site"] == DEPOT)


def test_the_way_is_counted_from_where_it_begins_to_where_it_ends():
    assert check_plan(facts(), good()) == []
    [route] = good()["routes"]
    assert (route["begins_at"], route["ends_at"]) == ("P2", "P1")
    loading = at_depot(good())
    took = dt.datetime.fromisoformat(loading["arrive"]) - dt.datetime.fromisoformat(route["depart"])
    assert took >= dt.timedelta(seconds=1_170)  # 6 km × 195 s
    standing = dt.datetime.fromisoformat(loading["leave"]) - dt.datetime.fromisoformat(loading["start"])
    assert standing >= dt.timedelta(seconds=300 + 20)  # a stop, and 10 kg × 2 s
    assert good()["summary"]["delivered_g"] == 10_000
    assert good()["summary"]["collected_g"] == 5_000  # the bread is brought to the depot before the way ends


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("travel_time", lambda p: shift(at_depot(p), -60, "arrive")),
        ("service_time", lambda p: at_depot(p).update(leave=at_depot(p)["start"])),
        ("travel_time", lambda p: shift(p["routes"][0], 60, "depart")),
        ("travel_time", lambda p: shift(p["routes"][0], -60, "return")),
    ],
)
def test_a_broken_rule_is_seen(code: str, change: Callable[[Plan], None]):
    assert code in faults_of(change)


def test_the_same_plan_from_the_depot_would_be_another_one():
    based = replace(facts(), vans=(van("OWN"),))
    assert {"distance"} <= {fault.code for fault in check_plan(based, good())}


def test_a_van_from_far_away_is_later_at_the_shop_and_must_be_back_in_time():
    """100 km are 19,500 s: from half past eight it is there at 13:55, and the offer ends at noon."""
    far = day(
        places={"D1": 2, "P1": 4, "X1": 100},
        goods=[offer("BREAD/1", "D1", 5, window="09:00-12:00", category="bread", days=1)],
        lines=[line("O1/bread", "P1", 5, window="10:00-18:00")],
        vans=[van("OWN", begins_at="X1")],
    )
    assert not Reach(far, travel_s(far)).for_demand(far.lines[0])
    assert Reach(replace(far, vans=(van("OWN"),)), travel_s(far)).for_demand(far.lines[0])
    late = replace(far, vans=(van("OWN", ends_at="X1", shift="08:30-15:00"),))  # 12:00 at the latest, 19,500 s home
    assert not Reach(late, travel_s(far)).for_demand(far.lines[0])
    assert clock("09:45") + 19_500 > clock("15:00")


def test_a_van_stops_no_more_often_than_its_driver_can():
    """It stops at the depot, D1 and P3; where it begins and ends does not count."""
    assert check_plan(replace(facts(), vans=(replace(facts().vans[0], max_stops=3),)), good()) == []
    faults = check_plan(replace(facts(), vans=(replace(facts().vans[0], max_stops=2),)), good())
    assert [fault.code for fault in faults] == ["max_stops"]


def test_what_is_over_the_stops_of_a_day_is_left():
    few = replace(facts(), vans=(replace(facts().vans[0], max_stops=2),))
    found = optimise(few, travel(few), seconds=None, work=100, seed=1)
    plan = PlanDocument(few, None, 1, found.routes, (), summary_of(few, found.routes)).to_json()
    assert {fault.code for fault in check_plan(few, plan)} == {"unserved"}  # which this plan does not list
    assert plan["summary"]["delivered_g"] == 10_000  # the order before the offer
    assert plan["summary"]["collected_g"] == 0
