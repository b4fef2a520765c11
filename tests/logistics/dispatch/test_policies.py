"""Sharing out what a shop gives, and when the next stops begin."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logistics.dispatch.policies import Part, Timing, expected_times, later_times, share_out

TWO_ORDERS_AND_THE_SHELF = (Part(1, 6, True), Part(2, 5, False), Part(3, 4, True))


@pytest.mark.parametrize(
    ("given_units", "shares"),
    [
        (15, {1: 6, 3: 4, 2: 5}),  # as planned
        (12, {1: 6, 3: 4, 2: 2}),  # three short: the shelf gets less
        (9, {1: 6, 3: 3, 2: 0}),  # six short: nothing for the shelf, and the later order is one short
        (0, {1: 0, 3: 0, 2: 0}),
        (18, {1: 6, 3: 4, 2: 8}),  # three more: onto the shelf
    ],
)
def test_people_come_before_the_shelf_and_the_plan_s_order_decides(given_units: int, shares: dict[int, int]) -> None:
    assert share_out(given_units, TWO_ORDERS_AND_THE_SHELF) == shares


def test_without_a_part_for_the_shelf_the_surplus_rides_with_the_last() -> None:
    assert share_out(12, (Part(1, 6, True), Part(3, 4, True))) == {1: 6, 3: 6}


def test_nobody_to_share_out_to() -> None:
    with pytest.raises(ValueError, match="nobody"):
        share_out(1, ())


@given(
    st.integers(0, 200),
    st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=1, max_size=6),
)
def test_every_unit_goes_somewhere_once_and_nobody_gets_another_s_share(units: int, parts: list[tuple[int, bool]]) -> None:
    listed = [Part(key, planned, people) for key, (planned, people) in enumerate(parts)]
    shares = share_out(units, listed)
    assert sum(shares.values()) == units
    assert set(shares) == {part.key for part in listed}
    short = [part for part in listed if shares[part.key] < part.planned]
    if any(part.to_people for part in short):
        assert all(shares[part.key] == 0 for part in listed if not part.to_people)


def clock(text: str) -> dt.datetime:
    hours, minutes = text.split(":")
    return dt.datetime(2026, 12, 5, int(hours), int(minutes), tzinfo=ZoneInfo("Asia/Tokyo"))


def timing(arrive: str, start: str, leave: str, *, rest: int = 0, **happened: str) -> Timing:
    times = {name: clock(value) for name, value in happened.items()}
    return Timing(clock(arrive), clock(start), clock(leave), rest=dt.timedelta(minutes=rest), **times)


def shown(stops: list[Timing]) -> list[str]:
    return [f"{time:%H:%M}" for time in expected_times(stops)]


def test_nothing_happened_yet_so_all_is_as_planned() -> None:
    assert shown([timing("9:00", "9:00", "9:10"), timing("9:30", "9:40", "9:50")]) == ["09:00", "09:40"]


def test_a_delay_runs_on_and_waiting_takes_it_up() -> None:
    stops = [
        timing("9:00", "9:00", "9:10", arrived_at="9:05", closed_at="9:40"),  # leaves 30 minutes late
        timing("9:30", "9:30", "9:40"),  # no waiting: 30 late
        timing("10:00", "10:20", "10:30"),  # 20 minutes of waiting: 10 late
        timing("11:00", "11:15", "11:30"),  # 15 minutes of waiting: on time again
    ]
    assert shown(stops) == ["09:05", "10:00", "10:30", "11:15"]


def test_a_break_is_not_shortened_by_a_delay() -> None:
    stops = [
        timing("9:00", "9:00", "9:10", arrived_at="9:00", closed_at="9:40"),  # 30 late
        timing("10:00", "10:50", "11:00", rest=45),  # of 50 minutes only 5 are waiting: 25 late
    ]
    assert shown(stops) == ["09:00", "11:15"]


def test_being_early_brings_nobody_forward() -> None:
    stops = [timing("9:00", "9:00", "9:10", arrived_at="8:50", closed_at="8:55"), timing("9:30", "9:30", "9:40")]
    assert shown(stops) == ["08:50", "09:30"]


def test_a_late_arrival_is_known_before_the_stop_is_closed() -> None:
    stops = [timing("9:00", "9:00", "9:10", arrived_at="9:20"), timing("9:30", "9:30", "9:40")]
    assert shown(stops) == ["09:20", "09:50"]


def test_a_visit_closes_on_time_however_late_it_opened() -> None:
    visit = Timing(clock("9:00"), clock("9:10"), clock("11:00"), fixed_end=True, arrived_at=clock("9:40"))
    assert shown([visit, timing("11:30", "11:30", "11:40")]) == ["09:40", "11:30"]


def test_a_stop_that_failed_without_being_reached_counts_from_when_it_was_given_up() -> None:
    stops = [timing("9:00", "9:00", "9:10", closed_at="9:30"), timing("10:00", "10:00", "10:10")]
    assert shown(stops) == ["09:30", "10:20"]


def test_nothing_is_expected_before_the_driver_says_to_be_there_and_what_comes_after_moves_with_it() -> None:
    stops = [
        timing("9:00", "9:00", "9:10", said="9:30"),  # half an hour late
        timing("9:30", "9:40", "9:50"),  # ten minutes of waiting: 20 late
    ]
    assert shown(stops) == ["09:30", "10:00"]


def test_a_driver_who_hopes_for_more_than_is_known_does_not_make_the_way_shorter() -> None:
    stops = [timing("9:00", "9:00", "9:10", arrived_at="9:00", closed_at="9:40"), timing("9:30", "9:30", "9:40", said="9:45")]
    assert shown(stops) == ["09:00", "10:00"]


def test_once_somebody_is_there_or_has_given_up_what_was_said_counts_no_more() -> None:
    assert shown([timing("9:00", "9:00", "9:10", said="10:00", arrived_at="9:20")]) == ["09:20"]
    assert shown([timing("9:00", "9:00", "9:10", said="10:00", closed_at="9:20")]) == ["09:20"]


@pytest.mark.parametrize(
    ("planned", "expected", "now", "times"),
    [
        ("10:00", "10:00", "9:50", ["10:10", "10:20", "10:30", "11:00"]),  # after what was planned
        ("10:00", "10:00", "10:02", ["10:15", "10:25", "10:35", "11:05"]),  # after now, at five minutes by the clock
        ("10:00", "10:23", "9:50", ["10:35", "10:45", "10:55", "11:25"]),  # after what is known
        ("10:00", "10:00", "13:20", ["13:30", "13:40", "13:50"]),  # 14:20 would be more than four hours
        ("10:00", "10:00", "13:59", []),
    ],
)
def test_what_a_late_driver_may_choose_from(planned: str, expected: str, now: str, times: list[str]) -> None:
    found = later_times(planned=clock(planned), expected=clock(expected), now=clock(now))
    assert [f"{time:%H:%M}" for time in found] == times


def test_what_was_late_when_the_rest_was_planned_is_planned_for() -> None:
    """The first stop, to be left at 9:10, is left at 9:40; the rest was planned from 9:30, so ten minutes of it are late."""
    late = timing("9:00", "9:00", "9:10", arrived_at="9:20", closed_at="9:40")
    assert shown([late, timing("10:00", "10:00", "10:10", set_out="9:30"), timing("10:30", "10:30", "10:40")])[1:] == [
        "10:10",
        "10:40",
    ]
    assert shown([late, timing("10:00", "10:00", "10:10", set_out="9:45")])[1:] == ["10:00"]  # to wait where it stood
