"""``python -m tests.bench.allocation [gains] [reference]``: what allocating and routing together gains, and how near the best a short run is.

``gains``: ten seeded days on the places of ``takamatsu``, each planned in the same time once together and once one after the other.
``reference``: ``takamatsu`` in 10 s and ``takamatsu-large`` in 60 s beside the best of a long run (``--long``, an hour unless changed).
Each section keeps its figures in ``docs/allocation-bench.json``; the table goes to ``docs/allocation-bench.md``. Every plan is checked.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from logistics.allocation.facts import Day

DOCS = Path(__file__).resolve().parents[2] / "docs"
FIGURES = DOCS / "allocation-bench.json"
DATE = dt.date(2026, 12, 5)
DAYS = 10
SHORT = {"takamatsu": 10.0, "takamatsu-large": 60.0}
SEEDS = {"takamatsu": (1, 2, 3, 4, 5), "takamatsu-large": (1, 2)}


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.allocation", description="配分とルートをいっしょに考える効果")
    parser.add_argument("sections", nargs="*", choices=["gains", "reference", []], help="both when left out")
    parser.add_argument("--seconds", type=float, default=10.0, help="for each plan of the ten days")
    parser.add_argument("--long", type=float, default=3600.0, help="seconds of a reference run")
    parser.add_argument("--day", choices=sorted(SHORT), help="only this day's reference")
    args = parser.parse_args(argv)
    figures: dict[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    for section in args.sections or ("gains", "reference"):
        if section == "gains":
            figures["gains"] = {"seconds": args.seconds, "rows": list(_gains(args.seconds))}
        else:
            for name in [args.day] if args.day else SHORT:
                figures.setdefault("reference", {})[name] = _reference(name, args.long)
        FIGURES.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        (DOCS / "allocation-bench.md").write_text(page(figures), encoding="utf-8")
    return 0


@contextmanager
def _facts(name: str) -> Iterator[Day]:
    """The imported day, in a database of its own; one a process, as Django wants it."""
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as var:
        first = "DJANGO_SETTINGS_MODULE" not in os.environ
        if first:
            os.environ.update(DATABASE_URL=f"sqlite:///{var}/bench.sqlite3", VAR_DIR=var, LOG_LEVEL="ERROR")
            os.environ["DJANGO_SETTINGS_MODULE"] = "foodbank.settings"
        import django  # noqa: PLC0415 - the database is known only now
        from django.core.management import call_command  # noqa: PLC0415
        from django.db import connection  # noqa: PLC0415

        django.setup()
        connection.close()
        connection.settings_dict["NAME"] = f"{var}/bench.sqlite3"
        call_command("migrate", verbosity=0)
        from logistics.dispatch.selectors.facts import day_facts  # noqa: PLC0415
        from tests.shared_data import day_dir  # noqa: PLC0415

        call_command("import_day", str(day_dir(name)), date=DATE.isoformat(), stdout=open(os.devnull, "w"))  # noqa: SIM115, PTH123
        yield day_facts(DATE)
        connection.close()


def seeded(facts: Day, seed: int) -> Day:
    """Another day on the same places: some offers and order lines are not there, the others are more or less."""
    dice = random.Random(seed)
    goods = tuple(
        g if g.on_shelf else replace(g, quantity=max(1, round(g.quantity * dice.uniform(0.6, 1.4))))
        for g in facts.goods
        if g.on_shelf or dice.random() < 0.85
    )
    lines = tuple(
        replace(line, asked_g=max(100, int(line.asked_g * dice.uniform(0.6, 1.4)) // 100 * 100))
        for line in facts.lines
        if dice.random() < 0.9
    )
    return replace(facts, goods=goods, lines=lines)


def _gains(seconds: float) -> Iterator[dict[str, Any]]:
    from logistics.allocation.allocate import Allocation, allocate  # noqa: PLC0415 - settings are known only now
    from logistics.dispatch.planner.budget import Budget  # noqa: PLC0415 - settings are known only now
    from logistics.dispatch.planner.loads import Load, loads_of  # noqa: PLC0415
    from logistics.dispatch.planner.optimise import Together  # noqa: PLC0415 - settings are known only now
    from logistics.dispatch.planner.travel import travel_of  # noqa: PLC0415
    from logistics.solver.result import Route  # noqa: PLC0415

    class OneAfterTheOther(Together):
        """All the time for one allocation, by distance, and the routes for it."""

        def opened(self) -> tuple[tuple[Load, ...], list[Route] | None, Allocation]:
            allocation = allocate(self.reach, seed=self.seed, **self.budget.sourcing())
            loads = tuple(loads_of(self.day, allocation))
            return loads, self.visits_first(loads), allocation

    class AllForRoutes(Budget):
        """No stretch, and what they would have had for the first routes."""

        def __init__(self, seconds: float) -> None:
            super().__init__(seconds, None)
            self.stretches = 0

        def first(self, loads: int) -> tuple[float | None, int | None]:
            return max(0.2, seconds - (self.last_word()[0] or 0.0) - self.passed()), None

    with _facts("takamatsu") as whole:
        for seed in range(1, DAYS + 1):
            day = seeded(whole, seed)
            row: dict[str, Any] = {"day": seed}
            for label in ("apart", "together"):
                way, budget = (OneAfterTheOther, AllForRoutes(seconds)) if label == "apart" else (Together, Budget(seconds, None))
                outcome = way(day, travel_of(day), budget, seed, lambda part, what: None, None).run()
                row[label] = _figures(day, outcome)
            sys.stdout.write(json.dumps(row) + "\n")
            sys.stdout.flush()
            yield row


def _figures(day: Day, outcome: Any) -> dict[str, Any]:
    """What was reached; the plan as it would be stored is checked."""
    from logistics.dispatch.planner.document import tally  # noqa: PLC0415

    moved = tally(outcome.routes)
    return {
        "cost": outcome.cost,
        "km": sum(route.distance_m for route in outcome.routes) / 1000,
        "hours": sum(route.return_s - route.depart_s for route in outcome.routes) / 3600,
        "vehicles": len(outcome.routes),
        "orders_missing_g": sum(max(0, line.asked_g - moved.delivered.get(line.key, 0)) for line in day.lines),
        "sites_missing_g": sum(max(0, site.asked_g - moved.delivered.get(site.key, 0)) for site in day.sites),
        "left_behind_g": sum(g.grams - moved.collected.get(g.key, 0) for g in day.goods if not g.on_shelf),
    }


def _reference(name: str, long_s: float) -> dict[str, Any]:
    """The plans of ``plan_day`` in its short time, and of one long run."""
    with _facts(name) as day:
        from logistics.dispatch.planner.check import check_plan  # noqa: PLC0415 - settings are known only now
        from logistics.dispatch.services.planning import plan_document  # noqa: PLC0415

        found: dict[str, Any] = {"seconds": SHORT[name], "long_s": long_s, "rows": []}
        for seed, seconds in [*((seed, SHORT[name]) for seed in SEEDS[name]), (1, long_s)]:
            document = plan_document(day, seconds=seconds, work=None, seed=seed)
            faults = check_plan(day, document.to_json())
            missing: dict[str, int] = {}
            for left in document.unserved:
                missing[left.kind] = missing.get(left.kind, 0) + left.grams
            row = {"seed": seed, "seconds": seconds, "cost": document.cost, "missing_g": missing, "faults": len(faults)}
            row |= {"vehicles": len(document.routes), **document.summary}
            sys.stdout.write(json.dumps(row) + "\n")
            sys.stdout.flush()
            found["rows"].append(row)
    return found


def page(figures: dict[str, Any]) -> str:
    """The figures as a page."""
    parts = ["# Allocation and routing together: what it gains, and how near the best it is", "", f"{__doc__}".strip()]
    if "gains" in figures:
        parts += ["", *_gains_table(figures["gains"])]
    for name, found in figures.get("reference", {}).items():
        parts += ["", *_reference_table(name, found)]
    return "\n".join(parts) + "\n"


def _gains_table(found: dict[str, Any]) -> list[str]:
    rows = found["rows"]
    lines = [
        f"## Ten seeded days, {found['seconds']:g} s of search each",
        "",
        "First figure: allocated first, routed after. Second: together. Missing and left behind in kg; cost in thousands.",
        "",
        "| day | cost | km | driver hours | vehicles | orders missing | visits and pickup days missing | offers left behind |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        lines.append(f"| {row['day']} | " + " | ".join(_both(row["apart"], row["together"])) + " |")
    means = [{key: sum(row[way][key] for row in rows) / len(rows) for key in rows[0][way]} for way in ("apart", "together")]
    saved = [100 * (1 - means[1][key] / means[0][key]) for key in ("cost", "km", "hours")]
    gains = "Together costs {:.1f} % less, drives {:.1f} % less and takes {:.1f} % less of the drivers' time.".format(*saved)
    return [*lines, "| **mean** | " + " | ".join(_both(*means)) + " |", "", gains]


def _both(apart: dict[str, float], together: dict[str, float]) -> list[str]:
    scale = {"cost": 1000, "orders_missing_g": 1000, "sites_missing_g": 1000, "left_behind_g": 1000}
    shown = ("cost", "km", "hours", "vehicles", "orders_missing_g", "sites_missing_g", "left_behind_g")
    digits = {"cost": 0, "km": 0, "vehicles": 1}
    return [" → ".join(f"{one[key] / scale.get(key, 1):,.{digits.get(key, 1)}f}" for one in (apart, together)) for key in shown]


def _reference_table(name: str, found: dict[str, Any]) -> list[str]:
    best = min(found["rows"], key=lambda row: row["cost"])
    lines = [
        f"## {name}: {found['seconds']:g} s beside {found['long_s']:g} s",
        "",
        "| seconds | seed | ordered kg delivered | offered kg collected | sites missing kg | vehicles | km | over the best | cost |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in found["rows"]:
        sites = sum(row["missing_g"].get(kind, 0) for kind in ("visit", "pickup_day")) / 1000
        over = 100 * (row["distance_m"] / best["distance_m"] - 1)
        cells = (
            f"{row['seconds']:g}", row["seed"], f"{row['delivered_g'] / 1000:,.1f}", f"{row['collected_g'] / 1000:,.1f}", f"{sites:.1f}",
            row["vehicles"], f"{row['distance_m'] / 1000:,.1f}", f"{over:+.1f} %", f"{row['cost']:,}",
        )  # fmt: skip
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return lines


if __name__ == "__main__":
    raise SystemExit(main())
