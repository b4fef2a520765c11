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
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

KERNEL_MODULES = ("compiled", "fleet", "insertion", "kernel", "labels", "model", "pool", "ruin", "timing")


def _cache_dir() -> Path:
    """A directory of its own per version of the sources: numba itself only watches the file a function stands in, so code
    compiled from an older helper module would otherwise be used after an upgrade."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for name in KERNEL_MODULES:
        source = here / f"{name}.py"
        digest.update(source.read_bytes() if source.exists() else b"")
    folder = f"kernel-{digest.hexdigest()[:16]}"
    for parent in (here / "__pycache__", Path(tempfile.gettempdir()) / f"solver-cache-{os.getuid()}"):
        try:
            (parent / folder).mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(parent / folder, os.W_OK):
            return parent / folder
    return Path(tempfile.mkdtemp(prefix="solver-cache-"))


try:
    import numba

    numba.config.CACHE_DIR = str(_cache_dir())
    AVAILABLE = True
except ImportError:
    AVAILABLE = False


def compiled(function: F) -> F:
    """Machine code of ``function``, cached on disk; the function itself without numba.

    Nothing is allocated inside, so reference counting is off: counting the shared arrays in two threads costs a factor of ten.
    Whole numbers are passed on as ``np.int64(...)`` where a plain literal would make numba compile the callee once more for it.
    """
    if not AVAILABLE:
        return function
    result: F = numba.njit(cache=True, nogil=True, _nrt=False, error_model="numpy")(function)
    return result
