"""Shops and partners that open twice a day. On the great circle a kilometre takes 195 s."""

from __future__ import annotations

import copy
import datetime as dt
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from logistics.allocation.facts import Day
from logistics.allocation.reach import Reach
from logistics.dispatch.planner.check import check_plan
from logistics.dispatch.planner.document import PlanDocument, summary_of
from logistics.dispatch.planner.loads import build_problem
from logistics.dispatch.planner.optimise import optimise
from logistics.dispatch.planner.outcome import Outcome
from logistics.solver.verify import verify
from tests.factories.days import clock, day, line, offer, shelf, span, travel, travel_s, van


def facts(shift: str = "12:00-18:00", *, pauses: bool = True) -> Day:
    """D1, 2 km north, hands over 9 to 11 and 14 to 16, P1, 4 km north, takes 10 to 12 and 15 to 17. Nothing is on the shelf."""
    found = day(
        places={"D1": 2, "P1": 4},
        goods=[offer("BREAD/1", "D1", 5, window="09:00-16:00", category="bread", days=1)],
        lines=[line("O1/bread", "P1", 5, window="10:00-17:00")],
        vans=[van(shift=shift, break_minutes=0)],
    )
    if not pauses:
        return found
    between = {"D1": span("11:00-14:00"), "P1": span("12:00-15:00")}
    return replace(found, places={c: replace(p, pause=between.get(c)) for c, p in found.places.items()})


@cache
def outcome() -> Outcome:
    return optimise(facts(), travel(facts()), seconds=None, work=60, seed=1)


def plan() -> dict[str, Any]:
    routes = outcome().routes
    return PlanDocument(facts(), None, 1, routes, (), summary_of(facts(), routes)).to_json()


def starts(document: dict[str, Any]) -> dict[str, str]:
    return {
        stop["site"]: stop["start"][11:19] for route in document["routes"] for stop in route["stops"] if stop["site"] != "W01"
    }


def test_both_openings_are_windows_of_the_problem():
    [request] = build_problem(facts(), outcome().loads, travel(facts())).requests
    assert request.pickup.windows == (span("09:00-11:00"), span("14:00-16:00"))
    assert request.delivery.windows == (span("10:00-12:00"), span("15:00-17:00"))


def test_an_afternoon_shift_uses_the_second_opening_of_both():
    """Without pauses the van would be at the shop about half past twelve."""
    assert verify(outcome().problem, outcome().result) == []
    assert check_plan(facts(), plan()) == []
    shop, partner = starts(plan())["D1"], starts(plan())["P1"]
    # 14:00 at the shop at the earliest, 15:00 at the partner; the day is as short as it can be, so the shop is left for the partner's
    # opening: handling 300 s and 10 s for 5 kg, 391 s of driving (rounded up), so 14:48:19.
    assert (shop, partner) == ("14:48:19", "15:00:00")
    calm = facts(pauses=False)
    early = optimise(calm, travel(calm), seconds=None, work=60, seed=1).routes
    assert min(s.start_s for route in early for s in route.stops) < clock("14:00")


def test_a_morning_shift_uses_the_first():
    of = facts("08:30-13:00")
    routes = optimise(of, travel(of), seconds=None, work=60, seed=1).routes
    document = PlanDocument(of, None, 1, routes, (), summary_of(of, routes)).to_json()
    assert check_plan(of, document) == []
    assert "09:00:00" <= starts(document)["D1"] <= "11:00:00"
    assert "10:00:00" <= starts(document)["P1"] <= "12:00:00"


@pytest.mark.parametrize(("site", "moment"), [("D1", "13:59:59"), ("P1", "14:00:00")])
def test_a_stop_that_begins_in_the_pause_is_seen(site: str, moment: str):
    document = copy.deepcopy(plan())
    stop = next(s for s in document["routes"][0]["stops"] if s["site"] == site)
    stop["start"] = f"{stop['start'][:11]}{moment}{stop['start'][19:]}"
    assert "pause" in {fault.code for fault in check_plan(facts(), document)}


def test_the_ends_of_the_pause_are_not_in_it():
    place = facts().places["D1"]
    assert [place.opened(clock(t)) for t in ("11:00", "11:01", "13:59", "14:00")] == [
        clock("11:00"), clock("14:00"), clock("14:00"), clock("14:00"),
    ]  # fmt: skip


def test_leaving_the_shop_late_still_meets_the_second_opening():
    """The partner takes goods until 17:00: the shop may be left until 16:53:29, 391 s before, and a second later the check says no."""
    stop = next(s for s in plan()["routes"][0]["stops"] if s["site"] == "D1")
    assert stop["latest_leave"][11:19] == "16:53:29"
    late = copy.deepcopy(plan())
    entry = next(s for s in late["routes"][0]["stops"] if s["site"] == "D1")
    entry["latest_leave"] = (dt.datetime.fromisoformat(entry["latest_leave"]) + dt.timedelta(seconds=1)).isoformat()
    assert "latest_leave" in {fault.code for fault in check_plan(facts(), late)}


def test_a_morning_route_may_be_late_into_the_second_opening():
    """A shift that lasts until six: left after noon, the van waits for the partner to open again at 15:00."""
    of = replace(facts("08:30-18:00"), lines=(replace(facts().lines[0], window=span("10:00-12:00")),))
    routes = optimise(of, travel(of), seconds=None, work=60, seed=1).routes
    document = PlanDocument(of, None, 1, routes, (), summary_of(of, routes)).to_json()
    wide = facts("08:30-18:00")
    stop = next(s for s in document["routes"][0]["stops"] if s["site"] == "D1")
    stop["latest_leave"] = f"{stop['leave'][:11]}16:53:29{stop['leave'][19:]}"
    assert "latest_leave" not in {fault.code for fault in check_plan(wide, document)}
    assert "latest_leave" in {fault.code for fault in check_plan(of, document)}


def test_what_only_fits_into_the_pause_is_not_promised():
    """A shift from 12:10 to 13:50: the shop opens again after it."""
    reach = Reach(facts("12:10-13:50"), travel_s(facts()))
    assert not reach.can(facts().goods[0], facts().lines[0])
    assert Reach(facts("12:10-13:50", pauses=False), travel_s(facts())).can(facts().goods[0], facts().lines[0])


def test_the_shelf_reaches_a_partner_in_its_second_opening():
    of = replace(facts(), goods=(shelf("BREAD", 5, category="bread"),))
    routes = optimise(of, travel(of), seconds=None, work=60, seed=1).routes
    document = PlanDocument(of, None, 1, routes, (), summary_of(of, routes)).to_json()
    assert check_plan(of, document) == []
    assert "15:00:00" <= starts(document)["P1"] <= "17:00:00"
