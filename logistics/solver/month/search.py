"""The choice of a month's visits with CP-SAT.

Two layers that share one variable per site, day and car. Over the days, each site's visits are a path from its last visit before the
month to the month's end; the arcs carry the waiting, and arcs shorter than the gap are not there. Within a day, each car's visits are
a round from the depot with starts, travel, load and break. The empty round is always allowed, so there is always an answer.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from logistics.solver.month import weights
from logistics.solver.month.greedy import first_month
from logistics.solver.month.options import CarKey, Key, Options, options_of, served, visit_of
from logistics.solver.month.problem import QUARTER_DAYS, CarDay, MonthProblem, MonthResult, Visit
from logistics.solver.month.rounds import Stand, add_round

if TYPE_CHECKING:
    from ortools.sat.python import cp_model as cp

WORK = 4.0
"""CP-SAT's deterministic time for a whole month: a few seconds on an ordinary computer."""
FIRST_WORK = 1.0
"""The same for working out habits and distances of the first month, whose visits are given."""


def plan_month(problem: MonthProblem, *, work: float = WORK, seed: int = 1) -> MonthResult:
    """The best visits found within ``work``. Same problem, work and seed: same visits. Locks always stay; what a site lacks to its
    least number is in ``shorts`` with the reason. Never raises for a month in which nothing is possible."""
    from logistics.solver.month.shortage import explain  # noqa: PLC0415 - it solves again, with this very function

    visits, points, proven = choose(problem, work=work, seed=seed)
    shorts = explain(problem, visits, work=work, seed=seed)
    return MonthResult(visits, points, proven, shorts)


def choose(problem: MonthProblem, *, work: float, seed: int) -> tuple[tuple[Visit, ...], int, bool]:
    """Visits, points, and whether it is proven that there is nothing better."""
    from ortools.sat.python import cp_model  # noqa: PLC0415 - takes half a second

    options = options_of(problem)
    if not options.starts:
        return tuple(sorted([*options.kept, *options.loose])), 0, True
    search = _Search(problem, options, cp_model.CpModel())
    first = first_month(problem, options)
    search.start_from(first)
    solver = _solver(cp_model, seed, FIRST_WORK)
    solver.parameters.fix_variables_to_their_hinted_value = True
    if solver.solve(search.model) in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        search.model.clear_hints()
        for variable in search.variables():
            search.model.add_hint(variable, solver.value(variable))
    solver = _solver(cp_model, seed, work)
    status = solver.solve(search.model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return tuple(sorted([*first, *options.kept, *options.loose])), 0, False
    return search.visits(solver), round(-solver.objective_value), status == cp_model.OPTIMAL


def _solver(cp_model: Any, seed: int, work: float) -> cp.CpSolver:
    """The relaxation of the paths is tight, so that the strong linear programme pays."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = work
    return solver  # type: ignore[no-any-return]


class _Search:
    """The model and the way back from its variables to visits."""

    def __init__(self, problem: MonthProblem, options: Options, model: cp.CpModel) -> None:
        self.problem, self.options, self.model = problem, options, model
        self.cost: list[Any] = []
        self.on: dict[tuple[int, int, str], cp.IntVar] = {}
        self.start: dict[Key, cp.IntVar] = {}
        self.there: dict[Key, Any] = {}
        self.locked = {(v.site, v.day): v for v in problem.locks}
        self._visits_of_a_day()
        for index in range(len(problem.sites)):
            self._month_of(index)
        rounds: dict[CarKey, list[int]] = defaultdict(list)
        for index, day, car in self.on:
            rounds[car, day].append(index)
        for lock in options.kept:
            rounds[lock.car, lock.day].append(lock.site)
        for key, members in sorted(rounds.items(), key=lambda entry: (entry[0][1], entry[0][0])):
            stands = {i: self._stand(options.cars[key], i) for i in sorted(members)}
            self.cost += add_round(model, problem, options.cars[key], stands)
        model.minimize(sum(self.cost))

    def _visits_of_a_day(self) -> None:
        """At most one visit a site and day, started when its car may."""
        by_day: dict[Key, list[str]] = defaultdict(list)
        for index, day, car in self.options.starts:
            by_day[index, day].append(car)
        for key, cars in sorted(by_day.items()):
            self.start[key] = self.model.new_int_var_from_domain(
                _domain({s for car in cars for s in self.options.starts[*key, car]}), ""
            )
            there = self.there[key] = self.model.new_bool_var("")
            for car in cars:
                on = self.on[*key, car] = self.model.new_bool_var("")
                if len(cars) > 1:
                    self.model.add_linear_expression_in_domain(
                        self.start[key], _domain(self.options.starts[*key, car])
                    ).only_enforce_if(on)
                households = self.problem.sites[key[0]].households
                away = households - served(self.problem, self.options.cars[car, key[1]], key[0])
                self.cost.append(weights.TURNED_AWAY * away * on)
            self.model.add(sum(self.on[*key, car] for car in cars) == there)
        for key in self.locked:
            self.there[key] = 1

    def _stand(self, one: CarDay, index: int) -> Stand:
        """What the car's round has to know of a visit that it makes, or may make."""
        lock = self.locked.get((index, one.day))
        if lock is not None:
            return Stand(None, lock.start_s, lock.end_s - lock.start_s, lock.households)
        start = self.start[index, one.day]
        length = self.problem.sites[index].visit_s
        return Stand(self.on[index, one.day, one.car], start, length, served(self.problem, one, index))

    def _month_of(self, index: int) -> None:
        site = self.problem.sites[index]
        days = sorted(day for at, day in self.there if at == index)
        self._path(index, days)
        if not days:
            return
        total = sum(self.there[index, day] for day in days)
        fixed = sum((index, day) in self.locked for day in days)
        self.model.add(total <= max(site.most, fixed))
        ranks = [self.model.new_bool_var("") for _ in range(min(len(days), max(site.most, fixed)))]
        self.model.add(sum(ranks) == total)
        for n, rank in enumerate(ranks, start=1):
            self.cost.append(-weights.visit_points(site.households, site.past_visits + n) * rank)
        for before, after in itertools.pairwise(ranks):
            self.model.add_implication(after, before)
        if site.least:
            missing = self.model.new_int_var(0, site.least, "")
            self.model.add(missing + total >= site.least)
            self.cost.append(weights.missing_points(site.households) * missing)
        if any((index, day) in self.start for day in days):
            self._habit(index, days)

    def _path(self, index: int, days: list[int]) -> None:
        """From the last visit over the chosen days to the end of the month."""
        site, end = self.problem.sites[index], self.problem.days
        before = -QUARTER_DAYS if site.last_visit is None else site.last_visit
        out: dict[int, list[Any]] = defaultdict(list)
        into: dict[int, list[Any]] = defaultdict(list)
        for number, first in enumerate([before, *days]):
            for then in [*days[number:], end]:
                settled = (index, first) in self.locked or first < 0
                if then != end and then - first < site.gap_days and not (settled and (index, then) in self.locked):
                    continue
                if any(first < day < then for at, day in self.locked if at == index):
                    continue
                arc = self.model.new_bool_var("")
                out[first].append(arc)
                into[then].append(arc)
                self.cost.append(weights.waiting_points(site.households, then - first) * arc)
        self.model.add(sum(out[before]) == 1)
        for day in days:
            self.model.add(sum(into[day]) == self.there[index, day])
            self.model.add(sum(out[day]) == self.there[index, day])

    def _habit(self, index: int, days: list[int]) -> None:
        """One weekday and one time are the site's own this month; a visit off them costs, and so does leaving what people know."""
        site, problem, model = self.problem.sites[index], self.problem, self.model
        weekdays = sorted({problem.weekday(day) for day in days})
        own = {weekday: model.new_bool_var("") for weekday in weekdays}
        model.add_exactly_one(own.values())
        free = [day for day in days if (index, day) in self.start]
        times = {s for day in free for car in self._cars(index, day) for s in self.options.starts[index, day, car]}
        fixed = {day: self.locked[index, day].start_s for day in days if (index, day) in self.locked}
        times |= set(fixed.values()) | ({site.usual[1]} if site.usual else set())
        at = model.new_int_var_from_domain(_domain(times), "")
        for day in free:
            off = model.new_bool_var("")
            kept = self._both(self.there[index, day], off)
            model.add(self.start[index, day] == at).only_enforce_if(kept)
            model.add_implication(kept, own[problem.weekday(day)])
            self.cost.append(weights.OFF_HABIT * site.households * off)
        for day, start in fixed.items():
            off = model.new_bool_var("")
            model.add(at == start).only_enforce_if(off.negated())
            model.add_implication(off.negated(), own[problem.weekday(day)])
            self.cost.append(weights.OFF_HABIT * site.households * off)
        if site.usual is not None:
            new = model.new_bool_var("")
            model.add(at == site.usual[1]).only_enforce_if(new.negated())
            if site.usual[0] in own:
                model.add_implication(new.negated(), own[site.usual[0]])
            else:
                model.add(new == 1)
            self.cost.append(weights.NEW_HABIT * site.households * new)

    def _both(self, there: cp.IntVar, off: cp.IntVar) -> cp.IntVar:
        kept = self.model.new_bool_var("")
        self.model.add_bool_or(there.negated(), off, kept)
        return kept

    def _cars(self, index: int, day: int) -> list[str]:
        return [car for at, when, car in self.on if (at, when) == (index, day)]

    def start_from(self, visits: Iterable[Visit]) -> None:
        """Hint these visits, and no others."""
        made = {(v.site, v.day, v.car): v for v in visits}
        for key, on in self.on.items():
            self.model.add_hint(on, key in made)
        for (index, day, _), visit in made.items():
            self.model.add_hint(self.start[index, day], visit.start_s)

    def variables(self) -> list[cp.IntVar]:
        return [self.model.get_int_var_from_proto_index(i) for i in range(len(self.model.proto.variables))]

    def visits(self, solver: cp.CpSolver) -> tuple[Visit, ...]:
        chosen = [
            visit_of(self.problem, self.options.cars[car, day], index, solver.value(self.start[index, day]))
            for (index, day, car), on in self.on.items()
            if solver.boolean_value(on)
        ]
        return tuple(sorted([*chosen, *self.options.kept, *self.options.loose]))


def _domain(values: Iterable[int]) -> cp.Domain:
    from ortools.sat.python import cp_model  # noqa: PLC0415 - takes half a second

    return cp_model.Domain.from_values(sorted(values))
