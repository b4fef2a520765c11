"""What moved on a day: in, out, thrown away by cause, found or missed by counts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, F, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from foodbank.core.dates import at
from foodbank.inventory.models import Balance, Movement, PlaceKind, Reason
from foodbank.inventory.selectors.totals import totals_at


@dataclass(frozen=True, slots=True)
class Flows:
    """What moved on one day in Japan, in grams and net of corrections made that day. ``in_g`` came from donors, ``out_g`` was handed
    over, ``opening_g`` was there before we counted, ``counted_g`` is what counts found (minus: missed). ``on_hand_g`` is at
    the end of the day, or now."""

    day: dt.date
    opening_g: int
    in_g: int
    out_g: int
    discarded: tuple[tuple[str, int], ...]
    counted_g: int
    on_hand_g: int

    @property
    def discarded_g(self) -> int:
        return sum(grams for _, grams in self.discarded)


@dataclass(frozen=True, slots=True)
class BorderSum:
    """``net_g`` came in from (minus: went out to) counterparts of ``kind``, at ``site`` if they have one. ``why`` is the reason; a correction
    counts under that of the row which it corrects."""

    kind: str
    why: str
    site: int | None
    net_g: int
    by: tuple[Any, ...]


def flows(day: dt.date) -> Flows:
    """What came in, went out and was thrown away on ``day``, and what was on hand at its end; three queries for a day that is over, two
    for one that is not."""
    start, end = at(day, dt.time()), at(day + dt.timedelta(days=1), dt.time())
    rows = Movement.objects.filter(recorded_at__gte=start, recorded_at__lt=end)
    opening = received = handed_over = counted = 0
    discarded: dict[str, int] = {}
    for one in border_sums(rows):
        kind, reason, grams = one.kind, one.why, one.net_g
        if kind == PlaceKind.SUPPLY:
            if reason == Reason.OPENING:
                opening += grams
            else:
                received += grams
        elif kind == PlaceKind.RECIPIENT:
            handed_over -= grams
        elif kind == PlaceKind.DISCARD:
            discarded[reason] = discarded.get(reason, 0) - grams
        elif reason != Reason.SPLIT:
            counted += grams
    last_instant = end - dt.timedelta(microseconds=1)
    return Flows(
        day=day,
        opening_g=opening,
        in_g=received,
        out_g=handed_over,
        discarded=tuple((reason, discarded[reason]) for reason in sorted(discarded) if discarded[reason]),
        counted_g=counted,
        on_hand_g=_on_hand_now() if end > timezone.now() else totals_at(last_instant).on_hand_g,
    )


def _on_hand_now() -> int:
    """From the balances: adding up the ledger from its first row takes longer with every year."""
    return Balance.objects.there().aggregate(total=Sum("grams"))["total"] or 0


def border_sums(rows: QuerySet[Movement], *by: str) -> list[BorderSum]:
    """Of those of ``rows`` that go between us and outside, the sums by counterpart, reason and the fields ``by``; one query."""
    crossing = rows.filter(Q(source__inside=True, target__inside=False) | Q(source__inside=False, target__inside=True))
    inward = Q(target__inside=True)
    keys = ("kind", "why", "site", *by)
    sums = (
        crossing.annotate(
            why=Coalesce("corrects__reason", "reason", output_field=CharField()),
            kind=Case(When(inward, then=F("source__kind")), default=F("target__kind"), output_field=CharField()),
            site=Case(When(inward, then=F("source__site_id")), default=F("target__site_id"), output_field=BigIntegerField()),
        )
        .values_list(*keys)
        .order_by(*keys)
        .annotate(net=Sum(Case(When(inward, then=F("grams")), default=-F("grams"))))
    )
    return [BorderSum(kind, why, site, net, tuple(rest)) for kind, why, site, *rest, net in sums]
