from foodbank.inventory.models.ledger import AppendOnly, Balance, Movement, Reason
from foodbank.inventory.models.lots import Lot, LotAllergen, LotStatus, Release
from foodbank.inventory.models.places import Place, PlaceKind
from foodbank.inventory.models.reservations import Reservation, ReservationPurpose, ReservationState

__all__ = [
    "AppendOnly",
    "Balance",
    "Lot",
    "LotAllergen",
    "LotStatus",
    "Movement",
    "Place",
    "PlaceKind",
    "Reason",
    "Release",
    "Reservation",
    "ReservationPurpose",
    "ReservationState",
]
