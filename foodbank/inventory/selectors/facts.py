"""Lots, and goods that may become lots, as the facts that the rules look at."""

from __future__ import annotations

from collections.abc import Iterable

from foodbank.catalog.models import AllergenListEntry
from foodbank.inventory.models import Lot, LotAllergen, LotStatus, StockRules
from foodbank.inventory.policies import LotFacts


def lot_facts(lots: Iterable[Lot]) -> dict[int, LotFacts]:
    """The facts of ``lots`` by primary key, allergens included; two queries however many lots there are."""
    wanted = list(lots)
    contains: dict[int, set[str]] = {}
    for lot_id, name in LotAllergen.objects.filter(lot__in=wanted).values_list("lot_id", "allergen__name"):
        contains.setdefault(lot_id, set()).add(name)
    listed = allergens_by_list({lot.allergen_list_id for lot in wanted})
    nothing: frozenset[str] = frozenset()
    return {
        lot.pk: LotFacts(
            code=lot.code,
            date_mark=lot.date_mark,
            last_day=lot.last_day,
            held=lot.status == LotStatus.HELD,
            zone=lot.zone,
            mixed_box=lot.mixed_box,
            allergens_stated=lot.allergens_stated,
            contains=frozenset(contains.get(lot.pk, ())),
            listed=listed.get(lot.allergen_list_id, nothing),
        )
        for lot in wanted
    }


def movement_facts(lot: Lot) -> LotFacts:
    """The facts that a movement asks about (not which allergens); no query."""
    return LotFacts(
        code=lot.code,
        date_mark=lot.date_mark,
        last_day=lot.last_day,
        held=lot.status == LotStatus.HELD,
        zone=lot.zone,
        mixed_box=lot.mixed_box,
        allergens_stated=lot.allergens_stated,
    )


def allergens_by_list(list_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """Label names on each of these list editions, by the edition's primary key; one query."""
    names: dict[int, set[str]] = {}
    for list_id, name in AllergenListEntry.objects.filter(list__in=list(list_ids)).values_list("list_id", "allergen__name"):
        names.setdefault(list_id, set()).add(name)
    return {list_id: frozenset(found) for list_id, found in names.items()}


def releases_on() -> bool:
    """Has this installation releases past 賞味期限 switched on (D6)?"""
    return StockRules.objects.filter(releases_on=False).first() is None
