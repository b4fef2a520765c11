"""A real Celery worker in its own process on the test's database."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from deploy.tools import process
from tests.services.environment import environment


@contextlib.contextmanager
def running(var: Path, **more: str) -> Iterator[dict[str, str]]:
    """Runs until the block ends; yields the worker's environment, so that a client can be given the same queue."""
    env = environment(var, **more)
    log = var / "worker.log"
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "foodbank",
        "worker",
        "-P",
        "solo",
        "-c",
        "1",
        "-l",
        "INFO",
        "--without-gossip",
    ]
    with process.running(command, ready=lambda: "ready." in process.tail(log), log=log, env=env, seconds=60):
        yield env
