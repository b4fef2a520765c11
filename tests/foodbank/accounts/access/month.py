from __future__ import annotations

from tests.foodbank.accounts.access.table import DESK, Row

MONTH = "2026-12-01"

ROWS = {
    "month:now": Row(DESK),
    "month:calendar": Row(DESK, args=[MONTH]),
    "month:plan": Row(DESK, "post", args=[MONTH]),
    "month:progress": Row(DESK, args=[MONTH]),
    "month:undo": Row(DESK, "post", args=[MONTH], wide=True),
    "month:accept": Row(DESK, "post", args=[MONTH], wide=True),
    "month:stock": Row(DESK, args=[MONTH]),
    "month:stock_csv": Row(DESK, args=[MONTH]),
    "month:visit_new": Row(DESK, args=[MONTH]),
    "month:visit_edit": Row(DESK, args=[1], wide=True),
    "month:visit_lock": Row(DESK, "post", args=[1], wide=True),
    "month:visit_remove": Row(DESK, "post", args=[1], wide=True),
    "month:site_list": Row(DESK),
    "month:site_import": Row(DESK, "post"),
    "month:site_edit": Row(DESK, args=["M01"], wide=True),
    "month:forbid": Row(DESK, "post", args=["M01"], wide=True),
    "month:allow": Row(DESK, "post", args=["M01", "2026-12-24"], wide=True),
    "month:car_list": Row(DESK),
    "month:car_week": Row(DESK, args=["CAR1"], wide=True),
    "month:day_off_add": Row(DESK, "post"),
    "month:day_off_remove": Row(DESK, "post", args=[1], wide=True),
}
