"""Goods come in: a new lot and the movement that brings it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.inventory.models import Lot, Movement, Place, PlaceKind, Reason
from foodbank.inventory.services.ledger import Move, post_many
from foodbank.inventory.services.lots import LotDraft, create_lots
from foodbank.inventory.services.places import ensure_counterpart


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """``quantity`` units of a new lot for ``place``."""

    draft: LotDraft
    place: Place
    quantity: int
    document: str = ""
    note: str = ""
    client_id: uuid.UUID | None = None
    device_time: dt.datetime | None = None


@transaction.atomic
def receive_lots(*, incoming: Sequence[Incoming], reason: Reason, actor: User) -> list[tuple[Lot, Movement]]:
    """New lots with their goods, all or none, in the order given. The source is the giver's own counterpart (``SUPPLY/D014``).

    ``reason`` is OPENING (what was there before we counted), RECEIVE, or COLLECT (onto a vehicle, at the shop). A repeated
    ``client_id`` is the caller's to look up: a lot is made each time. Refuses what :func:`create_lots` and the ledger refuse.
    """
    lots = create_lots(drafts=[one.draft for one in incoming], actor=actor)
    sources = {
        site.pk if site else None: ensure_counterpart(kind=PlaceKind.SUPPLY, site=site, actor=actor)
        for site in {one.draft.donor_site for one in incoming}
    }
    moves = [
        Move(
            lot=lot,
            source=sources[lot.donor_site_id],
            target=one.place,
            quantity=one.quantity,
            reason=reason,
            note=one.note,
            document=one.document,
            client_id=one.client_id,
            device_time=one.device_time,
        )
        for lot, one in zip(lots, incoming, strict=True)
    ]
    return list(zip(lots, post_many(moves=moves, actor=actor), strict=True))
