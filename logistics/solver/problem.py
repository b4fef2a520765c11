"""The planner's input: one immutable, validated routing problem.

Everything is an integer with its unit in the name. Times are seconds since 00:00 of the planned day in local time, weights
are grams, distances are metres (or any fixed-point unit a caller likes, as long as all costs use the same one).

Vocabulary
----------
* A **site** is a place a vehicle can stand at. Travel between sites comes as two square matrices.
* A **task** is one thing done at a site: it may start only inside its window and needs handling time.
* A **request** moves one load from its pickup task to its delivery task, both on the same route, pickup first.
* A **stop** is a maximal run of neighbouring tasks of one route at one site that share one start: the stop starts when the
  vehicle is there and every task's window is open, takes the site set-up once plus each task's handling time, and ends when
  the last task's ``hold_until_s`` has passed. Neighbouring tasks at one site whose windows have no common start form two stops.
* A **visit** is a task with ``hold_until_s``: a kitchen car standing at a site. Loads bound for a visit name it in
  ``with_visit`` and travel on the same vehicle, dropped in the same stop.

* **On board**: a load taken over from a fixed beginning is a request whose pickup lies at its vehicle's start site (a site of the
  problem's own, with the matrix rows of the place where the vehicle stands), with ``vehicles`` naming that vehicle alone. Nobody
  goes back there for it: such a pickup is done at the departure or not at all.
* **Paid time** is what a route lasts, from departure to return. A driver's day is more than that when he began before: the **day** of a
  route runs from its vehicle's ``begun_s``, or from the departure where that is earlier or nothing had begun, to its return.

A route leaves its vehicle's start site and returns to its end site inside the shift. Tasks at the start site before the first
other site (loading) and tasks at the end site after the last other site (unloading) cost no time; a depot stop in between
costs set-up and handling like any other. A route of more than ``break_after_s`` from departure to return contains one pause of
``break_s`` in one piece between the arrival at a stop and its start (never at the first or the last depot stop).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ZONES = ("ambient", "chilled", "frozen")


class ProblemError(ValueError):
    """The input contradicts itself; ``args[0]`` names the element and the fault."""


@dataclass(frozen=True, slots=True)
class Site:
    """A place. ``setup_s`` is spent once per stop. Only vehicles that are at most ``max_height_cm`` high and ``max_weight_kg`` heavy
    (loaded, as the sign at the road says) get there, and only those that hold every permit in ``permits``; ``None``: no limit."""

    code: str
    setup_s: int = 300
    max_height_cm: int | None = None
    max_weight_kg: int | None = None
    permits: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do at ``site`` (an index into ``Problem.sites``).

    The stop's start lies in one of ``windows`` (pairs ``(earliest_s, latest_s)``, ascending, both ends allowed); its handling
    is over by ``latest_done_s``; the vehicle stays until ``hold_until_s``.
    """

    site: int
    windows: tuple[tuple[int, int], ...]
    handling_s: int = 0
    latest_done_s: int | None = None
    hold_until_s: int | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One load from ``pickup`` to ``delivery``.

    ``load_g`` is grams per zone in the order of ``ZONES``. ``penalty`` is what leaving it out costs (``None``: mandatory in the
    sense that it is inserted before anything optional and its omission costs ``Problem.mandatory_penalty``).
    ``vehicles`` limits who may carry it (indices; ``None``: anyone). ``with_visit`` is the index of the request whose delivery is
    the visit this load is meant for. ``longest_ride_s`` bounds the time from leaving the pickup stop to the start of the delivery
    stop, ``deliver_by_s`` the start of the delivery stop itself (latest safe arrival). ``goods`` names what is in it, for
    ``Problem.apart``. Carried by another vehicle than ``stays_with`` it costs ``move_cost`` more (few changes of a standing plan).
    ``group`` is a label for explanations only.

    A request is an **option** of another when ``instead_of`` names that one (which is nobody's option itself): of it and its options one
    is served, and left out they cost its penalty once. ``takes`` is what serving the request uses of ``Problem.stocks``, as (stock,
    units); ``extra_cost`` is what it costs beside the driving.
    """

    ref: str
    pickup: Task
    delivery: Task
    load_g: tuple[int, int, int]
    penalty: int | None = None
    vehicles: frozenset[int] | None = None
    with_visit: int | None = None
    longest_ride_s: int | None = None
    group: str = ""
    deliver_by_s: int | None = None
    goods: frozenset[str] = frozenset()
    stays_with: int | None = None
    move_cost: int = 0
    instead_of: int | None = None
    takes: tuple[tuple[int, int], ...] = ()
    extra_cost: int = 0


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle and its shift. ``capacity_g`` per zone holds at every moment; ``max_stops`` leaves out the depot's.

    A day that began before the part that is planned counts from ``begun_s``: the break is due when the day is longer than
    ``break_after_s`` (``break_s`` is 0 once the break was had), and the vehicle goes on at ``shift_start_s``. What a day is longer than
    ``fair_s`` costs ``cost_per_s_over_fair`` more a second: drivers with many hours behind them get a smaller ``fair_s``. A vehicle
    without a route has no day and costs nothing. ``height_cm``, ``weight_kg`` and ``permits`` are matched with the sites'; an unknown
    height or weight (``None``) fits no limit.
    """

    code: str
    start_site: int
    end_site: int
    shift_start_s: int
    shift_end_s: int
    capacity_g: tuple[int, int, int]
    break_s: int = 0
    break_after_s: int = 4 * 3600
    fixed_cost: int = 0
    cost_per_m: int = 1
    cost_per_s: int = 0
    max_stops: int | None = None
    begun_s: int | None = None
    fair_s: int | None = None
    cost_per_s_over_fair: int = 0
    height_cm: int | None = None
    weight_kg: int | None = None
    permits: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Lock:
    """What a person has settled about a request: on ``vehicle``, and its delivery stop starting in ``start`` (seconds, both ends
    allowed); ``None``: not settled. A lock is kept or the request is left out, never broken."""

    request: int
    vehicle: int | None = None
    start: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What the search gets. ``travel_s`` and ``travel_m`` are (n_sites, n_sites) int64 arrays, not necessarily symmetric.

    ``cost_per_s`` of a vehicle prices the route's whole duration from departure to return. ``apart`` holds pairs of goods names that
    are never on board of one vehicle at the same time (unloading comes before loading, so they may meet at a stop). Raises
    :class:`ProblemError` naming the faulty element when shapes, indices, windows or loads contradict each other.
    """

    sites: tuple[Site, ...]
    vehicles: tuple[Vehicle, ...]
    requests: tuple[Request, ...]
    travel_s: NDArray[np.int64]
    travel_m: NDArray[np.int64]
    mandatory_penalty: int = 10**9
    name: str = field(default="")
    apart: frozenset[frozenset[str]] = frozenset()
    locks: tuple[Lock, ...] = ()
    stocks: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        n = len(self.sites)
        for label, matrix in (("travel_s", self.travel_s), ("travel_m", self.travel_m)):
            if matrix.shape != (n, n):
                raise ProblemError(f"{label}: shape {matrix.shape}, expected ({n}, {n})")
            if n and int(matrix.min()) < 0:
                raise ProblemError(f"{label}: negative entry")
        for v in self.vehicles:
            if not (0 <= v.start_site < n and 0 <= v.end_site < n):
                raise ProblemError(f"vehicle {v.code}: unknown start or end site")
            if v.shift_end_s < v.shift_start_s:
                raise ProblemError(f"vehicle {v.code}: shift ends before it starts")
            if len(v.capacity_g) != len(ZONES) or min(v.capacity_g) < 0:
                raise ProblemError(f"vehicle {v.code}: capacity needs {len(ZONES)} non-negative values")
            if v.begun_s is not None and v.begun_s > v.shift_start_s:
                raise ProblemError(f"vehicle {v.code}: begun after its shift starts")
            if v.cost_per_s_over_fair < 0:
                raise ProblemError(f"vehicle {v.code}: negative cost of time over the fair share")
        for index, r in enumerate(self.requests):
            self._check_request(index, r)
        if any(len(pair) != 2 for pair in self.apart):
            raise ProblemError("apart: needs pairs of different goods")
        for lock in self.locks:
            self._check_lock(lock)

    def lead(self, index: int) -> int:
        """The request that ``index`` is an option of; itself if of none."""
        of = self.requests[index].instead_of
        return index if of is None else of

    def _check_lock(self, lock: Lock) -> None:
        if not 0 <= lock.request < len(self.requests):
            raise ProblemError(f"lock of request {lock.request}: no such request")
        ref = self.requests[lock.request].ref
        if lock.vehicle is not None and not 0 <= lock.vehicle < len(self.vehicles):
            raise ProblemError(f"lock of request {ref}: unknown vehicle")
        if lock.start is not None and lock.start[1] < lock.start[0]:
            raise ProblemError(f"lock of request {ref}: ends before it starts")

    def _check_task(self, ref: str, what: str, task: Task) -> None:
        if not 0 <= task.site < len(self.sites):
            raise ProblemError(f"request {ref}: {what} at an unknown site")
        if not task.windows:
            raise ProblemError(f"request {ref}: {what} has no window")
        if any(late < early for early, late in task.windows):
            raise ProblemError(f"request {ref}: {what} window ends before it starts")
        if any(b[0] <= a[1] for a, b in pairwise(task.windows)):
            raise ProblemError(f"request {ref}: {what} windows overlap or are not in order")
        if task.handling_s < 0:
            raise ProblemError(f"request {ref}: {what} has negative handling time")

    def _check_request(self, index: int, r: Request) -> None:
        for what, task in (("pickup", r.pickup), ("delivery", r.delivery)):
            self._check_task(r.ref, what, task)
        if len(r.load_g) != len(ZONES) or min(r.load_g) < 0:
            raise ProblemError(f"request {r.ref}: load needs {len(ZONES)} non-negative values")
        if r.vehicles is not None and any(not 0 <= v < len(self.vehicles) for v in r.vehicles):
            raise ProblemError(f"request {r.ref}: unknown vehicle")
        if r.stays_with is not None and not 0 <= r.stays_with < len(self.vehicles):
            raise ProblemError(f"request {r.ref}: stays_with names no vehicle")
        if r.move_cost < 0:
            raise ProblemError(f"request {r.ref}: negative move_cost")
        self._check_options(index, r)
        if r.with_visit is not None:
            if not 0 <= r.with_visit < len(self.requests) or r.with_visit == index:
                raise ProblemError(f"request {r.ref}: with_visit names no other request")
            visit = self.requests[r.with_visit]
            if visit.delivery.hold_until_s is None or visit.delivery.site != r.delivery.site:
                raise ProblemError(f"request {r.ref}: {visit.ref} is not a visit at the same site")

    def _check_options(self, index: int, r: Request) -> None:
        if r.extra_cost < 0:
            raise ProblemError(f"request {r.ref}: negative extra_cost")
        if r.instead_of is not None:
            if not 0 <= r.instead_of < len(self.requests) or r.instead_of == index:
                raise ProblemError(f"request {r.ref}: instead_of names no other request")
            lead = self.requests[r.instead_of]
            if lead.instead_of is not None:
                raise ProblemError(f"request {r.ref}: is an option of an option")
            if any(x.with_visit is not None or x.delivery.hold_until_s is not None for x in (r, lead)):
                raise ProblemError(f"request {r.ref}: visits and what is meant for them have no options")
        for stock, units in r.takes:
            if not 0 <= stock < len(self.stocks):
                raise ProblemError(f"request {r.ref}: takes of an unknown stock")
            if units < 0:
                raise ProblemError(f"request {r.ref}: takes less than nothing")
