"""Bringing in a file of offers: looked at first, then applied all or not at all."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.catalog.models import Item
from foodbank.core.errors import InputRefused, Problem, Refusal, Text
from foodbank.core.locking import lock_rows
from foodbank.core.tabular import Table
from foodbank.donations.imports import OfferKey, OfferRow, Seen, check_against, check_offers, offer_key, read_offers
from foodbank.donations.models import Donor, Offer, OfferSource
from foodbank.donations.selectors import existing_offers, key_of
from foodbank.donations.services.offers import OfferData, add_offers
from foodbank.sites.models import Agreement, Site


@dataclass(frozen=True, slots=True)
class PreparedOffers:
    """A donations file, read and checked. ``new`` would be added, ``known`` are there already."""

    day: dt.date
    file: str
    new: tuple[OfferRow, ...]
    known: tuple[OfferRow, ...]
    problems: tuple[Problem, ...]

    def fingerprint(self) -> str:
        """Equal only while the same offers would be added."""
        return hashlib.sha256(repr((self.day, self.new)).encode()).hexdigest()


def prepare_offers(*, data: bytes, file: str, day: dt.date) -> PreparedOffers:
    """Read and check a donations file for ``day`` and find out which offers are new. Writes nothing."""
    table, rows, seen = read_offers(data, file=file)
    sites = dict(Site.objects.values_list("code", "kind"))
    items = dict(Item.objects.values_list("gtin", "unit_weight_g"))
    check_offers(table, rows, seen, sites=sites, items=items)
    _check_agreements(table, seen, day)
    existing = existing_offers(day=day)
    check_against(table, rows, day=day, existing=existing)
    if not seen and not table.problems:
        table.refuse(
            2, table.columns[0], "file.no_rows", "見出しだけで、データの行がありません。", "There is a header but no row of data."
        )
    new: list[OfferRow] = []
    known: list[OfferRow] = []
    for row in rows:
        (known if row.quantity in existing.get(offer_key(row, day), ()) else new).append(row)
    return PreparedOffers(day, file, tuple(new), tuple(known), tuple(table.by_place(table.problems)))


def import_offers(*, prepared: PreparedOffers, actor: User) -> list[Offer]:
    """Add what is new, in one transaction. Refuses (:class:`InputRefused`) a file with problems and
    ``donations.changed_meanwhile`` when what is there is no longer what was looked at."""
    if prepared.problems:
        raise InputRefused(prepared.problems)
    with transaction.atomic():
        _lock_donors(prepared.new)
        existing = existing_offers(day=prepared.day)
        if any(existing.get(offer_key(row, prepared.day)) for row in prepared.new):
            raise Refusal(
                "donations.changed_meanwhile",
                Text(
                    "確認の後でデータが変わりました。もう一度内容を確かめてください。",
                    "The data changed after you looked at it; please check again.",
                ),
            )
        saved = save_offers(rows=prepared.new, day=prepared.day, actor=actor)
    return [offer for offer, _ in saved.values()]


def _lock_donors(rows: Sequence[OfferRow]) -> None:
    """No key keeps the same offer from being added twice, so whoever adds a donor's offers from a file does so alone."""
    donors = Donor.objects.filter(site__code__in={row.donor_code for row in rows})
    lock_rows(Donor.objects.all(), list(donors.values_list("pk", flat=True)))


def save_offers(*, rows: Sequence[OfferRow], day: dt.date, actor: User) -> dict[int, tuple[Offer, bool]]:
    """The offer of each row by line, and whether it was made for it: one that says the same is not added a second time.

    Within a transaction of the caller.
    """
    _lock_donors(rows)
    there: dict[tuple[OfferKey, int], Offer] = {}
    for offer in Offer.objects.filter(day=day).select_related("donor__site", "item"):
        there[key_of(offer), offer.quantity] = offer
    saved: dict[int, tuple[Offer, bool]] = {}
    for row in rows:
        known = there.get((offer_key(row, day), row.quantity))
        if known is not None:
            saved[row.line] = (known, False)
    new = [row for row in rows if row.line not in saved]
    donors = {donor.site.code: donor for donor in Donor.objects.select_related("site")}
    items = Item.objects.in_bulk([row.gtin for row in new], field_name="gtin")
    added = add_offers(
        offers=[
            OfferData(
                donor=donors[row.donor_code],
                item=items[row.gtin],
                day=day,
                quantity=row.quantity,
                last_day=day + dt.timedelta(row.expires_in_days),
                ready_from=row.ready_from,
                ready_until=row.ready_until,
                source=OfferSource.IMPORT,
            )
            for row in new
        ],
        actor=actor,
    )
    return saved | {row.line: (offer, True) for row, offer in zip(new, added, strict=True)}


def _check_agreements(table: Table, seen: Seen, day: dt.date) -> None:
    agreed = set(Agreement.objects.valid_on(day).values_list("site__code", flat=True))
    donors = set(Donor.objects.values_list("site__code", flat=True))
    for line, values in seen.items():
        code = values.get("donor_code")
        if code in donors and code not in agreed:
            table.refuse(
                line,
                "donor_code",
                "site.no_agreement",
                f"「{code}」との{day}に有効な合意書がありません。",
                f"No agreement with {code!r} is valid on {day}.",
            )
