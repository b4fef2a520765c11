"""The check character's promise, tried exhaustively over a sample of codes."""

from __future__ import annotations

import itertools
import random

import pytest

from foodbank.core.errors import Refusal
from foodbank.labels import codes
from foodbank.labels.codes import ALPHABET, CodeKind, CodeRefused, check_code, code_url, make_code, read_code

SAMPLE = [make_code(n, kind=kind) for kind in CodeKind for n in (0, 1, 2, 30, 31, 4711, codes.CAPACITY - 1)]


def test_numbers_give_different_codes_that_check():
    made = {make_code(n) for n in range(20_000)}
    assert len(made) == 20_000
    assert all(check_code(code) == code for code in made)


def test_every_number_has_its_own_code():
    # number → number × SPREAD mod 31^6 is one to one exactly when SPREAD shares no factor with 31.
    assert codes._SPREAD % 31 != 0
    assert codes.CAPACITY == 31**6 == 887_503_681


def test_neighbouring_numbers_differ_in_several_places():
    for n in range(500):
        first, second = make_code(n), make_code(n + 1)
        assert sum(a != b for a, b in zip(first, second, strict=True)) >= 3, (first, second)


@pytest.mark.parametrize("number", [-1, codes.CAPACITY])
def test_a_number_out_of_range_is_refused(number: int):
    with pytest.raises(ValueError, match="sequence"):
        make_code(number)


@pytest.mark.parametrize("code", SAMPLE)
def test_every_single_wrong_character_is_seen(code: str):
    tried = 0
    for place, wrong in itertools.product(range(len(code)), ALPHABET):
        if wrong == code[place]:
            continue
        with pytest.raises(CodeRefused):
            check_code(code[:place] + wrong + code[place + 1 :])
        tried += 1
    assert tried == 8 * 30


@pytest.mark.parametrize("code", [*SAMPLE, *(make_code(n * 7919, kind=CodeKind.STOP) for n in range(40))])
def test_every_exchange_of_two_characters_is_seen(code: str):
    for a, b in itertools.combinations(range(len(code)), 2):
        if code[a] == code[b]:
            continue
        chars = list(code)
        chars[a], chars[b] = chars[b], chars[a]
        with pytest.raises(CodeRefused):
            check_code("".join(chars))


@pytest.mark.parametrize("kind", list(CodeKind))
def test_the_kind_is_the_first_character(kind: CodeKind):
    code = make_code(5, kind=kind)
    assert code[0] == kind.value
    assert read_code(code).kind is kind


def test_random_codes_check_and_differ():
    made = [make_code(kind=CodeKind.PLACE) for _ in range(200)]
    assert len(set(made)) >= 199  # 200 of 887 million: two alike would be a fault of the source of chance
    assert all(read_code(code).kind is CodeKind.PLACE for code in made)


def test_what_people_type_is_put_right():
    zero_one = next(code for n in range(10_000) if {"0", "1", "2", "V"} <= set(code := make_code(n)))
    typed = zero_one.replace("0", "o").replace("1", "i").replace("2", "z").replace("V", "u").lower()
    wide = "".join(chr(ord(char) + 0xFEE0) for char in zero_one)
    for text in (typed, f" {typed[:4]} {typed[4:]}\n", f"{typed[:4]}-{typed[4:]}", wide, wide.replace("０", "Ｏ")):
        assert check_code(text) == zero_one
    assert check_code(zero_one.replace("0", "Q")) == zero_one


def test_an_address_is_read():
    code = make_code(12)
    for base in ("http://localhost:8000", "https://example.jp/", "https://example.jp/fb"):
        assert check_code(code_url(base, code)) == code
        assert code_url(base, code).endswith(f"/q/{code}")
    assert check_code(f"HTTPS://EXAMPLE.JP/Q/{code}/?from=label") == code


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "label.empty"),
        ("  -", "label.empty"),
        ("L123", "label.length"),
        ("L12345678", "label.length"),
        ("L12*4567", "label.character"),
        ("Lたまご4567", "label.character"),
        ("A1234567", "label.kind"),
    ],
)
def test_the_fault_is_named_in_two_languages(text: str, fault: str):
    with pytest.raises(CodeRefused) as caught:
        check_code(text)
    assert caught.value.code == fault
    assert caught.value.text.ja
    assert caught.value.text.en
    assert isinstance(caught.value, Refusal)
    assert isinstance(caught.value, ValueError)


def test_a_wrong_check_is_named():
    code = make_code(99)
    other = ALPHABET[(ALPHABET.index(code[-1]) + 1) % 31]
    with pytest.raises(CodeRefused) as caught:
        check_code(code[:-1] + other)
    assert caught.value.code == "label.check"


def test_random_text_rarely_passes():
    # One text in 31 has a right check character: of 3,100 about 100, and never half of them.
    chance = random.Random(7)
    passed = 0
    for _ in range(3_100):
        try:
            check_code("L" + "".join(chance.choices(ALPHABET, k=7)))
            passed += 1
        except CodeRefused:
            pass
    assert 60 <= passed <= 140
