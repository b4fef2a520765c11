"""A first month within a moment: always the visit that is worth most next. The search starts from it and is never worse."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from logistics.solver.month import weights
from logistics.solver.month.options import CarKey, Options, on_the_road, visit_of
from logistics.solver.month.problem import QUARTER_DAYS, MonthProblem, Site, Visit


def first_month(problem: MonthProblem, options: Options) -> list[Visit]:
    """Visits that break no rule, the kept locks left out."""
    chosen: list[Visit] = []
    days: dict[int, list[int]] = defaultdict(list)
    for lock in problem.locks:
        days[lock.site].append(lock.day)
    rounds: dict[CarKey, list[Visit]] = defaultdict(list)
    for lock in options.kept:
        rounds[lock.car, lock.day].append(lock)
    open_to: dict[tuple[int, int], list[str]] = defaultdict(list)
    for index, day, car in options.starts:
        open_to[index, day].append(car)
    worth = {key: _worth(problem, key, days) for key in open_to}
    while worth:
        key = max(worth, key=lambda k: (worth[k], -k[1], -k[0]))
        index, day = key
        visit = None
        if worth[key] > 0:
            visit = _fits(problem, options, rounds, key, sorted(open_to[key]), _habit(problem, chosen, index))
        if visit is None:
            del worth[key]
            continue
        chosen.append(visit)
        rounds[visit.car, day].append(visit)
        days[index].append(day)
        del worth[key]
        for other in [k for k in worth if k[0] == index]:
            worth[other] = _worth(problem, other, days)
    return chosen


def site_points(site: Site, days: Sequence[int], end: int) -> int:
    """What visits on ``days`` are worth to a site: need, waiting and its least number."""
    before = -QUARTER_DAYS if site.last_visit is None else site.last_visit
    points = -weights.missing_points(site.households) * max(0, site.least - len(days))
    for rank, day in enumerate(sorted(days), start=1):
        points += weights.visit_points(site.households, site.past_visits + rank)
        points -= weights.waiting_points(site.households, day - before)
        before = day
    return points - weights.waiting_points(site.households, end - before)


def _worth(problem: MonthProblem, key: tuple[int, int], days: dict[int, list[int]]) -> int:
    """What one more visit adds; nothing when a gap or the most forbid it."""
    index, day = key
    site, own = problem.sites[index], days[index]
    if len(own) >= site.most or any(abs(day - other) < site.gap_days for other in own):
        return 0
    if site.last_visit is not None and day - site.last_visit < site.gap_days:
        return 0
    return site_points(site, [*own, day], problem.days) - site_points(site, own, problem.days)


def _habit(problem: MonthProblem, chosen: Iterable[Visit], index: int) -> int | None:
    usual = problem.sites[index].usual
    return next((v.start_s for v in chosen if v.site == index), usual[1] if usual else None)


def _fits(
    problem: MonthProblem,
    options: Options,
    rounds: dict[CarKey, list[Visit]],
    key: tuple[int, int],
    cars: Iterable[str],
    habit: int | None,
) -> Visit | None:
    """The time people are used to first, then the earliest; a car that is out anyway first."""
    index, day = key
    tries = [(start != habit, not rounds[car, day], start, car) for car in cars for start in options.starts[index, day, car]]
    for _, _, start, car in sorted(tries):
        one = options.cars[car, day]
        visit = visit_of(problem, one, index, start)
        if on_the_road(problem, one, [*rounds[car, day], visit]):
            return visit
    return None
