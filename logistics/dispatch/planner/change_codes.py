"""A change of a day back from its short form (``Change.code``), as it stands in links and rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from foodbank.core.errors import Refusal, Text
from logistics.allocation.facts import Day, Place, SiteDemand, Van, shop_target
from logistics.dispatch.planner.changes import (
    Agreed,
    Change,
    Elsewhere,
    LessWanted,
    MoreRoom,
    MoreStock,
    MoreStops,
    OneMore,
    OrderHours,
    Permitted,
    ShiftHours,
    ShopHours,
    VisitHours,
)
from logistics.dispatch.planner.fixes import Options
from logistics.dispatch.planner.mishaps import CalledOff, MoreWanted, OutBecause, VehicleOut
from logistics.dispatch.planner.reasons import category_words
from logistics.dispatch.planner.shortages import example_of
from logistics.fleet.policies import MAX_STOPS
from logistics.solver.problem import ZONES

LONGEST = 200  # characters: what a row holds
DAY_S = 24 * 3600
MOST_G = 100_000_000
MOST_UNITS = 1_000_000


@dataclass(frozen=True, slots=True)
class Known:
    """What a code is read with: the day that it is a change of, what the food bank has beside it, and names of categories, allergens and
    items."""

    day: Day
    options: Options
    names: Mapping[str, Text]


def change_of(code: str, known: Known) -> Change:
    """The change that ``code`` is the short form of: ``change_of(change.code, known) == change``.

    Refuses ``dispatch.change_unreadable`` (not such a form, or figures that no day has) and ``dispatch.change_gone`` (what it is about is
    not on the day).
    """
    kind, _, rest = code.partition("|")
    reader = _READERS.get(kind)
    if reader is None or not rest or len(code) > LONGEST:
        raise _unreadable(code)
    try:
        change = reader(_Fields(code, rest, known))
    except _Gone as gone:
        raise Refusal(
            "dispatch.change_gone",
            Text(
                f"「{gone.subject}」は、この日にはもうありません。この日のページで確かめて、選び直してください。",
                f"“{gone.subject}” is not on this day any more. Look at the page of the day and choose again.",
            ),
            params={"subject": gone.subject},
        ) from None
    if change.code != code:
        raise _unreadable(code)
    return change


def without_agreement(day: Day) -> set[str]:
    """Sites that nothing may go to or come from for want of an agreement."""
    lacking = {line.site for line in day.lines if line.blocked == "no_agreement"}
    return lacking | {g.site for g in day.goods if g.blocked == "no_agreement"}


def changed(known: Known, codes: list[str]) -> tuple[Day, list[tuple[Change, Text]]]:
    """The day with the changes made one after the other, and each with its words on the day that it is made on. Refuses as
    :func:`change_of` does."""
    day, done = known.day, []
    for code in codes:
        change = change_of(code, Known(day, known.options, known.names))
        done.append((change, change.words(day)))
        day = change.apply(day)
    return day, done


class _Gone(Exception):
    def __init__(self, subject: str) -> None:
        super().__init__(subject)
        self.subject = subject


class _Fields:
    """What follows the kind: texts and figures, taken from the end, so that a number may hold the separator."""

    def __init__(self, code: str, rest: str, known: Known) -> None:
        self.code, self.rest, self.known = code, rest, known

    def last(self) -> str:
        head, separator, tail = self.rest.rpartition("|")
        if not separator:
            raise _unreadable(self.code)
        self.rest = head
        return tail

    def figure(self, least: int, most: int) -> int:
        text = self.last()
        if not text.removeprefix("-").isascii() or not text.removeprefix("-").isdecimal() or not least <= int(text) <= most:
            raise _unreadable(self.code)
        return int(text)

    def pair(self, least: int, most: int) -> tuple[int, int]:
        second = self.figure(least, most)
        return self.figure(least, most), second

    def moved(self, span: tuple[int, int]) -> tuple[int, int]:
        """How much earlier a span begins and how much later it ends: some of it is left, inside the day."""
        earlier_s, later_s = self.pair(-DAY_S, DAY_S)
        begin, end = span[0] - earlier_s, span[1] + later_s
        if not (earlier_s or later_s) or not 0 <= begin <= end < DAY_S:
            raise _unreadable(self.code)
        return earlier_s, later_s

    def demand(self, key: str) -> str:
        if all(d.key != key for d in self.known.day.demands):
            raise _Gone(key)
        return key

    def van(self, code: str) -> Van:
        found = next((v for v in self.known.day.vans if v.code == code), None)
        if found is None:
            raise _Gone(code)
        return found


def _order(f: _Fields) -> Change:
    ref = f.rest.rsplit("|", 2)[0]
    line = next((line for line in f.known.day.lines if line.order == ref), None)
    if line is None:
        raise _Gone(ref)
    return OrderHours(ref, *f.moved(line.window))


def _shop(f: _Fields) -> Change:
    earlier_s, later_s = f.pair(-DAY_S, DAY_S)
    window = f.pair(0, DAY_S)
    if all((g.site, g.window) != (f.rest, window) for g in f.known.day.goods):
        raise _Gone(f.rest)
    f.rest = f"{f.rest}|{earlier_s}|{later_s}"
    f.moved(window)
    return ShopHours(f.rest, window, earlier_s, later_s)


def _visit(f: _Fields) -> Change:
    by_s = f.figure(-DAY_S, DAY_S)
    site = next((s for s in f.known.day.sites if s.key == f.rest), None)
    if site is None:
        raise _Gone(f.rest)
    if not by_s or site.open_from_s + by_s < 0 or site.open_until_s + by_s >= DAY_S:
        raise _unreadable(f.code)
    return VisitHours(site.key, by_s)


def _shift(f: _Fields) -> Change:
    van = f.van(f.rest.rsplit("|", 2)[0])
    return ShiftHours(van.code, *f.moved(van.shift))


def _room(f: _Fields) -> Change:
    grams, zone = f.figure(1, MOST_G), f.last()
    if zone not in ZONES:
        raise _unreadable(f.code)
    return MoreRoom(f.van(f.rest).code, zone, grams)


def _stops(f: _Fields) -> Change:
    count = f.figure(1, MAX_STOPS)
    van = f.van(f.rest)
    if van.max_stops is None or van.max_stops + count > MAX_STOPS:
        raise _unreadable(f.code)
    return MoreStops(van.code, count)


def _less(f: _Fields) -> Change:
    grams = f.figure(1, MOST_G)
    return LessWanted(f.demand(f.rest), grams)


def _wants(f: _Fields) -> Change:
    grams = f.figure(1, MOST_G)
    return MoreWanted(f.demand(f.rest), grams)


def _more(f: _Fields) -> Change:
    from_s, until_s = f.pair(0, DAY_S - 1)
    if until_s <= from_s:
        raise _unreadable(f.code)
    idle = next((v for v in f.known.options.idle if v.code == f.rest), None)
    if idle is not None and all(v.code != idle.code for v in f.known.day.vans):
        return OneMore(idle, from_s, until_s, idle=True)
    return OneMore(f.van(f.rest), from_s, until_s)


def _elsewhere(f: _Fields) -> Change:
    code, day = f.last(), f.known.day
    demand = f.rest
    if all(demand != d.key and demand != getattr(d, "order", None) for d in day.demands):
        raise _Gone(demand)
    nearby: tuple[Place, ...] = tuple(f.known.options.elsewhere.get(demand, ()))
    place = next((p for p in nearby if p.code == code), None)
    if place is None:
        raise _Gone(code)
    return Elsewhere(demand, place)


def _agreed(f: _Fields) -> Change:
    if f.rest not in without_agreement(f.known.day):
        raise _Gone(f.rest)
    return Agreed(f.rest)


def _permit(f: _Fields) -> Change:
    site = f.last()
    if all(s.site != site for s in f.known.day.sites):
        raise _Gone(site)
    return Permitted(f.van(f.rest).code, site)


def _stock(f: _Fields) -> Change:
    units = f.figure(1, MOST_UNITS)
    demand = next(d for d in f.known.day.demands if d.key == f.demand(f.rest))
    return MoreStock(example_of(f.known.day, demand), units, category_words(demand, f.known.names))


def _out(f: _Fields) -> Change:
    because = f.last()
    if because not in list(OutBecause):
        raise _unreadable(f.code)
    return VehicleOut(f.van(f.rest).code, OutBecause(because))


def _off(f: _Fields) -> Change:
    day, change = f.known.day, CalledOff(f.rest)
    offered = any(not g.on_shelf and shop_target(g.site) == f.rest for g in day.goods)
    ordered = any(line.order == f.rest for line in day.lines)
    if not (offered or ordered or any(isinstance(d, SiteDemand) and d.key == f.rest for d in day.demands)):
        raise _Gone(f.rest.removeprefix("shop/"))
    return change


_READERS: Mapping[str, Callable[[_Fields], Change]] = {
    "order": _order,
    "shop": _shop,
    "visit": _visit,
    "shift": _shift,
    "room": _room,
    "stops": _stops,
    "less": _less,
    "wants": _wants,
    "more": _more,
    "elsewhere": _elsewhere,
    "agreed": _agreed,
    "permit": _permit,
    "stock": _stock,
    "out": _out,
    "off": _off,
}


def _unreadable(code: str) -> Refusal:
    return Refusal(
        "dispatch.change_unreadable",
        Text(
            f"変更「{code[:40]}」を読み取れません。この日のページの「試してみる」から、もう一度選んでください。",
            f"The change “{code[:40]}” cannot be read. Choose it again from the page of the day.",
        ),
        params={"change": code[:LONGEST]},
        status=422,
    )
