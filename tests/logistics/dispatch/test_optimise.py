import random
from dataclasses import replace
from statistics import fmean

import pytest

from logistics.dispatch.planner.budget import Budget
from logistics.dispatch.planner.optimise import Together
from logistics.dispatch.planner.outcome import cost_of
from tests.factories.days import day, line, offer, shelf, travel, van, visit


def test_leaving_things_out_costs_in_the_order_of_what_matters():
    """Nothing is driven. 1 kg for a visit 200,000; for an order 40,000; an offer that keeps 10,000, one that perishes 20,000, each
    with 20,000 for the offer as such."""
    missing = {
        "visit": (day(places={"M1": 1}, sites=[visit("M1", 1, "11:00-12:00")]), 4 * 200_000),
        "order": (day(places={"P1": 1}, goods=[shelf("A", 1)], lines=[line("O1/rice", "P1", 1)]), 40_000),
        "keeps": (day(places={"D1": 1}, goods=[offer("A/1", "D1", 1, days=30)]), 20_000 + 10_000),
        "perishes": (day(places={"D1": 1}, goods=[offer("A/1", "D1", 1, days=7)]), 20_000 + 20_000),
    }
    assert {name: cost_of(facts, ()) for name, (facts, _) in missing.items()} == {
        name: cost for name, (_, cost) in missing.items()
    }


class FirstOnly(Budget):
    """One allocation, by the routes past every place, and its routes; no exchanges and turns."""

    def __init__(self, work: int) -> None:
        super().__init__(None, work)
        self.stretches = 0


def outcome(facts, budget):
    return Together(facts, travel(facts), budget, 1, lambda part, what: None, None).run()


def scattered(seed, shops=8, partners=6):
    """Shops and partners somewhere in twenty by twenty kilometres; each offer would do for each order."""
    dice = random.Random(seed)
    codes = [*(f"D{n}" for n in range(shops)), *(f"P{n}" for n in range(partners))]
    facts = day(
        places=dict.fromkeys(codes, 0),
        goods=[
            offer(f"A/{n}", f"D{n}", 6, window=dice.choice(("09:00-11:00", "10:00-13:00", "13:00-16:00"))) for n in range(shops)
        ],
        lines=[
            line(f"O{n}/rice", f"P{n}", 6, window=dice.choice(("10:00-12:00", "11:00-14:00", "14:00-17:00")))
            for n in range(partners)
        ],
        vans=[van(), van("VAN2")],
    )
    where = {c: {"latitude": 34.3 + dice.uniform(-0.1, 0.1), "longitude": 134 + dice.uniform(-0.1, 0.1)} for c in codes}
    return replace(facts, places=facts.places | {c: replace(facts.places[c], **at) for c, at in where.items()})


def test_exchanges_and_turns_make_plans_cheaper_and_never_dearer():
    days = [scattered(n, 16, 12) for n in range(2, 9)]
    costs = [(outcome(facts, FirstOnly(600)).cost, outcome(facts, Budget(None, 600)).cost) for facts in days]
    assert all(together <= first for first, together in costs)
    assert any(together < 0.9 * first for first, together in costs)
    assert fmean(together / first for first, together in costs) < 0.98


def test_two_chains_side_by_side_are_repeatable():
    one, again = (outcome(scattered(4), Budget(None, 300)) for _ in range(2))
    assert (one.routes, one.cost) == (again.routes, again.cost)


def test_rounds_are_shared_out():
    # Of 1,000 rounds 60 for routes past every place, 50 for the first allocation's, 400 for exchanges in 4 stretches, 300 for turns of 20.
    budget = Budget(None, 1_000)
    assert (budget.opening(), budget.first(99), budget.exchange(0)) == ((None, 60), (None, 50), (None, 100))
    assert (budget.turn(99), budget.turns, budget.stretches) == ((None, 20), 15, 4)
    done = [next(n for n in range(9) if not budget.has_turn(stretch, n, 99)) for stretch in range(budget.stretches)]
    assert done == [3, 4, 4, 4]
    assert (Budget(None, 1).turns, Budget(None, 1).stretches) == (1, 1)


def test_longer_runs_have_more_stretches_and_each_has_its_share():
    # 4 by the root of the time: twice as many in forty seconds. All begin where the chains begin; the last word takes a twentieth.
    assert [Budget(seconds, None).stretches for seconds in (0.2, 10.0, 40.0, 160.0)] == [1, 4, 8, 16]
    budget = Budget(40.0, None)
    budget.begin_chains(100)
    first, last = budget.exchange(0)[0], budget.exchange(7)[0]
    assert first == pytest.approx(38 / 8 * 0.65, abs=0.1)
    assert last == pytest.approx(38 / 8 * (7 + 0.65), abs=0.1)
    assert budget.has_turn(0, 99, 100)
    assert (budget.left(0), budget.left(7)) == (7 / 8, 0.0)


def test_a_large_day_has_fewer_stretches_and_in_a_short_time_no_exchange():
    # Making the problem of 1,000 loads takes 0.8 s, a tenth of a stretch at most: of 57 s seven. Of 4.75 s none, and no exchange when the
    # 65 % for it are less than three times 0.8 s. The first routes get two milliseconds a load,
    # but three tenths at most.
    long, short, shortest = Budget(60.0, None), Budget(5.0, None), Budget(3.0, None)
    assert (long.stretches, long.first(1_000)[0], short.first(1_000)[0], short.first(100)[0]) == (10, 3.0, 1.5, 0.25)
    for budget in (long, short, shortest):
        budget.begin_chains(1_000)
    assert (long.stretches, short.stretches, shortest.stretches) == (7, 1, 1)
    assert (long.has_exchange(0), short.has_exchange(0), shortest.has_exchange(0)) == (True, True, False)
