"""A large plan in sides: nothing is lost or given twice by cutting it, what is found on each side counts, and who may not be parted is not."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest

from logistics.allocation.facts import Day, HandLock, order_target
from logistics.dispatch.planner import optimise as planner
from logistics.dispatch.planner import sides as cutting
from logistics.dispatch.planner.budget import Budget
from logistics.dispatch.planner.chain import Chain
from logistics.dispatch.planner.check import check_plan
from logistics.dispatch.planner.document import PlannedRoute
from logistics.dispatch.planner.optimise import Together
from logistics.dispatch.planner.outcome import Outcome
from logistics.dispatch.planner.sides import LEAST_ROUTES, sides, united
from logistics.dispatch.services.planning import plan_document
from tests.factories.days import pickup_day, shelf, travel, van, visit
from tests.logistics.dispatch.test_optimise import scattered

WORK = 120


def wide(seed: int = 3) -> Day:
    """Eight vehicles of four stops each: shops and partners all around, a visit, and a pickup day whose food two vehicles have to bring."""
    facts = scattered(seed, 16, 12)
    vans = [van(f"VAN{n}", capacity_g=(25_000, 0, 0), max_stops=4) for n in range(12)]
    car = van("CAR1", kind="kitchen_car", capacity_g=(25_000, 0, 0), max_stops=4)
    goods = (*facts.goods, shelf("B", 40), shelf("C", 40), *(shelf(f"L{n}", 2) for n in range(9)))
    sites = (visit("P3", 5, "11:00-12:00"), pickup_day("P8", 8, "12:00-13:00"))
    return replace(facts, goods=goods, sites=sites, vans=(*vans, car))


def planned(facts: Day) -> tuple[Together, Outcome]:
    whole = Together(facts, travel(facts), Budget(None, WORK), 1, lambda part, what: None, None)
    whole.budget.stretches = 0
    outcome = whole.run()
    whole.budget = Budget(None, WORK)
    return whole, outcome


@pytest.mark.parametrize("seed", range(6))
def test_cutting_and_uniting_changes_nothing(seed):
    whole, before = planned(wide(seed))
    found = sides(whole, before, 2, random.Random(seed))
    assert len(before.routes) >= LEAST_ROUTES
    assert [bool(outcome.routes) for _, outcome in found] == [True, True]
    assert 0.99 * before.cost < sum(outcome.cost for _, outcome in found) <= before.cost  # one round is searched
    again = united(whole, found)
    assert given(again) == given(before)
    assert again.cost <= before.cost


@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_on_two_sides(seed):
    whole, before = planned(wide(seed))
    days = [part.day for part, _ in sides(whole, before, 2, random.Random(seed))]
    assert Counter(v.code for day in days for v in day.vans) == Counter(v.code for v in whole.day.vans)
    assert sum((units(day) for day in days), Counter()) == units(whole.day)
    assert Counter(s.key for day in days for s in day.sites) == Counter(s.key for s in whole.day.sites)
    asked: Counter[str] = Counter()
    for day in days:
        asked.update({line.key: line.asked_g for line in day.lines})
    had = {line.key: line.asked_g - before.allocation.missing.get(line.key, 0) for line in whole.day.lines}
    assert all(line.asked_g <= asked[line.key] <= max(line.asked_g, had[line.key]) for line in whole.day.lines)


@pytest.mark.parametrize("seed", range(4))
def test_where_food_is_scarce_nobody_gets_another_share_by_the_cut(seed, monkeypatch):
    """Everybody orders four times as much. Orders that are on both sides keep on each what they have."""
    monkeypatch.setattr(cutting, "LEAST_ROUTES", 2)
    facts = wide(seed)
    whole, before = planned(replace(facts, lines=tuple(replace(line, asked_g=4 * line.asked_g) for line in facts.lines)))
    asked: Counter[str] = Counter()
    shares: Counter[str] = Counter()
    for part, _ in sides(whole, before, 2, random.Random(seed)):
        asked.update({line.key: line.asked_g for line in part.day.lines})
        shares.update(part.reach.shares)
    lines = {line.key: line.asked_g for line in whole.day.lines}
    lack = {key: asked_g - whole.reach.shares[key] for key, asked_g in lines.items()}
    assert any(lack.values())
    assert {key: asked[key] - shares[key] for key in lines} == lack


def test_who_brings_food_for_one_pickup_day_stays_together():
    """Without the rule the two vehicles are parted by one of these cuts."""
    whole, before = planned(wide())
    brings = {vehicle for vehicle, demand in brought(before.routes) if demand == "pickup/P8"}
    assert len(brings) == 2
    for seed in range(12):
        together = [brings & {v.code for v in part.day.vans} for part, _ in sides(whole, before, 2, random.Random(seed))]
        assert sorted(map(len, together)) == [0, 2]


def test_what_both_sides_find_counts():
    both_saved = 0
    for seed in range(4):
        whole, before = planned(wide(seed))
        chains = [Chain(*side, f"side {n}") for n, side in enumerate(sides(whole, before, 2, random.Random(seed)))]
        had = [chain.best.cost for chain in chains]
        for chain in chains:
            chain.go(0)
        saved = [cost - chain.best.cost for cost, chain in zip(had, chains, strict=True)]
        both_saved += min(saved) > 0
        assert united(whole, [(chain.whole, chain.best) for chain in chains]).cost <= before.cost - sum(saved)
    assert both_saved >= 2


def test_a_small_plan_a_begun_day_and_one_of_two_depots_are_not_cut():
    whole, before = planned(wide())
    assert sides(whole, before, 2, random.Random(1))
    few = replace(before, result=replace(before.result, routes=before.result.routes[: LEAST_ROUTES - 1]))
    assert sides(whole, few, 2, random.Random(1)) == []
    vans = whole.day.vans
    whole.day = replace(whole.day, vans=(*vans[:-1], replace(vans[-1], depot="P1")))
    assert sides(whole, before, 2, random.Random(1)) == []


@pytest.mark.django_db
def test_plans_made_in_sides_break_no_rule_and_are_repeatable(monkeypatch):
    """Also with locks: what a person has settled is not undone by a side where its vehicle is not."""
    cuts = []
    monkeypatch.setattr(planner, "sides", lambda *given: cuts.append(sides(*given)) or cuts[-1])
    monkeypatch.setattr(planner, "WHOLE_EVERY", 99)
    monkeypatch.setattr(cutting, "LEAST_ROUTES", 2)
    order = wide().lines[0].order
    facts = replace(wide(), locks=(HandLock(order_target(order), vehicle="VAN7"),))
    one, again = (plan_document(facts, seconds=None, work=400, seed=2) for _ in range(2))
    assert sum(map(bool, cuts)) >= 4
    assert check_plan(facts, one.to_json()) == []
    assert one.to_json() == again.to_json()
    assert {vehicle for vehicle, demand in brought(one.routes) if demand.startswith(f"{order}/")} == {"VAN7"}


def brought(routes: Iterable[PlannedRoute]) -> set[tuple[str, str]]:
    """Vehicles, and the keys of who they bring something."""
    return {(r.vehicle, u.demand.key) for r in routes for s in r.stops for u in s.drop_off if u.demand is not None}


def units(day: Day) -> Counter[str]:
    return Counter({g.key: g.quantity for g in day.goods})


def given(outcome: Outcome) -> dict[tuple[str, str], int]:
    return {(a.goods, a.demand): a.units for a in outcome.allocation.assignments}
