from __future__ import annotations

from tests.foodbank.accounts.access.table import DESK, Row, Who

DAY = "2026-12-05"

ROWS = {
    "inventory:code": Row(Who.PUBLIC, args=["L0000000"], wide=True),  # says nothing about stock: test in inventory
    "inventory:find": Row(DESK),
    "inventory:labels_pdf": Row(DESK, args=[DAY]),
    "inventory:lot_rules": Row(DESK, args=["L0000000"], wide=True),
    "inventory:lot_hold": Row(DESK, "post", args=["L0000000"], wide=True),
    "inventory:lot_unhold": Row(DESK, "post", args=["L0000000"], wide=True),
    "inventory:release_request": Row(DESK, "post", args=["L0000000"], wide=True),
    "inventory:release_grant": Row(DESK, "post", args=["L0000000", 0], wide=True),
}
