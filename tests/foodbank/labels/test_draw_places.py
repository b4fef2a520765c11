"""Labels of shelves are read by an independent reader, and say the shelf's name."""

from __future__ import annotations

from io import BytesIO

import pypdfium2
import pytest
import zxingcpp

from foodbank.labels.codes import CAPACITY, CodeKind, code_url, make_code, read_code, sequence_of
from foodbank.labels.draw_places import PlaceLabel, draw_place_labels
from foodbank.labels.layouts import A4_24, LAYOUTS, Layout

NAMES = ["A-01", "W01/in-chilled", "とても長い名前の棚、階段の下の奥の左", *(f"B-{n:02d}" for n in range(22))]


def labels() -> list[PlaceLabel]:
    codes = [make_code(number, kind=CodeKind.PLACE) for number in range(len(NAMES))]
    return [
        PlaceLabel(code, code_url("https://foodbank.example.jp", code), name, ("ambient", "chilled", "frozen")[n % 3], "冷蔵")
        for n, (name, code) in enumerate(zip(NAMES, codes, strict=True))
    ]


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_each_label_is_read(layout: Layout) -> None:
    out = BytesIO()
    pages = draw_place_labels(labels(), layout=layout, out=out)
    assert pages == -(-len(NAMES) // layout.per_page)
    document = pypdfium2.PdfDocument(out.getvalue())
    read = [code.text for page in document for code in zxingcpp.read_barcodes(page.render(scale=203 / 72).to_pil())]
    assert sorted(read) == sorted(label.url for label in labels())
    text = document[0].get_textpage().get_text_range()
    assert "A-01" in text


def test_no_label_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no label"):
        draw_place_labels([], layout=A4_24, out=BytesIO())


@pytest.mark.parametrize("number", [0, 1, 31, 123_456, CAPACITY - 1])
def test_the_number_of_a_code_comes_back(number: int) -> None:
    code = make_code(number, kind=CodeKind.PLACE)
    assert (read_code(code).kind, sequence_of(code)) == (CodeKind.PLACE, number)
