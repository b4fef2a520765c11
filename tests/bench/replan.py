"""``python -m tests.bench.replan``: how long a day under way takes to be planned again, and how much of it changes.

``takamatsu`` is planned in ten seconds, published and driven until noon by the drivers' own services. Then, each in a process of its own
and on a copy of that database: food comes in, an order is cancelled, nobody has heard of a van for an hour, a van breaks down. ``cold`` is
the first ``replan`` of a process, ``warm`` the one after; both are everything between the button and the draft (facts, allocation, routes,
reasons, check, rows). The table goes to ``docs/replanning-bench.md``. Ends with 1 when the independent check finds a fault.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bench.apart import in_process, measured

DOCS = Path(__file__).resolve().parents[2] / "docs"
DATE = dt.date(2026, 12, 5)
NOON = 12
EVENTS = {
    "nothing": "nothing: only what was open is tried again",
    "food": "seven units more at a shop",
    "cancelled": "an order is cancelled",
    "late": "nothing heard of a van for an hour",
    "broken": "a van breaks down on the road",
}


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.replan", description="動きだした日を計画し直す速さ")
    parser.add_argument("--event", choices=sorted(EVENTS), help="this one alone, on the database of DATABASE_URL")
    args = parser.parse_args(argv)
    if args.event:
        sys.stdout.write(json.dumps(_measure(args.event)) + "\n")
        return 0
    rows = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        made = Path(folder) / "noon.sqlite3"
        in_process(made, "from tests.bench.replan import prepare; prepare()")
        for event in EVENTS:
            copy = made.with_name(f"{event}.sqlite3")
            shutil.copy(made, copy)
            rows.append({"event": event, **measured(copy, "tests.bench.replan", "--event", event)})
    (DOCS / "replanning-bench.md").write_text(page(rows), encoding="utf-8")
    return 1 if any(row["faults"] for row in rows) else 0


def prepare() -> None:
    """The day at noon."""
    import pytest  # noqa: PLC0415 - settings are known only now
    from django.core.management import call_command  # noqa: PLC0415

    from foodbank.accounts.services.system import system_user  # noqa: PLC0415
    from logistics.dispatch.services.planning import make_plan  # noqa: PLC0415
    from logistics.dispatch.services.publishing import publish  # noqa: PLC0415
    from tests.factories.under_way import Clock, drive_until  # noqa: PLC0415
    from tests.shared_data import day_dir  # noqa: PLC0415

    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        call_command("migrate", verbosity=0)
        call_command("import_day", str(day_dir("takamatsu")), date=DATE.isoformat(), stdout=nowhere)
    publish(plan=make_plan(day=DATE, actor=system_user(), seconds=10.0), actor=system_user())
    with pytest.MonkeyPatch.context() as patch:
        drive_until(Clock(patch), _noon())


def _noon(later: dt.timedelta = dt.timedelta()) -> dt.datetime:
    from foodbank.core.dates import at  # noqa: PLC0415

    return at(DATE, dt.time(NOON)) + later


def _measure(event: str) -> dict[str, Any]:
    """The event, then the day planned again twice: seconds on the clock and of the processor, what changes, faults."""
    import pytest  # noqa: PLC0415 - settings are known only now

    from foodbank.accounts.services.system import system_user  # noqa: PLC0415
    from logistics.dispatch.models import Plan, PlanStatus  # noqa: PLC0415
    from logistics.dispatch.planner.check import check_plan  # noqa: PLC0415
    from logistics.dispatch.planner.difference import difference  # noqa: PLC0415
    from logistics.dispatch.selectors.facts import day_facts  # noqa: PLC0415
    from logistics.dispatch.services.replanning import replan  # noqa: PLC0415
    from tests.factories.under_way import Clock  # noqa: PLC0415

    row: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        Clock(patch)(_noon(dt.timedelta(hours=1) if event == "late" else dt.timedelta()))
        standing = Plan.objects.get(day=DATE, status__in=(PlanStatus.PUBLISHED, PlanStatus.STARTED))
        _happen(event)
        for label in ("cold", "warm"):
            wall, cpu = time.perf_counter(), time.process_time()
            draft = replan(day=DATE, actor=system_user())
            row |= {f"{label}_s": time.perf_counter() - wall, f"{label}_cpu_s": time.process_time() - cpu}
        found = difference(standing.document, draft.document)
        waiting = [r for r in found.receivers if r.was and r.now and (r.other_time or r.was.vehicles != r.now.vehicles)]
        row |= {
            "stops": sum(len(route["stops"]) for route in standing.document["routes"]),
            "stops_changed": sum(len(changes) for changes in found.vehicles.values()),
            "receivers_moved": len(waiting),
            "km_more": found.distance_m / 1000,
            "faults": len(check_plan(day_facts(DATE), draft.document)),
        }
    return row


def _happen(event: str) -> None:
    from foodbank.accounts.services.system import system_user  # noqa: PLC0415 - settings are known only now
    from foodbank.partners.models import Order, OrderStatus  # noqa: PLC0415
    from logistics.dispatch.models import CallOffKind  # noqa: PLC0415
    from logistics.dispatch.selectors.call_offs import Target, effects_of  # noqa: PLC0415
    from logistics.dispatch.selectors.under_way import under_way  # noqa: PLC0415
    from logistics.dispatch.services.call_off import call_off  # noqa: PLC0415
    from tests.factories.under_way import new_food  # noqa: PLC0415

    road = under_way(DATE)
    if event == "food":
        new_food(DATE)
    elif event == "cancelled":
        coming = sorted(one.demand for one in road.standing if one.demand)
        key = next(demand for demand in coming if not demand.startswith(("visit/", "pickup/")))
        Order.objects.filter(ref=key.split("/")[0]).update(status=OrderStatus.CANCELLED)
    elif event == "broken":
        vehicle = max((one for one in road.begun), key=lambda one: len(one.rows) - len(one.fixed)).route.vehicle
        target = Target(kind=CallOffKind.VEHICLE, vehicle=vehicle)
        call_off(day=DATE, target=target, reason="bench", actor=system_user(), seen=effects_of(DATE, target).seen())


def page(rows: list[dict[str, Any]]) -> str:
    """The figures as a page."""
    lines = [
        "# A day under way planned again: how fast, and how much of it changes",
        "",
        f"{__doc__}".strip(),
        "",
        "| what happened | cold s | of it processor | warm s | of it processor | stops | of them changed | receivers moved | km more | faults |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        times = " | ".join(f"{row[key]:.2f}" for key in ("cold_s", "cold_cpu_s", "warm_s", "warm_cpu_s"))
        changes = f"{row['stops']} | {row['stops_changed']} | {row['receivers_moved']} | {row['km_more']:+.1f} | {row['faults']}"
        lines.append(f"| {EVENTS[row['event']]} | {times} | {changes} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
