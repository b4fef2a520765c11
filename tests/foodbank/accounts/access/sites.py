from __future__ import annotations

from tests.foodbank.accounts.access.table import DESK, Row

ROWS = {
    "sites:place_list": Row(DESK),
    "sites:place_new": Row(DESK),
    "sites:place_edit": Row(DESK, args=["W01"], wide=True),
    "sites:agreement_list": Row(DESK),
    "sites:agreement_new": Row(DESK),
    "sites:agreement_edit": Row(DESK, args=[1], wide=True),
}
