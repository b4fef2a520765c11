"""Access, permits, longest rides and safe times, before anything is planned."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from logistics.allocation.facts import RideRule, VanPermit
from logistics.allocation.policies import longest_ride_s, may_stand
from logistics.allocation.reach import Reach
from logistics.fleet.policies import area_name, areas_of
from tests.factories.days import clock, day, line, offer, pickup_day, place, shelf, travel_s, van, visit


@pytest.mark.parametrize(
    ("category", "zone", "longest"),
    [("meal", "ambient", 5_400), ("meal", "chilled", 3_600), ("bread", "chilled", 7_200), ("bread", "ambient", None)],
)
def test_the_shortest_of_the_rows_that_fit_counts(category: str, zone: str, longest: int | None):
    rules = (RideRule("meal", None, 5_400), RideRule(None, "chilled", 7_200), RideRule("meal", "chilled", 3_600))
    assert longest_ride_s(rules, category=category, zone=zone) == longest


def test_an_area_is_compared_without_widths_and_spaces():
    assert areas_of("高松市、 三木町・Ａ地区") == {"高松市", "三木町", "A地区"}
    assert areas_of("") == frozenset()
    assert area_name(" Ａ地区　") == "A地区"


def test_a_permit_without_areas_holds_anywhere_and_one_without_class_for_no_class():
    stand = replace(place("M1", 1), area="高松市", permit_class="80L")
    assert may_stand(van(permits=(VanPermit("200L", frozenset()),)), stand)
    assert not may_stand(van(permits=(VanPermit("", frozenset({"高松市"})),)), stand)
    assert may_stand(van(), place("M1", 1))


def reason(facts: Any, key: str) -> str:
    reach = Reach(facts, travel_s(facts))
    assert not reach.for_demand(reach.demands[key])
    return reach.reason(reach.demands[key], 1_000, lambda g: g.quantity)


@pytest.mark.parametrize(
    ("limit", "fields", "code"),
    [
        ({"max_height_cm": 230}, {}, "too_high"),
        ({"max_height_cm": 230}, {"height_cm": 240}, "too_high"),
        ({"max_weight_kg": 2_000}, {"weight_kg": 3_500}, "too_heavy_for_road"),
        ({"max_weight_kg": 2_000, "max_height_cm": 230}, {"height_cm": 200}, "too_heavy_for_road"),
    ],
)
def test_nobody_plans_for_a_place_that_no_vehicle_gets_to(limit: dict[str, int], fields: dict[str, int], code: str):
    facts = day(places={"P1": 4}, goods=[shelf("A", 5)], lines=[line("O1/rice", "P1", 5)], vans=[van(**fields)])
    facts.places["P1"] = replace(facts.places["P1"], **limit)
    assert reason(facts, "O1/rice") == code
    small = replace(facts, vans=(*facts.vans, van("VAN2", height_cm=190, weight_kg=1_800)))
    assert Reach(small, travel_s(small)).for_demand(small.lines[0])


def test_a_car_without_the_permit_is_not_counted_on():
    facts = day(places={"M1": 4}, goods=[shelf("A", 50)], sites=[visit("M1", 5, "11:00-13:00")])
    facts.places["M1"] = replace(facts.places["M1"], area="高松市")
    assert reason(facts, "visit/M1") == "no_permit"
    car = van("CAR1", kind="kitchen_car", permits=(VanPermit("80L", frozenset({"高松市"})),))
    assert Reach(replace(facts, vans=(car,)), travel_s(facts)).for_demand(facts.sites[0])


def test_food_that_rides_too_long_is_not_promised():
    """6 km take 6 × 195 = 1,170 s."""
    facts = day(places={"P1": 6}, goods=[shelf("A", 5)], lines=[line("O1/rice", "P1", 5)])
    at_once = replace(facts, ride_limits=(RideRule("rice", None, 1_170),))
    assert Reach(at_once, travel_s(facts)).for_demand(facts.lines[0])
    assert reason(replace(facts, ride_limits=(RideRule("rice", None, 1_169),)), "O1/rice") == "longest_ride"


def test_waiting_for_the_partner_to_open_is_part_of_the_ride():
    """The shop closes at 10:00; with 300 s and 2 s/kg × 5 kg the van leaves by 10:05:10, the partner opens at 14:00: 14,090 s."""
    meal = offer("A/1", "D1", 5, window="09:00-10:00", category="meal")
    facts = day(places={"D1": 1, "P1": 2}, goods=[meal], lines=[line("O1/meal", "P1", 5, window="14:00-15:00")])
    fits = replace(facts, ride_limits=(RideRule("meal", None, 14_090),))
    assert Reach(fits, travel_s(facts)).for_demand(facts.lines[0])
    assert reason(replace(facts, ride_limits=(RideRule("meal", None, 14_089),)), "O1/meal") == "longest_ride"


def test_food_that_is_not_safe_when_it_is_wanted_is_not_promised():
    facts = day(
        places={"P1": 4, "V1": 2},
        goods=[shelf("A", 50, safe_until_s=clock("12:00"))],
        lines=[line("O1/rice", "P1", 5, window="11:00-15:00"), line("O2/rice", "P1", 5, window="13:00-15:00")],
        sites=[pickup_day("V1", 2, "10:00-12:30"), pickup_day("P1", 2, "10:00-12:00")],
    )
    reach = Reach(facts, travel_s(facts))
    assert [bool(reach.for_demand(d)) for d in facts.demands] == [False, True, True, False]
    assert reach.reason(facts.lines[1], 1_000, lambda g: g.quantity) == "safe_until"


def test_food_that_cannot_be_there_in_its_time_says_so():
    """The van leaves at 8:30 and needs 10 × 195 s: it is there at 9:02:30."""
    facts = day(
        places={"P1": 10},
        goods=[shelf("A", 5, safe_until_s=clock("09:00"))],
        lines=[line("O1/rice", "P1", 5, window="08:00-12:00")],
    )
    assert reason(facts, "O1/rice") == "deliver_by"
