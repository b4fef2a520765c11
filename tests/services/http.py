"""A real gunicorn on the test's database: requests run in parallel in other processes, as in production."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from deploy.tools import process
from tests.services.environment import environment


@contextlib.contextmanager
def running(
    var: Path, *, workers: int = 2, threads: int = 4, app: str = "foodbank.wsgi:application", **more: str
) -> Iterator[str]:
    """Yields ``http://127.0.0.1:PORT``. ``more`` are further environment variables; ``app`` is another program for control runs."""
    port = process.free_port()
    command = [sys.executable, "-m", "gunicorn", app, "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(workers), "--threads", str(threads), "--worker-tmp-dir", str(var), "--no-control-socket"]
    with process.running(command, ready=lambda: process.accepts(port), log=var / "gunicorn.log", env=environment(var, **more)):
        yield f"http://127.0.0.1:{port}"
