"""How late a vehicle may leave each of its stops with everything after it still in time."""

from __future__ import annotations

from collections.abc import Iterable

from logistics.solver.problem import Problem, Task
from logistics.solver.result import Route, Stop


def latest_leaves(problem: Problem, route: Route) -> tuple[int | None, ...]:
    """Per stop the latest second at which the vehicle may leave it (``None`` for unloading at the return).

    The stops keep their order, the break stays where it is and as long as it is, and what was done before keeps its times. A minute
    later something after it breaks: a window, ``latest_done_s``, ``deliver_by_s``, a longest ride, a lock, the shift, or the break that a
    longer day would need.
    """
    last = len(route.stops) - 1
    unloads = bool(route.stops) and route.stops[last].arrive_s == route.return_s
    return tuple(None if unloads and at == last else _latest(problem, route, at) for at in range(last + 1))


def _latest(problem: Problem, route: Route, at: int) -> int:
    vehicle = problem.vehicles[route.vehicle]
    back = vehicle.shift_end_s
    if vehicle.break_s and not route.breaks:
        begun = route.depart_s if vehicle.begun_s is None else vehicle.begun_s
        leaves_now = at == 0 and route.stops[0].leave_s == route.depart_s and vehicle.begun_s is None
        if not leaves_now:  # who leaves later has a later end of these hours too
            back = min(back, begun + vehicle.break_after_s)
    rides = _rides(problem, route, at)
    latest, site = back, vehicle.end_site
    for index in range(len(route.stops) - 1, at, -1):
        stop = route.stops[index]
        if index == len(route.stops) - 1 and stop.arrive_s == route.return_s:
            latest = _start(problem, stop, min([latest, *rides[index]]), 0)
        else:
            work = problem.sites[stop.site].setup_s + sum(t.handling_s for t in _tasks(problem, stop))
            latest -= int(problem.travel_s[stop.site, site]) + work
            pause = sum(b - a for a, b in route.breaks if stop.arrive_s <= a and b <= stop.start_s)
            latest = _start(problem, stop, min([latest, *rides[index]]), work) - pause
        site = stop.site
    latest -= int(problem.travel_s[route.stops[at].site, site])
    return max(latest, route.stops[at].leave_s)


def _rides(problem: Problem, route: Route, at: int) -> list[list[int]]:
    """Per stop the latest starts that the longest rides of what was loaded before ``at`` leave; its leaving has happened."""
    left = {q: stop.leave_s for stop in route.stops[:at] for q in stop.pickups}
    limits: list[list[int]] = []
    for stop in route.stops:
        here = []
        for q in stop.deliveries:
            ride = problem.requests[q].longest_ride_s
            if ride is not None and q in left:
                here.append(left[q] + ride)
        limits.append(here)
    return limits


def _tasks(problem: Problem, stop: Stop) -> list[Task]:
    requests = problem.requests
    return [*(requests[q].delivery for q in stop.deliveries), *(requests[q].pickup for q in stop.pickups)]


def _start(problem: Problem, stop: Stop, latest: int, work: int) -> int:
    """The latest start not after ``latest`` that lies in a window of every task and keeps its limits."""
    tasks = _tasks(problem, stop)
    limits = [t.latest_done_s - work for t in tasks if t.latest_done_s is not None]
    by = (problem.requests[q].deliver_by_s for q in stop.deliveries)
    limits += [limit for limit in by if limit is not None]
    limits += [lock.start[1] for lock in problem.locks if lock.start is not None and lock.request in stop.deliveries]
    start = min([latest, *limits])
    while True:
        earlier = min((_inside(t.windows, start) for t in tasks), default=start)
        if earlier == start:
            return start
        start = earlier


def _inside(windows: Iterable[tuple[int, int]], start: int) -> int:
    """The latest moment in a window that is not after ``start``; ``start`` itself where there is none (the plan is later then)."""
    return max((min(start, end) for begin, end in windows if begin <= start), default=start)
