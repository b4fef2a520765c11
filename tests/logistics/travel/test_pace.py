import numpy as np
import pytest

from logistics.travel.pace import Band, Pace, PairPercent, slowest
from logistics.travel.policies import believable, learned_percent, pace_faults

H = 3600
MORNING = Band(7 * H, 9 * H, 150)
EVENING = Band(16 * H, 19 * H, 120)


def percent(pace, leaves, arrives, codes=("A", "B")):
    """From A (which can be left from ``leaves``) to B (where one may arrive until ``arrives``)."""
    found = slowest(pace, codes, np.array([leaves, 23 * H]), np.array([0, arrives]))
    return int(found[0, 1])


def test_hours_without_a_band_are_as_said():
    assert Pace((EVENING, MORNING)).whole_day() == (
        Band(0, 7 * H, 100), MORNING, Band(9 * H, 16 * H, 100), EVENING, Band(19 * H, 24 * H, 100),
    )  # fmt: skip
    assert Pace((Band(0, 24 * H, 130),)).whole_day() == (Band(0, 24 * H, 130),)


@pytest.mark.parametrize(
    "leaves, arrives, expected",
    [
        (10 * H, 15 * H, 100),  # between the bands
        (8 * H, 15 * H, 150),  # may be driven before nine
        (10 * H, 17 * H, 120),
        (6 * H, 20 * H, 150),  # the slower of both
        (9 * H, 16 * H, 100),  # a band ends as the next begins
        (9 * H, 16 * H + 1, 120),
        (15 * H, 10 * H, 150),  # never: the slowest of the day
    ],
)
def test_the_slowest_hour_at_which_a_leg_can_be_driven(leaves, arrives, expected):
    assert percent(Pace((MORNING, EVENING)), leaves, arrives) == expected


def test_faster_hours_count_only_where_no_other_hour_is_possible():
    quiet = Pace((Band(12 * H, 14 * H, 80),))
    assert percent(quiet, 12 * H, 14 * H) == 80
    assert percent(quiet, 12 * H, 14 * H + 1) == 100


def test_a_pair_goes_by_its_own_value_where_the_band_says_so():
    pairs = (PairPercent("A", "B", 180), PairPercent("A", "GONE", 250))
    learned = Pace((Band(7 * H, 9 * H, 110, by_pair=True), EVENING), pairs)
    assert percent(learned, 8 * H, 10 * H) == 180
    assert percent(learned, 16 * H, 18 * H) == 120  # this band does not
    assert percent(learned, 8 * H, 10 * H, codes=("A", "C")) == 110


@pytest.mark.parametrize(
    "ratios, expected",
    [
        # 5 drives of half as long again: 100 + 50 × 5 ÷ (5 + 5) = 125
        ([1.5] * 5, 125),
        # 15 of them: 100 + 50 × 15 ÷ 20 = 137.5, to the even 138
        ([1.5] * 15, 138),
        # the median of 7 is 1.2 whatever the worst were: 100 + 20 × 7 ÷ 12 = 111.7
        ([1.2, 1.2, 1.2, 1.2, 3.9, 3.9, 0.4], 112),
        ([0.4] * 95, 70),  # 100 − 60 × 95 ÷ 100 = 43, held at 70
        ([4.0] * 95, 250),  # 100 + 300 × 0.95 = 385, held at 250
        ([1.5] * 4, None),
        ([], None),
    ],
)
def test_what_is_learned_is_a_median_drawn_to_the_time_said(ratios, expected):
    assert learned_percent(ratios, enough=5) == expected


@pytest.mark.parametrize(
    "real_s, said_s, expected",
    [
        (600, 600, True),
        (2400, 600, True),
        (2401, 600, False),
        (240, 600, True),
        (239, 600, False),
        (300, 179, False),
        (300, 180, True),
    ],
)
def test_forgotten_scans_lunch_and_parking_are_not_learned_from(real_s, said_s, expected):
    assert believable(real_s, said_s) is expected


@pytest.mark.parametrize(
    "start, end, percent, field",
    [
        (420, 540, 130, None), (540, 600, 130, None), (0, 1440, 49, "percent"), (0, 60, 301, "percent"), (600, 600, 100, "end"),
        (600, 540, 100, "end"), (0, 1441, 100, "end"), (590, 700, 100, "start"), (0, 1440, 100, "start"), (610, 620, 100, "start"),
    ],
)  # fmt: skip
def test_a_band_of_hours(start, end, percent, field):
    """There is one from 10:00 to 12:00 (600 to 720)."""
    faults = pace_faults(start_min=start, end_min=end, percent=percent, others=[(600, 720)])
    assert (field in faults) if field else faults == {}
