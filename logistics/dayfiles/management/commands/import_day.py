"""``manage.py import_day DIR --date 2026-12-05 [--replace]``"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from foodbank.accounts.services.system import system_user
from foodbank.core.commands import OneLineCommand, refusals_exit_2
from foodbank.core.errors import InputRefused
from foodbank.core.inputs import day_argument
from logistics.dayfiles.changes import DayChanges, What
from logistics.dayfiles.folders import read_folder
from logistics.dayfiles.parse import FILES
from logistics.dayfiles.services.days import import_day, prepare_day, refuse_differences


class Command(OneLineCommand):
    help = "Read the files of one day, all or nothing. Exit 0 done or nothing to change, 2 refused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR")
        parser.add_argument("--date", required=True, help="the day, as 2026-12-05; past days too")
        parser.add_argument(
            "--replace", action="store_true", help="take back an earlier import of the day, if nothing has moved yet"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with refusals_exit_2(self.stderr):
            self._run(Path(options["folder"]), options["date"], replace=options["replace"])

    def _run(self, folder: Path, date: str, *, replace: bool) -> None:
        day = day_argument(date)
        files, problems = read_folder(folder)
        if problems:
            raise InputRefused(problems)
        prepared = prepare_day(files=files, day=day)
        if prepared.problems or prepared.changes is None:
            raise InputRefused(prepared.problems)
        if prepared.changes.same_day:
            self.stdout.write(f"{day}: 同じデータは取込み済みです。何も変更していません。 / Already imported; nothing changed.")
            return
        if prepared.changes.earlier is not None and not replace:
            self.stdout.write("差し替えるには --replace を付けてください。 / Add --replace to replace the day.")
        for note in prepared.notes:
            self.stdout.write(f"注意 / note: {note}")
        refuse_differences(prepared=prepared, replace=replace)
        # Only now: naming the actor may write, and refused files leave the database as it was, to the byte.
        self._report(import_day(prepared=prepared, replace=replace, actor=system_user()))

    def _report(self, changes: DayChanges) -> None:
        for name in FILES:
            counts = changes.counts(name)
            self.stdout.write(
                f"{name:18} 新規/new {counts[What.CREATED]:5}  変更/changed {counts[What.CHANGED]:5}"
                f"  そのまま/unchanged {counts[What.UNCHANGED]:5}  取下げ/removed {counts[What.REMOVED]:5}"
            )
        self.stdout.write(f"{changes.day}: 取り込みました。 / Imported.")
