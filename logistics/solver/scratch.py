"""Chance and copies without allocation, for the compiled modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from logistics.solver.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray


@compiled
def random(state: NDArray[np.uint64]) -> float:
    """Uniform in [0, 1) from the xorshift generator in ``state``."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return float(x >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@compiled
def copy(source: NDArray[np.int32], target: NDArray[np.int32], count: int) -> None:
    """The first ``count`` elements."""
    for x in range(count):
        target[x] = source[x]
