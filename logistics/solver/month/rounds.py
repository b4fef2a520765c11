"""One car's day inside the model: a round from the depot over the chosen sites with its travel, load, hours and break."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from logistics.solver.month import weights
from logistics.solver.month.problem import CarDay, MonthProblem

if TYPE_CHECKING:
    from ortools.sat.python import cp_model as cp


@dataclass(frozen=True, slots=True)
class Stand:
    """A visit of the round: ``on`` says whether it is made (``None``: settled, it is), ``start`` is a variable or a number."""

    on: cp.IntVar | None
    start: Any
    length_s: int
    households: int


def add_round(model: cp.CpModel, problem: MonthProblem, one: CarDay, stands: dict[int, Stand]) -> list[Any]:
    """Constrain the visits of ``one``; returns the terms of what driving costs. ``stands`` is by site."""
    rules, depot = problem.rules, one.depot
    used = model.new_bool_var("")
    leave = model.new_int_var(one.start_s, one.end_s, "")
    back = model.new_int_var(one.start_s, one.end_s, "")
    out = leave if one.begins is None else model.new_int_var(one.start_s, one.end_s, "")
    pauses = {i: model.new_bool_var("") for i in stands}
    cost: list[Any] = [weights.CAR_DAY * used]
    arcs: list[Any] = [(0, 0, used.negated())]
    nodes = {i: number for number, i in enumerate(stands, start=1)}

    def arc(start: int, end: int, metres: int) -> cp.IntVar:
        taken = model.new_bool_var("")
        arcs.append((start, end, taken))
        cost.append(weights.KILOMETRE * metres // 1000 * taken)
        return taken

    for i, stand in stands.items():
        if stand.on is None:
            model.add(used == 1)
        else:
            arcs.append((nodes[i], nodes[i], stand.on.negated()))
            model.add_implication(stand.on, used)
            model.add_implication(pauses[i], stand.on)
        before = rules.ready_s(stand.households) + one.break_s * pauses[i]
        first = arc(0, nodes[i], problem.travel_m[depot][i])
        last = arc(nodes[i], 0, problem.travel_m[i][depot])
        model.add(leave + problem.travel_s[depot][i] + before <= stand.start).only_enforce_if(first)
        after = stand.start + stand.length_s + rules.pack_up_s
        model.add(after + problem.travel_s[i][depot] <= back).only_enforce_if(last)
        for j, other in stands.items():
            if i != j:
                ready = rules.ready_s(other.households) + one.break_s * pauses[j]
                follows = arc(nodes[i], nodes[j], problem.travel_m[i][j])
                model.add(after + problem.travel_s[i][j] + ready <= other.start).only_enforce_if(follows)
    if one.begins is not None:
        # Each visit's part of the loading is rounded up by itself: a second more at most, never less.
        loading = sum((rules.ready_s(s.households) - rules.stop_s) * (1 if s.on is None else s.on) for s in stands.values())
        way_s = problem.travel_s[one.begins][depot] + rules.stop_s
        model.add(out + way_s + loading <= leave).only_enforce_if(used)
        cost.append(weights.KILOMETRE * problem.travel_m[one.begins][depot] // 1000 * used)
    if one.most_visits is not None:
        model.add(sum(1 if s.on is None else s.on for s in stands.values()) <= one.most_visits)
    model.add_circuit(arcs)
    model.add(sum(rules.household_g * s.households * (1 if s.on is None else s.on) for s in stands.values()) <= one.capacity_g)
    long = model.new_bool_var("")
    model.add(back - out <= rules.break_after_s).only_enforce_if(long.negated())
    model.add(sum(pauses.values()) >= 1).only_enforce_if(long)
    return cost
