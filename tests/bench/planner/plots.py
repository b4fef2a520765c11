"""The plots for ``docs/``: quality over seconds, and time and memory over the number of stops."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.bench.planner.contest import OURS


def draw(figures: dict[str, Any], folder: Path) -> None:
    """PNG files of the sections that have been measured."""
    import matplotlib as mpl  # noqa: PLC0415 - only the bench has it

    mpl.use("Agg")
    if "anytime" in figures:
        _anytime(figures["anytime"]["rows"], folder / "planner-bench-anytime.png")
    if "growth" in figures:
        _growth(figures["growth"]["rows"], folder / "planner-bench-growth.png")


def _anytime(rows: list[dict[str, Any]], path: Path) -> None:
    from matplotlib import pyplot  # noqa: PLC0415

    points: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for r in rows:
        if "curve" in r:
            points[r["solver"]] = [(max(0.05, s), c) for s, c in r["curve"]] + [(r["seconds"], r["cost"])]
        elif "cost" in r:
            points[r["solver"]].append((r["seconds"], r["cost"]))
    best = min(c for line in points.values() for _, c in line)
    figure, axes = pyplot.subplots(figsize=(8, 4.5), dpi=130)
    for solver, line in sorted(points.items(), key=lambda item: item[1][-1][1]):
        line.sort()
        style = {"linewidth": 2.5, "color": "#0b5"} if solver == OURS else {"linewidth": 1.2, "marker": "o", "markersize": 3}
        axes.plot([s for s, _ in line], [100 * (c / best - 1) + 1 for _, c in line], label=solver, **style)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_yticks([1, 2, 6, 11, 51, 101, 501], ["0", "1", "5", "10", "50", "100", "500"])
    axes.set_xlabel("seconds (wall)")
    axes.set_ylabel("% above the best found")
    axes.set_title("A day of 500 stops: cost over seconds")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)


def _growth(rows: list[dict[str, Any]], path: Path) -> None:
    from matplotlib import pyplot  # noqa: PLC0415

    stops = [r["stops"] for r in rows]
    figure, axes = pyplot.subplots(1, 3, figsize=(11, 3.6), dpi=130)
    for one, key, title in zip(
        axes, ("first_s", "rounds", "peak_mb"), ("first plan, seconds", "search rounds", "memory, MB"), strict=True
    ):
        one.plot(stops, [r[key] for r in rows], marker="o", color="#0b5")
        one.set_title(title)
        one.set_xlabel("stops")
        one.set_ylim(bottom=0)
        one.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)
