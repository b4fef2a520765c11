from __future__ import annotations

import datetime as dt

import pytest
from django.utils.translation import override

from foodbank.core import dates
from foodbank.core.templatetags import words

TODAY = dt.date(2026, 12, 5)  # a Saturday


@pytest.fixture(autouse=True)
def _that_day(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(dates, "today", lambda: TODAY)


@pytest.mark.parametrize(
    ("grams", "shown"),
    [(0, "0.0 kg"), (20, "20 g"), (99, "99 g"), (100, "0.1 kg"), (1_234_567, "1,234.6 kg"), (None, "")],
)
def test_weights(grams: int | None, shown: str):
    assert words.kilograms(grams).replace("\N{NO-BREAK SPACE}", " ") == shown


def test_a_number_and_its_unit_stay_on_one_line():
    assert " " not in words.kilograms(5200)


@pytest.mark.parametrize(("amount", "ja", "en"), [(12_340, "12,340円", "¥12,340"), (0, "0円", "¥0"), (None, "", "")])
def test_yen(amount: int | None, ja: str, en: str):
    with override("ja"):
        assert words.yen(amount) == ja
    with override("en"):
        assert words.yen(amount) == en


@pytest.mark.parametrize(("seconds", "ja", "en"), [(6180, "1時間43分", "1 h 43 min"), (150, "2分", "2 min"), (None, "", "")])
def test_durations(seconds: int | None, ja: str, en: str):
    with override("ja"):
        assert words.duration(seconds) == ja
    with override("en"):
        assert words.duration(seconds) == en


@pytest.mark.parametrize(
    ("day", "ja", "en"),
    [
        (TODAY, "今日 12月5日(土)", "Today Sat 5 Dec"),
        (dt.date(2026, 12, 6), "明日 12月6日(日)", "Tomorrow Sun 6 Dec"),
        (dt.date(2026, 12, 4), "昨日 12月4日(金)", "Yesterday Fri 4 Dec"),
        (dt.date(2026, 12, 8), "12月8日(火)", "Tue 8 Dec"),
        (dt.date(2027, 1, 9), "2027年1月9日(土)", "Sat 9 Jan 2027"),
    ],
)
def test_days_in_words(day: dt.date, ja: str, en: str):
    with override("ja"):
        assert words.near_day(day) == ja
    with override("en"):
        assert words.near_day(day) == en


@pytest.mark.parametrize(
    ("days", "ja", "en"),
    [
        (-2, "2 日過ぎています", "2 days past"),
        (-1, "1 日過ぎています", "1 day past"),
        (0, "今日まで", "Last day today"),
        (1, "明日まで", "Last day tomorrow"),
        (2, "あと 2 日", "2 days left"),
        (None, "期限なし", "No date"),
    ],
)
def test_days_left(days: int | None, ja: str, en: str):
    with override("ja"):
        assert words.days_left(days) == ja
    with override("en"):
        assert words.days_left(days) == en


@pytest.mark.parametrize(
    ("mark", "precision", "ja", "en"),
    [
        ("best_before", "month", "賞味期限 2027年3月", "Best before March 2027"),
        ("use_by", "day", "消費期限 2027年3月31日", "Use by 31 Mar 2027"),
        ("none", "day", "期限表示なし（目安 2027年3月31日）", "No date on the label (keep until about 31 Mar 2027)"),
    ],
)
def test_dates_on_food_name_their_kind(mark: str, precision: str, ja: str, en: str):
    day = dt.date(2027, 3, 31)
    with override("ja"):
        assert words.food_date(mark, day, precision) == ja
    with override("en"):
        assert words.food_date(mark, day, precision) == en


def test_a_clock_shows_the_time_in_japan():
    assert words.clock(dt.datetime(2026, 12, 5, 0, 5, tzinfo=dt.UTC)) == "9:05"
    assert words.clock(dt.time(13, 0)) == "13:00"


def test_the_day_of_a_moment_is_the_day_in_japan():
    late = dt.datetime(2026, 12, 5, 16, 0, tzinfo=dt.UTC)  # 1:00 on the 6th in Takamatsu
    assert words.moment_day(late).endswith("12月6日(日)")
    assert words.moment_day(None) == ""
