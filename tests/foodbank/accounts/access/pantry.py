from __future__ import annotations

from tests.foodbank.accounts.access.table import Row

ROWS: dict[str, Row] = {}
