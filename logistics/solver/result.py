"""The planner's answer: routes with exact times, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop. ``pickups`` and ``deliveries`` are request indices in the order they are done. ``arrive_s <= start_s <= leave_s``."""

    site: int
    arrive_s: int
    start_s: int
    leave_s: int
    pickups: tuple[int, ...]
    deliveries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """One vehicle's day. The first stop is at its start site when anything is loaded there (arrive = start = leave = departure);
    the last one at its end site when anything is unloaded there (arrive = start = leave = return)."""

    vehicle: int
    depart_s: int
    return_s: int
    distance_m: int
    drive_s: int
    stops: tuple[Stop, ...]
    breaks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """``cost`` is the objective of ``search``; ``unserved`` holds request indices; ``rounds`` is the number of search rounds done.

    ``stopped`` says why the search ended: ``seconds``, ``work``, ``request`` (somebody asked) or ``done`` (nothing to search).
    """

    routes: tuple[Route, ...]
    unserved: tuple[int, ...]
    cost: int
    rounds: int
    stopped: str
