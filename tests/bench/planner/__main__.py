"""``python -m tests.bench.planner [days] [public] [anytime] [growth]``: the planner beside its peers; table and plots go to ``docs/``.

Every section keeps its figures in ``docs/planner-bench.json``, so that one can be measured again without the others. All sections take
about 50 minutes at 10 seconds a run. Ends with 1 when one of our own answers breaks a rule.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from logistics.solver.bench import bench_folder
from tests.bench.planner import contest, generate, plots, public, table

DOCS = Path(__file__).resolve().parents[3] / "docs"
FIGURES = DOCS / "planner-bench.json"
SECTIONS = ("days", "public", "anytime", "growth")
SIZES, GROWTH = (100, 500, 1000), (50, 100, 200, 400, 700, 1000)
ANYTIME_S = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.planner", description="計画をほかの解法と比べる")
    parser.add_argument("sections", nargs="*", choices=[*SECTIONS, []], help="all when left out")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--days", type=int, default=5, help="days of each size")
    parser.add_argument("--only", nargs="*", default=[contest.OURS, *contest.PEERS], help="solvers")
    args = parser.parse_args(argv)
    figures: dict[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    for section in args.sections or SECTIONS:
        found = _SECTIONS[section](args)
        figures[section] = {"machine": _machine(), "seconds": args.seconds, "rows": found}
        FIGURES.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    plots.draw(figures, DOCS)
    (DOCS / "planner-bench.md").write_text(table.page(figures), encoding="utf-8")
    faults = table.own_faults(figures)
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    return 1 if faults else 0


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def _say(row: dict[str, Any]) -> dict[str, Any]:
    sys.stdout.write(" ".join(f"{k}={round(v, 3) if isinstance(v, float) else v}" for k, v in row.items() if k != "curve") + "\n")
    sys.stdout.flush()
    return row


def _row(name: str, one: contest.Run) -> dict[str, Any]:
    facts = asdict(one.verdict) if one.verdict else {}
    return {"day": name, "solver": one.solver, "seconds": one.seconds, "peak_mb": one.peak_mb, "fault": one.fault, **facts}


def _days(args: argparse.Namespace) -> list[dict[str, Any]]:
    rows = []
    for stops in SIZES:
        for seed in range(1, args.days + 1):
            problem = generate.day(stops, seed)
            rows += [
                _say(_row(problem.name, one) | {"stops": stops}) for one in contest.run_all(args.only, problem, args.seconds)
            ]
    return rows


def _public(args: argparse.Namespace) -> list[dict[str, Any]]:
    gaps = [(kind, gap) for kind in ("pdptw", "vrptw") for gap in public.contest(bench_folder() / kind, args.only, args.seconds)]
    return [_say({"set": kind, **asdict(gap), "combined": gap.combined}) for kind, gap in gaps]


def _anytime(args: argparse.Namespace) -> list[dict[str, Any]]:
    """One day of 500 stops: ours tells its cost as it goes, the others are run once per limit."""
    problem = generate.day(500, 1)
    rows = []
    for solver in args.only:
        if solver == contest.OURS:
            one = contest.run(solver, problem, ANYTIME_S[-1])
            rows.append(_say(_row(problem.name, one) | {"curve": [list(point) for point in one.curve]}))
    others = [s for s in args.only if s != contest.OURS]
    for limit in ANYTIME_S:
        rows += [_say(_row(problem.name, one) | {"limit": limit}) for one in contest.run_all(others, problem, limit)]
    return rows


def _growth(args: argparse.Namespace) -> list[dict[str, Any]]:
    rows = []
    for stops in GROWTH:
        one = contest.run(contest.OURS, generate.day(stops, 1), args.seconds)
        rows.append(_say(_row(f"day-{stops}-1", one) | {"stops": stops, **one.extra}))
    return rows


_SECTIONS = {"days": _days, "public": _public, "anytime": _anytime, "growth": _growth}

if __name__ == "__main__":
    raise SystemExit(main())
