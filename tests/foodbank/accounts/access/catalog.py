from __future__ import annotations

from tests.foodbank.accounts.access.table import DESK, Row

ROWS = {
    "catalog:item_list": Row(DESK),
    "catalog:item_new": Row(DESK),
    "catalog:item_edit": Row(DESK, args=["9520000000011"], wide=True),
    "catalog:carrying": Row(DESK),
    "catalog:apart_new": Row(DESK, "post"),
    "catalog:apart_end": Row(DESK, "post", args=[1], wide=True),
    "catalog:ride_new": Row(DESK, "post"),
    "catalog:ride_end": Row(DESK, "post", args=[1], wide=True),
}
