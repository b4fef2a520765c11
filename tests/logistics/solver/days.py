"""Made-up days for the planner's tests: small, and with every rule of the contract in them."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random

import numpy as np

from logistics.solver.problem import Lock, Problem, Request, Site, Task, Vehicle

HOUR = 3600


def matrix(points: list[tuple[float, float]], metres_per_s: float = 7.0) -> tuple[np.ndarray, np.ndarray]:
    """Seconds (rounded up) and metres between points given in metres."""
    metres = np.array([[round(math.dist(a, b)) for b in points] for a in points], dtype=np.int64)
    return np.ceil(metres / metres_per_s).astype(np.int64), metres


def random_day(seed: int, *, requests: int = 12, vehicles: int = 3, tight: bool = False) -> Problem:
    """A day with two depots, visits, breaks, reloads, several windows, rides, stop limits and forbidden vehicles."""
    rng = Random(seed)
    count = rng.randint(4, 10)
    points = [(rng.uniform(0, 15000), rng.uniform(0, 15000)) for _ in range(count + 2)]
    travel_s, travel_m = matrix(points)
    sites = tuple(Site(f"S{i}", rng.choice([0, 300])) for i in range(count + 2))
    fleet = tuple(_vehicle(rng, i) for i in range(vehicles))
    loads: list[Request] = []
    visits: list[int] = []
    for i in range(requests):
        kind = rng.random()
        penalty = rng.choice([None, 5_000, 30_000, 200_000])
        zone, grams = rng.choice([0, 0, 0, 1, 2]), rng.choice([2_000, 30_000, 30_000, 60_000, 120_000])
        load = tuple(grams if z == zone else 0 for z in range(3))
        a, b = rng.sample(range(2, count + 2), 2)
        allowed = frozenset(rng.sample(range(vehicles), rng.randint(1, vehicles))) if rng.random() < 0.2 else None
        ride = rng.choice([1800, 3600]) if rng.random() < (0.3 if seed % 3 == 0 else 0.0) else None
        if kind < 0.35:
            pick, drop = Task(0, ((8 * HOUR, 19 * HOUR),), 60), _task(rng, b, seed, tight)
        elif kind < 0.6:
            pick, drop = _task(rng, a, seed, tight), Task(0, ((8 * HOUR, 19 * HOUR),), 60)
        elif kind < 0.7:
            opens = rng.randint(10, 14) * HOUR
            pick = Task(0, ((8 * HOUR, 19 * HOUR),), 60)
            drop = Task(b, ((7 * HOUR, opens),), 120, latest_done_s=opens, hold_until_s=opens + 2 * HOUR)
            visits.append(i)
        elif kind < 0.8 and visits:
            visit = rng.choice(visits)
            at = loads[visit].delivery
            drop = Task(at.site, ((7 * HOUR, at.latest_done_s or 0),), 60, latest_done_s=at.latest_done_s)
            pick = _task(rng, a if a != at.site else 0, seed, tight)
            loads.append(Request(f"R{i}", pick, drop, load, penalty, with_visit=visit))
            continue
        else:
            pick, drop = _task(rng, a, seed, tight), _task(rng, b, seed, tight)
        loads.append(Request(f"R{i}", pick, drop, load, penalty, allowed, longest_ride_s=ride))
    return Problem(sites, fleet, tuple(loads), travel_s, travel_m, mandatory_penalty=1_000_000, name=f"day {seed}")


def _vehicle(rng: Random, index: int) -> Vehicle:
    begin = rng.randint(7, 10) * HOUR
    depot = rng.choice([0, 0, 0, 1])
    return Vehicle(
        f"V{index}",
        depot,
        rng.choice([depot, depot, 0]),
        begin,
        begin + rng.randint(3, 9) * HOUR,
        (rng.choice([100_000, 350_000]), rng.choice([0, 200_000]), rng.choice([0, 150_000])),
        break_s=rng.choice([0, 2700]),
        break_after_s=rng.choice([2, 4]) * HOUR,
        fixed_cost=rng.choice([0, 3_000]),
        cost_per_s=rng.choice([0, 1]),
        max_stops=rng.choice([None, None, 3]),
    )


def _task(rng: Random, site: int, seed: int, tight: bool) -> Task:
    begin = rng.randint(8, 15) * HOUR
    length = rng.choice([600, 1800]) if tight else rng.choice([1, 2, 5]) * HOUR
    windows: tuple[tuple[int, int], ...] = ((begin, begin + length),)
    if seed % 2 == 0 and rng.random() < 0.3:
        windows = ((begin - 2 * HOUR, begin - HOUR), (begin, begin + length))
    done = begin + length + 600 if rng.random() < 0.1 else None
    return Task(site, windows, rng.choice([0, 60, 240]), latest_done_s=done)


def mixed_day(seed: int, *, requests: int = 12, vehicles: int = 3) -> Problem:
    """``random_day`` with everything else the contract knows: access, goods kept apart, latest arrivals, locks, standing plans, fair
    shares, days that began before, and a van on the road with loads on board."""
    rng = Random(seed)
    day = random_day(seed, requests=requests, vehicles=vehicles, tight=rng.random() < 0.2)
    sites = [_limited(rng, site) if i > 1 else site for i, site in enumerate(day.sites)]
    fleet = [_driver(rng, v) for v in day.vehicles]
    loads = [_sensitive(rng, r, vehicles) for r in day.requests]
    travel_s, travel_m = day.travel_s, day.travel_m
    if rng.random() < 0.4:
        # a van is on its way at some site's door, with loads of its own
        at, v = rng.randrange(2, len(sites)), rng.randrange(vehicles)
        rows = [*range(len(sites)), at]
        travel_s, travel_m = travel_s[np.ix_(rows, rows)], travel_m[np.ix_(rows, rows)]
        sites.append(Site("ROAD", 300))
        fleet[v] = replace(fleet[v], start_site=len(sites) - 1, begun_s=fleet[v].shift_start_s - rng.randint(0, 3) * HOUR)
        for i, r in enumerate(loads):
            if r.with_visit is None and rng.random() < 0.2:
                on_board = Task(len(sites) - 1, ((0, 24 * HOUR),))
                loads[i] = replace(r, pickup=on_board, vehicles=frozenset({v}), longest_ride_s=None)
    locks = tuple(_lock(rng, q, vehicles) for q in range(len(loads)) if rng.random() < 0.1)
    stocks = tuple(rng.randint(0, 4) for _ in range(2)) if rng.random() < 0.5 else ()
    if stocks:
        loads = _with_options(rng, loads, len(stocks))
    return replace(
        day,
        sites=tuple(sites),
        vehicles=tuple(fleet),
        requests=tuple(loads),
        travel_s=travel_s,
        travel_m=travel_m,
        apart=frozenset({frozenset({"soap", "bread"}), frozenset({"soap", "fish"})}) if rng.random() < 0.6 else frozenset(),
        locks=locks,
        stocks=stocks,
    )


def _with_options(rng: Random, loads: list[Request], stocks: int) -> list[Request]:
    """The same loads, some of them instead of others and some taking of stocks."""
    found: list[Request] = []
    leads: list[int] = []
    for i, r in enumerate(loads):
        if r.with_visit is not None or r.delivery.hold_until_s is not None:
            found.append(r)
            continue
        takes = tuple((k, rng.randint(0, 3)) for k in range(stocks) if rng.random() < 0.5)
        of = rng.choice(leads) if leads and rng.random() < 0.5 else None
        found.append(replace(r, takes=takes, extra_cost=rng.choice([0, 0, 700]), instead_of=of))
        leads += [i] if of is None else []
    return found


def _limited(rng: Random, site: Site) -> Site:
    return replace(
        site,
        max_height_cm=rng.choice([None, None, None, 210]),
        max_weight_kg=rng.choice([None, None, None, 1500]),
        permits=frozenset({"park"}) if rng.random() < 0.15 else frozenset(),
    )


def _driver(rng: Random, v: Vehicle) -> Vehicle:
    return replace(
        v,
        begun_s=v.shift_start_s - rng.randint(0, 4) * HOUR if rng.random() < 0.3 else None,
        fair_s=rng.randint(1, 6) * HOUR if rng.random() < 0.5 else None,
        cost_per_s_over_fair=rng.choice([0, 1, 3]),
        height_cm=rng.choice([None, 190, 210, 260]),
        weight_kg=rng.choice([1200, 1500, 3500]),
        permits=frozenset({"park"}) if rng.random() < 0.6 else frozenset(),
    )


def _sensitive(rng: Random, r: Request, vehicles: int) -> Request:
    return replace(
        r,
        deliver_by_s=rng.randint(9, 16) * HOUR if rng.random() < 0.2 else None,
        goods=frozenset({rng.choice(["soap", "bread", "fish", "rice"])}) if rng.random() < 0.5 else frozenset(),
        stays_with=rng.randrange(vehicles) if rng.random() < 0.4 else None,
        move_cost=rng.choice([0, 500, 5_000]),
    )


def _lock(rng: Random, request: int, vehicles: int) -> Lock:
    begin = rng.randint(8, 16) * HOUR
    return Lock(
        request,
        rng.choice([None, rng.randrange(vehicles)]),
        rng.choice([None, (begin, begin + rng.choice([0, HOUR, 4 * HOUR]))]),
    )
