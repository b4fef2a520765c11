"""Rules about the hours at which driving takes longer, and what is learned from drives that happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from foodbank.core.errors import Text

LEAST_PERCENT, MOST_PERCENT = 50, 300
DAY_MINUTES = 24 * 60

# What is learned
LEAST_BASE_S = 180  # shorter drives are mostly parking
BELIEVABLE = (0.4, 4.0)  # real time per time said; outside somebody forgot to scan, or had lunch
LEARNED_BOUNDS = (70, 250)
ENOUGH_FOR_BAND, ENOUGH_FOR_PAIR = 20, 5
DOUBT = 5  # drives: as much as this many that took exactly the time said speak against what is seen


def pace_faults(*, start_min: int, end_min: int, percent: int, others: Iterable[tuple[int, int]]) -> dict[str, Text]:
    """What is wrong with a band of hours, by field; ``others`` are the bands there are, in minutes since 00:00."""
    faults: dict[str, Text] = {}
    if not LEAST_PERCENT <= percent <= MOST_PERCENT:
        faults["percent"] = Text(
            f"{LEAST_PERCENT}から{MOST_PERCENT}までの数にしてください。100で調べた時間のまま、150でその1.5倍です。",
            f"Between {LEAST_PERCENT} and {MOST_PERCENT}: 100 is the time as found, 150 half as long again.",
        )
    if not 0 <= start_min < end_min <= DAY_MINUTES:
        faults["end"] = Text(
            "終わりは始まりより後にしてください。夜の12時までは 0:00 と入力します。",
            "It must end after it begins. Until midnight is entered as 0:00.",
        )
    elif any(start_min < until and begin < end_min for begin, until in others):
        faults["start"] = Text(
            "ほかの時間帯と重なっています。先にその時間帯を短くするか、消してください。",
            "It overlaps another band of hours. Shorten or remove that one first.",
        )
    return faults


def believable(real_s: float, said_s: int) -> bool:
    """Whether a drive can be learned from."""
    return said_s >= LEAST_BASE_S and BELIEVABLE[0] <= real_s / said_s <= BELIEVABLE[1]


def learned_percent(ratios: Sequence[float], *, enough: int) -> int | None:
    """Per cent of the time said that drives really take: the median, drawn towards 100 the fewer drives there are, within bounds; ``None``
    for fewer than ``enough``."""
    if len(ratios) < enough:
        return None
    weight = len(ratios) / (len(ratios) + DOUBT)
    low, high = LEARNED_BOUNDS
    return min(high, max(low, round(100 + (100 * median(ratios) - 100) * weight)))
