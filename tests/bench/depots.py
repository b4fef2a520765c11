"""A day of many depots through real workers: ``python -m tests.bench.depots [--depots 300] [--workers 2] [--seconds 600]``.

A PostgreSQL, a Redis and Celery workers on this machine; the day is made up from a seed: per depot 24 partners, 10 shops, a visit, a pickup
day and three vehicles, so 300 depots make 10,800 places and 900 vehicles. The whole plan is checked by ``planner.check``.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import sys
import tempfile
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from deploy.tools import process
from tests.services import postgres, redis, worker

if TYPE_CHECKING:
    from logistics.allocation.facts import Day

DATE = dt.date(2026, 12, 5)
PARTNERS, SHOPS = 24, 10
CATEGORIES = ("rice", "bread", "dairy", "produce")
ZONE = {"rice": "ambient", "bread": "ambient", "dairy": "chilled", "produce": "ambient"}
UNIT_G = {"rice": 5_000, "bread": 340, "dairy": 900, "produce": 1_000}


def big_day(depots: int, seed: int) -> Day:
    """The facts of the day; depots 25 km apart on a grid, their places within some 8 km."""
    from logistics.allocation.facts import Day  # noqa: PLC0415 - Django has to be set up first

    rng = np.random.default_rng([depots, seed])
    side = int(np.ceil(np.sqrt(depots)))
    parts = [_around(rng, n, 34.0 + (n // side) * 0.225, 133.0 + (n % side) * 0.27) for n in range(depots)]
    whole = Day(DATE, {}, (), (), (), ())
    for part in parts:
        whole.places.update(part.places)
    return replace(
        whole,
        goods=tuple(g for p in parts for g in p.goods),
        lines=tuple(x for p in parts for x in p.lines),
        sites=tuple(x for p in parts for x in p.sites),
        vans=tuple(x for p in parts for x in p.vans),
    )


def _around(rng: np.random.Generator, n: int, latitude: float, longitude: float) -> Day:
    from logistics.allocation.facts import Day, Goods, LineDemand, Place, SiteDemand, Van  # noqa: PLC0415

    depot = f"W{n:03d}"
    places = {depot: Place(depot, depot, latitude, longitude, 7 * 3600, 19 * 3600)}
    for kind, count in (("P", PARTNERS), ("D", SHOPS), ("M", 1), ("V", 1)):
        for i in range(count):
            code = f"{kind}{n:03d}-{i:02d}"
            north, east = rng.normal(0.0, 0.03, 2)
            places[code] = Place(code, code, latitude + float(north), longitude + float(east), 8 * 3600, 19 * 3600)
    goods, lines = [], []
    for i, category in enumerate(CATEGORIES * 2):
        key = f"{depot}/{i}"
        units = int(rng.integers(20, 200))
        goods.append(
            Goods(
                key, depot, f"g{i}", category, category, True, ZONE[category], units, UNIT_G[category], None, "none", frozenset()
            )
        )
    for i in range(SHOPS):
        category = CATEGORIES[int(rng.integers(4))]
        begin = int(rng.integers(8, 13)) * 3600
        site = f"D{n:03d}-{i:02d}"
        fields = (category, category, True, ZONE[category], int(rng.integers(4, 40)), UNIT_G[category])
        last = DATE + dt.timedelta(days=int(rng.integers(1, 9)))
        goods.append(Goods(f"{site}/1", site, f"s{i}", *fields, last, "best_before", frozenset(), window=(begin, begin + 7200)))
    for i in range(PARTNERS):
        begin = int(rng.integers(10, 16)) * 3600
        for category in rng.choice(CATEGORIES, 2, replace=False):
            order = f"O{n:03d}-{i:02d}"
            asked = int(rng.integers(2, 20)) * 1000
            lines.append(
                LineDemand(
                    f"{order}/{category}",
                    order,
                    f"P{n:03d}-{i:02d}",
                    (begin, begin + 7200),
                    int(rng.integers(5, 50)),
                    frozenset(),
                    asked,
                    str(category),
                )
            )
    sites = [
        SiteDemand(f"visit/{n}", "visit", f"M{n:03d}-00", 13 * 3600, 14 * 3600, 12, 48_000, 3),
        SiteDemand(f"pickup/{n}", "pickup_day", f"V{n:03d}-00", 14 * 3600, 16 * 3600, 10, 40_000, 3),
    ]
    shift, room = (8 * 3600, 18 * 3600), (500_000, 100_000, 0)
    vans = [Van(f"VAN{n:03d}-{i}", "van" if i else "kitchen_car", depot, shift, room, 2700) for i in range(3)]
    return Day(DATE, places, tuple(goods), tuple(lines), tuple(sites), tuple(vans))


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.depots", description="拠点の多い一日を並べて計画する")
    parser.add_argument("--depots", type=int, default=300)
    parser.add_argument("--workers", type=int, default=max(1, (os.cpu_count() or 2) - 1), help="besides the caller")
    parser.add_argument("--seconds", type=float, default=600.0, help="for all depots together")
    args = parser.parse_args(argv)
    with contextlib.ExitStack() as stack:
        var = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True)))
        url, broker = stack.enter_context(postgres.running()), stack.enter_context(redis.running())
        own = {"DATABASE_URL": url, "REDIS_URL": broker, "VAR_DIR": str(var), "LOG_LEVEL": "ERROR"}
        os.environ.update(process.PLAIN_ENVIRONMENT, DJANGO_SETTINGS_MODULE="foodbank.settings", **own)
        import django  # noqa: PLC0415 - the database is known only now

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        for n in range(args.workers):
            folder = var / f"worker{n}"
            folder.mkdir()
            stack.enter_context(worker.running(folder, **own))
        return _measure(args.depots, args.workers, args.seconds)


def _measure(depots: int, workers: int, seconds: float) -> int:
    from logistics.dispatch.planner.areas import areas  # noqa: PLC0415
    from logistics.dispatch.planner.check import check_plan  # noqa: PLC0415
    from logistics.dispatch.services.planning import plan_document  # noqa: PLC0415

    marks = [time.monotonic()]
    facts = big_day(depots, 1)
    marks.append(time.monotonic())
    cut = areas(facts)
    marks.append(time.monotonic())
    document = plan_document(facts, seconds=seconds, work=None, seed=1)
    marks.append(time.monotonic())
    faults = check_plan(facts, document.to_json())
    marks.append(time.monotonic())
    made, divided, planned, checked = (b - a for a, b in pairwise(marks))
    stops = sum(len(r.stops) for r in document.routes)
    total = document.summary
    sys.stdout.write(
        f"{len(cut)} depots, {len(facts.places)} places, {len(facts.vans)} vehicles, {workers} workers and the caller\n"
        f"made {made:.1f} s, cut into areas {divided:.1f} s, planned {planned:.1f} s, checked {checked:.1f} s\n"
        f"{len(document.routes)} routes, {stops} stops, {total['delivered_g'] / 1000:,.0f} of {total['ordered_g'] / 1000:,.0f} kg ordered,"
        f" {total['collected_g'] / 1000:,.0f} of {total['donated_g'] / 1000:,.0f} kg offered, {total['distance_m'] / 1000:,.0f} km\n"
        f"faults: {len(faults)}\n"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
