"""Small months for the tests. Places lie on one line: ``km`` north of the depot, two minutes a kilometre."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from typing import Any

from logistics.solver.month.problem import CarDay, MonthProblem, Rules, Site, Window

FIRST = dt.date(2026, 12, 1)  # a Tuesday
HOUR = 3600
MINUTE = 60


def window(weekday: int, start: float, end: float) -> Window:
    return Window(weekday, round(start * HOUR), round(end * HOUR))


def site(
    code: str = "M01",
    households: int = 40,
    *,
    weekdays: Sequence[int] = range(7),
    hours: tuple[float, float] = (10, 16),
    **more: Any,
) -> Site:
    fields: dict[str, Any] = {"visit_s": 2 * HOUR}
    return Site(code, households, tuple(window(day, *hours) for day in weekdays), **(fields | more))


def month(
    sites: Sequence[Site], out: Sequence[int] | dict[str, Sequence[int]], *, km: Sequence[float] = (), days: int = 31,
    hours: tuple[float, float] = (8, 17), capacity_kg: int = 400, break_s: int = 45 * MINUTE, first: dt.date = FIRST, **more: Any,
) -> MonthProblem:  # fmt: skip
    """``out``: the days on which CAR1 goes out, or days by car. The depot is the last place."""
    cars = out if isinstance(out, dict) else {"CAR1": out}
    at = [*(km or [5.0] * len(sites)), 0.0]
    metres = tuple(tuple(round(abs(a - b) * 1000) for b in at) for a in at)
    seconds = tuple(tuple(m * 120 // 1000 for m in row) for row in metres)
    everywhere = frozenset(range(len(sites)))
    car_days = tuple(
        CarDay(car, day, len(sites), round(hours[0] * HOUR), round(hours[1] * HOUR), capacity_kg * 1000, everywhere, break_s)
        for car, its in sorted(cars.items())
        for day in its
    )
    return MonthProblem(first, days, tuple(sites), car_days, seconds, metres, rules=Rules(**more.pop("rules", {})), **more)


def random_month(number: int, *, sites: int = 5, cars: int = 1) -> MonthProblem:
    """Sites with hours here and there, cars that stay in now and then, some history, some forbidden dates."""
    rng = random.Random(number)
    rows = []
    for n in range(sites):
        least = rng.randint(0, 2)
        length = rng.choice([1.0, 1.5, 2.0, 3.0])
        start = rng.choice([9, 10, 13])
        rows.append(
            site(
                f"M{n:02}", rng.randint(8, 90), weekdays=sorted(rng.sample(range(7), rng.randint(1, 4))),
                hours=(start, start + rng.choice([2, 4, 6])),
                visit_s=round(length * HOUR), least=least, most=least + rng.randint(1, 3), gap_days=rng.choice([1, 5, 7, 10, 14]),
                closed=frozenset(rng.sample(range(31), rng.randint(0, 4))), past_visits=rng.randint(0, 6),
                last_visit=rng.choice([None, -rng.randint(1, 60)]), usual=rng.choice([None, (rng.randint(0, 6), 10 * HOUR)]),
            )
        )  # fmt: skip
    out = {f"CAR{c + 1}": [d for d in range(31) if (d + 1) % 7 != 5 and rng.random() < 0.8] for c in range(cars)}
    return month(rows, out, km=[rng.uniform(1, 30) for _ in rows], capacity_kg=rng.choice([120, 250, 400]))
