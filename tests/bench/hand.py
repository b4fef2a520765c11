"""``python -m tests.bench.hand``: how long the coordinator's page takes to answer when a plan is edited by hand.

The day is imported into a database of its own and planned; then random edits are posted as the page posts them: a stop moves behind
another one, of the same or another vehicle, is locked, two vehicles change their routes, an edit is undone. Measured is everything between
the request and the answer that shows feasibility and costs; the network and drawing come on top. ``opened`` is the page for the first time
in a process. Asked for are 200 ms. The table goes to ``docs/hand-bench.md``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.bench.apart import measured

DOCS = Path(__file__).resolve().parents[2] / "docs"
DATE = dt.date(2026, 12, 5)
PLANNED_S = {"takamatsu": 10.0, "takamatsu-large": 20.0}
EDITS = 150
ASKED_MS = 200
KINDS = {"move": "a stop moves", "hold": "a stop is locked", "swap": "two vehicles change routes", "undo": "undone"}


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.hand", description="手直しの画面が返るまでの速さ")
    parser.add_argument("--day", choices=sorted(PLANNED_S), help="this one alone, in the database of DATABASE_URL")
    args = parser.parse_args(argv)
    if args.day:
        sys.stdout.write(json.dumps(_measure(args.day)) + "\n")
        return 0
    found = []
    for name in PLANNED_S:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            found.append({"day": name, **measured(Path(folder) / "hand.sqlite3", "tests.bench.hand", "--day", name)})
    (DOCS / "hand-bench.md").write_text(page(found), encoding="utf-8")
    return 0


def _measure(name: str) -> dict[str, Any]:
    """Milliseconds by kind of edit, how many were refused, and the size of the plan."""
    from django.core.management import call_command  # noqa: PLC0415 - settings are known only now
    from django.test import Client  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415

    from foodbank.accounts.models import Role  # noqa: PLC0415
    from foodbank.accounts.services.system import system_user  # noqa: PLC0415
    from logistics.dispatch.models import PlanEdit  # noqa: PLC0415
    from logistics.dispatch.services.planning import make_plan  # noqa: PLC0415
    from tests.factories.accounts import UserFactory  # noqa: PLC0415
    from tests.shared_data import day_dir  # noqa: PLC0415

    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        call_command("migrate", verbosity=0)
        call_command("import_day", str(day_dir(name)), date=DATE.isoformat(), stdout=nowhere)
    plan = make_plan(day=DATE, actor=system_user(), seconds=PLANNED_S[name])
    client = Client(SERVER_NAME="localhost", headers={"HX-Request": "true"})
    client.force_login(UserFactory(roles=[Role.COORDINATOR]))
    begin = time.perf_counter()
    assert client.get(reverse("dispatch:hand", args=[plan.pk]), headers={"HX-Request": "false"}).status_code == 200
    opened_ms = (time.perf_counter() - begin) * 1000
    dice, spent, refused = random.Random(1), defaultdict(list), 0
    for _ in range(EDITS):
        values = _edit(plan, dice)
        last = PlanEdit.objects.filter(plan=plan, undone=False).order_by("sequence").last()
        begin = time.perf_counter()
        answer = client.post(
            reverse("dispatch:hand_edit", args=[plan.pk]), values | {"version": last.pk if last is not None else 0}
        )
        took = (time.perf_counter() - begin) * 1000
        assert answer.status_code in {200, 409, 422}, answer.status_code
        refused += answer.status_code != 200
        spent[values["do"]].append(took)
    stops = sum(len(route["stops"]) for route in plan.document["routes"])
    return {"opened_ms": opened_ms, "stops": stops, "vehicles": len(plan.document["routes"]), "refused": refused, "ms": spent}


def _edit(plan: Any, dice: random.Random) -> dict[str, Any]:
    """What the page would post, by chance."""
    from logistics.dispatch.selectors.hand_page import SEPARATOR, hand_page  # noqa: PLC0415 - settings are known only now
    from logistics.dispatch.services.by_hand import open_plan  # noqa: PLC0415

    shown = hand_page(open_plan(plan=plan))
    lanes = [lane for lane in shown.lanes if lane.driven]
    kind = dice.choices(list(KINDS), (6, 1, 1, 2))[0]
    one, two = dice.choice(lanes), dice.choice(lanes)
    stop = dice.choice(one.driven)
    match kind:
        case "hold":
            return {"do": kind, "target": stop.lock_targets, "vehicle": one.code}
        case "swap":
            return {"do": kind, "one": one.code, "two": two.code}
        case "undo":
            return {"do": kind}
    behind = dice.choice(two.driven).anchor
    return {
        "do": kind,
        "stop": stop.anchor,
        "part": [part.target for part in stop.parts],
        "place": f"{two.code}{SEPARATOR}{behind}",
    }


def page(found: list[dict[str, Any]]) -> str:
    """The figures as a page."""
    lines = ["# A plan edited by hand: how fast the page answers", "", f"{__doc__}".strip(), ""]
    lines += ["| day | stops | edit | how many | median ms | 95 % ms | slowest ms |", "|---|---|---|---|---|---|---|"]
    for row in found:
        for kind, words in KINDS.items():
            times = sorted(row["ms"].get(kind, []))
            if times:
                figures = f"{statistics.median(times):.0f} | {times[-(-95 * len(times) // 100) - 1]:.0f} | {times[-1]:.0f}"
                lines.append(f"| {row['day']} | {row['stops']} | {words} | {len(times)} | {figures} |")
    lines.append("")
    for row in found:
        every = [ms for times in row["ms"].values() for ms in times]
        within = sum(ms <= ASKED_MS for ms in every)
        lines.append(
            f"{row['day']}: {row['vehicles']} vehicles; opened in {row['opened_ms']:.0f} ms; {within} of {len(every)} answers within"
            f" {ASKED_MS} ms; {row['refused']} were refusals (a rule of editing says no), which count too."
        )
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
