from dataclasses import replace

from logistics.allocation.book import Book
from logistics.allocation.reach import Reach
from tests.factories.days import day, line, pickup_day, shelf, travel_s, van, visit


def book(facts, given=()):
    made = Book(Reach(facts, travel_s(facts)))
    for goods, demand, units in given:
        made.give(goods, demand, units)
    return made


def test_a_unit_over_the_ask_takes_back_the_small_one_that_it_replaces():
    # 1.2 kg asked: 510 g are there already, of 690 g missing nothing lighter than 1 kg is left. 1,510 g are 310 g over: less than 510 g.
    # 0.9 kg asked: 510 + 1,000 = 1,510 g would be 610 g over, so the 510 g stay on the shelf and 1,000 g go.
    for asked, kept in ((1.2, 1), (0.9, 0)):
        facts = day(
            places={"P1": 2},
            goods=[shelf("PASTA", 1, 510, category="rice"), shelf("UDON", 5, 1_000, category="rice")],
            lines=[line("O1/rice", "P1", asked)],
        )
        full = book(facts, [("PASTA", "O1/rice", 1)])
        full.top_up(over=True)
        assert full.given["UDON", "O1/rice"] == 1
        assert full.given["PASTA", "O1/rice"] == kept
        assert full.left["PASTA"] == 1 - kept


def two_sites(**changes):
    """A visit and a pickup day of 8 households (32 kg) each, two kinds wanted at both. A share for every fourth household is 2 units."""
    return day(
        places={"M1": 2, "V1": 3},
        goods=[shelf("A", 80, 1_000), shelf("B", 3, 1_000, **changes)],
        sites=[visit("M1", 8, "11:00-13:00"), pickup_day("V1", 8, "11:30-15:00")],
    )


def test_a_kind_is_shared_even_when_there_is_too_little_for_everybody():
    # V1 has 3 of B: it cannot spare a share of 2 and keep one itself, but 1, for one of A.
    full = book(two_sites(), [("A", "visit/M1", 32), ("A", "pickup/V1", 29), ("B", "pickup/V1", 3)])
    full.vary()
    assert full.given == {("A", "visit/M1"): 31, ("B", "visit/M1"): 1, ("A", "pickup/V1"): 30, ("B", "pickup/V1"): 2}


def test_what_is_left_on_the_shelf_makes_another_kind():
    full = book(two_sites(), [("A", "visit/M1", 32), ("A", "pickup/V1", 32)])
    full.vary()
    # M1 first gets a share of 2, then only 1 is left for V1; as much of A stays on the shelf: 80 - 30 - 31 = 19.
    assert full.given == {("A", "visit/M1"): 30, ("B", "visit/M1"): 2, ("A", "pickup/V1"): 31, ("B", "pickup/V1"): 1}
    assert full.left == {"A": 19, "B": 0}


def test_another_kind_never_overfills_the_car():
    cold = two_sites(zone="chilled")
    facts = day(
        places={"M1": 2, "V1": 3}, goods=list(cold.goods), sites=list(cold.sites),
        vans=[van(), van("CAR1", kind="kitchen_car", capacity_g=(32_000, 999, 0))],
    )  # fmt: skip
    full = book(facts, [("A", "visit/M1", 32), ("A", "pickup/V1", 29), ("B", "pickup/V1", 3)])
    full.vary()
    assert ("B", "visit/M1") not in full.given


def test_a_visit_gets_back_what_orders_have_off_the_shelf_from_who_has_most_per_child():
    # The visit of 8 households lacks 4 of 32 kg and nothing is left. O1 has 6 kg for 10 children, O2 5 kg for 5: O2 gives 2 kg (1.0 → 0.6
    # kg a child), then each of them one.
    facts = day(
        places={"M1": 2, "P1": 3, "P2": 4},
        goods=[shelf("A", 39, 1_000)],
        lines=[line("O1/rice", "P1", 6, children=10), line("O2/rice", "P2", 5, children=5)],
        sites=[visit("M1", 8, "11:00-13:00")],
    )
    full = book(facts, [("A", "visit/M1", 28), ("A", "O1/rice", 6), ("A", "O2/rice", 5)])
    full.sites_before_lines()
    assert full.given == {("A", "visit/M1"): 32, ("A", "O1/rice"): 5, ("A", "O2/rice"): 2}


def test_an_order_gives_nothing_for_a_rest_that_is_worth_less():
    # 100 g short at 200 each against a unit of 1 kg at 40 a gram: 20,000 is less than 40,000.
    facts = day(
        places={"M1": 2, "P1": 3},
        goods=[shelf("A", 39, 1_000)],
        lines=[line("O1/rice", "P1", 6)],
        sites=[visit("M1", 8, "11:00-13:00")],
    )
    facts = replace(facts, sites=(replace(facts.sites[0], asked_g=28_100),))
    full = book(facts, [("A", "visit/M1", 28), ("A", "O1/rice", 6)])
    full.sites_before_lines()
    assert full.given == {("A", "visit/M1"): 28, ("A", "O1/rice"): 6}
