from __future__ import annotations

from tests.foodbank.accounts.access.table import DESK, Row

ROWS = {
    "partners:partner_list": Row(DESK),
    "partners:partner_new": Row(DESK),
    "partners:partner_edit": Row(DESK, args=["P001"], wide=True),
    "partners:order_list": Row(DESK),
    "partners:order_new": Row(DESK),
    "partners:order_edit": Row(DESK, args=[1], wide=True),
    "partners:order_cancel": Row(DESK, "post", args=[1], wide=True),
    "partners:keys": Row(DESK, args=["P999"], wide=True),
    "partners:key_rotate": Row(DESK, "post", args=["P999", 1], wide=True),
    "partners:key_revoke": Row(DESK, "post", args=["P999", 1], wide=True),
    "partners:rules": Row(DESK),
    "partners:day_close": Row(DESK, "post"),
    "partners:day_open": Row(DESK, "post", args=[1], wide=True),
}
