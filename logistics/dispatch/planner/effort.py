"""How long a search may take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Search:
    """Seconds on the clock, or search rounds for a repeatable answer (of each turn, where there are several)."""

    seconds: float | None
    work: int | None
    seed: int
    should_stop: Callable[[], bool] | None = None

    def part(self, share: float) -> Search:
        """A share of it."""
        work = None if self.work is None else max(1, round(self.work * share))
        return replace(self, seconds=None if self.seconds is None else self.seconds * share, work=work)
