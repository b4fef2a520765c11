from __future__ import annotations

from tests.foodbank.accounts.access.table import DESK, Row

ROWS = {
    "fleet:vehicle_list": Row(DESK),
    "fleet:vehicle_new": Row(DESK),
    "fleet:vehicle_edit": Row(DESK, args=["VAN1"], wide=True),
    "fleet:permit_new": Row(DESK, "post", args=["VAN1"], wide=True),
    "fleet:shift_set": Row(DESK, "post", args=["VAN1"], wide=True),
    "fleet:shift_remove": Row(DESK, "post", args=["VAN1", 1], wide=True),
}
