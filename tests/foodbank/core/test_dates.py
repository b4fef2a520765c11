"""Dates as they stand on food (D8) and the days of Japan (D5)."""

from __future__ import annotations

import datetime as dt

import pytest

from foodbank.core.dates import (
    DateMark,
    DatePrecision,
    UnreadableDate,
    at,
    format_day,
    format_food_date,
    moment_of,
    read_food_date,
    today,
)

DAY, MONTH = DatePrecision.DAY, DatePrecision.MONTH


@pytest.mark.parametrize(
    ("text", "last_day", "precision"),
    [
        ("2027-03-05", dt.date(2027, 3, 5), DAY),
        ("2027.3.5", dt.date(2027, 3, 5), DAY),
        ("27.03.05", dt.date(2027, 3, 5), DAY),
        ("270305", dt.date(2027, 3, 5), DAY),
        ("20270305", dt.date(2027, 3, 5), DAY),
        ("２０２７年３月５日", dt.date(2027, 3, 5), DAY),
        ("R9.3.5", dt.date(2027, 3, 5), DAY),
        ("令和9年3月5日", dt.date(2027, 3, 5), DAY),  # 令和 n = 2018 + n
        ("令和元年5月1日", dt.date(2019, 5, 1), DAY),
        ("平成31年4月30日", dt.date(2019, 4, 30), DAY),
        ("2027-03", dt.date(2027, 3, 31), MONTH),
        ("27.02", dt.date(2027, 2, 28), MONTH),
        ("2028年2月", dt.date(2028, 2, 29), MONTH),  # a leap year
        ("令和9年3月", dt.date(2027, 3, 31), MONTH),
        ("R9.3", dt.date(2027, 3, 31), MONTH),
        ("270300", dt.date(2027, 3, 31), MONTH),  # GS1's day 00
        (" 2027/3/5 ", dt.date(2027, 3, 5), DAY),
    ],
)
def test_a_printed_date_is_read(text, last_day, precision):
    date = read_food_date(text)
    assert (date.last_day, date.precision) == (last_day, precision)


@pytest.mark.parametrize("text", ["", "明日", "2027-13-01", "2027-02-30", "2027", "5", "27-3-5-1", "令和9年", "0000-00-00"])
def test_no_date_is_guessed(text):
    with pytest.raises(UnreadableDate) as refused:
        read_food_date(text)
    assert text in refused.value.text.ja


def test_a_day_begins_in_japan(monkeypatch):
    # 15:00 UTC is midnight in Japan
    for minute, day in ((59, dt.date(2026, 12, 5)), (0, dt.date(2026, 12, 6))):
        now = dt.datetime(2026, 12, 5, 14 if minute else 15, minute, tzinfo=dt.UTC)
        monkeypatch.setattr("django.utils.timezone.now", lambda now=now: now)
        assert today() == day


def test_seconds_of_the_day_are_a_moment():
    day = dt.date(2026, 12, 5)
    assert moment_of(day, 30_600) == at(day, dt.time(8, 30))  # 8.5 × 3,600
    assert moment_of(day, 90_000).date() == day + dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("mark", "last_day", "precision", "words"),
    [
        (DateMark.BEST_BEFORE, dt.date(2027, 3, 31), MONTH, "賞味期限 2027年3月"),
        (DateMark.USE_BY, dt.date(2026, 12, 7), DAY, "消費期限 2026年12月7日"),
        (DateMark.NONE, dt.date(2026, 12, 10), DAY, "期限表示なし（目安 2026年12月10日）"),
        (DateMark.NONE, None, DAY, "期限表示なし"),
    ],
)
def test_the_kind_of_date_is_said_in_words(mark, last_day, precision, words):
    assert format_food_date(mark, last_day, precision) == words


def test_a_day_is_named_by_how_near_it_is():
    day = dt.date(2026, 12, 5)
    assert format_day(day) == "12月5日(土)"
    assert format_day(day, relative_to=day) == "今日 12月5日(土)"
    assert format_day(day, relative_to=dt.date(2026, 12, 4)) == "明日 12月5日(土)"
    assert format_day(dt.date(2027, 1, 1), relative_to=day) == "2027年1月1日(金)"
