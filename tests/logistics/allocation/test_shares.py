import pytest

from logistics.allocation.shares import fair_shares
from tests.factories.days import line, shelf


def anything(goods, demand):
    return not goods.unsafe_for(demand.excluded)


def test_scarce_food_is_shared_equally_per_child():
    # 60 units of 1 kg for 10 + 20 + 30 children who want far more: 1 kg a child.
    lines = [
        line("O1/rice", "P1", 100, children=10),
        line("O2/rice", "P2", 100, children=20),
        line("O3/rice", "P3", 100, children=30),
    ]
    shares = fair_shares(lines, [shelf("A", 60)], anything)
    assert shares == {"O1/rice": 10_000, "O2/rice": 20_000, "O3/rice": 30_000}


def test_who_asks_for_less_than_the_fair_share_gets_it_all_and_the_rest_is_shared():
    # 30 kg; O1 wants 2 kg for 10 children, the others split the remaining 28 kg: 14 kg each.
    lines = [
        line("O1/rice", "P1", 2, children=10),
        line("O2/rice", "P2", 100, children=10),
        line("O3/rice", "P3", 100, children=10),
    ]
    shares = fair_shares(lines, [shelf("A", 30)], anything)
    assert shares == {"O1/rice": 2_000, "O2/rice": 14_000, "O3/rice": 14_000}


def test_what_only_one_line_may_eat_is_not_given_to_those_who_can_eat_anything():
    # 10 kg with egg, 10 kg without: the line that excludes egg gets all 10 kg without, the other the 10 kg with egg.
    egg = frozenset({"卵"})
    lines = [line("O1/rice", "P1", 100, excluded=egg), line("O2/rice", "P2", 100)]
    shares = fair_shares(lines, [shelf("A", 10, allergens=egg), shelf("B", 10)], anything)
    assert shares == {"O1/rice": 10_000, "O2/rice": 10_000}


def test_enough_for_all_leaves_the_ask_as_the_cap():
    lines = [line("O1/rice", "P1", 2.6, children=22)]
    assert fair_shares(lines, [shelf("A", 4, 5_000)], anything) == {"O1/rice": 2_600}


@pytest.mark.parametrize("children", [0, 1])
def test_a_line_without_children_counts_as_one(children):
    lines = [line("O1/rice", "P1", 9, children=children), line("O2/rice", "P2", 9, children=2)]
    # 9 units: 1 : 2 → 3 and 6
    assert fair_shares(lines, [shelf("A", 9)], anything) == {"O1/rice": 3_000, "O2/rice": 6_000}
