"""What a plan leaves out, why, and the smallest change that would serve it (each fix was tried by solving again)."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from foodbank.core.errors import Text
from foodbank.core.units import format_kg
from logistics.allocation.facts import Day, Demand, Goods, LineDemand
from logistics.dispatch.planner.changes import LessWanted, MoreStock
from logistics.dispatch.planner.document import Left, ref_of, tally
from logistics.dispatch.planner.fixes import Fix, Options, smallest_fix
from logistics.dispatch.planner.outcome import Outcome
from logistics.dispatch.planner.reasons import REASONS, category_words, fix_words
from logistics.dispatch.planner.shortages import more_stock
from logistics.dispatch.planner.travel import Roads
from logistics.dispatch.planner.trials import Goal, Trials
from logistics.solver.compiled import ready
from logistics.solver.explain import TRIAL_ROUNDS, smallest

NOT_LOOKED_INTO = "not_looked_into"
WANT_OF_GOODS = frozenset(
    {"no_stock", "allergen", "days_left", "safe_until", "mixed_box", "not_food", "other_category", "other_item"}
)
TRIALS_PER_WORK, LEAST_EFFORT = 12, 600_000
"""Where rounds are counted, so many trials of that length are made, or as many as come to this effort (rounds times loads)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to look for reasons and fixes: seconds on the clock, or search rounds for a repeatable answer. ``rounds`` is the least that
    each trial gets; ``only`` (kind and ref) is looked into when it is named; ``should_stop`` ends it early."""

    seconds: float | None
    work: int | None
    seed: int
    rounds: int = TRIAL_ROUNDS
    only: tuple[str, str] | None = None
    should_stop: Callable[[], bool] | None = None


def left_out(
    day: Day,
    outcome: Outcome,
    roads: Roads,
    *,
    limits: Limits,
    category_names: Mapping[str, Text],
    options: Options | None = None,
) -> tuple[Left, ...]:
    """Everything not served, in the order visits, pickup days, orders, offers. The heaviest of each are looked into first; what the
    limits leave no room for has ``tried`` false."""
    return _LeftOut(day, outcome, roads, limits, category_names, options or Options()).all()


class _LeftOut:
    def __init__(
        self, day: Day, outcome: Outcome, roads: Roads, limits: Limits, names: Mapping[str, Text], options: Options
    ) -> None:
        self.day, self.outcome, self.names, self.options = day, outcome, names, options
        self.only, self.should_stop = limits.only, limits.should_stop
        self.trials = Trials(day, outcome, roads, seed=limits.seed)
        self.work = max(limits.rounds, limits.work or 0)
        self.end = None if limits.seconds is None else time.monotonic() + limits.seconds
        self.most_effort = None if limits.work is None else max(LEAST_EFFORT, TRIALS_PER_WORK * limits.work * len(outcome.loads))
        self.goods = day.goods_by_key()
        self.moved = tally(outcome.routes)
        self.loads_of: dict[str, list[int]] = defaultdict(list)
        for index in outcome.result.unserved:
            load = outcome.loads[index]
            for key in {load.visit, *(p.demand for p in load.pieces), *(p.goods for p in load.pieces)} - {None}:
                self.loads_of[str(key)].append(index)
        self.reasons: dict[Goal, str | None] = {}
        self.fixes: dict[frozenset[int], Fix | None] = {}

    def spent(self) -> bool:
        if self.should_stop is not None and self.should_stop():
            return True
        if self.end is not None:
            return time.monotonic() >= self.end or not ready()
        return self.most_effort is not None and self.trials.effort >= self.most_effort

    def all(self) -> tuple[Left, ...]:
        found: dict[str, Left] = {}
        missing = {d.key: d.asked_g - self.moved.delivered.get(d.key, 0) for d in self.day.demands}
        behind = {g.key: g.grams - self.moved.collected.get(g.key, 0) for g in self.day.goods if not g.on_shelf}
        demands = sorted(self.day.demands, key=lambda d: (isinstance(d, LineDemand), -missing[d.key], d.key))
        for demand in demands:
            if missing[demand.key] > 0 and self.only in (None, ref_of(demand)):
                found[demand.key] = self._demand(demand, missing[demand.key])
        for g in sorted(self.day.goods, key=lambda g: (-behind.get(g.key, 0), g.key)):
            if behind.get(g.key, 0) > 0 and self.only in (None, _offered(g)):
                found[g.key] = self._offer(g, behind[g.key])
        order = [*(d.key for d in self.day.demands), *(g.key for g in self.day.goods)]
        return tuple(found[key] for key in order if key in found)

    def _demand(self, demand: Demand, grams: int) -> Left:
        kind, ref = ref_of(demand)
        loads = self.loads_of[demand.key]
        code = self.outcome.allocation.reasons.get(demand.key, "no_stock")
        blocked = isinstance(demand, LineDemand) and demand.blocked
        if not self.day.vans and not self.options.idle:
            return _left(kind, ref, grams, "no_vehicle")
        if not loads and code == "smaller_than_a_unit" and isinstance(demand, LineDemand):
            return self._rest_of_a_unit(demand, grams)
        if not loads and code in WANT_OF_GOODS:
            return self._want_of_goods(demand, grams, code)
        goal = Goal(demand.key, frozenset(loads), fill=not loads)
        if loads or not blocked:
            code = self._reason(goal) or ("no_vehicle" if not self.day.vans else code)
        return self._with_fix(kind, ref, grams, code, goal)

    def _offer(self, g: Goods, grams: int) -> Left:
        ref = _offered(g)[1]
        loads = self.loads_of[g.key]
        if g.blocked:
            return _left("donation", ref, grams, g.blocked)
        if not self.day.vans and not self.options.idle:
            return _left("donation", ref, grams, "no_vehicle")
        if not loads:
            return _left("donation", ref, grams, "no_vehicle" if not self.day.vans else "no_time_left", tried=False)
        goal = Goal(g.key, frozenset(loads))
        return self._with_fix("donation", ref, grams, self._reason(goal) or "no_time_left", goal)

    def _reason(self, goal: Goal) -> str | None:
        if self.spent():
            return NOT_LOOKED_INTO
        if goal.loads:
            goal = Goal(goal.key, frozenset({self._heaviest(goal)}))
        if goal not in self.reasons:
            self.reasons[goal] = self.trials.reason(goal, work=self.work)
        return self.reasons[goal]

    def _heaviest(self, goal: Goal) -> int:
        """The load to tell about: the one that brings a visit's car there, else the one with most of what is wanted."""
        return max(goal.loads, key=lambda i: (self.outcome.loads[i].ref == goal.key, self._part(i, goal.key), -i))

    def _with_fix(self, kind: str, ref: str, grams: int, code: str, goal: Goal) -> Left:
        if code in ("search_limit", "not_worth_it", "visit_unserved"):
            return _left(kind, ref, grams, code)
        fix = self._fix(goal)
        part = grams
        if fix is None and len(goal.loads) > 1 and not self.spent():
            heaviest = self._heaviest(goal)
            part = min(grams, self._part(heaviest, goal.key))
            fix = self._fix(Goal(goal.key, frozenset({heaviest})))
        if fix is None:
            return _left(kind, ref, grams, code, tried=not self.spent())
        words = fix_words(fix.change.words(self.day))
        if goal.loads and not goal.fill:
            part = min(part, sum(self._part(i, goal.key) for i in goal.loads))
        if part < grams:
            kg = format_kg(part, 2)
            words = Text(f"うち{kg}は、{words.ja}", f"For {kg} of it: {words.en}")
        return _left(kind, ref, grams, code, fix=words, change=fix.change.code)

    def _fix(self, goal: Goal) -> Fix | None:
        known = self.fixes.get(goal.loads)
        if goal.loads in self.fixes and goal.loads and not (known and isinstance(known.change, LessWanted)):
            return known
        if self.spent():
            return None
        fix = smallest_fix(self.trials, goal, options=self.options, work=self.work, enough=self.spent)
        self.fixes[goal.loads] = fix
        return fix

    def _part(self, index: int, key: str) -> int:
        """Grams of the demand or goods ``key`` in a load."""
        return sum(p.units * self.goods[p.goods].unit_g for p in self.outcome.loads[index].pieces if key in (p.demand, p.goods))

    def _rest_of_a_unit(self, demand: LineDemand, grams: int) -> Left:
        kind, ref = ref_of(demand)
        whole = format_kg(demand.asked_g - grams, 2)
        fix = Text(f"注文を{whole}にすると、端数は残りません。", f"Ordering {whole} leaves no rest.")
        return _left(kind, ref, grams, "smaller_than_a_unit", fix=fix, change=LessWanted(demand.key, grams).code)

    def _want_of_goods(self, demand: Demand, grams: int, code: str) -> Left:
        kind, ref = ref_of(demand)
        if isinstance(demand, LineDemand) and demand.blocked:
            return _left(kind, ref, grams, code)
        if self.spent():
            return _left(kind, ref, grams, code, tried=False)
        change, own_g = more_stock(self.day, self.outcome, demand, self.moved, category_words(demand, self.names))
        goal = Goal(demand.key, frozenset(), fill=True)
        own = -(-own_g // change.goods.unit_g)
        units = change.units
        if units > own:  # others have a claim to it too: what the allocation really makes of it counts
            steps = units - own + 1
            least = smallest(steps, lambda k, _: self._shared(replace(change, units=own - 1 + k), goal), work=self.work)
            change = change if least is None else replace(change, units=own - 1 + least)
        if self.spent():
            return _left(kind, ref, grams, code, tried=False)
        if not self.trials.works(change.apply(self.day), goal, work=self.work):
            return _left(kind, ref, grams, code)
        fix = fix_words(change.words(self.day))
        total = change.units * change.goods.unit_g
        if total > own_g:
            kg = format_kg(own_g, 2)
            fix = Text(
                f"{fix.ja[:-1]}（公平に分けると、うち{kg}がこの分です）。",
                f"{fix.en[:-1]} (shared fairly, {kg} of it come here).",
            )
        return _left(kind, ref, grams, code, fix=fix, change=change.code)

    def _shared(self, change: MoreStock, goal: Goal) -> bool:
        return not self.spent() and self.trials.fair(change.apply(self.day), goal)


def _offered(g: Goods) -> tuple[str, str]:
    """``kind`` and ``ref`` of an offer in the document's ``unserved``."""
    return "donation", f"{g.site}/{g.gtin}"


def _left(kind: str, ref: str, grams: int, code: str, *, fix: Text | None = None, tried: bool = True, change: str = "") -> Left:
    return Left(kind, ref, grams, code, REASONS.get(code, REASONS["rule"]), fix, tried and code != NOT_LOOKED_INTO, change)
