from __future__ import annotations

import pytest

from foodbank.labels.gtin import GtinRefused, gtin14, gtin_check, inner_gtin, is_in_store, short_gtin


@pytest.mark.parametrize(
    "text", ["9520000000011", "4901234567894", "49012347", "96385074", "036000291452", "14901234567891", "0000096385074"]
)
def test_right_gtins_come_back_as_given(text: str):
    assert gtin_check(text) == text


def test_width_blanks_and_hyphens_are_put_right():
    assert gtin_check("４９０１２３４５６７８９４ ") == "4901234567894"
    assert gtin_check("490-1234 567894") == "4901234567894"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "gtin.empty"),
        ("　 ", "gtin.empty"),
        ("2.00E+12", "gtin.exponent"),
        ("2E+12", "gtin.exponent"),
        ("９.５２Ｅ＋１２", "gtin.exponent"),
        ("4901234567894.0", "gtin.exponent"),
        ("49012345678A4", "gtin.not_digits"),
        ("=4901234567894", "gtin.not_digits"),
        ("四九〇一", "gtin.not_digits"),
        ("490123456789", "gtin.check_digit"),
        ("49012345678", "gtin.length"),
        ("490123456789412", "gtin.length"),
        ("4901234567893", "gtin.check_digit"),
    ],
)
def test_the_fault_is_named(text: str, fault: str):
    with pytest.raises(GtinRefused) as caught:
        gtin_check(text)
    assert caught.value.code == fault
    assert caught.value.text.ja
    assert caught.value.text.en


def test_the_right_check_digit_is_told():
    # 4·1+9·3+0·1+1·3+2·1+3·3+4·1+5·3+6·1+7·3+8·1+9·3 = 126 → 130 − 126 = 4
    with pytest.raises(GtinRefused) as caught:
        gtin_check("4901234567895")
    assert caught.value.params["expected"] == 4


def test_every_wrong_digit_is_seen():
    right = "9520000000042"
    for place in range(13):
        for digit in "0123456789":
            if digit != right[place]:
                with pytest.raises(GtinRefused):
                    gtin_check(right[:place] + digit + right[place + 1 :])


def test_one_form_to_compare_by():
    assert gtin14("4901234567894") == gtin14("04901234567894") == "04901234567894"
    assert short_gtin("04901234567894") == "4901234567894"
    assert short_gtin("14901234567891") == "14901234567891"
    assert short_gtin("036000291452") == "0036000291452"


def test_what_a_case_holds():
    assert inner_gtin("14901234567891") == "4901234567894"
    assert inner_gtin("4901234567894") == "4901234567894"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2000000000008", True),
        ("2912345678906", True),
        ("0212345678909", True),
        ("4901234567894", False),
        ("9520000000011", False),
        ("1920000000000", False),
        ("20123451", True),
        ("49012347", False),
    ],
)
def test_in_store_codes(text: str, expected: bool):
    assert is_in_store(text) is expected
