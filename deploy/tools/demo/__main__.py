"""``SERVE=0|1 PORT=8000 DATE=2026-12-05 python -m deploy.tools.demo``"""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable

from deploy.tools.demo import outcome, site, steps
from deploy.tools.demo.browser import PageFault
from deploy.tools.demo.day import Day, Step
from deploy.tools.process import DidNotStart

LONGEST_S = 300
"""A demo that begins with less of the day left than this waits for the next one."""


def day_of_demo() -> dt.date:
    """``DATE`` where given, else today in Japan. Shortly before midnight there the demo waits for the new day, so that what belongs to
    a day does not end in the middle of it."""
    given = os.environ.get("DATE", "").strip()
    if given:
        return dt.date.fromisoformat(given)
    left = site.seconds_of_today()
    if left < LONGEST_S:
        print(f"日付が変わるまで {left} 秒待ちます / waiting {left} s for midnight in Japan", flush=True)
        time.sleep(left)
    return site.japan_today()


def work_through(plan: Iterable[Step], day: Day) -> None:
    for step in plan:
        if not day.can(step):
            print(f"  – {step.ja} / {step.en}  今日ではないので省きます / left out: not today", flush=True)
            continue
        if sys.stdout.isatty():
            print(f"  … {step.ja} / {step.en}", end="\r", flush=True)
        started = time.monotonic()
        remark = step.run(day)
        print(f"  ✓ {step.ja} / {step.en}  {time.monotonic() - started:.1f} s  {remark}", flush=True)


def _wait_for_the_end() -> None:
    ended = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: ended.set())
    ended.wait()


def main() -> int:
    try:
        date = day_of_demo()
        serve = os.environ.get("SERVE", "1") not in {"0", "no", "false"}
        wanted = int(os.environ.get("PORT") or 8000)
    except ValueError as fault:
        print(f"DATE=2026-12-05, PORT=8000: {fault}", file=sys.stderr)
        return 2
    started = time.monotonic()
    try:
        port = site.choose_port(wanted, serving=serve)
        day = Day(site.fresh(port), date)
        print(f"フードバンクの一日 / a food bank's working day: {date.isoformat()}")
        work_through(steps.PREPARE, day)
        with site.served(day.site):
            work_through(steps.WORK, day)
            print(f"\n{outcome.table(day)}\n\n  {time.monotonic() - started:.0f} 秒で終わりました / seconds in all")
            if serve:
                print(f"\n{outcome.addresses(day)}\n  終わるには Ctrl-C / Ctrl-C ends it", flush=True)
                _wait_for_the_end()
    except (site.CommandFault, PageFault, DidNotStart) as fault:
        print(f"\n✗ {fault}", file=sys.stderr)
        print(f"  記録 / log: {site.FOLDER}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\n  途中で終わりました / interrupted", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
