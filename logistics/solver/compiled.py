"""The one place that knows about numba.

``compiled`` turns a function into machine code that runs without Python's global lock, or leaves it alone where numba is
missing: the exact timetable then still works, only slower, and the search takes the OR-Tools path.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])

KERNEL_MODULES = (
    "compiled",
    "insertion",
    "kernel",
    "labels",
    "loop",
    "model",
    "nearby",
    "options",
    "pool",
    "putting",
    "ruin",
    "scratch",
    "timing",
)


def _own_choice() -> list[Path]:
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    return [Path(chosen)] if chosen else []


def _shared_corner() -> Path | None:
    """A folder of our own where everybody may write: what lies in the cache is run, so nobody else may have made it."""
    corner = Path(tempfile.gettempdir()) / f"solver-cache-{os.getuid()}"
    try:
        corner.mkdir(mode=0o700, exist_ok=True)
        facts = corner.lstat()
    except OSError:
        return None
    return corner if facts.st_uid == os.getuid() and not facts.st_mode & 0o022 and not corner.is_symlink() else None


def _cache_dir() -> Path:
    """A directory of its own per version of the sources: numba itself only watches the file a function stands in, so code
    compiled from an older helper module would otherwise be used after an upgrade."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for name in KERNEL_MODULES:
        source = here / f"{name}.py"
        digest.update(source.read_bytes() if source.exists() else b"")
    folder = f"kernel-{digest.hexdigest()[:16]}"
    for parent in (*_own_choice(), here / "__pycache__", _shared_corner()):
        if parent is None:
            continue
        try:
            (parent / folder).mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(parent / folder, os.W_OK):
            return parent / folder
    return Path(tempfile.mkdtemp(prefix="solver-cache-"))


try:
    import numba

    CACHE: Path | None = _cache_dir()
    setattr(numba.config, "CACHE_DIR", str(CACHE))  # noqa: B010 - a setting its type stubs do not know
    AVAILABLE = True
except ImportError:
    CACHE, AVAILABLE = None, False

_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False, "error_model": "numpy"}


def ready() -> bool:
    """Whether the search loop has been compiled on this machine: else its first call takes about a minute."""
    if not _seen and CACHE is not None and any(CACHE.rglob("kernel.run-*.nbi")):
        _seen.append(True)
    return bool(_seen)


_seen: list[bool] = []


def plain(function: F, done: dict[int, Any] | None = None) -> F:
    """``function`` as ordinary Python, with everything it calls: slow, but there at once when nothing is compiled yet."""
    source = getattr(function, "py_func", None)
    if source is None:
        return function
    done = {} if done is None else done
    if id(function) not in done:
        names: dict[str, Any] = dict(source.__globals__)
        done[id(function)] = result = FunctionType(source.__code__, names, source.__name__, source.__defaults__)
        for name in source.__code__.co_names:
            if name in names:
                names[name] = plain(names[name], done)
        return cast("F", result)
    return cast("F", done[id(function)])


def compiled(function: F) -> F:
    """Machine code of ``function``, cached on disk; the function itself without numba.

    Nothing is allocated inside, so reference counting is off: counting the shared arrays in two threads costs a factor of ten.
    Whole numbers are passed on as ``np.int64(...)`` where a plain literal would make numba compile the callee once more for it.
    """
    return _machine_code(function, forceinline=False)


def inlined(function: F) -> F:
    """As ``compiled``, and put into each caller: handing over all arrays takes about a tenth of a microsecond a call."""
    return _machine_code(function, forceinline=True)


def _machine_code(function: F, *, forceinline: bool) -> F:
    if not AVAILABLE:
        return function
    result: F = numba.njit(**_OPTIONS, forceinline=forceinline)(function)
    return result
