"""The weight of changes decides how much of a standing plan is changed: a day solved by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from logistics.allocation.facts import Day, Standing, Weights
from logistics.dispatch.planner.effort import Search
from logistics.dispatch.planner.rearrange import changes_cost, rearrange
from tests.factories.days import clock, day, line, shelf, travel, van


def two_for_two(move_m: int) -> Day:
    """Two partners 5 km and 5.1 km north of the depot, each on a vehicle of its own by the plan that counts."""
    facts = day(
        places={"P1": 5, "P2": 5.1},
        goods=[shelf("RICE", 20)],
        lines=[line("O1/rice", "P1", 10), line("O2/rice", "P2", 10)],
        vans=[van("VAN1"), van("VAN2")],
        weights=Weights(move=move_m),
    )
    settled = tuple(Standing(f"u{n}", f"VAN{n}", "RICE", f"O{n}/rice", 10, clock("09:30"), clock("10:30")) for n in (1, 2))
    return replace(facts, standing=settled)


@pytest.mark.parametrize(("move_m", "vehicles"), [(3_000, 1), (20_000, 2)])
def test_the_price_of_a_change_decides_whether_one_vehicle_takes_both(move_m: int, vehicles: int):
    """One vehicle for both saves 2 × 5 km × 1.3 = 13 km, 2 × 5 km × 195 s = 1,950 s, and the other vehicle's 5 km: 19,950 in all, more
    than 3,000 and less than 20,000."""
    facts = two_for_two(move_m)
    _, outcome = rearrange(facts, travel(facts), limits=Search(None, 200, 1))
    assert len(outcome.routes) == vehicles
    assert not outcome.result.unserved


def test_another_time_costs_a_third_of_another_vehicle():
    facts = two_for_two(20_000)
    _, outcome = rearrange(facts, travel(facts), limits=Search(None, 200, 1))
    starts = {route.vehicle: route.stops[-1].start_s for route in outcome.routes}

    def cost(later_s: int) -> int:
        """Of the same routes, where the plan that counts said ``later_s`` later for the first vehicle."""
        settled = tuple(replace(s, dropped_s=starts[s.vehicle] + (later_s if s.vehicle == "VAN1" else 0)) for s in facts.standing)
        return changes_cost(replace(facts, standing=settled, weights=Weights(move=3_000)), outcome.routes)

    assert (cost(0), cost(900), cost(901)) == (0, 0, 1_000)
