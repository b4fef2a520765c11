"""Saying at which hours driving takes longer, and keeping what drives have shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.core.dates import today
from foodbank.core.errors import FieldsRefused
from foodbank.core.locking import lock_rows
from foodbank.sites.models import Site
from logistics.travel.models import LearnedPair, PaceBand
from logistics.travel.policies import pace_faults
from logistics.travel.selectors.paces import place_text


@dataclass(frozen=True, slots=True)
class Seen:
    """Per cent of the time said (``None``: too few drives to say) and how many drives say so."""

    percent: int | None
    drives: int


@transaction.atomic
def set_band(
    *, start_min: int, end_min: int, percent: int, use_learned: bool, actor: User, band: PaceBand | None = None
) -> PaceBand:
    """A new band of hours, or ``band`` corrected. What was learned of other hours is forgotten. Refuses ``pace.refused`` by field: backwards,
    per cent out of range, over another band."""
    rows = lock_rows(PaceBand.objects.all(), list(PaceBand.objects.values_list("pk", flat=True)))
    others = [(row.start_min, row.end_min) for pk, row in rows.items() if band is None or pk != band.pk]
    faults = pace_faults(start_min=start_min, end_min=end_min, percent=percent, others=others)
    if faults:
        raise FieldsRefused("pace.refused", faults)
    row = rows.get(band.pk, PaceBand()) if band is not None else PaceBand()
    if (row.start_min, row.end_min) != (start_min, end_min):
        row.learned_percent, row.learned_drives, row.learned_on = None, 0, None
    row.start_min, row.end_min, row.percent, row.use_learned = start_min, end_min, percent, use_learned
    row.save()
    return row


def remove_band(*, band: PaceBand, actor: User) -> None:
    """At these hours driving takes as long as the provider says."""
    band.delete()


@transaction.atomic
def keep_learned(*, bands: Mapping[int, Seen], pairs: Iterable[tuple[Site, Site, Seen]]) -> int:
    """What drives have shown until today, instead of what they had shown before; the same again changes nothing. Returns the pairs."""
    for row in lock_rows(PaceBand.objects.all(), bands).values():
        seen = bands[row.pk]
        PaceBand.objects.filter(pk=row.pk).update(
            learned_percent=seen.percent, learned_drives=seen.drives, learned_on=today() if seen.drives else None
        )
    rows = [
        LearnedPair(
            origin=origin,
            target=target,
            origin_at=place_text(origin),
            target_at=place_text(target),
            percent=seen.percent,
            drives=seen.drives,
            learned_on=today(),
        )
        for origin, target, seen in pairs
        if seen.percent is not None
    ]
    LearnedPair.objects.all().delete()
    LearnedPair.objects.bulk_create(rows, batch_size=500)
    return len(rows)
