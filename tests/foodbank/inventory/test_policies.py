"""Each food rule, and somebody trying to get around it. 2026-12-05 is a Saturday."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from foodbank.core.dates import DateMark
from foodbank.inventory.policies import (
    AllergenState,
    LotFacts,
    allergen_state,
    may_leave,
    may_split,
    stricter_zone,
    unsafe_for,
    zone_allowed,
)

DAY = dt.date(2026, 12, 5)
BEFORE = DAY - dt.timedelta(days=1)
AFTER = DAY + dt.timedelta(days=1)


def facts(**changes: object) -> LotFacts:
    plain = LotFacts(
        code="L0000001",
        date_mark=DateMark.BEST_BEFORE,
        last_day=DAY,
        listed=frozenset({"卵", "乳", "小麦"}),
    )
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mark", "last_day", "release", "expected"),
    [
        (DateMark.USE_BY, DAY, None, None),  # the last valid day is valid
        (DateMark.USE_BY, BEFORE, None, "inventory.expired_use_by"),
        (DateMark.USE_BY, BEFORE, AFTER, "inventory.expired_use_by"),  # no release helps (D5)
        (DateMark.BEST_BEFORE, DAY, None, None),
        (DateMark.BEST_BEFORE, BEFORE, None, "inventory.past_best_before"),
        (DateMark.BEST_BEFORE, BEFORE, DAY, None),  # released up to and including today
        (DateMark.BEST_BEFORE, BEFORE - dt.timedelta(days=1), BEFORE, "inventory.past_best_before"),  # the release is over too
        (DateMark.NONE, BEFORE, None, None),  # the food bank's own estimate forbids nothing
        (DateMark.NONE, None, None, None),
    ],
)
def test_dates_decide_what_leaves(mark, last_day, release, expected):
    refusal = may_leave(facts(date_mark=mark, last_day=last_day), DAY, release=release)
    assert (refusal.code if refusal else None) == expected


def test_a_release_is_nothing_where_releases_are_off():
    lot = facts(last_day=BEFORE)
    assert may_leave(lot, DAY, release=AFTER, releases_on=True) is None
    assert may_leave(lot, DAY, release=AFTER, releases_on=False).code == "inventory.past_best_before"


def test_held_lots_stay_whatever_their_date():
    assert may_leave(facts(held=True, last_day=AFTER), DAY, release=AFTER).code == "inventory.held"


def test_a_refusal_speaks_both_languages_and_names_the_lot():
    refusal = may_leave(facts(date_mark=DateMark.USE_BY, last_day=BEFORE), DAY)
    assert "消費期限（12月4日(金)）" in refusal.text.ja
    assert "use-by" in refusal.text.en
    assert refusal.params == {"lot": "L0000001", "last_day": "2026-12-04", "day": "2026-12-05"}


@pytest.mark.parametrize(
    ("contains", "stated", "allergen", "expected"),
    [
        ({"乳"}, True, "乳", AllergenState.CONTAINS),
        ({"乳"}, False, "乳", AllergenState.CONTAINS),  # what is known stays known
        (set(), True, "乳", AllergenState.FREE),
        (set(), False, "乳", AllergenState.UNKNOWN),
        (set(), True, "ピスタチオ", AllergenState.UNKNOWN),  # stated on a list that does not name it
    ],
)
def test_allergens_have_three_states(contains, stated, allergen, expected):
    assert allergen_state(facts(contains=frozenset(contains), allergens_stated=stated), allergen) is expected


def test_unknown_counts_as_contains():
    stated = facts(contains=frozenset({"乳"}))
    assert not unsafe_for(stated, ["卵"])
    assert unsafe_for(stated, ["卵", "乳"])
    assert unsafe_for(stated, ["カシューナッツ"])
    assert unsafe_for(facts(allergens_stated=False), ["卵"])
    assert not unsafe_for(facts(allergens_stated=False), [])  # nobody avoids anything


@pytest.mark.parametrize("start", ["ambient", "chilled", "frozen"])
@pytest.mark.parametrize("end", ["ambient", "chilled", "frozen", ""])
def test_never_to_a_warmer_zone(start, end):
    cold = ["ambient", "chilled", "frozen", ""]
    assert zone_allowed(start, end) == (cold.index(end) >= cold.index(start))


def test_the_label_wins_only_where_it_is_stricter():
    assert stricter_zone("ambient", "chilled") == "chilled"
    assert stricter_zone("frozen", "chilled") == "frozen"
    assert stricter_zone("chilled", None) == "chilled"


@pytest.mark.parametrize(
    ("changes", "origin_known", "missing"),
    [
        ({}, True, None),
        ({"date_mark": DateMark.NONE, "last_day": None}, True, None),  # no date in law, so none is missing
        ({"last_day": None}, True, ["last_day"]),
        ({"allergens_stated": False}, True, ["allergens"]),
        ({}, False, ["origin"]),
        ({"mixed_box": True, "allergens_stated": False, "last_day": None}, False, ["last_day", "allergens", "origin", "label"]),
    ],
)
def test_no_split_without_complete_data(changes, origin_known, missing):
    refusal = may_split(facts(**changes), origin_known=origin_known)
    assert (refusal.params["missing"] if refusal else None) == missing


def test_no_split_of_a_held_lot():
    assert may_split(facts(held=True), origin_known=True).code == "inventory.held"
