import random

from logistics.allocation.allocate import Allocation, Assignment
from logistics.allocation.reach import Reach
from logistics.dispatch.planner.neighbours import Neighbours
from tests.factories.days import day, line, offer, shelf, travel_s, visit


def chosen(facts, allocation, times=60):
    neighbours = Neighbours(Reach(facts, travel_s(facts)), random.Random(1))
    return [neighbours.choose(allocation) for _ in range(times)]


def test_every_demand_comes_up_and_never_one_that_nothing_fits():
    facts = day(
        places={"P1": 2, "P2": 4, "P3": 6, "D1": 3, "M1": 1},
        goods=[offer("A", "D1", 8), shelf("B", 9)],
        lines=[line("O1/rice", "P1", 5), line("O2/rice", "P2", 5), line("O3/fish", "P3", 5)],
        sites=[visit("M1", 2, "13:00-14:00")],
    )
    some = Allocation([Assignment("A", "O1/rice", 5)], {"O2/rice": 5_000})
    found = chosen(facts, some)
    assert all(found)
    assert frozenset().union(*found) == {"O1/rice", "O2/rice", "visit/M1"}
    assert len(set(found)) > 3


def test_nothing_to_exchange():
    facts = day(places={"P3": 6}, lines=[line("O3/fish", "P3", 5)])
    assert chosen(facts, Allocation(), 5) == [frozenset()] * 5


def test_the_same_dice_choose_the_same():
    facts = day(
        places={"P1": 2, "P2": 4, "D1": 3, "D2": 5},
        goods=[offer("A/1", "D1", 8), offer("A/2", "D2", 8)],
        lines=[line("O1/rice", "P1", 5), line("O2/rice", "P2", 5)],
    )
    some = Allocation([Assignment("A/1", "O1/rice", 5)])
    assert chosen(facts, some) == chosen(facts, some)
