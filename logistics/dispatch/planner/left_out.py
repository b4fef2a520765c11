"""What a plan leaves out, why, and the smallest change that would serve it (each fix was tried by solving again)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from foodbank.core.errors import Text
from foodbank.core.units import format_kg
from logistics.allocation.allocate import Assignment
from logistics.allocation.facts import Day, Goods, LineDemand, SiteDemand
from logistics.dispatch.planner.document import Left, ref_of, routes_of, tally
from logistics.dispatch.planner.loads import Travel, build_problem, loads_of
from logistics.dispatch.planner.optimise import Outcome, carried_over
from logistics.dispatch.planner.reasons import REASONS, category_words, fix_words
from logistics.solver.explain import TRIAL_ROUNDS, Reason, explain_all
from logistics.solver.search import solve

NOT_FOR_WANT_OF_GOODS = frozenset(
    {"smaller_than_a_unit", "no_agreement", "closed", "window_unreachable", "too_heavy", "zone_not_carried", "no_vehicle_allowed"}
)
EXAMPLE_UNIT_G = 100  # weight of a made-up product where no known one would be allowed


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to look for reasons and fixes: seconds on the clock, or search rounds for a repeatable answer."""

    seconds: float | None
    work: int | None
    seed: int


def left_out(
    day: Day, outcome: Outcome, travel: Travel, *, limits: Limits, category_names: Mapping[str, Text]
) -> tuple[Left, ...]:
    """Everything not served, in the order visits, pickup days, orders, offers."""
    explained: dict[int, Reason] = {}
    if outcome.result.unserved:
        work = TRIAL_ROUNDS if limits.work is None else limits.work
        explained = explain_all(outcome.problem, outcome.result, seconds=limits.seconds, work=work, seed=limits.seed)
    moved = tally(outcome.routes)
    unit_g = {g.key: g.unit_g for g in day.goods}
    by_demand: dict[str, list[int]] = defaultdict(list)
    by_goods: dict[str, list[int]] = defaultdict(list)
    for index in outcome.result.unserved:
        for piece in outcome.loads[index].pieces:
            by_goods[piece.goods].append(index)
            if piece.demand is not None:
                by_demand[piece.demand].append(index)
        if outcome.loads[index].visit:
            by_demand[str(outcome.loads[index].visit)].append(index)
    missing = {d.key: d.asked_g - moved.delivered.get(d.key, 0) for d in day.demands if d.asked_g > moved.delivered.get(d.key, 0)}
    short = {key: grams for key, grams in missing.items() if not by_demand[key] and _scarce(outcome, key)}
    served_with_more = _tried_with_more(day, outcome, travel, short, limits)
    found = []
    for demand in day.demands:
        if demand.key not in missing:
            continue
        grams = missing[demand.key]
        load = _heaviest(outcome, by_demand[demand.key], explained, demand.key, unit_g)
        if not day.vans:
            found.append(_from_route(demand, grams, "no_vehicle", None))
        elif load is not None:
            fix = _fix_of(explained[load], _part(outcome, load, demand.key, unit_g), grams)
            found.append(_from_route(demand, grams, explained[load].code, fix))
        else:
            found.append(_from_goods(demand, grams, outcome, demand.key in served_with_more, category_names))
    for g in day.goods:
        behind = g.grams - moved.collected.get(g.key, 0)
        if not g.on_shelf and behind > 0:
            load = _heaviest(outcome, by_goods[g.key], explained, g.key, unit_g)
            code = g.blocked or ("no_vehicle" if not day.vans else "no_time_left" if load is None else explained[load].code)
            fix = None if load is None else _fix_of(explained[load], _part(outcome, load, g.key, unit_g), behind)
            found.append(Left("donation", f"{g.site}/{g.gtin}", behind, code, REASONS.get(code, REASONS["rule"]), fix))
    return tuple(found)


def _scarce(outcome: Outcome, key: str) -> bool:
    return outcome.allocation.reasons.get(key, "smaller_than_a_unit") not in NOT_FOR_WANT_OF_GOODS


def _part(outcome: Outcome, index: int, key: str, unit_g: Mapping[str, int]) -> int:
    """Grams of the demand or goods ``key`` in a load."""
    return sum(p.units * unit_g[p.goods] for p in outcome.loads[index].pieces if key in (p.demand, p.goods))


def _heaviest(
    outcome: Outcome, indices: list[int], explained: Mapping[int, Reason], key: str, unit_g: Mapping[str, int]
) -> int | None:
    """The load to tell about: the one that brings a visit's car there, else the one with most of ``key``."""
    told = [i for i in indices if i in explained]
    return max(told, key=lambda i: (outcome.loads[i].ref == key, _part(outcome, i, key, unit_g), -i), default=None)


def _fix_of(reason: Reason, part: int, grams: int) -> Text | None:
    """The fix in words; where the load that was tried is not all that is missing, for how much of it."""
    if reason.fix is None:
        return None
    words = fix_words(reason.fix)
    if part >= grams:
        return words
    kg = format_kg(part, 2)
    return Text(f"うち{kg}は、{words.ja}", f"For {kg} of it: {words.en}")


def _from_route(demand: LineDemand | SiteDemand, grams: int, code: str, fix: Text | None) -> Left:
    kind, ref = ref_of(demand)
    return Left(kind, ref, grams, code, REASONS.get(code, REASONS["rule"]), fix)


def _from_goods(
    demand: LineDemand | SiteDemand, grams: int, outcome: Outcome, more_helps: bool, names: Mapping[str, Text]
) -> Left:
    kind, ref = ref_of(demand)
    code = outcome.allocation.reasons.get(demand.key, "no_stock")
    fix = None
    if code == "smaller_than_a_unit" and isinstance(demand, LineDemand):
        whole = demand.asked_g - grams
        fix = Text(f"注文を{format_kg(whole, 2)}にすると、端数は残りません。", f"Ordering {format_kg(whole, 2)} leaves no rest.")
    elif more_helps:
        what = category_words(demand, names)
        fix = Text(
            f"{what.ja}があと{format_kg(grams, 2)}拠点にあれば、届けられます。",
            f"{format_kg(grams, 2)} more of {what.en} at the depot would serve it.",
        )
    return Left(kind, ref, grams, code, REASONS.get(code, REASONS["rule"]), fix)


def _tried_with_more(day: Day, outcome: Outcome, travel: Travel, short: Mapping[str, int], limits: Limits) -> frozenset[str]:
    """Demands that are fully served when what they lack lies on the depot's shelf, with everything else as before: planned again."""
    if not short or not day.vans:
        return frozenset()
    depot = day.depot
    extra: list[Goods] = []
    assignments = list(outcome.allocation.assignments)
    demands: dict[str, LineDemand | SiteDemand] = {d.key: d for d in day.demands}
    for key, grams in short.items():
        demand = demands[key]
        if isinstance(demand, LineDemand) and demand.blocked:
            continue
        like = _example(day, demand)
        units = -(-grams // like.unit_g)
        goods = replace(like, key=f"more/{key}", site=depot, window=None, quantity=units, offer_id=None, blocked=None)
        extra.append(goods)
        assignments.append(Assignment(goods.key, key, units))
    richer = replace(day, goods=(*day.goods, *extra))
    loads = tuple(loads_of(richer, replace(outcome.allocation, assignments=assignments)))
    problem = build_problem(richer, loads, travel)
    result = solve(
        problem,
        seconds=None if limits.seconds is None else max(0.2, limits.seconds / 2),
        work=limits.work,
        seed=limits.seed,
        start=carried_over(outcome.loads, outcome.result, loads),
    )
    moved, before = tally(routes_of(richer, loads, problem, result)), tally(outcome.routes)
    if any(moved.delivered.get(key, 0) < grams for key, grams in before.delivered.items()):
        return frozenset()
    if any(not g.on_shelf and moved.collected.get(g.key, 0) < before.collected.get(g.key, 0) for g in day.goods):
        return frozenset()
    return frozenset(key for key in short if moved.delivered.get(key, 0) >= demands[key].asked_g)


def _example(day: Day, demand: LineDemand | SiteDemand) -> Goods:
    """A product that ``demand`` could get: the lightest known one, else an invented one without the excluded allergens."""
    same: Callable[[Goods], bool]
    if isinstance(demand, LineDemand):
        same = lambda g: g.gtin == demand.gtin if demand.gtin else g.category == demand.category  # noqa: E731
    else:
        same = lambda g: g.is_food and g.zone == "ambient"  # noqa: E731
    alike = sorted((g for g in day.goods if same(g)), key=lambda g: (g.unit_g, g.key))
    last_day = None
    if isinstance(demand, LineDemand):
        for g in alike:
            if not g.unsafe_for(demand.excluded):
                return replace(g, last_day=last_day)
    elif alike:
        return replace(alike[0], last_day=last_day)
    category = demand.category if isinstance(demand, LineDemand) else None
    zone = alike[0].zone if alike else "ambient"
    unit_g = alike[0].unit_g if alike else EXAMPLE_UNIT_G
    return Goods("", "", "", "", category or "", True, zone, 0, unit_g, last_day, "none", frozenset())
