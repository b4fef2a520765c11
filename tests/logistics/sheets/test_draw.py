"""The sheet as it comes out of a printer and as a driver reads it."""

from __future__ import annotations

import datetime as dt
import io
import re

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from foodbank.labels.marks import Allergens
from logistics.sheets.draw import draw_route_sheet
from logistics.sheets.model import RouteSheet, SheetBreak
from tests.factories.sheets import at, depot_stop, route_sheet, sheet_line, sheet_stop

DPI = 203
LONG = "社会福祉法人見本市民福祉協議会子どもの居場所づくりサポート広場みんなの食堂ひだまりスーパーカリフラジリスティック" * 2


def pdf(sheet: RouteSheet) -> pypdfium2.PdfDocument:
    out = io.BytesIO()
    pages = draw_route_sheet(sheet, out)
    document = pypdfium2.PdfDocument(out.getvalue())
    assert len(document) == pages
    return document


def text(page: pypdfium2.PdfPage) -> str:
    return re.sub(r"[\r\n]+", "\n", page.get_textpage().get_text_bounded())


def whole(sheet: RouteSheet) -> str:
    return "\n".join(text(page) for page in pdf(sheet))


def bits(page: pypdfium2.PdfPage) -> Image.Image:
    return page.render(scale=DPI / 72).to_pil().convert("L").point(lambda grey: 255 if grey > 127 else 0)


@pytest.mark.parametrize("stops", [5, 40])
def test_every_stops_code_is_read_from_the_printed_raster(stops: int):
    sheet = route_sheet(stops)
    read = [found.text for page in pdf(sheet) for found in zxingcpp.read_barcodes(bits(page))]
    assert read == [stop.url for stop in sheet.driven_to]  # as driven, each once


def test_times_windows_and_goods_can_be_read():
    shown = whole(route_sheet(3))
    for words in ("VAN1", "12月5日(土)", "保冷車", "見本 太郎", "8:30", "15:10", "41.2 km", "3か所"):
        assert words in shown
    for words in ("9:10", "約束 9:00–18:00", "開始 9:10", "見本の食堂1", "見本市見本町1丁目1-1", "電話 000-000-0001"):
        assert words in shown
    # The line of stop 1: 2 pieces of 500 g.
    for words in ("見本の品1", "2点", "1.0 kg", "冷蔵", "消費期限 2026年12月7日", "O001", "アレルゲン: 乳"):
        assert words in shown
    assert "積込み" in shown
    assert "棚 A-02" in shown
    for room in ("着いた時刻", "出た時刻", "受領サイン", "気づいたこと"):
        assert room in shown


def test_the_break_stands_between_the_stops_as_driven():
    sheet = route_sheet(5)  # stop 2 leaves at 9:26, the break is 9:27–10:12, then stop 3 has been put after it
    later = tuple(
        sheet_stop(n, arrive=at(10, 10 * n), start=at(10, 10 * n), leave=at(10, 10 * n + 5)) if n > 2 else sheet_stop(n)
        for n in range(1, 6)
    )
    shown = whole(route_sheet(stops=(sheet.stops[0], *later)))
    assert "休憩 45分　9:27–10:12" in shown
    body = shown[shown.index("積込み") :]
    assert body.index("見本の食堂2") < body.index("休憩 45分") < body.index("電話 000-000-0003")


def test_a_break_while_waiting_says_so():
    waits = sheet_stop(1, arrive=at(9), start=at(10), leave=at(10, 6))
    shown = whole(route_sheet(stops=(waits,), breaks=(SheetBreak(at(9, 5), at(9, 50)),)))
    assert "1 に着いてから" in shown


def test_pages_are_numbered_and_name_the_vehicle():
    document = pdf(route_sheet(12))
    count = len(document)
    assert count > 2
    for number, page in enumerate(document, start=1):
        assert f"VAN1 {number}/{count}" in text(page)


def test_stops_are_not_split_over_pages():
    for page in pdf(
        route_sheet(
            25, stops=tuple(sheet_stop(n, drop_off=tuple(sheet_line(n * 10 + i) for i in range(1 + n % 6))) for n in range(1, 26))
        )
    ):
        shown = text(page)
        assert shown.count("電話") == shown.count("受領サイン")
        assert "つづき" not in shown


def test_a_stop_with_sixty_lines_goes_on_under_its_name():
    lines = tuple(sheet_line(n, item=f"品{n:02d}{LONG}") for n in range(60))
    document = pdf(route_sheet(stops=(depot_stop(), sheet_stop(1, drop_off=lines), sheet_stop(2))))
    pages = [text(page) for page in document]
    assert sum("見本の食堂1　つづき" in page for page in pages) >= 2
    shown = "".join(pages)
    for n in range(60):
        assert f"品{n:02d}" in shown
    assert shown.count("受領サイン") == 2


@pytest.mark.parametrize("count", [5, 18, 25])
def test_map_and_list_share_the_first_page_while_they_can(count: int):
    first = text(pdf(route_sheet(count))[0])
    assert "線は回る順番です" in first
    assert re.search(rf"見本の食堂{count}(\D|$)", first)
    assert "帰着　見本の倉庫" in first


def test_a_list_that_is_too_long_leaves_the_first_page_to_the_map():
    pages = [text(page) for page in pdf(route_sheet(40))]
    assert "見本の食堂" not in pages[0]
    assert all(re.search(rf"見本の食堂{n}(\D|$)", pages[1]) for n in range(1, 38))


def test_a_visit_shows_its_opening():
    shown = whole(route_sheet(stops=(sheet_stop(1, visit=(dt.time(11), dt.time(13))),)))
    assert "開店 11:00–13:00" in shown


def test_goods_straight_from_a_shop_are_named_so():
    pick = sheet_line(1, source="", shop="D014", goes_to=2)
    shown = whole(route_sheet(stops=(sheet_stop(1, drop_off=(), pick_up=(pick,)), sheet_stop(2))))
    assert "店頭引取" in shown
    assert "D014" in shown
    assert "→ 2" in shown
    assert "▲ 積む" in shown
    assert "確認サイン" in shown


def test_unknown_allergens_are_said():
    shown = whole(route_sheet(stops=(sheet_stop(1, drop_off=(sheet_line(1, allergens=Allergens(stated=False)),)),)))
    assert "アレルゲン不明" in shown


def test_a_draft_is_marked_as_one():
    assert "案（確定前）" in whole(route_sheet(draft=True))
    assert "案（確定前）" not in whole(route_sheet())


def test_loading_puts_what_leaves_last_first():
    lines = (sheet_line(0, goes_to=1), sheet_line(3, goes_to=3), sheet_line(6, goes_to=2))  # all ambient
    shown = whole(route_sheet(stops=(depot_stop(pick_up=lines), sheet_stop(1), sheet_stop(2), sheet_stop(3))))
    body = shown[shown.index("積込み") :]
    assert body.index("見本の品3") < body.index("見本の品6") < body.index("見本の品0")


def test_coming_back_to_the_depot_to_reload_is_a_stop():
    again = depot_stop(1, arrive=at(11), start=at(11), leave=at(11, 20), drop_off=(sheet_line(5, order_ref="倉庫へ"),))
    shown = whole(
        route_sheet(stops=(depot_stop(), sheet_stop(1), again, sheet_stop(2, arrive=at(12), start=at(12), leave=at(12, 5))))
    )
    assert "11:00" in shown
    assert "倉庫へ" in shown
    assert "2か所" in shown


def test_no_price_is_printed():
    assert not re.search(r"円|¥|￥|価格|金額", whole(route_sheet(8)))


@pytest.mark.parametrize(
    "sheet",
    [
        route_sheet(40),
        route_sheet(stops=()),
        route_sheet(
            vehicle_code="V" * 20,
            vehicle_name=LONG,
            driver=LONG,
            depot_name=LONG,
            breaks=tuple(SheetBreak(at(9, n), at(10, n)) for n in range(5)),
            stops=(
                depot_stop(),
                sheet_stop(
                    123,
                    name=LONG,
                    address=LONG,
                    phone="0" * 60,
                    access_note=LONG * 3,
                    notes=(LONG, LONG),
                    kind_word=LONG,
                    site_code="C" * 20,
                    windows=tuple((dt.time(h), dt.time(h, 30)) for h in range(8, 18)),
                    drop_off=(
                        sheet_line(
                            1,
                            item=LONG,
                            quantity=1_234_567,
                            grams=9_876_543,
                            source="X" * 40,
                            order_ref="R" * 40,
                            date_text=LONG,
                            allergens=Allergens(("マカダミアナッツ",) * 28, stated=False),
                        ),
                    ),
                ),
            ),
        ),
    ],
    ids=["forty stops", "no stops", "long everything"],
)
def test_nothing_is_drawn_outside_the_margins(sheet: RouteSheet):
    for page in pdf(sheet):
        ink = np.asarray(page.render(scale=1.5).to_pil().convert("L")) < 200
        edge = round(9 * 72 / 25.4 * 1.5)  # 9 mm; the margin is 11 mm
        inside = np.zeros_like(ink)
        inside[edge:-edge, edge:-edge] = True
        assert ink[inside].any()
        assert not ink[~inside].any()


def test_the_same_sheet_gives_the_same_bytes():
    def made() -> bytes:
        out = io.BytesIO()
        draw_route_sheet(route_sheet(4), out)
        return out.getvalue()

    assert made() == made()
