"""Starting, waiting for and stopping a process of our own."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What somebody's own .env or shell says about their installation must not reach the suite or the demo.
PLAIN_ENVIRONMENT = {
    "SECRET_KEY": "",
    "DEBUG": "0",
    "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
    "BASE_URL": "http://localhost:8000",
    "BEHIND_PROXY": "0",
    "REDIS_URL": "",
    "CONTACT_KEY": "",
    "EMAIL_URL": "",
    "LOG_LEVEL": "WARNING",
    "TRAVEL_PROVIDER": "great_circle",
    "TRAVEL_URL": "",
    "TRAVEL_PROFILE": "",
    "TRAVEL_SECONDS": "",
}


class MissingService(RuntimeError):
    """A server that the suite needs is neither here nor could it be installed. The message says how to get it."""


class DidNotStart(RuntimeError):
    """The process ended or did not answer in time; the message ends with what it wrote."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_root() -> bool:
    return os.geteuid() == 0


def group_of(user: str | None) -> int | None:
    return pwd.getpwnam(user).pw_gid if user else None


def wait_until(ready: Callable[[], bool], *, seconds: float, alive: Callable[[], bool] = lambda: True) -> bool:
    """Ask ``ready`` until it says yes; ``False`` after ``seconds`` or as soon as ``alive`` says no."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():
            return True
        if not alive():
            return False
        time.sleep(0.05)
    return ready()


def accepts(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@contextlib.contextmanager
def running(
    command: Sequence[str],
    *,
    ready: Callable[[], bool],
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    user: str | None = None,
    seconds: float = 30,
    stop_signal: signal.Signals = signal.SIGTERM,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``command`` until the block ends. Raises :class:`DidNotStart` with the end of its log."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            list(command),
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=None if env is None else dict(env),
            cwd=cwd,
            user=user,
            group=group_of(user),
            extra_groups=[] if user else None,
            start_new_session=True,
        )
    try:
        if not wait_until(ready, seconds=seconds, alive=lambda: process.poll() is None):
            raise DidNotStart(f"{command[0]}: exit {process.poll()}\n{tail(log)}")
        yield process
    finally:
        stop(process, stop_signal)


def stop(process: subprocess.Popen[bytes], stop_signal: signal.Signals = signal.SIGTERM) -> None:
    """End the process and what it started (it leads its own session)."""
    if process.poll() is None:
        process.send_signal(stop_signal)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def tail(log: Path, characters: int = 3000) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-characters:] if log.exists() else ""


def apt_install(*packages: str) -> bool:
    """Install Debian packages when we may; ``False`` where this is not Debian or we are not root."""
    if not is_root() or shutil.which("apt-get") is None:
        return False
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    lock = ["-o", "DPkg::Lock::Timeout=300"]
    say(f"apt-get install {' '.join(packages)}")
    install = ["apt-get", *lock, "install", "-y", "-q", "--no-install-recommends", *packages]
    if _quiet(install, env):
        return True
    _quiet(["apt-get", *lock, "update", "-q"], env)
    return _quiet(install, env)


def pip_install(*packages: str) -> bool:
    say(f"pip install {' '.join(packages)}")
    return _quiet([sys.executable, "-m", "pip", "install", "-q", *packages], dict(os.environ))


def _quiet(command: Sequence[str], env: Mapping[str, str]) -> bool:
    done = subprocess.run(
        command, env=dict(env), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=900, check=False
    )
    if done.returncode:
        say(f"{' '.join(command[:2])} … failed: {(done.stderr or done.stdout).strip()[-400:]}")
    return done.returncode == 0


def say(line: str) -> None:
    sys.stderr.write(f"[setup] {line}\n")
    sys.stderr.flush()
