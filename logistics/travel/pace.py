"""How much longer driving takes at which hours, as plain facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DAY_S = 86_400
AS_SAID = 100  # per cent: as the provider says


@dataclass(frozen=True, slots=True)
class Band:
    """Between two moments of the day (seconds since 00:00) driving takes ``percent`` of what the provider says. ``by_pair``: pairs with
    a value of their own go by that one."""

    from_s: int
    until_s: int
    percent: int
    by_pair: bool = False


@dataclass(frozen=True, slots=True)
class PairPercent:
    """From one site (code) to another driving takes ``percent`` of what the provider says."""

    origin: str
    target: str
    percent: int


@dataclass(frozen=True, slots=True)
class Pace:
    """``bands`` do not overlap; at hours without one driving takes as long as the provider says."""

    bands: tuple[Band, ...] = ()
    pairs: tuple[PairPercent, ...] = ()

    def whole_day(self) -> tuple[Band, ...]:
        """The bands with those of 100 % between them."""
        found: list[Band] = []
        at = 0
        for band in sorted(self.bands, key=lambda b: b.from_s):
            if band.from_s > at:
                found.append(Band(at, band.from_s, AS_SAID))
            found.append(band)
            at = band.until_s
        return (*found, *([Band(at, DAY_S, AS_SAID)] if at < DAY_S else []))


def slowest(pace: Pace, codes: Sequence[str], leaves_s: NDArray[np.int64], arrives_s: NDArray[np.int64]) -> NDArray[np.int64]:
    """Per cent for each ordered pair of ``codes``: the largest at any moment between the earliest at which a vehicle can leave the one
    (``leaves_s``) and the latest at which it can arrive at the other (``arrives_s``). A pair that can never be driven gets the
    largest of the day. So, whenever a leg is driven, it takes no longer than planned with."""
    n = len(codes)
    at = {code: i for i, code in enumerate(codes)}
    own = np.zeros((n, n), dtype=np.int64)
    for pair in pace.pairs:
        if pair.origin in at and pair.target in at:
            own[at[pair.origin], at[pair.target]] = pair.percent
    begin, end = leaves_s[:, None], arrives_s[None, :]
    never = end <= begin
    found = np.zeros((n, n), dtype=np.int64)
    for band in pace.whole_day():
        value = np.where(own > 0, own, band.percent) if band.by_pair else np.full((n, n), band.percent, dtype=np.int64)
        met = never | ((begin < band.until_s) & (end > band.from_s))
        found = np.where(met, np.maximum(found, value), found)
    return found
