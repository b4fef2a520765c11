"""Days like a food bank's, made up from a seed: orders from the depot's shelf, surplus straight from a shop, three kinds of vans, breaks.

Not tuned to any solver: positions, windows, weights and priorities are drawn first, the fleet follows from the work there is.
"""

from __future__ import annotations

import math

import numpy as np

from logistics.solver.problem import Problem, Request, Site, Task, Vehicle

VAN_COST = 30_000
SPEED_KMH, DETOUR = 24.0, 1.3
SETUP_S, PER_KG_S = 300, 2
DIRECT_SHARE = 0.2
"""Of the stops, so many belong to pairs from a shop to a partner; the rest is loaded at the depot."""
PENALTIES = (30_000, 60_000, 120_000)
"""What leaving out an order of low, middle and high priority costs."""
KINDS = (
    # code, grams per zone, shift, break: a full day, a short day, a morning or an afternoon without a break
    ("L", (900_000, 300_000, 150_000), (8.0, 17.0), 3600),
    ("M", (500_000, 150_000, 0), (9.0, 16.0), 2700),
    ("S", (250_000, 60_000, 60_000), (9.0, 13.0), 0),
)
STOPS_A_VAN = {"L": 26, "M": 20, "S": 12}
ROOM = 0.95
"""Vans for so much of the work: a few orders will not fit."""


def day(stops: int, seed: int) -> Problem:
    """A day with ``stops`` stops away from the depot. Cost = 30,000 a van + metres + penalties."""
    rng = np.random.default_rng([stops, seed])
    side = 12_000.0 + 4_000.0 * math.sqrt(stops / 100)
    places = _places(rng, stops, side)
    sites = (Site("depot", SETUP_S), *(Site(f"P{i:04d}", SETUP_S) for i in range(1, stops + 1)))
    gap = np.hypot(*(places[:, None, :] - places[None, :, :]).transpose(2, 0, 1)) * DETOUR
    metres = np.ceil(gap).astype(np.int64)
    seconds = np.ceil(gap * 3.6 / SPEED_KMH).astype(np.int64)
    pairs = int(stops * DIRECT_SHARE) // 2
    requests = [_direct(rng, 2 * i + 1, 2 * i + 2, seconds) for i in range(pairs)]
    requests += [_order(rng, i, seconds) for i in range(2 * pairs + 1, stops + 1)]
    return Problem(sites, tuple(_fleet(rng, stops)), tuple(requests), seconds, metres, name=f"day-{stops}-{seed}")


def _places(rng: np.random.Generator, stops: int, side: float) -> np.ndarray:
    """Half of them around a few town centres, half anywhere; the depot first, off the middle."""
    towns = rng.uniform(0.15 * side, 0.85 * side, (max(2, round(math.sqrt(stops) / 3)), 2))
    near = towns[rng.integers(len(towns), size=stops)] + rng.normal(0.0, side / 20, (stops, 2))
    anywhere = rng.uniform(0.0, side, (stops, 2))
    points = np.where(rng.random((stops, 1)) < 0.5, near, anywhere)
    return np.vstack([[0.45 * side, 0.4 * side], points])


def _load(rng: np.random.Generator) -> tuple[int, int, int]:
    ambient = int(rng.integers(4, 41)) * 500
    chilled = int(rng.integers(2, 17)) * 500 if rng.random() < 0.45 else 0
    frozen = int(rng.integers(2, 9)) * 500 if rng.random() < 0.15 else 0
    return ambient, chilled, frozen


def _window(rng: np.random.Generator, first: int, last: int) -> tuple[int, int]:
    """One, two or four hours between ``first`` and ``last``, on the half hour."""
    width = int(rng.choice([3600, 7200, 14_400], p=[0.3, 0.45, 0.25]))
    begin = int(rng.integers(0, max(1, (last - first - width) // 1800 + 1))) * 1800 + first
    return begin, begin + width


def _order(rng: np.random.Generator, site: int, seconds: np.ndarray) -> Request:
    load = _load(rng)
    handling = PER_KG_S * sum(load) // 1000
    early = 9 * 3600 + (1800 if seconds[0, site] > 1800 else 0)
    deliver = Task(site, (_window(rng, early, 17 * 3600 - 1800),), handling)
    return Request(f"O{site:04d}", Task(0, ((0, 86_400),), handling), deliver, load, penalty=int(rng.choice(PENALTIES)))


def _direct(rng: np.random.Generator, shop: int, partner: int, seconds: np.ndarray) -> Request:
    """A shop's surplus, ready in the morning or at noon, to a partner that wants it within the following hours."""
    load = _load(rng)
    handling = PER_KG_S * sum(load) // 1000
    ready = _window(rng, 9 * 3600, 13 * 3600)
    begin = ready[0] + -(-int(seconds[shop, partner]) // 1800) * 1800
    return Request(
        f"D{shop:04d}",
        Task(shop, (ready,), handling),
        Task(partner, ((begin, begin + 3 * 3600),), handling),
        load,
        penalty=int(rng.choice(PENALTIES)),
    )


def _fleet(rng: np.random.Generator, stops: int) -> list[Vehicle]:
    fleet: list[Vehicle] = []
    room = 0
    while room < stops * ROOM:
        code, capacity, (begin, end), pause = KINDS[int(rng.choice(len(KINDS), p=[0.45, 0.35, 0.2]))]
        if code == "S" and rng.random() < 0.5:
            begin, end = 13.0, 17.0
        fleet.append(
            Vehicle(
                f"{code}{len(fleet) + 1}", 0, 0, int(begin * 3600), int(end * 3600), capacity, break_s=pause, fixed_cost=VAN_COST
            )
        )
        room += STOPS_A_VAN[code]
    return fleet
