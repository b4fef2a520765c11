"""``manage.py import_donations FILE --date 2026-12-05``"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from foodbank.accounts.services.system import system_user
from foodbank.core.commands import OneLineCommand, refusals_exit_2
from foodbank.core.errors import InputRefused, Problem
from foodbank.core.inputs import day_argument, read_file
from foodbank.donations.services.imports import import_offers, prepare_offers


class Command(OneLineCommand):
    help = "Add the offers of one donations file to a day, all or nothing. Exit 0 done or nothing new, 2 refused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--date", required=True, help="the day, as 2026-12-05; past days too")

    def handle(self, *args: Any, **options: Any) -> None:
        with refusals_exit_2(self.stderr):
            self._run(Path(options["file"]), options["date"])

    def _run(self, path: Path, date: str) -> None:
        day = day_argument(date)
        data = read_file(path)
        if isinstance(data, Problem):
            raise InputRefused([data])
        prepared = prepare_offers(data=data, file=path.name, day=day)
        if prepared.problems:
            raise InputRefused(prepared.problems)
        known = len(prepared.known)
        if not prepared.new:
            self.stdout.write(
                f"{day}: {known}件はすべて登録済みです。何も変更していません。 / All {known} offers are recorded already; nothing changed."
            )
            return
        # Only now: naming the actor may write, and a refused file leaves the database as it was, to the byte.
        added = import_offers(prepared=prepared, actor=system_user())
        self.stdout.write(
            f"{day}: 提供情報を{len(added)}件登録しました（登録済み{known}件）。 / {len(added)} offers added, {known} were there already."
        )
