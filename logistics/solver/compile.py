"""``python -m logistics.solver.compile``: compile the search ahead of time, as a step of the installation."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from logistics.solver.compiled import AVAILABLE, CACHE
from logistics.solver.problem import Problem, Request, Site, Task, Vehicle

STALE_S = 600
"""After so long a compilation begun in the background is taken to have failed."""


def example() -> Problem:
    """Two loads for one van: small, but it runs through every compiled function."""
    sites = (Site("depot"), Site("shop"), Site("hall"))
    matrix = np.array([[0, 600, 600], [600, 0, 600], [600, 600, 0]], dtype=np.int64)
    day = ((0, 86_400),)
    van = Vehicle("van", 0, 0, 28_800, 64_800, (100, 0, 0), break_s=1800)
    loads = [Request(str(i), Task(1, day), Task(2, day), (40, 0, 0), longest_ride_s=ride) for i, ride in ((0, None), (1, 7200))]
    return Problem(sites, (van, van), tuple(loads), matrix, matrix * 10)


def in_background() -> None:
    """Have another process compile for the calls to come; one at a time, nothing happens when that cannot be started."""
    if CACHE is None:
        return
    mark = CACHE / "compiling"
    try:
        if mark.exists() and time.time() - mark.stat().st_mtime < STALE_S:
            return
        mark.touch()
        subprocess.Popen(
            [sys.executable, "-m", "logistics.solver.compile"],
            cwd=Path(__file__).resolve().parents[2],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return


def main() -> int:
    """Compile, tell how long it took; 0 also where numba is missing."""
    from logistics.solver.search import solve

    begin = time.monotonic()
    if AVAILABLE:
        solve(example(), seconds=None, work=40, processes=1)
        print(f"solver: compiled in {time.monotonic() - begin:.1f} s")
    else:
        print("solver: numba is not installed, the OR-Tools path will be used")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
