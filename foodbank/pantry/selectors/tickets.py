"""Finding the booking behind what was scanned or said."""

from __future__ import annotations

import unicodedata

from foodbank.pantry.models import Booking, PickupDay

_LOOK_ALIKE = str.maketrans("IOQUZ", "100V2")
_TOKEN_LENGTH = 32


def find_ticket(text: str, pickup_day: PickupDay) -> Booking | None:
    """By the QR's token, whatever its day; or by the six characters among those of ``pickup_day``'s date. Width, case, blanks, hyphens
    and characters that look alike are put right."""
    cleaned = "".join(char for char in unicodedata.normalize("NFKC", text).upper() if char.isalnum())
    rows = Booking.objects.select_related("household", "slot__pickup_day__site")
    if len(cleaned) == _TOKEN_LENGTH:
        return rows.filter(token=cleaned).first()
    return rows.filter(day=pickup_day.day, code=cleaned.translate(_LOOK_ALIKE)).first()
