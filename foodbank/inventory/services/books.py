"""The balances that one action touches, locked once and in key order (R2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from foodbank.core.locking import lock_rows
from foodbank.inventory.models import Balance, Lot, Place

_BATCH = 500


class Books:
    """Locked balances: read, change, and :meth:`save` before the transaction ends."""

    def __init__(self, balances: dict[tuple[int, int], Balance]) -> None:
        self._balances = balances
        self._changed: dict[int, Balance] = {}

    def balance(self, place: Place, lot: Lot) -> Balance:
        """The locked balance of ``lot`` at ``place``; ``KeyError`` if the books were not opened for it."""
        return self._balances[place.pk, lot.pk]

    def add(self, place: Place, lot: Lot, units: int, *, reserved: int = 0) -> Balance:
        """Add ``units`` (negative: take away) and change what is reserved by ``reserved``. Nothing is checked here."""
        balance = self.balance(place, lot)
        balance.quantity += units
        balance.grams += units * lot.unit_weight_g
        balance.reserved += reserved
        self._changed[balance.pk] = balance
        return balance

    def save(self) -> None:
        """Write what changed."""
        Balance.objects.bulk_update(self._changed.values(), ["quantity", "grams", "reserved"], batch_size=_BATCH)
        self._changed.clear()


def open_books(pairs: Iterable[tuple[Place, Lot]]) -> Books:
    """Lock the balances of these (place, lot) pairs, made with zero where there were none. One insert at most, then one lock.

    Missing rows are inserted before anything is locked and in one order, so that two actions cannot wait for each other.
    """
    wanted = {(place.pk, lot.pk): (place, lot) for place, lot in pairs}
    found = _existing(wanted.keys())
    missing = [Balance(place=p, lot=lot, inside=p.inside) for key, (p, lot) in sorted(wanted.items()) if key not in found]
    if missing:
        Balance.objects.bulk_create(missing, ignore_conflicts=True, batch_size=_BATCH)
        found = _existing(wanted.keys())
    locked = lock_rows(Balance.objects.all(), found.values())
    return Books({key: locked[pk] for key, pk in found.items()})


def open_lot_books(lots: Sequence[Lot]) -> dict[object, Balance]:
    """Lock every balance of these lots: while they are locked, none of their goods moves."""
    keys = Balance.objects.filter(lot__in=lots).values_list("pk", flat=True)
    return lock_rows(Balance.objects.all(), list(keys))


def _existing(keys: Iterable[tuple[int, int]]) -> dict[tuple[int, int], int]:
    wanted = set(keys)
    rows = Balance.objects.filter(
        place__in={place_id for place_id, _ in wanted}, lot__in={lot_id for _, lot_id in wanted}
    ).values_list("place_id", "lot_id", "pk")
    return {(place_id, lot_id): pk for place_id, lot_id, pk in rows if (place_id, lot_id) in wanted}
