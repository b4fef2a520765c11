"""Files written for people: complete or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from foodbank.core.errors import Refusal, Text


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """Write ``path`` beside itself and put it in place at the end; missing folders are made, a fault leaves what was there.

    Refuses ``file.cannot_write``.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(21, "is a folder", str(path))
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _refused(path, error) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        raise _refused(path, error) from error
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def _refused(path: Path, error: OSError) -> Refusal:
    why = error.strerror or str(error)
    return Refusal(
        "file.cannot_write",
        Text(f"「{path}」に書き込めません（{why}）。", f"Cannot write {path} ({why})."),
        params={"path": str(path)},
        status=400,
    )
