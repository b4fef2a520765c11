"""``manage.py route_sheets --date D --out DIR``: ``VAN1.pdf`` and so on, one per route of that day's plan."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from foodbank.core.commands import OneLineCommand, refusals_exit_2
from foodbank.core.errors import Refusal, Text
from foodbank.core.files import written_whole
from foodbank.core.inputs import day_argument
from logistics.sheets.draw import draw_route_sheet
from logistics.sheets.selectors import route_sheets


class Command(OneLineCommand):
    help = "その日の計画の運行表をPDFにします。 / Writes the route sheets of that day's plan."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        with refusals_exit_2(self.stderr):
            for path, stops, pages in _write(day_argument(options["date"]), options["out"]):
                self.stdout.write(str(Text(f"{path}　立寄{stops}か所、{pages}ページ", f"{stops} stop(s), {pages} page(s)")))


def _write(day: dt.date, folder: Path) -> Iterator[tuple[Path, int, int]]:
    sheets = route_sheets(day, base_url=settings.BASE_URL)
    if not sheets:
        raise Refusal(
            "sheets.none",
            Text(f"{day} の配送計画にルートがありません。", f"There is no plan with a route on {day}."),
            params={"day": str(day)},
        )
    for sheet in sheets:
        path = folder / f"{_file_name(sheet.vehicle_code)}.pdf"
        with written_whole(path) as out:
            pages = draw_route_sheet(sheet, out)
        yield path, len(sheet.driven_to), pages


def _file_name(vehicle_code: str) -> str:
    """A vehicle's code may hold what file names must not."""
    return re.sub(r"[^\w.-]", "_", vehicle_code)
