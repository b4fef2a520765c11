"""How the time of a planning, or its search rounds, is shared out."""

from __future__ import annotations

import math
import time

from logistics.solver.search import Progress

OPENING_SHARE, FIRST_SHARE = 0.06, 0.05  # of the time, for routes past every place, and for those of the first allocation
SOURCING_SHARE, SOURCING_MOST_S = 0.08, 3.0
VISITS_SHARE, VISITS_MOST_S = 0.03, 3.0
LAST_WORD_SHARE, LAST_WORD_MOST_S = 0.05, 3.0
FIRST_S_PER_LOAD, FIRST_MOST_SHARE = 0.002, 0.3  # up to that share as long as it takes to leave nothing out for want of time
STRETCHES = 4  # so often both chains are compared in ten seconds, and more often by the root of the time,
EXCHANGE_S_PER_LOAD = 0.0008  # that it takes to make the problem of an exchange,
LONGEST_BUILD = 0.1  # as long as that is no more than this part of a stretch
EXCHANGE_SHARE = 0.65  # of a stretch; the rest are turns
TURN_S, TURN_S_PER_LOAD = 0.04, 0.0002
TURNS, LEAST_TURN_ROUNDS = 100, 20  # when search rounds are counted: turns of each chain, if they get that many rounds
EXCHANGE_WORK, TURNS_WORK = 0.4, 0.3  # of the rounds
SOURCING_WORK = 0.2  # CP-SAT's deterministic time for the first allocation when search rounds are counted,
TURN_WORK, TURN_SOURCING_S = 0.03, 0.04  # and, or in seconds, for that of a turn

Limit = tuple[float | None, int | None]
"""Seconds or rounds of a search."""


class Budget:
    """Seconds or search rounds: how many for what."""

    def __init__(self, seconds: float | None, work: int | None) -> None:
        self._begin = time.monotonic()
        self.seconds, self.work = seconds, 0 if seconds is not None else work or 1
        self.turns = max(1, min(TURNS, int(TURNS_WORK * self.work / LEAST_TURN_ROUNDS)))
        self.stretches = min(STRETCHES, self.turns) if seconds is None else max(1, round(STRETCHES * math.sqrt(seconds / 10.0)))
        self._main = self._build_s = 0.0

    def sourcing(self) -> dict[str, float]:
        """For the first allocation, in the words of ``allocate``."""
        if self.seconds is None:
            return {"work": SOURCING_WORK}
        return {"seconds": min(SOURCING_MOST_S, SOURCING_SHARE * self.seconds)}

    def sourcing_again(self) -> dict[str, float]:
        return {"work": TURN_WORK} if self.seconds is None else {"seconds": TURN_SOURCING_S}

    def visits(self) -> Limit:
        if self.seconds is None:
            return None, self.work
        return min(VISITS_MOST_S, max(0.2, VISITS_SHARE * self.seconds)), None

    def opening(self) -> Limit:
        """For routes past every place."""
        return self._part(OPENING_SHARE)

    def first(self, loads: int) -> Limit:
        """For the routes of the first allocation."""
        seconds, work = self._part(FIRST_SHARE)
        if seconds is None or self.seconds is None:
            return None, work
        return max(seconds, min(FIRST_S_PER_LOAD * loads, FIRST_MOST_SHARE * self.seconds)), None

    def last_word(self) -> Limit:
        if self.seconds is None:
            return None, max(1, self.work // 4)
        return min(LAST_WORD_MOST_S, max(0.2, LAST_WORD_SHARE * self.seconds)), None

    def begin_chains(self, loads: int) -> None:
        """The chains begin now, with so many loads."""
        self._main = self.passed()
        if self.seconds is not None:
            self._build_s = EXCHANGE_S_PER_LOAD * loads
            most = LONGEST_BUILD * (self._last() - self._main) / max(self._build_s, 1e-3)
            self.stretches = max(1, min(self.stretches, int(most)))

    def has_exchange(self, stretch: int) -> bool:
        """Whether there is time for an exchange in this stretch."""
        if self.seconds is None:
            return True
        span = self._end_of(stretch) - self._end_of(stretch - 1)
        return EXCHANGE_SHARE * span > 3 * self._build_s

    def exchange(self, stretch: int) -> Limit:
        """For the search with exchanges of this stretch, which has begun."""
        if self.seconds is None:
            return None, max(1, round(EXCHANGE_WORK * self.work / self.stretches))
        begin, end = self._end_of(stretch - 1), self._end_of(stretch)
        return max(0.05, begin + EXCHANGE_SHARE * (end - begin) - self.passed()), None

    def turn(self, loads: int) -> Limit:
        if self.seconds is None:
            return None, max(1, round(TURNS_WORK * self.work / self.turns))
        return TURN_S + TURN_S_PER_LOAD * loads, None

    def has_turn(self, stretch: int, turn: int, loads: int) -> bool:
        """Whether a chain that has done ``turn`` turns in this stretch has room for one more."""
        if self.seconds is None:
            return turn < self.turns * (stretch + 1) // self.stretches - self.turns * stretch // self.stretches
        return self.passed() < self._end_of(stretch) - (self.turn(loads)[0] or 0.0)

    def part(self, progress: Progress) -> float:
        """Of the whole, what is done while the first routes are built."""
        if self.seconds is None:
            return FIRST_SHARE * min(1.0, progress.rounds / max(1, self.work))
        return self.done(0)

    def done(self, stretch: int) -> float:
        """Of the whole, what is done now, before this stretch."""
        if self.seconds is not None:
            return min(1.0, self.passed() / self.seconds)
        begin = OPENING_SHARE + FIRST_SHARE + SOURCING_SHARE
        return begin + (1.0 - begin) * stretch / self.stretches

    def left(self, stretch: int) -> float:
        """Of the chains' time, what remains after this stretch (1 to 0)."""
        return 1.0 - (stretch + 1) / self.stretches

    def passed(self) -> float:
        return time.monotonic() - self._begin

    def _part(self, share: float) -> Limit:
        if self.seconds is None:
            return None, max(1, round(share * self.work))
        return max(0.2, share * self.seconds), None

    def _end_of(self, stretch: int) -> float:
        return self._main + (self._last() - self._main) * (stretch + 1) / self.stretches

    def _last(self) -> float:
        """When the chains end."""
        seconds = self.seconds or 0.0
        return seconds - min(LAST_WORD_MOST_S, LAST_WORD_SHARE * seconds)
