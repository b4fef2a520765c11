"""``manage.py learn_paces``: how long driving really takes, from the arrivals of the last 90 days."""

from __future__ import annotations

from typing import Any

from foodbank.core.commands import OneLineCommand
from logistics.dispatch.services.learning import learn_paces


class Command(OneLineCommand):
    help = (
        "走行の実績から所要時間の補正をまとめます（毎晩自動でも動きます）。 / Learns driving times from drives (also each night)."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        drives, pairs = learn_paces()
        self.stdout.write(f"走行 / drives {drives}   区間 / pairs {pairs}")
