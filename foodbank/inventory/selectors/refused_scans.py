"""Scans that were refused and that nobody has dealt with yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import QuerySet

from foodbank.core.dates import at
from foodbank.inventory.models import RefusedScan


def refused_scans(day: dt.date, *, sites: Collection[int] | None = None, unresolved: bool = True) -> QuerySet[RefusedScan]:
    """Those of ``day``, newest first, with who scanned and where; one query however it is read. ``sites`` narrows to these (``None``:
    everywhere), ``unresolved`` to those still open."""
    rows = RefusedScan.objects.filter(at__gte=at(day, dt.time()), at__lt=at(day + dt.timedelta(days=1), dt.time()))
    if sites is not None:
        rows = rows.filter(site__in=sites)
    if unresolved:
        rows = rows.filter(resolved_at__isnull=True)
    return rows.select_related("actor", "site").order_by("-pk")
