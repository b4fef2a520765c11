"""Why a site gets fewer visits than its least number, and the smallest change that would mend it, tried by solving again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, zip_longest

from logistics.solver.month.options import Options, grid, on_the_road, options_of, visit_of
from logistics.solver.month.problem import CarDay, Change, MonthProblem, Short, Visit, Window

REASONS = {
    "no_hours": "no weekday and hours are given, or none is long enough for a visit",
    "closed": "on every day with hours it is closed: a holiday, or a date that somebody has forbidden",
    "no_car": "no car goes out on the days on which it could be",
    "no_permit": "cars go out on these days, but none may stand there or fits",
    "no_time": "cars go out on these days, but the hours do not allow the way there and back",
    "gap": "the days between two visits, or the past visit, leave no room for so many",
    "full": "the cars are with other sites, and all of them cannot be had",
}
MOST_TRIED = 8
"""Changes that are tried for one site: each is a month solved again."""
MOST_TRIED_TOGETHER = 40
ALONE_WORK = 1.0


def explain(problem: MonthProblem, visits: Sequence[Visit], *, work: float, seed: int) -> tuple[Short, ...]:
    """One entry for each site below its least number."""
    from logistics.solver.month.search import choose  # noqa: PLC0415 - which asks for this explanation

    def count(changed: MonthProblem, index: int, limit: float) -> int:
        return sum(v.site == index for v in choose(changed, work=limit, seed=seed)[0])

    got = Counter(v.site for v in visits)
    shorts = []
    left = MOST_TRIED_TOGETHER
    for index, site in enumerate(problem.sites):
        if got[index] >= site.least:
            continue
        reason = _nothing_possible(problem, index)
        if reason is None:
            reason = "gap" if count(_alone(problem, index), index, ALONE_WORK) < site.least else "full"
        others = tuple(replace(v, locked=True) for v in visits if v.site != index or v.locked)
        change = None
        for tried in islice(_changes(problem, index), min(MOST_TRIED, left)):
            left -= 1
            changed = apply(problem, index, tried)
            beside = replace(changed, locks=tuple(sorted({(v.site, v.day): v for v in [*changed.locks, *others]}.values())))
            if count(beside, index, ALONE_WORK) >= site.least and count(changed, index, work) >= site.least:
                change = tried
                break
        shorts.append(Short(index, site.least - got[index], reason, change))
    return tuple(shorts)


def apply(problem: MonthProblem, index: int, change: Change) -> MonthProblem:
    """The month with ``change`` made for site ``index``."""
    site = problem.sites[index]
    if change.kind == "car_day":
        return replace(problem, car_days=(*problem.car_days, _extra_day(problem, change.car, change.day)))
    if change.kind == "weekday":
        hours = max(site.windows, key=lambda w: (w.until_s - w.from_s, -w.from_s))
        changed = replace(site, windows=(*site.windows, Window(change.weekday, hours.from_s, hours.until_s)))
    elif change.kind == "open_day":
        changed = replace(site, closed=site.closed - {change.day})
    else:
        changed = replace(site, gap_days=change.days)
    return replace(problem, sites=(*problem.sites[:index], changed, *problem.sites[index + 1 :]))


def _nothing_possible(problem: MonthProblem, index: int) -> str | None:
    """The reason when not a single visit is possible."""
    site = problem.sites[index]
    options = options_of(problem)
    if any(at == index for at, _, _ in options.starts):
        return None
    days = range(problem.free_from, problem.days)
    unclosed = replace(site, closed=frozenset())
    opened = replace(problem, sites=(*problem.sites[:index], unclosed, *problem.sites[index + 1 :]))
    if not any(any(grid(opened, index, day)) for day in days):
        return "no_hours"
    possible = {day for day in days if any(grid(problem, index, day))}
    if not possible:
        return "closed"
    out = [one for one in problem.car_days if one.day in possible]
    if not out:
        return "no_car"
    return "no_time" if any(index in one.sites for one in out) else "no_permit"


def _alone(problem: MonthProblem, index: int) -> MonthProblem:
    """As if nobody else wanted anything; a person's locks stay."""
    cars = tuple(replace(one, sites=one.sites & ({index} | {v.site for v in problem.locks})) for one in problem.car_days)
    sites = tuple(site if at == index else replace(site, least=0) for at, site in enumerate(problem.sites))
    return replace(problem, car_days=cars, sites=sites)


def _changes(problem: MonthProblem, index: int) -> Iterator[Change]:
    """The least trouble first: a day that is closed opened, another weekday on which a car is out anyway, one more day of a car, fewer
    days between visits. The kinds take turns."""
    site = problem.sites[index]
    days = range(problem.free_from, problem.days)
    own = {w.weekday for w in site.windows}
    out = {one.day for one in problem.car_days if index in one.sites}
    closed = (Change("open_day", day=d) for d in sorted(site.closed) if d in out and problem.weekday(d) in own)
    other = sorted({problem.weekday(d) for d in out} - own, key=lambda w: min((w - o) % 7 for o in own) if own else w)
    weekday = (Change("weekday", weekday=w) for w in (other if own else ()))
    busy = {(one.car, one.day) for one in problem.car_days}
    cars = sorted({one.car for one in problem.car_days if index in one.sites})
    extra = (
        Change("car_day", car=car, day=d)
        for d in _spread([d for d in days if problem.weekday(d) in own and d not in site.closed])
        for car in cars
        if (car, d) not in busy
    )
    gap = (Change("gap", days=n) for n in range(site.gap_days - 1, 0, -1))
    for turn in zip_longest(closed, weekday, extra, gap):
        yield from (change for change in turn if change is not None)


def _spread(days: list[int]) -> list[int]:
    """The middle of the month first, then the quarters: a further visit fits best far from the others."""
    return sorted(days, key=lambda d: (abs(d - (days[0] + days[-1]) // 2), d)) if days else []


def _extra_day(problem: MonthProblem, car: str, day: int) -> CarDay:
    """As the car goes out on its day nearest to ``day``, the same weekday first."""
    own = [one for one in problem.car_days if one.car == car]
    like = min(own, key=lambda one: ((one.day - day) % 7 != 0, abs(one.day - day), one.day))
    return replace(like, day=day)


def held_back(problem: MonthProblem, visits: Sequence[Visit]) -> list[str]:
    """By site, what keeps it from one more visit: ``most`` (it has all that it takes), ``gap`` (each day that is left is too near to
    another visit), ``cars`` (no car has room on the others), ``days`` (there is no other day at all), or ``points``: there is room, and it
    is not worth the way."""
    options = options_of(replace(problem, locks=()))
    beside: dict[tuple[str, int], list[Visit]] = defaultdict(list)
    for visit in visits:
        beside[visit.car, visit.day].append(visit)
    return [_held_back(problem, options, beside, index) for index in range(len(problem.sites))]


def _held_back(problem: MonthProblem, options: Options, beside: Mapping[tuple[str, int], list[Visit]], index: int) -> str:
    site = problem.sites[index]
    own = [v.day for trip in beside.values() for v in trip if v.site == index]
    if len(own) >= site.most:
        return "most"
    left = [key for key in options.starts if key[0] == index and key[1] not in own]
    if not left:
        return "days"
    before = () if site.last_visit is None else (site.last_visit,)
    apart = [key for key in left if all(abs(key[1] - day) >= site.gap_days for day in [*own, *before])]
    if not apart:
        return "gap"
    for key in apart:
        one = options.cars[key[2], key[1]]
        trip = beside.get((one.car, one.day), [])
        if any(on_the_road(problem, one, [*trip, visit_of(problem, one, index, s)]) for s in options.starts[key]):
            return "points"
    return "cars"
