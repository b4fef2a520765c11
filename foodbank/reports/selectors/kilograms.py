"""Kilograms for any past day or period (D18), from the ledger alone: rows are never changed and never dated back, so the grams of a
day that is over stay as they are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from foodbank.core.dates import at, today
from foodbank.inventory.models import Movement, PlaceKind, Reason
from foodbank.inventory.selectors.flows import border_sums
from foodbank.inventory.selectors.totals import Totals, totals_at
from foodbank.reports.selectors.destinations import KINDS, destinations
from foodbank.sites.models import Site

_MOMENT = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Line:
    """``grams`` under one ``key`` (a site's code, a kind of organisation, a reason), ``estimated_g`` of them estimated."""

    key: str
    name: str
    grams: int
    estimated_g: int


@dataclass(frozen=True, slots=True)
class Kilograms:
    """``before`` and ``after`` are what was there at the beginning of ``first`` and at the end of ``last``; between them came ``opening``
    (there before we counted) and ``received``, went ``given`` and ``discarded``, and counts found (minus: missed) ``counted``.
    Corrections count on the day on which they were made, under the reason of the row that they correct."""

    first: dt.date
    last: dt.date
    before: Totals
    opening: Line
    received: tuple[Line, ...]
    given: tuple[Line, ...]
    discarded: tuple[Line, ...]
    counted: Line
    after: Totals

    @property
    def over(self) -> bool:
        """Is the last day over, so that nothing can change any more?"""
        return self.last < today()

    @property
    def received_g(self) -> int:
        return sum(line.grams for line in self.received)

    @property
    def given_g(self) -> int:
        return sum(line.grams for line in self.given)

    @property
    def discarded_g(self) -> int:
        return sum(line.grams for line in self.discarded)


def kilograms(first: dt.date, last: dt.date) -> Kilograms:
    """Eight queries. The flows read the rows of the period; what was there before and after adds up the ledger from its first row, which
    takes longer with the years."""
    start, end = at(first, dt.time()), at(last + dt.timedelta(days=1), dt.time())
    sums = border_sums(Movement.objects.filter(recorded_at__gte=start, recorded_at__lt=end), "lot__weight_estimated")
    kinds = destinations(one.site for one in sums if one.kind == PlaceKind.RECIPIENT)
    donors = Site.objects.in_bulk({one.site for one in sums if one.kind == PlaceKind.SUPPLY and one.site is not None})
    opening, counted, received, given, discarded = _Sums(), _Sums(), _Sums(), _Sums(), _Sums()
    for one in sums:
        estimated = bool(one.by[0])
        if one.kind == PlaceKind.SUPPLY and one.why == Reason.OPENING:
            opening.add("opening", one.net_g, estimated)
        elif one.kind == PlaceKind.SUPPLY:
            received.add(donors[one.site].code if one.site is not None else "", one.net_g, estimated)
        elif one.kind == PlaceKind.RECIPIENT:
            given.add(kinds.kind(one.site), -one.net_g, estimated)
        elif one.kind == PlaceKind.DISCARD:
            discarded.add(one.why, -one.net_g, estimated)
        elif one.why != Reason.SPLIT:
            counted.add("count", one.net_g, estimated)
    names = {site.code: site.name for site in donors.values()} | {"": "寄付者の記録なし"}
    order = list(KINDS)
    return Kilograms(
        first=first,
        last=last,
        before=totals_at(start - _MOMENT),
        opening=opening.line("opening", str(Reason.OPENING.label)),
        received=tuple(received.line(code, names[code]) for code in sorted(received.grams)),
        given=tuple(given.line(kind, str(KINDS[kind])) for kind in sorted(given.grams, key=order.index)),
        discarded=tuple(discarded.line(why, str(Reason(why).label)) for why in sorted(discarded.grams)),
        counted=counted.line("count", "棚卸の差"),
        after=totals_at(end - _MOMENT),
    )


class _Sums:
    """Grams by key, and how much of them is estimated."""

    def __init__(self) -> None:
        self.grams: dict[str, int] = {}
        self.estimated: dict[str, int] = {}

    def add(self, key: str, grams: int, estimated: bool) -> None:
        self.grams[key] = self.grams.get(key, 0) + grams
        if estimated:
            self.estimated[key] = self.estimated.get(key, 0) + grams

    def line(self, key: str, name: str) -> Line:
        return Line(key, name, self.grams.get(key, 0), self.estimated.get(key, 0))
