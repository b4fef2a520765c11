"""The search: several threads of ruin and recreate, each compiled and outside Python's lock, joined by recombination."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np

from logistics.solver import kernel, loop
from logistics.solver.compile import in_background
from logistics.solver.compiled import AVAILABLE, ready
from logistics.solver.labels import LENGTH, R_COST, R_ROUTE, STOPS, State, new_state, refresh
from logistics.solver.model import Q_LEAD, V_FIXED, Arrays, arrays
from logistics.solver.pool import Pool, new_pool
from logistics.solver.problem import Problem
from logistics.solver.recombine import recombine
from logistics.solver.result import Result, Route
from logistics.solver.schedule import Stops, carries, cost_of, largest_part, schedule, stops_from_route, stops_from_tasks

CHUNK_S = 0.03
PHASES = 4
FLEET_SHARE = 0.35
LEAST_SECONDS, LEAST_WORK = 3.0, 1000
"""Below these limits there is no recombination: loading CP-SAT alone takes half a second."""
HOT, COLD = 3.0, 0.03
"""Start and end temperature in mean costs per stop of the first plan."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The state of a running search: seconds and rounds so far, cost, served requests and vehicles of the best plan."""

    seconds: float
    rounds: int
    cost: int
    served: int
    vehicles: int


class Limit:
    """When to stop: seconds on the wall clock or rounds per thread, or somebody's request."""

    def __init__(self, seconds: float | None, work: int | None, should_stop: Callable[[], bool] | None) -> None:
        self.begin = time.monotonic()
        self.seconds = seconds if work is None else None
        self.work = work
        self._should_stop = should_stop
        self.requested = False

    def elapsed(self) -> float:
        """Seconds since the search began."""
        return time.monotonic() - self.begin

    def ask(self) -> None:
        """Ask the caller, from the caller's own thread (it may look into a database), whether to stop."""
        if not self.requested and self._should_stop is not None and self._should_stop():
            self.requested = True

    def over(self) -> bool:
        """Whether somebody asked to stop or the seconds are used up."""
        return self.requested or (self.seconds is not None and self.elapsed() >= self.seconds)

    def reason(self) -> str:
        """The word for :attr:`Result.stopped`."""
        if self.requested:
            return "request"
        return "work" if self.work is not None else "seconds"


@dataclass(frozen=True, slots=True)
class Leg:
    """A piece of the annealing: until this second, or for so many rounds when work is counted; from ``hot`` to ``cold``.

    ``fleet`` is as in :func:`logistics.solver.kernel.run`.
    """

    until_s: float
    rounds: int
    hot: float
    cold: float
    fleet: int


class Worker:
    """One thread's solution and what it needs to improve it."""

    def __init__(self, a: Arrays, seed: int, focus: Sequence[int] = ()) -> None:
        self.a = a
        self.state: State = new_state(a)
        self.loop = loop.new_loop(a, self.state, seed, focus)
        self.pool: Pool = new_pool(a, 1)
        self.rounds = 0
        self._chunk = 20

    def construct(self) -> None:
        """Insert everything that is absent."""
        kernel.construct(self.a, self.state, self.loop)

    @property
    def cost(self) -> int:
        """Cost of the best solution."""
        return int(self.loop.number[loop.BEST])

    @property
    def missing(self) -> int:
        """Requests left out of the best solution."""
        return int(self.loop.number[loop.BEST_ABSENT])

    def plan(self) -> dict[int, Stops]:
        """The best solution as stops per vehicle."""
        w, plan = self.loop, {}
        for r in range(self.a.n_vehicles):
            if w.b_length[r]:
                cut = w.b_cut[r]
                plan[r] = [[int(t) for t in w.b_seq[r, cut[i] : cut[i + 1]]] for i in range(int(w.b_stops[r]) + 2)]
        return plan

    def load(self, plan: dict[int, Stops]) -> None:
        """Take ``plan`` as the current and best solution; routes that do not hold or are not allowed are left out."""
        s = self.state
        s.where[:, R_ROUTE] = -1
        for r in range(self.a.n_vehicles):
            stops = plan.get(r, [[], []])
            if not all(self.a.q_allowed[t >> 1, r] for x in stops for t in x):
                stops = [[], []]
            s.route[r, LENGTH] = sum(len(x) for x in stops)
            s.route[r, STOPS] = len(stops) - 2
            s.seq[r, : s.route[r, LENGTH]] = [t for x in stops for t in x]
            s.cut[r, : len(stops) + 1] = [0, *np.cumsum([len(x) for x in stops])]
            if not refresh(self.a, s, r):
                for x in stops:
                    for t in x:
                        s.where[t >> 1, R_ROUTE] = -1
                s.route[r, LENGTH], s.route[r, STOPS] = 0, 0
                s.cut[r, :3] = 0
                refresh(self.a, s, r)
        loop.recount(self.a, s, self.loop)
        loop.keep_best(self.a, s, self.loop)

    def back_to_best(self) -> None:
        """Make the best solution the current one."""
        loop.back_to_best(self.a, self.state, self.loop)

    def close_route(self) -> bool:
        """Start the fleet phase by emptying a route; False when there is none."""
        return bool(kernel.close_route(self.a, self.state, self.loop))

    def run(self, limit: Limit, leg: Leg) -> None:
        """Anneal along ``leg``."""
        until_s, rounds, hot, cold, fleet = leg.until_s, leg.rounds, leg.hot, leg.cold, leg.fleet
        begin, done = limit.elapsed(), 0
        while not limit.over():
            if limit.work is not None:
                step = min(self._chunk_of_work(rounds), rounds - done)
                if step <= 0:
                    return
                x, y = done / rounds, (done + step) / rounds
            else:
                now = limit.elapsed()
                if now >= until_s:
                    return
                step = self._chunk
                x = (now - begin) / (until_s - begin)
                y = min(1.0, x + CHUNK_S / (until_s - begin))
            tick = time.perf_counter()
            ran = kernel.run(
                self.a, self.state, self.loop, self.pool, step,
                hot * (cold / hot) ** x, hot * (cold / hot) ** y, fleet,
            )  # fmt: skip
            took = time.perf_counter() - tick
            self.rounds += int(ran)
            done += step
            if limit.work is None:
                self._chunk = max(1, min(4 * self._chunk, int(step * CHUNK_S / max(took, 1e-6))))
            if fleet == 2 and ran < step:
                return

    def _chunk_of_work(self, rounds: int) -> int:
        return max(1, min(500, rounds))


class Search:
    """One call of :func:`solve`."""

    def __init__(
        self,
        problem: Problem,
        limit: Limit,
        seed: int,
        processes: int,
        on_progress: Callable[[Progress], None] | None,
        focus: Sequence[int] = (),
    ) -> None:
        self.problem, self.limit, self.seed = problem, limit, seed
        self.a = arrays(problem)
        self.workers = [Worker(self.a, seed * 1000 + i, focus) for i in range(max(1, processes))]
        self.on_progress = on_progress
        self._lock = threading.Lock()

    def best(self) -> Worker:
        """The worker with the cheapest plan."""
        return min(self.workers, key=lambda w: w.cost)

    def report(self) -> None:
        """Tell the caller how far the search is."""
        if self.on_progress is None:
            return
        best = self.best()
        vehicles = int((best.loop.b_length > 0).sum())
        served = self.a.n_requests - best.missing
        rounds = sum(w.rounds for w in self.workers)
        self.on_progress(Progress(self.limit.elapsed(), rounds, best.cost, served, vehicles))

    def each(self, job: Callable[[Worker], None]) -> None:
        """Run ``job`` for every worker at once; progress is reported meanwhile from this thread."""
        self.limit.ask()
        with ThreadPoolExecutor(len(self.workers)) as threads:
            futures = [threads.submit(job, w) for w in self.workers]
            pending: set[Future[None]] = set(futures)
            while pending:
                pending = wait(pending, timeout=0.02).not_done
                if pending:
                    self.limit.ask()
                    if int(self.limit.elapsed() / 0.25) != self._last_report:
                        self._last_report = int(self.limit.elapsed() / 0.25)
                        self.report()
            for f in futures:
                f.result()

    _last_report = -1

    def run(self, start: Sequence[Route] | None, hot: float = HOT) -> None:
        """The whole search, annealing from ``hot`` on."""
        given = None if start is None else self._usable(start)
        for w in self.workers:
            if given is not None:
                w.load(given)
        self.each(lambda w: w.construct())
        plan = self.best().plan()
        for w in self.workers:
            w.load(plan)
        self.report()
        heat = self._heat(plan)
        seconds = self.limit.seconds or 0.0
        work = self.limit.work or 0
        used, used_work = self.limit.elapsed(), 0
        if self._closing_pays():
            until = used + FLEET_SHARE * max(seconds - used, 0.0)
            leg = Leg(until, int(work * FLEET_SHARE), heat * hot, heat * COLD, 2)
            self.each(lambda w: self._fewer(w, leg))
            best = self.best()
            for w in self.workers:
                if w is not best and w.cost > best.cost:
                    w.load(best.plan())
            used_work = int(work * FLEET_SHARE)
            used = self.limit.elapsed()
        fleet = 1 if self._closing_pays() else 0
        done = 0
        for phase in range(PHASES):
            share = (phase + 1) / PHASES
            until = used + share * max(seconds - used, 0.0)
            rounds = int((work - used_work) * share) - done
            done += rounds
            leg = Leg(until - self._reserve(), rounds, _cooled(heat, hot, phase), _cooled(heat, hot, phase + 1), fleet)
            self.each(lambda w, leg=leg: w.run(self.limit, leg))  # type: ignore[misc]
            if self._recombine(until) or phase + 2 >= PHASES:
                plan = self.best().plan()
                for w in self.workers:
                    w.load(plan)
            self.report()
            if self.limit.over():
                break

    def _recombine(self, until: float) -> bool:
        """Let CP-SAT choose among all routes seen; the time for it was left free before ``until``. Not where requests have options or take
        of stocks: few of the routes seen go together then."""
        enough = self._reserve() > 0.0 if self.limit.work is None else self.limit.work >= LEAST_WORK
        if not enough or self.limit.requested or self._choosy():
            return False
        best = self.best()
        best.back_to_best()
        plan = {r: (int(best.state.route[r, R_COST]), stops) for r, stops in best.plan().items()}
        seconds = None if self.limit.work is not None else max(0.05, until - self.limit.elapsed() - 0.05)
        better = recombine(self.a, [w.pool for w in self.workers], plan, seconds)
        if better is None:
            return False
        best.load(better)
        return True

    def _choosy(self) -> bool:
        return len(self.a.options) + len(self.a.users) > 0

    def _reserve(self) -> float:
        """Seconds kept free for a recombination at the end of each phase."""
        seconds = self.limit.seconds or 0.0
        return 0.0 if seconds < LEAST_SECONDS or self._choosy() else min(1.5, 0.08 * seconds)

    def _fewer(self, worker: Worker, leg: Leg) -> None:
        if worker.missing == 0 and worker.close_route():
            worker.run(self.limit, leg)
        worker.back_to_best()

    def _closing_pays(self) -> bool:
        """Fixed costs rule when one vehicle costs more than half of all the driving of the first plan per route."""
        best = self.best()
        used = [r for r in range(self.a.n_vehicles) if best.loop.b_length[r]]
        if len(used) < 2 or best.missing:
            return False
        fixed = min(int(self.a.vehicle[r, V_FIXED]) for r in used)
        running = [int(best.state.route[r, R_COST]) - int(self.a.vehicle[r, V_FIXED]) for r in used]
        return fixed > 2 * sum(running) / len(used)

    def _heat(self, plan: dict[int, Stops]) -> float:
        state, total, stops = self.workers[0].state, 0, 0
        for r in plan:
            total += int(state.route[r, R_COST] - self.a.vehicle[r, V_FIXED])
            stops += int(state.route[r, STOPS])
        return max(total / max(stops, 1), 1.0)

    def _usable(self, start: Sequence[Route]) -> dict[int, Stops]:
        """Of the given routes what the problem allows, each vehicle and each request once."""
        plan: dict[int, Stops] = {}
        seen: set[int] = set()
        for route in start:
            if route.vehicle in plan:
                continue
            stops = stops_from_route(route, self.problem)
            tasks = [t for x in stops for t in x if t >> 1 not in seen]
            held = len(tasks) == sum(map(len, stops)) and carries(self.a, route.vehicle, stops)
            if not held or schedule(self.a, route.vehicle, stops) is None:
                stops = stops_from_tasks(self.a, route.vehicle, largest_part(self.a, route.vehicle, tasks))
            seen |= {t >> 1 for x in stops for t in x}
            plan[route.vehicle] = stops
        return plan

    def result(self) -> Result:
        """The best plan with exact times."""
        routes = []
        served: set[int] = set()
        for r, stops in sorted(self.best().plan().items()):
            route = schedule(self.a, r, stops)
            if route is not None and carries(self.a, r, stops):
                routes.append(route)
                served |= {t >> 1 for x in stops for t in x}
        answered = set(self.a.request[sorted(served), Q_LEAD].tolist())
        unserved = tuple(q for q in range(self.a.n_requests) if q not in answered and self.a.request[q, Q_LEAD] == q)
        rounds = sum(w.rounds for w in self.workers)
        return Result(tuple(routes), unserved, cost_of(self.problem, routes, unserved), rounds, self.limit.reason())


def _cooled(heat: float, hot: float, phase: int) -> float:
    return heat * hot * float((COLD / hot) ** (phase / PHASES))


def solve(
    problem: Problem,
    *,
    seconds: float | None = 10.0,
    work: int | None = None,
    seed: int = 1,
    processes: int = 2,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    start: Sequence[Route] | None = None,
    hot: float = HOT,
    focus: Sequence[int] = (),
) -> Result:
    """The best plan found within ``seconds``, or, when ``work`` is given, within so many rounds per thread.

    With ``work`` the same input, seed and ``processes`` give the same plan. ``processes`` counts threads: the compiled search does
    not hold Python's lock, so each uses a core of its own, also inside a job that may not start processes. ``should_stop`` is asked
    every few hundredths of a second. ``hot`` is the temperature to begin with, in mean costs per stop: less of it keeps more of
    ``start``. ``focus`` names requests around which most rounds begin, where the rest is known to be good. What does not fit is in
    ``unserved``; nothing is raised for that.
    """
    limit = Limit(seconds, work, should_stop)
    if not problem.requests or not problem.vehicles:
        unserved = tuple(q for q, r in enumerate(problem.requests) if r.instead_of is None)
        return Result((), unserved, cost_of(problem, (), unserved), 0, "done")
    if AVAILABLE and limit.seconds is not None and not ready():
        in_background()  # a promise of seconds cannot wait a minute for the compiler
    if not AVAILABLE or (limit.seconds is not None and not ready()):
        from logistics.solver.ortools_path import solve_without_kernel  # noqa: PLC0415 - rarely needed

        return solve_without_kernel(problem, limit=limit, start=start)
    search = Search(problem, limit, seed, processes, on_progress, focus)
    search.run(start, hot)
    return search.result()
