"""Routes past every place of the day, before anybody has been promised anything.

Shops hand over all they have for the depot, and who ordered is called at with empty hands. Where such a route passes a shop and later a
partner, food may go straight from the one to the other for nothing: the first prices of an allocation (``detours``).
"""

from __future__ import annotations

from dataclasses import replace

from logistics.allocation.allocate import Allocation
from logistics.allocation.facts import Day
from logistics.dispatch.planner.expenses import times_of
from logistics.dispatch.planner.loads import Load, Travel, build_problem, loads_of
from logistics.solver.problem import Problem, Task

Calls = dict[tuple[str, tuple[int, int]], int]  # (place, window) → what not calling there costs


def opening(day: Day, travel: Travel) -> tuple[tuple[Load, ...], Problem]:
    """The loads and their problem; request ``i`` is load ``i``. None where no vehicle is on duty."""
    if not day.vans:
        return (), build_problem(day, (), travel)
    calls = _calls(day)
    visits = [s for s in day.sites if s.kind == "visit"]
    loads = (
        *loads_of(day, Allocation()),
        *(Load(visit.key, day.depot, visit.site, (), visit.key) for visit in visits),
        *(Load(f"{place}@{n}", day.depot, place, ()) for n, (place, _) in enumerate(calls)),
    )
    problem = build_problem(day, loads, travel)
    requests, times = list(problem.requests), times_of(day)
    for index, ((place, window), cost) in enumerate(calls.items(), start=len(loads) - len(calls)):
        delivery = Task(requests[index].delivery.site, day.places[place].parts(window))
        requests[index] = replace(requests[index], delivery=delivery, penalty=times * cost)
    return loads, replace(problem, requests=tuple(requests))


def _calls(day: Day) -> Calls:
    weights = day.weights
    calls: Calls = {}
    for line in (line for line in day.lines if not line.blocked and day.places[line.site].parts(line.window)):
        at = line.site, line.window
        calls[at] = calls.get(at, weights.line_left_out) + line.asked_g * weights.line_per_g
    for site in day.sites:
        if site.kind != "visit":
            latest = site.open_from_s - day.stop_s
            at = site.site, (min(day.places[site.site].opens_s, latest), latest)
            calls[at] = calls.get(at, 0) + site.asked_g * weights.site_per_g
    return calls
