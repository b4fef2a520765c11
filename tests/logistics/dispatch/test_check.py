"""Each rule of a plan is broken once, and the check must see it."""

import copy
import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from foodbank.core.errors import Text
from logistics.allocation.facts import Day, DaysLeftRule
from logistics.dispatch.planner.check import check_plan
from logistics.dispatch.planner.document import Left, PlanDocument, summary_of
from logistics.dispatch.planner.optimise import optimise
from tests.factories.days import DATE, day, line, offer, pickup_day, shelf, travel, van, visit

MILK = frozenset({"乳"})
Plan = dict[str, Any]


@cache
def facts() -> Day:
    """One van that is out for more than four hours (orders at ten and at four), one kitchen car with a visit, a pickup day, and a shop
    whose bread goes straight to a partner while the rest of it comes back."""
    return day(
        places={"P1": 4, "P2": 6, "D1": 5, "M1": 3, "V1": 2},
        goods=[
            shelf("RICE", 20, 5_000),
            shelf("MILK", 50, 1_000, category="dairy", zone="chilled", allergens=MILK),
            shelf("CAN", 400, 300, category="protein"),
            shelf("OLD", 9, 1_000, category="protein", blocked="inventory.expired_use_by", days=-1),
            offer("BREAD/1", "D1", 30, 200, window="09:00-10:30", category="bread", days=1),
            offer("SOAP/2", "D1", 3, 500, window="09:00-10:30", category="non_food", is_food=False, days=None),
        ],
        lines=[
            line("O1/rice", "P1", 10, window="10:00-11:00"),
            line("O1/dairy", "P1", 5, window="10:00-11:00"),
            line("O2/bread", "P2", 4, window="15:30-16:30", excluded=MILK),
            line("O3/rice", "P1", 5, window="15:00-16:00"),
        ],
        sites=[visit("M1", 5, "11:00-13:00"), pickup_day("V1", 5, "11:30-15:00")],
        vans=[van(), van("CAR1", kind="kitchen_car", shift="10:00-13:30", capacity_g=(21_000, 0, 0))],
    )


@cache
def good() -> Plan:
    outcome = optimise(facts(), travel(facts()), seconds=None, work=300, seed=1)
    return PlanDocument(facts(), None, 1, outcome.routes, (), summary_of(facts(), outcome.routes)).to_json()


def faults_of(change: Callable[[Plan], None]) -> set[str]:
    plan = copy.deepcopy(good())
    change(plan)
    return {fault.code for fault in check_plan(facts(), plan)}


def route(plan: Plan, vehicle: str = "VAN1") -> Plan:
    return next(r for r in plan["routes"] if r["vehicle"] == vehicle)


def stop(plan: Plan, site: str, vehicle: str = "VAN1") -> Plan:
    return next(s for s in route(plan, vehicle)["stops"] if s["site"] == site)


def drop(plan: Plan, **wanted: str) -> Plan:
    units = (u for r in plan["routes"] for s in r["stops"] for u in s["drop_off"])
    return next(u for u in units if all(u.get(k) == v for k, v in wanted.items()))


def pick_of(plan: Plan, unit: str) -> Plan:
    return next(u for r in plan["routes"] for s in r["stops"] for u in s["pick_up"] if u["unit"] == unit)


def shift(entry: Plan, seconds: int, *keys: str) -> None:
    for key in keys:
        entry[key] = (dt.datetime.fromisoformat(entry[key]) + dt.timedelta(seconds=seconds)).isoformat()


def set_clock(entry: Plan, key: str, text: str) -> None:
    entry[key] = f"{DATE.isoformat()}T{text}:00+09:00"


def test_the_good_plan_has_no_fault_and_needs_every_rule():
    plan = good()
    assert check_plan(facts(), plan) == []
    assert {r["vehicle"] for r in plan["routes"]} == {"VAN1", "CAR1"}
    van_route = route(plan)
    hours = dt.datetime.fromisoformat(van_route["return"]) - dt.datetime.fromisoformat(van_route["depart"])
    assert hours > dt.timedelta(hours=4)
    assert len(van_route["breaks"]) == 1
    assert {u.get("order_ref") or u.get("visit_ref") or u.get("pickup_ref") for r in plan["routes"] for s in r["stops"]
            for u in s["drop_off"]} == {"O1", "O2", "O3", "M1", "V1", None}  # fmt: skip


def moved_late(plan: Plan) -> None:
    shift(stop(plan, "P1"), 3 * 3600, "arrive", "start", "leave")


def too_fast(plan: Plan) -> None:
    shift(stop(plan, "D1"), -120, "arrive")


def no_service(plan: Plan) -> None:
    entry = stop(plan, "D1")
    entry["leave"] = entry["start"]


def drop_first(plan: Plan) -> None:
    bread = drop(plan, order_ref="O2")
    before = route(plan)["stops"][0]
    for s in route(plan)["stops"]:
        if bread in s["drop_off"]:
            s["drop_off"].remove(bread)
    before["drop_off"].append(bread)


def picked_again(plan: Plan) -> None:
    stop(plan, "P1")["pick_up"].append(copy.deepcopy(route(plan)["stops"][0]["pick_up"][0]))


def forgotten(plan: Plan) -> None:
    for s in route(plan)["stops"]:
        s["drop_off"] = [u for u in s["drop_off"] if u.get("order_ref") != "O2"]


def changed_on_the_way(plan: Plan) -> None:
    drop(plan, order_ref="O1", category="rice")["quantity"] += 1


def by_the_van(plan: Plan) -> None:
    a, b = route(plan, "VAN1"), route(plan, "CAR1")
    a["vehicle"], b["vehicle"] = "CAR1", "VAN1"


def more_than_stock(plan: Plan) -> None:
    unit = drop(plan, order_ref="O1", category="rice")
    for entry in (unit, pick_of(plan, unit["unit"])):
        entry["quantity"], entry["grams"] = 21, 105_000


def over_capacity(plan: Plan) -> None:
    unit = drop(plan, order_ref="O1", category="dairy")
    for entry in (unit, pick_of(plan, unit["unit"])):
        entry["quantity"], entry["grams"] = 101, 101_000


def expired_goods(plan: Plan) -> None:
    unit = drop(plan, pickup_ref="V1")
    for entry in (unit, pick_of(plan, unit["unit"])):
        entry["gtin"] = "OLD"


def allergen(plan: Plan) -> None:
    unit = drop(plan, order_ref="O1", category="dairy")
    unit["order_ref"], unit["category"] = "O2", "bread"


def two_units_over(plan: Plan) -> None:
    unit = drop(plan, order_ref="O3")
    for entry in (unit, pick_of(plan, unit["unit"])):
        entry["quantity"], entry["grams"] = entry["quantity"] + 2, entry["grams"] + 10_000


def car_comes_late(plan: Plan) -> None:
    entry = stop(plan, "M1", "CAR1")
    set_clock(entry, "arrive", "11:01")
    set_clock(entry, "start", "11:01")


def car_leaves_early(plan: Plan) -> None:
    set_clock(stop(plan, "M1", "CAR1"), "leave", "12:59")


def stands_twice(plan: Plan) -> None:
    stops = route(plan, "CAR1")["stops"]
    index = next(i for i, s in enumerate(stops) if "visit" in s)
    again = copy.deepcopy(stops[index])
    again["drop_off"], again["pick_up"] = [], []
    stops.insert(index + 1, again)


def other_hours(plan: Plan) -> None:
    set_clock(stop(plan, "M1", "CAR1")["visit"], "open_until", "12:30")


def pickup_day_late(plan: Plan) -> None:
    for r in plan["routes"]:
        for s in r["stops"]:
            if any("pickup_ref" in u for u in s["drop_off"]):
                set_clock(s, "start", "11:29")


def break_while_serving(plan: Plan) -> None:
    entry = stop(plan, "D1")
    route(plan)["breaks"][0] = {"start": entry["start"], "end": route(plan)["breaks"][0]["end"]}


def no_break(plan: Plan) -> None:
    route(plan)["breaks"] = []


def short_break(plan: Plan) -> None:
    shift(route(plan)["breaks"][0], 60, "start")


def two_pieces(plan: Plan) -> None:
    whole = route(plan)["breaks"].pop()
    middle = (dt.datetime.fromisoformat(whole["start"]) + dt.timedelta(minutes=20)).isoformat()
    route(plan)["breaks"] += [{"start": whole["start"], "end": middle}, {"start": middle, "end": whole["end"]}]


MUTATIONS: list[tuple[str, Callable[[Plan], Any]]] = [
    ("unknown_vehicle", lambda p: route(p).update(vehicle="VAN9")),
    ("vehicle_twice", lambda p: p["routes"].append(copy.deepcopy(route(p)))),
    ("unknown_site", lambda p: stop(p, "D1").update(site="D9")),
    ("shift", lambda p: set_clock(route(p), "depart", "08:29")),
    ("shift", lambda p: set_clock(route(p), "return", "18:01")),
    ("times", lambda p: set_clock(route(p), "return", "08:30")),
    ("times", lambda p: shift(stop(p, "D1"), 7200, "arrive")),
    ("travel_time", too_fast),
    ("travel_time", lambda p: shift(route(p), -60, "return")),
    ("distance", lambda p: route(p).update(distance_m=route(p)["distance_m"] - 500)),
    ("distance", lambda p: route(p).update(distance_m=route(p)["distance_m"] + 500)),
    ("drive_time", lambda p: route(p).update(drive_s=60)),
    ("opening_hours", lambda p: set_clock(stop(p, "P2"), "start", "19:01")),
    ("service_time", no_service),
    ("ready_window", lambda p: set_clock(stop(p, "D1"), "start", "10:31")),
    ("order_window", moved_late),
    ("no_such_goods", lambda p: stop(p, "D1")["pick_up"][0].update(gtin="RICE")),
    ("weight", lambda p: stop(p, "D1")["pick_up"][0].update(grams=1)),
    ("zone", lambda p: stop(p, "D1")["pick_up"][0].update(zone="frozen")),
    ("not_aboard", drop_first),
    ("never_dropped", forgotten),
    ("picked_twice", picked_again),
    ("unit_changed", changed_on_the_way),
    ("more_than_there", more_than_stock),
    ("capacity", over_capacity),
    ("no_such_goods", expired_goods),
    ("may_not_have", allergen),
    ("wrong_partner", lambda p: drop(p, order_ref="O2").update(order_ref="O1", category="rice")),
    ("order_ref", lambda p: drop(p, order_ref="O2").update(order_ref="O7")),
    ("order_ref", lambda p: drop(p, order_ref="O2").update(category="snack")),
    ("over_ask", two_units_over),
    ("dropped_nowhere", lambda p: drop(p, order_ref="O2").pop("order_ref")),
    ("visit_vehicle", by_the_van),
    ("visit_late", car_comes_late),
    ("visit_left_early", car_leaves_early),
    ("visit_twice", stands_twice),
    ("visit_unknown", other_hours),
    ("visit_ref", lambda p: drop(p, visit_ref="M1").update(visit_ref="M2")),
    ("visit_ref", lambda p: stop(p, "M1", "CAR1").pop("visit")),
    ("pickup_ref", lambda p: drop(p, pickup_ref="V1").update(pickup_ref="V2")),
    ("pickup_late", pickup_day_late),
    ("break_missing", no_break),
    ("break_missing", short_break),
    ("break_missing", two_pieces),
    ("break_while_busy", break_while_serving),
    ("unserved", lambda p: p["unserved"].append({"kind": "visit", "ref": "M1", "grams": 5, "reason": "x", "fix": ""})),
    ("unserved", forgotten),
    ("no_reason", lambda p: p["unserved"].append({"kind": "visit", "ref": "M1", "grams": 0, "reason": "", "fix": ""})),
    *[("summary", lambda p, k=k: p["summary"].update({k: p["summary"][k] + 1})) for k in
      ("ordered_g", "delivered_g", "donated_g", "collected_g", "distance_m", "drive_s")],
]  # fmt: skip


@pytest.mark.parametrize(("code", "change"), MUTATIONS)
def test_a_broken_rule_is_seen(code, change):
    assert code in faults_of(change)


def test_goods_past_their_day_are_seen_even_when_nobody_blocked_them():
    day_facts = day(places={"P1": 4}, goods=[shelf("A", 5, days=-1)], lines=[line("O1/rice", "P1", 5)], days_left=())
    outcome = optimise(day_facts, travel(day_facts), seconds=None, work=50)
    assert outcome.allocation.missing == {"O1/rice": 5_000}
    allowed = day(places={"P1": 4}, goods=[shelf("A", 5)], lines=[line("O1/rice", "P1", 5)])
    outcome = optimise(allowed, travel(allowed), seconds=None, work=50)
    plan = PlanDocument(allowed, None, 1, outcome.routes, (), summary_of(allowed, outcome.routes)).to_json()
    assert check_plan(allowed, plan) == []
    assert {f.code for f in check_plan(day_facts, plan)} == {"expired", "may_not_have"}


def test_days_left_are_checked_without_asking_the_allocation():
    rules = (DaysLeftRule("partner", None, None, 3),)
    free = day(places={"P1": 4}, goods=[shelf("A", 5, days=2)], lines=[line("O1/rice", "P1", 5)])
    outcome = optimise(free, travel(free), seconds=None, work=50)
    plan = PlanDocument(free, None, 1, outcome.routes, (), summary_of(free, outcome.routes)).to_json()
    strict = day(places={"P1": 4}, goods=[shelf("A", 5, days=2)], lines=[line("O1/rice", "P1", 5)], days_left=rules)
    assert check_plan(free, plan) == []
    assert [f.code for f in check_plan(strict, plan)] == ["may_not_have"]


def test_what_is_left_out_has_to_be_listed_with_its_grams():
    short = day(places={"P1": 4}, goods=[shelf("A", 3)], lines=[line("O1/rice", "P1", 5)])
    outcome = optimise(short, travel(short), seconds=None, work=50)
    summary = summary_of(short, outcome.routes)
    silent = PlanDocument(short, None, 1, outcome.routes, (), summary).to_json()
    assert [f.code for f in check_plan(short, silent)] == ["unserved"]
    said = Left("order_line", "O1/rice", 2_000, "no_stock", Text("足りません。", "Not enough."))
    honest = PlanDocument(short, None, 1, outcome.routes, (said,), summary).to_json()
    assert check_plan(short, honest) == []


@pytest.mark.parametrize(
    ("date_mark", "released", "found"),
    [
        ("use_by", False, {"expired", "may_not_have"}),
        ("use_by", True, {"expired", "may_not_have"}),
        ("best_before", False, {"expired", "may_not_have"}),
        ("best_before", True, set()),
        ("none", False, set()),
    ],
)
def test_only_a_release_or_an_own_estimate_lets_a_passed_date_go(date_mark: str, released: bool, found: set[str]):
    fresh = day(places={"P1": 2}, goods=[shelf("RICE", 5)], lines=[line("O1/rice", "P1", 5)], vans=[van()])
    outcome = optimise(fresh, travel(fresh), seconds=None, work=30)
    plan = PlanDocument(fresh, None, 1, outcome.routes, (), summary_of(fresh, outcome.routes)).to_json()
    assert plan["summary"]["delivered_g"] == 5_000
    old = replace(fresh, goods=(shelf("RICE", 5, days=-1, date_mark=date_mark, released=released),))
    assert {f.code for f in check_plan(old, plan)} == found
