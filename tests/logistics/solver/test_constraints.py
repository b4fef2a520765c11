"""Each rule of the contract on an instance solved by hand, by the compiled search and by the OR-Tools path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from logistics.solver.ortools_path import solve_without_kernel
from logistics.solver.problem import Lock, Problem, ProblemError, Request, Site, Task, Vehicle
from logistics.solver.result import Result
from logistics.solver.search import Limit, solve
from logistics.solver.verify import verify

MINUTE, HOUR = 60, 3600
EIGHT = 8 * HOUR
DAY = ((0, 24 * HOUR),)
DEPOT, HALL, SQUARE, ROAD = range(4)
VAN = Vehicle("VAN", DEPOT, DEPOT, EIGHT, 18 * HOUR, (100, 0, 0))

Plan = Callable[[Problem], Result]


def compiled_search(problem: Problem) -> Result:
    return solve(problem, seconds=None, work=150, processes=1)


def ortools_path(problem: Problem) -> Result:
    return solve_without_kernel(problem, limit=Limit(None, 20, None))


@pytest.fixture(params=[compiled_search, ortools_path])
def plan(request: pytest.FixtureRequest) -> Plan:
    """A way to solve; every answer is verified."""

    def checked(problem: Problem) -> Result:
        result: Result = request.param(problem)
        assert [str(f) for f in verify(problem, result)] == []
        return result

    return checked


def to(site: int, ref: str = "", **changes: Any) -> Request:
    """10 g from the depot, any time."""
    return Request(ref or f"to {site}", Task(DEPOT, DAY), Task(site, DAY), (10, 0, 0), penalty=10**6, **changes)


def places(requests: list[Request], vehicles: list[Vehicle], **changes: Any) -> Problem:
    """Depot, hall, square and a place on the road: every pair is 10 minutes and 1,000 m apart, a stop takes 5 minutes."""
    seconds = np.full((4, 4), 10 * MINUTE, dtype=np.int64)
    np.fill_diagonal(seconds, 0)
    sites = tuple(Site(code, 5 * MINUTE) for code in ("depot", "hall", "square", "road"))
    return Problem(sites, tuple(vehicles), tuple(requests), seconds, seconds // 600 * 1000, **changes)


def visited(result: Result) -> list[tuple[int, ...]]:
    """Sites of the stops of each route, loading at the start and unloading at the end left out."""
    return [tuple(s.site for s in r.stops if s.leave_s > r.depart_s and s.arrive_s < r.return_s) for r in result.routes]


# ---- access -----------------------------------------------------------------------------------------------------------------

CHEAP, DEAR = VAN, replace(VAN, code="DEAR", cost_per_m=2)


@pytest.mark.parametrize(
    ("limit", "cheap", "dear", "cost"),
    [
        ({}, {}, {}, 2000),
        ({"max_height_cm": 210}, {"height_cm": 210}, {"height_cm": 190}, 2000),
        ({"max_height_cm": 210}, {"height_cm": 211}, {"height_cm": 190}, 4000),
        ({"max_height_cm": 210}, {"height_cm": None}, {"height_cm": 190}, 4000),
        ({"max_weight_kg": 1500}, {"weight_kg": 1500}, {"weight_kg": 900}, 2000),
        ({"max_weight_kg": 1500}, {"weight_kg": 1501}, {"weight_kg": 1500}, 4000),
        ({"permits": frozenset({"park"})}, {"permits": frozenset({"park", "school"})}, {}, 2000),
        ({"permits": frozenset({"park"})}, {"permits": frozenset({"school"})}, {"permits": frozenset({"park"})}, 4000),
        ({"max_height_cm": 180}, {"height_cm": 211}, {"height_cm": None}, 10**6),
    ],
)
@pytest.mark.parametrize("where", [DEPOT, HALL])
def test_height_weight_and_permits(
    plan: Plan, where: int, limit: dict[str, Any], cheap: dict[str, Any], dear: dict[str, Any], cost: int
) -> None:
    """There and back is 2 km: 2,000 with the cheap van, 4,000 with the dear one, the penalty when neither gets there."""
    problem = places([to(HALL)], [replace(CHEAP, **cheap), replace(DEAR, **dear)])
    sites = list(problem.sites)
    sites[where] = replace(sites[where], **limit)
    assert plan(replace(problem, sites=tuple(sites))).cost == cost


# ---- latest safe arrival ----------------------------------------------------------------------------------------------------


def one_way(requests: list[Request]) -> Problem:
    """As ``places``, but depot - hall - square - depot is 3,000 m, and against this direction every leg is 2,000 m."""
    problem = places(requests, [VAN])
    metres = np.full((4, 4), 2000, dtype=np.int64)
    np.fill_diagonal(metres, 0)
    for a, b in ((DEPOT, HALL), (HALL, SQUARE), (SQUARE, DEPOT)):
        metres[a, b] = 1000
    return replace(problem, travel_m=metres)


BY = EIGHT + 25 * MINUTE
"""When the square is reached over the hall: 10 minutes, 5 there, 10 more; without the hall at 8:10."""


@pytest.mark.parametrize(
    ("by", "cost"), [(BY, 3000), (BY - 1, 6000), (BY - 15 * MINUTE, 6000), (BY - 15 * MINUTE - 1, 1_003_000)]
)
def test_latest_safe_arrival(plan: Plan, by: int, cost: int) -> None:
    """3 km the short way round; 6 km with the square first; too late for both, the hall alone costs 1 + 2 km."""
    result = plan(one_way([to(HALL), to(SQUARE, deliver_by_s=by)]))
    assert result.cost == cost
    for route in result.routes:
        assert all(s.start_s <= by for s in route.stops if 1 in s.deliveries)


def test_a_lot_that_is_too_old_for_its_window_is_left_out(plan: Plan) -> None:
    late = replace(to(HALL), delivery=Task(HALL, ((10 * HOUR, 11 * HOUR), (14 * HOUR, 15 * HOUR))))
    assert plan(places([replace(late, deliver_by_s=10 * HOUR - 1)], [VAN])).unserved == (0,)
    assert plan(places([replace(late, deliver_by_s=10 * HOUR)], [VAN])).routes[0].stops[-1].start_s == 10 * HOUR


# ---- locks ------------------------------------------------------------------------------------------------------------------


def test_a_lock_on_a_vehicle(plan: Plan) -> None:
    problem = places([to(HALL)], [CHEAP, DEAR])
    assert plan(problem).cost == 2000
    assert plan(replace(problem, locks=(Lock(0, vehicle=1),))).cost == 4000
    assert plan(replace(problem, locks=(Lock(0, vehicle=1), Lock(0, vehicle=0)))).unserved == (0,)


def test_a_lock_on_a_time(plan: Plan) -> None:
    """Hall first is 3 km; settled for the square between 8:10 and 8:20 it comes first, for 9:00 to 9:05 the van waits there."""
    problem = one_way([to(HALL), to(SQUARE)])
    early = plan(replace(problem, locks=(Lock(1, start=(EIGHT + 10 * MINUTE, EIGHT + 20 * MINUTE)),)))
    assert (early.cost, visited(early)) == (6000, [(SQUARE, HALL)])
    late = plan(replace(problem, locks=(Lock(1, start=(9 * HOUR, 9 * HOUR + 5 * MINUTE)),)))
    assert (late.cost, late.routes[0].stops[-1].start_s) == (3000, 9 * HOUR)
    never = replace(problem, locks=(Lock(1, start=(7 * HOUR, EIGHT)),))
    assert plan(never).unserved == (1,)


def test_locks_that_contradict_the_window_leave_the_request_out(plan: Plan) -> None:
    morning = replace(to(HALL), delivery=Task(HALL, ((9 * HOUR, 10 * HOUR),)))
    assert plan(places([morning], [VAN], locks=(Lock(0, start=(11 * HOUR, 12 * HOUR)),))).unserved == (0,)
    assert plan(places([morning], [VAN], locks=(Lock(0, start=(10 * HOUR, 12 * HOUR)),))).routes[0].stops[-1].start_s == 10 * HOUR


# ---- kept apart -------------------------------------------------------------------------------------------------------------

APART = frozenset({frozenset({"bread", "soap"})})


def test_goods_kept_apart_are_not_on_board_together(plan: Plan) -> None:
    """Together one round of 3 km; apart the van comes back to the depot in between: 4 km."""
    requests = [to(HALL, goods=frozenset({"bread", "milk"})), to(SQUARE, goods=frozenset({"soap"}))]
    assert plan(places(requests, [VAN])).cost == 3000
    assert plan(places(requests, [VAN], apart=APART)).cost == 4000


def test_goods_kept_apart_may_meet_at_a_stop(plan: Plan) -> None:
    """Soap that comes back from the hall is loaded after the bread is out: 2 km there and back."""
    back = replace(to(HALL, "back", goods=frozenset({"soap"})), pickup=Task(HALL, DAY), delivery=Task(DEPOT, DAY))
    result = plan(places([to(HALL, goods=frozenset({"bread"})), back], [VAN], apart=APART))
    assert (result.cost, len(result.routes)) == (2000, 1)


def test_a_load_of_goods_kept_apart_is_not_carried(plan: Plan) -> None:
    both = to(HALL, goods=frozenset({"bread", "soap"}))
    assert plan(places([both], [VAN], apart=APART)).unserved == (0,)


def test_any_number_of_goods_may_be_kept_apart(plan: Plan) -> None:
    """150 names in pairs (g0, g75), (g1, g76) ...: more than one word of bits holds."""
    pairs = frozenset(frozenset({f"g{i:03}", f"g{i + 75:03}"}) for i in range(75))
    for a, b, cost in (("g070", "g145", 4000), ("g070", "g144", 3000), ("g001", "g076", 4000)):
        requests = [to(HALL, goods=frozenset({a})), to(SQUARE, goods=frozenset({b}))]
        assert plan(places(requests, [VAN], apart=pairs)).cost == cost


# ---- the driver's day -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begun", "back"),
    [
        (None, EIGHT + 25 * MINUTE),
        (EIGHT + 25 * MINUTE - 4 * HOUR, EIGHT + 25 * MINUTE),
        (EIGHT + 25 * MINUTE - 4 * HOUR - 1, EIGHT + 70 * MINUTE),
    ],
)
def test_a_break_is_due_when_the_day_began_before_the_plan(plan: Plan, begun: int | None, back: int) -> None:
    """10 minutes there, 5 at the hall, 10 back: 8:25. A second more than four hours since 4:25, and 45 minutes of break come first."""
    van = replace(VAN, break_s=45 * MINUTE, break_after_s=4 * HOUR, begun_s=begun, shift_end_s=EIGHT + 70 * MINUTE)
    soon = replace(to(HALL), delivery=Task(HALL, ((0, EIGHT + 10 * MINUTE), (EIGHT + 55 * MINUTE, 9 * HOUR))))
    route = plan(places([soon], [van])).routes[0]
    assert (route.depart_s, route.return_s, len(route.breaks)) == (EIGHT, back, int(back > EIGHT + 25 * MINUTE))


def test_a_break_that_no_longer_fits_leaves_the_request_out(plan: Plan) -> None:
    van = replace(VAN, break_s=45 * MINUTE, break_after_s=4 * HOUR, begun_s=4 * HOUR, shift_end_s=EIGHT + 70 * MINUTE - 1)
    assert plan(places([to(HALL)], [van])).unserved == (0,)


def far_halls(vans: list[Vehicle]) -> Problem:
    """Hall and square an hour and 1,000 m from the depot on either side, two hours apart; stops take no time."""
    problem = places([to(HALL), to(SQUARE)], vans)
    hours = np.array([[0, 1, 1, 1], [1, 0, 2, 2], [1, 2, 0, 2], [1, 2, 2, 0]], dtype=np.int64)
    return replace(
        problem, sites=tuple(replace(s, setup_s=0) for s in problem.sites), travel_s=hours * HOUR, travel_m=hours * 1000
    )


@pytest.mark.parametrize(("fixed", "routes", "cost"), [(3601, 1, 4000 + 3601 + 3600), (3599, 2, 4000 + 2 * 3599)])
def test_hours_are_shared_when_that_costs_less(fixed: int, routes: int, cost: int) -> None:
    """4 km either way: four hours for one driver, an hour (3,600 s) over the fair share of three, or two of two hours each."""
    van = replace(VAN, fixed_cost=fixed, fair_s=3 * HOUR, cost_per_s_over_fair=1)
    problem = far_halls([van, van])
    result = compiled_search(problem)
    assert (len(result.routes), result.cost, verify(problem, result)) == (routes, cost, [])


def test_who_has_many_hours_behind_him_gets_the_shorter_route(plan: Plan) -> None:
    """One round is needed, two hours long. Who began two hours ago would be an hour (3,600) over his three, the other one is not."""
    fair = replace(VAN, fair_s=3 * HOUR, cost_per_s_over_fair=1)
    tired = replace(fair, code="TIRED", begun_s=EIGHT - 2 * HOUR)
    problem = far_halls([tired, fair])
    one = replace(problem, requests=problem.requests[:1])
    assert [plan(one).routes[0].vehicle, plan(one).cost] == [1, 2000]
    assert plan(replace(one, vehicles=(tired,))).cost == 2000 + 3600


def test_paid_time_counts_from_the_departure_and_the_day_from_its_beginning(plan: Plan) -> None:
    """8:00 to 10:00 at 1 a second is 7,200; the day since 6:00 is four hours, one over three, at 2 a second 7,200 more."""
    van = replace(VAN, begun_s=6 * HOUR, cost_per_s=1, fair_s=3 * HOUR, cost_per_s_over_fair=2)
    problem = far_halls([van])
    assert plan(replace(problem, requests=problem.requests[:1])).cost == 2000 + 7200 + 7200


# ---- few changes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("move", "cost", "routes"), [(999, 3999, 1), (1001, 4000, 2)])
def test_a_request_moves_when_that_saves_more_than_it_costs(move: int, cost: int, routes: int) -> None:
    """One round of 3 km and one move, or two of 2 km without any."""
    requests = [to(HALL, stays_with=0, move_cost=move), to(SQUARE, stays_with=1, move_cost=move)]
    problem = places(requests, [VAN, replace(VAN, code="CAR")])
    result = compiled_search(problem)
    assert (result.cost, len(result.routes), verify(problem, result)) == (cost, routes, [])


def test_a_request_stays_where_it_is_when_the_vans_are_alike(plan: Plan) -> None:
    requests = [to(HALL, stays_with=1, move_cost=1), to(SQUARE, stays_with=1, move_cost=1)]
    result = plan(places(requests, [VAN, replace(VAN, code="CAR")]))
    assert ([r.vehicle for r in result.routes], result.cost) == ([1], 3000)


# ---- on the road already ----------------------------------------------------------------------------------------------------

ON_THE_ROAD = replace(VAN, start_site=ROAD, begun_s=6 * HOUR)


def aboard(site: int, **changes: Any) -> Request:
    return replace(to(site, "aboard", vehicles=frozenset({0})), pickup=Task(ROAD, DAY), **changes)


def test_loads_on_board_are_delivered_on_the_way_to_the_depot(plan: Plan) -> None:
    """Road - hall - depot: 2 km, from 8:00, the shift's beginning, to 8:25."""
    result = plan(places([aboard(HALL)], [replace(ON_THE_ROAD, cost_per_s=1)]))
    route = result.routes[0]
    assert (result.cost, route.return_s - route.depart_s) == (2000 + 25 * MINUTE, 25 * MINUTE)
    first = route.stops[0]
    assert (first.pickups, first.site, first.arrive_s, first.leave_s) == ((0,), ROAD, route.depart_s, route.depart_s)
    assert route.stops[1].deliveries == (0,)


def test_loads_on_board_first_then_new_ones_from_the_depot(plan: Plan) -> None:
    """Road - hall (by 8:10) - depot (loading) - square - depot: 4 km. No other van may bring what is on board."""
    urgent = aboard(HALL, deliver_by_s=EIGHT + 10 * MINUTE)
    result = plan(places([urgent, to(SQUARE)], [ON_THE_ROAD]))
    assert (result.cost, visited(result)) == (4000, [(HALL, DEPOT, SQUARE)])
    other = plan(places([urgent, to(SQUARE)], [replace(ON_THE_ROAD, shift_end_s=EIGHT + 24 * MINUTE), VAN]))
    assert (other.unserved, [r.vehicle for r in other.routes]) == ((0,), [1])


@pytest.mark.parametrize(("grams", "unserved"), [(50, ()), (51, (1,))])
def test_nobody_goes_back_for_what_is_on_board(plan: Plan, grams: int, unserved: tuple[int, ...]) -> None:
    """50 of 100 g are on board until ten; what comes from the square to the depot before must fit beside them."""
    kept = aboard(HALL, load_g=(50, 0, 0), delivery=Task(HALL, ((10 * HOUR, 11 * HOUR),)), penalty=10**7)
    soon = ((EIGHT, 9 * HOUR),)
    extra = replace(to(DEPOT, "extra"), pickup=Task(SQUARE, soon), delivery=Task(DEPOT, soon), load_g=(grams, 0, 0))
    assert plan(places([kept, extra], [ON_THE_ROAD])).unserved == unserved


# ---- windows, starts and ends -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("until", "starts"), [(EIGHT + 25 * MINUTE, EIGHT + 25 * MINUTE), (EIGHT + 25 * MINUTE - 1, 12 * HOUR)])
def test_the_first_of_two_windows_or_the_second(plan: Plan, until: int, starts: int) -> None:
    """The square can only be first (8:10 to 8:20); 5 minutes there and 10 of driving end at 8:25."""
    hall = replace(to(HALL), delivery=Task(HALL, ((EIGHT, until), (12 * HOUR, 13 * HOUR))))
    square = replace(to(SQUARE), delivery=Task(SQUARE, ((EIGHT + 10 * MINUTE, EIGHT + 20 * MINUTE),)))
    van = replace(VAN, shift_start_s=EIGHT, max_stops=2, fixed_cost=10)
    result = plan(places([hall, square], [van, van]))
    assert [s.start_s for r in result.routes for s in r.stops if 0 in s.deliveries] == [starts]
    assert (len(result.routes), result.cost) == (1, 3010)


def test_the_gap_between_two_windows_is_closed(plan: Plan) -> None:
    """Pickup only until 8:10, delivery before 8:10 or after 11:00: the latest safe arrival at 10:59 makes it impossible."""
    task = Task(SQUARE, ((EIGHT, EIGHT + 10 * MINUTE - 1), (11 * HOUR, 12 * HOUR)))
    load = replace(to(SQUARE), pickup=Task(HALL, ((0, EIGHT + 10 * MINUTE),)), delivery=task)
    assert plan(places([load], [VAN])).routes[0].stops[1].start_s == 11 * HOUR
    assert plan(places([replace(load, deliver_by_s=11 * HOUR - 1)], [VAN])).unserved == (0,)


def test_a_van_may_end_elsewhere(plan: Plan) -> None:
    """Depot - hall - square, where it stays: 2 km and 25 minutes. Loads for the square are unloaded at the return."""
    van = replace(VAN, end_site=SQUARE, cost_per_s=1)
    route = plan(places([to(HALL), to(SQUARE)], [van])).routes[0]
    assert (route.distance_m, route.return_s - route.depart_s) == (2000, 25 * MINUTE)
    assert (route.stops[-1].deliveries, route.stops[-1].arrive_s) == ((1,), route.return_s)


def test_an_open_start(plan: Plan) -> None:
    """From a place that is no distance from everywhere: only depot - hall - depot, 2 km, is driven."""
    problem = places([to(HALL)], [replace(VAN, start_site=ROAD)])
    seconds, metres = problem.travel_s.copy(), problem.travel_m.copy()
    seconds[ROAD], metres[ROAD] = 0, 0
    route = plan(replace(problem, travel_s=seconds, travel_m=metres)).routes[0]
    # loading on the way takes five minutes, then 10 there, 5 at the hall and 10 back
    assert (route.distance_m, route.return_s - route.depart_s) == (2000, 30 * MINUTE)


# ---- input that cannot be met -----------------------------------------------------------------------------------------------

HOPELESS: dict[str, Callable[[Problem], Problem]] = {
    "no vehicle allowed": lambda p: replace(p, requests=tuple(replace(r, vehicles=frozenset()) for r in p.requests)),
    "no room at all": lambda p: replace(p, vehicles=(replace(VAN, capacity_g=(0, 0, 0)),)),
    "beyond the shift": lambda p: replace(p, travel_s=p.travel_s * 10**6, travel_m=p.travel_m * 10**6),
    "no shift left": lambda p: replace(p, vehicles=(replace(VAN, shift_end_s=EIGHT),)),
    "no stop allowed": lambda p: replace(p, vehicles=(replace(VAN, max_stops=0),)),
    "no vehicle": lambda p: replace(p, vehicles=()),
}


@pytest.mark.parametrize("why", sorted(HOPELESS))
def test_what_cannot_be_served_is_listed(plan: Plan, why: str) -> None:
    problem = HOPELESS[why](places([to(HALL), to(SQUARE)], [VAN]))
    if problem.vehicles:
        assert (plan(problem).routes, plan(problem).unserved) == ((), (0, 1))
    else:
        assert solve(problem, seconds=None, work=10).unserved == (0, 1)


def test_equal_requests_are_served_each(plan: Plan) -> None:
    """Three times the same load fits beside itself, ten times (110 g of 100) needs a second round: 2 km each."""
    assert plan(places([to(HALL)] * 3, [VAN])).cost == 2000
    assert plan(places([to(HALL)] * 11, [VAN])).cost == 4000


# ---- options and stocks -----------------------------------------------------------------------------------------------------


def between(pick: int, drop: int, ref: str, **changes: Any) -> Request:
    return replace(to(drop, ref), pickup=Task(pick, DAY), **changes)


@pytest.mark.parametrize(
    ("extra", "stock", "cost", "chosen"), [(0, 1, 3000, 2), (999, 1, 3999, 2), (1001, 1, 4000, 1), (0, 0, 4000, 1)]
)
def test_the_cheaper_option_that_the_stock_allows(extra: int, stock: int, cost: int, chosen: int) -> None:
    """The hall has to be called at: depot - hall - road - depot is 3 km when the road gets its load from there, 4 km over the square.
    The OR-Tools path compares only what its routing model left out."""
    requests = [
        to(HALL),
        between(SQUARE, ROAD, "from the square"),
        between(HALL, ROAD, "from the hall", instead_of=1, takes=((0, 1),), extra_cost=extra),
    ]
    problem = places(requests, [VAN], stocks=(stock,))
    result = compiled_search(problem)
    assert verify(problem, result) == []
    assert (result.cost, result.unserved) == (cost, ())
    assert {q for route in result.routes for stop in route.stops for q in stop.deliveries} == {0, chosen}


def test_an_option_where_the_request_itself_cannot_be_served(plan: Plan) -> None:
    requests = [replace(to(HALL), load_g=(101, 0, 0)), to(SQUARE, "or there", instead_of=0)]
    result = plan(places(requests, [VAN]))
    assert (result.cost, result.unserved, visited(result)) == (2000, (), [(SQUARE,)])


def test_what_no_option_can_serve_is_left_out_once(plan: Plan) -> None:
    """Both are too heavy: the penalty counts once, and the option is not on the list."""
    requests = [replace(to(HALL), load_g=(101, 0, 0)), replace(to(HALL, "or so"), load_g=(102, 0, 0), instead_of=0)]
    result = plan(places(requests, [VAN]))
    assert (result.cost, result.unserved) == (10**6, (0,))


def test_a_stock_is_shared_out(plan: Plan) -> None:
    """Three units: two loads of two do not both get some, and the one that is left out is the cheaper one."""
    requests = [
        replace(to(HALL), penalty=50_000, takes=((0, 2),)),
        replace(to(SQUARE), penalty=60_000, takes=((0, 2),)),
        to(ROAD, takes=((0, 1),)),
    ]
    result = plan(places(requests, [VAN], stocks=(3,)))
    assert (result.cost, result.unserved) == (3000 + 50_000, (0,))


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({1: {"instead_of": 1}}, "instead_of"),
        ({1: {"instead_of": 9}}, "instead_of"),
        ({1: {"instead_of": 0}, 2: {"instead_of": 1}}, "option of an option"),
        ({1: {"takes": ((1, 1),)}}, "unknown stock"),
        ({1: {"takes": ((0, -1),)}}, "less than nothing"),
        ({1: {"extra_cost": -1}}, "extra_cost"),
        ({0: {"delivery": Task(HALL, DAY, hold_until_s=EIGHT)}, 1: {"instead_of": 0}}, "visits"),
    ],
)
def test_options_that_make_no_sense_are_named(changes: dict[int, dict[str, Any]], text: str) -> None:
    requests = [replace(to(HALL, f"R{n}"), **changes.get(n, {})) for n in range(3)]
    with pytest.raises(ProblemError, match=rf"request R\d: .*{text}"):
        places(requests, [VAN], stocks=(5,))
