from logistics.dispatch.planner.optimise import cost_of
from tests.factories.days import day, line, offer, shelf, visit


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
