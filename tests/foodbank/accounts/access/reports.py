from __future__ import annotations

from tests.foodbank.accounts.access.table import DESK, Row

DAY = "2026-12-05"

ROWS = {
    "reports:receipts": Row(DESK),
    "reports:receipt": Row(DESK, args=[DAY, "D001"], wide=True),
    "reports:receipt_file": Row(DESK, args=[DAY, "D001", "pdf"], wide=True),
    "reports:use_list": Row(DESK),
    "reports:use": Row(DESK, args=["D001"], wide=True),
    "reports:use_file": Row(DESK, args=["D001", "pdf"], wide=True),
    "reports:kilograms": Row(DESK),
    "reports:kilograms_file": Row(DESK, args=["docx"], wide=True),
}
