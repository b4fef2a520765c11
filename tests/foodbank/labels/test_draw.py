"""Labels as a printer sees them: rasterised at 203 dpi in one bit and read by an independent decoder."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from foodbank.labels.codes import code_url, make_code
from foodbank.labels.draw import LotLabel, draw_labels
from foodbank.labels.layouts import A4_24, LAYOUTS, ROLL_50X30, Layout
from foodbank.labels.marks import Allergens

DPI = 203
LONG = "業務用コーン（冷凍）1.6mm 500g×12袋入り 北海道産 契約農家限定 " * 6
TWENTY_EIGHT = (
    *("えび", "かに", "くるみ", "小麦", "そば", "卵", "乳", "落花生", "アーモンド", "あわび", "いか", "いくら", "オレンジ"),
    *("カシューナッツ", "キウイフルーツ", "牛肉", "ごま", "さけ", "さば", "大豆", "鶏肉", "バナナ", "豚肉"),
    *("マカダミアナッツ", "もも", "やまいも", "りんご", "ゼラチン"),
)


def label(number: int = 1, **changes: object) -> LotLabel:
    code = make_code(number)
    made = LotLabel(
        code=code,
        url=code_url("https://foodbank.example.jp", code),
        name="食パン6枚切",
        date_mark="use_by",
        date_text="消費期限 2026年12月7日",
        zone="ambient",
        zone_word="常温",
        allergens=Allergens(("小麦", "乳")),
        quantity_text="24点",
        donor_code="D014",
        lot_number="AB-12",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


WORST = {
    "name": LONG,
    "date_mark": "none",
    "date_text": "期限表示なし（目安 2026年12月10日）",
    "zone": "frozen",
    "zone_word": "冷凍",
    "allergens": Allergens(TWENTY_EIGHT, stated=False),
    "quantity_text": "1,234,567点 9,876.5 kg",
    "donor_code": "D014-" * 20,
    "lot_number": "20261205-" * 9,
    "release_note": "賞味期限後の使用許可 2027年1月31日まで " * 4,
}


def pdf(labels: list[LotLabel], layout: Layout = A4_24, **options: object) -> pypdfium2.PdfDocument:
    out = io.BytesIO()
    draw_labels(labels, layout=layout, out=out, **options)  # type: ignore[arg-type]
    return pypdfium2.PdfDocument(out.getvalue())


def bits(page: pypdfium2.PdfPage) -> Image.Image:
    """One bit without dithering, as a thermal printer does it."""
    return page.render(scale=DPI / 72).to_pil().convert("L").point(lambda grey: 255 if grey > 127 else 0)


def text(page: pypdfium2.PdfPage) -> str:
    return str(page.get_textpage().get_text_bounded()).replace("\r\n", "\n")


@pytest.mark.parametrize("layout", list(LAYOUTS.values()), ids=list(LAYOUTS))
@pytest.mark.parametrize("count", [24, 50])
def test_every_code_is_read_from_the_printed_raster(layout: Layout, count: int):
    labels = [label(n, **(WORST if n % 3 == 0 else {})) for n in range(count)]
    document = pdf(labels, layout)
    read = [found.text for page in document for found in zxingcpp.read_barcodes(bits(page))]
    assert sorted(read) == sorted(each.url for each in labels)
    assert len(document) == -(-count // layout.per_page)


@pytest.mark.parametrize("layout", list(LAYOUTS.values()), ids=list(LAYOUTS))
def test_the_text_can_be_searched(layout: Layout):
    shown = text(pdf([label()], layout)[0])
    code = make_code(1)
    for words in (
        "食パン6枚切",
        "消費期限 2026年12月7日",
        "常温",
        "アレルゲン: 小麦・乳",
        "24点",
        "D014",
        "AB-12",
        f"{code[:4]} {code[4:]}",
    ):
        assert words in shown


@pytest.mark.parametrize("layout", list(LAYOUTS.values()), ids=list(LAYOUTS))
@pytest.mark.parametrize("changes", [{}, WORST, {"name": "𠮷" * 90}, {"name": ""}, {"name": "Pneumonoultramicroscopic" * 9}])
def test_nothing_leaves_its_label(layout: Layout, changes: dict[str, object]):
    position = min(4, layout.per_page - 1)
    ink = np.asarray(bits(pdf([label(**changes)], layout, skip=position)[0])) == 0
    left, top = layout.corner_mm(position)
    per_mm = DPI / 25.4
    inside = np.zeros_like(ink)
    inside[
        round((top + 0.5) * per_mm) : round((top + layout.label_height_mm - 0.5) * per_mm),
        round((left + 0.5) * per_mm) : round((left + layout.label_width_mm - 0.5) * per_mm),
    ] = True
    assert ink[inside].sum() > 2000  # the label is there at all
    assert ink[~inside].sum() == 0


@pytest.mark.parametrize(
    "name", ["紙おむつM58枚", "ロールパン6個入", "レトルトカレー180g", "制服（小学生用）", "缶詰 さば水煮 190g"]
)
def test_everyday_names_stand_on_one_line(name: str):
    for layout in LAYOUTS.values():
        assert name in text(pdf([label(name=name)], layout)[0])


def test_an_allergen_list_is_whole_or_replaced_by_a_warning():
    twelve = text(pdf([label(allergens=Allergens(TWENTY_EIGHT[:12]))])[0]).replace("\n", "")
    assert all(name in twelve for name in TWENTY_EIGHT[:12])
    everything = text(pdf([label(allergens=Allergens(TWENTY_EIGHT))])[0]).replace("\n", "")
    assert all(name in everything for name in TWENTY_EIGHT) or "元の表示を必ず確認" in everything.replace(" ", "")


def test_unknown_and_no_allergens_are_told_apart():
    assert "アレルゲン不明" in text(pdf([label(allergens=Allergens(stated=False))])[0])
    assert "特定原材料等28品目なし" in text(pdf([label(allergens=Allergens())])[0])
    assert "アレルゲン" not in text(pdf([label(allergens=Allergens(listed=0))])[0])
    partly = text(pdf([label(allergens=Allergens(("卵",), stated=False))])[0])
    assert "卵" in partly
    assert "ほかは不明" in partly


def test_a_release_shows_on_the_label():
    assert "使用許可" in text(pdf([label(release_note="賞味期限後の使用許可あり")])[0])


def test_use_by_is_white_on_black_and_best_before_is_not():
    def dark(mark: str) -> int:
        return int((np.asarray(bits(pdf([label(date_mark=mark, date_text="期限 2026年12月7日")], ROLL_50X30)[0])) == 0).sum())

    # The box is about 28 × 4.6 mm = 224 × 37 dots; white letters leave more than a third of it black.
    assert dark("use_by") > dark("best_before") + 224 * 37 * 0.33


def test_zones_differ_without_colour():
    def badge(zone: str) -> bytes:
        return bits(pdf([label(zone=zone, zone_word="同じ")], ROLL_50X30)[0]).tobytes()

    assert len({badge(zone) for zone in ("ambient", "chilled", "frozen")}) == 3


def test_a_lacking_character_is_shown_as_a_substitute():
    assert "〓野さんの米" in text(pdf([label(name="𠮷野さんの米")])[0])


def test_a_nudge_moves_everything_by_that_much():
    def corner(nudge: tuple[float, float]) -> tuple[int, int]:
        rows, columns = np.nonzero(np.asarray(bits(pdf([label()], nudge_mm=nudge)[0])) == 0)
        return int(columns.min()), int(rows.min())

    x, y = corner((0, 0))
    moved_x, moved_y = corner((2, 1.5))
    # 2 mm are 2 × 203 ÷ 25.4 = 16 dots, 1.5 mm are 12.
    assert abs(moved_x - x - 16) <= 1
    assert abs(moved_y - y - 12) <= 1


def test_the_same_labels_give_the_same_bytes():
    def made() -> bytes:
        out = io.BytesIO()
        draw_labels([label(n) for n in range(3)], layout=A4_24, out=out)
        return out.getvalue()

    assert made() == made()


def test_no_labels_is_an_error():
    with pytest.raises(ValueError, match="no label"):
        draw_labels([], layout=A4_24, out=io.BytesIO())
