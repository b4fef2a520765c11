"""``python -m logistics.solver.bench``: all files of the development set, each answer checked, and the gap to the best known.

``check`` knows only the file's own numbers and double precision; it shares nothing with the planner.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import sys
import time
from collections import Counter
from pathlib import Path

from logistics.solver import textformats
from logistics.solver.textformats import Instance

SLACK = 1e-6


def check(instance: Instance, routes: list[list[int]], *, complete: bool = True) -> list[str]:
    """Faults of ``routes`` (node numbers, depot left out) in the file's units; with ``complete`` every node must be there."""
    faults: list[str] = []
    seen = Counter(i for route in routes for i in route)
    faults += [f"node {i} is visited {n} times" for i, n in seen.items() if n > 1]
    if complete and len(seen) != len(instance.nodes) - 1:
        faults.append(f"{len(instance.nodes) - 1 - len(seen)} nodes are missing")
    if len(routes) > instance.vehicles:
        faults.append(f"{len(routes)} routes for {instance.vehicles} vehicles")
    for number, route in enumerate(routes, 1):
        faults += [f"route {number}: {text}" for text in _check_route(instance, route)]
    return faults


def _check_route(instance: Instance, route: list[int]) -> list[str]:
    nodes, faults = instance.nodes, []
    clock, at = nodes[0].ready, 0
    load = 0.0 if instance.paired else math.fsum(nodes[i].demand for i in route)
    if load > instance.capacity + SLACK:
        faults.append("over capacity at the start")
    done: set[int] = set()
    for i in route:
        node = nodes[i]
        clock = max(clock + instance.distance(at, i), node.ready)
        if clock > node.due + SLACK:
            faults.append(f"node {i} starts at {clock:.3f}, due {node.due:g}")
        clock += node.service
        load += node.demand if instance.paired else -node.demand
        if load > instance.capacity + SLACK:
            faults.append(f"over capacity at node {i}")
        if node.pickup and node.pickup not in done:
            faults.append(f"delivery {i} before its pickup {node.pickup}")
        done.add(i)
        at = i
    faults += [f"pickup {i} without its delivery" for i in route if nodes[i].delivery and nodes[i].delivery not in done]
    if clock + instance.distance(at, 0) > nodes[0].due + SLACK:
        faults.append("back at the depot too late")
    return faults


def best_known(folder: Path) -> dict[str, tuple[int, float]]:
    """Vehicles and distance of the best known plan per instance, from ``bks.csv``."""
    with (folder / "bks.csv").open(encoding="utf-8") as lines:
        return {row["instance"]: (int(row["vehicles"]), float(row["distance"])) for row in csv.DictReader(lines)}


def bench_folder() -> Path:
    """Where the public instances lie: beside the project, or under SHARED_DIR."""
    shared = os.environ.get("SHARED_DIR")
    return (Path(shared) if shared else Path(__file__).resolve().parents[3] / "shared") / "bench"


def main(argv: list[str] | None = None) -> int:
    """Run the set and print the table; 0 when every answer holds, 1 when one does not, 2 without files."""
    from logistics.solver.search import solve

    parser = argparse.ArgumentParser(prog="python -m logistics.solver.bench")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=bench_folder())
    parser.add_argument("--only", default="", help="part of a file name")
    args = parser.parse_args(argv)
    wrong = 0
    for kind in ("pdptw", "vrptw"):
        folder = args.folder / kind
        if not folder.is_dir():
            print(f"{folder}: 見つかりません / not found", file=sys.stderr)
            return 2
        known = best_known(folder)
        print(f"{kind:10} {'vehicles':>8} {'best':>5} {'distance':>10} {'best':>10} {'gap %':>6} {'rounds':>8} {'s':>6}")
        gaps, vehicles, best_vehicles = [], 0, 0
        for name, (best_count, best_distance) in known.items():
            if args.only and args.only not in name:
                continue
            instance = textformats.read(folder / f"{name}.txt")
            begin = time.monotonic()
            result = solve(textformats.problem(instance, fewest_vehicles=True), seconds=args.seconds, seed=args.seed)
            took = time.monotonic() - begin
            routes = textformats.routes_of(instance, result)
            for fault in check(instance, routes):
                wrong += 1
                print(f"{name}: {fault}", file=sys.stderr)
            distance = sum(instance.length(route) for route in routes)
            gap = (len(routes) / best_count + distance / best_distance) / 2 - 1
            gaps.append(gap)
            vehicles, best_vehicles = vehicles + len(routes), best_vehicles + best_count
            print(
                f"{name:10} {len(routes):8} {best_count:5} {distance:10.2f} {best_distance:10.2f} {100 * gap:6.2f}"
                f" {result.rounds:8} {took:6.2f}",
                flush=True,
            )
        if gaps:
            print(f"{'total':10} {vehicles:8} {best_vehicles:5} {'':10} {'':10} {100 * sum(gaps) / len(gaps):6.2f}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
