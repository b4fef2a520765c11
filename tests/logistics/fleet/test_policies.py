"""What is a fair day for a driver."""

from __future__ import annotations

import pytest

from logistics.fleet.policies import fair_day

HOUR = 3600


@pytest.mark.parametrize(
    ("driven", "of_all", "fair"),
    [
        (0, (0, 0), 4 * HOUR),  # half of eight hours
        (10 * HOUR, (10 * HOUR, 0), 3 * HOUR),  # five hours over the mean: one less
        (0, (10 * HOUR, 0), 5 * HOUR),
        (60 * HOUR, (60 * HOUR, 0), 0),  # thirty over: six less than four
        (0, (60 * HOUR, 0), 8 * HOUR),  # never more than the shift
    ],
)
def test_five_days_even_out_what_one_drove_more(driven: int, of_all: tuple[int, int], fair: int):
    assert fair_day(driven, of_all, 8 * HOUR) == (fair, 1)


def test_alone_there_is_nothing_to_share():
    assert fair_day(10 * HOUR, (10 * HOUR,), 8 * HOUR) is None
