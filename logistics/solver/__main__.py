"""``python -m logistics.solver FILE``: solve a public benchmark file.

Exit codes: 0 done, 2 refused input (one line per problem on standard error), 1 a fault.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from pathlib import Path
from typing import NoReturn

from logistics.solver import textformats
from logistics.solver.bench import check
from logistics.solver.search import solve
from logistics.solver.verify import verify


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        print(f"引数が正しくありません / {message}", file=sys.stderr)
        raise SystemExit(2)


def _seconds(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or value <= 0:
        raise ValueError(text)
    return value


def _work(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError(text)
    return value


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = _Parser(prog="python -m logistics.solver", description="Solve a PDPTW or VRPTW text file.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--seconds", type=_seconds, default=10.0, help="time limit")
    parser.add_argument("--work", type=_work, help="search rounds per process instead of seconds; repeatable")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=_work, default=2)
    parser.add_argument("--objective", choices=("vehicles", "distance"), default="vehicles")
    parser.add_argument("--json", type=Path, help="write vehicles, distance and routes to this file")
    return parser.parse_args(argv)


def _cannot_write(path: Path) -> str | None:
    """Why nothing can be written there: to be known before the search, not after it."""
    if path.is_dir():
        return "this is a folder"
    if not path.parent.is_dir():
        return "the folder does not exist"
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        return "no permission"
    return None


def main(argv: list[str] | None = None) -> int:
    """Solve, check in double precision, print ``vehicles distance``."""
    args = _arguments(argv)
    try:
        instance = textformats.read(args.file)
        problem = textformats.problem(instance, fewest_vehicles=args.objective == "vehicles")
    except textformats.FormatError as error:
        print(error, file=sys.stderr)
        return 2
    if args.json is not None and (why := _cannot_write(args.json)):
        print(f"{args.json}: 書き込めません / {why}", file=sys.stderr)
        return 2
    result = solve(problem, seconds=args.seconds, work=args.work, seed=args.seed, processes=args.processes)
    faults = [str(f) for f in verify(problem, result)]
    routes = textformats.routes_of(instance, result)
    faults += check(instance, routes, complete=not result.unserved)
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        return 1
    distance = sum(instance.length(route) for route in routes)
    if result.unserved:
        pairs = textformats.nodes_of(instance)
        left = " ".join(str(pairs[q][1]) for q in result.unserved)
        print(f"配達できない番号 / not served: {left}", file=sys.stderr)
    print(f"{len(routes)} {distance:.4f}")
    if args.json is not None:
        document = {"vehicles": len(routes), "distance": distance, "routes": routes}
        args.json.write_text(json.dumps(document) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
