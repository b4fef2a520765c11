"""Where the example days are: the shared data beside the checkout (or in ``SHARED_DIR``), else the one that comes with the program."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "logistics" / "dayfiles" / "example"
_SHARED = Path(os.environ.get("SHARED_DIR") or ROOT.parent / "shared")


def has_day(name: str) -> bool:
    """Whether the day ``name`` itself is here, so that its own numbers may be expected."""
    return (_SHARED / "data" / name).is_dir()


def day_dir(name: str = "example") -> Path:
    """The folder of the day ``name`` (``takamatsu``, ``takamatsu-large``), or of the built-in example where it is absent."""
    return _SHARED / "data" / name if has_day(name) else EXAMPLE / "day"


def bench_dir() -> Path | None:
    """The public routing instances, or ``None`` where they are absent."""
    folder = _SHARED / "bench"
    return folder if folder.is_dir() else None
