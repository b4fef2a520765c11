"""Typed reading of the environment. Every variable is documented in ``.env.example``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


def load_file(path: Path) -> None:
    """Fill missing variables from a ``KEY=value`` file; what the environment already has wins."""
    if not path.is_file():
        return
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        key, separator, value = line.partition("=")
        if not separator:
            raise ImproperlyConfigured(f"{path.name}:{number}: KEY=value expected")
        os.environ.setdefault(key.strip(), value.strip().strip('"'))


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    lowered = value.strip().lower()
    if lowered in _TRUE:
        return True
    if lowered in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name}: yes or no expected, got {value!r}")


def number(name: str, default: float) -> float:
    """A number above zero."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        found = float(value)
    except ValueError:
        found = 0
    if not 0 < found < 1e6:
        raise ImproperlyConfigured(f"{name}: a number above zero expected, got {value!r}")
    return found


def choice(name: str, choices: Sequence[str]) -> str:
    """One of ``choices``, the first when nothing is said."""
    value = os.environ.get(name, "").strip() or choices[0]
    if value not in choices:
        raise ImproperlyConfigured(f"{name}: {', '.join(choices)} expected, got {value!r}")
    return value


def address(name: str, default: str) -> str:
    """``http://host:port`` of a server, without a slash at the end."""
    value = (os.environ.get(name, "").strip() or default).rstrip("/")
    try:
        parts = urlsplit(value)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        fine = False
    if not fine:
        raise ImproperlyConfigured(f"{name}: http://host:port expected, got {value!r}")
    return value


def listing(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def database(name: str, base_dir: Path, *, var_dir: Path) -> dict[str, Any]:
    """``sqlite:///PATH`` (relative to the project, or ``sqlite:////absolute``) or ``postgresql://user:password@host:port/name``;
    nothing: an SQLite file in ``var_dir``."""
    url = text(name) or f"sqlite:///{quote(str(var_dir / 'foodbank.sqlite3'))}"
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        raw = unquote(parts.path[1:] if parts.path.startswith("/") else parts.path)
        path = Path(raw)
        if not path.is_absolute():
            path = base_dir / path
        path.parent.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path,
            # IMMEDIATE: a transaction that will write takes the write lock first, so that reading then writing cannot fail
            # half-way (select_for_update does nothing on SQLite).
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA mmap_size=134217728;PRAGMA cache_size=-20000;"
                ),
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        options: dict[str, Any] = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or "") or options.pop("host", ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": options,
        }
    raise ImproperlyConfigured(f"{name}: sqlite:///PATH or postgresql://… expected, got {parts.scheme or 'nothing'}://")


def mail(name: str) -> dict[str, Any]:
    """``smtp://user:password@host:587`` (STARTTLS), ``smtps://…:465`` (TLS from the start), ``smtp+plain://host:25`` (a relay on this
    machine, no TLS); nothing: the console. The answer's keys are Django's, without ``EMAIL_``."""
    url = text(name)
    parts = urlsplit(url)
    if not url:
        parts = urlsplit("console:")
    ports = {"console": 0, "smtp": 587, "smtps": 465, "smtp+plain": 25}
    if parts.scheme not in ports or (parts.scheme != "console" and not parts.hostname):
        raise ImproperlyConfigured(f"{name}: smtp://user:password@host:587, smtps://… or nothing expected")
    return {
        "BACKEND": f"django.core.mail.backends.{'console' if parts.scheme == 'console' else 'smtp'}.EmailBackend",
        "HOST": parts.hostname or "",
        "PORT": parts.port or ports[parts.scheme],
        "HOST_USER": unquote(parts.username or ""),
        "HOST_PASSWORD": unquote(parts.password or ""),
        "USE_TLS": parts.scheme == "smtp",
        "USE_SSL": parts.scheme == "smtps",
    }
