from __future__ import annotations

from tests.foodbank.accounts.access.table import DESK, Row

ROWS = {
    "donations:donor_list": Row(DESK),
    "donations:donor_new": Row(DESK),
    "donations:donor_edit": Row(DESK, args=["D001"], wide=True),
    "donations:offer_list": Row(DESK),
    "donations:offer_new": Row(DESK),
    "donations:offer_edit": Row(DESK, args=[1], wide=True),
    "donations:offer_cancel": Row(DESK, "post", args=[1], wide=True),
}
