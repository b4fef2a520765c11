"""Changes of a day that a person could make: a later window, a longer shift, one more vehicle. Each is applied to the facts alone.

They are tried before they are offered as fixes, and asked about on the what-if page. ``code`` is their short form in links and rows:
kind, subject and figures, separated by ``|`` (``change_codes`` reads it).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from foodbank.core.dates import format_clock
from foodbank.core.errors import Text
from foodbank.core.units import format_kg
from logistics.allocation.facts import Day, Goods, LineDemand, Place, Van, VanPermit
from logistics.solver.problem import ZONES

ZONE_WORDS = {
    "ambient": Text("常温", "ambient"),
    "chilled": Text("冷蔵", "chilled"),
    "frozen": Text("冷凍", "frozen"),
}


class Change(Protocol):
    """A day with the change made; its short form."""

    @property
    def code(self) -> str: ...

    def apply(self, day: Day) -> Day: ...

    def words(self, day: Day) -> Text:
        """What would have to be done, as a condition: 「…すれば」, "if …"."""
        ...


@dataclass(frozen=True, slots=True)
class OrderHours:
    """A partner takes its order ``earlier_s`` earlier and ``later_s`` later than its window says (negative: the window is narrower),
    and is there for it."""

    order: str
    earlier_s: int = 0
    later_s: int = 0

    @property
    def code(self) -> str:
        return f"order|{self.order}|{self.earlier_s}|{self.later_s}"

    def apply(self, day: Day) -> Day:
        lines, places = [], dict(day.places)
        for line in day.lines:
            if line.order == self.order:
                window = (line.window[0] - self.earlier_s, line.window[1] + self.later_s)
                line = replace(line, window=window, blocked=_opened(line.blocked, window))  # noqa: PLW2901 - the same line, changed
                places[line.site] = _open_for(places[line.site], window)
            lines.append(line)
        return replace(day, lines=tuple(lines), places=places)

    def words(self, day: Day) -> Text:
        line = next(line for line in day.lines if line.order == self.order)
        return _hours_words(day.places[line.site], line.window, self.earlier_s, self.later_s, "受け取れれば", "takes it")


@dataclass(frozen=True, slots=True)
class ShopHours:
    """A shop has what it offered in ``window`` ready ``earlier_s`` earlier and keeps it ``later_s`` longer (negative: less)."""

    site: str
    window: tuple[int, int]
    earlier_s: int = 0
    later_s: int = 0

    @property
    def code(self) -> str:
        return f"shop|{self.site}|{self.window[0]}|{self.window[1]}|{self.earlier_s}|{self.later_s}"

    def apply(self, day: Day) -> Day:
        window = (self.window[0] - self.earlier_s, self.window[1] + self.later_s)
        goods = tuple(
            replace(g, window=window, blocked=_opened(g.blocked, window))
            if g.site == self.site and g.window == self.window
            else g
            for g in day.goods
        )
        return replace(day, goods=goods, places={**day.places, self.site: _open_for(day.places[self.site], window)})

    def words(self, day: Day) -> Text:
        place = day.places[self.site]
        return _hours_words(place, self.window, self.earlier_s, self.later_s, "引き渡せれば", "hands it over")


@dataclass(frozen=True, slots=True)
class VisitHours:
    """A visit or pickup day (``demand``) begins and ends ``by_s`` later (negative: earlier)."""

    demand: str
    by_s: int

    @property
    def code(self) -> str:
        return f"visit|{self.demand}|{self.by_s}"

    def apply(self, day: Day) -> Day:
        places = dict(day.places)
        sites = []
        for site in day.sites:
            if site.key == self.demand:
                site = replace(site, open_from_s=site.open_from_s + self.by_s, open_until_s=site.open_until_s + self.by_s)  # noqa: PLW2901
                places[site.site] = _open_for(places[site.site], (site.open_from_s, site.open_until_s))
            sites.append(site)
        return replace(day, sites=tuple(sites), places=places)

    def words(self, day: Day) -> Text:
        site = next(site for site in day.sites if site.key == self.demand)
        name = day.places[site.site].name
        minutes = abs(self.by_s) // 60
        begin = format_clock(site.open_from_s + self.by_s)
        late, late_en = ("遅く", "later") if self.by_s > 0 else ("早く", "earlier")
        return Text(
            f"{name}を{begin}から（今より{minutes}分{late}）始めれば",
            f"if {name} begins at {begin} ({minutes} min {late_en})",
        )


@dataclass(frozen=True, slots=True)
class ShiftHours:
    """A vehicle may go out ``earlier_s`` earlier and come back ``later_s`` later (negative: its shift is shorter)."""

    vehicle: str
    earlier_s: int = 0
    later_s: int = 0

    @property
    def code(self) -> str:
        return f"shift|{self.vehicle}|{self.earlier_s}|{self.later_s}"

    def apply(self, day: Day) -> Day:
        vans = tuple(
            replace(v, shift=(v.shift[0] - self.earlier_s, v.shift[1] + self.later_s)) if v.code == self.vehicle else v
            for v in day.vans
        )
        return replace(day, vans=vans)

    def words(self, day: Day) -> Text:
        shift = next(v.shift for v in day.vans if v.code == self.vehicle)
        if not _longer_at_one_end(self.earlier_s, self.later_s):
            begin, end = format_clock(shift[0] - self.earlier_s), format_clock(shift[1] + self.later_s)
            return Text(f"{self.vehicle}の勤務が{begin}–{end}になれば", f"if the shift of {self.vehicle} is {begin}–{end}")
        if self.later_s:
            until, minutes = format_clock(shift[1] + self.later_s), self.later_s // 60
            return Text(
                f"{self.vehicle}の勤務を{until}まで（{minutes}分長く）延ばせば",
                f"if the shift of {self.vehicle} ends at {until} ({minutes} min later)",
            )
        begin, minutes = format_clock(shift[0] - self.earlier_s), self.earlier_s // 60
        return Text(
            f"{self.vehicle}の勤務を{begin}から（{minutes}分早く）始めれば",
            f"if the shift of {self.vehicle} begins at {begin} ({minutes} min earlier)",
        )


@dataclass(frozen=True, slots=True)
class MoreRoom:
    """``grams`` more of a zone on a vehicle: another rack, a cool box."""

    vehicle: str
    zone: str
    grams: int

    @property
    def code(self) -> str:
        return f"room|{self.vehicle}|{self.zone}|{self.grams}"

    def apply(self, day: Day) -> Day:
        at = ZONES.index(self.zone)
        vans = []
        for v in day.vans:
            if v.code == self.vehicle:
                room = list(v.capacity_g)
                room[at] += self.grams
                v = replace(v, capacity_g=(room[0], room[1], room[2]))  # noqa: PLW2901 - the same vehicle, changed
            vans.append(v)
        return replace(day, vans=tuple(vans))

    def words(self, day: Day) -> Text:
        zone, kg = ZONE_WORDS[self.zone], format_kg(self.grams)
        return Text(
            f"{self.vehicle}に{zone.ja}の場所があと{kg}分あれば",
            f"if {self.vehicle} has {kg} more {zone.en} space",
        )


@dataclass(frozen=True, slots=True)
class MoreStops:
    """A vehicle with a limit of stops may make ``count`` more."""

    vehicle: str
    count: int

    @property
    def code(self) -> str:
        return f"stops|{self.vehicle}|{self.count}"

    def apply(self, day: Day) -> Day:
        def raised(v: Van) -> Van:
            return v if v.max_stops is None or v.code != self.vehicle else replace(v, max_stops=v.max_stops + self.count)

        return replace(day, vans=tuple(raised(v) for v in day.vans))

    def words(self, day: Day) -> Text:
        limit = next(v.max_stops for v in day.vans if v.code == self.vehicle) or 0
        return Text(
            f"{self.vehicle}が回れる立寄先を{limit + self.count}か所まで（あと{self.count}か所）増やせば",
            f"if {self.vehicle} may make {limit + self.count} stops ({self.count} more)",
        )


@dataclass(frozen=True, slots=True)
class LessWanted:
    """An order line, a visit or a pickup day (``demand``) asks for ``grams`` less."""

    demand: str
    grams: int

    @property
    def code(self) -> str:
        return f"less|{self.demand}|{self.grams}"

    def apply(self, day: Day) -> Day:
        lines = tuple(replace(x, asked_g=max(0, x.asked_g - self.grams)) if x.key == self.demand else x for x in day.lines)
        sites = tuple(replace(x, asked_g=max(0, x.asked_g - self.grams)) if x.key == self.demand else x for x in day.sites)
        return replace(day, lines=lines, sites=sites)

    def words(self, day: Day) -> Text:
        kg = format_kg(self.grams)
        return Text(f"{kg}減らせば", f"if it is {kg} less")


@dataclass(frozen=True, slots=True)
class OneMore:
    """One more vehicle with a driver between two times: ``van`` itself when it has no shift that day (``idle``), else one like it."""

    van: Van
    from_s: int
    until_s: int
    idle: bool = False

    @property
    def code(self) -> str:
        return f"more|{self.van.code}|{self.from_s}|{self.until_s}"

    def apply(self, day: Day) -> Day:
        taken = {v.code for v in day.vans}
        code = self.van.code if self.idle else f"{self.van.code}+"
        while code in taken:
            code += "+"
        return replace(day, vans=(*day.vans, replace(self.van, code=code, shift=(self.from_s, self.until_s))))

    def words(self, day: Day) -> Text:
        hours = f"{format_clock(self.from_s)}–{format_clock(self.until_s)}"
        if self.idle:
            return Text(
                f"{self.van.code}が、運転する人と{hours}に出られれば", f"if {self.van.code} goes out with a driver {hours}"
            )
        return Text(
            f"{self.van.code}と同じ車両と運転する人がもう1組、{hours}に出られれば",
            f"if one more vehicle like {self.van.code} with a driver goes out {hours}",
        )


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A visit, a pickup day or an order (``demand``: key of the day's site, or the order's ref) takes place at ``place`` instead."""

    demand: str
    place: Place

    @property
    def code(self) -> str:
        return f"elsewhere|{self.demand}|{self.place.code}"

    def apply(self, day: Day) -> Day:
        sites = tuple(replace(x, site=self.place.code) if x.key == self.demand else x for x in day.sites)
        lines = tuple(self._brought_here(x) if x.order == self.demand else x for x in day.lines)
        return replace(day, sites=sites, lines=lines, places={**day.places, self.place.code: self.place})

    def _brought_here(self, line: LineDemand) -> LineDemand:
        window = (max(line.window[0], self.place.opens_s), min(line.window[1], self.place.closes_s))
        blocked = "closed" if window[1] < window[0] else None if line.blocked == "closed" else line.blocked
        return replace(line, site=self.place.code, window=window, blocked=blocked)

    def words(self, day: Day) -> Text:
        if any(line.order == self.demand for line in day.lines):
            return Text(
                f"{self.demand}を{self.place.name}（{self.place.code}）で受け取れれば",
                f"if {self.demand} is taken at {self.place.name} ({self.place.code})",
            )
        return Text(
            f"場所を{self.place.name}（{self.place.code}）にすれば", f"if it is held at {self.place.name} ({self.place.code})"
        )


@dataclass(frozen=True, slots=True)
class Agreed:
    """A site signs the agreement that it lacks (D1)."""

    site: str

    @property
    def code(self) -> str:
        return f"agreed|{self.site}"

    def apply(self, day: Day) -> Day:
        def freed(blocked: str | None) -> str | None:
            return None if blocked == "no_agreement" else blocked

        goods = tuple(replace(g, blocked=freed(g.blocked)) if g.site == self.site else g for g in day.goods)
        lines = tuple(replace(x, blocked=freed(x.blocked)) if x.site == self.site else x for x in day.lines)
        return replace(day, goods=goods, lines=lines)

    def words(self, day: Day) -> Text:
        name = day.places[self.site].name
        return Text(f"{name}と合意書を交わして登録すれば", f"if an agreement with {name} is signed and entered")


@dataclass(frozen=True, slots=True)
class Permitted:
    """A kitchen car gets the permit that a place asks for (D17)."""

    vehicle: str
    site: str

    @property
    def code(self) -> str:
        return f"permit|{self.vehicle}|{self.site}"

    def apply(self, day: Day) -> Day:
        place = day.places[self.site]
        permit = VanPermit(place.permit_class, frozenset({place.area} - {""}))
        vans = tuple(replace(v, permits=(*v.permits, permit)) if v.code == self.vehicle else v for v in day.vans)
        return replace(day, vans=vans)

    def words(self, day: Day) -> Text:
        place = day.places[self.site]
        what = " ".join(filter(None, (place.area, place.permit_class)))
        return Text(f"{self.vehicle}が{what}の許可を取れば", f"if {self.vehicle} gets a permit for {what}")


@dataclass(frozen=True, slots=True)
class MoreStock:
    """``units`` more of something on the depot's shelf; ``what`` says in words what would do."""

    goods: Goods
    units: int
    what: Text

    @property
    def code(self) -> str:
        return f"stock|{self.goods.key.removeprefix('more/')}|{self.units}"

    def apply(self, day: Day) -> Day:
        return replace(day, goods=(*day.goods, replace(self.goods, quantity=self.units)))

    def words(self, day: Day) -> Text:
        kg = format_kg(self.units * self.goods.unit_g, 2)
        return Text(f"{self.what.ja}があと{kg}拠点にあれば", f"if {kg} more of {self.what.en} is at the depot")


def _opened(blocked: str | None, window: tuple[int, int]) -> str | None:
    return None if blocked == "closed" and window[0] <= window[1] else blocked


def _longer_at_one_end(earlier_s: int, later_s: int) -> bool:
    return min(earlier_s, later_s) == 0 and max(earlier_s, later_s) > 0


def _open_for(place: Place, window: tuple[int, int]) -> Place:
    """Somebody is there in the window, also outside the usual hours."""
    if window[1] < window[0]:
        return place
    return replace(place, opens_s=min(place.opens_s, window[0]), closes_s=max(place.closes_s, window[1]))


def _hours_words(place: Place, window: tuple[int, int], earlier_s: int, later_s: int, does: str, does_en: str) -> Text:
    if not _longer_at_one_end(earlier_s, later_s):
        begin, end = format_clock(window[0] - earlier_s), format_clock(window[1] + later_s)
        text = Text(f"{place.name}が{begin}–{end}に{does}", f"if {place.name} {does_en} {begin}–{end}")
        outside = window[0] - earlier_s < place.opens_s or window[1] + later_s > place.closes_s
    elif later_s:
        at, minutes = window[1] + later_s, later_s // 60
        text = Text(
            f"{place.name}が{format_clock(at)}まで（今より{minutes}分遅くまで）{does}",
            f"if {place.name} {does_en} until {format_clock(at)} ({minutes} min later)",
        )
        outside = at > place.closes_s
    else:
        at, minutes = window[0] - earlier_s, earlier_s // 60
        text = Text(
            f"{place.name}が{format_clock(at)}から（今より{minutes}分早くから）{does}",
            f"if {place.name} {does_en} from {format_clock(at)} ({minutes} min earlier)",
        )
        outside = at < place.opens_s
    if outside:
        hours = f"{format_clock(place.opens_s)}–{format_clock(place.closes_s)}"
        return Text(f"{text.ja}（開いている時間{hours}の外です）", f"{text.en}, outside its hours {hours}")
    return text
