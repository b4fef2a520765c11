"""Each reason of the solver has a sentence of its own, in both languages."""

from __future__ import annotations

import re

from foodbank.core.errors import Text
from logistics.dispatch.planner.reasons import REASONS, category_words, fix_words
from logistics.solver.explain import BESIDE, LIFTS, why
from tests.factories.days import line


def test_the_solver_gives_no_reason_without_words() -> None:
    """``why`` lists its codes in its description."""
    codes = set(re.findall(r"``([a-z]+(?:_[a-z]+)*)``", why.__doc__ or "")) - {"wanted"}
    assert {"zone_not_carried", "no_time_left", "search_limit", "not_worth_it"} <= codes
    assert {code for code, _ in (*LIFTS, *BESIDE)} <= codes
    assert codes - set(REASONS) == set()


def test_a_condition_becomes_a_sentence() -> None:
    words = fix_words(Text("V1の勤務を17:15まで（15分長く）延ばせば", "if the shift of V1 ends at 17:15 (15 min later)"))
    assert words == Text(
        "V1の勤務を17:15まで（15分長く）延ばせば、できます。", "Possible if the shift of V1 ends at 17:15 (15 min later)."
    )


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
