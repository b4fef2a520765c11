"""What a route breaks, stop by stop and by how much: for people who move work by hand.

Whether a route holds is decided by the exact timetable; this says what is wrong with one that does not, on the times it would really
have: every stop as early as it can be, the break where it does least harm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from logistics.solver.model import gets_to
from logistics.solver.problem import ZONES, Problem, Task
from logistics.solver.result import Route, Stop
from logistics.solver.schedule import Stops


@dataclass(frozen=True, slots=True)
class Broken:
    """One broken rule. ``stop`` counts the route's stops from 0 (-1: the route itself), ``amount`` and ``limit`` are seconds, grams or
    pieces as the rule has it.

    ``code``: ``late`` (after the window, ``limit`` is its end), ``not_ready`` (not done before ``limit``), ``shift`` (back after
    ``limit``), ``capacity`` (``zone`` over ``limit`` grams), ``stops`` (more than ``limit``), ``vehicle`` (this vehicle may not do it),
    ``access`` (too high, too heavy or without the permit), ``ride`` (longer aboard than ``limit``), ``too_old`` (after the latest safe
    arrival), ``apart`` (goods that must not ride together), ``other_car`` (food for a visit of another vehicle), ``locked`` (against
    what a person has settled), ``time`` (no timetable keeps everything).
    """

    code: str
    stop: int
    amount: int = 0
    limit: int = 0
    zone: str = ""


def relaxed(problem: Problem, vehicle: int, stops: Stops) -> Route:
    """The route as it would be driven, whatever it breaks."""
    inner = [s for s in stops[1:-1] if s]
    groups = [stops[0], *inner, stops[-1]]
    v = problem.vehicles[vehicle]
    best: tuple[int, int, list[tuple[int, int, int]], int] | None = None
    for pause_at in range(len(inner) + 1):
        times = _drive(problem, vehicle, groups, pause_at)
        begun = times[0][2] if v.begun_s is None else v.begun_s
        due = bool(v.break_s) and times[-1][1] - begun > v.break_after_s
        if inner and due == (pause_at == 0):
            continue  # a break that is due and not had, or had and not due
        harm = _harm(problem, vehicle, groups, times)
        if best is None or (harm, times[-1][1]) < best[:2]:
            best = (harm, times[-1][1], times, pause_at)
    if best is None:
        times = _drive(problem, vehicle, groups, 0)
        best = (0, 0, times, 0)
    return _as_route(problem, vehicle, groups, best[2], best[3])


def broken(problem: Problem, vehicle: int, stops: Stops, route: Route) -> tuple[Broken, ...]:
    """Every rule that ``route``, the times of ``stops``, breaks."""
    v = problem.vehicles[vehicle]
    found: list[Broken] = []
    if route.return_s > v.shift_end_s:
        found.append(Broken("shift", -1, route.return_s - v.shift_end_s, v.shift_end_s))
    away = [s for s in route.stops if s.site not in (v.start_site, v.end_site)]
    if v.max_stops is not None and len(away) > v.max_stops:
        found.append(Broken("stops", -1, len(away) - v.max_stops, v.max_stops))
    for index, stop in enumerate(route.stops):
        found += _at(problem, vehicle, index, stop, route)
    found += _aboard(problem, vehicle, route)
    found += _rides(problem, route)
    return tuple(found)


def _drive(problem: Problem, vehicle: int, groups: Sequence[list[int]], pause_at: int) -> list[tuple[int, int, int]]:
    """(arrive, start, leave) per group, as early as can be, then with the departure as late as the first stop allows."""
    v = problem.vehicles[vehicle]
    depart = _opening([_task(problem, t) for t in groups[0]], v.shift_start_s)
    times = [(depart, depart, depart)]
    site = v.start_site
    for i, group in enumerate(groups[1:], start=1):
        last = i == len(groups) - 1
        tasks = [_task(problem, t) for t in group]
        here = v.end_site if last else tasks[0].site
        arrive = times[-1][2] + int(problem.travel_s[site, here])
        if last:
            times.append((arrive, arrive, arrive))
            break
        start = _opening(tasks, arrive + (v.break_s if i == pause_at else 0))
        if i == 1:
            later = start - arrive - (v.break_s if i == pause_at else 0)
            times[0] = (depart + later,) * 3
            arrive += later
        leave = start + problem.sites[here].setup_s + sum(t.handling_s for t in tasks)
        leave = max([leave, *(t.hold_until_s for t in tasks if t.hold_until_s is not None)])
        times.append((arrive, start, leave))
        site = here
    return times


def _opening(tasks: Sequence[Task], at: int) -> int:
    """The first moment from ``at`` on at which every task that still has a window is inside one."""
    while True:
        begins = [next((max(at, early) for early, late in t.windows if late >= at), at) for t in tasks]
        latest = max(begins, default=at)
        if latest == at:
            return at
        at = latest


def _harm(problem: Problem, vehicle: int, groups: Sequence[list[int]], times: Sequence[tuple[int, int, int]]) -> int:
    """Seconds too late, over all stops."""
    harm = max(0, times[-1][1] - problem.vehicles[vehicle].shift_end_s)
    for i, group in enumerate(groups):
        tasks = [_task(problem, t) for t in group]
        inside = 0 < i < len(groups) - 1
        done = times[i][1] + (problem.sites[tasks[0].site].setup_s + sum(t.handling_s for t in tasks) if inside else 0)
        for task in tasks:
            harm += max(0, times[i][1] - task.windows[-1][1])
            if task.latest_done_s is not None:
                harm += max(0, done - task.latest_done_s)
    return harm


def _as_route(
    problem: Problem, vehicle: int, groups: Sequence[list[int]], times: Sequence[tuple[int, int, int]], pause_at: int
) -> Route:
    v = problem.vehicles[vehicle]
    sites = [v.start_site, *(_task(problem, g[0]).site for g in groups[1:-1]), v.end_site]
    legs = list(pairwise(sites))
    found = [
        Stop(site, *when, tuple(t >> 1 for t in group if not t & 1), tuple(t >> 1 for t in group if t & 1))
        for site, when, group in zip(sites, times, groups, strict=True)
        if group
    ]
    begin = times[pause_at][0]
    return Route(
        vehicle=vehicle,
        depart_s=times[0][2],
        return_s=times[-1][1],
        distance_m=int(sum(problem.travel_m[a, b] for a, b in legs)),
        drive_s=int(sum(problem.travel_s[a, b] for a, b in legs)),
        stops=tuple(found),
        breaks=((begin, begin + v.break_s),) if pause_at else (),
    )


def _at(problem: Problem, vehicle: int, index: int, stop: Stop, route: Route) -> list[Broken]:
    """What is wrong at one stop."""
    tasks = [problem.requests[q].pickup for q in stop.pickups] + [problem.requests[q].delivery for q in stop.deliveries]
    free = _free(problem, vehicle, stop, route)
    done = stop.start_s + (0 if free else problem.sites[stop.site].setup_s + sum(t.handling_s for t in tasks))
    found = []
    late = [(stop.start_s - t.windows[-1][1], t.windows[-1][1]) for t in tasks if stop.start_s > t.windows[-1][1]]
    missed = [(done - t.latest_done_s, t.latest_done_s) for t in tasks if t.latest_done_s is not None and done > t.latest_done_s]
    old = [problem.requests[q].deliver_by_s for q in stop.deliveries]
    too_old = [(stop.start_s - by, by) for by in old if by is not None and stop.start_s > by]
    for code, amounts in (("not_ready", missed), ("late", [] if missed else late), ("too_old", too_old)):
        if amounts:
            found.append(Broken(code, index, *max(amounts)))
    requests = {*stop.pickups, *stop.deliveries}
    v = problem.vehicles[vehicle]
    if any((allowed := problem.requests[q].vehicles) is not None and vehicle not in allowed for q in requests):
        found.append(Broken("vehicle", index))
    if not gets_to(v, problem.sites[stop.site]):
        found.append(Broken("access", index))
    together = set(stop.deliveries)
    if any((visit := problem.requests[q].with_visit) is not None and visit not in together for q in together):
        found.append(Broken("other_car", index))
    for lock in problem.locks:
        if lock.request in together and (
            (lock.vehicle is not None and lock.vehicle != vehicle)
            or (lock.start is not None and not lock.start[0] <= stop.start_s <= lock.start[1])
        ):
            found.append(Broken("locked", index))
            break
    return found


def _free(problem: Problem, vehicle: int, stop: Stop, route: Route) -> bool:
    """Loading before the departure and unloading after the return take no time."""
    v = problem.vehicles[vehicle]
    loading = stop is route.stops[0] and stop.site == v.start_site and stop.leave_s == route.depart_s
    return loading or (stop is route.stops[-1] and stop.site == v.end_site and stop.arrive_s == route.return_s)


def _aboard(problem: Problem, vehicle: int, route: Route) -> list[Broken]:
    """Zones that are too full, each where it is worst, and goods that meet though they must not."""
    capacity = problem.vehicles[vehicle].capacity_g
    worst: dict[int, tuple[int, int]] = {}
    apart: list[Broken] = []
    aboard: set[int] = set()
    for index, stop in enumerate(route.stops):
        aboard -= set(stop.deliveries)
        aboard |= set(stop.pickups)
        for zone in range(len(ZONES)):
            over = sum(problem.requests[q].load_g[zone] for q in aboard) - capacity[zone]
            if over > worst.get(zone, (0, 0))[0]:
                worst[zone] = (over, index)
        goods = frozenset().union(*(problem.requests[q].goods for q in aboard))
        if not apart and any(pair <= goods for pair in problem.apart):
            apart.append(Broken("apart", index))
    return [Broken("capacity", at, over, capacity[zone], ZONES[zone]) for zone, (over, at) in sorted(worst.items())] + apart


def _rides(problem: Problem, route: Route) -> list[Broken]:
    picked = {q: stop.leave_s for stop in route.stops for q in stop.pickups}
    found = []
    for index, stop in enumerate(route.stops):
        for q in stop.deliveries:
            most = problem.requests[q].longest_ride_s
            if most is not None and q in picked and stop.start_s - picked[q] > most:
                found.append(Broken("ride", index, stop.start_s - picked[q] - most, most))
    return found


def _task(problem: Problem, task: int) -> Task:
    request = problem.requests[task >> 1]
    return request.delivery if task & 1 else request.pickup
