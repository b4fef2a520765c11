"""Drives a planned route on from one stop that is left late, and says whether everything after it is still in time (R12).

Independent of the search and its timetable, like :mod:`logistics.dispatch.planner.check`: it reads the document and the facts alone.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from logistics.allocation.facts import Day, Goods, LineDemand, Van

FOUR_HOURS_S = 4 * 3600


class Lateness:
    """What is looked up for each thing at each stop, by what it is looked up with: a day may have ten thousand stops."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.goods: dict[str, list[Goods]] = defaultdict(list)  # by GTIN
        self.ready: dict[tuple[str, str], list[tuple[int, int] | None]] = defaultdict(list)  # windows by place and GTIN
        self.lines: dict[str, list[LineDemand]] = defaultdict(list)  # by order
        self.pickups: dict[str, list[int]] = defaultdict(list)  # when they open, by place
        for g in day.goods:
            self.goods[g.gtin].append(g)
            self.ready[g.site, g.gtin].append(g.window)
        for line in day.lines:
            self.lines[line.order].append(line)
        for site in day.sites:
            if site.kind == "pickup_day":
                self.pickups[site.site].append(site.open_from_s)

    def late_enough(self, van: Van, route: dict[str, Any], number: int, leave_s: int) -> bool:
        """Whether ``van`` may leave stop ``number`` (from 0) at ``leave_s`` with every stop after it in time. Stops keep their order and
        their length, the break stays before the same stop."""
        return _Drive(self, van, route).from_stop(number, leave_s)


class _Drive:
    def __init__(self, known: Lateness, van: Van, route: dict[str, Any]) -> None:
        self.known, self.day, self.van, self.route = known, known.day, van, route
        self.pauses = [(self.seconds(b["start"]), self.seconds(b["end"])) for b in route["breaks"]]

    def seconds(self, text: str) -> int:
        moment = dt.datetime.fromisoformat(text)
        midnight = dt.datetime.combine(self.day.date, dt.time(), tzinfo=moment.tzinfo)
        return round((moment - midnight).total_seconds())

    def from_stop(self, number: int, leave_s: int) -> bool:
        stops = self.route["stops"]
        depart, back = self.seconds(self.route["depart"]), self.seconds(self.route["return"])
        left: dict[str, int] = {}
        for stop in stops[: number + 1]:
            left |= {u["unit"]: self.seconds(stop["leave"]) for u in stop["pick_up"]}
        left |= {u["unit"]: leave_s for u in stops[number]["pick_up"]}
        begun = leave_s if number == 0 and self.seconds(stops[0]["leave"]) == depart else depart
        clock, since = leave_s, self.seconds(stops[number]["leave"])
        for stop in stops[number + 1 :]:
            arrive, start, leave = (self.seconds(stop[k]) for k in ("arrive", "start", "leave"))
            there = clock + arrive - since
            pause = sum(b - a for a, b in self.pauses if arrive <= a and b <= start)
            now = max(there + pause, self._opens(stop, start))
            closed = self.day.places[stop["site"]].pause
            if closed is not None and closed[0] < now < closed[1]:
                now = closed[1]
            if not self._in_time(stop, start, now, left):
                return False
            clock = max(now + self._work(stop), leave) if "visit" in stop else now + leave - start
            left |= {u["unit"]: clock for u in stop["pick_up"]}
            since = leave
        home = clock + back - since
        unrested = not self.pauses and self.van.break_s > 0 and home - begun > FOUR_HOURS_S
        return home <= self.van.shift[1] and not unrested

    def _work(self, stop: dict[str, Any]) -> int:
        moved = sum(u["grams"] for u in (*stop["pick_up"], *stop["drop_off"]))
        return self.day.stop_s + -(-self.day.per_kg_s * moved // 1000)

    def _windows(self, stop: dict[str, Any], planned: int) -> list[tuple[int, int]]:
        """When it may start: the place's hours, the orders' windows, and when what is fetched is ready (the window that was planned)."""
        place = self.day.places[stop["site"]]
        found = [(place.opens_s, place.closes_s)]
        for unit in stop["drop_off"]:
            line = self._line(unit)
            if line is not None:
                found.append(line.window)
        for unit in stop["pick_up"]:
            ready = self.known.ready.get((stop["site"], unit["gtin"]), [])
            fitting = [w for w in ready if w is not None and w[0] <= planned <= w[1]]
            if fitting and None not in ready:
                found.append(max(fitting, key=lambda w: w[1]))
        return found

    def _opens(self, stop: dict[str, Any], planned: int) -> int:
        return max(begin for begin, _ in self._windows(stop, planned) if begin <= planned)

    def _in_time(self, stop: dict[str, Any], planned: int, now: int, left: dict[str, int]) -> bool:
        if any(now > end for _, end in self._windows(stop, planned)):
            return False
        if "visit" in stop and now + self._work(stop) > self.seconds(stop["visit"]["open_from"]):
            return False
        for unit in stop["drop_off"]:
            opens = self.known.pickups.get(unit.get("pickup_ref", ""), [])
            if opens and now + self._work(stop) > max(opens):
                return False
            lots = self.known.goods.get(unit["gtin"], [])
            category = next((g.category for g in lots), "")
            safe = [g.safe_until_s for g in lots]
            if safe and None not in safe and now > max(s for s in safe if s is not None):
                return False
            for rule in self.day.ride_limits:
                fits = rule.category in (None, category) and rule.zone in (None, unit["zone"])
                if fits and unit["unit"] in left and now - left[unit["unit"]] > rule.seconds:
                    return False
        return True

    def _line(self, unit: dict[str, Any]) -> LineDemand | None:
        lines = self.known.lines.get(unit.get("order_ref", ""), [])
        named = [x for x in lines if x.gtin is not None and x.gtin == unit["gtin"]]
        return next(iter(named or [x for x in lines if x.category is not None and x.category == unit.get("category")]), None)
