"""Each reason and each fix of the solver has a sentence of its own, in both languages."""

from __future__ import annotations

import re

import pytest

from foodbank.core.errors import Text
from logistics.dispatch.planner.reasons import REASONS, category_words, fix_words
from logistics.solver.explain import Fix, Reason
from tests.factories.days import line


@pytest.mark.parametrize(
    ("fix", "ja", "en"),
    [
        (Fix("later_window", "r1", 900, "s"), "15分遅くまで", "15 min later"),
        (Fix("earlier_window", "r1", 300, "s"), "5分早く", "5 min earlier"),
        (Fix("longer_shift", "VAN1", 2700, "s"), "VAN1の勤務を45分", "VAN1 longer by 45 min"),
        (Fix("more_vehicle", "VAN2", 1, "", hours=(32_400, 61_200)), "VAN2と同じ車両がもう1台、09:00–17:00", "VAN2, 09:00–17:00"),
        (Fix("smaller_load", "r1", 2600, "g"), "2.6 kg減らせば", "2.6 kg less"),
    ],
)
def test_each_fix_is_a_sentence(fix: Fix, ja: str, en: str) -> None:
    """900 s are 15 minutes, 32,400 s after midnight is 09:00, 61,200 s 17:00."""
    words = fix_words(fix)
    assert ja in words.ja
    assert en in words.en


def test_the_solver_gives_no_reason_without_words() -> None:
    """``Reason`` lists its codes in its description."""
    codes = set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", Reason.__doc__ or "")) | {"too_heavy"}
    assert {"zone_not_carried", "no_time_left", "search_limit"} <= codes
    assert codes - set(REASONS) == set()


def test_a_long_list_of_allergens_is_cut() -> None:
    """28 allergens are listed by law or advice; an item's name may have 120 letters."""
    excluded = frozenset(f"アレルゲン{n:02d}" for n in range(28))
    wanted = line("O1/rice", "P1", 1, category=None, gtin="9520000000042", excluded=excluded)
    words = category_words(wanted, {"9520000000042": Text("米" * 120, "R" * 120)})
    assert "アレルゲン05など28種類を含まない" in words.ja
    assert "アレルゲン05 and 22 more" in words.en
    assert max(len(words.ja), len(words.en)) < 240


def test_what_would_help_is_named_in_each_language_without_the_allergens() -> None:
    names = {"snack": Text("菓子", "Snacks"), "卵": Text("卵", "Egg")}
    demand = line("O1/snack", "P1", 2, excluded=frozenset({"卵"}))
    assert category_words(demand, names) == Text("卵を含まない菓子", "Snacks without egg")
