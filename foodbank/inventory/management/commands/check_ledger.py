"""``manage.py check_ledger``: rebuild every balance from the ledger and compare."""

from __future__ import annotations

import sys
from typing import Any

from django.db import transaction

from foodbank.core.commands import OneLineCommand
from foodbank.inventory.models import Balance, Movement
from foodbank.inventory.selectors.audit import ledger_differences


class Command(OneLineCommand):
    help = (
        "Rebuild the balances from the ledger and compare. Exit 0: no difference; 1: one line per difference on standard error."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():  # one picture of both, not two
            differences = ledger_differences()
            rows, balances = Movement.objects.count(), Balance.objects.count()
        for difference in differences:
            self.stderr.write(str(difference))
        if differences:
            sys.exit(1)
        self.stdout.write(
            f"台帳{rows}行・在庫{balances}件に差はありません。 / {rows} ledger rows, {balances} balances: no difference."
        )
