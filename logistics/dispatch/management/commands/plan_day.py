"""``manage.py plan_day --date D [--seconds 10] [--work N] [--seed 1] [--json FILE]``: a new draft plan."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from foodbank.accounts.services.system import system_user
from foodbank.core.commands import OneLineCommand, refusals_exit_2
from foodbank.core.errors import Refusal, Text
from foodbank.core.files import written_whole
from foodbank.core.inputs import day_argument
from foodbank.core.units import format_kg
from logistics.dispatch.models import Plan
from logistics.dispatch.selectors.facts import day_facts
from logistics.dispatch.selectors.travel_said import travel_said
from logistics.dispatch.services.planning import PlanRejected, make_plan, refuse_empty


class Command(OneLineCommand):
    help = "配分してルートを作り、検査して案として保存します。 / Allocates, plans, verifies and stores a new draft."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--seconds", type=float, default=10.0, help="計算時間 / time to search (default 10)")
        parser.add_argument(
            "--work", type=int, metavar="N", help="秒ではなく探索回数で数える / search rounds instead of seconds: repeatable"
        )
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", type=Path, metavar="FILE", help="計画をJSONで書き出す / write the plan as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        with refusals_exit_2(self.stderr):
            day = day_argument(options["date"])
            _check_limits(options["seconds"], options["work"], options["seed"])
            # Before the actor is named, which may write, and before minutes go into a plan that has nowhere to go.
            refuse_empty(day_facts(day))
            with written_whole(options["json"]) if options["json"] is not None else nullcontext() as out:
                plan = self._made(day, options)
                if out is not None:
                    out.write(json.dumps(plan.document, ensure_ascii=False, indent=1).encode())
        self._report(plan)

    def _made(self, day: dt.date, options: dict[str, Any]) -> Plan:
        try:
            return make_plan(
                day=day,
                actor=system_user(),
                seconds=options["seconds"],
                work=options["work"],
                seed=options["seed"],
            )
        except PlanRejected as rejected:
            for fault in rejected.faults:
                self.stderr.write(str(fault))
            raise CommandError("計画が検査に通りませんでした。 / The check rejected the plan.", returncode=1) from rejected

    def _report(self, plan: Plan) -> None:
        delivered = f"{format_kg(plan.delivered_g)} / {format_kg(plan.ordered_g)}"
        if plan.delivered_g > plan.ordered_g:
            delivered += "（端数の切り上げを含む / whole units, rounded up）"
        collected = f"{format_kg(plan.collected_g)} / {format_kg(plan.donated_g)}"
        self.stdout.write(f"計画 / plan #{plan.pk} {plan.day}（{plan.get_status_display()}）")
        self.stdout.write(f"  注文のお届け / ordered food delivered  {delivered}")
        self.stdout.write(f"  提供品の引取 / offered food collected  {collected}")
        self.stdout.write(
            f"  ルート / routes {plan.routes.count()}   走行 / driven {plan.distance_m / 1000:,.1f} km, {plan.drive_s / 3600:.1f} h"
        )
        travel = travel_said(plan)
        self.stdout.write(f"  所要時間 / driving times  {travel.source.text}")
        for note in travel.notes:
            self.stdout.write(f"  注意 / note  {note.text}")
        for left in plan.unserved.all():
            line = Text(f"{left.reason_ja}{left.fix_ja}", f"{left.reason_en} {left.fix_en}".strip())
            self.stdout.write(f"  未対応 / unserved {left.get_kind_display()} {left.ref} {format_kg(left.grams, 2)}: {line}")


def _check_limits(seconds: float, work: int | None, seed: int) -> None:
    if not 0 < seconds <= 3600 or (work is not None and not 0 < work <= 10_000_000) or not 0 <= seed < 2**31:
        raise Refusal(
            "dispatch.limits",
            Text(
                "--seconds は0より大きく3600以下、--work は1以上、--seed は0以上にしてください。",
                "--seconds goes up to 3600, --work from 1, --seed from 0.",
            ),
            status=400,
        )
