from __future__ import annotations

from tests.foodbank.accounts.access.table import DESK, Row

ROWS = {"allocation:weights": Row(DESK)}
