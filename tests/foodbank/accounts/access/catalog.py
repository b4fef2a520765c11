from __future__ import annotations

from tests.foodbank.accounts.access.table import DESK, Row

ROWS = {
    "catalog:item_list": Row(DESK),
    "catalog:item_new": Row(DESK),
    "catalog:item_edit": Row(DESK, args=["9520000000011"], wide=True),
}
