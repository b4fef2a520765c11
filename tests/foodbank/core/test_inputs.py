from __future__ import annotations

import datetime as dt

import pytest

from foodbank.core.errors import InputRefused
from foodbank.core.inputs import day_argument


@pytest.mark.parametrize("text", ["2026-12-05", "２０２６－１２－０５"])
def test_a_day_on_the_command_line(text: str):
    assert day_argument(text) == dt.date(2026, 12, 5)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-02-30", "date.unreadable"),
        ("tomorrow", "date.unreadable"),
        ("0026-12-05", "date.out_of_range"),  # 26 for 2026
        ("9999-12-31", "date.out_of_range"),  # the day after it does not exist
    ],
)
def test_what_is_no_day_of_ours_is_refused(text: str, code: str):
    with pytest.raises(InputRefused) as refused:
        day_argument(text)
    assert [problem.code for problem in refused.value.problems] == [code]
