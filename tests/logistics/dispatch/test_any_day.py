"""Days nobody has seen: whatever comes in, a plan comes out that breaks no rule and names all that it leaves out."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foodbank.core.errors import Text
from logistics.allocation.facts import Day, DaysLeftRule, Goods, LineDemand, SiteDemand, Van
from logistics.allocation.policies import refused_because
from logistics.dispatch.planner.check import check_plan
from logistics.dispatch.planner.document import PlanDocument, summary_of
from logistics.dispatch.planner.left_out import Limits, left_out
from logistics.dispatch.planner.optimise import optimise
from logistics.solver.verify import verify
from tests.factories.days import DATE, DEPOT, day, line, offer, pickup_day, place, roads, shelf, travel, van, visit

CATEGORIES = ("rice", "bread", "dairy")
ZONES = ("ambient", "chilled", "frozen")
EGG, MILK = "卵", "乳"
allergens = st.frozensets(st.sampled_from((EGG, MILK)))
zones = st.sampled_from(ZONES)
hours = st.integers(8 * 60, 18 * 60).map(lambda minutes: minutes * 60)


@st.composite
def windows(draw) -> tuple[int, int]:
    begin = draw(hours)
    return begin, min(19 * 3600, begin + draw(st.sampled_from((0, 600, 3_600, 7_200, 14_400))))


@st.composite
def some_goods(draw, number: int, shops: list[str]) -> Goods:
    site = draw(st.sampled_from([DEPOT, *shops]))
    item = draw(st.integers(0, 5))
    days = draw(st.sampled_from((None, 0, 1, 30)))
    return Goods(
        key=f"g{number}",
        site=site,
        gtin=f"item{item}",
        name="品",
        category=CATEGORIES[item % 3],
        is_food=item != 5,
        zone=ZONES[item % 3],
        quantity=draw(st.integers(1, 60)),
        unit_g=(50, 340, 1_000, 5_000, 20_000, 700)[item],
        last_day=None if days is None else DATE + dt.timedelta(days=days),
        date_mark="best_before",
        allergens=frozenset({EGG}) if item in (1, 4) else frozenset(),
        window=None if site == DEPOT else draw(windows()),
        blocked=draw(st.sampled_from((None, None, None, "inventory.held"))),
    )


@st.composite
def days(draw) -> Day:
    shops = [f"D{n}" for n in range(draw(st.integers(0, 4)))]
    partners = [f"P{n}" for n in range(draw(st.integers(0, 3)))]
    cars = [f"M{n}" for n in range(draw(st.integers(0, 2)))]
    venues = ["V0"] if draw(st.booleans()) else []
    far = st.sampled_from((0.0, 0.5, 3.0, 9.0, 40.0, 300.0))
    places = {code: place(code, draw(far)) for code in (*shops, *partners, *cars, *venues)} | {DEPOT: place(DEPOT, 0)}
    goods = [draw(some_goods(n, shops)) for n in range(draw(st.integers(0, 8)))]
    lines = []
    for n, site in enumerate(partners):
        window, excluded = draw(windows()), draw(allergens)
        for category in draw(st.frozensets(st.sampled_from(CATEGORIES), min_size=1)):
            asked = draw(st.sampled_from((1, 900, 2_600, 40_000)))
            lines.append(
                LineDemand(f"O{n}/{category}", f"O{n}", site, window, draw(st.integers(0, 50)), excluded, asked, category)
            )
    sites = []
    for kind, codes in (("visit", cars), ("pickup_day", venues)):
        for code in codes:
            opens = draw(hours)
            closes = min(19 * 3600, opens + 3_600)
            households = draw(st.integers(0, 12))
            sites.append(SiteDemand(f"{kind}/{code}", kind, code, opens, closes, households, 4_000 * households))
    vans = []
    for n in range(draw(st.integers(0, 3))):
        begin = draw(hours)
        capacity = tuple(draw(st.sampled_from((0, 30_000, 400_000))) for _ in ZONES)
        end = min(20 * 3600, begin + draw(st.sampled_from((1_800, 14_400, 32_400))))
        kind = draw(st.sampled_from(("van", "kitchen_car")))
        vans.append(Van(f"CAR{n}", kind, DEPOT, (begin, end), capacity, draw(st.sampled_from((0, 900, 2_700)))))
    rules = draw(st.sampled_from(((), (DaysLeftRule("partner", None, None, 1), DaysLeftRule("home_parcel", None, "frozen", 2)))))
    if draw(st.booleans()):  # the same again: a second lot or offer, a second order of the same partner, a twin of the vehicle
        goods += [replace(g, key=f"{g.key}/again") for g in goods[:2]]
        lines += [replace(one, key=f"X{one.key}", order=f"X{one.order}") for one in lines[:2]]
        vans += [replace(v, code=f"{v.code}X") for v in vans[:1]]
    return Day(DATE, places, tuple(goods), tuple(lines), tuple(sites), tuple(vans), rules)


def planned(facts: Day, work: int = 30) -> dict:
    table = travel(facts)
    outcome = optimise(facts, table, seconds=None, work=work)
    assert verify(outcome.problem, outcome.result) == []
    left = left_out(facts, outcome, roads(facts), limits=Limits(None, work, 1), category_names={"rice": Text("米", "Rice")})
    return PlanDocument(facts, None, 1, outcome.routes, left, summary_of(facts, outcome.routes)).to_json()


def one_unit_could_be_brought(facts: Day) -> bool:
    """Whether some vehicle with nothing else to do could bring a partner one unit from the depot's shelf and be back without a break."""
    seconds = travel(facts).between()
    for g, one in product((g for g in facts.goods if g.on_shelf and not g.blocked), facts.lines):
        if g.category != one.category or g.allergens & one.excluded or g.unit_g > one.asked_g:
            continue
        if refused_because(g, one, day=facts.date, rules=facts.days_left):
            continue
        for v in facts.vans:
            way = seconds(DEPOT, one.site)
            begin = max(v.shift[0] + way, one.window[0])
            back = begin + facts.stop_s + facts.per_kg_s * g.unit_g // 1000 + 1 + way
            whole = back - (begin - way)
            fits = v.capacity_g[ZONES.index(g.zone)] >= g.unit_g
            if fits and begin <= one.window[1] and back <= v.shift[1] and whole <= 4 * 3600:
                return True
    return False


@settings(max_examples=190, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(days())
def test_no_rule_is_broken_everything_left_out_is_named_and_no_plan_is_empty_in_vain(facts):
    plan = planned(facts)
    assert check_plan(facts, plan) == []
    assert plan["routes"] or not one_unit_could_be_brought(facts)


@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(days())
def test_without_drivers_everything_is_left_out_with_a_reason(facts):
    still = replace(facts, vans=())
    plan = planned(still)
    assert plan["routes"] == []
    assert check_plan(still, plan) == []


def test_vehicles_of_another_depot_load_where_the_shelf_is():
    # The only van starts at W02, 3 km from the shelf at W01; it loads there, and what the shop gives beyond the order is left there.
    facts = day(
        places={"W02": 3, "P1": 2, "D1": 4, "M1": 2},
        goods=[shelf("RICE", 30, 1_000), shelf("CAN", 30, 500, category="protein"), offer("BREAD", "D1", 9, category="bread")],
        lines=[line("O1/rice", "P1", 5), line("O1/bread", "P1", 4)],
        sites=[visit("M1", 2, "13:00-14:00")],
        vans=[
            replace(van(), depot="W02"),
            replace(van("CAR1", kind="kitchen_car"), depot="W02"),
            van("VAN2", shift="16:00-17:00"),
        ],
    )
    plan = planned(facts, work=100)
    assert check_plan(facts, plan) == []
    assert plan["unserved"] == []
    assert plan["summary"]["delivered_g"] == 9_000
    assert plan["summary"]["collected_g"] == 9_000
    assert {s["site"] for r in plan["routes"] for s in r["stops"] if any("order_ref" not in u for u in s["drop_off"])} == {
        "W01",
        "M1",
    }


def test_a_fix_is_found_for_what_lacks_goods_whatever_else_cannot_be_done():
    # No kitchen car is on duty, and of the 8 kg of rice asked for 5 kg are there.
    facts = day(
        places={"P1": 2, "M1": 3},
        goods=[shelf("RICE", 5, 1_000), shelf("CAN", 90, 500, category="protein")],
        lines=[line("O1/rice", "P1", 8)],
        sites=[visit("M1", 5, "11:00-13:00")],
        vans=[van()],
    )
    left = {u["ref"]: u for u in planned(facts)["unserved"]}
    assert all(set(u) == {"kind", "ref", "grams", "reason", "fix", "fix_tried"} for u in left.values())
    assert (left["M1"]["reason"], left["M1"]["grams"]) == ("no_vehicle_allowed", 20_000)
    assert (left["O1/rice"]["reason"], left["O1/rice"]["grams"]) == ("no_stock", 3_000)
    assert "3.00 kg" in left["O1/rice"]["fix"]


def test_a_car_may_stand_twice_at_one_place():
    # Two visits of 5 households: 20 kg each, a stop of its own for each.
    morning, afternoon = visit("M1", 5, "10:00-11:00"), replace(visit("M1", 5, "13:00-14:00"), key="visit/later")
    facts = day(
        places={"M1": 2},
        goods=[shelf("RICE", 90), shelf("CAN", 90)],
        sites=[morning, afternoon],
        vans=[van("CAR1", kind="kitchen_car")],
    )
    plan = planned(facts, work=60)
    assert check_plan(facts, plan) == []
    assert plan["unserved"] == []
    stood = [s["visit"]["open_from"][11:16] for r in plan["routes"] for s in r["stops"] if "visit" in s]
    assert stood == ["10:00", "13:00"]


def test_what_an_order_names_goes_to_that_line_and_not_to_the_category():
    # 10 bags of 1 kg by name are 2 for the line that names them; the 3 kg of the category come from the other rice.
    facts = day(
        places={"P1": 2},
        goods=[shelf("KOSHI", 10), shelf("OTHER", 10, days=60)],
        lines=[
            line("O1/rice", "P1", 3),
            replace(line("O1/KOSHI", "P1", 2), category=None, gtin="KOSHI"),
        ],
        vans=[van()],
    )
    plan = planned(facts)
    assert check_plan(facts, plan) == []
    assert plan["unserved"] == []
    drops = [u for r in plan["routes"] for s in r["stops"] for u in s["drop_off"]]
    assert sorted((u["gtin"], u["quantity"]) for u in drops) == [("KOSHI", 2), ("OTHER", 3)]


SMALL = [van("V1", capacity_g=(100_000, 50_000, 0)), van("V2", capacity_g=(100_000, 0, 50_000))]


@pytest.mark.parametrize(
    "facts",
    [
        day(places={"D1": 2}, goods=[offer("A", "D1", 150)], vans=SMALL),
        day(places={"P1": 2}, goods=[shelf("A", 150)], lines=[line("O1/rice", "P1", 150)], vans=SMALL),
        day(places={"D1": 2}, goods=[offer("A", "D1", 9, zone="chilled"), offer("B", "D1", 9, zone="frozen")], vans=SMALL),
        day(places={"V1": 2}, goods=[shelf("A", 150), shelf("B", 150)], sites=[pickup_day("V1", 60, "13:00-15:00")], vans=SMALL),
    ],
    ids=["150 kg from a shop", "150 kg to a partner", "chilled and frozen on two vans", "240 kg in chunks of less than a van"],
)
def test_what_no_single_vehicle_can_take_goes_on_several(facts):
    plan = planned(facts, work=60)
    assert check_plan(facts, plan) == []
    assert plan["unserved"] == []


def test_a_visit_gets_what_the_car_that_stands_there_can_take():
    # 7 households want 28 kg each; CAR1 takes that to one visit, CAR2 takes 10 of 28 kg to the other and CAR1 is busy.
    # At M3 30 + 30 kg of one zone each are wanted, and neither car takes more than 30 kg of ambient or any chilled food beside it.
    cars = [
        van("CAR1", kind="kitchen_car", capacity_g=(30_000, 0, 0)),
        van("CAR2", kind="kitchen_car", capacity_g=(10_000, 30_000, 0)),
    ]
    both = [visit("M1", 7, "13:00-15:00"), visit("M2", 7, "13:00-15:00")]
    facts = day(places={"M1": 2, "M2": 3}, goods=[shelf("A", 90), shelf("B", 90)], sites=both, vans=cars)
    plan = planned(facts, work=60)
    assert check_plan(facts, plan) == []
    assert [(u["grams"], u["reason"]) for u in plan["unserved"]] == [(18_000, "no_room_left")]
    goods = [shelf("A", 30), shelf("B", 30, zone="chilled")]
    facts = day(places={"M3": 2}, goods=goods, sites=[visit("M3", 15, "13:00-15:00")], vans=cars)
    plan = planned(facts, work=60)
    assert check_plan(facts, plan) == []
    assert [(u["grams"], u["reason"]) for u in plan["unserved"]] == [(20_000, "too_heavy")]


def test_a_fix_says_for_how_much_of_what_is_missing_it_was_tried():
    # 300 kg are three loads for a van of 100 kg; between 10:00 and 10:10 it comes once. Room for one more is tried for the other two
    facts = day(
        places={"P1": 2},
        goods=[shelf("A", 300)],
        lines=[line("O1/rice", "P1", 300, window="10:00-10:10")],
        vans=[van(capacity_g=(100_000, 0, 0))],
    )
    plan = planned(facts, work=60)
    assert check_plan(facts, plan) == []
    (left,) = plan["unserved"]
    assert (left["grams"], left["reason"]) == (200_000, "no_room_left")


def test_a_stop_that_is_asked_for_in_a_later_round_is_heard_though_an_earlier_one_was_best():
    facts = day(places={"P1": 2}, goods=[shelf("A", 9)], lines=[line("O1/rice", "P1", 5)], vans=[van()])
    told: list[str] = []
    outcome = optimise(
        facts,
        travel(facts),
        seconds=None,
        work=20,
        on_progress=lambda part, what: told.append(what),
        should_stop=lambda: told.count("allocate") > 1,
    )
    assert told.count("allocate") == 2
    assert (outcome.result.stopped, outcome.stopped) == ("work", True)
