import pytest

from logistics.allocation.fairness import Fill, gini, lowest
from logistics.allocation.shares import fair_shares
from tests.factories.days import line, shelf


def test_a_rate_is_the_part_that_came():
    assert Fill(10_000, 2_500).rate == 0.25
    assert Fill(10_000, 12_000).rate == 1.0
    assert Fill(0, 0).rate == 1.0


def test_the_lowest_and_the_fifth_percentile():
    # 40 partners with 1/40, 2/40, … of what they asked for: a twentieth of them are two, and the second has 2/40.
    fills = [Fill(40, n) for n in range(1, 41)]
    assert lowest(fills) == 1 / 40
    assert lowest(fills, 0.05) == 2 / 40
    assert lowest([Fill(0, 0)]) == 1.0


def test_the_same_for_every_child_is_not_uneven():
    assert gini([Fill(9_000, 1_000, 10), Fill(9_000, 3_000, 30)]) == pytest.approx(0)


def test_all_for_one_of_four_children():
    # Four children, one has everything: the Lorenz curve is flat up to 3/4, the area 1/2 × 1/4 × 1 = 1/8; 1 − 2/8 = 3/4.
    assert gini([Fill(1, 0, 3), Fill(1, 100, 1)]) == pytest.approx(0.75)
    assert gini([]) == 0.0


def test_who_got_half_of_what_it_asked_for_before_gets_twice_as_much_per_child_now():
    # 30 kg for 10 children each; what O1 gets counts half: 20 kg and 10 kg.
    lines = [line("O1/rice", "P1", 100, had_rate=0.5), line("O2/rice", "P2", 100)]
    assert fair_shares(lines, [shelf("A", 30)], lambda goods, demand: True) == {"O1/rice": 20_000, "O2/rice": 10_000}


def test_who_got_nothing_before_is_not_put_further_ahead_than_that():
    lines = [line("O1/rice", "P1", 100, had_rate=0.0), line("O2/rice", "P2", 100)]
    assert fair_shares(lines, [shelf("A", 30)], lambda goods, demand: True) == {"O1/rice": 20_000, "O2/rice": 10_000}
