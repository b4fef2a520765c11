from __future__ import annotations

from tests.foodbank.accounts.access.table import DESK, Row

ROWS = {
    "sites:agreement_list": Row(DESK),
    "sites:agreement_new": Row(DESK),
    "sites:agreement_edit": Row(DESK, args=[1], wide=True),
}
