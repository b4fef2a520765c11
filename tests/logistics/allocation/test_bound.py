from logistics.allocation.bound import deliverable_bound_g
from tests.factories.days import day, line, offer, shelf

EGG = frozenset({"卵"})


def test_enough_of_everything_bounds_by_the_asks():
    # 2 kg + 3 kg asked, 10 kg there
    facts = day(places={"P1": 1}, goods=[shelf("A", 10)], lines=[line("O1/rice", "P1", 2), line("O2/rice", "P1", 3)])
    assert deliverable_bound_g(facts) == 5_000


def test_too_little_bounds_by_the_goods_of_shelf_and_shops():
    # 4 kg on the shelf + 3 kg at a shop for 20 kg
    facts = day(places={"P1": 1, "D1": 1}, goods=[shelf("A", 4), offer("B", "D1", 3)], lines=[line("O1/rice", "P1", 20)])
    assert deliverable_bound_g(facts) == 7_000


def test_allergens_bound_those_who_must_avoid_them():
    # 5 kg with egg, 1 kg without. O1 (no egg) asks 4 kg, O2 asks 3 kg: O1 can get 1 kg, O2 its 3 kg of the egg goods: 4 kg.
    facts = day(
        places={"P1": 1},
        goods=[shelf("A", 5, allergens=EGG), shelf("B", 1)],
        lines=[line("O1/rice", "P1", 4, excluded=EGG), line("O2/rice", "P1", 3)],
    )
    assert deliverable_bound_g(facts) == 4_000


def test_goods_that_both_could_eat_count_once():
    # 5 kg that both may eat, 2 kg that only O2 may: asks 4 + 6 = 10 kg, goods 7 kg.
    facts = day(
        places={"P1": 1},
        goods=[shelf("A", 5), shelf("B", 2, allergens=EGG)],
        lines=[line("O1/rice", "P1", 4, excluded=EGG), line("O2/rice", "P1", 6)],
    )
    assert deliverable_bound_g(facts) == 7_000


def test_blocked_goods_and_lines_do_not_count():
    facts = day(
        places={"P1": 1},
        goods=[shelf("A", 5, blocked="inventory.held"), shelf("B", 2)],
        lines=[line("O1/rice", "P1", 4), line("O2/rice", "P1", 4, blocked="no_agreement")],
    )
    assert deliverable_bound_g(facts) == 2_000
