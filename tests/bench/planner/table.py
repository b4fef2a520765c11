"""The figures as a page for ``docs/``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from statistics import fmean
from typing import Any

from tests.bench.planner.contest import OURS, PEERS, STRATEGY

_HEAD = """# The planner beside its peers

Made by `make bench` (`python -m tests.bench.planner`); do not edit by hand. All solvers get the same integers, the same two cores and the same
seconds in one run; each answer is timed again exactly, what breaks a rule is taken out of it (and counts as left out), the rest is
checked by `logistics.solver.verify`, those of public files also from the file's own numbers in double precision.

PyVRP: the better of two seeds, one per core. VROOM: exploration 5, two threads. OR-Tools: one core each (it has one thread), matrices instead of
callbacks; *sample* = cheapest arc and guided local search as in its samples, *insertion* and *local* = parallel and local cheapest insertion
first, *iterated* = its iterated local search with string removal. Building a peer's model is not counted, ours is.
PyVRP knows no breaks (its shifts are shorter by them); VROOM knows no price of leaving an order out (it serves what it can, dearest first).
"""


def page(figures: dict[str, Any]) -> str:
    """The whole page, of the sections that have been measured."""
    parts = [_HEAD]
    for section, write in (("days", _days), ("public", _public), ("anytime", _anytime), ("growth", _growth)):
        if section in figures:
            one = figures[section]
            parts.append(write(one["rows"], one["seconds"]) + f"\nMeasured on {one['machine']}.\n")
    return "\n".join(parts)


def own_faults(figures: dict[str, Any]) -> list[str]:
    """What is wrong with our own answers."""
    found = [f"{r['day']}: {r['fault']}" for r in _rows(figures, "days", "growth") if r["solver"] == OURS and r["fault"]]
    return found + [f"{r['instance']}: {r['faults']}" for r in _rows(figures, "public") if r["solver"] == OURS and r["faults"]]


def _rows(figures: dict[str, Any], *sections: str) -> Iterable[dict[str, Any]]:
    for section in sections:
        yield from figures.get(section, {}).get("rows", ())


def _line(*cells: object) -> str:
    return "| " + " | ".join(str(c) for c in cells) + " |"


def _solvers(rows: list[dict[str, Any]]) -> list[str]:
    there = {r["solver"] for r in rows}
    return [s for s in (OURS, *PEERS) if s in there]


def _days(rows: list[dict[str, Any]], seconds: float) -> str:
    sizes = sorted({r["stops"] for r in rows})
    days = len({r["day"] for r in rows}) // len(sizes)
    lines = [
        f"## Days like ours, {seconds:g} s\n",
        "Made up from a seed (`tests/bench/planner/generate.py`): orders from the shelf and pairs straight from a shop, three zones of capacity,"
        " three kinds of vans, breaks, orders by priority. Cost = 30,000 a van + metres + penalties. Mean"
        f" of {days} days each: cost in thousands, vans, orders left out.\n",
        _line("solver", *(f"{n} stops" for n in sizes)),
        _line(*(["---"] * (1 + len(sizes)))),
    ]
    for solver in [*_solvers(rows), f"{STRATEGY}best of the four"]:
        lines.append(_line(solver, *(_cell(rows, solver, n) for n in sizes)))
    return "\n".join(lines) + "\n"


def _cell(rows: list[dict[str, Any]], solver: str, stops: int) -> str:
    by_day: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for r in rows:
        if r["stops"] == stops and "cost" in r and (r["solver"] == solver or _one_of(solver, r["solver"])):
            by_day[r["day"]].append(r)
    best = [min(group, key=lambda r: r["cost"]) for group in by_day.values()]
    if not best:
        return "–"
    cost, vans, left = (fmean(r[key] for r in best) for key in ("cost", "vehicles", "dropped"))
    return f"{cost / 1000:,.0f} ({vans:.1f} vans, {left:.1f} left out)"


def _one_of(group: str, solver: str) -> bool:
    return group == f"{STRATEGY}best of the four" and solver.startswith(STRATEGY)


def _public(rows: list[dict[str, Any]], seconds: float) -> str:
    lines = [
        f"## Public instances, {seconds:g} s, fewest vehicles first\n",
        "Vehicles in all and the mean of ½ (vehicles / best known + distance / best known) − 1. Incomplete answers are counted and left out of"
        " the mean.\n",
        _line("solver", *(f"{kind} vehicles | gap | incomplete" for kind in ("PDPTW", "VRPTW"))),
        _line(*(["---"] * 7)),
    ]
    for solver in _solvers(rows):
        cells: list[object] = [solver]
        for kind in ("pdptw", "vrptw"):
            own = [r for r in rows if r["solver"] == solver and r["set"] == kind]
            whole = [r for r in own if not r["faults"]]
            known = sum(r["best_vehicles"] for r in whole)
            gap = f"{100 * fmean(r['combined'] for r in whole):.2f} %" if whole else "–"
            cells += [f"{sum(r['vehicles'] for r in whole)} (best known {known})", gap, len(own) - len(whole)]
        lines.append(_line(*cells))
    lines += ["", _line("instance", "vehicles", "best", "distance", "best", "gap", "s"), _line(*(["---"] * 7))]
    for r in rows:
        if r["solver"] == OURS:
            lines.append(
                _line(
                    r["instance"],
                    r["vehicles"],
                    r["best_vehicles"],
                    f"{r['distance']:.2f}",
                    f"{r['best_distance']:.2f}",
                    f"{100 * r['combined']:.2f} %",
                    f"{r['seconds']:.1f}",
                )
            )
    return "\n".join(lines) + "\n"


def _anytime(rows: list[dict[str, Any]], _seconds: float) -> str:
    return (
        "## Quality over seconds\n\n"
        "One day of 500 stops. Ours is followed in one run; the others are run anew for each limit.\n\n"
        "![cost over seconds](planner-bench-anytime.png)\n"
    )


def _growth(rows: list[dict[str, Any]], seconds: float) -> str:
    lines = [
        f"## Time and memory as the work grows, {seconds:g} s each\n",
        "![first plan, rounds and memory over stops](planner-bench-growth.png)\n",
        _line("stops", "first plan, s", "rounds", "memory, MB", "cost, thousands", "left out"),
        _line(*(["---"] * 6)),
    ]
    for r in rows:
        figures = (f"{r['first_s']:.2f}", f"{r['rounds']:,.0f}", f"{r['peak_mb']:.0f}", f"{r['cost'] / 1000:,.0f}", r["dropped"])
        lines.append(_line(r["stops"], *figures))
    return "\n".join(lines) + "\n"
