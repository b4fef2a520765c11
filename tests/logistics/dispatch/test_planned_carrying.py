"""A day with every rule of carrying at once is planned without breaking one, and what they keep back is served by whom they let."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from logistics.allocation.facts import Day, RideRule, VanPermit
from logistics.dispatch.planner.check import check_plan
from logistics.dispatch.planner.document import PlanDocument, summary_of
from logistics.dispatch.planner.left_out import Limits, left_out
from logistics.dispatch.planner.optimise import optimise
from tests.factories.days import clock, day, line, offer, roads, shelf, travel, van, visit

HERE = VanPermit("80L", frozenset({"高松市"}))


def facts() -> Day:
    """P1 lets only the low van in and P2 only the light one; bread never meets soap; the shop's meals ride an hour at most and are safe
    until half past eleven; M1 lies outside the permit of CAR2."""
    found = day(
        places={"D1": 2, "P1": 4, "P2": 6, "P3": 5, "M1": 3},
        goods=[
            shelf("RICE", 60), shelf("BREAD", 20, category="bread"),
            shelf("SOAP", 5, category="non_food", is_food=False, days=None),
            offer("MEAL/1", "D1", 4, window="10:00-10:30", category="meal", days=0, date_mark="use_by", safe_until_s=clock("11:30")),
        ],
        lines=[
            line("O1/rice", "P1", 5), line("O1/bread", "P1", 5), line("O2/rice", "P2", 5),
            line("O3/non_food", "P3", 2), line("O3/bread", "P3", 5), line("O3/meal", "P3", 4, window="10:00-18:00"),
        ],
        sites=[visit("M1", 5, "13:00-15:00")],
        vans=[
            van("LOW", height_cm=190, weight_kg=3_500), van("LIGHT", height_cm=240, weight_kg=1_500),
            van("CAR2", kind="kitchen_car", permits=(VanPermit("200L", frozenset({"丸亀市"})),)),
            van("CAR1", kind="kitchen_car", permits=(HERE,)),
        ],
        apart=frozenset({frozenset({"bread", "non_food"})}),
        ride_limits=(RideRule("meal", None, 3_600),),
    )  # fmt: skip
    found.places["P1"] = replace(found.places["P1"], max_height_cm=200)
    found.places["P2"] = replace(found.places["P2"], max_weight_kg=2_000)
    found.places["M1"] = replace(found.places["M1"], area="高松市", permit_class="40L")
    return found


def planned(found: Day) -> tuple[dict[str, Any], list[str]]:
    outcome = optimise(found, travel(found), seconds=None, work=40, seed=1)
    limits = Limits(seconds=None, work=5, seed=1)
    unserved = left_out(found, outcome, roads(found), limits=limits, category_names={})
    plan = PlanDocument(found, None, 1, outcome.routes, unserved, summary_of(found, outcome.routes)).to_json()
    return plan, [str(fault) for fault in check_plan(found, plan)]


def test_every_rule_at_once_is_kept_and_all_is_served():
    plan, faults = planned(facts())
    assert faults == []
    assert plan["unserved"] == []
    drivers = {s["site"]: r["vehicle"] for r in plan["routes"] for s in r["stops"]}
    assert (drivers["P1"], drivers["P2"], drivers["M1"]) == ("LOW", "LIGHT", "CAR1")


def test_what_no_vehicle_may_do_is_left_out_with_its_reason():
    found = facts()
    vans = tuple(replace(v, height_cm=None) for v in found.vans if v.code != "CAR1")
    late = tuple(replace(g, safe_until_s=clock("09:59")) if g.key == "MEAL/1" else g for g in found.goods)
    plan, faults = planned(replace(found, vans=vans, goods=late))
    assert faults == []
    reasons = {entry["ref"]: entry["reason"] for entry in plan["unserved"]}
    assert reasons == {
        "O1/rice": "too_high", "O1/bread": "too_high", "M1": "no_permit", "O3/meal": "safe_until",
        "D1/MEAL": "deliver_by",
    }  # fmt: skip
