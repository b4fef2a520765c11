"""Independent check of a plan against its problem.

Everything is derived again from :mod:`logistics.solver.problem`; no code is shared with the search or the timetable, so a mistake there
shows here. Time is in seconds, loads in grams.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from logistics.solver.problem import ZONES, Problem, Request, Site, Task, Vehicle
from logistics.solver.result import Result, Route, Stop


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule: stable ``code``, ``where`` (vehicle, stop or request), and the same in Japanese and English."""

    code: str
    where: str
    japanese: str
    english: str

    def __str__(self) -> str:
        return f"{self.code} {self.where}: {self.japanese} / {self.english}"


_TEXTS = {
    "vehicle_unknown": ("存在しない車両です", "no such vehicle"),
    "vehicle_twice": ("同じ車両が二つのルートに使われています", "the vehicle has two routes"),
    "vehicle_not_allowed": ("この車両では運べない荷物です", "this vehicle may not carry the load"),
    "too_tall": ("車両が高すぎて入れない場所です", "the vehicle is too high for the place"),
    "too_heavy_vehicle": ("車両が重すぎて入れない場所です", "the vehicle is too heavy for the place"),
    "no_permit": ("車両に必要な許可のない場所です", "the vehicle holds no permit for the place"),
    "request_unknown": ("存在しない荷物です", "no such request"),
    "request_twice": ("同じ荷物が二度扱われています", "a task is done twice"),
    "pair_split": ("集荷と配達が同じルートにそろっていません", "pickup and delivery are not on the same route"),
    "pair_order": ("配達が集荷より先です", "the delivery comes before the pickup"),
    "stop_site": ("作業の場所が立寄先と違います", "a task's site is not the stop's"),
    "stop_times": ("到着・開始・出発の順が逆です", "arrive, start and leave are not in order"),
    "stop_empty": ("作業のない立寄先です", "a stop without a task"),
    "window": ("時間枠の外で始まっています", "the stop starts outside a window"),
    "latest_done": ("作業が期限までに終わっていません", "handling is not over in time"),
    "hold": ("訪問の終わりより前に出発しています", "the vehicle leaves before the visit ends"),
    "service_time": ("停車時間が作業時間と合いません", "the stay does not match set-up and handling"),
    "capacity": ("積載量を超えています", "over capacity"),
    "shift": ("勤務時間の外です", "outside the shift"),
    "break_missing": ("必要な休憩がありません", "a needed break is missing"),
    "break_length": ("休憩が短すぎるか分かれています", "the break is too short or in pieces"),
    "break_place": ("休憩が到着から開始までの間にありません", "the break is not between an arrival and its start"),
    "travel_time": ("移動時間が合いません", "the travel time does not match"),
    "with_visit": ("訪問と同じ停車で降ろしていません", "not dropped in the stop of its visit"),
    "deliver_by": ("安全に届けられる時刻を過ぎています", "the delivery starts after the latest safe arrival"),
    "lock": ("人が決めた車両か時刻と違います", "not the vehicle or the time that a person has settled"),
    "apart": ("一緒に積めない品が同時に載っています", "goods that must not ride together are on board together"),
    "aboard": ("出発時に載っている荷物を途中で積んでいます", "a load that is on board from the start is picked up on the way"),
    "longest_ride": ("積載時間が長すぎます", "the load is on board too long"),
    "max_stops": ("立寄先が多すぎます", "too many stops"),
    "distance_sum": ("距離の合計が合いません", "the distance does not add up"),
    "drive_sum": ("運転時間の合計が合いません", "the driving time does not add up"),
    "depot_first": ("出発時の積込みが出発と同時ではありません", "loading at the start is not at the departure"),
    "depot_last": ("帰着時の荷下ろしが帰着と同時ではありません", "unloading at the end is not at the return"),
    "unserved_list": ("未配送の一覧が合いません", "the list of unserved requests is not exactly the rest"),
    "two_options": ("選択肢が二つ使われています", "two options of one request are served"),
    "stock": ("在庫より多く使われています", "more is taken of a stock than it holds"),
    "cost": ("費用の合計が合いません", "the cost does not add up"),
}

CODES = tuple(_TEXTS)
"""Every code :func:`verify` can give."""


def _fault(code: str, where: str) -> Fault:
    japanese, english = _TEXTS[code]
    return Fault(code, where, japanese, english)


def verify(problem: Problem, result: Result) -> list[Fault]:
    """All faults of ``result``; an empty list means the plan keeps every rule of ``problem``."""
    faults: list[Fault] = []
    used = Counter(route.vehicle for route in result.routes)
    for route in result.routes:
        if not 0 <= route.vehicle < len(problem.vehicles):
            faults.append(_fault("vehicle_unknown", str(route.vehicle)))
            continue
        if used[route.vehicle] > 1:
            faults.append(_fault("vehicle_twice", problem.vehicles[route.vehicle].code))
        faults += _route(problem, route)
    faults += _once(problem, result)
    if not any(f.code in ("vehicle_unknown", "request_unknown") for f in faults) and _cost(problem, result) != result.cost:
        faults.append(_fault("cost", problem.name))
    return faults


def _once(problem: Problem, result: Result) -> Iterator[Fault]:
    """Each task once, pairs on one route, and the unserved exactly the rest."""
    picks: Counter[int] = Counter()
    drops: Counter[int] = Counter()
    for route in result.routes:
        here_picked: set[int] = set()
        here_dropped: set[int] = set()
        for stop in route.stops:
            picks.update(stop.pickups)
            drops.update(stop.deliveries)
            here_picked.update(stop.pickups)
            here_dropped.update(stop.deliveries)
        for q in sorted(here_picked ^ here_dropped):
            yield _fault("pair_split", _name(problem, q))
    for q in sorted(set(picks) | set(drops)):
        if not 0 <= q < len(problem.requests):
            yield _fault("request_unknown", str(q))
        elif picks[q] > 1 or drops[q] > 1:
            yield _fault("request_twice", _name(problem, q))
    yield from _choices(problem, [q for q in range(len(problem.requests)) if drops[q]])
    done = {problem.lead(q) for q in drops if 0 <= q < len(problem.requests)}
    rest = [q for q, r in enumerate(problem.requests) if r.instead_of is None and q not in done and not picks[q]]
    if sorted(result.unserved) != rest:
        yield _fault("unserved_list", ",".join(_name(problem, q) for q in sorted(set(result.unserved) ^ set(rest))))


def _choices(problem: Problem, done: list[int]) -> Iterator[Fault]:
    """One of a request and its options at most, and no more out of a stock than is in it."""
    chosen: Counter[int] = Counter()
    taken: Counter[int] = Counter()
    for q in done:
        chosen[problem.lead(q)] += 1
        for stock, units in problem.requests[q].takes:
            taken[stock] += units
    for q in sorted(q for q, times in chosen.items() if times > 1):
        yield _fault("two_options", _name(problem, q))
    for stock in sorted(k for k, units in taken.items() if units > problem.stocks[k]):
        yield _fault("stock", str(stock))


def _name(problem: Problem, q: int) -> str:
    return problem.requests[q].ref if 0 <= q < len(problem.requests) else str(q)


def _cost(problem: Problem, result: Result) -> int:
    cost = 0
    for route in result.routes:
        v = problem.vehicles[route.vehicle]
        cost += v.fixed_cost + v.cost_per_m * route.distance_m + v.cost_per_s * (route.return_s - route.depart_s)
        if v.fair_s is not None and _day(route, v) > v.fair_s:
            cost += v.cost_per_s_over_fair * (_day(route, v) - v.fair_s)
        for q in {q for stop in route.stops for q in stop.pickups}:
            request = problem.requests[q]
            cost += request.extra_cost
            if request.stays_with is not None and request.stays_with != route.vehicle:
                cost += request.move_cost
    for q in result.unserved:
        if 0 <= q < len(problem.requests):
            own = problem.requests[q].penalty
            cost += problem.mandatory_penalty if own is None else own
    return cost


def _day(route: Route, vehicle: Vehicle) -> int:
    """The length of the driver's day: what was driven before the plan begins counts."""
    return route.return_s - (route.depart_s if vehicle.begun_s is None else min(vehicle.begun_s, route.depart_s))


def _route(problem: Problem, route: Route) -> Iterator[Fault]:
    vehicle = problem.vehicles[route.vehicle]
    if any(not 0 <= q < len(problem.requests) for s in route.stops for q in (*s.pickups, *s.deliveries)):
        return  # _once names them
    if any(not 0 <= s.site < len(problem.sites) for s in route.stops):
        yield _fault("stop_site", vehicle.code)
        return
    if route.depart_s < vehicle.shift_start_s or route.return_s > vehicle.shift_end_s or route.return_s < route.depart_s:
        yield _fault("shift", vehicle.code)
    loading = bool(route.stops) and route.stops[0].site == vehicle.start_site
    only_one = len(route.stops) == 1
    unloading = bool(route.stops) and route.stops[-1].site == vehicle.end_site and not (only_one and loading)
    yield from _travel(problem, route, vehicle)
    for index, stop in enumerate(route.stops):
        where = f"{vehicle.code}/{index + 1} {problem.sites[stop.site].code}"
        free = False
        if index == 0 and loading:
            free = True
            if not stop.arrive_s == stop.start_s == stop.leave_s == route.depart_s:
                yield _fault("depot_first", where)
        elif index == len(route.stops) - 1 and unloading:
            free = True
            if not stop.arrive_s == stop.start_s == stop.leave_s == route.return_s:
                yield _fault("depot_last", where)
        yield from _stop(problem, stop, where, free)
        yield from _access(problem.sites[stop.site], vehicle, where)
    yield from _pairs(problem, route, vehicle)
    yield from _load(problem, route, vehicle)
    yield from _apart(problem, route, vehicle)
    yield from _locks(problem, route)
    yield from _breaks(route, vehicle, loading, unloading)
    away = [s for s in route.stops if s.site not in (vehicle.start_site, vehicle.end_site)]
    if vehicle.max_stops is not None and len(away) > vehicle.max_stops:
        yield _fault("max_stops", vehicle.code)


def _travel(problem: Problem, route: Route, vehicle: Vehicle) -> Iterator[Fault]:
    at, clock = vehicle.start_site, route.depart_s
    metres = seconds = 0
    arrivals = [(s.site, s.arrive_s, s.leave_s) for s in route.stops]
    arrivals.append((vehicle.end_site, route.return_s, route.return_s))
    for site, arrive, leave in arrivals:
        leg = int(problem.travel_s[at, site])
        metres += int(problem.travel_m[at, site])
        seconds += leg
        if arrive != clock + leg:
            yield _fault("travel_time", f"{vehicle.code} {problem.sites[at].code}-{problem.sites[site].code}")
        at, clock = site, leave
    if metres != route.distance_m:
        yield _fault("distance_sum", vehicle.code)
    if seconds != route.drive_s:
        yield _fault("drive_sum", vehicle.code)


def _tasks(problem: Problem, stop: Stop) -> list[Task]:
    requests = problem.requests
    return [*(requests[q].delivery for q in stop.deliveries), *(requests[q].pickup for q in stop.pickups)]


def _stop(problem: Problem, stop: Stop, where: str, free: bool) -> Iterator[Fault]:
    """Site, windows and stay of one stop; ``free`` for loading and unloading that cost no time."""
    tasks = _tasks(problem, stop)
    if not tasks:
        yield _fault("stop_empty", where)
    if any(t.site != stop.site for t in tasks):
        yield _fault("stop_site", where)
    if not stop.arrive_s <= stop.start_s <= stop.leave_s:
        yield _fault("stop_times", where)
    if any(all(not a <= stop.start_s <= b for a, b in t.windows) for t in tasks):
        yield _fault("window", where)
    work = 0 if free else problem.sites[stop.site].setup_s + sum(t.handling_s for t in tasks)
    done = stop.start_s + work
    if any(t.latest_done_s is not None and done > t.latest_done_s for t in tasks):
        yield _fault("latest_done", where)
    if free:
        return
    holds = [t.hold_until_s for t in tasks if t.hold_until_s is not None]
    if holds and stop.leave_s < max(holds):
        yield _fault("hold", where)
    elif stop.leave_s != max([done, *holds]):
        yield _fault("service_time", where)


def _access(site: Site, vehicle: Vehicle, where: str) -> Iterator[Fault]:
    """Whether the vehicle may and can get to the place of a stop."""
    if site.max_height_cm is not None and not (vehicle.height_cm is not None and vehicle.height_cm <= site.max_height_cm):
        yield _fault("too_tall", where)
    if site.max_weight_kg is not None and not (vehicle.weight_kg is not None and vehicle.weight_kg <= site.max_weight_kg):
        yield _fault("too_heavy_vehicle", where)
    for permit in sorted(site.permits):
        if permit not in vehicle.permits:
            yield _fault("no_permit", f"{where} {permit}")


def _apart(problem: Problem, route: Route, vehicle: Vehicle) -> Iterator[Fault]:
    """What is on board after every single unloading and loading, deliveries of a stop first."""
    on_board: set[int] = set()
    for stop in route.stops:
        on_board.difference_update(stop.deliveries)
        for q in stop.pickups:
            on_board.add(q)
            goods = Counter(name for other in on_board for name in problem.requests[other].goods)
            for pair in problem.apart:
                if all(goods[name] for name in pair) and pair & problem.requests[q].goods:
                    yield _fault("apart", f"{vehicle.code} {problem.requests[q].ref} {'/'.join(sorted(pair))}")


def _locks(problem: Problem, route: Route) -> Iterator[Fault]:
    """What a person settled about the requests of this route."""
    starts = {q: stop.start_s for stop in route.stops for q in stop.deliveries}
    for lock in problem.locks:
        start = starts.get(lock.request)
        if start is None:
            continue
        other = lock.vehicle is not None and lock.vehicle != route.vehicle
        if other or (lock.start is not None and not lock.start[0] <= start <= lock.start[1]):
            yield _fault("lock", problem.requests[lock.request].ref)


def _pairs(problem: Problem, route: Route, vehicle: Vehicle) -> Iterator[Fault]:
    """Order, visits and permission of every load on the route."""
    picked: dict[int, int] = {}
    dropped: dict[int, int] = {}
    for index, stop in enumerate(route.stops):
        for q in stop.deliveries:
            dropped.setdefault(q, index)
        for q in stop.pickups:
            picked.setdefault(q, index)
    for q in sorted(set(picked) | set(dropped)):
        request = problem.requests[q]
        if request.vehicles is not None and route.vehicle not in request.vehicles:
            yield _fault("vehicle_not_allowed", f"{vehicle.code} {request.ref}")
        if q not in picked or q not in dropped:
            continue
        if dropped[q] <= picked[q]:
            yield _fault("pair_order", request.ref)
        yield from _on_time(request, route.stops[picked[q]], route.stops[dropped[q]])
        if picked[q] > 0 and _own_start(problem, request, vehicle):
            yield _fault("aboard", request.ref)
        if request.with_visit is not None and not _at_visit(request, route.stops[dropped[q]]):
            yield _fault("with_visit", request.ref)
    for q, request in enumerate(problem.requests):
        # a visit's loads on a route of their own are seen above only when they are on this one
        if request.with_visit in dropped and q in picked and q not in dropped:
            yield _fault("with_visit", request.ref)


def _on_time(request: Request, picked: Stop, dropped: Stop) -> Iterator[Fault]:
    """Longest ride and latest safe arrival."""
    if request.longest_ride_s is not None and dropped.start_s - picked.leave_s > request.longest_ride_s:
        yield _fault("longest_ride", request.ref)
    if request.deliver_by_s is not None and dropped.start_s > request.deliver_by_s:
        yield _fault("deliver_by", request.ref)


def _own_start(problem: Problem, request: Request, vehicle: Vehicle) -> bool:
    """Whether the request lies on board of ``vehicle``, its only one, from the start: at a start site that nobody else uses."""
    if request.vehicles is None or len(request.vehicles) != 1 or request.pickup.site != vehicle.start_site:
        return False
    used = [site for v in problem.vehicles for site in (v.start_site, v.end_site)]
    return used.count(vehicle.start_site) == 1


def _at_visit(request: Request, stop: Stop) -> bool:
    return request.with_visit in stop.deliveries


def _load(problem: Problem, route: Route, vehicle: Vehicle) -> Iterator[Fault]:
    """Each zone's load after every single unloading and loading, deliveries of a stop first."""
    on_board = [0] * len(ZONES)
    over: set[str] = set()
    for stop in route.stops:
        steps = [(-1, q) for q in stop.deliveries] + [(1, q) for q in stop.pickups]
        for sign, q in steps:
            for zone in range(len(ZONES)):
                on_board[zone] += sign * problem.requests[q].load_g[zone]
                if sign > 0 and on_board[zone] > vehicle.capacity_g[zone]:
                    over.add(ZONES[zone])
    for zone_name in sorted(over):
        yield _fault("capacity", f"{vehicle.code} {zone_name}")


def _breaks(route: Route, vehicle: Vehicle, loading: bool, unloading: bool) -> Iterator[Fault]:
    needed = vehicle.break_s > 0 and _day(route, vehicle) > vehicle.break_after_s
    if needed and not route.breaks:
        yield _fault("break_missing", vehicle.code)
    if needed and route.breaks and max(b - a for a, b in route.breaks) < vehicle.break_s:
        yield _fault("break_length", vehicle.code)
    first = 1 if loading else 0
    last = len(route.stops) - (1 if unloading else 0)
    waits = [(s.arrive_s, s.start_s) for s in route.stops[first:last]]
    for begin, end in route.breaks:
        if end < begin or not any(a <= begin and end <= b for a, b in waits):
            yield _fault("break_place", vehicle.code)
