from __future__ import annotations

from tests.foodbank.accounts.access.driving import DRIVER, my_stop, others_stop
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
    "dispatch:hand": Row(DESK, args=[1], wide=True),
    "dispatch:hand_edit": Row(DESK, "post", args=[1], wide=True),
    "dispatch:hand_accept": Row(DESK, "post", args=[1], wide=True),
    "dispatch:replan": Row(DESK, "post", args=[DAY]),
    "dispatch:changes": Row(DESK, args=[1], wide=True),
    "dispatch:needs": Row(DESK, args=[DAY]),
    "dispatch:settle": Row(DESK, "post", args=[DAY]),
    "dispatch:drivers": Row(DESK, args=[DAY]),
    "dispatch:driver_set": Row(DESK, "post", args=[DAY, 1], wide=True),
    "dispatch:refused_scans": Row(DESK, args=[DAY]),
    "dispatch:scan_resolve": Row(DESK, "post", args=[1], wide=True),
    "dispatch:call_offs": Row(DESK, args=[DAY]),
    "dispatch:call_off": Row(DESK, args=[DAY, "shop", "D001"], wide=True),
    "dispatch:call_off_undo": Row(DESK, "post", args=[1], wide=True),
    "dispatch:fairness": Row(DESK, args=[DAY]),
    "dispatch:what_if": Row(DESK, args=[DAY]),
    "dispatch:what_if_start": Row(DESK, "post", args=[DAY]),
    "dispatch:what_if_result": Row(DESK, args=[1], wide=True),
    "dispatch:what_if_stop": Row(DESK, "post", args=[1], wide=True),
    "dispatch:look_further": Row(DESK, "post", args=[1], wide=True),
    "dispatch:notices": Row(DESK),
    "dispatch:call_done": Row(DESK, "post", args=[1], wide=True),
    "dispatch:call_open": Row(DESK, "post", args=[1], wide=True),
    "dispatch:letter_again": Row(DESK, "post", args=[1], wide=True),
    "dispatch:stop": Row(DRIVER, args=["S0000000"], own=my_stop, other=others_stop),
}
