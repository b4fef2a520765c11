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
}
