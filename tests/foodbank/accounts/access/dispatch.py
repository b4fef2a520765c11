from __future__ import annotations

from tests.foodbank.accounts.access.table import DESK, Row

DAY = "2026-12-05"

ROWS = {
    "dispatch:today": Row(DESK),
    "dispatch:day": Row(DESK, args=[DAY]),
    "dispatch:plan_start": Row(DESK, "post", args=[DAY]),
    "dispatch:job": Row(DESK, args=[1], wide=True),
    "dispatch:job_stop": Row(DESK, "post", args=[1], wide=True),
    "dispatch:publish": Row(DESK, "post", args=[1], wide=True),
    "dispatch:plan_json": Row(DESK, args=[1], wide=True),
    "dispatch:stop": Row(DESK, args=["S0000000"], wide=True),
}
