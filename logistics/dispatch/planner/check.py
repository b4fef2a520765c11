"""An independent check of a plan against the facts of its day (R12).

It reads the JSON that others get and derives everything anew: it shares no code with the allocation, the search or the schedule, only
the facts' dataclasses. An empty list means that no rule is broken. Of routes that have begun, what the day keeps are facts: the plan
must hold them unchanged, and they count with what they bring; what has happened is not judged again. What a vehicle on the road does
after that is judged like anything else, from where and when it is free and with what it has aboard.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from logistics.allocation.facts import Day, Goods, KeptRoute, LineDemand, SiteDemand, Van, VanPermit
from logistics.dispatch.planner.check_driving import driving_faults, unchanged
from logistics.dispatch.planner.check_lateness import Lateness
from logistics.dispatch.planner.check_roads import CheckedRoads

ZONES = ("ambient", "chilled", "frozen")


@dataclass(frozen=True, slots=True)
class Fault:
    """``code`` names the broken rule, ``where`` the route, stop or unit."""

    code: str
    where: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.code}: {self.where} {self.detail}".strip()


def check_plan(day: Day, plan: dict[str, Any]) -> list[Fault]:
    """Every fault of ``plan`` (the JSON document of DESIGN.md) on ``day``."""
    return _Check(day, plan).run()


class _Check:
    def __init__(self, day: Day, plan: dict[str, Any]) -> None:
        self.day = day
        self.plan = plan
        self.faults: list[Fault] = []
        self.vans = {v.code: v for v in day.vans}
        self.depots = {v.depot for v in day.vans} | {g.site for g in day.goods if g.on_shelf}
        self.orders: dict[str, list[LineDemand]] = defaultdict(list)
        for line in day.lines:
            self.orders[line.order].append(line)
        self.visits = [d for d in day.sites if d.kind == "visit"]
        self.pickup_days = [d for d in day.sites if d.kind == "pickup_day"]
        self.by_source: dict[tuple[str, str], list[Goods]] = defaultdict(list)  # (site, gtin)
        for g in day.goods:
            if not g.blocked:
                self.by_source[g.site, g.gtin].append(g)
        self.unit_source: dict[str, str] = {}
        self.taken: Counter[tuple[str, str]] = Counter()
        self.delivered: Counter[str] = Counter()  # grams per demand key
        self.smallest_unit: dict[str, int] = {}
        self.to_demand: Counter[tuple[str, str, str]] = Counter()  # units per (site, gtin, demand key)
        self.stood: Counter[str] = Counter()
        self.kept = {k.vehicle: k for k in day.kept}
        self.category = {g.gtin: g.category for g in day.goods}
        self.category |= {unit.goods.gtin: unit.goods.category for k in day.kept for unit in k.aboard}
        # (needed until, units) per (site, gtin)
        self.handed_over: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        self.lateness = Lateness(day)
        self.roads = CheckedRoads(day, plan["travel"]["provider"])
        self.aboard = {unit.unit: unit for k in day.kept for unit in k.aboard}
        self.brought_aboard: Counter[str] = Counter()

    def fault(self, code: str, where: str, detail: str = "") -> None:
        self.faults.append(Fault(code, where, detail))

    def seconds(self, text: str) -> int:
        moment = dt.datetime.fromisoformat(text)
        midnight = dt.datetime.combine(self.day.date, dt.time(), tzinfo=moment.tzinfo)
        return round((moment - midnight).total_seconds())

    def run(self) -> list[Fault]:
        seen: Counter[str] = Counter()
        if not self.roads.known:
            self.fault("travel_unknown", self.plan["travel"]["provider"])
            return self.faults
        for begun in self.day.kept:
            self.stood.update(begun.visits)
        for route in self.plan["routes"]:
            seen[route["vehicle"]] += 1
            kept, van = self.kept.get(route["vehicle"]), self.vans.get(route["vehicle"])
            if kept is not None and not unchanged(kept, route):
                self.fault("kept_route_changed", route["vehicle"])
            elif kept is not None and not kept.open:
                continue
            elif van is None:
                self.fault("unknown_vehicle", route["vehicle"])
            else:
                self._route(van, route, kept)
        for code, times in seen.items():
            if times > 1:
                self.fault("vehicle_twice", code)
        for code, begun in self.kept.items():
            if (begun.route["stops"] or begun.open) and code not in seen:
                self.fault("kept_route_missing", code)
        self._sources()
        self._demands()
        self._unserved()
        self._summary()
        return self.faults

    def _route(self, van: Van, route: dict[str, Any], kept: KeptRoute | None) -> None:
        depart, back = self.seconds(route["depart"]), self.seconds(route["return"])
        stops = route["stops"]
        done = len(kept.route["stops"]) if kept else 0
        if any(s["site"] not in self.day.places for s in stops):
            self.fault("unknown_site", van.code)
            return
        if kept is not None and kept.back_s is not None and len(stops) == done:
            return  # it came back and is not sent out again
        goes_home = kept is not None and all(s["site"] == van.depot for s in stops[done:])
        if not goes_home and (back > van.shift[1] or (kept is None and depart < van.shift[0])):
            self.fault("shift", van.code)
        if back < depart:
            self.fault("times", van.code, "returns before it departs")
        for code, where, detail in driving_faults(self.roads, van, route, kept, self.seconds):
            self.fault(code, where, detail)
        for number, stop in enumerate(stops):
            if number >= done:
                first, last = number == 0 and kept is None, number == len(stops) - 1
                self._stop(van, stop, number, first=first, last=last, depart=depart, back=back)
        own = {van.begins_at or van.depot, van.ends_at or van.depot}
        if van.max_stops is not None and sum(s["site"] not in own for s in stops[done:]) > van.max_stops:
            self.fault("max_stops", van.code)
        self._loads(van, stops, kept)
        self._together(van, stops[done:], kept)
        self._rides(van, stops[done:], kept)
        self._breaks(van, route, depart, back, kept, goes_home=goes_home)
        self._latest(van, route, done)

    def _latest(self, van: Van, route: dict[str, Any], done: int) -> None:
        """Leaving a stop as late as the plan says keeps everything after it."""
        for number, stop in enumerate(route["stops"]):
            if number < done or "latest_leave" not in stop:
                continue
            latest = self.seconds(stop["latest_leave"])
            if latest < self.seconds(stop["leave"]) or not self.lateness.late_enough(van, route, number, latest):
                self.fault("latest_leave", f"{van.code} {number + 1} {stop['site']}")

    def _stop(self, van: Van, stop: dict[str, Any], number: int, *, first: bool, last: bool, depart: int, back: int) -> None:
        where = f"{van.code} {number + 1} {stop['site']}"
        arrive, start, leave = (self.seconds(stop[k]) for k in ("arrive", "start", "leave"))
        if not arrive <= start <= leave:
            self.fault("times", where)
        place = self.day.places[stop["site"]]
        comes_home = last and stop["site"] == van.depot and not stop["pick_up"]  # late goods are unloaded all the same
        if not comes_home and not place.opens_s <= start <= place.closes_s:
            self.fault("opening_hours", where)
        if place.pause is not None and place.pause[0] < start < place.pause[1]:
            self.fault("pause", where)
        if place.max_height_cm is not None and (van.height_cm or math.inf) > place.max_height_cm:
            self.fault("too_high", where)
        if place.max_weight_kg is not None and (van.weight_kg or math.inf) > place.max_weight_kg:
            self.fault("too_heavy_for_road", where)
        moved = sum(u["grams"] for u in (*stop["pick_up"], *stop["drop_off"]))
        setting_out = first and leave == depart and stop["site"] == (van.begins_at or van.depot)
        free = setting_out or (last and arrive == back and stop["site"] == (van.ends_at or van.depot))
        needed = self.day.stop_s + self.day.per_kg_s * moved / 1000
        if not free and leave - start < needed - 1e-6:
            self.fault("service_time", where, f"{leave - start} s for {needed:.0f} s")
        for unit in stop["pick_up"]:
            self._pick(van, stop, unit, start, where)
        for unit in stop["drop_off"]:
            self._drop(van, stop, unit, start, needed, where)
        if "visit" in stop:
            self._visit(van, stop, where, arrive, leave)

    def _pick(self, van: Van, stop: dict[str, Any], unit: dict[str, Any], start: int, where: str) -> None:
        site, gtin = stop["site"], unit["gtin"]
        sources = self.by_source.get((site, gtin), [])
        if not sources:
            self.fault("no_such_goods", f"{where} {unit['unit']}")
            return
        windows = [g.window for g in sources]
        if all(windows) and not any(w and w[0] <= start <= w[1] for w in windows):
            self.fault("ready_window", f"{where} {unit['unit']}")
        if all(self._expired(g) for g in sources):
            self.fault("expired", f"{where} {unit['unit']}")
        if unit["grams"] not in {unit["quantity"] * g.unit_g for g in sources}:
            self.fault("weight", f"{where} {unit['unit']}")
        if unit["zone"] not in {g.zone for g in sources}:
            self.fault("zone", f"{where} {unit['unit']}")
        self.taken[site, gtin] += unit["quantity"]
        self.unit_source[unit["unit"]] = site

    def _drop(self, van: Van, stop: dict[str, Any], unit: dict[str, Any], start: int, needed: float, where: str) -> None:
        at = f"{where} {unit['unit']}"
        demand: LineDemand | SiteDemand | None = None
        if "order_ref" in unit:
            demand = self._line(stop, unit, start, at)
        elif "visit_ref" in unit:
            open_from = self.seconds(stop["visit"]["open_from"]) if "visit" in stop else None
            demand = next((v for v in self.visits if v.site == unit["visit_ref"] and v.open_from_s == open_from), None)
            if demand is None or stop["site"] != unit["visit_ref"]:
                self.fault("visit_ref", at)
        elif "pickup_ref" in unit:
            demand = next((d for d in self.pickup_days if d.site == unit["pickup_ref"]), None)
            if demand is None or stop["site"] != unit["pickup_ref"]:
                self.fault("pickup_ref", at)
            elif start + needed > demand.open_from_s:
                self.fault("pickup_late", at)
        elif stop["site"] not in self.depots:
            self.fault("dropped_nowhere", at)
        if unit["unit"] in self.unit_source:
            until = start if demand is None or isinstance(demand, LineDemand) else max(start, demand.open_until_s)
            self.handed_over[self.unit_source[unit["unit"]], unit["gtin"]].append((until, unit["quantity"]))
        if demand is None:
            return
        aboard = self.aboard.get(unit["unit"])
        if aboard is not None:  # it is what it is: whole, be it more than is asked for by now
            self.delivered[demand.key] += aboard.goods.grams
            self.brought_aboard[demand.key] += aboard.goods.grams
            until = start if isinstance(demand, LineDemand) else max(start, demand.open_until_s)
            if aboard.goods.safe_until_s is not None and until > aboard.goods.safe_until_s:
                self.fault("deliver_by", at)
            return
        self.delivered[demand.key] += unit["grams"]
        one = unit["grams"] // unit["quantity"]
        self.smallest_unit[demand.key] = min(self.smallest_unit.get(demand.key, one), one)
        source = self.unit_source.get(unit["unit"])
        if source is not None:
            self.to_demand[source, unit["gtin"], demand.key] += unit["quantity"]

    def _line(self, stop: dict[str, Any], unit: dict[str, Any], start: int, at: str) -> LineDemand | None:
        lines = self.orders.get(unit["order_ref"], [])
        by_item = [ln for ln in lines if ln.gtin is not None and ln.gtin == unit["gtin"]]
        by_category = [ln for ln in lines if ln.category is not None and ln.category == unit["category"]]
        line = next(iter(by_item or by_category), None)
        if line is None or line.blocked:
            self.fault("order_ref", at)
            return None
        if stop["site"] != line.site:
            self.fault("wrong_partner", at)
        if not line.window[0] <= start <= line.window[1]:
            self.fault("order_window", at)
        return line

    def _visit(self, van: Van, stop: dict[str, Any], where: str, arrive: int, leave: int) -> None:
        open_from, open_until = (self.seconds(stop["visit"][k]) for k in ("open_from", "open_until"))
        visit = next((v for v in self.visits if v.site == stop["site"] and v.open_from_s == open_from), None)
        if visit is None or visit.open_until_s != open_until:
            self.fault("visit_unknown", where)
            return
        self.stood[visit.key] += 1
        if self.stood[visit.key] > 1:
            self.fault("visit_twice", where)
        if van.kind != "kitchen_car" or (visit.vehicle in self.vans and van.code != visit.vehicle):
            self.fault("visit_vehicle", where)
        place = self.day.places[stop["site"]]
        asked_for = place.area or place.permit_class
        if asked_for and not any(self._covers(permit, stop["site"]) for permit in van.permits):
            self.fault("no_permit", where)
        moved = sum(u["grams"] for u in (*stop["pick_up"], *stop["drop_off"]))
        start = self.seconds(stop["start"])
        if arrive >= open_from or start + self.day.stop_s + self.day.per_kg_s * moved / 1000 > open_from + 1e-6:
            self.fault("visit_late", where)
        if leave <= open_until:
            self.fault("visit_left_early", where)

    def _covers(self, permit: VanPermit, site: str) -> bool:
        """Does it hold in the area of ``site``, and for the litres that are asked for there?"""
        place = self.day.places[site]
        here = not place.area or not permit.areas or place.area in permit.areas
        litres = [int(text.removesuffix("L") or 0) for text in (permit.permit_class, place.permit_class)]
        return here and litres[0] >= litres[1]

    def _together(self, van: Van, stops: list[dict[str, Any]], kept: KeptRoute | None) -> None:
        aboard: Counter[str] = Counter()
        for unit in kept.aboard if kept else ():
            aboard[unit.goods.category] += unit.entry["quantity"]
        since_before = {pair for pair in self.day.apart if all(aboard[category] > 0 for category in pair)}
        for stop in stops:
            for sign, units in ((-1, stop["drop_off"]), (1, stop["pick_up"])):
                for unit in units:
                    aboard[self.category.get(unit["gtin"], "")] += sign * unit["quantity"]
            for pair in self.day.apart - since_before:
                if all(aboard[category] > 0 for category in pair):
                    self.fault("apart", f"{van.code} {stop['site']}", "/".join(sorted(pair)))

    def _rides(self, van: Van, stops: list[dict[str, Any]], kept: KeptRoute | None) -> None:
        """What is aboard already and nobody gets any more comes home however long that takes."""
        left = {unit.unit: unit.left_s for unit in kept.aboard} if kept else {}
        for stop in stops:
            for unit in stop["drop_off"]:
                if unit["unit"] in self.aboard and not {"order_ref", "visit_ref", "pickup_ref"} & unit.keys():
                    continue
                category, since = self.category.get(unit["gtin"]), left.get(unit["unit"])
                for rule in self.day.ride_limits:
                    fits = rule.category in (None, category) and rule.zone in (None, unit["zone"])
                    if fits and since is not None and self.seconds(stop["start"]) - since > rule.seconds:
                        self.fault("longest_ride", f"{van.code} {stop['site']} {unit['unit']}")
            left |= {unit["unit"]: self.seconds(stop["leave"]) for unit in stop["pick_up"]}

    def _loads(self, van: Van, stops: list[dict[str, Any]], kept: KeptRoute | None) -> None:
        capacity = dict(zip(ZONES, van.capacity_g, strict=True))
        aboard: dict[str, dict[str, Any]] = {}
        load: Counter[str] = Counter()
        gone: set[str] = set()
        if kept is not None:
            aboard = {unit.unit: dict(unit.entry) for unit in kept.aboard}
            gone = {unit["unit"] for stop in kept.route["stops"] for unit in stop["pick_up"]}
            for unit in kept.aboard:
                load[unit.goods.zone] += unit.goods.grams
        for stop in stops[len(kept.route["stops"]) if kept else 0 :]:
            where = f"{van.code} {stop['site']}"
            for unit in stop["drop_off"]:
                picked = aboard.pop(unit["unit"], None)
                if picked is None:
                    self.fault("not_aboard", f"{where} {unit['unit']}")
                    continue
                if any(picked[k] != unit[k] for k in ("gtin", "quantity", "grams", "zone")):
                    self.fault("unit_changed", f"{where} {unit['unit']}")
                load[picked["zone"]] -= self.aboard[unit["unit"]].goods.grams if unit["unit"] in self.aboard else picked["grams"]
            for unit in stop["pick_up"]:
                if unit["unit"] in aboard or unit["unit"] in gone:
                    self.fault("picked_twice", f"{where} {unit['unit']}")
                gone.add(unit["unit"])
                aboard[unit["unit"]] = unit
                load[unit["zone"]] += unit["grams"]
            for zone in ZONES:
                if load[zone] > capacity[zone]:
                    self.fault("capacity", f"{where} {zone}", f"{load[zone]} g > {capacity[zone]} g")
        for code in aboard:
            self.fault("never_dropped", f"{van.code} {code}")

    def _breaks(
        self, van: Van, route: dict[str, Any], depart: int, back: int, kept: KeptRoute | None, *, goes_home: bool
    ) -> None:
        """One that was had is a fact; a vehicle with nothing left to do goes home rather than rest."""
        had = len(kept.route["breaks"]) if kept else 0
        spans = [(self.seconds(b["start"]), self.seconds(b["end"])) for b in route["breaks"]]
        busy = []
        since = depart
        for stop in route["stops"]:
            busy.append((since, self.seconds(stop["arrive"])))
            busy.append((self.seconds(stop["start"]), self.seconds(stop["leave"])))
            since = self.seconds(stop["leave"])
        busy.append((since, back))
        for a, b in spans[had:]:
            if a < depart or b > back or b < a or any(a < end and begin < b for begin, end in busy):
                self.fault("break_while_busy", van.code)
        if goes_home or not van.break_s or back - depart <= 4 * 3600:
            return
        if not any(b - a >= van.break_s for a, b in spans):
            self.fault("break_missing", van.code)

    def _open(self, route: dict[str, Any]) -> list[dict[str, Any]]:
        """The stops of a route that the day does not keep."""
        kept = self.kept.get(route["vehicle"])
        return list(route["stops"][len(kept.route["stops"]) :]) if kept else list(route["stops"])

    def _sources(self) -> None:
        units = [u["unit"] for r in self.plan["routes"] for s in r["stops"] for u in s["pick_up"]]
        for code, times in Counter(units).items():
            if times > 1:
                self.fault("picked_twice", code)
        for (site, gtin), taken in self.taken.items():
            there = sum(g.quantity for g in self.by_source[site, gtin])
            if taken > there:
                self.fault("more_than_there", f"{site}/{gtin}", f"{taken} > {there}")
        for (site, gtin), handed in self.handed_over.items():
            for until, _ in handed:
                later = sum(quantity for moment, quantity in handed if moment >= until)
                safe = (g for g in self.by_source[site, gtin] if g.safe_until_s is None or g.safe_until_s >= until)
                if later > sum(g.quantity for g in safe):
                    self.fault("deliver_by", f"{site}/{gtin}", f"{later} later than is safe")

    def _demands(self) -> None:
        demands: dict[str, LineDemand | SiteDemand] = {d.key: d for d in self.day.demands}
        for (site, gtin, key), taken in self.to_demand.items():
            demand = demands[key]
            fine = sum(g.quantity for g in self.by_source[site, gtin] if self._may(g, demand))
            if taken > fine:
                self.fault("may_not_have", f"{key} {site}/{gtin}", f"{taken} > {fine}")
        for kept in self.day.kept:
            self.delivered.update(kept.brings)
        for line in self.day.lines:
            over = self.delivered[line.key] - max(line.asked_g, self.brought_aboard[line.key])
            if line.key in self.smallest_unit and over >= self.smallest_unit[line.key]:
                self.fault("over_ask", line.key, f"{over} g")

    def _expired(self, g: Goods) -> bool:
        past = g.last_day is not None and g.last_day < self.day.date
        return past and (g.date_mark == "use_by" or (g.date_mark == "best_before" and not g.released))

    def _may(self, g: Goods, demand: LineDemand | SiteDemand) -> bool:
        if self._expired(g):
            return False
        if g.last_day is not None:
            channel = "partner" if isinstance(demand, LineDemand) else ("same_day" if demand.kind == "visit" else "home_parcel")
            needed: tuple[int, int] = (-1, 0)
            for rule in self.day.days_left:
                if rule.channel == channel and rule.category in (None, g.category) and rule.zone in (None, g.zone):
                    needed = max(needed, (2 * (rule.category is not None) + (rule.zone is not None), rule.days))
            if needed[1] > 0 and g.last_day < self.day.date + dt.timedelta(days=needed[1]):
                return False
        if isinstance(demand, SiteDemand):
            return g.is_food and g.for_households
        return not (demand.excluded & g.allergens)

    def _unserved(self) -> None:
        listed: Counter[tuple[str, str]] = Counter()
        for entry in self.plan["unserved"]:
            listed[entry["kind"], entry["ref"]] += entry["grams"]
            if not entry["reason"]:
                self.fault("no_reason", entry["ref"])
        expected: Counter[tuple[str, str]] = Counter()
        for line in self.day.lines:
            what = line.category or line.gtin
            expected["order_line", f"{line.order}/{what}"] += max(0, line.asked_g - self.delivered[line.key])
        for demand in self.day.sites:
            expected[demand.kind, demand.site] += max(0, demand.asked_g - self.delivered[demand.key])
        for g in self.day.goods:
            if not g.on_shelf:
                expected["donation", f"{g.site}/{g.gtin}"] += g.grams
        for (site, gtin), taken in self.taken.items():
            if ("donation", f"{site}/{gtin}") in expected:
                expected["donation", f"{site}/{gtin}"] -= taken * self.by_source[site, gtin][0].unit_g
        for key in {*expected, *listed}:
            if max(0, expected[key]) != listed[key]:
                self.fault("unserved", "/".join(key), f"{listed[key]} g listed, {expected[key]} g missing")

    def _summary(self) -> None:
        lines = {line.key for line in self.day.lines}
        offers = [g for g in self.day.goods if not g.on_shelf]
        shops = {g.site for g in offers}
        picked = [u["grams"] for r in self.plan["routes"] for s in self._open(r) if s["site"] in shops for u in s["pick_up"]]
        kept_g = sum(k.collected_g for k in self.day.kept)
        expected = {
            "ordered_g": sum(line.asked_g for line in self.day.lines),
            "delivered_g": sum(grams for key, grams in self.delivered.items() if key in lines),
            "donated_g": sum(g.grams for g in offers) + kept_g,
            "collected_g": sum(picked) + kept_g,
            "distance_m": sum(r["distance_m"] for r in self.plan["routes"]),
            "drive_s": sum(r["drive_s"] for r in self.plan["routes"]),
        }
        for key, value in expected.items():
            if self.plan["summary"].get(key) != value:
                self.fault("summary", key, f"{self.plan['summary'].get(key)} for {value}")
