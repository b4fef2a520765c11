from __future__ import annotations

from tests.foodbank.accounts.access.table import DESK, Row

ROWS = {
    "travel:home": Row(DESK),
    "travel:check": Row(DESK, "post"),
    "travel:band_new": Row(DESK),
    "travel:band_edit": Row(DESK, args=[1], wide=True),
    "travel:band_remove": Row(DESK, "post", args=[1], wide=True),
}
