"""The demo's own installation: a folder, a database file, an address, and the processes that serve it."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from deploy.tools import process

FOLDER = process.ROOT / "var" / "demo"
_WORDS = (
    "aki ame haru hana hoshi ichigo kaki kawa kaze kumo mame mikan mizu mori natsu niji nori sora take tori ume umi yama yuki"
)


_JAPAN = ZoneInfo("Asia/Tokyo")


def japan_today() -> dt.date:
    return dt.datetime.now(_JAPAN).date()


def seconds_of_today() -> int:
    """What is left of today in Japan, rounded up."""
    now = dt.datetime.now(_JAPAN)
    midnight = dt.datetime.combine(now.date() + dt.timedelta(days=1), dt.time(), tzinfo=_JAPAN)
    return int((midnight - now).total_seconds()) + 1


def password() -> str:
    """One that somebody can type from the screen."""
    words = _WORDS.split()
    return "-".join([*(secrets.choice(words) for _ in range(4)), f"{secrets.randbelow(10_000):04}"])


class CommandFault(RuntimeError):
    """A command ended with another exit code than 0; the message holds what it said."""


@dataclass(frozen=True)
class Site:
    """Where the demo lives."""

    port: int
    folder: Path = FOLDER

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "demo.log"

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **process.PLAIN_ENVIRONMENT,
            "DATABASE_URL": f"sqlite:///{self.folder / 'foodbank.sqlite3'}",
            "VAR_DIR": str(self.folder),
            "BASE_URL": self.address,
            "SECRET_KEY": (self.folder / "secret").read_text(encoding="ascii"),
            "PYTHONUNBUFFERED": "1",
        }

    def manage(self, *arguments: str) -> str:
        """Run ``manage.py`` with these arguments and return what it printed. Raises :class:`CommandFault`."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=process.ROOT,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"$ manage.py {' '.join(arguments)}\n{done.stdout}{done.stderr}(exit {done.returncode})\n\n")
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip())[-1500:]
            raise CommandFault(f"manage.py {arguments[0]} (exit {done.returncode})\n{said}")
        return done.stdout


def fresh(port: int, folder: Path = FOLDER) -> Site:
    """Empty the demo's folder. Raises :class:`CommandFault` while another demo serves from it."""
    running = folder / "serving.pid"
    if running.exists() and _alive(int(running.read_text(encoding="ascii") or 0)):
        raise CommandFault(
            "別の画面でデモが動いています。そちらを Ctrl-C で終えてから、もう一度どうぞ。"
            " / another demo is being served; end it with Ctrl-C first"
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    secret = folder / "secret"
    secret.touch(mode=0o600)
    secret.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return Site(port, folder)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return pid > 0


def choose_port(wanted: int, *, serving: bool) -> int:
    """``wanted`` or the next free one; a port that nobody will see is any free one."""
    if not serving:
        return process.free_port()
    return next((port for port in range(wanted, wanted + 50) if not process.accepts(port)), process.free_port())


@contextlib.contextmanager
def served(site: Site) -> Iterator[None]:
    """The pages and the worker behind them, until the block ends."""
    gunicorn = [sys.executable, "-m", "gunicorn", "foodbank.wsgi:application", "--bind", f"127.0.0.1:{site.port}"]
    gunicorn += ["--workers", "1", "--threads", "4", "--worker-tmp-dir", str(site.folder), "--no-control-socket"]
    worker = [sys.executable, "-m", "celery", "-A", "foodbank", "worker", "-B", "-P", "solo", "-c", "1", "-l", "INFO"]
    worker += ["--without-gossip", "--without-mingle", "-s", str(site.folder / "beat")]
    env = site.environment()
    pages_log, worker_log = site.folder / "pages.log", site.folder / "worker.log"
    pid = site.folder / "serving.pid"
    with (
        process.running(gunicorn, ready=lambda: process.accepts(site.port), log=pages_log, env=env),
        process.running(worker, ready=lambda: "ready." in process.tail(worker_log), log=worker_log, env=env, seconds=60),
    ):
        pid.write_text(str(os.getpid()), encoding="ascii")
        try:
            yield
        finally:
            pid.unlink(missing_ok=True)
