"""The demo's own installation: a folder, a database file, an address, and the processes that serve it."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.tools import process

FOLDER = process.ROOT / "var" / "demo"
_WORDS = (
    "aki ame haru hana hoshi ichigo kaki kawa kaze kumo mame mikan mizu mori natsu niji nori sora take tori ume umi yama yuki"
)


class CommandFault(RuntimeError):
    """A command ended with another exit code than 0; the message holds what it said."""


@dataclass(frozen=True)
class Site:
    """Where the demo lives and who works in it."""

    port: int
    username: str = "demo"
    password: str = ""

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> Path:
        return FOLDER / "demo.log"

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **process.PLAIN_ENVIRONMENT,
            "DATABASE_URL": f"sqlite:///{FOLDER / 'foodbank.sqlite3'}",
            "VAR_DIR": str(FOLDER),
            "BASE_URL": self.address,
            "SECRET_KEY": (FOLDER / "secret").read_text(encoding="ascii"),
            "DJANGO_SUPERUSER_PASSWORD": self.password,
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


def fresh(port: int) -> Site:
    """Empty the demo's folder and think of a password. Raises :class:`CommandFault` while another demo serves from it."""
    running = FOLDER / "serving.pid"
    if running.exists() and _alive(int(running.read_text(encoding="ascii") or 0)):
        raise CommandFault(
            "別の画面でデモが動いています。そちらを Ctrl-C で終えてから、もう一度どうぞ。"
            " / another demo is being served; end it with Ctrl-C first"
        )
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    secret = FOLDER / "secret"
    secret.touch(mode=0o600)
    secret.write_text(secrets.token_urlsafe(48), encoding="ascii")
    words = _WORDS.split()
    password = "-".join([*(secrets.choice(words) for _ in range(4)), f"{secrets.randbelow(10_000):04}"])
    return Site(port, password=password)


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
    gunicorn += ["--workers", "1", "--threads", "4", "--worker-tmp-dir", str(FOLDER), "--no-control-socket"]
    worker = [sys.executable, "-m", "celery", "-A", "foodbank", "worker", "-B", "-P", "solo", "-c", "1", "-l", "INFO"]
    worker += ["--without-gossip", "--without-mingle", "-s", str(FOLDER / "beat")]
    env = site.environment()
    env.pop("DJANGO_SUPERUSER_PASSWORD")
    pages_log, worker_log = FOLDER / "pages.log", FOLDER / "worker.log"
    pid = FOLDER / "serving.pid"
    with (
        process.running(gunicorn, ready=lambda: process.accepts(site.port), log=pages_log, env=env),
        process.running(worker, ready=lambda: "ready." in process.tail(worker_log), log=worker_log, env=env, seconds=60),
    ):
        pid.write_text(str(os.getpid()), encoding="ascii")
        try:
            yield
        finally:
            pid.unlink(missing_ok=True)
