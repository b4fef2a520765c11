"""``manage.py import_day DIR --date 2026-12-05 [--replace]``"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from foodbank.accounts.services.system import system_user
from foodbank.core.errors import InputRefused, Refusal
from foodbank.core.inputs import day_argument
from logistics.dayfiles.changes import DayChanges, What
from logistics.dayfiles.folders import read_folder
from logistics.dayfiles.parse import FILES
from logistics.dayfiles.services.days import import_day, prepare_day


class Command(BaseCommand):
    help = "Read the files of one day, all or nothing. Exit 0 done or nothing to change, 2 refused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR")
        parser.add_argument("--date", required=True, help="the day, as 2026-12-05; past days too")
        parser.add_argument(
            "--replace", action="store_true", help="take back an earlier import of the day, if nothing has moved yet"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            changes = self._run(Path(options["folder"]), options["date"], replace=options["replace"])
        except InputRefused as refusal:
            for problem in refusal.problems:
                self.stderr.write(str(problem))
            self.stderr.write(str(refusal.text))
            if refusal.code == "dayfiles.day_differs":
                self.stderr.write("差し替えるには --replace を付けてください。 / Add --replace to replace the day.")
            sys.exit(2)
        except Refusal as refusal:
            self.stderr.write(str(refusal.text))
            sys.exit(2)
        self._report(changes)

    def _run(self, folder: Path, date: str, *, replace: bool) -> DayChanges:
        day = day_argument(date)
        files, problems = read_folder(folder)
        if problems:
            raise InputRefused(problems)
        prepared = prepare_day(files=files, day=day)
        for note in prepared.notes:
            self.stderr.write(f"注意 / note: {note}")
        if prepared.problems or prepared.changes is None:
            raise InputRefused(prepared.problems)
        if prepared.changes.same_day:
            return prepared.changes
        return import_day(prepared=prepared, replace=replace, actor=system_user())

    def _report(self, changes: DayChanges) -> None:
        if changes.same_day:
            self.stdout.write(
                f"{changes.day}: 同じデータは取込み済みです。何も変更していません。 / Already imported; nothing changed."
            )
            return
        for name in FILES:
            counts = changes.counts(name)
            self.stdout.write(
                f"{name:18} 新規/new {counts[What.CREATED]:5}  変更/changed {counts[What.CHANGED]:5}"
                f"  そのまま/unchanged {counts[What.UNCHANGED]:5}  取下げ/removed {counts[What.REMOVED]:5}"
            )
        self.stdout.write(f"{changes.day}: 取り込みました。 / Imported.")
