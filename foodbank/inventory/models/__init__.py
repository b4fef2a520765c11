from foodbank.inventory.models.ledger import AppendOnly, Balance, Movement, Reason
from foodbank.inventory.models.lots import Condition, Hold, Lot, LotAllergen, LotStatus, Release, ReleaseRequest, StockRules
from foodbank.inventory.models.places import Place, PlaceKind
from foodbank.inventory.models.refused_scans import RefusedScan, ScanMode
from foodbank.inventory.models.reservations import Reservation, ReservationPurpose, ReservationState

__all__ = [
    "AppendOnly",
    "Balance",
    "Condition",
    "Hold",
    "Lot",
    "LotAllergen",
    "LotStatus",
    "Movement",
    "Place",
    "PlaceKind",
    "Reason",
    "RefusedScan",
    "Release",
    "ReleaseRequest",
    "Reservation",
    "ReservationPurpose",
    "ReservationState",
    "ScanMode",
    "StockRules",
]
