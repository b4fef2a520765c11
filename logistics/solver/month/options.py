"""What is possible at all: for each site, day and car the seconds at which a visit may start."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from logistics.solver.month.problem import CarDay, MonthProblem, Visit

Key = tuple[int, int]  # site, day
CarKey = tuple[str, int]  # car, day


@dataclass(slots=True)
class Options:
    """``starts`` per site, day and car; ``kept`` are the locked visits that the search reckons with on a car's day, ``loose`` those that
    break a rule: they stay in the calendar, and no other visit is fitted around them on the road."""

    starts: dict[tuple[int, int, str], tuple[int, ...]] = field(default_factory=dict)
    kept: list[Visit] = field(default_factory=list)
    loose: list[Visit] = field(default_factory=list)
    cars: dict[CarKey, CarDay] = field(default_factory=dict)


def options_of(problem: MonthProblem) -> Options:
    """Every visit that a car could make if it did nothing else that day, and the locks."""
    found = Options(cars={(c.car, c.day): c for c in problem.car_days})
    locked = {(lock.site, lock.day) for lock in problem.locks}
    for one in problem.car_days:
        if one.day < problem.free_from:
            continue
        for index in sorted(one.sites):
            if (index, one.day) in locked:
                continue
            starts = tuple(
                s for s in grid(problem, index, one.day) if on_the_road(problem, one, [visit_of(problem, one, index, s)])
            )
            if starts:
                found.starts[index, one.day, one.car] = starts
    _sort_locks(problem, found)
    return found


def grid(problem: MonthProblem, index: int, day: int) -> Iterator[int]:
    """When a visit may start, going by the site's own days and hours."""
    site = problem.sites[index]
    if day in site.closed:
        return
    seen: set[int] = set()
    for window in site.windows:
        if window.weekday == problem.weekday(day):
            starts = range(window.from_s, window.until_s - site.visit_s + 1, problem.rules.step_s)
            yield from (s for s in starts if s not in seen)
            seen.update(starts)


def served(problem: MonthProblem, one: CarDay, index: int) -> int:
    """Households that ``one`` has food for when it carries nothing else."""
    return min(problem.sites[index].households, one.capacity_g // problem.rules.household_g)


def visit_of(problem: MonthProblem, one: CarDay, index: int, start: int) -> Visit:
    return Visit(one.day, start, start + problem.sites[index].visit_s, one.car, index, served(problem, one, index))


def on_the_road(problem: MonthProblem, one: CarDay, visits: Sequence[Visit]) -> bool:
    """Can ``one`` do these visits, and nothing else, within its hours, its load and with its break?"""
    rules = problem.rules
    if not visits or any(v.households < 1 or v.site not in one.sites for v in visits):
        return False
    if sum(v.households for v in visits) * rules.household_g > one.capacity_g:
        return False
    if one.most_visits is not None and len(visits) > one.most_visits:
        return False
    legs = sorted(visits)
    away, here, free_s = one.depot, one.depot, 0
    leave = 0
    for number, visit in enumerate(legs):
        arrive_by = visit.start_s - rules.ready_s(visit.households) - problem.travel_s[here][visit.site]
        if number == 0:
            leave = arrive_by - lead_s(problem, one, sum(v.households for v in visits))
        elif arrive_by < free_s:
            return False
        here, free_s = visit.site, visit.end_s + rules.pack_up_s
    back = free_s + problem.travel_s[here][away]
    if leave < one.start_s or back > one.end_s:
        return False
    return back - leave <= rules.break_after_s or _finds_a_break(problem, one, legs, leave)


def lead_s(problem: MonthProblem, one: CarDay, households: int) -> int:
    """From setting out until the car leaves the depot with food for so many households: nothing for one that begins there, loaded."""
    if one.begins is None:
        return 0
    return problem.travel_s[one.begins][one.depot] + problem.rules.ready_s(households)


def _finds_a_break(problem: MonthProblem, one: CarDay, legs: Sequence[Visit], leave: int) -> bool:
    """Before the first visit, having left so much earlier, or between two."""
    if leave - one.break_s >= one.start_s:
        return True
    rules = problem.rules
    for before, after in itertools.pairwise(legs):
        busy = rules.pack_up_s + problem.travel_s[before.site][after.site] + rules.ready_s(after.households)
        if after.start_s - before.end_s - busy >= one.break_s:
            return True
    return False


def _sort_locks(problem: MonthProblem, found: Options) -> None:
    per_car: dict[CarKey, list[Visit]] = {}
    for lock in sorted(problem.locks):
        one = found.cars.get((lock.car, lock.day))
        beside = per_car.setdefault((lock.car, lock.day), [])
        fits = one is not None and lock.day >= problem.free_from and on_the_road(problem, one, [*beside, lock])
        if fits:
            beside.append(replace(lock, locked=True))
        (found.kept if fits else found.loose).append(replace(lock, locked=True))
