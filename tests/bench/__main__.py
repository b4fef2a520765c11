"""Requests a second and p95 of scanning, ordering and booking: a real gunicorn on a real PostgreSQL, over loopback, then a line of JSON.

``python -m tests.bench [--seconds 8] [--clients 8]``. It makes its own database, ends by itself, and leaves nothing behind.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from deploy.tools import process
from tests.services import postgres

WORKERS, THREADS = 2, 4
_UNLIMITED = "1000000/min"


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="受付・注文・予約の速さをはかる / requests a second and p95")
    parser.add_argument("--seconds", type=float, default=8.0, help="per kind of request, at most")
    parser.add_argument("--clients", type=int, default=8)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as var, postgres.running() as url:
        os.environ.update(process.PLAIN_ENVIRONMENT, DATABASE_URL=url, VAR_DIR=var, API_RATE=_UNLIMITED, LOG_LEVEL="ERROR")
        os.environ["DJANGO_SETTINGS_MODULE"] = "foodbank.settings"
        return _measure(Path(var), args.seconds, args.clients)


def _measure(var: Path, seconds: float, clients: int) -> int:
    import django  # noqa: PLC0415 - the database is known only now
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    call_command("migrate", verbosity=0)
    from tests.bench import clients as sending  # noqa: PLC0415
    from tests.bench import scenes  # noqa: PLC0415
    from tests.services import http  # noqa: PLC0415

    # as much as a fast machine gets through in the time
    each = max(5, round(seconds * 12))
    kinds = {
        "scan": lambda: scenes.scans(clients, vehicles=2 * clients, each=max(5, round(seconds * 3))),
        "order": lambda: scenes.orders(clients, each=each),
        "booking": lambda: scenes.bookings(clients, each=max(5, each // 2)),
    }
    found = {}
    with http.running(var, workers=WORKERS, threads=THREADS, API_RATE=_UNLIMITED, LOG_LEVEL="ERROR") as address:
        for name, make in kinds.items():
            queues = make()
            sending.warm_up(address, queues)
            found[name] = sending.send_all(name, address, queues, seconds=seconds)
    out = sys.stdout
    out.write(f"gunicorn: {WORKERS} workers × {THREADS} threads, PostgreSQL, {clients} clients, {os.cpu_count()} cores\n")
    out.write(f"{'':9}{'requests':>9}{'req/s':>8}{'p50 ms':>9}{'p95 ms':>9}{'slowest':>9}  other answers\n")
    for name, one in found.items():
        marks = ", ".join(f"{answer}: {count}" for answer, count in one.other.items()) or "–"
        out.write(
            f"{name:9}{len(one.seconds):9}{one.per_second:8.1f}{one.percentile_ms(50):9.1f}{one.percentile_ms(95):9.1f}"
            f"{one.percentile_ms(100):9.1f}  {marks}\n"
        )
    out.write(json.dumps({name: one.numbers() for name, one in found.items()}) + "\n")
    return 1 if any(one.other or not one.seconds for one in found.values()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
