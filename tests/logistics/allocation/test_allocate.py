from collections import Counter

from logistics.allocation.allocate import again, allocate, settle, without
from logistics.allocation.book import Book
from logistics.allocation.reach import Reach
from tests.factories.days import day, line, offer, pickup_day, shelf, travel_s, van, visit

EGG = frozenset({"卵"})


def units(facts, **prices):
    """(goods, demand) → units, and the allocation."""
    answer = allocate(Reach(facts, travel_s(facts)), work=2.0, **prices)
    found = Counter()
    for a in answer.assignments:
        found[a.goods, a.demand] += a.units
    return dict(found), answer


def given(reach, promised):
    """A book with these units by (goods, demand)."""
    book = Book(reach)
    for (goods, demand), amount in promised.items():
        book.give(goods, demand, amount)
    return book


def test_the_first_expiring_lot_leaves_first():
    facts = day(
        places={"P1": 2},
        goods=[shelf("A/late", 10, days=60), shelf("A/soon", 4, days=3), shelf("A/mid", 10, days=20)],
        lines=[line("O1/rice", "P1", 6)],
    )
    assert units(facts)[0] == {("A/soon", "O1/rice"): 4, ("A/mid", "O1/rice"): 2}


def test_first_expiring_goes_to_the_earlier_hand_over():
    facts = day(
        places={"P1": 2, "P2": 2},
        goods=[shelf("A/late", 5, days=60), shelf("A/soon", 5, days=3)],
        lines=[line("O1/rice", "P1", 5, window="14:00-16:00"), line("O2/rice", "P2", 5, window="10:00-12:00")],
    )
    assert units(facts)[0] == {("A/soon", "O2/rice"): 5, ("A/late", "O1/rice"): 5}


def test_an_expired_or_held_lot_stays_even_when_nothing_else_is_there():
    facts = day(
        places={"P1": 2},
        goods=[shelf("A", 5, blocked="inventory.expired_use_by")],
        lines=[line("O1/rice", "P1", 5)],
    )
    found, answer = units(facts)
    assert found == {}
    assert answer.missing == {"O1/rice": 5_000}


def test_allergens_are_kept_and_named_as_the_reason():
    facts = day(places={"P1": 2}, goods=[shelf("A", 5, allergens=EGG)], lines=[line("O1/rice", "P1", 5, excluded=EGG)])
    found, answer = units(facts)
    assert found == {}
    assert answer.reasons == {"O1/rice": "allergen"}


def test_scarce_food_is_equal_per_child_in_the_end():
    # 30 kg for 10 and 20 children who ask for 100 kg each: 10 kg and 20 kg.
    facts = day(
        places={"P1": 2, "P2": 3},
        goods=[shelf("A", 30)],
        lines=[line("O1/rice", "P1", 100, children=10), line("O2/rice", "P2", 100, children=20)],
    )
    found, answer = units(facts)
    assert found == {("A", "O1/rice"): 10, ("A", "O2/rice"): 20}
    assert answer.missing == {"O1/rice": 90_000, "O2/rice": 80_000}
    assert set(answer.reasons.values()) == {"no_stock"}


def test_kilograms_are_met_by_whole_units_and_one_over_where_nothing_smaller_is_there():
    # 2.6 kg of rice, bags of 5 kg: one bag. 10.4 kg: two bags; a third would be 4.6 kg over for a rest of 0.4 kg.
    facts = day(
        places={"P1": 2, "P2": 2},
        goods=[shelf("A", 9, 5_000)],
        lines=[line("O1/rice", "P1", 2.6), line("O2/rice", "P2", 10.4)],
    )
    found, answer = units(facts)
    assert found == {("A", "O1/rice"): 1, ("A", "O2/rice"): 2}
    assert answer.missing == {"O2/rice": 400}
    assert answer.reasons == {"O2/rice": "smaller_than_a_unit"}


def test_never_a_unit_over_while_a_smaller_one_fits():
    # 5.8 kg from 5 kg bags and 200 g packs: one bag and four packs, nothing over.
    facts = day(places={"P1": 2}, goods=[shelf("A", 9, 5_000), shelf("B", 50, 200)], lines=[line("O1/rice", "P1", 5.8)])
    found, _ = units(facts)
    given = sum(n * {"A": 5_000, "B": 200}[goods] for (goods, _), n in found.items())
    assert given == 5_800


def test_just_in_time_from_the_shop_that_can_make_it():
    # The shelf is empty. D1 has it ready at 13:00, too late for a window until 12:00; D2 at 09:00 is in time.
    facts = day(
        places={"P1": 4, "D1": 3, "D2": 1},
        goods=[offer("A/1", "D1", 10, window="13:00-15:00"), offer("A/2", "D2", 10, window="09:00-12:00")],
        lines=[line("O1/rice", "P1", 8, window="10:00-12:00")],
    )
    assert units(facts)[0] == {("A/2", "O1/rice"): 8}


def test_too_late_everywhere_is_said_to_be_the_window():
    facts = day(
        places={"P1": 4, "D1": 3},
        goods=[offer("A/1", "D1", 10, window="13:00-15:00")],
        lines=[line("O1/rice", "P1", 8, window="10:00-12:00")],
    )
    found, answer = units(facts)
    assert found == {}
    assert answer.reasons == {"O1/rice": "window"}


def test_pair_prices_steer_to_the_shop_that_is_passed_anyway():
    facts = day(
        places={"P1": 4, "D1": 3, "D2": 5},
        goods=[offer("A/1", "D1", 10), offer("A/2", "D2", 10)],
        lines=[line("O1/rice", "P1", 8)],
    )
    for dear, near in (("D1", "A/2"), ("D2", "A/1")):
        found, _ = units(facts, price=lambda goods, demand, dear=dear: 60_000 if goods.site == dear else 1_000)
        assert found == {(near, "O1/rice"): 8}


def test_what_is_not_asked_again_keeps_what_it_has():
    # O1 has 5 of the 8 bags; O2, asked again, gets the 3 that are left and what it had from the second shop is free again.
    facts = day(
        places={"P1": 4, "P2": 5, "D1": 3, "D2": 6},
        goods=[offer("A/1", "D1", 8), offer("A/2", "D2", 8)],
        lines=[line("O1/rice", "P1", 5), line("O2/rice", "P2", 3)],
    )
    reach = Reach(facts, travel_s(facts))
    before = settle(given(reach, {("A/1", "O1/rice"): 5, ("A/2", "O2/rice"): 3}))
    after = again(reach, before, {"O2/rice"}, work=1.0, price=lambda goods, demand: 60_000 if goods.site == "D2" else 1_000)
    assert {(a.goods, a.demand): a.units for a in after.assignments} == {("A/1", "O1/rice"): 5, ("A/1", "O2/rice"): 3}


def test_a_pair_that_is_bound_anyway_costs_nothing_more():
    # D1 goes to P1 for the bread anyway, so the rice comes from there too, though D2 is the cheaper pair.
    facts = day(
        places={"P1": 4, "D1": 3, "D2": 6},
        goods=[offer("B", "D1", 8, category="bread"), offer("A/1", "D1", 8), offer("A/2", "D2", 8)],
        lines=[line("O1/bread", "P1", 5), line("O1/rice", "P1", 3)],
    )
    reach = Reach(facts, travel_s(facts))
    before = settle(given(reach, {("B", "O1/bread"): 5}))
    after = again(reach, before, {"O1/rice"}, work=1.0, price=lambda goods, demand: 9_000 if goods.site == "D1" else 1_000)
    assert {(a.goods, a.demand): a.units for a in after.assignments} == {("A/1", "O1/rice"): 3, ("B", "O1/bread"): 5}


def test_a_visit_gets_four_kilograms_a_household_in_many_kinds():
    kinds = [shelf(f"K{n:02d}", 40, 500) for n in range(12)]
    facts = day(places={"M1": 3}, goods=kinds, sites=[visit("M1", 20, "11:00-13:00", kinds=10)])
    found, answer = units(facts)
    # 12 kinds × 40 × 500 g = 240 kg are there, 20 × 4 kg = 80 kg wanted
    assert sum(found.values()) * 500 == 80_000
    assert len(found) >= 10
    assert max(found.values()) * 500 <= 0.3 * 80_000
    assert answer.missing == {}


def test_orders_keep_the_rice_that_a_visit_can_do_without():
    facts = day(
        places={"M1": 3, "P1": 2},
        goods=[shelf("R", 10, 5_000), *(shelf(f"K{n}", 30, 1_000, category="staple") for n in range(5))],
        lines=[line("O1/rice", "P1", 50)],
        sites=[visit("M1", 20, "11:00-13:00", kinds=3)],
    )
    found, answer = units(facts)
    assert found["R", "O1/rice"] == 10
    assert answer.missing == {}


def test_food_without_a_kitchen_car_cannot_reach_a_visit():
    facts = day(places={"M1": 3}, goods=[shelf("A", 100)], sites=[visit("M1", 5, "11:00-13:00")], vans=[van()])
    found, answer = units(facts)
    assert found == {}
    assert answer.missing == {"visit/M1": 20_000}
    assert answer.reasons == {"visit/M1": "no_vehicle_allowed"}


def test_what_stops_goods_on_the_shelf_is_said_as_it_is():
    # The van leaves at 08:30 and needs 40 km × 195 s = 7,800 s to P2: 10:40, for a window that ends at 10:00. 60 kg fit in no zone.
    facts = day(
        places={"P1": 2, "P2": 40},
        goods=[shelf("ICE", 9, zone="frozen", category="meal"), shelf("SACK", 2, 60_000), shelf("BREAD", 9, category="bread")],
        lines=[line("O1/meal", "P1", 3), line("O1/rice", "P1", 60), line("O2/bread", "P2", 3, window="09:00-10:00")],
        vans=[van(capacity_g=(50_000, 50_000, 0))],
    )
    assert units(facts)[1].reasons == {"O1/meal": "zone_not_carried", "O1/rice": "too_heavy", "O2/bread": "window_unreachable"}


def test_chilled_food_for_a_visit_stays_within_the_car():
    car = van("CAR1", kind="kitchen_car", capacity_g=(200_000, 10_000, 0))
    goods = [shelf("C", 100, 1_000, zone="chilled"), shelf("A", 100), shelf("B", 100)]
    facts = day(places={"M1": 3}, goods=goods, sites=[visit("M1", 10, "11:00-13:00", kinds=3)], vans=[car])
    found, answer = units(facts)
    assert found.get(("C", "visit/M1"), 0) <= 10
    assert answer.missing == {}


def test_a_pickup_day_never_gets_what_is_not_food():
    facts = day(
        places={"V1": 3},
        goods=[shelf("N", 100, is_food=False, category="non_food"), shelf("A", 10)],
        sites=[pickup_day("V1", 10, "11:00-15:00")],
    )
    found, answer = units(facts)
    assert found == {("A", "pickup/V1"): 10}
    assert answer.missing == {"pickup/V1": 30_000}


def test_the_same_facts_give_the_same_allocation():
    facts = day(
        places={"P1": 4, "P2": 2, "D1": 3, "D2": 5},
        goods=[offer("A/1", "D1", 10), offer("B/2", "D2", 10, 700), shelf("A/3", 5), shelf("C", 8, 300)],
        lines=[line("O1/rice", "P1", 8), line("O2/rice", "P2", 9, children=25)],
    )
    assert units(facts)[0] == units(facts)[0]


def test_what_fitted_on_no_route_is_replaced_from_the_shelf_for_visits_too():
    # 12 kg wanted: 8 kg of A from the shelf, 4 kg of B from the shop, which no route could take along.
    facts = day(
        places={"M1": 3, "D1": 2},
        goods=[shelf("A", 9, 1_000), offer("B", "D1", 9, window="08:40-09:30")],
        sites=[visit("M1", 3, "12:00-13:00", kinds=1)],
    )
    reach = Reach(facts, travel_s(facts))
    before = settle(given(reach, {("A", "visit/M1"): 8, ("B", "visit/M1"): 4}))
    after = without(reach, before, {("B", "visit/M1")})
    assert {(a.goods, a.demand): a.units for a in after.assignments} == {("A", "visit/M1"): 9}
    assert after.missing == {"visit/M1": 3_000}
    assert after.reasons == {"visit/M1": "no_time_left"}
