"""Grams inside, kilograms at the edge (D18)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foodbank.core.units import format_kg, grams_from_kg, kg


@pytest.mark.parametrize(("text", "grams"), [("12.5", 12_500), ("0.001", 1), ("545", 545_000), ("0", 0)])
def test_kilograms_become_whole_grams(text, grams):
    assert grams_from_kg(text) == grams


@pytest.mark.parametrize("text", ["0.0001", "12.3456"])
def test_nothing_finer_than_a_gram(text):
    with pytest.raises(ValueError, match="finer than a gram"):
        grams_from_kg(text)


@given(st.integers(min_value=0, max_value=10**11))
def test_grams_survive_the_way_out_and_back(grams):
    assert grams_from_kg(kg(grams, places=3)) == grams


def test_kilograms_are_shown_rounded_to_even():
    assert (kg(1_250), kg(1_350)) == (Decimal("1.2"), Decimal("1.4"))
    assert format_kg(1_234_567) == "1,234.6 kg"
