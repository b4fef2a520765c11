"""The independent check of a month's visits: problem and visits in, faults out. Shares no code with the search.

It also judges what a person does to the calendar, so it takes any visits and says everything that is wrong with them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from logistics.solver.month.problem import CarDay, MonthProblem, Visit


@dataclass(frozen=True, slots=True)
class Fault:
    """``code`` names the rule that ``visit`` breaks: ``closed_day``, ``hours``, ``car_out``, ``may_not_stand``, ``gap``, ``most``, ``twice``,
    ``overlap`` (with ``other`` on the same car, the way between them and preparing included), ``too_early`` or ``too_late`` for the
    car's hours (by ``seconds``), ``overloaded`` (by ``grams``), ``too_many_stops`` (more than ``days`` of one car), ``no_break``,
    ``lock_broken``, ``past``."""

    code: str
    visit: Visit
    other: Visit | None = None
    seconds: int = 0
    grams: int = 0
    days: int = 0


def month_faults(problem: MonthProblem, visits: Sequence[Visit]) -> list[Fault]:
    """Everything that is wrong, in order of time; empty when the month can be driven as it stands."""
    faults = [
        *_by_site(problem, visits),
        *_by_car(problem, visits),
        *_locks(problem, visits),
    ]
    return sorted(faults, key=lambda fault: (fault.visit.day, fault.visit.start_s, fault.code))


def _by_site(problem: MonthProblem, visits: Sequence[Visit]) -> Iterator[Fault]:
    rows: dict[int, list[Visit]] = defaultdict(list)
    for visit in visits:
        rows[visit.site].append(visit)
        site = problem.sites[visit.site]
        if visit.day in site.closed:
            yield Fault("closed_day", visit)
        weekday = (problem.first.toordinal() + visit.day - 1) % 7  # ordinal 1 was a Monday
        inside = any(w.weekday == weekday and w.from_s <= visit.start_s and visit.end_s <= w.until_s for w in site.windows)
        if not inside:
            yield Fault("hours", visit)
    for number, own in rows.items():
        site = problem.sites[number]
        own.sort()
        if len(own) > site.most:
            yield Fault("most", own[-1], days=len(own))
        if site.last_visit is not None and own[0].day - site.last_visit < site.gap_days:
            yield Fault("gap", own[0], days=own[0].day - site.last_visit)
        for before, after in pairwise(own):
            apart = after.day - before.day
            if apart == 0:
                yield Fault("twice", after, other=before)
            elif apart < site.gap_days:
                yield Fault("gap", after, other=before, days=apart)


def _by_car(problem: MonthProblem, visits: Sequence[Visit]) -> Iterator[Fault]:
    duty = {(one.car, one.day): one for one in problem.car_days}
    trips: dict[tuple[str, int], list[Visit]] = defaultdict(list)
    for visit in visits:
        one = duty.get((visit.car, visit.day))
        if one is None:
            yield Fault("car_out", visit)
            continue
        if visit.site not in one.sites:
            yield Fault("may_not_stand", visit)
        trips[visit.car, visit.day].append(visit)
    for key, trip in trips.items():
        yield from _trip(problem, duty[key], sorted(trip))


def _trip(problem: MonthProblem, one: CarDay, trip: list[Visit]) -> Iterator[Fault]:
    rules = problem.rules
    needed = [rules.stop_s + (rules.per_kg_s * rules.household_g * v.households + 999) // 1000 for v in trip]
    grams = sum(v.households for v in trip) * rules.household_g
    if grams > one.capacity_g:
        yield Fault("overloaded", trip[-1], grams=grams - one.capacity_g)
    if one.most_visits is not None and len(trip) > one.most_visits:
        yield Fault("too_many_stops", trip[-1], days=one.most_visits)
    leaves = trip[0].start_s - needed[0] - problem.travel_s[one.depot][trip[0].site]
    if one.begins is not None:  # it comes to the depot from elsewhere and loads there
        leaves -= rules.stop_s + (rules.per_kg_s * grams + 999) // 1000 + problem.travel_s[one.begins][one.depot]
    if leaves < one.start_s:
        yield Fault("too_early", trip[0], seconds=one.start_s - leaves)
    returns = trip[-1].end_s + rules.pack_up_s + problem.travel_s[trip[-1].site][one.depot]
    if returns > one.end_s:
        yield Fault("too_late", trip[-1], seconds=returns - one.end_s)
    idle = [leaves - one.start_s]
    for (before, after), ready in zip(pairwise(trip), needed[1:], strict=True):
        spare = after.start_s - ready - problem.travel_s[before.site][after.site] - rules.pack_up_s - before.end_s
        if spare < 0:
            yield Fault("overlap", after, other=before, seconds=-spare)
        idle.append(spare)
    if returns - leaves > rules.break_after_s and max(idle) < one.break_s:
        yield Fault("no_break", trip[0], seconds=one.break_s - max(idle))


def _locks(problem: MonthProblem, visits: Sequence[Visit]) -> Iterator[Fault]:
    there = {(v.site, v.day, v.start_s, v.end_s, v.car) for v in visits}
    for lock in problem.locks:
        if (lock.site, lock.day, lock.start_s, lock.end_s, lock.car) not in there:
            yield Fault("lock_broken", lock)
    settled = {(lock.site, lock.day) for lock in problem.locks}
    for visit in visits:
        if visit.day < problem.free_from and (visit.site, visit.day) not in settled:
            yield Fault("past", visit)
