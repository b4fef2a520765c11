"""What vehicles cost the food bank, as part of what the solver weighs."""

from __future__ import annotations

from dataclasses import replace
from math import gcd

from logistics.allocation.facts import Day
from logistics.solver.problem import Problem


def in_yen(problem: Problem, day: Day) -> Problem:
    """``problem`` with the yen of its vehicles (those of ``day``, in their order) in its costs; as it is when none costs anything.

    ``km_yen`` yen weigh as much as a kilometre, so yen are fractions of a metre. Costs are whole numbers: all of them are multiplied by
    the least number that makes them so, and stay to each other what they were. What a day costs is paid already for a vehicle on the road.
    """
    paid = _paid(day)
    if not any(any(pair) for pair in paid):
        return problem
    times = times_of(day)
    whole = day.weights.km_yen // times
    return replace(
        problem,
        vehicles=tuple(
            replace(
                vehicle,
                fixed_cost=times * vehicle.fixed_cost + per_day // whole,
                cost_per_m=times * vehicle.cost_per_m + per_km // whole,
                cost_per_s=times * vehicle.cost_per_s,
                cost_per_s_over_fair=times * vehicle.cost_per_s_over_fair,
            )
            for vehicle, (per_km, per_day) in zip(problem.vehicles, paid, strict=True)
        ),
        requests=tuple(
            replace(r, penalty=None if r.penalty is None else times * r.penalty, move_cost=times * r.move_cost)
            for r in problem.requests
        ),
        mandatory_penalty=times * problem.mandatory_penalty,
    )


def times_of(day: Day) -> int:
    """By what the costs of the day's problem are multiplied; 1 when no vehicle costs anything."""
    return day.weights.km_yen // gcd(day.weights.km_yen, *(yen for pair in _paid(day) for yen in pair))


def _paid(day: Day) -> list[tuple[int, int]]:
    """Per vehicle the yen of a kilometre, and a thousand times those of its day."""
    out = day.on_the_road()
    return [(van.yen_per_km, 0 if van.code in out else 1000 * van.yen_per_day) for van in day.vans]
