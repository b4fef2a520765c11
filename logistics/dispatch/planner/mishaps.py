"""Changes of a day that nobody offers as a fix, but that a coordinator asks about: somebody or something falls out, somebody wants more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from foodbank.core.errors import Text
from foodbank.core.units import format_kg
from logistics.allocation.facts import Day, LineDemand, SiteDemand, is_shop, shop_target


class OutBecause(StrEnum):
    """Why a vehicle does not go out. For the plan it is the same; what to do about it is not."""

    BROKEN = "broken"
    NO_DRIVER = "no_driver"


@dataclass(frozen=True, slots=True)
class VehicleOut:
    """A vehicle on duty does not go out that day; one on the road stays where it is, with what it has aboard."""

    vehicle: str
    because: OutBecause

    @property
    def code(self) -> str:
        return f"out|{self.vehicle}|{self.because}"

    def apply(self, day: Day) -> Day:
        kept = tuple(replace(r, open=False, aboard=(), ahead=frozenset()) if r.vehicle == self.vehicle else r for r in day.kept)
        return replace(day, vans=tuple(v for v in day.vans if v.code != self.vehicle), kept=kept)

    def words(self, day: Day) -> Text:
        if self.because == OutBecause.NO_DRIVER:
            return Text(f"{self.vehicle}を運転する人が来られなければ", f"if the driver of {self.vehicle} does not come")
        return Text(f"{self.vehicle}が故障して出られなければ", f"if {self.vehicle} breaks down")


@dataclass(frozen=True, slots=True)
class MoreWanted:
    """An order line, a visit or a pickup day (``demand``) asks for ``grams`` more."""

    demand: str
    grams: int

    @property
    def code(self) -> str:
        return f"wants|{self.demand}|{self.grams}"

    def apply(self, day: Day) -> Day:
        lines = tuple(replace(x, asked_g=x.asked_g + self.grams) if x.key == self.demand else x for x in day.lines)
        sites = tuple(replace(x, asked_g=x.asked_g + self.grams) if x.key == self.demand else x for x in day.sites)
        return replace(day, lines=lines, sites=sites)

    def words(self, day: Day) -> Text:
        name, kg = demand_words(day, self.demand), format_kg(self.grams)
        return Text(f"{name.ja}があと{kg}多ければ", f"if {name.en} is {kg} more")


@dataclass(frozen=True, slots=True)
class CalledOff:
    """An order (its ref), a visit or pickup day (the key of its demand), or all that a shop (:func:`shop_target`) offers is cancelled."""

    target: str

    @property
    def code(self) -> str:
        return f"off|{self.target}"

    def apply(self, day: Day) -> Day:
        return replace(
            day,
            lines=tuple(x for x in day.lines if x.order != self.target),
            sites=tuple(x for x in day.sites if x.key != self.target),
            goods=tuple(g for g in day.goods if g.on_shelf or shop_target(g.site) != self.target),
        )

    def words(self, day: Day) -> Text:
        if is_shop(self.target):
            name = next(place.name for place in day.places.values() if shop_target(place.code) == self.target)
            return Text(f"{name}の提供が取りやめになれば", f"if {name} gives nothing")
        named = demand_words(day, self.target)
        return Text(f"{named.ja}が取りやめになれば", f"if {named.en} is called off")


def demand_words(day: Day, key: str) -> Text:
    """What somebody wants, by the place and the number or the kind of it: an order's ref, or a demand's key."""
    demand = next(d for d in day.demands if key == d.key or key == getattr(d, "order", None))
    name = day.places[demand.site].name
    if isinstance(demand, LineDemand):
        return Text(f"{name}の注文（{key}）", f"the order of {name} ({key})")
    return _meeting_words(demand, name)


def _meeting_words(demand: SiteDemand, name: str) -> Text:
    if demand.kind == "visit":
        return Text(f"{name}の移動パントリー", f"the mobile pantry at {name}")
    return Text(f"{name}の受取日", f"the pickup day at {name}")
