"""A page read as somebody sees it: by the words on fields, choices and buttons."""

from __future__ import annotations

import pytest

from deploy.tools.demo.markup import Form, NoSuchField, read

_FORM = """<main><h1>予約</h1><style>p { color: red }</style>
<form method="post" action="/book/" id="book">
  <label for="size">人数 <span>必須</span></label><input id="size" name="household_size" value="2">
  <label for="zone">保管温度</label>
  <select id="zone" name="zone"><option value="">--</option><option value="a">常温</option><option value="c" selected>冷蔵</option></select>
  <fieldset><legend>食べられないもの</legend>
    <label><input type="checkbox" name="allergens" value="1" checked> 卵</label>
    <label><input type="checkbox" name="allergens" value="2"> 小麦</label></fieldset>
  <fieldset><legend>ことば</legend>
    <label for="ja"><ruby>日本語<rt>にほんご</rt></ruby></label><input type="radio" id="ja" name="language" value="ja" checked>
    <label for="en">English</label><input type="radio" id="en" name="language" value="en"></fieldset>
  <label for="note">メモ</label><textarea id="note" name="note">
はじめ</textarea>
  <input type="checkbox" id="agree" name="agree"><label for="agree">同意する</label>
  <input name="locked" value="x" disabled>
</form>
<button form="book" formaction="/book/now/">予約する</button>
<ul><li>VAN1 <form method="post" action="/take/1/"><button>使う</button></form></li>
    <li>VAN2 <form method="post" action="/take/2/"><button>使う</button></form></li></ul></main>"""


@pytest.fixture
def form() -> Form:
    return read(_FORM).forms[0]


def test_what_stands_in_the_form_is_sent_when_nothing_is_filled_in(form: Form) -> None:
    assert form.filled({}) == [
        ("household_size", "2"),
        ("zone", "c"),
        ("allergens", "1"),
        ("language", "ja"),
        ("note", "はじめ"),
    ]


def test_fields_are_filled_in_by_the_words_on_them(form: Form) -> None:
    sent = form.filled(
        {"人数": "4", "保管温度": "常温", "食べられないもの": ["小麦"], "ことば": "English", "メモ": "はい", "同意する": True}
    )
    assert sent == [
        ("household_size", "4"),
        ("zone", "a"),
        ("allergens", "2"),
        ("language", "en"),
        ("note", "はい"),
        ("agree", "on"),
    ]


def test_several_boxes_may_be_ticked_and_all_of_them_left_empty(form: Form) -> None:
    assert [pair for pair in form.filled({"食べられないもの": ["卵", "小麦"]}) if pair[0] == "allergens"] == [
        ("allergens", "1"),
        ("allergens", "2"),
    ]
    assert [pair for pair in form.filled({"食べられないもの": []}) if pair[0] == "allergens"] == []


def test_a_choice_that_is_not_there_is_named_with_those_that_are(form: Form) -> None:
    with pytest.raises(NoSuchField, match=r"「保管温度」: no choice 「冷凍」.*常温"):
        form.filled({"保管温度": "冷凍"})
    assert form.choices("保管温度") == ["常温", "冷蔵"]


def test_a_button_outside_its_form_sends_it_to_its_own_address(form: Form) -> None:
    assert [(button.label, button.action) for button in form.buttons] == [("予約する", "/book/now/")]


def test_each_form_knows_the_row_it_stands_in() -> None:
    assert [one.around for one in read(_FORM).forms[1:]] == ["VAN1 使う", "VAN2 使う"]


def test_what_went_wrong_is_heard() -> None:
    html = '<div>a</div><div role="alert">だめ<div>でした</div>。</div><p role="alert"></p><div>b</div>'
    assert read(html).alerts == ["だめでした。"]


def test_the_text_is_what_can_be_read() -> None:
    text = read(_FORM).text
    assert text.startswith("予約 人数")
    assert "color" not in text
    assert "にほんご" not in text  # said above the word, not again beside it
