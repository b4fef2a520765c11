"""Boxes are measured with the font's own widths."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foodbank.labels.fonts import BOLD, REGULAR, SUBSTITUTE, printable, register, width
from foodbank.labels.text import fit, phrases, wrap

NAMES = [
    "牛乳1L",
    "業務用コーン（冷凍）1.6mm 500g×12袋入り 北海道産",
    "子どもの居場所づくりサポート広場みんなの食堂",
    "スーパーカリフラジリスティックエクスピアリドーシャスサンドイッチ",
    "Supercalifragilisticexpialidocious sandwich with everything 1234567890",
]


@pytest.mark.parametrize("name", NAMES)
def test_phrases_lose_nothing(name: str):
    assert "".join(phrases(name)) == name


def test_numbers_stay_whole():
    assert not any(phrase.endswith("202") for phrase in phrases("期限表示なし（目安 2026年12月10日）"))
    assert "1.6mm " in phrases("業務用コーン（冷凍）1.6mm 500g×12袋入り")
    assert wrap("期限表示なし（目安 2026年12月10日）", BOLD, 8, 80) == ["期限表示なし", "（目安 2026年12月", "10日）"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("box", [(40, 12), (80, 26), (107, 30), (300, 14)])
def test_a_fitted_text_stays_in_its_box(name: str, box: tuple[int, int]):
    fitted = fit(name, BOLD, max_width=box[0], max_height=box[1], largest=14, smallest=5)
    assert max(width(line, BOLD, fitted.size) for line in fitted.lines) <= box[0]
    assert fitted.height <= box[1] + 0.01


def test_a_short_name_keeps_the_largest_size():
    assert fit("牛乳1L", BOLD, max_width=107, max_height=30, largest=14, smallest=5).size == 14


def test_a_long_name_shrinks_and_wraps_before_anything_is_cut():
    long = fit(NAMES[1], BOLD, max_width=107, max_height=30, largest=14, smallest=5)
    assert 5 < long.size < 14
    assert len(long.lines) > 1
    assert not long.cut
    assert "".join(long.lines).replace(" ", "") == NAMES[1].replace(" ", "")


def test_what_cannot_fit_ends_visibly():
    hopeless = fit("長い名前" * 100, BOLD, max_width=60, max_height=12, largest=12, smallest=5)
    assert hopeless.cut
    assert hopeless.lines[-1].endswith("…")


def test_a_line_does_not_begin_with_a_closing_mark():
    for size in range(6, 14):
        for line in wrap("「えび、かに。」（卵）のラーメンっぽいもの！？", REGULAR, size, 40)[1:]:
            assert line[0] not in "、。」）ー・！？っ"


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet=st.sampled_from("あいうえ漢字カタ、。（）・ー abc123,.%\t　"), max_size=60), st.integers(20, 200))
def test_no_line_is_wider_than_its_box(text: str, box: int):
    for line in wrap(text, REGULAR, 9, box):
        assert width(line, REGULAR, 9) <= box
    kept = "".join(wrap(text, REGULAR, 9, box))
    assert "".join(kept.split()) == "".join(text.split())


def test_a_character_that_the_font_lacks_is_shown_and_logged(caplog: pytest.LogCaptureFixture):
    register()
    with caplog.at_level(logging.WARNING):
        assert printable("𠮷野家🍚") == f"{SUBSTITUTE}野家{SUBSTITUTE}"
    assert "U+20BB7" in caplog.text
    assert "U+1F35A" in caplog.text


def test_rare_names_that_the_font_has_are_kept():
    assert printable("髙﨑辻①㈱") == "髙﨑辻①㈱"


def test_only_pictureless_characters_vanish():
    assert printable("か\u3099き\u200b\ufe0f\t卵\u00a0") == "がき 卵 "
