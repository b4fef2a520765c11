"""What became of a donor's goods (使途報告, D19): each gram received went somewhere, was thrown away, or is still there."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from foodbank.core.dates import at
from foodbank.inventory.models import Lot, Movement, PlaceKind, Reason
from foodbank.inventory.selectors.flows import border_sums
from foodbank.reports.selectors.destinations import destinations
from foodbank.sites.models import Site


@dataclass(slots=True)
class Fate:
    """Grams of some goods: received (or there when we began to count), given out by kind of organisation (what came back taken off),
    thrown away by cause, found (minus: missed) by counts, and still with us. ``received_g + counted_g`` is the sum of the rest."""

    received_g: int = 0
    given_g: dict[str, int] = field(default_factory=dict)
    discarded_g: dict[str, int] = field(default_factory=dict)
    counted_g: int = 0
    there_g: int = 0

    def add(self, *, kind: str, why: str, destination: str, net_g: int) -> None:
        """One sum across the border: ``net_g`` came in (minus: went out)."""
        self.there_g += net_g
        if kind == PlaceKind.SUPPLY:
            self.received_g += net_g
        elif kind == PlaceKind.RECIPIENT:
            self.given_g[destination] = self.given_g.get(destination, 0) - net_g
        elif kind == PlaceKind.DISCARD:
            self.discarded_g[why] = self.discarded_g.get(why, 0) - net_g
        elif why != Reason.SPLIT:
            self.counted_g += net_g

    def include(self, other: Fate) -> None:
        self.received_g += other.received_g
        self.counted_g += other.counted_g
        self.there_g += other.there_g
        for mine, theirs in ((self.given_g, other.given_g), (self.discarded_g, other.discarded_g)):
            for key, grams in theirs.items():
                mine[key] = mine.get(key, 0) + grams

    @property
    def given_sum_g(self) -> int:
        return sum(self.given_g.values())

    @property
    def discarded_sum_g(self) -> int:
        return sum(self.discarded_g.values())


@dataclass(frozen=True, slots=True)
class LotUse:
    """One donation: its lot with all that was split off it."""

    lot: Lot
    fate: Fate


@dataclass(frozen=True, slots=True)
class UseReport:
    """Goods that ``donor`` gave from ``first`` to ``last``, and what the ledger knew of them at the end of ``as_of``."""

    donor: Site
    first: dt.date
    last: dt.date
    as_of: dt.date
    lots: tuple[LotUse, ...]
    total: Fate


def use_report(*, donor: Site, first: dt.date, last: dt.date, as_of: dt.date) -> UseReport:
    """By the lots' day of receipt, with rows recorded up to the end of ``as_of``; four queries. It grows with what that donor gave in
    that time, not with the ledger. Nothing that is recorded later changes it."""
    lots = {
        lot.pk: lot
        for lot in Lot.objects.filter(donor_site=donor, received_on__gte=first, received_on__lte=last)
        .select_related("item")
        .order_by("received_on", "pk")
    }
    rows = Movement.objects.filter(lot__in=lots, recorded_at__lt=at(as_of + dt.timedelta(days=1), dt.time()))
    sums = border_sums(rows, "lot_id")
    kinds = destinations(one.site for one in sums if one.kind == PlaceKind.RECIPIENT)
    fates: dict[int, Fate] = defaultdict(Fate)
    for one in sums:
        fates[_root(lots, one.by[0])].add(kind=one.kind, why=one.why, destination=kinds.kind(one.site), net_g=one.net_g)
    total = Fate()
    for fate in fates.values():
        total.include(fate)
    uses = tuple(LotUse(lot, fates[pk]) for pk, lot in lots.items() if pk in fates)
    return UseReport(donor, first, last, as_of, uses, total)


def _root(lots: dict[int, Lot], lot_id: int) -> int:
    """The lot that was received: what is split off has its donor and its day of receipt, so all of a family is here."""
    while True:
        parent = lots[lot_id].parent_id
        if parent is None or parent not in lots:
            return lot_id
        lot_id = parent
