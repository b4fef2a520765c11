"""What a donor gave on a day (受領書, D19), as it stood after each day on which something about it was recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Case, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from foodbank.core.dates import at
from foodbank.donations.models import RefusedGoods
from foodbank.donations.selectors import offer_of
from foodbank.inventory.models import Lot, Movement, PlaceKind, Reason
from foodbank.sites.models import Site

TAKEN_IN = (Reason.RECEIVE, Reason.COLLECT)
"""How donated goods come in. What was there before we counted (OPENING) is nobody's donation of that day."""


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """``units`` stand now, ``first_units`` were written down first; ``corrected_at`` is the last correction, if there was one."""

    lot: Lot
    first_units: int
    units: int
    corrected_at: dt.datetime | None

    @property
    def grams(self) -> int:
        return self.units * self.lot.unit_weight_g


@dataclass(frozen=True, slots=True)
class Receipt:
    """``revision`` of ``revisions``: each day on which something was recorded about these goods ends one. What a revision says never
    changes once its day is over, whatever is corrected later; ``recorded_at`` is the last thing that it knows."""

    donor: Site
    day: dt.date
    lines: tuple[ReceiptLine, ...]
    refused: tuple[RefusedGoods, ...]
    revision: int
    revisions: int
    recorded_at: dt.datetime
    one_lot: Lot | None = None

    @property
    def number(self) -> str:
        """``R20261205-D014``, of a single lot ``R20261205-D014-L4K7X2MC``, the second revision ``…-r2``."""
        parts = [f"R{self.day:%Y%m%d}", self.donor.code]
        if self.one_lot is not None:
            parts.append(self.one_lot.code)
        if self.revision > 1:
            parts.append(f"r{self.revision}")
        return "-".join(parts)

    @property
    def corrected(self) -> bool:
        return self.revision > 1 or any(line.corrected_at for line in self.lines)

    @property
    def grams(self) -> int:
        return sum(line.grams for line in self.lines)

    @property
    def units(self) -> int:
        return sum(line.units for line in self.lines)

    @property
    def estimated_g(self) -> int:
        """How much of ``grams`` is estimated."""
        return sum(line.grams for line in self.lines if line.lot.weight_estimated)


def intakes() -> QuerySet[Movement]:
    """The rows that brought donated goods in, one per donation, with ``net_units`` and ``net_g`` after their corrections so far."""
    changed = (
        Movement.objects.filter(corrects=OuterRef("pk"))
        .order_by()
        .values("corrects")
        .annotate(
            sum=Sum(Case(When(target__inside=True, then=F("quantity")), default=-F("quantity"), output_field=IntegerField()))
        )
        .values("sum")
    )
    units = F("quantity") + Coalesce(Subquery(changed), 0)
    return (
        Movement.objects.filter(
            corrects__isnull=True, reason__in=TAKEN_IN, source__kind=PlaceKind.SUPPLY, lot__donor_site__isnull=False
        )
        .annotate(net_units=units)
        .annotate(net_g=F("net_units") * F("lot__unit_weight_g"))
    )


def receipt(*, donor: Site, day: dt.date, lot: Lot | None = None, revision: int | None = None) -> Receipt | None:
    """The receipt for what ``donor`` gave on ``day`` (only ``lot`` of it), the newest revision unless asked for another; ``None`` when
    nothing came, or there is no such revision. Three queries."""
    rows = list(
        Movement.objects.filter(
            corrects__isnull=True,
            reason__in=TAKEN_IN,
            source__kind=PlaceKind.SUPPLY,
            lot__donor_site=donor,
            lot__received_on=day,
            **({} if lot is None else {"lot": lot}),
        )
        .select_related("lot__item")
        .order_by("pk")
    )
    if not rows:
        return None
    corrections = list(Movement.objects.filter(corrects__in=rows).select_related("target").order_by("pk"))
    refused = _refused(donor, day, rows, lot)
    moments = [row.recorded_at for row in (*rows, *corrections)] + [one.refused_at for one in refused]
    days = sorted({timezone.localdate(moment) for moment in moments})
    chosen = len(days) if revision is None else revision
    if not 1 <= chosen <= len(days):
        return None
    end = at(days[chosen - 1] + dt.timedelta(days=1), dt.time())
    return Receipt(
        donor=donor,
        day=day,
        lines=tuple(
            _line(row, [one for one in corrections if one.corrects_id == row.pk and one.recorded_at < end])
            for row in rows
            if row.recorded_at < end
        ),
        refused=tuple(one for one in refused if one.refused_at < end),
        revision=chosen,
        revisions=len(days),
        recorded_at=max(moment for moment in moments if moment < end),
        one_lot=lot,
    )


def _line(row: Movement, corrections: Sequence[Movement]) -> ReceiptLine:
    change = sum(one.quantity if one.target.inside else -one.quantity for one in corrections)
    return ReceiptLine(row.lot, row.quantity, row.quantity + change, corrections[-1].recorded_at if corrections else None)


def _refused(donor: Site, day: dt.date, rows: Sequence[Movement], lot: Lot | None) -> list[RefusedGoods]:
    """What was not taken of these offers when they came; for a whole day also what was refused on it and is on no other day's receipt.
    An offer that came in several parts is told with the last."""
    entered = {timezone.localdate(row.recorded_at) for row in rows}
    offers = {offer_of(row.document) for row in rows} - {None}
    wanted = Q(offer__in=offers) & _refused_on(entered)
    if lot is not None:
        wanted &= Q(offer__lot=lot)
    else:
        wanted |= (Q(offer__lot__isnull=True) | Q(offer__lot__received_on=day)) & _refused_on({day})
    found = RefusedGoods.objects.filter(wanted, donor__site=donor).select_related("item", "reason")
    return list(found.order_by("pk"))


def _refused_on(days: Iterable[dt.date]) -> Q:
    found = Q()
    for day in days:
        found |= Q(refused_at__gte=at(day, dt.time()), refused_at__lt=at(day + dt.timedelta(days=1), dt.time()))
    return found
