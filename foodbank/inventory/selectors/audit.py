"""Do the balances say what the ledger says? Built again from nothing but the rows, and compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F, Sum

from foodbank.inventory.models import Balance, Lot, Movement, Place, Reservation, ReservationState


@dataclass(frozen=True, slots=True)
class Difference:
    """``lot`` at ``place``: the ledger adds up to ``ledger``, the balance says ``balance`` (of ``what``: units, grams or reserved)."""

    lot: str
    place: str
    what: str
    ledger: int
    balance: int

    def __str__(self) -> str:
        return f"{self.lot} {self.place}: {self.what} {self.ledger} in the ledger, {self.balance} in the balance"


def ledger_differences() -> list[Difference]:
    """Every difference, by lot and place; empty when all is well. Four queries and one pass.

    Compared: units and grams with the movements, reserved units with the reservations that are held, and each row's grams with its
    units (a row's weight is units × the lot's unit weight).
    """
    units: dict[tuple[int, int], list[int]] = {}
    for end, sign in (("target", 1), ("source", -1)):
        sums = (
            Movement.objects.values_list(f"{end}_id", "lot_id").order_by().annotate(units=Sum("quantity"), total_g=Sum("grams"))
        )
        for place_id, lot_id, quantity, grams in sums:
            entry = units.setdefault((place_id, lot_id), [0, 0, 0])
            entry[0] += sign * quantity
            entry[1] += sign * grams
    held = (
        Reservation.objects.filter(state=ReservationState.HELD)
        .values_list("place_id", "lot_id")
        .order_by()
        .annotate(units=Sum("quantity"))
    )
    for place_id, lot_id, quantity in held:
        units.setdefault((place_id, lot_id), [0, 0, 0])[2] += quantity
    stored = {
        (place_id, lot_id): [quantity, grams, reserved]
        for place_id, lot_id, quantity, grams, reserved in Balance.objects.values_list(
            "place_id", "lot_id", "quantity", "grams", "reserved"
        )
    }
    found = list(_compare(units, stored))
    wrong_weight = Movement.objects.exclude(grams=F("quantity") * F("lot__unit_weight_g"))
    found += [
        Difference(row.lot.code, f"row {row.pk}", "grams", row.quantity * row.lot.unit_weight_g, row.grams)
        for row in wrong_weight.select_related("lot")
    ]
    return found


def _compare(units: dict[tuple[int, int], list[int]], stored: dict[tuple[int, int], list[int]]) -> Iterator[Difference]:
    nothing = [0, 0, 0]
    keys = [key for key in units.keys() | stored.keys() if units.get(key, nothing) != stored.get(key, nothing)]
    if not keys:
        return
    places = Place.objects.in_bulk({place_id for place_id, _ in keys})
    lots = Lot.objects.in_bulk({lot_id for _, lot_id in keys})
    for key in sorted(keys, key=lambda k: (lots[k[1]].code, places[k[0]].code)):
        for what, ledger, balance in zip(
            ("units", "grams", "reserved"), units.get(key, nothing), stored.get(key, nothing), strict=True
        ):
            if ledger != balance:
                yield Difference(lots[key[1]].code, places[key[0]].code, what, ledger, balance)
