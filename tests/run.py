"""The whole suite, part by part, each against the servers it is about: ``python -m tests.run [PART …] [-- PYTEST-ARGUMENTS]``.

sqlite    what the embedded default does, two processes
postgres  everything that touches the database once more on a real PostgreSQL, and what is marked ``postgres``
redis     real workers on a real Redis and on the file queue, marked ``redis``, and a real OSRM, marked ``osrm``
browser   a real Chromium, marked ``browser``; two processes, each with whole files: the walk through every page fills one

Exit 0 only when every part ran and passed. ``ALLOW_MISSING=postgres,redis,osrm,browser`` allows the named parts (of ``osrm``: its
tests) to be left out where their server can neither be found nor installed.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from deploy.tools import process
from tests.services import chromium, osrm, postgres, redis

PARTS = ("sqlite", "postgres", "redis", "browser")
MAY_BE_MISSING = {*PARTS, "osrm"}
_NOTHING_COLLECTED = 5


@dataclass
class Counts:
    """What pytest counted, added up over the parts."""

    passed: int = 0
    failed: int = 0
    errors: int = 0
    skipped: int = 0

    def add(self, report: Path) -> None:
        if not report.exists():
            self.errors += 1
            return
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):  # noqa: S314
            tests, failed, errors, skipped = (int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped"))
            self.failed, self.errors, self.skipped = self.failed + failed, self.errors + errors, self.skipped + skipped
            self.passed += tests - failed - errors - skipped

    def __str__(self) -> str:
        words = [(self.failed, "failed"), (self.passed, "passed"), (self.skipped, "skipped"), (self.errors, "errors")]
        return ", ".join(f"{number} {word}" for number, word in words if number or word == "passed")


@contextlib.contextmanager
def _postgres() -> Iterator[dict[str, str]]:
    with postgres.running() as url:
        yield {"DATABASE_URL": url}


@contextlib.contextmanager
def _postgres_and_redis() -> Iterator[dict[str, str]]:
    with redis.running() as url, _database() as database:
        yield {"TEST_REDIS_URL": url, "TEST_OSRM": _osrm(), **database}


def _osrm() -> str:
    """Where OSRM's programs and roads are; ``missing`` where that is allowed."""
    try:
        return str(osrm.provide())
    except process.MissingService:
        if "osrm" not in _allowed():
            raise
        return "missing"


@contextlib.contextmanager
def _chromium() -> Iterator[dict[str, str]]:
    program = chromium.provide()
    with _database() as database:
        yield {"TEST_CHROMIUM": str(program), **database}


@contextlib.contextmanager
def _database() -> Iterator[dict[str, str]]:
    """PostgreSQL, the reference; the embedded default where its absence is allowed."""
    if "postgres" in _allowed():
        yield {}
        return
    with _postgres() as env:
        yield env


def _allowed() -> set[str]:
    return {name.strip() for name in os.environ.get("ALLOW_MISSING", "").split(",") if name.strip()}


_SERVICES: dict[str, Callable[[], AbstractContextManager[dict[str, str]]]] = {
    "sqlite": lambda: contextlib.nullcontext({}),
    "postgres": _postgres,
    "redis": _postgres_and_redis,
    "browser": _chromium,
}
_PROCESSES = {
    "sqlite": ("-n2", "--dist=worksteal"),
    "postgres": ("-n2", "--dist=worksteal"),
    "redis": ("-n0",),
    "browser": ("-n2", "--dist=loadfile"),
}
"""How many, and how they share the tests: neighbours stay together, since what they need is often made once."""


def run_part(part: str, extra: list[str], report: Path) -> int:
    """One pytest run. Raises :class:`process.MissingService` when its server cannot be had."""
    with tempfile.TemporaryDirectory(prefix="var-") as var, _SERVICES[part]() as services:
        own = {
            "TEST_PART": part,
            "VAR_DIR": var,
            "DATABASE_URL": f"sqlite:///{var}/suite.sqlite3",
            "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
            "PYTHONDONTWRITEBYTECODE": "",  # some hundred processes start: each may use what another has compiled
        }
        env = {**os.environ, **process.PLAIN_ENVIRONMENT, **own, **services}
        command = [sys.executable, "-m", "pytest", "-q", *_PROCESSES[part], f"--junit-xml={report}", *extra]
        return subprocess.run(command, cwd=process.ROOT, env=env, check=False).returncode


def main(arguments: list[str]) -> int:
    parts, extra = arguments, []
    if "--" in arguments:
        split = arguments.index("--")
        parts, extra = arguments[:split], arguments[split + 1 :]
    unknown = set(parts) - set(PARTS) | _allowed() - MAY_BE_MISSING
    if unknown:
        sys.stderr.write(f"tests.run: unknown part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}\n")
        return 2
    counts, faults, started = Counts(), [], time.monotonic()
    for part in [name for name in PARTS if not parts or name in parts]:
        sys.stdout.write(f"\n━━ {part} ━━\n")
        sys.stdout.flush()
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report.xml"
            try:
                code = run_part(part, extra, report)
            except (process.MissingService, process.DidNotStart) as missing:
                sys.stdout.write(f"[{part}] did not run. {missing}\n")
                if part not in _allowed():
                    faults.append(f"{part} did not run")
                continue
            if code == _NOTHING_COLLECTED and extra:
                continue
            counts.add(report)
            if code:
                faults.append(f"{part} failed (exit {code})")
    for fault in faults:
        sys.stdout.write(f"{fault}\n")
    sys.stdout.write(f"==== {counts} in {time.monotonic() - started:.1f}s ====\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
