"""``manage.py route_sheets --date D --out DIR``: ``VAN1.pdf`` and so on, one per route of that day's plan."""

from __future__ import annotations

import datetime as dt
import re
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from foodbank.core.errors import Refusal, Text
from foodbank.core.files import written_whole
from logistics.sheets.draw import draw_route_sheet
from logistics.sheets.selectors import route_sheets


class Command(BaseCommand):
    help = "その日の計画の運行表をPDFにします。 / Writes the route sheets of that day's plan."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", type=dt.date.fromisoformat, required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        date, folder = options["date"], options["out"]
        try:
            sheets = route_sheets(date, base_url=settings.BASE_URL)
            if not sheets:
                raise Refusal(
                    "sheets.none",
                    Text(f"{date} の配送計画にルートがありません。", f"There is no plan with a route on {date}."),
                    params={"date": str(date)},
                )
            for sheet in sheets:
                path = folder / f"{_file_name(sheet.vehicle_code)}.pdf"
                with written_whole(path) as out:
                    pages = draw_route_sheet(sheet, out)
                self.stdout.write(str(Text(f"{path}　立寄{len(sheet.driven_to)}か所、{pages}ページ", f"{pages} page(s)")))
        except Refusal as refusal:
            self.stderr.write(str(refusal.text))
            sys.exit(2)


def _file_name(vehicle_code: str) -> str:
    """A vehicle's code may hold what file names must not."""
    return re.sub(r"[^\w.-]", "_", vehicle_code)
