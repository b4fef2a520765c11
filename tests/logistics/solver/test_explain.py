"""Reasons are what a request can be served without; a step is the smallest that works."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from logistics.solver.explain import MORE, serves, smallest, why
from logistics.solver.problem import Lock, Problem, Request, Site, Task, Vehicle
from logistics.solver.result import Result
from logistics.solver.search import solve
from logistics.solver.verify import verify

MINUTE, HOUR = 60, 3600
ALL_DAY = ((8 * HOUR, 20 * HOUR),)
NOTHING = Result((), (0,), 0, 0, "done")


def day(*deliveries: Task, load: tuple[int, int, int] = (10, 0, 0), until: int = 18 * HOUR) -> Problem:
    """Four sites half an hour apart, a depot and one van for 100 g."""
    seconds = np.full((4, 4), 1800, dtype=np.int64)
    np.fill_diagonal(seconds, 0)
    requests = tuple(Request(str(i), Task(0, ALL_DAY), d, load) for i, d in enumerate(deliveries))
    van = Vehicle("VAN", 0, 0, 8 * HOUR, until, (100, 0, 0))
    return Problem(tuple(Site(str(i), 300) for i in range(4)), (van,), requests, seconds, seconds)


def reason(problem: Problem) -> str:
    result = solve(problem, seconds=None, work=100, processes=1)
    (left,) = result.unserved
    return why(problem, result, {left})


def with_request(problem: Problem, **changes: object) -> Problem:
    return replace(problem, requests=(replace(problem.requests[0], **changes),))


ANY = day(Task(1, ALL_DAY))


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("zone_not_carried", day(Task(1, ALL_DAY), load=(0, 0, 10))),
        ("too_heavy", day(Task(1, ALL_DAY), load=(250, 0, 0))),
        ("no_vehicle_allowed", with_request(ANY, vehicles=frozenset())),
        # half an hour away from 8:00 is 8:30, thirteen minutes after the window
        ("window_unreachable", day(Task(1, ((8 * HOUR, 8 * HOUR + 17 * MINUTE),)))),
        # there and back with the stop takes 65 minutes, the shift has 50
        ("window_unreachable", day(Task(1, ALL_DAY), until=8 * HOUR + 50 * MINUTE)),
    ],
)
def test_what_keeps_a_request_out_even_if_there_is_nothing_else_to_do(code: str, problem: Problem) -> None:
    assert reason(problem) == code


def with_site(problem: Problem, **changes: object) -> Problem:
    return replace(problem, sites=(problem.sites[0], replace(problem.sites[1], **changes), *problem.sites[2:]))


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("too_high", with_site(ANY, max_height_cm=200)),  # the van's height is unknown
        ("too_heavy_for_road", with_site(ANY, max_weight_kg=1500)),
        ("no_permit", with_site(ANY, permits=frozenset({"港"}))),
        ("deliver_by", with_request(ANY, deliver_by_s=8 * HOUR + 29 * MINUTE)),  # there at 8:30
        ("longest_ride", with_request(ANY, longest_ride_s=29 * MINUTE)),  # a ride of 30 minutes
        # half an hour away from 8:00, and settled for a quarter past eight
        ("locked", replace(ANY, locks=(Lock(0, start=(8 * HOUR, 8 * HOUR + 15 * MINUTE)),))),
    ],
)
def test_what_the_place_the_goods_or_a_person_asks_for(code: str, problem: Problem) -> None:
    assert reason(problem) == code


def test_two_reasons_at_once_name_the_one_that_nothing_helps_without() -> None:
    # a permit is missing, and the van is there at 8:30 at the earliest: lifting either alone does not help
    both = with_request(with_site(ANY, permits=frozenset({"港"})), deliver_by_s=8 * HOUR)
    assert reason(both) == "no_permit"


def test_what_may_not_ride_with_other_goods_is_apart() -> None:
    # Both within one round that has no time to come back: out at 8:00, 8:30 + 5, 9:05 + 5, back at 9:40.
    base = day(Task(1, ALL_DAY), Task(2, ALL_DAY), until=9 * HOUR + 40 * MINUTE)
    requests = tuple(replace(r, goods=frozenset({name})) for r, name in zip(base.requests, ("soap", "bread"), strict=True))
    problem = replace(base, requests=requests)
    assert solve(problem, seconds=None, work=100, processes=1).unserved == ()
    assert reason(replace(problem, apart=frozenset({frozenset({"soap", "bread"})}))) == "apart"


def test_a_full_van_has_no_room_left() -> None:
    # 60 g each for a van of 100 g, both at ten sharp at the same place
    at_ten = Task(1, ((10 * HOUR, 10 * HOUR),))
    assert reason(day(at_ten, at_ten, load=(60, 0, 0))) == "no_room_left"


def test_a_van_that_may_stop_only_once() -> None:
    two = day(Task(1, ALL_DAY), Task(2, ALL_DAY))
    assert reason(replace(two, vehicles=(replace(two.vehicles[0], max_stops=1),))) == "stop_limit"
    # alone: from the shop (3) to the hall (1) are two stops
    one = with_request(ANY, pickup=Task(3, ALL_DAY))
    assert reason(replace(one, vehicles=(replace(one.vehicles[0], max_stops=1),))) == "stop_limit"


def test_two_at_once_leave_no_time() -> None:
    at_ten = ((10 * HOUR, 10 * HOUR),)
    assert reason(day(Task(1, at_ten), Task(2, at_ten))) == "no_time_left"


def test_what_can_be_served_as_it_is_was_left_out_by_the_search() -> None:
    assert why(ANY, NOTHING, {0}) == "search_limit"


def test_what_costs_more_than_leaving_it_out_is_not_worth_it() -> None:
    # an hour on the road at one a second, for a penalty of 100
    assert why(with_request(ANY, penalty=100), NOTHING, {0}) == "not_worth_it"
    assert why(with_request(ANY, penalty=100_000), NOTHING, {0}) == "search_limit"


def test_a_load_whose_visit_is_left_out_waits_for_it() -> None:
    visit = Task(1, ((8 * HOUR, 10 * HOUR),), 0, latest_done_s=10 * HOUR, hold_until_s=12 * HOUR)
    base = day(visit, visit)
    load = replace(base.requests[1], with_visit=0)
    problem = replace(base, requests=(base.requests[0], load))
    assert why(problem, Result((), (0, 1), 0, 0, "done"), {1}) == "visit_unserved"


def test_a_load_of_a_visit_that_other_work_keeps_out_has_no_time_left() -> None:
    # With the visit alone the shop (3) is left at 8:35 and the visit reached at 9:05. Beside an order (2) at nine sharp the shop comes
    # either before it, 8:30 + 5 + 30 minutes = 9:05, or after it, 9:05 + 30 + 5 + 30 = 10:10, when the visit has been open since 10:00.
    visit = Task(1, ((8 * HOUR, 10 * HOUR),), 0, latest_done_s=10 * HOUR, hold_until_s=12 * HOUR)
    base = day(visit, Task(2, ((9 * HOUR, 9 * HOUR),)))
    load = Request("load", Task(3, ALL_DAY), visit, (10, 0, 0), penalty=1, with_visit=0)
    assert reason(replace(base, requests=(*base.requests, load))) == "no_time_left"


def test_a_trial_keeps_all_that_was_served_and_breaks_no_rule() -> None:
    at_ten = ((10 * HOUR, 10 * HOUR),)
    problem = day(Task(1, at_ten), Task(2, at_ten))
    result = solve(problem, seconds=None, work=100, processes=1)
    (left,) = result.unserved
    # the other is left at 10:05 and half an hour away: until 10:35 it works, until 10:34 it does not
    for until, works in ((10 * HOUR + 35 * MINUTE, True), (10 * HOUR + 34 * MINUTE, False)):
        requests = [replace(r, delivery=replace(r.delivery, windows=((10 * HOUR, until),))) for r in problem.requests]
        changed = replace(problem, requests=tuple(requests))
        found = serves(changed, result, {left})
        assert (found is not None) is works
        if found is not None:
            again = solve(changed, seconds=None, work=1, processes=1, start=found.routes)
            assert again.unserved == ()
            assert verify(changed, again) == []
            assert (found.metres, found.seconds) == (1800, 35 * MINUTE)


def test_the_smallest_step_is_found_and_the_one_below_has_failed_with_more_work() -> None:
    tried: list[tuple[int, int]] = []

    def works(step: int, rounds: int) -> bool:
        tried.append((step, rounds))
        return step >= 13

    assert smallest(24, works, work=10) == 13
    assert (12, 10 * MORE) in tried
    assert smallest(12, works, work=10) is None
    assert smallest(0, works, work=10) is None


def test_a_step_that_works_only_with_more_work_is_taken_all_the_same() -> None:
    # a short search needs step 13, a longer one finds step 9
    assert smallest(24, lambda step, rounds: step >= (13 if rounds == 10 else 9), work=10) == 9
