"""A visit with a kitchen car that was settled for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from logistics.allocation.facts import Day, Van
from logistics.allocation.reach import Reach
from logistics.dispatch.planner.areas import areas
from logistics.dispatch.planner.check import check_plan
from logistics.dispatch.planner.document import PlanDocument, PlannedRoute, summary_of
from logistics.dispatch.planner.loads import rooms_for
from logistics.dispatch.planner.optimise import optimise
from tests.factories.days import day, place, shelf, travel, travel_s, van, visit

CARS = (van("CAR1", kind="kitchen_car"), van("CAR2", kind="kitchen_car"))


def facts(settled: str = "", cars: tuple[Van, ...] = CARS) -> Day:
    """A visit of 5 households, 20 kg, 3 km away."""
    return day(
        places={"M1": 3},
        goods=[shelf("RICE", 20), shelf("BEANS", 20, category="protein")],
        sites=[replace(visit("M1", 5, "11:00-13:00"), vehicle=settled)],
        vans=list(cars),
    )


def routes(of: Day) -> tuple[PlannedRoute, ...]:
    return optimise(of, travel(of), seconds=None, work=40, seed=1).routes


def faults(of: Day, driven: tuple[PlannedRoute, ...]) -> set[str]:
    return {fault.code for fault in check_plan(of, PlanDocument(of, None, 1, driven, (), summary_of(of, driven)).to_json())}


@pytest.mark.parametrize("settled", ["CAR1", "CAR2"])
def test_the_car_that_was_settled_makes_the_visit_though_another_one_is_the_same(settled: str):
    of = facts(settled)
    found = routes(of)
    assert [route.vehicle for route in found] == [settled]
    assert faults(of, found) == set()
    other = "CAR2" if settled == "CAR1" else "CAR1"
    assert faults(facts(other), found) == {"visit_vehicle"}


def test_any_other_makes_it_when_that_one_does_not_go_out():
    of = facts("CAR9")
    found = routes(of)
    assert len(found) == 1
    assert faults(of, found) == set()
    assert of.cars_for(of.sites[0]) == CARS


def test_its_own_room_counts_and_not_the_smallest_cars():
    small = replace(CARS[0], capacity_g=(10_000, 10_000, 10_000))
    of = facts("CAR2", (small, CARS[1]))
    assert rooms_for(of, of.sites[0]) == [{"ambient": 500_000, "chilled": 100_000, "frozen": 50_000}]
    free = facts("", (small, CARS[1]))
    assert rooms_for(free, free.sites[0]) == [{"ambient": 10_000}, {"chilled": 10_000}, {"frozen": 10_000}]


def test_what_its_car_does_not_carry_is_not_promised_though_another_one_would():
    """CAR1 has no cold, CAR2 has."""
    warm = replace(CARS[0], capacity_g=(500_000, 0, 0))
    for settled, carried in (("CAR1", False), ("CAR2", True), ("", True)):
        of = facts(settled, (warm, CARS[1]))
        cold = replace(of, goods=(shelf("MILK", 5, zone="chilled"),))
        reach = Reach(cold, travel_s(cold))
        assert reach.can(cold.goods[0], cold.sites[0]) is carried
        if not carried:
            assert reach.reason(cold.sites[0], 1_000, lambda g: g.quantity) == "zone_not_carried"


def test_a_large_day_is_cut_so_that_the_car_is_in_the_visits_area():
    """Two depots 40 km apart; the visit stands beside the first one, its car belongs to the second."""
    far = place("W02", 40)
    shops = {f"D{n:03}": place(f"D{n:03}", 1 if n % 2 else 39) for n in range(301)}
    for settled, depot in (("CAR1", "W01"), ("CAR2", "W02"), ("", "W01")):
        of = facts(settled, (CARS[0], replace(CARS[1], depot="W02")))
        goods = tuple(shelf(code, 1, site=code, window=(36_000, 43_200)) for code in shops)
        of = replace(of, places=of.places | {"W02": far} | shops, goods=(*of.goods, *goods))
        [home] = [part.vans[0].depot for part in areas(of) if part.sites]
        assert home == depot


def test_two_visits_at_one_place_with_cars_of_two_depots_keep_the_day_whole():
    of = facts("CAR1", (CARS[0], replace(CARS[1], depot="W02")))
    again = replace(visit("M1", 5, "14:00-15:00"), key="visit/again", vehicle="CAR2")
    goods = tuple(shelf(f"D{n:03}", 1, site=f"D{n:03}", window=(36_000, 43_200)) for n in range(301))
    shops = {g.site: place(g.site, 1) for g in goods}
    of = replace(of, places=of.places | {"W02": place("W02", 40)} | shops, goods=(*of.goods, *goods), sites=(*of.sites, again))
    assert areas(of) == (of,)
