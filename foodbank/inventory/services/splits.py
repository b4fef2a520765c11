"""Splitting a lot (D10)."""

from __future__ import annotations

from django.db import transaction

from foodbank.accounts.models import User
from foodbank.inventory.models import Lot, LotAllergen, Place, Reason, Release
from foodbank.inventory.policies import may_split
from foodbank.inventory.selectors.facts import movement_facts
from foodbank.inventory.services.books import open_books
from foodbank.inventory.services.checks import check_form
from foodbank.inventory.services.ledger import Move, write
from foodbank.inventory.services.lot_codes import free_codes
from foodbank.inventory.services.places import ensure_split_place


@transaction.atomic
def split_lot(*, lot: Lot, place: Place, quantity: int, actor: User, note: str = "") -> Lot:
    """Make ``quantity`` units of ``lot`` at ``place`` a lot of their own and return it; both labels are to be printed again.

    The child inherits dates, zone, weight, allergens with their list edition, origin and a release. Refuses
    ``inventory.incomplete_data`` when anything of that is unknown, ``inventory.held``, and what the ledger refuses.
    """
    lot = Lot.objects.select_related("release").get(pk=lot.pk)
    _check_complete(lot)
    child = Lot.objects.create(
        code=free_codes(1)[0],
        parent=lot,
        item_id=lot.item_id,
        donor_site_id=lot.donor_site_id,
        received_on=lot.received_on,
        date_mark=lot.date_mark,
        last_day=lot.last_day,
        date_precision=lot.date_precision,
        safe_until=lot.safe_until,
        zone=lot.zone,
        unit_weight_g=lot.unit_weight_g,
        weight_estimated=lot.weight_estimated,
        maker_lot=lot.maker_lot,
        allergens_stated=lot.allergens_stated,
        allergen_list_id=lot.allergen_list_id,
        mixed_box=lot.mixed_box,
        condition=lot.condition,
        source_ref=lot.source_ref,
    )
    LotAllergen.objects.bulk_create(
        [LotAllergen(lot=child, allergen_id=pk) for pk in lot.contains.values_list("allergen_id", flat=True)]
    )
    release = getattr(lot, "release", None)
    if release is not None:
        Release.objects.create(
            lot=child, until=release.until, grounds=release.grounds, first_id=release.first_id, second_id=release.second_id
        )
    between = ensure_split_place(actor=actor)
    moves = [
        Move(lot=lot, source=place, target=between, quantity=quantity, reason=Reason.SPLIT, note=note, document=child.code),
        Move(lot=child, source=between, target=place, quantity=quantity, reason=Reason.SPLIT, note=note, document=lot.code),
    ]
    for move in moves:
        check_form(move)
    books = open_books([(place, lot), (between, lot), (between, child), (place, child)])
    # A hold may have come while we waited for the lock.
    _check_complete(Lot.objects.get(pk=lot.pk))
    write(books=books, moves=moves, actor=actor)
    books.save()
    return child


def _check_complete(lot: Lot) -> None:
    facts = movement_facts(lot)
    refusal = may_split(facts, origin_known=lot.donor_site_id is not None or bool(lot.source_ref))
    if refusal is not None:
        raise refusal
