"""Customers to depots: a minimum-cost flow, so that no depot gets more work than its vehicles have time for while another idles.

Work flows in whole minutes from customers to the depots they may belong to; what no depot has time for is taken all the same, at a price.
Most customers end whole at one depot; the few that the flow splits go to the depot with the largest share.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

OVERFULL_COST = 40_000
"""Cost units (metres) per minute of work beyond a depot's time: more than any sensible detour to the next depot."""


def assign(work_min: Sequence[int], room_min: Sequence[int], cost: Sequence[Mapping[int, int]]) -> list[int]:
    """The depot of each customer.

    ``work_min[c]`` is a customer's work in minutes (at least 1 is counted), ``room_min[d]`` a depot's, ``cost[c]`` maps the depots that may
    serve ``c`` to a cost per minute of work. Raises ``ValueError`` for a customer without any depot.
    """
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415 - loaded only when used

    customers, depots = len(work_min), len(room_min)
    for customer, there in enumerate(cost):
        if not there:
            raise ValueError(f"customer {customer}: no depot")
    if not customers:
        return []
    flow = min_cost_flow.SimpleMinCostFlow()
    sink = customers + depots
    arcs: dict[int, tuple[int, int]] = {}
    for customer, there in enumerate(cost):
        minutes = max(1, int(work_min[customer]))
        flow.set_node_supply(customer, minutes)
        for depot, price in sorted(there.items()):
            arc = flow.add_arc_with_capacity_and_unit_cost(customer, customers + depot, minutes, int(price))
            arcs[arc] = (customer, depot)
    total = sum(max(1, int(m)) for m in work_min)
    for depot, room in enumerate(room_min):
        flow.add_arc_with_capacity_and_unit_cost(customers + depot, sink, max(0, int(room)), 0)
        flow.add_arc_with_capacity_and_unit_cost(customers + depot, sink, total, OVERFULL_COST)
    flow.set_node_supply(sink, -total)
    if flow.solve() != flow.OPTIMAL:
        return [min(there, key=lambda d: (there[d], d)) for there in cost]
    shares: dict[int, dict[int, int]] = defaultdict(dict)
    for arc, (customer, depot) in arcs.items():
        if flow.flow(arc):
            shares[customer][depot] = flow.flow(arc)
    return [max(shares[c], key=lambda d: (shares[c][d], -cost[c][d], -d)) for c in range(customers)]
