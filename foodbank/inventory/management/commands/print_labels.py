"""``manage.py print_labels --date D --out FILE.pdf``: one label per lot there on that day."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from foodbank.core.commands import OneLineCommand, refusals_exit_2
from foodbank.core.errors import Refusal, Text
from foodbank.core.files import written_whole
from foodbank.core.inputs import day_argument
from foodbank.inventory.selectors.labels import lot_labels
from foodbank.labels.draw import draw_labels
from foodbank.labels.layouts import LAYOUTS


def _nudge(text: str) -> tuple[float, float]:
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        raise ArgumentTypeError(f"{text!r}: X,Y (mm)") from None
    return x, y


class Command(OneLineCommand):
    help = "その日に在庫のあるロットのラベルをPDFにします。 / Writes a label for each lot there on that day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--out", type=Path, required=True, metavar="FILE.pdf")
        parser.add_argument("--layout", choices=sorted(LAYOUTS), default="a4-24")
        parser.add_argument("--skip", type=int, default=0, help="使用済みの面の数 / labels already used on the first sheet")
        parser.add_argument(
            "--nudge", type=_nudge, default=(0.0, 0.0), metavar="X,Y", help="mm, 右・下へ / to the right and down"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with refusals_exit_2(self.stderr):
            day = day_argument(options["date"])
            count, pages = _print(day, **{name: options[name] for name in ("out", "layout", "skip", "nudge")})
        words = Text(f"ラベル{count}枚、{pages}ページ: {options['out']}", f"{count} label(s) on {pages} page(s)")
        self.stdout.write(str(words))


def _print(day: dt.date, *, out: Path, layout: str, skip: int, nudge: tuple[float, float]) -> tuple[int, int]:
    sheet = LAYOUTS[layout]
    if not 0 <= skip < sheet.per_page:
        raise Refusal(
            "labels.skip",
            Text(f"--skip は0から{sheet.per_page - 1}までです。", f"--skip must be 0 to {sheet.per_page - 1}."),
            params={"skip": skip},
            status=400,
        )
    labels = lot_labels(day, base_url=settings.BASE_URL)
    if not labels:
        raise Refusal(
            "labels.none",
            Text(f"{day} に在庫のあるロットはありません。", f"There is no lot on {day}."),
            params={"day": str(day)},
        )
    with written_whole(out) as file:
        pages = draw_labels(labels, layout=sheet, out=file, skip=skip, nudge_mm=nudge)
    return len(labels), pages
