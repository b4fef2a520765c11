from __future__ import annotations

from tests.foodbank.accounts.access.table import DESK, Row

DAY = "2026-12-05"

ROWS = {
    "sheets:all": Row(DESK, args=[DAY]),
    "sheets:route": Row(DESK, args=[DAY, "VAN1"], wide=True),
}
