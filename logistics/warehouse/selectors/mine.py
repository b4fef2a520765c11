"""What somebody did today, newest first, so that a slip is found and put right."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from foodbank.accounts.models import User
from foodbank.core.dates import at, today
from foodbank.inventory.models import Movement, Reason
from foodbank.inventory.services.checks import net_quantities
from foodbank.sites.models import Site

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Mine:
    """A ledger row and what it stands at after corrections."""

    movement: Movement
    stands_at: int


def mine(*, actor: User, site: Site) -> list[Mine]:
    """The newest rows of ``actor`` today from or to places of ``site``; two queries. What belongs to a route is taken back where it was
    done, and must not push a slip of the morning off the list."""
    rows = list(
        Movement.objects.filter(actor=actor)
        .filter(Q(source__inside=True, source__site=site) | Q(target__inside=True, target__site=site))
        .filter(recorded_at__gte=at(today(), dt.time()), corrects__isnull=True)
        .exclude(Q(document__startswith="reservation:") | Q(reason__in=(Reason.LOAD, Reason.UNLOAD)))
        .select_related("lot__item", "source", "target")
        .order_by("-pk")[:SHOWN]
    )
    net = net_quantities(rows)
    return [Mine(row, net[row.pk]) for row in rows]
