"""Actions that start at the same moment, each on a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections

_PATIENCE_S = 60


def at_once(actions: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run them in as many threads, all let go together. Returns what each returned, or the exception that it raised."""
    gate = threading.Barrier(len(actions))
    results: list[Any] = [None] * len(actions)

    def run(index: int, action: Callable[[], Any]) -> None:
        try:
            connections["default"].ensure_connection()
            gate.wait(_PATIENCE_S)
            results[index] = action()
        except Exception as problem:
            results[index] = problem
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * _PATIENCE_S)
    assert not any(thread.is_alive() for thread in threads), "a thread is still waiting: deadlock"
    return results


def faults(results: Sequence[Any], allowed: type[Exception]) -> list[Exception]:
    """The exceptions among ``results`` that are not ``allowed``."""
    return [one for one in results if isinstance(one, Exception) and not isinstance(one, allowed)]
